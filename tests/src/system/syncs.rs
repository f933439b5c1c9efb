//! Syncs of a system: the one that it has, and others beside it.

use std::{net::SocketAddr, path::Path};

use super::{SYNC_TOKEN, System};
use crate::{
    ports,
    program::{Program, strings},
};

impl System {
    /// What a sync needs to carry to the regions.
    pub fn sync_arguments(&self) -> Vec<String> {
        let key_file = self.put_key_file();
        let addrs = self
            .regions
            .iter()
            .map(|region| format!("{}=http://{}", region.name, region.visitor.addr()));
        self.sync_settings("sync", &key_file, &addrs.collect::<Vec<_>>())
            .arguments()
    }

    /// A sync that carries to these regions.
    pub fn sync_to(&self, regions: &[(String, SocketAddr)]) -> Program {
        let regions: Vec<_> = regions
            .iter()
            .map(|(name, addr)| format!("{name}=http://{addr}"))
            .collect();
        let key_file = self.put_key_file();
        self.sync_by(self.sync_settings("sync", &key_file, &regions))
    }

    /// What the sync of this system has, for one that differs in something.
    pub fn sync_settings<'a>(&'a self, name: &'a str, key_file: &'a Path, regions: &'a [String]) -> SyncSettings<'a> {
        SyncSettings {
            name,
            origin: &self.origin_url,
            token: SYNC_TOKEN,
            key_file,
            regions,
        }
    }

    /// A sync of one's own, with a log of its name.
    pub fn sync_by(&self, settings: SyncSettings<'_>) -> Program {
        let admin = ports::free();
        let mut args = strings(&["sync", "--admin-listen", &admin.to_string()]);
        args.extend(settings.arguments());
        Program::new(&self.programs, settings.name, args, self.dir.path()).with_admin(admin)
    }
}

/// How a sync is run.
pub struct SyncSettings<'a> {
    pub name: &'a str,
    pub origin: &'a str,
    pub token: &'a str,
    pub key_file: &'a Path,
    /// Each as `NAME=URL`.
    pub regions: &'a [String],
}

impl SyncSettings<'_> {
    fn arguments(&self) -> Vec<String> {
        let key_file = self.key_file.display().to_string();
        let mut args = strings(&[
            "--origin",
            self.origin,
            "--sync-token",
            self.token,
            "--put-key-file",
            &key_file,
        ]);
        for region in self.regions {
            args.extend(strings(&["--region", region]));
        }
        args
    }
}
