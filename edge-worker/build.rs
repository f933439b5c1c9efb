//! Takes the renderer for browsers along where one was built: `PHAROS_RENDERER` names the folder of its two files.

#![allow(
    clippy::disallowed_methods,
    reason = "runs at build time, where files and variables are"
)]

use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-env-changed=PHAROS_RENDERER");
    let renderer = match env::var_os("PHAROS_RENDERER") {
        None => "None".to_owned(),
        Some(folder) => {
            let file = |name: &str| PathBuf::from(&folder).join(name);
            let (script, module) = (file("complete.js.gz"), file("complete_bg.wasm.gz"));
            println!("cargo::rerun-if-changed={}", script.display());
            println!("cargo::rerun-if-changed={}", module.display());
            format!("Some(Renderer {{ script: include_bytes!({script:?}), module: include_bytes!({module:?}) }})")
        }
    };
    let constant = format!(
        "/// The renderer for browsers, if it was built.\npub const RENDERER: Option<Renderer> = {renderer};\n"
    );
    Ok(fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("renderer.rs"),
        constant,
    )?)
}
