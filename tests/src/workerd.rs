//! The bundle for Workers on a bare workerd: no account, no Node, and a KV that is ours.

use std::{
    fs, io,
    net::SocketAddr,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};

use crate::{
    kv::{Kv, Place},
    program::find,
    sign_in::{self, SignIn},
};

/// The files that `worker-build` makes, in the order of workerd's configuration.
pub const BUNDLE: [&str; 2] = ["index.js", "index_bg.wasm"];

/// What one Worker is given.
pub struct Worker<'a> {
    pub listen: SocketAddr,
    pub kv: &'a Kv,
    pub region: &'a str,
    pub put_verify_key: &'a str,
    /// The fast mode.
    pub fast: bool,
    /// More variables, by name.
    pub variables: &'a [(&'a str, &'a str)],
    pub sign_in: Option<SignIn>,
}

pub fn binary() -> Result<PathBuf> {
    find("PHAROS_WORKERD", "node_modules/workerd/bin/workerd", "npm ci")
}

/// Where `cargo xtask workers` leaves the bundle.
pub fn bundle() -> Result<PathBuf> {
    find("PHAROS_WORKERS_BUNDLE", "target/workers-bundle", "cargo xtask workers")
}

impl Worker<'_> {
    /// Writes the configuration and a copy of the bundle into `dir`; answers workerd's arguments.
    pub fn write(&self, dir: &Path) -> Result<Vec<String>> {
        fs::create_dir_all(dir)?;
        for file in BUNDLE {
            fs::copy(bundle()?.join(file), dir.join(file)).with_context(|| format!("the bundle lacks {file}"))?;
        }
        fs::write(dir.join("edge.js"), include_str!("workerd/edge.js"))?;
        fs::write(dir.join("front.js"), include_str!("workerd/front.js"))?;
        let config = dir.join("workerd.capnp");
        fs::write(&config, self.config())?;
        Ok(vec![
            "serve".to_owned(),
            config.display().to_string(),
            "config".to_owned(),
        ])
    }

    fn config(&self) -> String {
        // The KV that stands in shows at once what was written.
        let variables = [
            ("REGION", self.region),
            ("PUT_VERIFY_KEY", self.put_verify_key),
            ("KV_LAG_S", "0"),
        ];
        let variables = variables.iter().chain(self.variables);
        let mut bindings: Vec<String> = variables
            .map(|(name, text)| format!("(name = {name:?}, text = {text:?})"))
            .collect();
        if let Some(sign_in) = self.sign_in {
            let key = sign_in::key(self.region);
            bindings.push(format!("(name = \"SIGN_IN_KEY\", text = {key:?})"));
            bindings.push(format!("(name = \"VISITORS_URL\", text = {:?})", sign_in.url()));
        }
        if self.fast {
            let class = "(className = \"CurrentRecord\", serviceName = \"put\")";
            bindings.push(format!("(name = \"CURRENT\", durableObjectNamespace = {class})"));
        }
        include_str!("workerd/config.capnp")
            .replace("LISTEN", &self.listen.to_string())
            .replace("KV_OF_PUT", &self.kv.addr(Place::KvSync).to_string())
            .replace("KV_OF_VISITORS", &self.kv.addr(Place::Visitors).to_string())
            .replace("BINDINGS", &bindings.join(",\n    "))
    }
}

/// What travels to Cloudflare, and what a cold start pays for.
pub fn bundle_gzip_bytes() -> Result<usize> {
    let mut bytes = 0;
    for file in BUNDLE {
        let mut gzip = flate2::read::GzEncoder::new(fs::File::open(bundle()?.join(file))?, flate2::Compression::best());
        bytes += io::copy(&mut gzip, &mut io::sink())?;
    }
    Ok(usize::try_from(bytes)?)
}
