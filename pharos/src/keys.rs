//! `pharos keygen` and `pharos keys`: the keys between kv-sync and the regions.

mod file;
mod random;
mod replace;

pub use file::{KeyFile, public_half};
pub use random::token;
pub use replace::{KeysArgs, run as replace};

#[derive(clap::Args)]
pub struct Args {
    /// Where to write the private half; it must not exist yet
    file: std::path::PathBuf,
}

pub fn run(args: &Args) -> anyhow::Result<()> {
    let key = KeyFile::generate(&args.file)?;
    println!("{}", key.public_halves());
    eprintln!(
        "Wrote {}. Give the file to `pharos sync --put-key-file`, and the line above to every region as put_verify_key.",
        args.file.display()
    );
    Ok(())
}
