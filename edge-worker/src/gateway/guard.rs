//! What a reply of a page says that not everybody sees alike, over what every reply says.

use http::{HeaderMap, HeaderName, HeaderValue, header};
use page_address::cache_policy::{CROSS_ORIGIN_RESOURCE_POLICY, CachePolicy, Within};
use page_model::{
    AudienceId,
    access::Session,
    site::{SitePage, Visibility},
};

/// Whose content a reply has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Guard {
    /// Of a public page, or of no page.
    #[default]
    Open,
    /// What strangers see of a page that shows others more.
    PublicPart,
    /// That one has to be let in.
    Door,
    /// Of those who were let in.
    LetIn,
    /// For who has a link: it stands where its holder puts it, on other sites too.
    Capability,
}

/// That the visitor's session holds, of an audience set whose content is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Membership {
    pub set: AudienceId,
    /// Until the origin is to be asked again.
    pub session_s: u64,
}

impl Membership {
    /// `None` where the origin would have to be asked now.
    pub fn of(session: &Session, seen: &AudienceId, now_ms: u64) -> Option<Self> {
        let until_ms = session.renew_ms.min(session.expires_ms);
        let session_s = until_ms.saturating_sub(now_ms) / 1_000;
        (session_s > 0 && session.audience == *seen).then(|| Self {
            set: seen.clone(),
            session_s,
        })
    }
}

impl Guard {
    pub fn of(site: &SitePage, seen: &AudienceId) -> Self {
        match site.visibility {
            Visibility::Public => Self::Open,
            Visibility::Layered if *seen == AudienceId::public() => Self::PublicPart,
            Visibility::Layered | Visibility::Private | Visibility::Unknown => Self::LetIn,
        }
    }

    /// Nobody but those who see the same keep what is not for everybody, and nobody takes it for what another one sees.
    pub fn narrowed(self, policy: &CachePolicy, membership: Option<&Membership>) -> CachePolicy {
        match (self, policy) {
            (Self::PublicPart, CachePolicy::Public { fresh_s, keys, .. }) => CachePolicy::Passing {
                fresh_s: *fresh_s,
                keys: keys.clone(),
            },
            (Self::Capability, CachePolicy::Public { .. } | CachePolicy::Passing { .. }) => CachePolicy::Personal(None),
            (Self::LetIn, CachePolicy::Public { fresh_s, keys, .. } | CachePolicy::Passing { fresh_s, keys }) => {
                CachePolicy::Personal(membership.map(|membership| Within {
                    set: membership.set.clone(),
                    session_s: membership.session_s,
                    fresh_s: *fresh_s,
                    keys: keys.clone(),
                }))
            }
            (_, policy) => policy.clone(),
        }
    }

    /// No other site reads it, shows it or stands around it; its addresses are nobody else's business.
    pub fn write(self, headers: &mut HeaderMap) {
        if self == Self::Open {
            return;
        }
        if self == Self::Capability {
            headers.append(header::VARY, HeaderValue::from_static("authorization"));
            headers.insert(ROBOTS_TAG, HeaderValue::from_static(NOWHERE));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
            return;
        }
        headers.append(header::VARY, HeaderValue::from_static("cookie"));
        headers.remove(header::ACCESS_CONTROL_ALLOW_ORIGIN);
        headers.insert(CROSS_ORIGIN_RESOURCE_POLICY, HeaderValue::from_static("same-origin"));
        if let Some(policy) = headers.get_mut(header::CONTENT_SECURITY_POLICY) {
            *policy = without_frames(policy);
        }
        if self != Self::PublicPart {
            headers.insert(ROBOTS_TAG, HeaderValue::from_static(NOWHERE));
            headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
        }
    }
}

/// A policy that does not say so is not one of ours, and nothing is better than a guess.
fn without_frames(policy: &HeaderValue) -> HeaderValue {
    let text = policy.to_str().unwrap_or_default();
    let kept: Vec<&str> = text
        .split(';')
        .map(str::trim)
        .filter(|directive| !directive.is_empty() && !directive.starts_with("frame-ancestors"))
        .chain(["frame-ancestors 'none'"])
        .collect();
    HeaderValue::try_from(kept.join("; ")).unwrap_or(HeaderValue::from_static("default-src 'none'"))
}

const NOWHERE: &str = "noindex, noarchive";
const ROBOTS_TAG: HeaderName = HeaderName::from_static("x-robots-tag");
