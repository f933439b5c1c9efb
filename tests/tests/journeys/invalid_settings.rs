//! Config errors: all of them at once, before a socket is bound.

use std::net::TcpListener;

use anyhow::{Result, ensure};
use tests::program::Programs;

#[test]
fn edge_reports_every_invalid_setting_at_once() -> Result<()> {
    let taken = TcpListener::bind("127.0.0.1:0")?;
    let taken_addr = taken.local_addr()?.to_string();
    let output = Programs::debug()?
        .command(&[
            "edge",
            "--region",
            "No Region!",
            "--listen",
            &taken_addr,
            "--admin-listen",
            "nowhere",
        ])
        .args([
            "--component",
            "/does/not/exist.wasm",
            "--put-verify-key",
            "-short",
            "--data",
            "/dev/null/store",
        ])
        .output()?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    ensure!(
        output.status.code() == Some(2),
        "it ended with {}: {stderr}",
        output.status
    );
    for flag in ["--region", "--admin-listen", "--component", "--put-verify-key"] {
        ensure!(stderr.contains(flag), "nothing is stderr about {flag}:\n{stderr}");
    }
    ensure!(!stderr.contains("in use"), "it tried to bind a socket first:\n{stderr}");
    Ok(())
}

#[test]
fn sync_and_origin_report_every_invalid_setting_at_once() -> Result<()> {
    let programs = Programs::debug()?;
    let sync = [
        "sync",
        "--origin",
        "not a url",
        "--sync-token",
        "",
        "--put-key-file",
        "/does/not/exist",
    ];
    let sync_rest = ["--region", "no-equals-sign", "--admin-listen", "127.0.0.1:99999"];
    let origin = [
        "origin",
        "--data",
        "/tmp",
        "--listen",
        "x",
        "--admin-listen",
        "y",
        "--sync-token",
        "",
    ];
    let cases: [(&[&str], &[&str], &[&str]); 2] = [
        (
            &sync,
            &sync_rest,
            &[
                "--origin",
                "--sync-token",
                "--put-key-file",
                "--region",
                "--admin-listen",
            ],
        ),
        (
            &origin,
            &["--admin-token", ""],
            &["--listen", "--admin-listen", "--sync-token", "--admin-token"],
        ),
    ];
    for (args, rest, flags) in cases {
        let output = programs.command(args).args(rest).output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(
            output.status.code() == Some(2),
            "{args:?} ended with {}: {stderr}",
            output.status
        );
        for flag in flags {
            ensure!(
                stderr.contains(flag),
                "{} says nothing about {flag}:\n{stderr}",
                args[0]
            );
        }
    }
    Ok(())
}
