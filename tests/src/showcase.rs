//! A page that shows everything at once, with texts that the caller chooses: plain ones to be looked at, hostile ones to
//! break out of their place.

use anyhow::Result;
use serde_json::{Value, json};

use crate::push::Push;

pub struct Showcase {
    pub host: String,
    pub page: String,
    pub group: String,
    pub component: String,
    pub incident: String,
    /// Over, with a postmortem.
    pub past_incident: String,
    pub maintenance: String,
}

/// What a publisher writes: a short text such as a name, and a long one in Markdown.
#[derive(Clone, Copy)]
pub struct Texts<'a> {
    pub name: &'a str,
    pub text: &'a str,
}

impl Showcase {
    /// `id` has at most seven lower-case letters and is unique in the system.
    pub async fn create(push: &Push, id: &str, texts: Texts<'_>) -> Result<Self> {
        let showcase = Self {
            host: format!("{id}.localhost"),
            page: of(id, 'p', 0),
            group: of(id, 'g', 0),
            component: of(id, 'c', 0),
            incident: of(id, 'i', 0),
            past_incident: of(id, 'i', 1),
            maintenance: of(id, 'm', 0),
        };
        showcase.page_and_components(push, id, texts).await?;
        showcase.incidents(push, texts).await?;
        showcase.maintenances(push, id, texts).await?;
        showcase.metric(push, id, texts).await?;
        Ok(showcase)
    }

    /// Every address that shows HTML.
    pub fn html(&self) -> Vec<String> {
        vec![
            "/".to_owned(),
            "/history".to_owned(),
            format!("/history/{}", this_month()),
            format!("/history/{}?component={}", this_month(), self.component),
            format!("/incidents/{}", self.incident),
            format!("/incidents/{}", self.past_incident),
            format!("/maintenances/{}", self.maintenance),
            format!("/groups/{}", self.group),
            "/uptime".to_owned(),
            format!("/uptime?component={}", self.component),
            "/search?q=a".to_owned(),
            format!("/search?q=a&month={}", this_month()),
            "/embed".to_owned(),
            "/there/is/no/such/page".to_owned(),
        ]
    }

    /// Those of them that tell of the past.
    pub fn about_the_past(&self) -> Vec<String> {
        let is_one = |path: &String| {
            ["/history", "/uptime", "/search"]
                .iter()
                .any(|start| path.starts_with(start))
        };
        self.html().into_iter().filter(is_one).collect()
    }

    pub fn feeds(&self) -> Vec<String> {
        let component = format!("/components/{}", self.component);
        vec![
            "/history.rss".to_owned(),
            "/history.atom".to_owned(),
            format!("{component}/history.rss"),
            format!("{component}/history.atom"),
        ]
    }

    async fn page_and_components(&self, push: &Push, id: &str, texts: Texts<'_>) -> Result<()> {
        let page = json!({
            "id": self.page, "name": texts.name, "hosts": [self.host], "description": texts.text,
            "website": "https://northwind.example/", "time_zone": "Europe/Berlin", "language": "en",
            "branding": { "title": texts.name, "accent_color": "#0b5fff", "links": [
                { "text": texts.name, "url": "https://northwind.example/imprint" },
            ] },
        });
        push.create("/pages", &page).await?;
        push.put(&self.path("/announcement"), &json!({ "body": texts.text }))
            .await?;
        for (number, display) in ["open", "collapsed", "only_when_degraded"].iter().enumerate() {
            let group = json!({
                "id": of(id, 'g', number), "name": texts.name, "description": texts.text, "display": display,
            });
            push.create(&self.path("/groups"), &group).await?;
        }
        for number in 0..7 {
            let group = (number < 6).then(|| of(id, 'g', number / 2));
            let component = json!({
                "id": of(id, 'c', number), "name": format!("{} {number}", texts.name), "description": texts.text,
                "group_id": group, "started_on": "2026-01-01",
            });
            push.create(&self.path("/components"), &component).await?;
        }
        Ok(())
    }

    async fn incidents(&self, push: &Push, texts: Texts<'_>) -> Result<()> {
        let incidents = self.path("/incidents");
        let first = json!({
            "id": self.past_incident, "name": texts.name, "body": texts.text, "impact": "critical",
            "components": [{ "id": self.component, "status": "major_outage" }],
        });
        push.create(&incidents, &first).await?;
        for status in ["monitoring", "resolved", "postmortem"] {
            let update = json!({ "status": status, "body": texts.text });
            push.create(&format!("{incidents}/{}/updates", self.past_incident), &update)
                .await?;
        }
        let second = json!({
            "id": self.incident, "name": texts.name, "body": texts.text, "impact": "major",
            "components": [{ "id": self.component, "status": "partial_outage" }],
        });
        push.create(&incidents, &second).await?;
        let update = json!({ "status": "identified", "body": texts.text });
        push.create(&format!("{incidents}/{}/updates", self.incident), &update)
            .await?;
        Ok(())
    }

    async fn maintenances(&self, push: &Push, id: &str, texts: Texts<'_>) -> Result<()> {
        for (number, starts_in_hours) in [48, 0].into_iter().enumerate() {
            let maintenance = json!({
                "id": of(id, 'm', number), "name": texts.name, "body": texts.text,
                "starts_at": in_hours(starts_in_hours), "ends_at": in_hours(starts_in_hours + 2),
                "components": [of(id, 'c', 1)],
            });
            push.create(&self.path("/maintenances"), &maintenance).await?;
        }
        Ok(())
    }

    async fn metric(&self, push: &Push, id: &str, texts: Texts<'_>) -> Result<()> {
        let metric = json!({ "id": of(id, 'x', 0), "name": texts.name, "suffix": "ms", "decimals": 1 });
        push.create(&self.path("/metrics"), &metric).await?;
        let points: Vec<Value> = (0..200)
            .map(|step| json!({ "at": in_hours(-step), "value": 80.0 + f64::from((step * 37) % 60) }))
            .collect();
        let path = self.path(&format!("/metrics/{}/points", of(id, 'x', 0)));
        push.create(&path, &json!({ "points": points })).await?;
        Ok(())
    }

    fn path(&self, rest: &str) -> String {
        format!("/pages/{}{rest}", self.page)
    }
}

fn of(id: &str, kind: char, number: usize) -> String {
    format!("{id:0<9.9}{kind}{number:02}")
}

fn in_hours(hours: i32) -> String {
    (jiff::Timestamp::now() + jiff::SignedDuration::from_hours(i64::from(hours))).to_string()
}

fn this_month() -> String {
    let berlin = jiff::tz::TimeZone::get("Europe/Berlin").unwrap_or(jiff::tz::TimeZone::UTC);
    jiff::Timestamp::now().to_zoned(berlin).strftime("%Y-%m").to_string()
}
