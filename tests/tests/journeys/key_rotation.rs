//! The key that signs puts is replaced while visitors come and publishers push.

use anyhow::{Context, Result, ensure};
use page_model::put::Batch;
use tests::{Page, PutClient, System, load::Load, program::Programs, put_client::read_key};

#[tokio::test(flavor = "multi_thread")]
async fn put_key_is_replaced_without_a_gap() -> Result<()> {
    System::journey_behind_sockets(replace).await
}

async fn replace(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "turning", 3).await?;
    system.until_shown(&page, &["Component 2"]).await?;
    let file = system.put_key_file().display().to_string();
    let first = read_key(&system.put_key_file())?;
    let old = keys(&["list", &file], &[])?
        .split("  ")
        .next()
        .unwrap_or_default()
        .to_owned();
    let regions: Vec<String> = system
        .regions
        .iter()
        .map(|region| format!("--region={}=http://{}", region.name, region.visitor.addr()))
        .collect();

    let only = keys(&["retire", &file, &old], &regions)
        .err()
        .context("nothing would sign")?;
    ensure!(only.to_string().contains("pharos keys add"), "{only}");

    let load = Load::begin(system, &page)?;
    let both = keys(&["add", &file], &[])?;
    ensure!(both.starts_with(&format!("{old},")), "{both}");
    let new = both.split_once(',').context("it names both")?.1.to_owned();
    for command in [&["list", &file][..], &["retire", &file, &old, "--confirm"]] {
        let early = keys(command, &regions)
            .err()
            .with_context(|| format!("too early: {command:?}"))?;
        ensure!(early.to_string().contains("not take"), "{early}");
    }
    restart_edges(system, &both).await?;
    let listed = keys(&["list", &file], &regions)?;
    ensure!(
        listed.matches("takes it").count() == 4 && listed.contains(&format!("{old}  signs")),
        "{listed}"
    );
    keys(&["retire", &file, &old], &regions)?;
    ensure!(
        keys(&["list", &file], &[])?.contains(&old),
        "it is gone without --confirm"
    );
    let left = keys(&["retire", &file, &old, "--confirm"], &regions)?;
    ensure!(left == new, "{left} is left");
    system.sync.restart().await?;
    restart_edges(system, &new).await?;
    load.end(system).await?;

    ensure!(!system.sync.log().contains("refuses"), "a delivery was refused");
    for region in &system.regions {
        let retired = PutClient::new(region.visitor.addr(), &region.name, first.clone())?;
        let refused = retired.put_batch(&Batch::default()).await.err();
        let refused = refused.with_context(|| format!("{} takes the retired key", region.name))?;
        ensure!(refused.to_string().contains("of no key"), "{refused}");
    }
    Ok(())
}

/// One after the other, as the commands say.
async fn restart_edges(system: &mut System, put_verify_key: &str) -> Result<()> {
    for region in &mut system.regions {
        let argument = format!("--put-verify-key={put_verify_key}");
        region.edge.replace_argument("--put-verify-key=", argument)?;
        region.edge.restart().await?;
    }
    Ok(())
}

/// What `pharos keys` prints, unless it fails.
fn keys(command: &[&str], more: &[String]) -> Result<String> {
    let output = Programs::debug()?
        .command(&["keys"])
        .args(command)
        .args(more)
        .output()?;
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    ensure!(output.status.success(), "{command:?}: {said}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}
