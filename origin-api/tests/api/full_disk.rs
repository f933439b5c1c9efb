//! A disk that is full, and has room again.

use std::{
    fs::{self, File},
    io::Write,
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::json;
use tempfile::TempDir;

use crate::harness::{TestOrigin, at};

/// A small file system of its own; it goes with the value.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Where nobody may mount one the test counts as skipped.
    fn mount(at: &Path) -> Self {
        fs::create_dir_all(at).expect("a folder");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=4m", "none"]).arg(at);
        assert!(
            mount.status().expect("mount runs").success(),
            "{} cannot be mounted",
            at.display()
        );
        Self(at.to_owned())
    }

    /// Takes all room that is left.
    fn fill(&self) -> PathBuf {
        let filler = self.0.join("filler");
        let mut file = File::create(&filler).expect("a file");
        while file.write(&[0; 4096]).is_ok_and(|written| written > 0) {}
        filler
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test]
#[cfg_attr(not(may_mount), ignore = "needs root, which mounts a small disk")]
async fn full_disk_refuses_changes_until_it_has_room() {
    let folder = TempDir::new().expect("a folder");
    let disk = SmallDisk::mount(&folder.path().join("data"));
    let origin = TestOrigin::start_in(folder).await;
    let page = json!({"id": "page00000001", "name": "Acme", "hosts": ["status.acme.com"]});
    origin.post("/v1/pages", page).await.expect(201);
    let health = async || {
        let answer = reqwest::get(format!("{}/readyz", origin.admin))
            .await
            .expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    assert_eq!(health().await, (200, "ok\n".to_owned()));

    let filler = disk.fill();
    let incident = json!({"name": "Slow", "body": "x".repeat(20_000)});
    let mut stored = 0;
    let refused = loop {
        let answer = origin.post(&at("incidents"), incident.clone()).await;
        match answer.status.as_u16() {
            201 => stored += 1,
            _ => break answer,
        }
        assert!(stored < 1_000, "four megabytes hold no twenty");
    };
    assert_eq!(refused.body["type"], "urn:pharos:problem:full", "{}", refused.body);
    assert_eq!(
        (refused.header("content-type"), refused.header("retry-after")),
        ("application/problem+json", "30")
    );
    refused.expect(507);
    let mut unhealthy = health().await;
    // What the log has room for may still be written.
    for _ in 0..200 {
        if unhealthy.0 != 200 {
            break;
        }
        unhealthy = health().await;
    }
    assert_eq!(unhealthy.0, 503);
    let alive = reqwest::get(format!("{}/healthz", origin.admin)).await;
    assert_eq!(
        alive.expect("an answer").status(),
        200,
        "starting it anew would help nobody"
    );
    let status = reqwest::get(format!("{}/status", origin.admin)).await;
    let status = status.expect("an answer").text().await.expect("text");
    assert!(status.contains("the disk of the origin's database is full"), "{status}");
    assert!(
        unhealthy.1.contains("the disk of the origin's database is full"),
        "{}",
        unhealthy.1
    );
    let list = origin.get(&at("incidents?limit=100")).await.expect(200);
    assert_eq!(
        list["items"].as_array().map(Vec::len),
        Some(stored.min(100)),
        "what is stored is read as ever"
    );

    fs::remove_file(filler).expect("room is made");
    assert_eq!(health().await, (200, "ok\n".to_owned()), "nobody had to start it anew");
    origin.post(&at("incidents"), incident).await.expect(201);
    let list = origin.get(&at("incidents?limit=100")).await.expect(200);
    assert_eq!(
        list["items"].as_array().map(Vec::len),
        Some((stored + 1).min(100)),
        "nothing of what was refused is there"
    );
    drop(origin.stop().await);
    drop(disk);
}
