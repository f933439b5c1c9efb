//! The bundle for Workers on a bare workerd: what travels, and the CPU of a visit and of a start.

use std::{
    fs,
    net::SocketAddr,
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};
use bench::cpu::{Cpu, Processes};
use tempfile::TempDir;
use tests::{
    Page, Platform, System, Visitor, eventually,
    kv::Place,
    ports,
    program::Program,
    workerd::{self, BUNDLE},
};
use tokio::net::TcpStream;

use crate::{
    effort::{Effort, say_round},
    report::{Report, Target, median_of},
    warm::COMPONENTS,
    wrk::{Load, Round},
};

pub async fn measure(system: &System, effort: &Effort, report: &mut Report) -> Result<()> {
    let kilobytes = workerd::bundle_gzip_bytes()? as f64 / 1_000.0;
    report.add("Workers: bundle, gzip", kilobytes, "KB", Target::AtMost(512.0));

    // Puts the page into a KV; the workers that are measured only read it.
    let page = Page::create(&system.push, "worker", COMPONENTS).await?;
    let mut region = system.start_lone_region_on(Platform::Workerd, "workers-1").await?;
    let records = system.records(&page.id).await?;
    system.put_client(&region)?.put(&records.records).await?;
    let finished = async || region.visitor.shows(&page.host, &["Component 9"]).await;
    eventually("the page is there", Duration::from_secs(10), finished).await?;
    region.edge.kill();

    let dir = TempDir::with_prefix("pharos-workers-")?;
    let kv = region.kv()?.addr(Place::Visitors);
    let bundle = Worker::new("bundle", kv, dir.path(), copy_bundle)?;
    let empty = Worker::new("empty", kv, dir.path(), write_empty)?;
    warm_visits([bundle, empty], &page, effort, report).await
}

/// Both in turn, as long as they run; then both started again and again.
async fn warm_visits(
    [mut bundle, mut empty]: [Worker; 2],
    page: &Page,
    effort: &Effort,
    report: &mut Report,
) -> Result<()> {
    bundle.start(page).await?;
    empty.start(page).await?;
    let (mut of_bundle, mut of_empty) = (Vec::new(), Vec::new());
    for round in 0..=effort.rounds {
        say_round("workers, warm visits", round, effort.rounds);
        let pair = (bundle.visits(page, effort).await?, empty.visits(page, effort).await?);
        if round > 0 {
            of_bundle.push(pair.0);
            of_empty.push(pair.1);
        }
    }
    report.add_speed("Workers, warm page", "our bundle on workerd", &of_bundle)?;
    report.add_speed("Workers, warm page", "an empty worker", &of_empty)?;
    let beyond_us = median_of(&of_bundle, Round::cpu_us)? - median_of(&of_empty, Round::cpu_us)?;
    report.add(
        "Workers: warm visit, CPU beyond an empty worker",
        beyond_us,
        "µs",
        Target::None,
    );
    cold_starts([bundle, empty], page, effort, report).await
}

async fn cold_starts(
    [mut bundle, mut empty]: [Worker; 2],
    page: &Page,
    effort: &Effort,
    report: &mut Report,
) -> Result<()> {
    let (mut of_bundle, mut of_empty) = (Vec::new(), Vec::new());
    for start in 1..=effort.cold_starts {
        eprintln!("workers, cold starts: {start} of {}", effort.cold_starts);
        of_bundle.push(bundle.start(page).await?);
        of_empty.push(empty.start(page).await?);
    }
    let wall_ms = |starts: &[Start]| median_of(starts, |start| start.wall_s * 1_000.0);
    report.add("Workers: cold start, wall", wall_ms(&of_bundle)?, "ms", Target::None);
    let beyond_ms = wall_ms(&of_bundle)? - wall_ms(&of_empty)?;
    report.add(
        "Workers: cold start, wall beyond an empty worker",
        beyond_ms,
        "ms",
        Target::None,
    );
    // The kernel counts in steps of ten milliseconds, which a mean evens out and a median does not.
    let cpu_ms = |starts: &[Start]| {
        let together: f64 = starts.iter().map(|start| start.cpu.together_s() * 1_000.0).sum();
        together / starts.len() as f64
    };
    report.add("Workers: cold start, CPU", cpu_ms(&of_bundle), "ms", Target::None);
    let beyond_ms = cpu_ms(&of_bundle) - cpu_ms(&of_empty);
    report.add(
        "Workers: cold start, CPU beyond an empty worker",
        beyond_ms,
        "ms",
        Target::None,
    );
    Ok(())
}

/// A workerd with one worker.
struct Worker {
    program: Program,
    addr: SocketAddr,
    /// What names it among the programs that run.
    config: String,
}

/// Until the first reply.
struct Start {
    wall_s: f64,
    cpu: Cpu,
}

impl Worker {
    fn new(name: &str, kv: SocketAddr, dir: &Path, write: fn(&Path) -> Result<()>) -> Result<Self> {
        let (addr, folder) = (ports::free(), dir.join(name));
        fs::create_dir(&folder)?;
        write(&folder)?;
        let config = folder.join("workerd.capnp");
        let text = include_str!("workerd.capnp")
            .replace("LISTEN", &addr.to_string())
            .replace("ADDRESS_OF_KV", &kv.to_string());
        fs::write(&config, text)?;
        let config = config.display().to_string();
        let args = ["serve", &config, "config"].map(str::to_owned).to_vec();
        let program = Program::of(&workerd::binary()?, name, args, dir).with_listener(addr);
        Ok(Self { program, addr, config })
    }

    async fn start(&mut self, page: &Page) -> Result<Start> {
        self.program.kill();
        let visitor = Visitor::new(self.addr)?;
        let begin = Instant::now();
        self.program.start()?;
        while TcpStream::connect(self.addr).await.is_err() {
            ensure!(self.program.is_running(), "workerd ended: {}", self.program.log_end());
            tokio::time::sleep(CONNECT_PAUSE).await;
        }
        let reply = visitor.visit(&page.host, "/").await?;
        let wall_s = begin.elapsed().as_secs_f64();
        ensure!(
            reply.status == 200,
            "workerd answered {}: {}",
            reply.status,
            self.program.log_end()
        );
        let cpu = self.processes()?.cpu()?;
        Ok(Start { wall_s, cpu })
    }

    async fn visits(&self, page: &Page, effort: &Effort) -> Result<Round> {
        let headers = [
            ("Host", page.host.as_str()),
            ("Accept-Encoding", "br"),
            ("User-Agent", "bench"),
        ];
        let load = Load {
            url: format!("http://{}/", self.addr),
            headers: headers
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .to_vec(),
        };
        load.run(effort.round_s, &self.processes()?).await
    }

    fn processes(&self) -> Result<Processes> {
        Processes::child_with(&self.config)
    }
}

fn copy_bundle(folder: &Path) -> Result<()> {
    for file in BUNDLE {
        fs::copy(workerd::bundle()?.join(file), folder.join(file))?;
    }
    Ok(())
}

/// The same modules with nothing in them.
fn write_empty(folder: &Path) -> Result<()> {
    fs::write(
        folder.join(BUNDLE[0]),
        "export default { fetch() { return new Response(\"ok\\n\"); } };\n",
    )?;
    fs::write(folder.join(BUNDLE[1]), b"\0asm\x01\0\0\0")?;
    Ok(())
}

const CONNECT_PAUSE: Duration = Duration::from_micros(500);
