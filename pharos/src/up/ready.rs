//! What `pharos up` says once everything runs: a line for people, files for scripts.

use std::{fs, path::Path};

use anyhow::Context;
use reqwest::Url;
use serde::Serialize;
use serde_json::json;

use crate::demo;

/// The facts that a script needs, as they stand in `ready.json`.
#[derive(Serialize)]
pub struct Ready {
    pub regions: Vec<ReadyRegion>,
    pub origin: ReadyOrigin,
    pub sync: ReadySync,
    pub push_url: String,
    /// What is mailed to visitors.
    pub mails_url: String,
    pub token: String,
    pub page: String,
    pub hosts: Vec<String>,
}

#[derive(Serialize)]
pub struct ReadyRegion {
    pub name: String,
    pub url: String,
    pub admin_url: String,
}

#[derive(Serialize)]
pub struct ReadyOrigin {
    pub api_url: String,
    pub visitors_url: String,
    pub admin_url: String,
}

#[derive(Serialize)]
pub struct ReadySync {
    pub admin_url: String,
}

impl Ready {
    /// `ready.json` first: who waits for the line finds the file.
    pub fn announce(&self, data: &Path) -> anyhow::Result<()> {
        let env = data.join("env");
        fs::write(&env, self.env()).with_context(|| format!("cannot write {}", env.display()))?;
        let file = data.join("ready.json");
        let partial = data.join("ready.json.partial");
        fs::write(&partial, serde_json::to_vec_pretty(self)?)
            .and_then(|()| fs::rename(&partial, &file))
            .with_context(|| format!("cannot write {}", file.display()))?;
        let host = demo::HOST;
        for (region, first) in self.regions.iter().zip([true, false]) {
            let port = Url::parse(&region.url)?.port().unwrap_or(80);
            match first {
                true => {
                    println!("ready http://{host}:{port}/");
                    let (host, password) = (demo::PRIVATE_HOST, demo::PASSWORD);
                    eprintln!("also  http://{host}:{port}/ (private, password {password}, or by mail)");
                    let passwords = demo::PARTNERS.map(|(_, password)| password).join(" or ");
                    let host = demo::PARTNERS_HOST;
                    eprintln!("also  http://{host}:{port}/ (for all, and more with password {passwords})");
                    eprintln!("mails {}/ (for {})", self.mails_url, demo::MEMBER);
                }
                false => eprintln!("also  http://{host}:{port}/ ({})", region.name),
            }
        }
        println!("{}", self.curl_line());
        Ok(())
    }

    /// What a shell needs to push, which reads it with `.`.
    fn env(&self) -> String {
        format!("API={}\nTOKEN={}\n", self.push_url, self.token)
    }

    /// A line to paste that posts an incident.
    fn curl_line(&self) -> String {
        let incident = json!({
            "name": "Dashboard is slow to load",
            "body": "Some people wait up to 20 seconds. We are looking into it.",
            "components": [{ "id": demo::COMPONENT, "status": "degraded_performance" }],
        });
        format!(
            "curl -sS {}/pages/{}/incidents -H 'authorization: Bearer {}' -H 'content-type: application/json' -d '{incident}'",
            self.push_url, self.page, self.token
        )
    }
}
