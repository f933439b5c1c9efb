//! `pharos backup` and `pharos restore`

use std::{
    fs::File,
    io::{self, IsTerminal},
    path::{Path, PathBuf},
};

use anyhow::Context;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use origin_api::backup::{self, Contents, How, Restored, SignIns};

use crate::config::{self, Problems};

#[derive(clap::Args)]
pub struct Args {
    /// Folder of the database; its origin may be at work
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// File to write, which is not there yet; - for standard output
    #[arg(long, value_name = "FILE")]
    to: String,
}

#[derive(clap::Args)]
pub struct RestoreArgs {
    /// Folder of the database, which no origin is using; made if it is missing
    #[arg(long, env = "PHAROS_DATA")]
    data: Option<String>,
    /// Backup to read; - for standard input
    #[arg(long, value_name = "FILE")]
    from: String,
    /// Put it in the place of a database that is there; that one is kept beside it as origin.before-restore.db
    #[arg(long)]
    replace: bool,
    /// Copy of the database of sign-ins, where the backup is a copy of origin.db alone, as Litestream's
    #[arg(long, value_name = "FILE")]
    sign_ins: Option<PathBuf>,
    /// Read the backup whole and say what would be done, and change nothing
    #[arg(long)]
    dry_run: bool,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let Some(data) = problems.required("--data", args.data.as_deref(), config::folder) else {
        return Err(problems.into());
    };
    give_way();
    let bar = bar()?;
    let progress = |done, of| advance(&bar, done, of);
    let contents = match args.to.as_str() {
        "-" => {
            anyhow::ensure!(
                !io::stdout().is_terminal(),
                "a backup is no text: send it to a file or a program"
            );
            backup::make_into(&data, &mut io::stdout().lock(), &progress).await?
        }
        to => backup::make(&data, Path::new(to), &progress).await?,
    };
    bar.finish_and_clear();
    eprintln!("The backup was read back and is whole: {}.", told(&contents));
    Ok(())
}

pub async fn restore(args: RestoreArgs) -> anyhow::Result<()> {
    let mut problems = Problems::default();
    let Some(data) = problems.required("--data", args.data.as_deref(), config::folder) else {
        return Err(problems.into());
    };
    let how = |bytes| How {
        bytes,
        replace: args.replace,
        dry_run: args.dry_run,
        sign_ins: args.sign_ins.as_deref(),
    };
    let bar = bar()?;
    let progress = |done, of| advance(&bar, done, of);
    let restored = match args.from.as_str() {
        "-" => backup::restore(&data, &mut io::stdin().lock(), how(None), &progress).await?,
        from => {
            let mut file = File::open(from).with_context(|| format!("{from} cannot be read"))?;
            let bytes = file.metadata().map(|file| file.len()).ok();
            backup::restore(&data, &mut file, how(bytes), &progress).await?
        }
    };
    bar.finish_and_clear();
    say(&restored, args.dry_run);
    Ok(())
}

/// To the origin on the same machine. What this thread starts from here on has its priority.
fn give_way() {
    if let Err(error) = background_thread::give_way(NICENESS) {
        tracing::debug!(%error, "the backup runs with the priority that it was started with");
    }
}

fn say(restored: &Restored, dry_run: bool) {
    let Restored {
        contents,
        before,
        sign_ins,
    } = restored;
    eprintln!("The backup is whole: {}.", told(contents));
    if let Some(before) = before {
        let head = before.head.map_or("which cannot be read".to_owned(), |head| {
            format!("which has changes up to {head}")
        });
        let (replaces, kept) = (
            if dry_run { "It would replace" } else { "It replaces" },
            before.kept.display(),
        );
        eprintln!("{replaces} a database {head}; that one is kept as {kept}.");
        match before.taken_back {
            Some(0) => {}
            Some(kept) => eprintln!(
                "By {kept} tokens, links, passwords, members and other rules somebody was let in or could push then, and no longer: \
                 they stay taken back."
            ),
            None => eprintln!(
                "It is no later state of this backup: tokens, links, passwords and members that were taken back since the backup \
                 was made count again. Take them back again before regions are filled."
            ),
        }
    }
    if *sign_ins == Some(SignIns::BeginAnew) {
        eprintln!(
            "Sign-ins that were under way begin anew, and for seven minutes a token of your own product has to say that it was \
             made since (iat)."
        );
    }
    match dry_run {
        true => eprintln!("Nothing was changed. Leave --dry-run out to restore it."),
        false => eprintln!(
            "It has another name than the database that it was made of: start the origin, and every region is filled anew from it. \
             Until then they serve what they have."
        ),
    }
}

fn told(contents: &Contents) -> String {
    let last = contents
        .last_change_ms
        .and_then(|ms| Timestamp::from_millisecond(ms).ok());
    let last = last.map_or(String::new(), |last| format!(", the last of them on {last:.0}"));
    let pages = match contents.pages {
        1 => "1 page".to_owned(),
        pages => format!("{pages} pages"),
    };
    let sign_ins = if contents.has_sign_ins {
        ", and the sign-ins"
    } else {
        ""
    };
    format!("{pages}, changes up to {}{last}{sign_ins}", contents.head)
}

fn bar() -> anyhow::Result<ProgressBar> {
    let bar = ProgressBar::no_length();
    bar.set_style(ProgressStyle::with_template(
        "{bar:30} {bytes}/{total_bytes}, {binary_bytes_per_sec}",
    )?);
    Ok(bar)
}

fn advance(bar: &ProgressBar, done: u64, of: Option<u64>) {
    if let Some(of) = of {
        bar.set_length(of);
    }
    bar.set_position(done);
}

/// The lowest priority that there is.
const NICENESS: i32 = 19;
