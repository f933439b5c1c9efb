//! Sessions whose signature was found good. To check one costs more than all else of a visit, and who reads a page comes again.

use std::cell::RefCell;

use page_model::{
    access::{Session, SessionKey},
    session,
};

use super::recent::Recent;

/// A session of one of these keys.
pub fn session(text: &str, keys: &[SessionKey]) -> Option<Session> {
    remembered(text, keys).or_else(|| {
        let (session, key) = session::open(text, keys).ok()?;
        remember(Verified {
            text: text.to_owned(),
            key,
            session: session.clone(),
        });
        Some(session)
    })
}

struct Verified {
    text: String,
    /// It counts as long as the page has this key.
    key: SessionKey,
    session: Session,
}

impl Verified {
    /// From the end, since sessions of one page begin alike.
    fn is_of(&self, text: &str) -> bool {
        self.text.len() == text.len() && self.text.bytes().rev().eq(text.bytes().rev())
    }
}

fn remembered(text: &str, keys: &[SessionKey]) -> Option<Session> {
    RECENT.with_borrow_mut(|recent| {
        let known = recent.find(|known| known.is_of(text));
        let known = known.filter(|known| keys.contains(&known.key))?;
        Some(known.session.clone())
    })
}

fn remember(verified: Verified) {
    RECENT.with_borrow_mut(|recent| recent.add(verified, REMEMBERED_MAX));
}

thread_local! {
    static RECENT: RefCell<Recent<Verified>> = const { RefCell::new(Recent::new()) };
}

/// Strangers cannot fill it, since only good signatures are remembered; a text has at most `SESSION_CHARS_MAX`.
const REMEMBERED_MAX: usize = 64;

#[cfg(test)]
mod tests {
    use ed25519_dalek::SigningKey;
    use page_model::{AudienceId, ContentHash, Host, PageId};

    use super::*;

    fn key(id: u32) -> (SigningKey, SessionKey) {
        let key = SigningKey::from_bytes(&[u8::try_from(id).expect("a small id"); 32]);
        let public = SessionKey {
            id,
            key: ContentHash(key.verifying_key().to_bytes()),
        };
        (key, public)
    }

    fn one(number: u8) -> Session {
        Session {
            page: PageId::parse("northwind001").expect("a page id"),
            host: Host::parse("a.example").expect("a host"),
            audience: AudienceId::of_set(&[]),
            id: vec![number; 16],
            revision: 0,
            epoch: 1,
            began_ms: 1,
            renew_ms: 2,
            expires_ms: 3,
            person: None,
            way: None,
            proof: Vec::new(),
        }
    }

    #[test]
    fn a_remembered_session_is_the_one_of_its_text_and_counts_with_its_key_alone() {
        let (secret, public) = key(7);
        let texts: Vec<String> = (0..100).map(|number| session::seal(&one(number), 7, &secret)).collect();
        for number in (0..100).chain([99, 99, 40, 0]) {
            let opened = session(&texts[usize::from(number)], &[public]);
            assert_eq!(opened, Some(one(number)));
            assert!(RECENT.with_borrow(|recent| recent.iter().len()) <= REMEMBERED_MAX);
        }
        let text = &texts[0];
        let replaced = SessionKey {
            key: key(8).1.key,
            ..public
        };
        for others in [vec![], vec![key(8).1], vec![replaced]] {
            assert_eq!(session(text, &others), None);
        }
        assert_eq!(session(text, &[key(8).1, public]), Some(one(0)));
    }

    #[test]
    fn what_is_not_good_is_not_remembered() {
        let (secret, public) = key(7);
        let text = session::seal(&one(1), 7, &secret);
        assert_eq!(session(&text, &[public]), Some(one(1)));
        for at in 0..text.len() {
            let mut changed = text.clone().into_bytes();
            changed[at] = if changed[at] == b'Q' { b'g' } else { b'Q' };
            let changed = String::from_utf8(changed).expect("ASCII");
            for _ in 0..2 {
                assert!(session(&changed, &[public]).is_none(), "{at}");
            }
        }
        assert_eq!(RECENT.with_borrow(|recent| recent.iter().len()), 1);
    }
}
