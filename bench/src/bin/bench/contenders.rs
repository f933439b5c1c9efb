//! The ways to our page, and which peers each is held against.

use crate::{private::PAST_THE_CACHE, report::Target};

/// A way to the page.
pub struct Contender {
    pub name: &'static str,
    /// Index into `ENCODINGS`.
    pub encoding: usize,
    pub path: &'static str,
    pub header: Option<(&'static str, &'static str)>,
    pub rivals: &'static [Rival],
    /// Our CPU for each visit, in microseconds.
    pub cpu_us: Target,
}

/// A peer in the same rounds.
pub struct Rival {
    pub peer: Peer,
    /// Of our replies per second to the peer's.
    pub speed: Target,
    /// Of our CPU for each visit to the peer's.
    pub cpu: Target,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Peer {
    /// The same bytes as a static file.
    Nginx,
    /// The same bytes from Redis, through Node, behind nginx.
    NodeCached,
    /// Node draws a like page for each visit.
    NodeRendered,
    /// Its own page, which has as many components.
    Vigil,
}

impl Peer {
    pub fn name(self) -> &'static str {
        match self {
            Self::Nginx => "nginx, static file",
            Self::NodeCached => "nginx, Node, Redis: cached page",
            Self::NodeRendered => "nginx, Node, Redis: drawn page",
            Self::Vigil => "Vigil",
        }
    }
}

const fn nginx(least: f64, cpu_most: Target) -> Rival {
    Rival {
        peer: Peer::Nginx,
        speed: Target::AtLeast(least),
        cpu: cpu_most,
    }
}

const fn peer(peer: Peer, speed: Target) -> Rival {
    Rival {
        peer,
        speed,
        cpu: Target::None,
    }
}

const LIKE_A_FILE: [Rival; 1] = [nginx(1.0, Target::AtMost(CPU_TO_NGINX_MAX))];
const CPU_TO_NGINX_MAX: f64 = 1.2;
const GUEST_CPU_US_MAX: f64 = 45.0;

pub const CONTENDERS: [Contender; 6] = [
    Contender {
        name: "warm page, brotli",
        encoding: 0,
        path: "/",
        header: None,
        rivals: &[
            nginx(1.0, Target::AtMost(CPU_TO_NGINX_MAX)),
            peer(Peer::NodeCached, Target::AtLeast(2.5)),
            peer(Peer::Vigil, Target::None),
        ],
        cpu_us: Target::None,
    },
    Contender {
        name: "warm page, gzip",
        encoding: 1,
        path: "/",
        header: None,
        rivals: &LIKE_A_FILE,
        cpu_us: Target::None,
    },
    Contender {
        name: "warm page, not compressed",
        encoding: 2,
        path: "/",
        header: None,
        rivals: &LIKE_A_FILE,
        cpu_us: Target::None,
    },
    Contender {
        name: "warm page, with a cookie of others",
        encoding: 0,
        path: "/",
        header: Some((
            "Cookie",
            "_ga=GA1.1.1234567890.1700000000; _gid=GA1.1.987654321.1700000000",
        )),
        rivals: &LIKE_A_FILE,
        cpu_us: Target::None,
    },
    Contender {
        name: "warm page, with utm_source",
        encoding: 0,
        path: "/?utm_source=newsletter&utm_medium=email",
        header: None,
        rivals: &LIKE_A_FILE,
        cpu_us: Target::None,
    },
    Contender {
        name: "through the guest",
        encoding: 0,
        path: "/",
        header: Some(PAST_THE_CACHE),
        rivals: &[
            nginx(0.4, Target::None),
            peer(Peer::NodeCached, Target::AtLeast(1.2)),
            peer(Peer::NodeRendered, Target::None),
        ],
        cpu_us: Target::AtMost(GUEST_CPU_US_MAX),
    },
];
