//! `pharos check-history`

use crate::config::{self, Problems};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of the database, which no origin is using
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Keep the history that was made again
    #[arg(long)]
    rebuild: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let Some(data) = problems.required("--data", args.data.as_deref(), config::folder) else {
        return Err(problems.into());
    };
    let checked = origin_api::check_history(&data, args.rebuild).await?;
    for (page, component) in &checked.differing {
        println!("page {page}: the history of component {component} differs from what was said of it");
    }
    let (components, differing) = (checked.components, checked.differing.len());
    println!("{components} components, {differing} with a history that differs");
    anyhow::ensure!(
        differing == 0 || args.rebuild,
        "keep what was made again with --rebuild"
    );
    Ok(())
}
