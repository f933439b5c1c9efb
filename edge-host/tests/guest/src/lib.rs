//! A guest that does, path by path, what edge-host must bear.
//!
//! - `/echo`: the request as the guest sees it; `/region`: what it was told of its region
//! - `/kv/KEY`: GET and PUT of a key
//! - `/page/KEY`: a cacheable reply that depends on KEY and shows its value
//! - `/brief/MS/KEY`: the same for a second, after which browsers may show it while they ask again; it takes a moment
//! - `/negotiated/KEY`: the same, but it shows what the guest is told of the visitor's language and media type
//! - `/uptime`, `/search`: the same of the key `k`, with the query that the guest is told of; addresses that the host knows
//! - `/search` and `/history` with a session's cookie: see `session.rs`
//! - `/api/v2/status.json`: after a moment it fails as the value of the key `api` says
//! - `/slow/MS/KEY`: the same, but after reading the value it waits
//! - `/held/GATE/KEY`: the same, but after reading the value it writes `held/GATE`, and waits until GATE is written
//! - `/head/LENGTH/KEY`: the beginning of the value, as the host tells it of what a put rests on
//! - `/unless-failing/KEY`: the same, unless the value is the name of a failure: see `fail`
//! - `/private/KEY`: the same without leave to cache; `/cookie/KEY`: with leave, but it sets a cookie
//! - `/ask/MS/QUESTION`: what the origin answers to the question within so many milliseconds
//! - `/part/KEY/START/LENGTH`: a part of the value, which only the host has in hand
//! - `/do/FAILURE`: fails at once
//! - `/after/GATE/KEY`: replies, then waits until GATE is written, then takes a moment, then writes `done` under KEY
//! - `/after/loop/KEY`: replies, then writes `begun` under KEY and loops
//! - POST of `/.pharos/put`: adds one to the number under the key that the body names, or fails after writing it; or
//!   writes as many keys as the body says (`many COUNT`), or so many bytes under a key (`fill KEY COUNT`)

mod session;

use std::{cell::RefCell, hint::black_box, thread::sleep, time::Duration};

use exports::pharos::edge::steps::{Body, Entry, Forward, Guest, Heads, Part, Region, Reply, Seen, Step, Visit};

wit_bindgen::generate!({ world: "edge", path: "../../../edge-worker/host/wit" });

struct Shell;

export!(Shell);

impl Guest for Shell {
    fn start(region: Region) {
        let told = format!("{} {}", region.name, region.put_verify_key.unwrap_or_default());
        REGION.with_borrow_mut(|region| *region = told);
    }

    fn open(visit: Visit) -> Step {
        WAITING.with_borrow_mut(|waiting| *waiting = None);
        route(visit)
    }

    fn resume_read(records: Vec<Seen>) -> Step {
        match take() {
            Waiting::Read(next) => next(records),
            _ => panic!("nothing was asked for"),
        }
    }

    fn resume_write(each: Vec<bool>) -> Step {
        match take() {
            Waiting::Write(next) => next(each),
            _ => panic!("nothing was to be written"),
        }
    }

    fn resume_forward(answer: Option<Vec<u8>>) -> Step {
        match take() {
            Waiting::Forward(next) => next(answer),
            _ => panic!("the origin was not to be asked"),
        }
    }

    fn afterwards() -> Step {
        match take() {
            Waiting::Work(next) => next(),
            _ => panic!("there is no work"),
        }
    }
}

enum Waiting {
    Read(Box<dyn FnOnce(Vec<Seen>) -> Step>),
    Write(Box<dyn FnOnce(Vec<bool>) -> Step>),
    Forward(Box<dyn FnOnce(Option<Vec<u8>>) -> Step>),
    Work(Box<dyn FnOnce() -> Step>),
}

fn take() -> Waiting {
    WAITING.with_borrow_mut(Option::take).expect("something waits")
}

fn wait_for(next: Waiting) {
    WAITING.with_borrow_mut(|waiting| *waiting = Some(next));
}

