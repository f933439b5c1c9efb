//! Writes every state of every page into `target/preview/`, to be looked at.
#![expect(clippy::disallowed_methods, reason = "writes files for people to look at")]

#[path = "../tests/fixture/mod.rs"]
mod fixture;

use std::{fs, path::Path};

use fixture::states;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = Path::new("target/preview");
    fs::create_dir_all(folder)?;
    for (name, page) in states::small_pages()?.into_iter().chain(states::languages()?) {
        fs::write(folder.join(format!("{name}.html")), page)?;
    }
    for (size, page) in states::sizes()? {
        fs::write(folder.join(format!("sized-{size}.html")), page)?;
    }
    println!("{}", fs::canonicalize(folder)?.display());
    Ok(())
}
