//! One program of the system as a process of its own.

use std::{
    fs::{self, File},
    net::{SocketAddr, TcpListener},
    os::fd::OwnedFd,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, anyhow, ensure};

use crate::{eventually::eventually, http};

/// What is run. Tests use the development build, `replay` and `bench` the release build; both can be pointed elsewhere.
#[derive(Debug, Clone)]
pub struct Programs {
    pub pharos: PathBuf,
    pub component: PathBuf,
}

/// A process that can be killed and started again on the same ports and files. Killed when dropped.
pub struct Program {
    name: String,
    command: Vec<String>,
    /// Where `/healthz` answers, if that is known beforehand.
    admin: Option<SocketAddr>,
    /// Where it serves; any reply says that it runs.
    listener: Option<SocketAddr>,
    /// A socket that it is handed at each start, as systemd does.
    socket: Option<TcpListener>,
    stdout: PathBuf,
    stderr: PathBuf,
    child: Option<Child>,
}

impl Programs {
    pub fn debug() -> Result<Self> {
        Self::find("debug", "cargo build -p pharos")
    }

    pub fn release() -> Result<Self> {
        Self::find("release", "cargo build --release -p pharos")
    }

    /// What `cargo xtask rolling` built of the next version.
    pub fn next() -> Result<Self> {
        let build = "cargo xtask rolling";
        Ok(Self {
            pharos: find("PHAROS_NEXT_BIN", "target/next/pharos", build)?,
            component: find("PHAROS_NEXT_COMPONENT", "target/next/edge_steps.wasm", build)?,
        })
    }

    fn find(profile: &str, build: &str) -> Result<Self> {
        let component_build = "cargo build -p edge-steps --target wasm32-wasip2 --release";
        Ok(Self {
            pharos: find("PHAROS_BIN", &format!("target/{profile}/pharos"), build)?,
            component: find(
                "PHAROS_COMPONENT",
                "target/wasm32-wasip2/release/edge_steps.wasm",
                component_build,
            )?,
        })
    }

    /// `pharos` with these arguments, ready to be run to its end.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(&self.pharos);
        command.args(args).stdin(Stdio::null());
        command
    }
}

impl Program {
    /// `pharos` with these arguments; its output goes to files in `dir`.
    pub fn new(programs: &Programs, name: &str, args: Vec<String>, dir: &Path) -> Self {
        Self::of(&programs.pharos, name, args, dir)
    }

    /// Any program with these arguments.
    pub fn of(binary: &Path, name: &str, args: Vec<String>, dir: &Path) -> Self {
        let binary = binary.display().to_string();
        Self {
            name: name.to_owned(),
            command: std::iter::once(binary).chain(args).collect(),
            admin: None,
            listener: None,
            socket: None,
            stdout: dir.join(format!("{name}.out")),
            stderr: dir.join(format!("{name}.log")),
            child: None,
        }
    }

    pub fn with_admin(mut self, admin: SocketAddr) -> Self {
        self.admin = Some(admin);
        self
    }

    pub fn with_listener(mut self, listener: SocketAddr) -> Self {
        self.listener = Some(listener);
        self
    }

    /// Holds the socket at which it is visited: who comes while it does not run waits for its next start.
    pub fn hold_socket(&mut self, address: SocketAddr) -> Result<()> {
        self.socket = Some(TcpListener::bind(address)?);
        Ok(())
    }

    /// From its next start on it has this instead of the argument that begins so.
    pub fn replace_argument(&mut self, begins: &str, with: String) -> Result<()> {
        let argument = self.command.iter_mut().find(|argument| argument.starts_with(begins));
        *argument.with_context(|| format!("{} has no argument {begins}", self.name))? = with;
        Ok(())
    }

    /// From its next start on it is run from other programs.
    pub fn replace_programs(&mut self, from: &Programs, to: &Programs) {
        for (from, to) in [(&from.pharos, &to.pharos), (&from.component, &to.component)] {
            let (from, to) = (from.display().to_string(), to.display().to_string());
            self.command
                .iter_mut()
                .filter(|word| **word == from)
                .for_each(|word| to.clone_into(word));
        }
    }

