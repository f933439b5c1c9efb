//! A session that the operator makes, with the database of an origin that may be at work.

use std::path::Path;

use anyhow::{Context, ensure};
use origin_engine::sql;
use origin_sign_in::mint::{Wanted, mint};

pub async fn mint_session(folder: &Path, wanted: &Wanted) -> anyhow::Result<String> {
    let file = sql::file(folder);
    ensure!(
        file.is_file(),
        "there is no database {}; name the folder of `pharos origin` with --data",
        file.display()
    );
    let opened = sql::open_file(&file).await;
    let mut conn = opened.with_context(|| format!("{} cannot be opened", file.display()))?;
    let minted = mint(&mut conn, wanted).await;
    sql::close(conn).await?;
    minted
}
