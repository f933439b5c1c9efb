//! Brings a page over from its public Statuspage v2 documents: read, adapt, compare with what the origin has, carry out,
//! report. Ids stay, so a second run finds what it brought and follows what changed there.

mod adapt;
mod brought;
mod carry_out;
mod compare;
mod documents;
mod merge;
mod origin;
mod plan;
mod progress;
mod report;
mod shape;
mod source;
mod tell;

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use jiff::Timestamp;
use reqwest::Url;

use push_client::Api;

use adapt::Circumstances;
use brought::Brought;
use carry_out::carry_out;
use origin::Here;
use plan::Plan;
use progress::Progress;
use report::{NoteKind, Notes};
use shape::{Content, Kind};

/// What to bring over, and where to.
pub struct Import {
    /// A folder with the documents, or the address of a page.
    pub source: String,
    /// The address of the origin.
    pub url: Url,
    pub token: String,
    /// At which the page is served.
    pub hosts: Vec<String>,
    /// Only say what would be brought over.
    pub dry_run: bool,
    /// Whether the documents are right where the page was changed here.
    pub theirs: bool,
    /// Where to remember what was brought over, if not in a file of the page in `$XDG_STATE_HOME/pharos/import`.
    pub state: Option<PathBuf>,
}

pub async fn import(args: Import) -> anyhow::Result<()> {
    let api = Api::new(&args.url, args.token.clone())?;
    let (documents, absent) = source::read(&args.source).await?;
    for place in absent {
        println!("There is no {place}; the page is taken to have none of these.");
    }
    let page = adapt::page_id(&documents.page);
    let page = page.with_context(|| format!("the page in {} has no id", args.source))?;
    let file = state_file(&args, &page)?;
    let mut here = Here::read(&api, &page).await?;
    let components_here: BTreeSet<String> = here.components.keys().cloned().collect();
    let around = Circumstances {
        now_ms: Timestamp::now().as_millisecond(),
        hosts: &args.hosts,
        components_here: &components_here,
    };
    let (content, notes) = adapt::adapt(&documents, &around);
    here.read_updates(&api, &page, ids(&content)).await?;
    let (name, documented) = (content.page.label.clone(), documented(&content));
    let plan = compare::compare(content, notes, &here, &Brought::read(&file)?, args.theirs);
    print!("{}", plan.notes);
    println!("{}", plan.summary(&name));
    if args.dry_run {
        return verdict(&plan.notes);
    }
    bring(&api, &page, plan, &documented, &file).await
}

async fn bring(
    api: &Api,
    page: &str,
    mut plan: Plan,
    documented: &BTreeSet<String>,
    file: &Path,
) -> anyhow::Result<()> {
    let mut notes = std::mem::take(&mut plan.notes);
    let progress = Progress::of_updates(plan.updates())?;
    let done = carry_out(api, page, plan, documented, &progress).await;
    progress.finish();
    print!("{}", done.notes);
    notes.append(done.notes);
    done.brought.write(file)?;
    done.ended
        .context("the import ended early; the next run goes on from here")?;
    verdict(&notes)
}

/// The end of the report, and of the program.
fn verdict(notes: &Notes) -> anyhow::Result<()> {
    let counts = [
        (NoteKind::Adapted, "adapted"),
        (NoteKind::Follows, "followed"),
        (NoteKind::Kept, "kept as changed here"),
        (NoteKind::Differs, "different"),
        (NoteKind::Refused, "refused"),
    ];
    let counts = counts.map(|(kind, word)| (notes.count(kind), word));
    let listed: Vec<String> = counts
        .iter()
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
    if !listed.is_empty() {
        println!("{}.", listed.join(", "));
    }
    if notes.are_bad() {
        bail!("the page is not all that the documents say: see the lines that begin with differs or refused");
    }
    Ok(())
}

fn state_file(args: &Import, page: &str) -> anyhow::Result<PathBuf> {
    let file = args.state.clone().or_else(|| brought::default_file(&args.url, page));
    file.context("--state is missing (flag --state or variable PHAROS_IMPORT_STATE), and there is no HOME to put it")
}

fn ids(content: &Content) -> BTreeSet<(Kind, &str)> {
    let incidents = content
        .incidents
        .iter()
        .map(|event| (Kind::Incident, event.item.id.as_str()));
    let maintenances = content
        .maintenances
        .iter()
        .map(|event| (Kind::Maintenance, event.item.id.as_str()));
    incidents.chain(maintenances).collect()
}

fn documented(content: &Content) -> BTreeSet<String> {
    ids(content).into_iter().map(|(_, id)| id.to_owned()).collect()
}
