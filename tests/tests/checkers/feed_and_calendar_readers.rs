//! Feeds and calendars as other people's programs read them, whatever the names: what was read is what was pushed.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tests::{
    System, checkers,
    showcase::{Showcase, Texts},
};

#[tokio::test(flavor = "multi_thread")]
async fn readers_find_the_names_and_texts_that_were_pushed() -> Result<()> {
    System::journey(async |system| {
        for (number, name) in hostile_names().iter().enumerate() {
            let id = format!("n{number}");
            let text = format!("{name}\r\n\r\nThis is text {number}: ]]> & \"a\" <- ö, \\; 日本 🔥 …\r\n");
            let read_text = format!("This is text {number}: ]]> & \"a\" <- ö, ; 日本 🔥 …");
            let texts = Texts { name, text: &text };
            let showcase = Showcase::create(&system.push, &id, texts).await?;
            system.until_settled_at(&showcase.page).await?;
            let visitor = &system.regions[0].visitor;
            for path in showcase.feeds() {
                let read = checkers::feed(visitor.page(&showcase.host, &path).await?.as_bytes())?;
                ensure!(read["bozo"] == 0, "{path} of {name:?}: {}", read["why"]);
                // Two incidents touch the component; two maintenances touch another.
                let events = if path.starts_with("/components/") { 2 } else { 4 };
                let entries = list(&read, "entries")?;
                ensure!(entries.len() == events, "{path} of {name:?}: {} entries", entries.len());
                for entry in entries {
                    is_text(&entry["title"], name).with_context(|| format!("title in {path}"))?;
                    let text = entry["text"].as_str().unwrap_or_default();
                    ensure!(one_line(text).contains(&read_text), "{path} of {name:?} says {text:?}");
                }
            }
            let calendar = visitor.page(&showcase.host, "/calendar.ics").await?;
            let read = checkers::calendar(calendar.as_bytes())?;
            ensure!(read["errors"] == json!([]), "{name:?}: {}", read["errors"]);
            let events = list(&read, "events")?;
            ensure!(
                events.len() == 2,
                "the calendar of {name:?} has {} events",
                events.len()
            );
            for event in events {
                is_text(&event["summary"], name).context("summary in the calendar")?;
            }
            // The one that has begun says so by now; the other one says what was pushed.
            let says = |event: &Value| one_line(event["description"].as_str().unwrap_or_default()).contains(&read_text);
            ensure!(
                events.iter().any(says),
                "no event of {name:?} says {read_text:?}: {events:?}"
            );
        }
        Ok(())
    })
    .await
}

fn list<'a>(read: &'a Value, name: &str) -> Result<&'a Vec<Value>> {
    read[name].as_array().with_context(|| format!("no {name}"))
}

/// Whether a reader shows this text. Marks that turn the direction of writing may be left out.
fn is_text(read: &Value, pushed: &str) -> Result<()> {
    let read = read.as_str().context("a text")?;
    ensure!(one_line(read) == one_line(pushed), "{read:?} and not {pushed:?}");
    Ok(())
}

fn one_line(text: &str) -> String {
    let turns = |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let words = text.replace(turns, "");
    words.split_whitespace().collect::<Vec<_>>().join(" ")
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
