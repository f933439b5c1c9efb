//! Identity providers made by others, run by Node.

use std::{path::Path, process::Stdio};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines},
    process::{Child, ChildStdin, ChildStdout, Command},
};

pub struct Peer {
    pub issuer: String,
    input: ChildStdin,
    output: Lines<BufReader<ChildStdout>>,
    /// Ends with it.
    _process: Child,
}

impl Peer {
    /// One of the programs in `tests/checkers/providers`.
    pub async fn start(program: &str, arguments: &[&str]) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/checkers");
        assert!(
            folder.join("node_modules/oidc-provider").exists(),
            "the identity providers are not there: `cargo xtask test` installs them"
        );
        let mut process = Command::new("node")
            .arg(folder.join("providers").join(program))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("Node starts");
        let mut output = BufReader::new(process.stdout.take().expect("its output")).lines();
        let said = output.next_line().await.expect("a line").expect("it says where it is");
        let said: Value = serde_json::from_str(&said).expect("JSON");
        Self {
            issuer: said["issuer"].as_str().expect("an issuer").to_owned(),
            input: process.stdin.take().expect("its input"),
            output,
            _process: process,
        }
    }

    /// What the lying one says from now on.
    pub async fn says(&mut self, lie: &str, claims: Value) {
        let order = format!("{}\n", json!({"lie": lie, "claims": claims}));
        self.input.write_all(order.as_bytes()).await.expect("it takes orders");
        self.output.next_line().await.expect("a line").expect("it obeys");
    }
}
