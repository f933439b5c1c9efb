//! `pharos access`: who sees a page, over the push API. Each command is one request, and prints what is answered.

use std::{fs, path::PathBuf};

use anyhow::{Context, bail};
use clap::{Subcommand, ValueEnum};
use page_model::{Id, PageId};
use reqwest::Method;
use serde_json::{Map, Value, json};

use crate::{
    config::{self, Problems},
    examples,
};
use push_client::{Api, JSON};

#[derive(clap::Args)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(clap::Args)]
struct At {
    /// The origin, such as http://127.0.0.1:8090
    #[arg(long, env = "PHAROS_API")]
    api: Option<String>,
    /// API token that may write the page
    #[arg(long, env = "PHAROS_TOKEN", hide_env_values = true, allow_hyphen_values = true)]
    token: Option<String>,
    /// The page
    #[arg(long, env = "PHAROS_PAGE")]
    page: PageId,
}

#[derive(Subcommand)]
enum Command {
    /// Say what the page has for its visitors and what it may have
    #[command(after_long_help = examples::ACCESS_SHOW)]
    Show(Show),
    /// Make the page public, private or layered; the answer says who sees something else then
    #[command(after_long_help = examples::ACCESS_VISIBILITY)]
    Visibility(Visible),
    /// Make an audience, or change one
    #[command(after_long_help = examples::ACCESS_AUDIENCE)]
    Audience(Audience),
    /// Let exactly the people of a CSV file be the members of an audience
    #[command(after_long_help = examples::ACCESS_MEMBERS)]
    Members(Members),
    /// Set the identity provider, from a JSON file
    #[command(after_long_help = examples::ACCESS_PROVIDER)]
    Provider(FromFile),
    /// Set a key for platform tokens, from a JSON file
    #[command(after_long_help = examples::ACCESS_TOKEN_KEY)]
    TokenKey(TokenKey),
    /// Make a link for feed readers, other sites or a screen; its secret is told this once
    #[command(after_long_help = examples::ACCESS_LINK)]
    Link(Link),
    /// Take something away: an audience, a link, the provider, a key for tokens
    #[command(after_long_help = examples::ACCESS_REMOVE)]
    Remove(Remove),
    /// List who is let in
    #[command(after_long_help = examples::ACCESS_SESSIONS)]
    Sessions(Sessions),
    /// End a session, those of a person, or all
    #[command(after_long_help = examples::ACCESS_END)]
    End(End),
    /// Print an address of the page as those in some audiences see it
    #[command(after_long_help = examples::ACCESS_PREVIEW)]
    Preview(Preview),
    /// List who changed what
    #[command(after_long_help = examples::ACCESS_AUDIT)]
    Audit(Audit),
}

