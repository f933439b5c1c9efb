//! Replies to those who bring a session, as the cookie says: `SET.SECONDS.NAME`, or `BEFORE>AFTER.SECONDS.NAME` of somebody
//! whose set is another one once the value of `k` is `moved`.

use super::{Answer, Body, Step, Visit, fail, opened, text, value, write};

/// The value of `k`, and whose it is. `renewed` among the values sets a cookie, `passing` is for nobody else, strangers do not find
/// what is `hidden` and may not see what is `refused`, the name of a failure fails.
pub fn history(visit: &Visit) -> Step {
    let brought = brought(visit);
    value("k".to_owned(), move |value| shown(&value, &brought))
}

/// The same, but after reading the value it writes `held/GATE`, and waits until GATE is written.
pub fn search(visit: &Visit, gate: &str) -> Step {
    let (brought, gate) = (brought(visit), gate.to_owned());
    value("k".to_owned(), move |value| {
        write(format!("held/{gate}"), b"yes".to_vec(), move |_| {
            opened(gate, move || shown(&value, &brought))
        })
    })
}

fn shown(value: &str, brought: &str) -> Step {
    let mut parts = brought.split('.');
    let (sets, seconds) = (parts.next().unwrap_or_default(), parts.next());
    let Some(seconds) = seconds else {
        let status = match value {
            "trap" => return fail(value),
            "hidden" => 404,
            "refused" => 403,
            _ => 200,
        };
        let body = Body::Bytes(format!("{value} of nobody").into_bytes());
        return Answer::new(status, body)
            .with("surrogate-control", "max-age=60")
            .with("surrogate-key", "k")
            .into();
    };
    let set = match sets.split_once('>') {
        Some((before, _)) if value != "moved" => before,
        Some((_, after)) => after,
        None => sets,
    };
    let body = format!("{value} of {set}");
    let reply = Answer::new(200, Body::Bytes(body.clone().into_bytes()))
        .with("cache-control", "private, no-cache")
        .with("etag", &format!("\"{}\"", body.replace(' ', "-")))
        .with("pharos-within", &format!("{set} {seconds} 60"))
        .with("pharos-within-keys", "k site/a.localhost");
    match value {
        "renewed" => reply.with("set-cookie", "a=b").into(),
        "passing" => text(body),
        "trap" => fail(value),
        _ => reply.into(),
    }
}

fn brought(visit: &Visit) -> String {
    let headers = String::from_utf8_lossy(&visit.headers);
    let cookies = headers.lines().filter_map(|line| line.strip_prefix("cookie:"));
    let session = cookies
        .flat_map(|cookies| cookies.split("; "))
        .find_map(|cookie| cookie.strip_prefix("pharos-session="));
    session.unwrap_or_default().to_owned()
}
