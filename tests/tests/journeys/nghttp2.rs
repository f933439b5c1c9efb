//! What another library of HTTP/2 makes of an edge: the tools of nghttp2; docs/http2.md lists the runs.

use std::{fs, path::Path, process::Command};

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;
use tests::{Page, System};

/// The visits of one run of `h2load`, and how all of them must be answered.
struct Load {
    what: &'static str,
    args: &'static [&'static str],
    visits: usize,
    answered: &'static str,
}

/// One run of `nghttp`, and the status of each of its streams.
struct Visits {
    what: &'static str,
    args: &'static [&'static str],
    streams: usize,
    status: &'static str,
}

#[tokio::test(flavor = "multi_thread")]
#[cfg_attr(not(may_run_nghttp2), ignore = "needs nghttp2-client")]
async fn tools_of_nghttp2_are_answered() -> Result<()> {
    System::journey(async |system| {
        let page = Page::create(&system.push, "nghttp", 10).await?;
        system.until_shown(&page, &["Component 9"]).await?;
        let folder = TempDir::new()?;
        fs::write(folder.path().join("form"), "x".repeat(4_000))?;
        let region = &system.regions[0];
        let host = format!(":authority: {}", page.host);
        let run = |program: &str, args: &[&str]| {
            let mut command = Command::new(program);
            command.args(args).args(["-H", &host]);
            command.arg(format!("http://{}/", region.visitor.addr()));
            read(command.current_dir(folder.path()))
        };
        let mut wrong = Vec::new();
        for Visits {
            what,
            args,
            streams,
            status,
        } in VISITS
        {
            let told = run("nghttp", args)?;
            let answered = told.matches(&format!(":status: {status}")).count();
            if answered != streams || told.contains("RST_STREAM") {
                wrong.push(format!(
                    "nghttp, {what}: {answered} of {streams} streams were answered {status}:\n{told}"
                ));
            }
        }
        for Load {
            what,
            args,
            visits,
            answered,
        } in LOADS
        {
            let told = run("h2load", args)?;
            let all = told.contains(&format!("{visits} done")) && told.contains(" 0 errored, 0 timeout");
            if !all || !told.contains(&format!("{visits} {answered}")) {
                wrong.push(format!(
                    "h2load, {what}: not all {visits} were answered {answered}:\n{told}"
                ));
            }
        }
        ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
        region.visitor.page(&page.host, "/").await.map(drop)
    })
    .await
}

fn read(command: &mut Command) -> Result<String> {
    let program = Path::new(command.get_program()).display().to_string();
    let output = command.output().with_context(|| format!("{program} does not start"))?;
    let told = [output.stdout, output.stderr].concat();
    Ok(String::from_utf8_lossy(&told).into_owned())
}

const VISITS: [Visits; 6] = [
    Visits {
        what: "a visit with its priorities",
        args: &["-nv"],
        streams: 1,
        status: "200",
    },
    Visits {
        what: "a field block of 24 KB in CONTINUATION",
        args: &["-nv", "--continuation"],
        streams: 1,
        status: "200",
    },
    Visits {
        what: "20 streams",
        args: &["-nv", "--multiply=20"],
        streams: 20,
        status: "200",
    },
    Visits {
        what: "windows of 255 bytes",
        args: &["-nv", "--window-bits=8"],
        streams: 1,
        status: "200",
    },
    Visits {
        what: "no table of fields",
        args: &["-nv", "--header-table-size=0", "--multiply=3"],
        streams: 3,
        status: "200",
    },
    Visits {
        what: "a body and a trailer where none is taken",
        args: &["-nv", "--data=form", "--trailer=x: y"],
        streams: 1,
        status: "405",
    },
];
const LOADS: [Load; 5] = [
    Load {
        what: "64 streams at once on each of 10 connections",
        args: &["-n2000", "-c10", "-m64"],
        visits: 2_000,
        answered: "2xx",
    },
    Load {
        what: "windows of 1,023 bytes",
        args: &["-n200", "-c4", "-m8", "--window-bits=10"],
        visits: 200,
        answered: "2xx",
    },
    Load {
        what: "no table of fields, on either side",
        args: &[
            "-n500",
            "-c4",
            "-m16",
            "--header-table-size=0",
            "--encoder-header-table-size=0",
        ],
        visits: 500,
        answered: "2xx",
    },
    Load {
        what: "HTTP/1.1",
        args: &["-n500", "-c10", "--h1"],
        visits: 500,
        answered: "2xx",
    },
    Load {
        what: "bodies where none is taken",
        args: &["-n200", "-c4", "-m16", "--data=form"],
        visits: 200,
        answered: "4xx",
    },
];
