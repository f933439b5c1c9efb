//! What somebody is told who is not let in, or not yet, in the format of who asks.

use http::{HeaderValue, StatusCode, header};
use page_address::{PROVIDER, Query, RETURN_TO, TOKEN, cache_policy::CachePolicy};
use page_model::{
    Language, Stamp,
    access::{Session, Way},
    site::{SitePage, Visibility},
};
use page_render::{Door, DoorNotice, SessionPage};

use super::{
    error_page::{self, ErrorPage},
    form::Entrance,
    guard::Guard,
    kind::LanguageSource,
    language::{self, Chosen},
    media::Media,
    reply::Reply,
    visitor::{Arrival, Notice, Wants},
};

/// In place of what the visitor asked for.
pub fn deny(arrival: &mut Arrival, site: &SitePage, return_to: &str) -> Reply {
    let status = match arrival.notice {
        Some(Notice::Busy { .. } | Notice::Unavailable) => StatusCode::SERVICE_UNAVAILABLE,
        _ => StatusCode::FORBIDDEN,
    };
    if arrival.wants.media().is_html() {
        return page(arrival, site, status, return_to);
    }
    arrival.facts.guard = Guard::Door;
    let (media, policy) = (arrival.wants.media(), policy(arrival));
    let reply = error_page::problem(status, WHY, media, &arrival.facts, &policy);
    with_pause(arrival, reply)
}

/// The door itself.
pub fn page(arrival: &mut Arrival, site: &SitePage, status: StatusCode, return_to: &str) -> Reply {
    arrival.facts.guard = Guard::Door;
    arrival.facts.vary = language::vary_of_page(&arrival.facts);
    let Chosen { language, by_address } = choose(arrival, site);
    let offers = |way: Way| site.access.as_ref().is_some_and(|access| access.ways.contains(&way));
    let token = arrival.facts.address.query.get(TOKEN.name);
    let to_provider = PROVIDER.to_owned() + &Query::of(RETURN_TO, return_to).suffix();
    let provider = site.access.as_ref().and_then(|access| access.provider.as_deref());
    let html = page_render::door(&Door {
        name: &site.name,
        host: arrival.host.as_str(),
        language,
        keeps_language: by_address,
        is_private: site.visibility != Visibility::Layered,
        by_password: offers(Way::Password),
        by_mail: offers(Way::Mail),
        link: token.as_deref().filter(|_| is_link(arrival)),
        provider: provider
            .filter(|_| offers(Way::Provider))
            .map(|name| (to_provider.as_str(), name)),
        return_to,
        notice: arrival.notice.map(|notice| match notice {
            Notice::WrongPassword => DoorNotice::WrongPassword,
            Notice::WrongAddress => DoorNotice::WrongAddress,
            Notice::WrongCode => DoorNotice::WrongCode,
            Notice::LinkOver => DoorNotice::LinkOver,
            Notice::Mailed => DoorNotice::Mailed,
            Notice::Busy { .. } => DoorNotice::Busy,
            Notice::Unavailable => DoorNotice::Unavailable,
            Notice::SignedOut => DoorNotice::SignedOut,
            Notice::NotSignedIn => DoorNotice::NotSignedIn,
            Notice::NotKnown => DoorNotice::NoAccess,
        }),
    });
    let policy = policy(arrival);
    let reply = Reply::of(status, html, &Media::PAGE, &policy, &arrival.facts);
    with_pause(arrival, reply)
}

/// What the visitor's session is, and, where they come as somebody else, whether they want to go on there. Without one, they are
/// let in for where they come from.
pub fn session(arrival: &mut Arrival, site: &SitePage, session: Option<&Session>, onward: Option<&str>) -> Reply {
    arrival.facts.guard = Guard::LetIn;
    let Chosen { language, by_address } = choose(arrival, site);
    let offset_minutes = site.audiences.first().map_or(0, |current| current.as_of.offset_minutes);
    let stamp = |at_ms: u64| Stamp {
        at_ms: i64::try_from(at_ms).unwrap_or(i64::MAX),
        offset_minutes,
    };
    let html = page_render::session(&SessionPage {
        name: &site.name,
        host: arrival.host.as_str(),
        language,
        keeps_language: by_address,
        lasts: session.map(|session| (stamp(session.began_ms), stamp(session.expires_ms))),
        person: session.and_then(|session| session.person.as_deref()),
        way: session.and_then(|session| session.way),
        provider: site.access.as_ref().and_then(|access| access.provider.as_deref()),
        onward,
    });
    Reply::of(StatusCode::OK, html, &Media::PAGE, &CachePolicy::Never, &arrival.facts)
}

/// The same for a host that nobody has and for a page that the visitor may not know of.
pub fn error(arrival: &Arrival, error: ErrorPage) -> Reply {
    let chosen = language::choose(LanguageSource::Visitor, &arrival.facts, Language::default());
    let (media, facts, policy) = (arrival.wants.media(), &arrival.facts, arrival.policy());
    error.reply(&arrival.host, media, facts, chosen.language, &policy)
}

pub fn choose(arrival: &Arrival, site: &SitePage) -> Chosen {
    language::choose(LanguageSource::Visitor, &arrival.facts, site.language)
}

/// What one visitor is told is for them alone.
fn policy(arrival: &Arrival) -> CachePolicy {
    match arrival.notice.is_some() || is_link(arrival) {
        true => CachePolicy::Never,
        false => arrival.policy(),
    }
}

fn is_link(arrival: &Arrival) -> bool {
    matches!(arrival.wants, Wants::Entrance(Entrance::LookAtLink))
}

/// Says when it is worth asking again.
fn with_pause(arrival: &Arrival, mut reply: Reply) -> Reply {
    let seconds = match arrival.notice {
        Some(Notice::Busy { retry_after_s }) => retry_after_s,
        Some(Notice::Unavailable) => AWAY_RETRY_AFTER_S,
        _ => return reply,
    };
    let headers = reply.response.headers_mut();
    headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    reply
}

const WHY: &str = "This status page is private. Sign in at /.pharos/sign-in, and send the cookie that it sets.";
/// When it is worth asking again whether the origin is back.
const AWAY_RETRY_AFTER_S: u32 = 5;
