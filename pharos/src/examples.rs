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

pub const KEYGEN: &str = "\
Examples:
  pharos keygen put.key
  pharos keygen /etc/pharos/put.key";

pub const KEYS: &str = "\
Examples:
  pharos keys add put.key
  pharos keys list put.key --region eu-1=https://eu-1.edge.example --region us-1=https://us-1.edge.example
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
  pharos restore --data /var/lib/pharos/origin --from -    fed by: ssh backup.example.com zstdcat pharos.db.zst";

pub const VERSION: &str = "\
Examples:
  pharos version
  pharos version --check --origin http://127.0.0.1:8090 --sync-token SECRET-OF-THE-SYNC --put-key-file put.key --region eu-1=https://eu-1.edge.example";

pub const SESSION: &str = "\
Examples:
  pharos session mint --data /var/lib/pharos/origin --page page00000001 --host status.acme.com --audience audience0001 --for 1h";

pub const IMPORT: &str = "\
Examples:
  pharos import statuspage https://status.acme.com --api http://127.0.0.1:8090 --token TOKEN --host status.acme.com --dry-run
  pharos import statuspage ./documents --api http://127.0.0.1:8090 --token TOKEN --host status.acme.com";

#[cfg(test)]
mod tests {
    use clap::Parser;

    use crate::Cli;

    #[test]
    fn every_example_can_be_typed() {
        for examples in [
            super::UP,
            super::ORIGIN,
            super::SYNC,
            super::EDGE,
            super::KEYGEN,
            super::KEYS,
            super::CHECK_HISTORY,
            super::BACKUP,
            super::RESTORE,
            super::VERSION,
            super::SESSION,
            super::IMPORT,
        ] {
            let lines: Vec<_> = examples.lines().filter_map(|line| line.strip_prefix("  ")).collect();
            assert!(!lines.is_empty());
            for line in lines {
                let typed = line.split("    ").next().unwrap_or_default();
                let parsed = Cli::try_parse_from(typed.split(' '));
                assert!(parsed.is_ok(), "{typed}: {}", parsed.err().unwrap());
            }
        }
    }
}