fn route(visit: Visit) -> Step {
    let after_scheme = visit.uri.split_once("://").map_or(visit.uri.as_str(), |(_, rest)| rest);
    let target = after_scheme.find('/').map_or("/", |at| &after_scheme[at..]);
    let (path, query) = target
        .split_once('?')
        .map_or((target, None), |(path, query)| (path, Some(query)));
    let (verb, rest) = path[1..].split_once('/').unwrap_or((&path[1..], ""));
    let rest = rest.to_owned();
    match verb {
        "echo" => text(echo(&visit)),
        "region" => text(REGION.with_borrow(Clone::clone)),
        "kv" if visit.method == "PUT" => write(rest, visit.body, |stored| match stored {
            true => text(""),
            false => reply(400, "it was not stored"),
        }),
        "kv" => read(rest, |value| value.map_or_else(|| reply(404, "no such key"), text)),
        "page" => shown(rest, |_| {}),
        "brief" => {
            let (ms, key) = rest.split_once('/').expect("/brief/MS/KEY");
            let (ms, key) = (ms.parse().expect("milliseconds"), key.to_owned());
            value(key.clone(), move |value| {
                wait(ms);
                brief(&key, value).into()
            })
        }
        "negotiated" => page(&rest, negotiated(&visit)).into(),
        "history" => session::history(&visit),
        "search" if brings_session(&visit) => session::search(
            &visit,
            query.and_then(|query| query.strip_prefix("q=")).unwrap_or_default(),
        ),
        "uptime" | "search" => page("k", query.unwrap_or("none").to_owned()).into(),
        "api" => value("api".to_owned(), |failure| {
            wait(300);
            fail(&failure)
        }),
        "slow" => {
            let (ms, key) = rest.split_once('/').expect("/slow/MS/KEY");
            let ms = ms.parse().expect("milliseconds");
            shown(key.to_owned(), move |_| wait(ms))
        }
        "held" => held(&rest),
        "head" => head(&rest),
        "unless-failing" => value(rest.clone(), move |value| match FAILURES.contains(&&*value) {
            true => fail(&value),
            false => page(&rest, value).into(),
        }),
        "private" => value(rest, text),
        "cookie" => value(rest.clone(), move |value| {
            page(&rest, value).with("set-cookie", "a=b").into()
        }),
        "ask" => ask(&rest),
        "part" => part(&rest),
        "do" => fail(&rest),
        "grow" => grow(&rest),
        "after" => after(rest),
        ".pharos" => add_one(visit),
        _ => reply(404, "no such path"),
    }
}

fn brings_session(visit: &Visit) -> bool {
    String::from_utf8_lossy(&visit.headers).contains("pharos-session=")
}

/// What the origin says to `MS/QUESTION` within so many milliseconds.
fn ask(rest: &str) -> Step {
    let (ms, question) = rest.split_once('/').expect("/ask/MS/QUESTION");
    wait_for(Waiting::Forward(Box::new(|answer| match answer {
        Some(answer) => text(answer),
        None => reply(404, "nobody answered"),
    })));
    Step::Forward(Forward {
        question: question.as_bytes().to_vec(),
        wait_ms_max: ms.parse().expect("milliseconds"),
    })
}

fn echo(visit: &Visit) -> String {
    let mut lines = vec![format!("{} {}", visit.method, visit.uri)];
    let headers = String::from_utf8_lossy(&visit.headers);
    lines.extend(headers.lines().map(|line| line.replacen(':', ": ", 1)));
    lines.push(format!("client = {:?}", visit.client));
    lines.join("\n")
}

fn negotiated(visit: &Visit) -> String {
    let headers = String::from_utf8_lossy(&visit.headers);
    let header = |wanted| {
        let mut fields = headers.lines().filter_map(|line| line.split_once(':'));
        fields
            .find(|(name, _)| *name == wanted)
            .map_or("-".to_owned(), |(_, value)| value.to_owned())
    };
    format!("{} {}", header("accept-language"), header("accept"))
}

