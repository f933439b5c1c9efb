//! What `--help` shows of each command in use.

pub const UP: &str = "\
Examples:
  pharos up
  pharos up --port 9000 --data /var/tmp/pharos
  pharos up --port 0 --component edge_steps.wasm";

pub const ORIGIN: &str = "\
Examples:
  pharos origin --data /var/lib/pharos/origin --sync-token SECRET-OF-THE-SYNC --admin-token SECRET-OF-MINE
  pharos origin --data /var/lib/pharos/origin --listen 0.0.0.0:8090    with both secrets as variables";

pub const SYNC: &str = "\
Examples:
  pharos sync --origin http://127.0.0.1:8090 --put-key-file put.key --region eu-1=https://eu-1.edge.example
  pharos sync --origin http://127.0.0.1:8090 --put-key-file put.key --region eu-1=http://10.0.0.5:8080 --region us-1=http://10.0.1.5:8080";

pub const EDGE: &str = "\
Examples:
  pharos edge --region eu-1 --data /var/lib/pharos/eu-1 --component edge_steps.wasm --put-verify-key KEY";

pub const STATUS: &str = "\
Examples:
  pharos status
  pharos status --origin-admin http://10.0.0.2:8092 --sync-admin http://10.0.0.2:8093 --edge-admin http://10.0.0.5:8091
  pharos status --up target/up/ready.json --json";

pub const CONFIG: &str = "\
Examples:
  pharos config check --config /etc/pharos/pharos.toml
  pharos config print origin --config /etc/pharos/pharos.toml";

pub const CONFIG_CHECK: &str = "\
Examples:
  pharos config check --config /etc/pharos/pharos.toml
  pharos config check sync edge --config pharos.toml";

pub const CONFIG_PRINT: &str = "\
Examples:
  pharos config print --config /etc/pharos/pharos.toml
  pharos config print edge";

pub const COMPLETIONS: &str = "\
Examples:
  pharos completions bash    > /etc/bash_completion.d/pharos
  pharos completions zsh    > ~/.zfunc/_pharos";

pub const MAN: &str = "\
Examples:
  pharos man    | man -l -
  pharos man --to /usr/local/share/man/man1";

pub const KEYGEN: &str = "\
Examples:
  pharos keygen put.key
  pharos keygen /etc/pharos/put.key";

pub const KEYS: &str = "\
Examples:
  pharos keys add put.key
  pharos keys list put.key --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example
  pharos keys retire put.key KEY --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example";

pub const KEYS_LIST: &str = "\
Examples:
  pharos keys list put.key
  pharos keys list put.key --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example";

pub const KEYS_ADD: &str = "\
Examples:
  pharos keys add put.key";

pub const KEYS_RETIRE: &str = "\
Examples:
  pharos keys retire put.key KEY --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example
  pharos keys retire put.key KEY --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example --confirm";

pub const CHECK_HISTORY: &str = "\
Examples:
  pharos check-history --data /var/lib/pharos/origin
  pharos check-history --data /var/lib/pharos/origin --rebuild";

pub const BACKUP: &str = "\
Examples:
  pharos backup --data /var/lib/pharos/origin --to /backups/pharos-2026-11-26.db
  pharos backup --data /var/lib/pharos/origin --to -    | zstd | ssh backup.example.com 'cat > pharos.db.zst'";

pub const RESTORE: &str = "\
Examples:
  pharos restore --data /var/lib/pharos/origin --from /backups/pharos-2026-11-26.db --dry-run
  pharos restore --data /var/lib/pharos/origin --from /backups/pharos-2026-11-26.db --replace
  pharos restore --data /var/lib/pharos/origin --from pharos.db --sign-ins sign-in.db    two files of Litestream
  pharos restore --data /var/lib/pharos/origin --from -    fed by: ssh backup.example.com zstdcat pharos.db.zst";

pub const VERSION: &str = "\
Examples:
  pharos version
  pharos version --check --origin http://127.0.0.1:8090 --sync-token SECRET-OF-THE-SYNC --put-key-file put.key --region eu-1=https://eu-1.edge.example";

pub const SESSION: &str = "\
Examples:
  pharos session mint --data /var/lib/pharos/origin --page page00000001 --host status.acme.com --audience audience0001 --for 1h";

