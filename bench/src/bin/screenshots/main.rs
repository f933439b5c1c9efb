//! Pictures of every state of every page, so that the next person can look too.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use tests::devtools::Tab;

/// Takes a picture of each HTML file of a folder at three widths, by day and by night.
#[derive(Parser)]
struct Args {
    /// Folder with the pages, as `cargo run -p page-render --example preview` writes it
    pages: PathBuf,
    /// Folder for the pictures; older pictures in it are overwritten
    pictures: PathBuf,
    /// Only pages whose name contains this
    #[arg(long, default_value = "")]
    only: String,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Args::parse();
    let pages = pages(&args)?;
    ensure!(!pages.is_empty(), "no page in {} is called so", args.pages.display());
    fs::create_dir_all(&args.pictures)?;
    let progress = ProgressBar::new((pages.len() * WIDTHS.len() * SCHEMES.len()) as u64);
    progress.set_style(ProgressStyle::with_template("{bar:30} {pos}/{len} {msg}")?);
    let mut tab = Tab::open_blank().await?;
    for page in &pages {
        let name = page.file_stem().context("a page has no name")?.to_string_lossy();
        progress.set_message(name.clone().into_owned());
        for width in WIDTHS {
            for scheme in SCHEMES {
                tab.emulate(width, scheme).await?;
                tab.go(&format!("file://{}", page.display())).await?;
                let picture = tab.picture(HEIGHT_MAX).await?;
                fs::write(args.pictures.join(format!("{name}-{width}-{scheme}.png")), picture)?;
                progress.inc(1);
            }
        }
    }
    progress.finish_and_clear();
    println!("{}", fs::canonicalize(&args.pictures)?.display());
    tab.close().await
}

fn pages(args: &Args) -> Result<Vec<PathBuf>> {
    let folder = fs::canonicalize(&args.pages).with_context(|| format!("no folder {}", args.pages.display()))?;
    let mut pages: Vec<PathBuf> = fs::read_dir(folder)?
        .map(|entry| Ok(entry?.path()))
        .collect::<Result<_>>()?;
    pages.retain(|path| path.extension().is_some_and(|extension| extension == "html") && is_wanted(path, &args.only));
    pages.sort();
    Ok(pages)
}

fn is_wanted(path: &Path, only: &str) -> bool {
    path.file_stem()
        .is_some_and(|name| name.to_string_lossy().contains(only))
}

/// A phone, a tablet and a desk.
const WIDTHS: [u32; 3] = [360, 768, 1280];
const SCHEMES: [&str; 2] = ["light", "dark"];
/// A picture of 5,000 components would be larger than anybody looks at.
const HEIGHT_MAX: u64 = 6_000;
