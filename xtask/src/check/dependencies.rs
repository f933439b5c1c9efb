//! What `deny.toml` asks of everything we build upon.

use anyhow::Result;

use super::Tally;
use crate::subcommand::DENY;

pub fn check(tally: &mut Tally) -> Result<()> {
    DENY.need()?;
    DENY.run(&["check", "bans", "licenses", "sources"])?
        .or_else_say("deny.toml says why it asks that.")
        .run()?;
    tally.passed("bans, licences and sources");
    if !DENY.run(&["fetch", "db"])?.succeeds() {
        tally.skipped("advisories", "their database cannot be reached from here");
        return Ok(());
    }
    DENY.run(&["check", "advisories"])?
        .or_else_say("Update the crate: `cargo update --package NAME`.")
        .run()?;
    tally.passed("advisories");
    Ok(())
}
