//! Vigil, an open-source status page in Rust, with as many components as our page.

use std::{fs, net::SocketAddr, num::NonZeroUsize, thread::available_parallelism, time::Duration};

use anyhow::{Result, ensure};
use bench::cpu::Processes;
use tempfile::TempDir;
use tests::{
    Visitor, eventually, ports,
    program::{Program, find, strings},
};

pub struct Vigil {
    addr: SocketAddr,
    processes: Processes,
    /// Of its page, which is its own.
    pub page_bytes: usize,
    _program: Program,
    _dir: TempDir,
}

impl Vigil {
    /// Its components are replicas that it polls: all of them are `watched`, which must accept connections.
    pub async fn start(components: usize, watched: SocketAddr) -> Result<Self> {
        let dir = TempDir::with_prefix("pharos-vigil-")?;
        let folder = find("PHAROS_PEERS", "target/peers", "cargo xtask bench")?.join("vigil");
        let addr = ports::free();
        let config = dir.path().join("vigil.cfg");
        let assets = folder.join("assets").display().to_string();
        fs::write(&config, config_text(addr, &assets, components, watched))?;
        let config = config.display().to_string();
        let args = strings(&["--config", &config]);
        let mut program = Program::of(&folder.join("bin/vigil"), "vigil", args, dir.path()).with_listener(addr);
        program.start()?;
        program.healthy().await?;
        let visitor = Visitor::new(addr)?;
        let last = format!("Component {}", components - 1);
        let probe = async || {
            let page = visitor.page("any.localhost", "/").await?;
            ensure!(page.contains(&last), "its page lacks {last}");
            Ok(page.len())
        };
        let page_bytes = eventually("Vigil shows its components", START_MAX, probe).await?;
        Ok(Self {
            addr,
            processes: Processes::child_with(&config)?,
            page_bytes,
            _program: program,
            _dir: dir,
        })
    }

    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    pub fn processes(&self) -> &Processes {
        &self.processes
    }
}

/// What it must be told, and what makes it quick: a worker for each core, and no line of log for each visit.
fn config_text(addr: SocketAddr, assets: &str, components: usize, watched: SocketAddr) -> String {
    let workers = available_parallelism().map_or(1, NonZeroUsize::get);
    let nodes: String = (0..components)
        .map(|number| {
            format!(
                "
[[probe.service.node]]
id = \"component-{number}\"
label = \"Component {number}\"
mode = \"poll\"
replicas = [\"tcp://{watched}\"]
"
            )
        })
        .collect();
    format!(
        "[server]
log_level = \"error\"
inet = \"{addr}\"
workers = {workers}
manager_token = \"manager\"
reporter_token = \"reporter\"

[assets]
path = \"{assets}\"

[branding]
page_title = \"Status\"
page_url = \"https://status.example.com/\"
company_name = \"Example\"
icon_color = \"#1972F5\"
icon_url = \"https://status.example.com/icon.png\"
logo_color = \"#1972F5\"
logo_url = \"https://status.example.com/logo.svg\"
website_url = \"https://example.com/\"
support_url = \"mailto:support@example.com\"

[metrics]

[probe]

[[probe.service]]
id = \"region\"
label = \"Region 0\"
{nodes}"
    )
}

const START_MAX: Duration = Duration::from_secs(10);
