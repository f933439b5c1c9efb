//! As much of the program `wasm-bindgen` as our builds ask for, with the same options: the renderer for browsers, and
//! `worker-build`, which finds it by `WASM_BINDGEN_BIN`. The program on crates.io compiles a test runner, a web server and
//! a TLS library along with it.

use std::path::PathBuf;

use clap::{Parser, ValueEnum};
use wasm_bindgen_cli_support::Bindgen;

#[derive(Parser)]
struct Args {
    input: PathBuf,
    #[arg(long, value_enum, default_value_t = Target::Bundler)]
    target: Target,
    #[arg(long)]
    out_dir: PathBuf,
    /// Of the files, without extension; else the crate's name
    #[arg(long)]
    out_name: Option<String>,
    #[arg(long, conflicts_with = "typescript")]
    no_typescript: bool,
    #[arg(long)]
    typescript: bool,
    #[arg(long)]
    no_demangle: bool,
    #[arg(long)]
    debug: bool,
    #[arg(long)]
    keep_debug: bool,
    #[arg(long)]
    omit_default_module_path: bool,
    #[arg(long)]
    split_linked_modules: bool,
    #[arg(long = "experimental-reset-state-function")]
    reset_state: bool,
    #[arg(long)]
    force_enable_abort_handler: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Target {
    Bundler,
    Web,
    Module,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let mut bindgen = Bindgen::new();
    match args.target {
        Target::Bundler => bindgen.bundler(true)?,
        Target::Web => bindgen.web(true)?,
        Target::Module => bindgen.module(true)?,
    };
    if let Some(name) = &args.out_name {
        bindgen.out_name(name);
    }
    bindgen
        .input_path(&args.input)
        .typescript(!args.no_typescript)
        .debug(args.debug)
        .demangle(!args.no_demangle)
        .keep_debug(args.keep_debug)
        .omit_default_module_path(args.omit_default_module_path)
        .split_linked_modules(args.split_linked_modules)
        .reset_state_function(args.reset_state)
        .force_enable_abort_handler(args.force_enable_abort_handler)
        .generate(&args.out_dir)
}
