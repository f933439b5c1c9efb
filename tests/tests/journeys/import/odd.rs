//! Documents that real pages have published, and that are not as one would expect them.

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use tempfile::TempDir;
use tests::LoneOrigin;

use super::{
    documents::{ALPHA, BETA, Documents, PAGE, component, hours_ago, incident, maintenance, saying, update, with},
    run_import,
};

#[tokio::test(flavor = "multi_thread")]
async fn a_page_of_odd_documents_comes_in_whole_and_once() -> Result<()> {
    let (origin, folder) = (LoneOrigin::start().await?, TempDir::with_prefix("pharos-")?);
    odd_documents().write(folder.path())?;
    let run = |more: &[&str]| run_import(&origin.programs, &origin.push, folder.path(), origin.dir(), more);

    let told = run(&["--dry-run"])?;
    ensure!(told.is_whole, "{told:?}");
    ensure!(
        origin.push.read(&format!("/pages/{PAGE}")).await.is_err(),
        "a dry run wrote something"
    );
    let first = run(&[])?;
    ensure!(first.is_whole, "{first:?}");
    ensure!(
        first.lines == told.lines,
        "told {:#?}\ndone {:#?}",
        told.lines,
        first.lines
    );
    ensure!(first.of("adapted").len() >= 12, "{:#?}", first.lines);
    is_what_the_documents_say(&origin).await?;

    let before = origin.records(PAGE).await?.seq;
    let second = run(&[])?;
    ensure!(second.is_whole && second.of("follows").is_empty(), "{second:?}");
    ensure!(second.of("adapted") == first.of("adapted"), "{second:?}");
    let after = origin.records(PAGE).await?.seq;
    ensure!(
        before == after,
        "the second import made changes {} to {after}",
        before + 1
    );
    Ok(())
}

fn odd_documents() -> Documents {
    let mut documents = Documents::new();
    documents.summary["page"]["time_zone"] = json!("Central Time (US & Canada)");
    documents.summary["components"] = json!([
        // Of the first years, without a word of groups.
        { "id": ALPHA, "name": "Alpha", "status": "operational", "created_at": "2014-06-10T14:51:48.657-04:00", "position": null },
        with(component(BETA, "Be\tta", "under_maintenance"), "group_id", json!("grpunlisted1")),
        component("cmpgamma0001", "Gamma", "partial_outage"),
        component("4711", "Delta", "degraded_performance"),
    ]);
    documents.incidents = [incidents_of_odd_course(), incidents_of_odd_fields()].concat();
    documents.maintenances = None;
    documents.summary["incidents"] = json!([incident(
        "incsummary01",
        "investigating",
        &[saying(
            "updsummary01",
            "investigating",
            hours_ago(1),
            "cmpgamma0001",
            "partial_outage"
        )],
    )]);
    documents.summary["scheduled_maintenances"] = json!([maintenance(
        "mntsummary01",
        "in_progress",
        (hours_ago(1), hours_ago(-2)),
        &[saying(
            "updsummary02",
            "in_progress",
            hours_ago(1),
            BETA,
            "under_maintenance"
        )],
    )]);
    documents
}

fn resolved(id: &str, hours: i64) -> Value {
    update(id, "resolved", hours_ago(hours))
}

fn begun(id: &str, hours: i64) -> Value {
    update(id, "investigating", hours_ago(hours))
}

/// Odd in their statuses and moments.
fn incidents_of_odd_course() -> Vec<Value> {
    vec![
        // Its closing update has no text.
        incident(
            "incnotext001",
            "resolved",
            &[
                with(resolved("updnotext002", 2), "body", json!("")),
                saying("updnotext001", "investigating", hours_ago(3), ALPHA, "major_outage"),
            ],
        ),
        // It is said to be monitored, and its component stands as operational on the page.
        incident(
            "increcovered",
            "monitoring",
            &[
                update("updrecover02", "monitoring", hours_ago(2)),
                saying("updrecover01", "investigating", hours_ago(3), ALPHA, "major_outage"),
            ],
        ),
        with(
            incident(
                "incplanned01",
                "resolved",
                &[resolved("updplanned02", 4), begun("updplanned01", 5)],
            ),
            "impact",
            json!("maintenance"),
        ),
        // Told afterwards: no update says that it is over.
        with(
            incident("incbackfill1", "resolved", &[begun("updbackfill1", 20)]),
            "resolved_at",
            json!(hours_ago(19)),
        ),
        // The end names no component, by an entry of its own.
        incident(
            "incnoneaff01",
            "resolved",
            &[
                with(
                    resolved("updnoneaff02", 6),
                    "affected_components",
                    json!([{ "name": "No one." }]),
                ),
                saying("updnoneaff01", "investigating", hours_ago(7), ALPHA, "major_outage"),
            ],
        ),
        // The end shows a moment before the update before it.
        incident(
            "incorder0001",
            "resolved",
            &[
                resolved("updorder0003", 9),
                update("updorder0002", "monitoring", hours_ago(8)),
                begun("updorder0001", 10),
            ],
        ),
    ]
}

