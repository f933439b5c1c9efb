//! Origin, sync and regions, each a process of its own on ports of its own.

pub mod syncs;

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use anyhow::{Context, Result, ensure};
use page_model::{
    Record,
    put::{Batch, Outcome},
};
use reqwest::{Client, RequestBuilder};
use serde_json::Value;
use tempfile::TempDir;

use crate::{
    checkers,
    eventually::eventually,
    http,
    mailbox::Mailbox,
    pages::Page,
    platform::Platform,
    ports,
    program::{Program, Programs, strings},
    provider::Provider,
    push::Push,
    put_client::{self, PutClient},
    records::PageRecords,
    region::{Place, Region},
    sign_in::{self, SignIn},
};

pub struct System {
    pub origin: Program,
    pub sync: Program,
    pub regions: Vec<Region>,
    pub push: Push,
    pub programs: Programs,
    origin_url: String,
    put_verify_key: String,
    sign_in: SignIn,
    /// Where the origin sends mails; nobody listens there until a journey opens its mailbox.
    mail: SocketAddr,
    /// The identity provider that the origin may ask on this machine; nobody listens there until a journey opens it.
    provider: SocketAddr,
    /// Last, so that it goes when nothing writes into it any more.
    dir: TempDir,
}

impl System {
    /// Runs a journey through two regions. Afterwards every program that was not killed must still run, and none may
    /// have panicked. The logs are shown when anything fails.
    pub async fn journey(walk: impl AsyncFnOnce(&mut System) -> Result<()>) -> Result<()> {
        Self::journey_on(Platform::OwnHost, walk).await
    }

    pub async fn journey_on(platform: Platform, walk: impl AsyncFnOnce(&mut System) -> Result<()>) -> Result<()> {
        Self::journey_through(&REGIONS.map(|name| (name, platform)), walk).await
    }

    /// The same through regions of these names on these platforms.
    pub async fn journey_through(
        regions: &[(&str, Platform)],
        walk: impl AsyncFnOnce(&mut System) -> Result<()>,
    ) -> Result<()> {
        Self::prepare(Programs::debug()?, regions).await?.walked(walk).await
    }

    /// Starts what was prepared; the logs are shown where the walk fails.
    pub async fn walked(mut self, walk: impl AsyncFnOnce(&mut System) -> Result<()>) -> Result<()> {
        self.start().await?;
        let outcome = walk(&mut self).await.and_then(|()| self.check());
        if outcome.is_err() {
            self.show_logs();
        }
        outcome
    }

    /// Through two regions of our own host; the sockets of origin and edges outlive them.
    pub async fn journey_behind_sockets(walk: impl AsyncFnOnce(&mut System) -> Result<()>) -> Result<()> {
        let regions = REGIONS.map(|name| (name, Platform::OwnHost));
        let mut system = Self::prepare(Programs::debug()?, &regions).await?;
        for region in &mut system.regions {
            region.edge.hold_socket(region.visitor.addr())?;
        }
        let api = system.origin_url.trim_start_matches("http://").parse()?;
        system.origin.hold_socket(api)?;
        system.walked(walk).await
    }

    pub async fn boot(programs: Programs, regions: &[&str]) -> Result<Self> {
        let regions: Vec<_> = regions.iter().map(|name| (*name, Platform::OwnHost)).collect();
        Self::boot_on(programs, &regions).await
    }

    pub async fn boot_on(programs: Programs, regions: &[(&str, Platform)]) -> Result<Self> {
        let mut system = Self::prepare(programs, regions).await?;
        system.start().await?;
        Ok(system)
    }