#[derive(clap::Args)]
struct Show {
    #[command(flatten)]
    at: At,
    /// What of it, in full
    #[arg(value_enum)]
    what: Option<Shown>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shown {
    Audiences,
    Links,
    Provider,
    TokenKeys,
}

#[derive(clap::Args)]
struct Visible {
    #[command(flatten)]
    at: At,
    /// `public`, `private` or `layered`
    visibility: String,
    /// Only say who would see something else
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
struct Audience {
    #[command(flatten)]
    at: At,
    /// One that there is; without, a new one is made
    #[arg(long)]
    id: Option<Id>,
    #[arg(long, required_unless_present = "id", help = "What it is called")]
    name: Option<String>,
    /// A file with the password that its visitors share
    #[arg(long)]
    password_file: Option<PathBuf>,
    /// Whom it knows by their address: one, or a domain; may be given several times, and replaces those that there are
    #[arg(long = "email")]
    emails: Vec<String>,
    /// Whom the provider says this of, such as groups=customers; may be given several times
    #[arg(long = "claim", value_parser = claim)]
    claims: Vec<Value>,
    /// A network whose visitors are let in, such as 198.51.100.0/24; may be given several times
    #[arg(long = "range")]
    ranges: Vec<String>,
}

#[derive(clap::Args)]
struct Members {
    #[command(flatten)]
    at: At,
    /// Whose members they are
    audience: Id,
    /// A line `email`, then an address a line
    file: PathBuf,
    /// Only say how many would come and go
    #[arg(long)]
    dry_run: bool,
}

#[derive(clap::Args)]
struct FromFile {
    #[command(flatten)]
    at: At,
    /// What the push API takes, as JSON
    file: PathBuf,
}

#[derive(clap::Args)]
struct TokenKey {
    #[command(flatten)]
    at: At,
    /// The key's id
    key: Id,
    /// What the push API takes, as JSON
    file: PathBuf,
}

#[derive(clap::Args)]
struct Link {
    #[command(flatten)]
    at: At,
    /// Whose link it is, for you
    name: String,
    /// Whose content it shows; may be given several times
    #[arg(long = "audience", required = true)]
    audiences: Vec<String>,
    /// `machine`, `embed` or `kiosk`
    #[arg(long)]
    formats: String,
    /// From then on it opens nothing, such as 2027-01-01T00:00:00Z
    #[arg(long)]
    expires_at: Option<String>,
}

#[derive(clap::Args)]
struct Remove {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    what: Removed,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Removed {
    #[arg(long, help = "An audience that nothing names")]
    audience: Option<Id>,
    #[arg(long, help = "A link, by its id")]
    link: Option<Id>,
    #[arg(long, help = "The identity provider")]
    provider: bool,
    #[arg(long, help = "A key for platform tokens")]
    token_key: Option<Id>,
}

#[derive(clap::Args)]
struct Sessions {
    #[command(flatten)]
    at: At,
    /// Only those of whoever is called so
    #[arg(long)]
    person: Option<String>,
}

#[derive(clap::Args)]
struct End {
    #[command(flatten)]
    at: At,
    #[command(flatten)]
    whose: Whose,
}

#[derive(clap::Args)]
#[group(required = true, multiple = false)]
struct Whose {
    #[arg(long, help = "One session, by its id")]
    session: Option<String>,
    #[arg(long, help = "All of whoever is called so")]
    person: Option<String>,
    #[arg(long, help = "All of the page")]
    all: bool,
}

#[derive(clap::Args)]
struct Preview {
    #[command(flatten)]
    at: At,
    /// `public` for strangers, or an audience; may be given several times
    #[arg(long = "audience", required = true)]
    audiences: Vec<String>,
    /// Path and query of an address of the page
    #[arg(long, default_value = "/")]
    path: String,
}

#[derive(clap::Args)]
struct Audit {
    #[command(flatten)]
    at: At,
    /// Only what was done to these, such as `audience` or `session`
    #[arg(long)]
    kind: Option<String>,
}

/// What is sent to the push API, below the page.
struct Asked {
    method: Method,
    path: String,
    body: Option<(&'static str, Vec<u8>)>,
}

pub async fn run(args: Args) -> anyhow::Result<()> {
    let (at, asked) = asked(args.command)?;
    let mut problems = Problems::default();
    let url = problems.required("--api", at.api.as_deref(), config::url);
    let token = problems.required("--token", at.token.as_deref(), |token| Ok(token.to_owned()));
    let (Some(url), Some(token)) = (url, token) else {
        return Err(problems.into());
    };
    let path = format!("/pages/{}{}", at.page, asked.path);
    let answer = Api::new(&url, token)?.text(asked.method, &path, asked.body).await?;
    match serde_json::from_str::<Value>(&answer) {
        Ok(json) => println!("{json:#}"),
        Err(_) => print!("{answer}"),
    }
    Ok(())
}

fn asked(command: Command) -> anyhow::Result<(At, Asked)> {
    Ok(match command {
        Command::Show(Show { at, what }) => (
            at,
            read(match what {
                None => "/access".to_owned(),
                Some(Shown::Audiences) => "/audiences?limit=100".to_owned(),
                Some(Shown::Links) => "/links?limit=100".to_owned(),
                Some(Shown::Provider) => "/sign-in/provider".to_owned(),
                Some(Shown::TokenKeys) => "/sign-in/token-keys".to_owned(),
            }),
        ),
        Command::Visibility(args) => {
            let query = if args.dry_run { "?dry_run=true" } else { "?visible=true" };
            let body = json!({ "visibility": args.visibility });
            (args.at, sent(Method::PATCH, query.to_owned(), &body))
        }
        Command::Audience(args) => audience(args)?,
        Command::Members(args) => {
            let query = if args.dry_run { "?dry_run=true" } else { "" };
            let path = format!("/audiences/{}/members.csv{query}", args.audience);
            let body = Some(("text/csv", file(&args.file)?));
            let method = Method::POST;
            (args.at, Asked { method, path, body })
        }
        Command::Provider(FromFile { at, file }) => (at, put("/sign-in/provider".to_owned(), &file)?),
        Command::TokenKey(TokenKey { at, key, file }) => (at, put(format!("/sign-in/token-keys/{key}"), &file)?),
        Command::Link(args) => {
            let mut body = json!({"name": args.name, "audiences": args.audiences, "formats": args.formats});
            if let Some(expires_at) = args.expires_at {
                body["expires_at"] = json!(expires_at);
            }
            (args.at, sent(Method::POST, "/links".to_owned(), &body))
        }
        Command::Remove(Remove { at, what }) => (at, gone(removed(&what)?)),
        Command::Sessions(Sessions { at, person }) => (at, read(format!("/sessions{}", of_person(person.as_deref())))),
        Command::End(End { at, whose }) => (
            at,
            gone(match (whose.session, whose.person) {
                (Some(session), _) => format!("/sessions/{}", encoded(&session)),
                (None, person) => format!("/sessions{}", of_person(person.as_deref())),
            }),
        ),
        Command::Preview(args) => {
            let audiences = args
                .audiences
                .iter()
                .map(|audience| format!("audience={}&", encoded(audience)));
            let path = format!("/preview?{}path={}", audiences.collect::<String>(), encoded(&args.path));
            (args.at, read(path))
        }
        Command::Audit(Audit { at, kind }) => {
            let kind = kind.map(|kind| format!("?kind={}", encoded(&kind)));
            (at, read(format!("/audit{}", kind.unwrap_or_default())))
        }
    })
}

fn audience(args: Audience) -> anyhow::Result<(At, Asked)> {
    let mut body = Map::new();
    if let Some(name) = args.name {
        body.insert("name".to_owned(), json!(name));
    }
    if let Some(path) = &args.password_file {
        let password = String::from_utf8(file(path)?).context("the password is no text")?;
        body.insert("password".to_owned(), json!(password.trim_end_matches(['\r', '\n'])));
    }
    for (field, given) in [
        ("emails", json!(args.emails)),
        ("claims", json!(args.claims)),
        ("ranges", json!(args.ranges)),
    ] {
        if given.as_array().is_some_and(|given| !given.is_empty()) {
            body.insert(field.to_owned(), given);
        }
    }
    let body = Value::Object(body);
    Ok(match args.id {
        Some(id) => (args.at, sent(Method::PATCH, format!("/audiences/{id}"), &body)),
        None => (args.at, sent(Method::POST, "/audiences".to_owned(), &body)),
    })
}

fn removed(what: &Removed) -> anyhow::Result<String> {
    Ok(match what {
        Removed { audience: Some(id), .. } => format!("/audiences/{id}"),
        Removed { link: Some(id), .. } => format!("/links/{id}"),
        Removed {
            token_key: Some(id), ..
        } => format!("/sign-in/token-keys/{id}"),
        Removed { provider: true, .. } => "/sign-in/provider".to_owned(),
        _ => bail!("say what is to be taken away"),
    })
}

fn read(path: String) -> Asked {
    Asked {
        method: Method::GET,
        path,
        body: None,
    }
}

fn gone(path: String) -> Asked {
    Asked {
        method: Method::DELETE,
        ..read(path)
    }
}

fn sent(method: Method, path: String, body: &Value) -> Asked {
    let body = Some((JSON, body.to_string().into_bytes()));
    Asked { method, path, body }
}

fn put(path: String, from: &PathBuf) -> anyhow::Result<Asked> {
    Ok(Asked {
        method: Method::PUT,
        path,
        body: Some((JSON, file(from)?)),
    })
}

fn file(path: &PathBuf) -> anyhow::Result<Vec<u8>> {
    fs::read(path).with_context(|| format!("cannot read {}", path.display()))
}

fn of_person(person: Option<&str>) -> String {
    person.map_or(String::new(), |person| format!("?person={}", encoded(person)))
}

fn claim(text: &str) -> Result<Value, String> {
    match text.split_once('=') {
        Some((claim, value)) => Ok(json!({"claim": claim, "value": value})),
        None => Err("a claim is written as groups=customers".to_owned()),
    }
}

/// As it may stand in a path and in a query (RFC 3986, section 2.3).
fn encoded(text: &str) -> String {
    let one = |byte: u8| match byte {
        b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Typed {
        #[command(flatten)]
        args: Args,
    }

    fn asks(line: &str) -> String {
        let typed = format!("access {line} --page page00000001");
        let typed = Typed::try_parse_from(typed.split(' ')).unwrap_or_else(|error| panic!("{line}: {error}"));
        let (_, asked) = asked(typed.args.command).expect("a request");
        let body = asked
            .body
            .map_or(String::new(), |(_, body)| String::from_utf8(body).expect("text"));
        format!("{} {} {body}", asked.method, asked.path)
    }

    #[test]
    fn each_command_is_one_request() {
        for (line, request) in [
            ("show", "GET /access "),
            ("show links", "GET /links?limit=100 "),
            (
                "visibility layered --dry-run",
                "PATCH ?dry_run=true {\"visibility\":\"layered\"}",
            ),
            (
                "audience --name Gold --email acme.com --claim groups=gold=1",
                "POST /audiences {\"claims\":[{\"claim\":\"groups\",\"value\":\"gold=1\"}],\"emails\":[\"acme.com\"],\"name\":\"Gold\"}",
            ),
            (
                "audience --id audience0001 --range 10.0.0.0/8",
                "PATCH /audiences/audience0001 {\"ranges\":[\"10.0.0.0/8\"]}",
            ),
            (
                "link Lobby --audience audience0001 --formats kiosk",
                "POST /links {\"audiences\":[\"audience0001\"],\"formats\":\"kiosk\",\"name\":\"Lobby\"}",
            ),
            ("remove --link link00000001", "DELETE /links/link00000001 "),
            ("remove --provider", "DELETE /sign-in/provider "),
            (
                "sessions --person ada@example.com",
                "GET /sessions?person=ada%40example.com ",
            ),
            ("end --session 00ff", "DELETE /sessions/00ff "),
            ("end --all", "DELETE /sessions "),
            (
                "preview --audience public --path /search?q=a",
                "GET /preview?audience=public&path=%2Fsearch%3Fq%3Da ",
            ),
            ("audit --kind session", "GET /audit?kind=session "),
        ] {
            assert_eq!(asks(line), request, "{line}");
        }
        for wrong in [
            "end",
            "remove",
            "remove --provider --link link00000001",
            "audience",
            "link x --formats embed",
        ] {
            let typed = format!("access {wrong} --page page00000001");
            assert!(Typed::try_parse_from(typed.split(' ')).is_err(), "{wrong}");
        }
    }
}
