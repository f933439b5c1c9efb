//! How soon what a visitor may see is taken from them in every region: a session that is ended, a component that becomes another
//! audience's.

use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tests::{Page, Region, System, sign_in, system::ARRIVAL_MAX, visitor::Reply};

use crate::report::{Report, Target};

pub struct Withdrawn<'a> {
    pub system: &'a System,
    pub page: &'a Page,
    /// The audience that the password lets into.
    pub audience: String,
    pub password: &'a str,
    /// The region that visitors sign in at.
    pub door: &'a Region,
}

impl Withdrawn<'_> {
    pub async fn measure(&self, rounds: usize, report: &mut Report) -> Result<()> {
        let (mut ended_ms, mut narrowed_ms): (f64, f64) = (0.0, 0.0);
        let cookie = self.cookie().await?;
        let (component, others) = self.component_of_others().await?;
        for _ in 0..rounds {
            ended_ms = ended_ms.max(self.session_ends().await?);
            narrowed_ms = narrowed_ms.max(self.audience_narrows(&cookie, &component, &others).await?);
        }
        for (name, longest_ms) in [
            ("a session that is ended sees nothing in any region, at most", ended_ms),
            ("a component of others is seen in no region, at most", narrowed_ms),
        ] {
            report.add(name, longest_ms, "ms", Target::AtMost(1_000.0));
        }
        Ok(())
    }

    async fn session_ends(&self) -> Result<f64> {
        let cookie = self.cookie().await?;
        for region in &self.system.regions {
            let status = self.visit(region, &cookie).await?.status;
            ensure!(status == 200, "{} does not let in: {status}", region.name);
        }
        let sessions = self.system.push.list(&self.page.path("/sessions")).await?;
        let newest = sessions.first().and_then(|session| session["id"].as_str());
        let path = format!("/sessions/{}", newest.context("nobody is let in")?);
        let end = self.system.push.request(Method::DELETE, &self.page.path(&path));
        self.system.push.send(end).await?.accepted()?;
        self.until_everywhere(&cookie, |reply| Ok(reply.status == 403)).await
    }

    async fn audience_narrows(&self, cookie: &str, component: &str, others: &str) -> Result<f64> {
        let path = self.page.path(&format!("/components/{component}"));
        let belongs_to = async |audience: &str| {
            let audiences = json!({"audiences": [audience]});
            self.system.push.change(&path, &audiences).await.map(drop)
        };
        let shows = |reply: &Reply| anyhow::Ok(reply.text()?.contains(COMPONENT));
        belongs_to(&self.audience).await?;
        self.until_everywhere(cookie, shows).await?;
        belongs_to(others).await?;
        self.until_everywhere(cookie, |reply| shows(reply).map(|shown| !shown))
            .await
    }

    /// How long it takes from now until it is so in every region.
    async fn until_everywhere(&self, cookie: &str, is_so: impl Fn(&Reply) -> Result<bool>) -> Result<f64> {
        let begin = Instant::now();
        for region in &self.system.regions {
            while !is_so(&self.visit(region, cookie).await?)? {
                ensure!(begin.elapsed() < ARRIVAL_MAX, "{} stays as it was", region.name);
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        }
        Ok(begin.elapsed().as_secs_f64() * 1_000.0)
    }

    async fn visit(&self, region: &Region, cookie: &str) -> Result<Reply> {
        let headers = [("cookie", cookie)];
        region
            .visitor
            .request(Method::GET, &self.page.host, "/", &headers)
            .await
    }

    async fn cookie(&self) -> Result<String> {
        sign_in::by_password(&self.door.visitor, &self.page.host, self.password).await
    }

    /// A component of an audience that no visitor here is of, and the audience.
    async fn component_of_others(&self) -> Result<(String, String)> {
        let (push, page) = (&self.system.push, self.page);
        let others = push
            .create(&page.path("/audiences"), &json!({"name": "Partners"}))
            .await?;
        let component = json!({"name": COMPONENT, "audiences": [others.id()?]});
        let component = push.create(&page.path("/components"), &component).await?;
        Ok((component.id()?.to_owned(), others.id()?.to_owned()))
    }
}

const COMPONENT: &str = "Seen by few";
