//! The commands by what they print and how they end: for people who type, and for scripts that read the exit code.

use std::{
    fs,
    net::TcpListener,
    os::unix::fs::PermissionsExt,
    process::{Command, Output},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::SigningKey;

const COMMANDS: [&[&str]; 34] = [
    &["up"],
    &["origin"],
    &["sync"],
    &["edge"],
    &["status"],
    &["config"],
    &["config", "check"],
    &["config", "print"],
    &["completions"],
    &["man"],
    &["keygen"],
    &["keys"],
    &["keys", "list"],
    &["keys", "add"],
    &["keys", "retire"],
    &["check-history"],
    &["backup"],
    &["restore"],
    &["version"],
    &["access"],
    &["access", "show"],
    &["access", "visibility"],
    &["access", "audience"],
    &["access", "members"],
    &["access", "provider"],
    &["access", "token-key"],
    &["access", "link"],
    &["access", "remove"],
    &["access", "sessions"],
    &["access", "end"],
    &["access", "preview"],
    &["access", "audit"],
    &["import"],
    &["import", "statuspage"],
];

#[test]
fn help_lists_every_command() {
    let help = pharos(&["--help"]);
    assert!(help.status.success());
    for command in COMMANDS.map(|command| command[0]) {
        let listed = stdout(&help)
            .lines()
            .any(|line| line.trim_start().starts_with(&format!("{command} ")));
        assert!(listed, "{command} is not in\n{}", stdout(&help));
    }
    let bare = pharos(&[]);
    assert_eq!(bare.status.code(), Some(2));
    assert!(
        stderr(&bare).contains("Usage: pharos [OPTIONS] <COMMAND>"),
        "{}",
        stderr(&bare)
    );
}

#[test]
fn help_of_each_command_describes_each_flag_and_names_its_variable() {
    for command in COMMANDS {
        let help = pharos(&[command, &["--help"]].concat());
        assert!(help.status.success(), "{command:?}");
        let text = stdout(&help);
        assert!(text.contains(&format!("Usage: pharos {}", command.join(" "))), "{text}");
        let options = text.split("Examples:").next().unwrap_or_default();
        let flags = options
            .split("\n      --")
            .skip(1)
            .chain(options.split("\n  -").skip(1))
            .chain(options.split("\n  <").skip(1));
        for flag in flags {
            // Behind the flag, or below it where there is more to say.
            let (first, rest) = flag.split_once('\n').unwrap_or((flag, ""));
            let beside = first.trim_end().split_once("  ").map(|(_, description)| description);
            let description = beside.or(rest.lines().next()).unwrap_or_default().trim();
            assert!(
                !description.is_empty() && !description.starts_with('['),
                "{command:?}: {first:?} is not described\n{text}"
            );
        }
        // What is a service is set by variables too.
        let settings = options
            .split("\n      --")
            .skip(1)
            .map(|flag| flag.split("\n  -").next().unwrap_or_default());
        for setting in settings.filter(|_| ["up", "origin", "sync", "edge"].contains(&command[0])) {
            let variable = setting.split("[env: ").nth(1).unwrap_or_default();
            assert!(
                variable.starts_with("PHAROS_"),
                "{command:?}: no variable for --{setting}"
            );
        }
    }
}

#[test]
fn unknown_flags_and_commands_end_with_2_and_the_usage() {
    for command in COMMANDS {
        let output = pharos(&[command, &["--no-such-flag"]].concat());
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{command:?}: {said}");
        assert!(
            said.contains("--no-such-flag") && said.contains("Usage: pharos"),
            "{said}"
        );
        assert!(stdout(&output).is_empty(), "{}", stdout(&output));
    }
    let output = pharos(&["keygne"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains("'keygen'"),
        "it does not guess: {}",
        stderr(&output)
    );
}

#[test]
fn missing_settings_name_flag_and_variable_of_each() {
    let cases: [(&str, &[&str]); 3] = [
        ("origin", &["data", "sync-token", "admin-token"]),
        ("sync", &["origin", "sync-token", "put-key-file", "region"]),
        ("edge", &["region", "data", "component", "put-verify-key"]),
    ];
    for (command, settings) in cases {
        let output = pharos(&[command]);
        let said = stderr(&output);
        assert_eq!(output.status.code(), Some(2), "{said}");
        for setting in settings {
            let variable = match (command, *setting) {
                // It names many, and an edge's names one.
                ("sync", "region") => "PHAROS_REGIONS".to_owned(),
                _ => format!("PHAROS_{}", setting.to_uppercase().replace('-', "_")),
            };
            let line = said
                .lines()
                .find(|line| line.contains(&format!("--{setting} is missing")));
            let line = line.unwrap_or_else(|| panic!("{command} says nothing of --{setting}:\n{said}"));
            let mut words = line.split(|c: char| !c.is_ascii_uppercase() && c != '_');
            assert!(words.any(|word| word == variable), "{variable} is not in {line:?}");
        }
    }
}

#[test]
fn a_wrong_variable_is_reported_by_the_name_of_its_flag() {
    let output = command(&["edge", "--region", "eu-1"])
        .env("PHAROS_LISTEN", "everywhere")
        .output()
        .expect("pharos runs");
    assert_eq!(output.status.code(), Some(2));
    let said = stderr(&output);
    let line = said
        .lines()
        .find(|line| line.contains("--listen"))
        .unwrap_or_else(|| panic!("{said}"));
    assert!(
        line.contains("\"everywhere\"") && line.contains("127.0.0.1:8080"),
        "{line}"
    );
}

#[test]
fn up_refuses_a_taken_port_in_one_sentence() {
    let dir = tempfile::tempdir().expect("a folder");
    let component = dir.path().join("component.wasm");
    fs::write(&component, b"\0asm\x0d\0\x01\0").expect("a file that begins as a component");
    // The push API stands ten ports after the first region.
    let taken = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let taken = taken.local_addr().map(|addr| (taken, addr.port())).expect("an address");
    let data = dir.path().join("data");
    let output = command(&["up", "--port", &(taken.1 - 10).to_string()])
        .arg("--data")
        .arg(&data)
        .arg("--component")
        .arg(&component)
        .output()
        .expect("pharos runs");
    assert_eq!(output.status.code(), Some(1));
    assert!(stdout(&output).is_empty(), "{}", stdout(&output));
    let said = stderr(&output);
    assert_eq!(said.lines().count(), 1, "{said}");
    assert!(
        said.contains(&format!("127.0.0.1:{}", taken.1)) && said.contains("in use"),
        "{said}"
    );
}

#[test]
fn keygen_writes_a_private_key_once_and_prints_its_public_half() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("put.key");
    let path = file.display().to_string();
    let output = pharos(&["keygen", &path]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert!(stderr(&output).contains(&path), "{}", stderr(&output));
    let key = fs::read_to_string(&file).expect("a key");
    let bytes: [u8; 32] = URL_SAFE_NO_PAD
        .decode(key.trim())
        .expect("base64")
        .try_into()
        .expect("32 bytes");
    let public = URL_SAFE_NO_PAD.encode(SigningKey::from_bytes(&bytes).verifying_key().to_bytes());
    // A script takes what is printed as it is.
    assert_eq!(stdout(&output), format!("{public}\n"));
    let mode = fs::metadata(&file).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600, "others may read the key");

    let again = pharos(&["keygen", &path]);
    assert_eq!(again.status.code(), Some(1));
    assert!(
        stdout(&again).is_empty() && stderr(&again).contains(&path),
        "{}",
        stderr(&again)
    );
    assert_eq!(fs::read_to_string(&file).expect("a key"), key, "a key was overwritten");
}

#[test]
fn completions_and_the_manual_know_every_command() {
    for shell in ["bash", "zsh", "fish"] {
        let output = pharos(&["completions", shell]);
        assert!(output.status.success(), "{}", stderr(&output));
        for word in ["keygen", "config", "admin-listen"] {
            assert!(stdout(&output).contains(word), "{shell} does not complete {word}");
        }
    }
    let page = pharos(&["man"]);
    assert!(
        page.status.success() && stdout(&page).contains("pharos\\-status"),
        "{}",
        stdout(&page)
    );
    let dir = tempfile::tempdir().expect("a folder");
    let to = dir.path().join("man1");
    let output = command(&["man", "--to"]).arg(&to).output().expect("pharos runs");
    assert!(output.status.success(), "{}", stderr(&output));
    let edge = fs::read_to_string(to.join("pharos-edge.1")).expect("a page");
    assert!(
        edge.contains("PHAROS_PUT_VERIFY_KEY") && edge.contains("Examples"),
        "{edge}"
    );
}

#[test]
fn file_of_settings_comes_after_variables_and_flags() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("pharos.toml");
    let text = "\
admin-listen = '127.0.0.1:1'\nsync-token = 'a-shared-secret-0123'\n
[origin]\ndata = '/nowhere/origin'\nlisten = '127.0.0.1:2'\nadmin-token = 'a-secret-of-mine-0123'\n
[sync]\nregion = ['eu-1=http://127.0.0.1:3', 'us-1=http://127.0.0.1:4']\nadmin-listen = '127.0.0.1:5'\n
[edge]\nconnections-max = 7\n";
    fs::write(&file, text).expect("a file");
    let shown = file.display();
    let print = |program: &str| {
        let mut print = command(&["config", "print", program, "--config"]);
        let output = print
            .arg(&file)
            .env("PHAROS_LISTEN", "127.0.0.1:9")
            .output()
            .expect("pharos runs");
        assert!(output.status.success(), "{}", stderr(&output));
        stdout(&output)
    };
    let origin = print("origin");
    for line in [
        format!("admin-listen = \"127.0.0.1:1\"  # {shown}:1"),
        format!("sync-token = \"(secret)\"  # {shown}:2"),
        "listen = \"127.0.0.1:9\"  # PHAROS_LISTEN".to_owned(),
        format!("admin-token = \"(secret)\"  # {shown}:7"),
        "visitors-listen = \"127.0.0.1:8094\"  # default".to_owned(),
    ] {
        assert!(
            origin.lines().any(|printed| printed == line),
            "{line} is not in\n{origin}"
        );
    }
    assert!(!origin.contains("secret-0123"), "{origin}");
    let sync = print("sync");
    assert!(
        sync.contains("region = [\"eu-1=http://127.0.0.1:3\", \"us-1=http://127.0.0.1:4\"]"),
        "{sync}"
    );
    assert!(
        sync.contains(&format!("admin-listen = \"127.0.0.1:5\"  # {shown}:11")),
        "{sync}"
    );
    assert!(print("edge").contains("connections-max = \"7\""));
}