fn shown(key: String, before: impl FnOnce(&str) + 'static) -> Step {
    value(key.clone(), move |value| {
        before(&value);
        page(&key, value).into()
    })
}

fn held(rest: &str) -> Step {
    let (gate, key) = rest.split_once('/').expect("/held/GATE/KEY");
    let (gate, key) = (gate.to_owned(), key.to_owned());
    value(key.clone(), move |value| {
        write(format!("held/{gate}"), b"yes".to_vec(), move |_| {
            opened(gate, move || page(&key, value).into())
        })
    })
}

fn head(rest: &str) -> Step {
    let (length, key) = rest.split_once('/').expect("/head/LENGTH/KEY");
    wait_for(Waiting::Read(Box::new(|seen| text(found(seen).unwrap_or_default()))));
    read_now(key.to_owned(), length.parse().expect("a number"))
}

fn part(rest: &str) -> Step {
    let parts: Vec<&str> = rest.split('/').collect();
    let [key, offset, length] = parts[..] else {
        panic!("/part/KEY/START/LENGTH");
    };
    let (offset, length) = (offset.parse().expect("a number"), length.parse().expect("a number"));
    read(key.to_owned(), move |_| {
        let part = Part {
            index: 0,
            offset,
            length,
        };
        Answer::new(200, Body::Part(part)).into()
    })
}

fn fail(failure: &str) -> Step {
    match failure {
        "trap" => panic!("told to trap"),
        "loop" => endless(),
        "bomb" => bomb(),
        "steps" => ask_again(),
        "no-reply" => Step::Done,
        "wait" => {
            wait(60_000);
            text("sorry for the delay")
        }
        "private" => text("for you alone"),
        "error" => reply(500, "told to fail"),
        "problem" => Answer::new(503, Body::Bytes(b"{\"status\":503}".to_vec()))
            .with("content-type", "application/problem+json")
            .into(),
        _ => reply(404, "no such failure"),
    }
}

fn after(rest: String) -> Step {
    wait_for(Waiting::Work(Box::new(move || {
        let (gate, key) = rest.split_once('/').expect("/after/GATE/KEY");
        let key = key.to_owned();
        if gate == "loop" {
            return write(key, b"begun".to_vec(), |_| endless());
        }
        opened(gate.to_owned(), || {
            // Long enough that a host which does not wait is gone by then.
            wait(200);
            write(key, b"done".to_vec(), |_| Step::Done)
        })
    })));
    let mut answer = Answer::new(200, Body::Bytes(b"see you".to_vec()));
    answer.0.has_work = true;
    answer.into()
}

fn add_one(visit: Visit) -> Step {
    let body = String::from_utf8(visit.body).expect("text");
    if let Some(count) = body.strip_prefix("many ") {
        return many(count.parse().expect("a number"));
    }
    if let Some((key, count)) = body.strip_prefix("fill ").and_then(|rest| rest.split_once(' ')) {
        return write(
            key.to_owned(),
            vec![b'x'; count.parse().expect("a number")],
            |stored| match stored {
                true => text(""),
                false => reply(400, "it was not stored"),
            },
        );
    }
    let (key, then) = body.split_once(' ').unwrap_or((&body, ""));
    let (key, then) = (key.to_owned(), then.to_owned());
    wait_for(Waiting::Read(Box::new({
        let key = key.clone();
        move |seen| {
            let count = found(seen).map_or(0, |bytes| String::from_utf8_lossy(&bytes).parse().expect("a number"));
            wait(5);
            let count: u64 = count + 1;
            write(key, count.to_string().into_bytes(), move |stored| match then.as_str() {
                "" => text(format!("{stored} {count}")),
                failure => fail(failure),
            })
        }
    })));
    read_now(key, u32::MAX)
}

fn many(count: usize) -> Step {
    let entries = (0..count).map(|number| Entry {
        key: format!("site/{number}"),
        value: b"x".to_vec(),
    });
    let entries: Vec<Entry> = entries.collect();
    wait_for(Waiting::Read(Box::new(|_| {
        wait_for(Waiting::Write(Box::new(|stored| {
            let stored = stored.iter().filter(|stored| **stored).count();
            text(stored.to_string())
        })));
        Step::Write(entries)
    })));
    read_now("site/0".to_owned(), u32::MAX)
}

