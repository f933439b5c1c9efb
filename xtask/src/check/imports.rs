//! What the components ask of their hosts: of Spin only what it gives, of our own host only what Rust's library asks for.

use std::path::Path;

use anyhow::{Context, Result, bail};
use wasmparser::{Parser, Payload};

use crate::wasm::Components;

/// Package and version (or the start of one) of what may be imported.
type Allowed = [(&'static str, &'static str)];

/// No `wasi:sockets`. By HTTP the shell asks the origin for visitors; `allowed_outbound_hosts` names no other host.
const SPIN_ONLY: &Allowed = &[
    ("spin:key-value/", "3.0.0"),
    ("spin:variables/", "3.0.0"),
    ("wasi:http/client", "0.3."),
    ("wasi:http/types", "0.3."),
];
const BOTH: &Allowed = &[
    ("wasi:cli/", "0."),
    ("wasi:clocks/", "0."),
    ("wasi:filesystem/", "0."),
    ("wasi:io/", "0.2."),
    ("wasi:random/", "0."),
];

pub fn check(components: &Components) -> Result<()> {
    check_one(&components.host, &[])?;
    check_one(&components.spin, SPIN_ONLY)
}

fn check_one(component: &Path, own: &Allowed) -> Result<()> {
    let bytes = std::fs::read(component).with_context(|| format!("cannot read {}", component.display()))?;
    let imports = of(&bytes).with_context(|| format!("{} is no component", component.display()))?;
    let foreign: Vec<_> = imports.into_iter().filter(|import| !is_allowed(import, own)).collect();
    if !foreign.is_empty() {
        bail!(
            "{} imports {}, which its host does not give. Drop what needs it, or add it with its reason to \
             xtask/src/check/imports.rs.",
            component.display(),
            foreign.join(", ")
        );
    }
    Ok(())
}

/// Names that the component itself imports, not the modules and components inside it.
fn of(bytes: &[u8]) -> Result<Vec<String>> {
    let mut depth = 0_u32;
    let mut imports = Vec::new();
    for payload in Parser::new(0).parse_all(bytes) {
        match payload? {
            Payload::Version { .. } => depth += 1,
            Payload::End(_) => depth -= 1,
            Payload::ComponentImportSection(section) if depth == 1 => {
                for import in section {
                    imports.push(import?.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    Ok(imports)
}

fn is_allowed(import: &str, own: &Allowed) -> bool {
    let Some((interface, version)) = import.split_once('@') else {
        return false;
    };
    BOTH.iter()
        .chain(own)
        .any(|(package, allowed)| interface.starts_with(package) && version.starts_with(allowed))
}

#[cfg(test)]
mod tests {
    use super::{SPIN_ONLY, is_allowed, of};

    /// The smallest component that imports an instance of that name.
    fn importing(name: &str) -> Vec<u8> {
        let name_length = u8::try_from(name.len()).unwrap();
        let mut section = vec![1, 0, name_length];
        section.extend(name.as_bytes());
        section.extend([5, 0]);
        let mut component = b"\0asm\x0d\0\x01\0\x0a".to_vec();
        component.push(u8::try_from(section.len()).unwrap());
        component.extend(section);
        component
    }

    #[test]
    fn imports_are_read_from_the_component() {
        assert_eq!(
            of(&importing("wasi:sockets/tcp@0.2.6")).unwrap(),
            ["wasi:sockets/tcp@0.2.6"]
        );
    }

    #[test]
    fn what_is_no_component_is_an_error() {
        assert!(of(b"<html>").is_err());
    }

    #[test]
    fn only_what_spin_gives_in_the_versions_it_gives_is_allowed() {
        for import in [
            "spin:key-value/key-value@3.0.0",
            "wasi:http/types@0.3.0",
            "wasi:clocks/wall-clock@0.2.6",
        ] {
            assert!(is_allowed(import, SPIN_ONLY), "{import}");
        }
        for import in [
            "spin:key-value/key-value@2.0.0",
            "wasi:sockets/tcp@0.2.6",
            "wasi:http/types",
            "env",
        ] {
            assert!(!is_allowed(import, SPIN_ONLY), "{import}");
        }
        assert!(
            !is_allowed("wasi:http/types@0.3.0", &[]),
            "our own host has no HTTP to give"
        );
    }
}