/// Odd in their fields, and a maintenance among them.
fn incidents_of_odd_fields() -> Vec<Value> {
    vec![
        with(
            incident("incnoupdates", "investigating", &[]),
            "name",
            json!("N".repeat(201)),
        ),
        with(
            incident(
                "LEGACY-4712",
                "resolved",
                &[
                    resolved("updlegacy002", 11),
                    with(begun("updlegacy001", 12), "body", json!("A\u{8}B")),
                ],
            ),
            "name",
            json!("With\ttab"),
        ),
        incident(
            "incahead0001",
            "resolved",
            &[
                with(resolved("updahead0002", 13), "display_at", json!(hours_ago(-5))),
                begun("updahead0001", 14),
            ],
        ),
        // A maintenance among incidents, with an end that is its start.
        maintenance(
            "mntamong0001",
            "completed",
            (hours_ago(40), hours_ago(40)),
            &[
                update("updamong0002", "completed", hours_ago(39)),
                update("updamong0001", "scheduled", hours_ago(50)),
            ],
        ),
    ]
}

async fn is_what_the_documents_say(origin: &LoneOrigin) -> Result<()> {
    let path = |path: &str| format!("/pages/{PAGE}{path}");
    let page = origin.push.read(&path("")).await?;
    ensure!(page["time_zone"] == "America/Chicago", "{page}");
    let components = origin.push.list(&path("/components")).await?;
    let mut shown: Vec<String> = components
        .iter()
        .map(|one| format!("{} {}", one["name"], one["status"]))
        .collect();
    shown.sort();
    ensure!(
        shown
            == [
                r#""Alpha" "operational""#,
                r#""Be ta" "under_maintenance""#,
                r#""Delta" "degraded_performance""#,
                r#""Gamma" "partial_outage""#,
            ],
        "{shown:#?}"
    );
    let statuses = origin.push.list(&path("/incidents")).await?;
    let open: Vec<&Value> = statuses.iter().filter(|one| one["status"] != "resolved").collect();
    ensure!(statuses.len() == 10 && open.len() == 3, "{statuses:#?}");
    for (id, field, expected) in [
        ("incbackfill1", "resolved_at", json!(hours_ago(19))),
        ("incorder0001", "resolved_at", json!(hours_ago(9))),
        ("incnotext001", "status", json!("resolved")),
        ("increcovered", "status", json!("monitoring")),
        ("incplanned01", "impact", json!("none")),
    ] {
        let incident = origin.push.read(&path(&format!("/incidents/{id}"))).await?;
        ensure!(incident[field] == expected, "{field} of {incident}");
    }
    let updates = origin.push.list(&path("/incidents/incorder0001/updates")).await?;
    let monitoring = updates
        .iter()
        .find(|update| update["status"] == "monitoring")
        .context("no such update")?;
    ensure!(monitoring["displayed_at"] == hours_ago(8), "{monitoring}");
    let works = origin.push.list(&path("/maintenances")).await?;
    let mut works: Vec<&str> = works.iter().filter_map(|one| one["status"].as_str()).collect();
    works.sort_unstable();
    ensure!(works == ["completed", "in_progress"], "{works:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_goes_on_after_what_it_cannot_bring_and_leaves_nothing_half_told() -> Result<()> {
    let (origin, folder) = (LoneOrigin::start().await?, TempDir::with_prefix("pharos-")?);
    let mut documents = Documents::new();
    let whole = |id: &str, first: &str, last: &str| {
        incident(
            id,
            "resolved",
            &[
                update(last, "resolved", hours_ago(2)),
                saying(first, "investigating", hours_ago(3), ALPHA, "major_outage"),
            ],
        )
    };
    documents.incidents = vec![
        with(whole("incnoid00001", "updnoid00001", "updnoid00002"), "id", Value::Null),
        // Its last update has the id of one that the page has here.
        whole("inchalf00001", "updhalf00001", "updtaken0001"),
        whole("incgood00001", "updgood00001", "updgood00002"),
    ];
    let run = || run_import(&origin.programs, &origin.push, folder.path(), origin.dir(), &[]);
    Documents::new().write(folder.path())?;
    ensure!(run()?.is_whole, "the page and its components");
    let path = format!("/pages/{PAGE}/incidents");
    let ours = json!({ "name": "Ours", "body": "Ours.", "status": "resolved", "update_id": "updtaken0001" });
    origin.push.create(&path, &ours).await?;

    documents.write(folder.path())?;
    for _ in 0..2 {
        let imported = run()?;
        ensure!(!imported.is_whole, "{imported:?}");
        let refused = imported.of("refused");
        ensure!(
            refused
                .iter()
                .any(|line| line.contains("incident \"Incident incnoid00001\": it has no id")),
            "{refused:#?}"
        );
        ensure!(
            refused
                .iter()
                .any(|line| line.contains("inchalf00001") && line.ends_with("nothing of it is here")),
            "{refused:#?}"
        );
        ensure!(imported.said.contains("differs or refused"), "{imported:?}");
        let incidents = origin.push.list(&path).await?;
        let mut names: Vec<&str> = incidents.iter().filter_map(|one| one["name"].as_str()).collect();
        names.sort_unstable();
        ensure!(names == ["Incident incgood00001", "Ours"], "{names:?}");
        let alpha = origin.push.read(&format!("/pages/{PAGE}/components/{ALPHA}")).await?;
        ensure!(alpha["status"] == "operational", "{alpha}");
    }
    Ok(())
}
