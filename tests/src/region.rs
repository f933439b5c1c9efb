//! One region: its edge as a process, its store, and a reader of its pages.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};

use crate::{
    kv::Kv,
    platform::Platform,
    ports,
    program::{Program, Programs, core_edge, spin_component, spin_host, strings},
    sign_in::{self, SignIn},
    visitor::Visitor,
    workerd::{self, Worker},
};

pub struct Region {
    pub name: String,
    pub platform: Platform,
    pub edge: Program,
    pub visitor: Visitor,
    store: Store,
}

/// What outlives the edge's process.
enum Store {
    Nothing,
    Folder(PathBuf),
    Kv(Kv),
}

/// What a region is given of the system around it.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    pub put_verify_key: &'a str,
    /// Without, nobody is let in there.
    pub sign_in: Option<SignIn>,
    pub dir: &'a Path,
}

impl Region {
    /// On a workerd of its own with more variables, such as those that only Cloudflare's network is given.
    pub async fn worker(name: &str, put_verify_key: &str, variables: &[(&str, &str)], dir: &Path) -> Result<Self> {
        let (listen, kv) = (ports::free(), Kv::start().await?);
        let worker = Worker {
            listen,
            kv: &kv,
            region: name,
            put_verify_key,
            fast: false,
            variables,
            sign_in: None,
        };
        let edge = on_workerd(&worker, &format!("edge-{name}"), dir)?;
        Ok(Self {
            name: name.to_owned(),
            platform: Platform::Workerd,
            edge,
            visitor: Visitor::new(listen)?,
            store: Store::Kv(kv),
        })
    }

    /// On our own host with more arguments, such as where visitors' addresses come from.
    pub fn host(programs: &Programs, name: &str, place: Place<'_>, more: &[&str]) -> Result<Self> {
        let (listen, program) = (ports::free(), format!("edge-{name}"));
        let mut args = strings(&["--region", name, &format!("--put-verify-key={}", place.put_verify_key)]);
        args.extend(strings(&["--listen", &listen.to_string()]));
        args.extend(strings(more));
        if let Some(sign_in) = place.sign_in {
            let key_file = sign_in::key_file(name, place.dir)?;
            let asking = ["--visitors-url", &sign_in.url(), "--sign-in-key-file", &key_file];
            args.extend(strings(&asking));
        }
        let (edge, store) = own_host(programs, &program, args, place.dir);
        Ok(Self {
            name: name.to_owned(),
            platform: Platform::OwnHost,
            edge,
            visitor: Visitor::new(listen)?,
            store,
        })
    }

    pub async fn new(programs: &Programs, platform: Platform, name: &str, place: Place<'_>) -> Result<Self> {
        let Place {
            put_verify_key,
            sign_in,
            dir,
        } = place;
        let listen = ports::free();
        let program = format!("edge-{name}");
        let mut args = strings(&["--region", name, &format!("--put-verify-key={put_verify_key}")]);
        args.extend(strings(&["--listen", &listen.to_string()]));
        let (edge, store) = match platform {
            Platform::Core => {
                let edge = Program::of(&core_edge()?, &program, args, dir).with_listener(listen);
                (edge, Store::Nothing)
            }
            Platform::OwnHost => return Self::host(programs, name, place, &[]),
            Platform::Spin => {
                args.extend(strings(&["--component", &spin_component()?.display().to_string()]));
                if let Some(sign_in) = sign_in {
                    args.push(format!("--sign-in-key={}", sign_in::key(name)));
                    args.extend(strings(&["--visitors-url", &sign_in.url()]));
                }
                let edge = Program::of(&spin_host()?, &program, args, dir).with_listener(listen);
                (edge, Store::Nothing)
            }
            Platform::Workerd | Platform::WorkerdFast => {
                let kv = Kv::start().await?;
                let worker = Worker {
                    listen,
                    kv: &kv,
                    region: name,
                    put_verify_key,
                    fast: platform == Platform::WorkerdFast,
                    variables: &[],
                    sign_in,
                };
                (on_workerd(&worker, &program, dir)?, Store::Kv(kv))
            }
        };
        Ok(Self {
            name: name.to_owned(),
            platform,
            edge,
            visitor: Visitor::new(listen)?,
            store,
        })
    }

    /// The address of a host's page here, for a browser.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}/", self.visitor.addr().port())
    }

    /// The region's KV, where it is a server of ours.
    pub fn kv(&self) -> Result<&Kv> {
        match &self.store {
            Store::Kv(kv) => Ok(kv),
            Store::Nothing | Store::Folder(_) => anyhow::bail!("the KV of {} is its own", self.name),
        }
    }

    /// Where it keeps what it stores, where that is a folder of this machine.
    pub fn folder(&self) -> Result<&Path> {
        match &self.store {
            Store::Folder(folder) => Ok(folder),
            Store::Nothing | Store::Kv(_) => anyhow::bail!("{} has no folder", self.name),
        }
    }

    /// Takes everything that the region has stored; it must not run.
    pub fn wipe(&mut self) -> Result<()> {
        ensure!(
            !self.edge.is_running(),
            "{} must be killed before it is wiped",
            self.name
        );
        match &self.store {
            Store::Nothing => {}
            Store::Folder(folder) => {
                fs::remove_dir_all(folder).with_context(|| format!("the store of {} cannot be wiped", self.name))?
            }
            Store::Kv(kv) => kv.wipe(),
        }
        Ok(())
    }
}

fn own_host(programs: &Programs, program: &str, args: Vec<String>, dir: &Path) -> (Program, Store) {
    let admin = ports::free();
    let data = dir.join(program);
    let mut all = strings(&["edge"]);
    all.extend(args);
    all.extend(strings(&["--admin-listen", &admin.to_string()]));
    all.extend(strings(&["--component", &programs.component.display().to_string()]));
    all.extend(strings(&["--data", &data.display().to_string()]));
    let edge = Program::new(programs, program, all, dir).with_admin(admin);
    (edge, Store::Folder(data))
}

/// Its objects live as long as the process, so a wiped region is one whose edge was killed.
fn on_workerd(worker: &Worker, program: &str, dir: &Path) -> Result<Program> {
    let listen: SocketAddr = worker.listen;
    let args = worker.write(&dir.join(program))?;
    Ok(Program::of(&workerd::binary()?, program, args, dir).with_listener(listen))
}