fn read_now(key: String, bytes_max: u32) -> Step {
    Step::ReadNow(Heads {
        keys: vec![key],
        bytes_max,
    })
}

fn ask_again() -> Step {
    wait_for(Waiting::Read(Box::new(|_| ask_again())));
    Step::Read(vec!["k".to_owned()])
}

fn endless() -> ! {
    loop {
        black_box(());
    }
}

fn bomb() -> ! {
    let mut hoard = Vec::new();
    loop {
        hoard.push(black_box(vec![1u8; 1 << 20]));
    }
}

fn grow(mib: &str) -> Step {
    let mib: usize = mib.parse().expect("/grow/MIB");
    black_box(vec![1u8; mib << 20]);
    text("grown")
}

fn value(key: String, next: impl FnOnce(String) -> Step + 'static) -> Step {
    read(key, |value| {
        next(String::from_utf8(value.unwrap_or_default()).expect("text"))
    })
}

fn read(key: String, next: impl FnOnce(Option<Vec<u8>>) -> Step + 'static) -> Step {
    wait_for(Waiting::Read(Box::new(|seen| next(found(seen)))));
    Step::Read(vec![key])
}

fn found(seen: Vec<Seen>) -> Option<Vec<u8>> {
    match seen.into_iter().next().expect("one key was asked for") {
        Seen::Found(bytes) => Some(bytes),
        Seen::Absent => None,
        Seen::Failed => panic!("a KV that answers"),
    }
}

fn write(key: String, value: Vec<u8>, next: impl FnOnce(bool) -> Step + 'static) -> Step {
    wait_for(Waiting::Write(Box::new(|stored| next(stored == [true]))));
    Step::Write(vec![Entry { key, value }])
}

/// Goes on when the key is written. The host bounds how often a visit asks, and how long it takes.
fn opened(gate: String, next: impl FnOnce() -> Step + 'static) -> Step {
    read(gate.clone(), |value| match value {
        Some(_) => next(),
        None => {
            wait(150);
            opened(gate, next)
        }
    })
}

fn wait(ms: u64) {
    sleep(Duration::from_millis(ms));
}

fn brief(key: &str, body: String) -> Answer {
    Answer::new(200, Body::Bytes(body.into_bytes()))
        .with("surrogate-control", "max-age=1")
        .with("cache-control", "public, max-age=5, stale-while-revalidate=30")
        .with("surrogate-key", key)
}

fn page(key: &str, body: String) -> Answer {
    let etag = format!("\"{}\"", body.get(..20).unwrap_or(&body));
    Answer::new(200, Body::Bytes(body.into_bytes()))
        .with("surrogate-control", "max-age=60")
        .with("access-control-allow-origin", "*")
        .with("surrogate-key", &format!("other {key}"))
        .with("etag", &etag)
}

fn text(body: impl Into<Vec<u8>>) -> Step {
    reply(200, body)
}

fn reply(status: u16, body: impl Into<Vec<u8>>) -> Step {
    Answer::new(status, Body::Bytes(body.into())).into()
}

struct Answer(Reply);

impl Answer {
    fn new(status: u16, body: Body) -> Self {
        Self(Reply {
            status,
            headers: Vec::new(),
            body,
            log: None,
            has_work: false,
        })
    }

    fn with(mut self, name: &str, value: &str) -> Self {
        self.0.headers.extend(format!("{name}:{value}\n").into_bytes());
        self
    }
}

impl From<Answer> for Step {
    fn from(answer: Answer) -> Self {
        Step::Reply(answer.0)
    }
}

thread_local! {
    static WAITING: RefCell<Option<Waiting>> = const { RefCell::new(None) };
    static REGION: RefCell<String> = const { RefCell::new(String::new()) };
}

const FAILURES: [&str; 8] = ["trap", "loop", "bomb", "steps", "no-reply", "wait", "private", "error"];