pub const ACCESS: &str = "\
Examples:
  pharos access show --api http://127.0.0.1:8090 --token TOKEN --page page00000001
  pharos access visibility private --api http://127.0.0.1:8090 --token TOKEN --page page00000001 --dry-run";

pub const ACCESS_SHOW: &str = "\
Examples:
  pharos access show --api http://127.0.0.1:8090 --token TOKEN --page page00000001
  pharos access show links --page page00000001";

pub const ACCESS_VISIBILITY: &str = "\
Examples:
  pharos access visibility layered --api http://127.0.0.1:8090 --token TOKEN --page page00000001 --dry-run
  pharos access visibility private --page page00000001";

pub const ACCESS_AUDIENCE: &str = "\
Examples:
  pharos access audience --name Customers --password-file password.txt --api http://127.0.0.1:8090 --token TOKEN --page page00000001
  pharos access audience --id audience0001 --email acme.com --range 198.51.100.0/24 --page page00000001";

pub const ACCESS_MEMBERS: &str = "\
Examples:
  pharos access members audience0001 members.csv --api http://127.0.0.1:8090 --token TOKEN --page page00000001 --dry-run";

pub const ACCESS_PROVIDER: &str = "\
Examples:
  pharos access provider provider.json --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_TOKEN_KEY: &str = "\
Examples:
  pharos access token-key key000000001 key.json --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_LINK: &str = "\
Examples:
  pharos access link Lobby --audience audience0001 --formats kiosk --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_REMOVE: &str = "\
Examples:
  pharos access remove --link link00000001 --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_SESSIONS: &str = "\
Examples:
  pharos access sessions --person ada@example.com --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_END: &str = "\
Examples:
  pharos access end --person ada@example.com --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_PREVIEW: &str = "\
Examples:
  pharos access preview --audience audience0001 --path /history --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const ACCESS_AUDIT: &str = "\
Examples:
  pharos access audit --kind session --api http://127.0.0.1:8090 --token TOKEN --page page00000001";

pub const IMPORT: &str = "\
Examples:
  pharos import statuspage https://status.acme.com --api http://127.0.0.1:8090 --token TOKEN --host status.acme.com --dry-run
  pharos import statuspage ./documents --api http://127.0.0.1:8090 --token TOKEN --host status.acme.com";

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::{ArgAction, Command, CommandFactory, Parser};

    use crate::Cli;

    /// Each command that does something, by what is typed.
    fn commands(command: &Command, typed: &str, found: &mut Vec<(String, Command)>) {
        let mut subcommands = command.get_subcommands().peekable();
        if subcommands.peek().is_none() {
            found.push((typed.to_owned(), command.clone()));
        }
        for subcommand in subcommands {
            commands(subcommand, &format!("{typed} {}", subcommand.get_name()), found);
        }
    }

    fn all() -> Vec<(String, Command)> {
        let mut found = Vec::new();
        commands(&Cli::command(), "pharos", &mut found);
        found
    }

    #[test]
    fn every_command_has_an_example_that_can_be_typed() {
        for (typed, command) in all() {
            let examples = command.get_after_long_help().map(ToString::to_string);
            let examples = examples.unwrap_or_else(|| panic!("{typed} --help shows no example"));
            let lines: Vec<_> = examples.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            assert!(!lines.is_empty(), "{typed}");
            for line in lines {
                let example = line.split("    ").next().unwrap_or_default();
                assert!(example.starts_with(&typed), "{example} is no example of {typed}");
                let parsed = Cli::try_parse_from(example.split(' '));
                assert!(parsed.is_ok(), "{example}: {}", parsed.err().unwrap());
            }
        }
    }

    #[test]
    fn one_variable_means_one_thing() {
        let mut meanings = BTreeMap::new();
        for (typed, command) in all() {
            for arg in command.get_arguments() {
                let (Some(variable), Some(flag)) = (arg.get_env(), arg.get_long()) else {
                    continue;
                };
                let takes_many = matches!(arg.get_action(), ArgAction::Append);
                let meaning = (flag.to_owned(), takes_many);
                let known = meanings.entry(variable.to_owned()).or_insert_with(|| meaning.clone());
                assert_eq!(*known, meaning, "{typed}: {variable:?} means two things");
            }
        }
        assert!(meanings.len() > 20, "{meanings:?}");
    }
}