#[test]
fn config_check_names_line_and_field_of_every_fault_at_once() {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("pharos.toml");
    let text = "\
[origin]\nlisten = 'everywhere'\ndata = ['/a', '/b']\nsync_token = 'a-shared-secret-0123'\nadmin-token = 'short'\n
[sync]\norigin = 'nowhere'\nregion = 'no-equals-sign'\n
[edgy]\ndata = '/x'\n
[edge]\nregion = { name = 'eu-1' }\n";
    fs::write(&file, text).expect("a file");
    let output = command(&["config", "check", "--config"])
        .arg(&file)
        .output()
        .expect("pharos runs");
    let (said, shown) = (stderr(&output), file.display());
    assert_eq!(output.status.code(), Some(2), "{said}");
    for begins in [
        format!("{shown}:2: origin.listen: \"everywhere\""),
        format!("{shown}:3: origin.data takes one value"),
        format!("{shown}:4: origin.sync_token is no setting; is sync-token meant?"),
        format!("{shown}:5: origin.admin-token: 5 characters are too few"),
        "origin.sync-token is missing".to_owned(),
        format!("{shown}:8: sync.origin: \"nowhere\""),
        format!("{shown}:9: sync.region: \"no-equals-sign\""),
        format!("{shown}:11: [edgy] is no program"),
        format!("{shown}:15: edge.region is no text"),
        "edge.component is missing".to_owned(),
    ] {
        assert!(
            said.lines().any(|line| line.trim_start().starts_with(&begins)),
            "{begins} is not in\n{said}"
        );
    }
    // Who starts a program with it learns the same of that program.
    let output = command(&["origin", "--config"])
        .arg(&file)
        .output()
        .expect("pharos runs");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        stderr(&output).contains(&format!("{shown}:3: origin.data takes one value")),
        "{}",
        stderr(&output)
    );

    fs::write(&file, "[sync]\norigin = 'nowhere'\n").expect("a file");
    let output = command(&["sync", "--config"]).arg(&file).output().expect("pharos runs");
    let said = stderr(&output);
    let is_it = |line: &str| line.contains("--origin: \"nowhere\"") && line.contains(&format!("({shown}:2)"));
    assert!(said.lines().any(is_it), "{said}");
    let output = pharos(&["config", "check", "--config", "/nowhere/pharos.toml"]);
    assert!(
        stderr(&output).contains("--config: /nowhere/pharos.toml cannot be read"),
        "{}",
        stderr(&output)
    );
    fs::write(&file, "[sync\norigin = 'x'\n").expect("a file");
    let output = command(&["config", "check", "--config"])
        .arg(&file)
        .output()
        .expect("pharos runs");
    assert!(stderr(&output).contains(&format!("{shown}:1: ")), "{}", stderr(&output));
}

fn pharos(args: &[&str]) -> Output {
    command(args).output().expect("pharos runs")
}

/// With no variable of this machine's.
fn command(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_pharos"));
    command.args(args);
    for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("PHAROS_")) {
        command.env_remove(name);
    }
    command
}

fn stdout(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}