    /// As an operator does it: it may finish what is under way.
    pub async fn restart(&mut self) -> Result<()> {
        self.interrupt()?;
        self.exit(STOP_MAX).await?;
        self.child = None;
        self.start()?;
        self.healthy().await
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn admin(&self) -> Result<SocketAddr> {
        self.admin.with_context(|| format!("{} has no admin port", self.name))
    }

    pub fn start(&mut self) -> Result<()> {
        ensure!(self.child.is_none(), "{} runs already", self.name);
        let mut command = match &self.socket {
            None => Command::new(&self.command[0]),
            Some(_) => Command::new("sh"),
        };
        match &self.socket {
            None => command.args(&self.command[1..]).stdin(Stdio::null()),
            Some(socket) => {
                command.args(["-c", HANDS_OVER, "sh"]).args(&self.command);
                command.stdin(OwnedFd::from(socket.try_clone()?))
            }
        };
        let child = command
            .stdout(append(&self.stdout)?)
            .stderr(append(&self.stderr)?)
            .spawn()
            .with_context(|| format!("{} cannot be started from {}", self.name, self.command[0]))?;
        self.child = Some(child);
        Ok(())
    }

    /// Waits until `/healthz` says yes, or the listener says anything; a program that ends meanwhile is an error with the end of its log.
    pub async fn healthy(&mut self) -> Result<()> {
        let what = format!("{} is healthy", self.name);
        let url = match self.listener {
            Some(listener) => format!("http://{listener}/"),
            None => format!("http://{}/healthz", self.admin()?),
        };
        let client = http::client()?;
        let probe = async || -> Result<bool> {
            if !self.is_running() {
                return Ok(false);
            }
            let reply = client.get(&url).send().await?;
            if self.listener.is_none() {
                reply.error_for_status()?;
            }
            Ok(true)
        };
        let alive = eventually(&what, START_MAX, probe).await?;
        ensure!(alive, "{} ended while it started:\n{}", self.name, self.log_end());
        Ok(())
    }

    /// `kill -9`: nothing is flushed, nothing is logged.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }

    /// What Ctrl-C sends.
    pub fn interrupt(&self) -> Result<()> {
        self.signal("-INT")
    }

    /// It does nothing more, as on a machine without power.
    pub fn halt(&self) -> Result<()> {
        self.signal("-STOP")
    }

    fn signal(&self, signal: &str) -> Result<()> {
        let child = self
            .child
            .as_ref()
            .ok_or_else(|| anyhow!("{} does not run", self.name))?;
        let status = Command::new("kill").args([signal, &child.id().to_string()]).status()?;
        ensure!(status.success(), "{} cannot be sent {signal}", self.name);
        Ok(())
    }

    pub async fn exit(&mut self, within: Duration) -> Result<ExitStatus> {
        let what = format!("{} ends", self.name);
        let name = self.name.clone();
        let child = self.child.as_mut().ok_or_else(|| anyhow!("{name} does not run"))?;
        eventually(&what, within, async || {
            child.try_wait()?.ok_or_else(|| anyhow!("it still runs"))
        })
        .await
    }

    pub fn is_started(&self) -> bool {
        self.child.is_some()
    }

    /// Whether it was started, not killed, and did not end by itself.
    pub fn is_running(&mut self) -> bool {
        self.child
            .as_mut()
            .is_some_and(|child| matches!(child.try_wait(), Ok(None)))
    }

    /// Everything that it wrote to stderr since its first start.
    pub fn log(&self) -> String {
        read(&self.stderr)
    }

    pub fn output(&self) -> String {
        read(&self.stdout)
    }

    pub fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        let end = lines[lines.len().saturating_sub(LOG_END_LINES)..].join("\n");
        format!("--- {} (last lines of its log)\n{end}", self.name)
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.kill();
    }
}

pub fn strings(args: &[&str]) -> Vec<String> {
    args.iter().map(|&arg| arg.to_owned()).collect()
}

/// The gateway as native code, from the same profile as the tests themselves.
pub fn core_edge() -> Result<PathBuf> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    let build = "cargo build -p tests --bins";
    find("PHAROS_CORE_EDGE", &format!("target/{profile}/core-edge"), build)
}

/// The stand-in for Spin.
pub fn spin_host() -> Result<PathBuf> {
    let profile = if cfg!(debug_assertions) { "debug" } else { "release" };
    find(
        "PHAROS_SPIN_HOST",
        &format!("target/{profile}/spin-host"),
        "cargo build -p spin-host",
    )
}

/// What `spin.toml` names.
pub fn spin_component() -> Result<PathBuf> {
    let build = "cargo build -p edge-spin --target wasm32-wasip2 --release";
    find(
        "PHAROS_SPIN_COMPONENT",
        "target/wasm32-wasip2/release/edge_spin.wasm",
        build,
    )
}

pub fn find(variable: &str, default: &str, build: &str) -> Result<PathBuf> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let path = std::env::var_os(variable).map_or_else(|| workspace.join(default), PathBuf::from);
    let shown = path.display();
    path.canonicalize()
        .with_context(|| format!("{shown} is not there: run `{build}` or set {variable}"))
}

fn append(path: &Path) -> Result<File> {
    let file = File::options().create(true).append(true).open(path);
    file.with_context(|| format!("{} cannot be written", path.display()))
}

fn read(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}

const STOP_MAX: Duration = Duration::from_secs(30);
/// As systemd does it: the third file is the socket, and variables say for whom.
const HANDS_OVER: &str = r#"exec 3<&0 </dev/null; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@""#;
/// A region compiles the component first; a development build on a busy machine takes its time for that.
const START_MAX: Duration = Duration::from_secs(240);
const LOG_END_LINES: usize = 40;
