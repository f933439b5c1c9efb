//! Feeds and calendars as other people's programs read them, whatever the names.

use anyhow::{Result, ensure};
use tests::{
    System, checkers,
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn feeds_and_calendars_are_valid_with_hostile_names() -> Result<()> {
    System::journey(async |system| {
        for (number, name) in hostile_names().iter().enumerate() {
            let id = format!("n{number}");
            let text = format!("{name}\r\n\r\n]]> & <b>{name}</b>");
            let texts = Texts { name, text: &text };
            let showcase = Showcase::create(&system.push, &id, texts).await?;
            system.until_settled_at(&showcase.page).await?;
            let visitor = &system.regions[0].visitor;
            for path in showcase.feeds() {
                let read = checkers::feed(visitor.page(&showcase.host, &path).await?.as_bytes())?;
                ensure!(read["bozo"] == 0, "{path} of {name:?}: {}", read["why"]);
                let entries = read["entries"].as_array().map_or(0, Vec::len);
                ensure!(entries >= 1, "{path} of {name:?} has no entry: {read}");
            }
            let calendar = visitor.page(&showcase.host, "/calendar.ics").await?;
            let read = checkers::calendar(calendar.as_bytes())?;
            ensure!(read["errors"] == serde_json::json!([]), "{name:?}: {}", read["errors"]);
            let events = read["events"].as_array().map_or(0, Vec::len);
            ensure!(events == 2, "the calendar of {name:?} has {events} events");
        }
        Ok(())
    })
    .await
}

/// Names within the push API's limits that try to break out of every format.
fn hostile_names() -> Vec<String> {
    [
        "\"double\" 'single' `back` \\ back\\slash",
        "]]> <![CDATA[ --> <!-- &amp; &#x0; %0d%0a",
        "BEGIN:VEVENT;X=\"y\":z, \\n END:VCALENDAR",
        "👩‍👩‍👧‍👦 \u{202e}right to left\u{202c} \u{200f}عربي 日本",
        "{{ 7 * 7 }} {% raw %} ${x} $(id)",
    ]
    .iter()
    .map(|name| (*name).to_owned())
    .chain(["W".repeat(198), "é".repeat(198)])
    .collect()
}