    /// The same, of which no program runs yet.
    pub async fn prepare(programs: Programs, regions: &[(&str, Platform)]) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-")?;
        // Where it is one of two, every platform shows that it takes several.
        let put_verify_key = format!("{},{}", sign_in::public_half("another"), keygen(&programs, &dir)?);
        let api = ports::free();
        let origin_url = format!("http://{api}");
        let (sign_in, mail, provider) = (SignIn(ports::free()), ports::free(), ports::free());
        let mut asking = strings(&["--visitors-listen", &sign_in.0.to_string()]);
        asking.extend(strings(&["--smtp-url", &format!("smtp://{mail}")]));
        asking.extend(strings(&["--mail-from", "status@pharos.example"]));
        asking.extend(strings(&["--internal-provider", &format!("http://{provider}")]));
        for name in regions.iter().map(|(name, _)| *name).chain([LONE_REGION]) {
            asking.push(format!("--region-key={name}={}", sign_in::public_half(name)));
        }
        let mut system = Self {
            origin: origin(&programs, api, &dir, asking),
            sync: Program::new(&programs, "sync", Vec::new(), dir.path()),
            regions: Vec::new(),
            push: Push::new(&format!("{origin_url}/v1"), ADMIN_TOKEN)?,
            programs,
            origin_url,
            put_verify_key,
            sign_in,
            mail,
            provider,
            dir,
        };
        for (name, platform) in regions {
            let region = system.region(name, *platform).await?;
            system.regions.push(region);
        }
        let places = system
            .regions
            .iter()
            .map(|region| (region.name.clone(), region.visitor.addr()));
        system.sync = system.sync_to(&places.collect::<Vec<_>>());
        Ok(system)
    }

    /// A region that is no destination of kv-sync: nobody fills it and nobody warms it.
    pub async fn start_lone_region(&self, name: &str) -> Result<Region> {
        self.start_lone_region_on(Platform::OwnHost, name).await
    }

    pub async fn start_lone_region_on(&self, platform: Platform, name: &str) -> Result<Region> {
        let mut region = self.region(name, platform).await?;
        region.edge.start()?;
        region.edge.healthy().await?;
        Ok(region)
    }

    /// The same on a workerd with these variables too.
    pub async fn start_lone_worker(&self, name: &str, variables: &[(&str, &str)]) -> Result<Region> {
        let mut region = Region::worker(name, &self.put_verify_key, variables, self.dir.path()).await?;
        region.edge.start()?;
        region.edge.healthy().await?;
        Ok(region)
    }

    /// The same on our own host, told more.
    pub async fn start_lone_host(&self, name: &str, more: &[&str]) -> Result<Region> {
        let mut region = Region::host(&self.programs, name, self.place(), more)?;
        region.edge.start()?;
        region.edge.healthy().await?;
        Ok(region)
    }

    pub fn open_mailbox(&self) -> Result<Mailbox> {
        Mailbox::open(self.mail, self.dir.path())
    }

    pub fn open_provider(&self) -> Result<Provider> {
        Provider::open(self.provider, self.dir.path())
    }

    pub async fn open_provider_for_people(&self, redirects: &[String]) -> Result<Provider> {
        Provider::open_for_people(self.provider, redirects, self.dir.path()).await
    }

    /// A proxy before the region that speaks TLS, for browsers that are told of it.
    pub async fn open_tls_proxy(&self, region: &Region) -> Result<(Program, SocketAddr)> {
        let (addr, script) = (ports::free(), checkers::root().join("tests/checkers/tls_proxy.mjs"));
        let (script, folder) = (script.display().to_string(), self.dir.path().display().to_string());
        let (port, edge) = (addr.port().to_string(), region.visitor.addr().port().to_string());
        let args = strings(&[&script, &port, &edge, &folder]);
        let mut proxy = Program::of(Path::new("node"), "proxy", args, self.dir.path()).with_listener(addr);
        proxy.start()?;
        proxy.healthy().await?;
        Ok((proxy, addr))
    }

    pub fn region_names(&self) -> Vec<String> {
        self.regions.iter().map(|region| region.name.clone()).collect()
    }

    /// A client of a region's put endpoint, with the key that the sync signs with.
    pub fn put_client(&self, region: &Region) -> Result<PutClient> {
        let key = put_client::read_key(&self.put_key_file())?;
        PutClient::new(region.visitor.addr(), &region.name, key)
    }

    /// What the origin composes of a page: the truth that every region must end with.
    pub async fn records(&self, page: &str) -> Result<PageRecords> {
        PageRecords::fetch(&self.origin_url, SYNC_TOKEN, page).await
    }

    /// Waits until every region shows all of these texts on the page's index.
    pub async fn until_shown(&self, page: &Page, texts: &[&str]) -> Result<()> {
        for region in &self.regions {
            let what = format!("{} shows {}", region.name, page.name);
            eventually(&what, ARRIVAL_MAX, async || {
                region.visitor.shows(&page.host, texts).await
            })
            .await?;
        }
        Ok(())
    }

    /// Waits until every region has every change of the page, and answers with the page's records.
    pub async fn until_settled(&self, page: &Page) -> Result<PageRecords> {
        self.until_settled_at(&page.id).await
    }

    /// The same for the page with this id.
    pub async fn until_settled_at(&self, page: &str) -> Result<PageRecords> {
        let records = self.records(page).await?;
        for region in &self.regions {
            let what = format!("{} has {page} up to change {}", region.name, records.seq);
            let put_client = self.put_client(region)?;
            eventually(&what, ARRIVAL_MAX, async || {
                let cursor = put_client.put_batch(&Batch::default()).await?.cursor;
                ensure!(
                    cursor
                        .as_ref()
                        .is_some_and(|cursor| cursor.seq >= records.seq && !cursor.filling),
                    "its cursor stands at {cursor:?}"
                );
                Ok(())
            })
            .await?;
        }
        Ok(records)
    }

    /// A request to the side of the origin that kv-sync speaks with.
    pub fn as_sync(&self, client: &Client, path: &str) -> RequestBuilder {
        client.get(format!("{}{path}", self.origin_url)).bearer_auth(SYNC_TOKEN)
    }

    /// What regions verify puts with.
    pub fn put_verify_key(&self) -> &str {
        &self.put_verify_key
    }

    pub fn put_key_file(&self) -> PathBuf {
        self.dir.path().join(PUT_KEY_FILE)
    }

    /// The origin's last sequence number.
    pub async fn head(&self) -> Result<u64> {
        let mut head = 0;
        loop {
            let request = self.as_sync(&http::client()?, &format!("/sync/feed?after={head}"));
            let feed: Value = request.send().await?.error_for_status()?.json().await?;
            head = feed["head"].as_u64().context("the feed has no head")?;
            if feed["complete"] == true {
                return Ok(head);
            }
        }
    }

    /// Where the origin's database lies.
    pub fn origin_folder(&self) -> PathBuf {
        self.dir.path().join(ORIGIN_FOLDER)
    }

    /// Has the origin and the first region keep what they store on another disk; neither was started yet.
    pub fn lay_on(&self, disk: &Path) -> Result<()> {
        lay(&self.origin_folder(), disk, ORIGIN_FOLDER)?;
        self.lay_region_on(disk)
    }

    /// The first region alone.
    pub fn lay_region_on(&self, disk: &Path) -> Result<()> {
        let region = self.regions.first().context("there is no region")?;
        lay(region.folder()?, disk, &region.name)
    }

    /// Whether the region holds each record of the page in the origin's version, as one does that was just filled.
    pub async fn ensure_every_record(&self, region: &Region, page: &str) -> Result<()> {
        let is_there = |record: &Record, outcome: &Outcome| matches!(outcome, Outcome::Kept { version } if *version == record.version);
        self.ensure_each(region, page, is_there).await
    }

    /// The same in any version: what did not change since is not carried again.
    pub async fn ensure_every_key(&self, region: &Region, page: &str) -> Result<()> {
        let is_there = |_: &Record, outcome: &Outcome| matches!(outcome, Outcome::Kept { version } if *version > 0);
        self.ensure_each(region, page, is_there).await
    }

    /// A region keeps its own record over one of no version, and says which it has.
    async fn ensure_each(
        &self,
        region: &Region,
        page: &str,
        is_there: impl Fn(&Record, &Outcome) -> bool,
    ) -> Result<()> {
        let composed = self.records(page).await?;
        let receipt = self.put_client(region)?.put(&composed.probes()).await?;
        let lacking: Vec<String> = composed
            .records
            .iter()
            .zip(&receipt.outcomes)
            .filter(|(record, outcome)| !is_there(record, outcome))
            .map(|(record, outcome)| format!("{} in version {}: {outcome:?}", record.key, record.version))
            .collect();
        ensure!(lacking.is_empty(), "{}: {lacking:#?}", region.name);
        Ok(())
    }

    /// The origin's database as it is; the origin must not run.
    pub fn copy_database(&self) -> Result<TempDir> {
        let copy = TempDir::with_prefix("pharos-copy-")?;
        copy_files(&self.origin_folder(), copy.path())?;
        Ok(copy)
    }

    /// Puts an earlier state of the database back; the origin must not run.
    pub fn put_database_back(&self, copy: &TempDir) -> Result<()> {
        let folder = self.origin_folder();
        fs::remove_dir_all(&folder)?;
        fs::create_dir(&folder)?;
        copy_files(copy.path(), &folder)
    }

    /// Looks whether every program that was not killed still runs and none has panicked.
    pub fn check(&mut self) -> Result<()> {
        for program in self.programs_mut() {
            let log = program.log();
            let panicked = log.lines().find(|line| line.contains("panicked"));
            ensure!(
                panicked.is_none(),
                "{} panicked: {}",
                program.name(),
                panicked.unwrap_or_default()
            );
            ensure!(
                !program.is_started() || program.is_running(),
                "{} ended by itself",
                program.name()
            );
        }
        Ok(())
    }

    pub fn show_logs(&mut self) {
        for program in self.programs_mut() {
            eprintln!("{}", program.log_end());
        }
    }

    /// Starts every program, which `prepare` leaves to the caller.
    pub async fn start(&mut self) -> Result<()> {
        for program in self.programs_mut() {
            program.start()?;
        }
        for program in self.programs_mut() {
            program.healthy().await?;
        }
        Ok(())
    }

    fn programs_mut(&mut self) -> impl Iterator<Item = &mut Program> {
        let edges = self.regions.iter_mut().map(|region| &mut region.edge);
        [&mut self.origin, &mut self.sync].into_iter().chain(edges)
    }

    async fn region(&self, name: &str, platform: Platform) -> Result<Region> {
        Region::new(&self.programs, platform, name, self.place()).await
    }

    fn place(&self) -> Place<'_> {
        Place {
            put_verify_key: &self.put_verify_key,
            sign_in: Some(self.sign_in),
            dir: self.dir.path(),
        }
    }
}

