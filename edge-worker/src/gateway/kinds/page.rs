//! The pages that people read.

use super::text;
use crate::gateway::kind::{Draw, Drawn, Kind};

/// `/`
pub static INDEX: Kind = Kind {
    in_markdown: Some(&text::INDEX_IN_MARKDOWN),
    links: Some(LINKS),
    ..Kind::page(
        "index",
        Draw::Snapshot(|snapshot, request| page_render::index(snapshot, request.ask).into()),
    )
};

/// `/groups/{id}`
pub static GROUP: Kind = Kind::page(
    "group",
    Draw::Snapshot(|snapshot, request| {
        let drawn = request
            .id()
            .and_then(|id| page_render::group(snapshot, id, request.ask));
        drawn.map_or(Drawn::Missing, Drawn::from)
    }),
);

/// `/history`
pub static HISTORY: Kind = Kind::page(
    "history",
    Draw::Snapshot(|snapshot, request| page_render::history(snapshot, None, request.ask).into()),
);

/// `/history?component=`: strangers choose the id, so none is kept.
pub static HISTORY_OF_COMPONENT: Kind = Kind {
    kept: false,
    ..Kind::page(
        "history.component",
        Draw::Snapshot(|snapshot, request| {
            page_render::history(snapshot, request.component().as_ref(), request.ask).into()
        }),
    )
};

/// `/history/{month}`
pub static MONTH: Kind = Kind::page(
    "month",
    Draw::Archive(|archive, request| page_render::month(archive, None, request.ask).into()),
);

/// `/history/{month}?component=`: strangers choose the id, so none is kept.
pub static MONTH_OF_COMPONENT: Kind = Kind {
    kept: false,
    ..Kind::page(
        "month.component",
        Draw::Archive(|archive, request| page_render::month(archive, request.component().as_ref(), request.ask).into()),
    )
};

/// `/uptime?component=`: strangers choose the id, so none is kept.
pub static UPTIME_OF_COMPONENT: Kind = Kind {
    kept: false,
    ..Kind::page(
        "uptime.component",
        Draw::Snapshot(|snapshot, request| {
            page_render::uptime_of(snapshot, request.component().as_ref(), request.ask).into()
        }),
    )
};

/// `/uptime`
pub static UPTIME: Kind = Kind::page(
    "uptime",
    Draw::Snapshot(|snapshot, request| page_render::uptime(snapshot, request.ask).into()),
);

/// `/search?q=`: strangers choose the words, so none is kept.
pub static SEARCH: Kind = Kind {
    kept: false,
    ..Kind::page(
        "search",
        Draw::Snapshot(|snapshot, request| page_render::search(snapshot, &request.words(), request.ask).into()),
    )
};

/// `/search?q=&month=`: what is found in that month and in those before it.
pub static EARLIER_RESULTS: Kind = Kind {
    kept: false,
    ..Kind::page(
        "search.month",
        Draw::Months(|months, request| page_render::earlier_results(months, &request.words(), request.ask).into()),
    )
};

const LINKS: &str = "</status.md>; rel=\"alternate\"; type=\"text/markdown\", \
     </api/v2/summary.json>; rel=\"alternate\"; type=\"application/json\", \
     </history.atom>; rel=\"alternate\"; type=\"application/atom+xml\", \
     </history.rss>; rel=\"alternate\"; type=\"application/rss+xml\", \
     </calendar.ics>; rel=\"alternate\"; type=\"text/calendar\"";
