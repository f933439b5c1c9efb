//! A file that can be read at once, and a crate that one person can know. Clippy looks at functions (clippy.toml).

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::code::Code;

pub fn check(code: &Code) -> Result<()> {
    let mut wrong = Vec::new();
    let mut crates: BTreeMap<&str, usize> = BTreeMap::new();
    for (path, file) in &code.files {
        if file.lines > FILE_LINES_MAX {
            wrong.push(format!(
                "{} has {} lines of code; at most {FILE_LINES_MAX} are allowed.",
                path.display(),
                file.lines
            ));
        }
        if file.in_src {
            *crates.entry(&file.package).or_default() += file.lines;
        }
    }
    for (name, lines) in crates {
        if lines > CRATE_LINES_MAX {
            wrong.push(format!(
                "The crate {name} has {lines} lines of code in src; at most {CRATE_LINES_MAX} are allowed."
            ));
        }
    }
    if !wrong.is_empty() {
        bail!("{}\nBlank lines, comments and tests are not counted.", wrong.join("\n"));
    }
    Ok(())
}

const FILE_LINES_MAX: usize = 400;
const CRATE_LINES_MAX: usize = 6_000;

#[cfg(test)]
mod tests {
    use super::check;
    use crate::check::code::tests::code;

    fn sizes(test: &str, files: usize, lines: usize) -> anyhow::Result<()> {
        let text = "const _: u8 = 1;\n// Not counted.\n\n".repeat(lines);
        let names: Vec<_> = (0..files).map(|number| format!("a/src/m{number}.rs")).collect();
        let root: String = (0..files).map(|number| format!("mod m{number};")).collect();
        let mut all = vec![("a/src/lib.rs", root.as_str())];
        all.extend(names.iter().map(|name| (name.as_str(), text.as_str())));
        check(&code(test, &all))
    }

    #[test]
    fn a_long_file_is_named() {
        sizes("file-fits", 1, 400).unwrap();
        let error = sizes("file-long", 1, 401).unwrap_err().to_string();
        assert!(error.starts_with("a/src/m0.rs has 401 lines of code;"), "{error}");
    }

    #[test]
    fn a_large_crate_is_named() {
        let error = sizes("crate-large", 15, 400).unwrap_err().to_string();
        assert!(
            error.starts_with("The crate a has 6001 lines of code in src;"),
            "{error}"
        );
    }
}