impl Drop for System {
    fn drop(&mut self) {
        if thread::panicking() {
            self.show_logs();
        }
    }
}

pub(crate) fn origin(programs: &Programs, api: SocketAddr, dir: &TempDir, more: Vec<String>) -> Program {
    let (admin, data) = (ports::free(), dir.path().join(ORIGIN_FOLDER));
    let mut args = strings(&[
        "origin",
        "--data",
        &data.display().to_string(),
        "--listen",
        &api.to_string(),
    ]);
    args.extend(strings(&["--admin-listen", &admin.to_string()]));
    args.extend(strings(&["--sync-token", SYNC_TOKEN, "--admin-token", ADMIN_TOKEN]));
    args.extend(more);
    Program::new(programs, "origin", args, dir.path()).with_admin(admin)
}

fn lay(folder: &Path, disk: &Path, name: &str) -> Result<()> {
    let place = disk.join(name);
    fs::create_dir(&place)?;
    std::os::unix::fs::symlink(&place, folder).with_context(|| format!("{} is there already", folder.display()))
}

fn copy_files(from: &Path, to: &Path) -> Result<()> {
    for file in fs::read_dir(from)? {
        let file = file?;
        fs::copy(file.path(), to.join(file.file_name()))?;
    }
    Ok(())
}

/// The operator's way to a key pair: the secret half goes to a file, the other half is printed.
fn keygen(programs: &Programs, dir: &TempDir) -> Result<String> {
    let file = dir.path().join(PUT_KEY_FILE);
    let output = programs.command(&["keygen", &file.display().to_string()]).output()?;
    let shown = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "pharos keygen failed: {shown}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

/// How long a change may take to a region in a development build on a busy machine; alone it takes milliseconds.
pub const ARRIVAL_MAX: Duration = Duration::from_secs(60);
/// A region that is no destination of kv-sync and may ask the origin for its visitors.
pub const LONE_REGION: &str = "lone-1";
pub const REGIONS: [&str; 2] = ["eu-1", "us-1"];
const ORIGIN_FOLDER: &str = "origin";
const PUT_KEY_FILE: &str = "put.key";
pub(crate) const ADMIN_TOKEN: &str = "admin-token-of-the-journeys-0123456789";
pub(crate) const SYNC_TOKEN: &str = "sync-token-of-the-journeys-0123456789";
