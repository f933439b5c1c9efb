//! What a visit gets, decided here and nowhere else: pure, and tested over everything that can come together.
//!
//! Each time something is found (the site record, a finished page, a source, what came of drawing it), [`plan`] says what
//! comes of it: another look into the KV, or the reply. `respond.rs` builds what is decided here.

/// What of a view matters to the decision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ViewFacts {
    pub source: SourceKind,
    pub scope: Scope,
    /// Whether it is a page for people, who can be shown a skeleton until it is there; a program waits for its document.
    pub has_skeleton: bool,
    /// Whether finished ones are kept in the KV.
    pub kept: bool,
    /// Whether the page has more components than a visit draws.
    pub large: bool,
}

/// What a view is drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SourceKind {
    /// The site record alone.
    Site,
    Snapshot,
    /// A month of the archive.
    Archive,
    /// The snapshot, else the month that a permalink names.
    Event,
    Asset,
    /// The snapshot, sent as it lies there.
    Raw,
}

/// Whether the address alone says that there is such a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// The page as a whole: every page has it.
    Page,
    /// One group, event, month or picture: there may be none.
    Object,
}

/// What a visit has found so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    Site(SiteState),
    Finished {
        finished: FinishedState,
        /// The listing of the snapshot that is current does not have the object that the address names.
        is_unlisted: bool,
    },
    Source {
        place: Place,
        record: RecordState,
        finished: FinishedState,
    },
    Permalinks {
        month: MonthState,
        finished: FinishedState,
    },
    Drawing {
        place: Place,
        is_current: bool,
        drawing: Drawing,
        finished: FinishedState,
    },
}

/// What the region knows of the host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SiteState {
    /// The region has no data yet, or its KV fails, or the record does not decode.
    Unreadable,
    /// The region has data, and none of this host.
    Unknown,
    Removed,
    Moved,
    /// A page that this visitor may not know of.
    Hidden,
    /// A page that this visitor may know of and has to be let in to.
    Door,
    /// A page whose content for this visitor has not come yet.
    NotYet,
    /// A page that this visitor may see.
    Open,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FinishedState {
    Absent,
    Current,
    /// Or not known to be current: of an archived month only its own record tells.
    Outdated,
}

/// How the source was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// The address names it.
    Direct,
    /// A permalink led to a month of the archive. Found anew each time, so nothing finished is kept.
    Archive,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RecordState {
    Current,
    /// A snapshot that is not the one that the site record names.
    Older,
    Absent,
    /// The KV fails, or what lies there is no such record.
    Broken,
    /// The record is whole, and its body does not decode.
    Undecodable,
}

/// What the permalinks say of an event that the snapshot does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MonthState {
    Named,
    /// The page never had such an event: it is not listed, or nothing is.
    Unknown,
    /// The list cannot be read.
    Broken,
}

/// What came of drawing a view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Drawing {
    Text,
    /// The source does not have what the address names.
    Missing,
    Redirect,
    Refused,
    OverBudget,
    /// The body does not decode, or the template does not fit it. Another try would fail alike.
    Failed,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    ReadFinished,
    ReadSource,
    /// Ask in which month of the archive the event lies.
    ReadPermalinks,
    /// Read the month that the permalinks name.
    ReadArchive,
    Render(Budget),

    /// The finished page is what the visitor asks for.
    Hit,
    /// The visitor has it already.
    NotModified {
        store: bool,
    },
    /// What was just drawn.
    Fresh {
        is_current: bool,
        store: bool,
    },
    /// The finished page, though its content has changed since.
    Outdated {
        render_afterwards: bool,
    },
    /// The outline of the page, which asks for the page itself until it is there.
    Skeleton {
        render_afterwards: bool,
    },
    Picture,
    /// The source as it lies in the KV.
    Raw,
    /// At another path of the same host.
    Moved,
    /// The query asks for what does not exist.
    Refused,
    Missing,
    /// The page cannot be shown now.
    Unavailable,
    /// The page lies at another host.
    HostMoved,
    Gone,
    /// No page at this host that the visitor may know of.
    UnknownHost,
    /// The page is private, and how one gets in.
    Door,
}

/// How much work one visit may spend on drawing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Budget {
    /// What a visitor waits for; beyond it, something stands in until the page is finished.
    PerVisit,
    /// Nothing could stand in for it.
    Unlimited,
}

/// `visitor_has_it`: the visitor's `if-none-match` names the representation in question: the finished page, the one
/// just drawn, or before either the one that the site record promises.
pub fn plan(view: ViewFacts, visitor_has_it: bool, found: Found) -> Plan {
    match found {
        Found::Site(site) => after_site(view, visitor_has_it, site),
        Found::Finished { finished, is_unlisted } => after_finished(view, visitor_has_it, finished, is_unlisted),
        Found::Source {
            place,
            record,
            finished,
        } => after_source(view, visitor_has_it, place, record, finished),
        Found::Permalinks { month, finished } => after_permalinks(month, finished),
        Found::Drawing {
            place,
            is_current,
            drawing,
            finished,
        } => {
            let store = view.stores(place);
            match drawing {
                Drawing::Text if visitor_has_it => Plan::NotModified { store },
                Drawing::Text => Plan::Fresh { is_current, store },
                Drawing::Missing if view.source == SourceKind::Event && place == Place::Direct => Plan::ReadPermalinks,
                Drawing::Missing => Plan::Missing,
                Drawing::Redirect => Plan::Moved,
                Drawing::Refused => Plan::Refused,
                Drawing::OverBudget => view.after_over_budget(place, finished),
                Drawing::Failed => view.without_source(place, RecordState::Undecodable, finished),
            }
        }
    }
}

fn after_site(view: ViewFacts, visitor_has_it: bool, site: SiteState) -> Plan {
    match site {
        SiteState::Unreadable | SiteState::NotYet => Plan::Unavailable,
        // The same for a host that nobody has and for a page that the visitor may not know of.
        SiteState::Unknown | SiteState::Hidden => Plan::UnknownHost,
        SiteState::Door => Plan::Door,
        SiteState::Removed => Plan::Gone,
        SiteState::Moved => Plan::HostMoved,
        SiteState::Open if view.source == SourceKind::Site => Plan::Render(Budget::Unlimited),
        // Whether there is such an object, the site record does not say.
        SiteState::Open if visitor_has_it && view.is_named_by_site() && view.scope == Scope::Page => {
            Plan::NotModified { store: false }
        }
        SiteState::Open if view.kept || view.names_object_of_snapshot() => Plan::ReadFinished,
        SiteState::Open => Plan::ReadSource,
    }
}

fn after_finished(view: ViewFacts, visitor_has_it: bool, finished: FinishedState, is_unlisted: bool) -> Plan {
    if !view.is_named_by_site() {
        return Plan::ReadSource;
    }
    match finished {
        FinishedState::Current if visitor_has_it => Plan::NotModified { store: false },
        FinishedState::Current => Plan::Hit,
        _ if is_unlisted && view.source == SourceKind::Event => Plan::ReadPermalinks,
        _ if is_unlisted => Plan::Missing,
        FinishedState::Outdated if view.waits_for_rendering() => Plan::Outdated {
            render_afterwards: true,
        },
        FinishedState::Absent if view.waits_for_rendering() => Plan::Skeleton {
            render_afterwards: true,
        },
        FinishedState::Absent | FinishedState::Outdated => Plan::ReadSource,
    }
}

fn after_source(
    view: ViewFacts,
    visitor_has_it: bool,
    place: Place,
    record: RecordState,
    finished: FinishedState,
) -> Plan {
    let is_current = match record {
        RecordState::Current => true,
        RecordState::Older => false,
        fault => return view.without_source(place, fault, finished),
    };
    match (view.source, finished) {
        (SourceKind::Asset, _) if visitor_has_it => Plan::NotModified { store: false },
        (SourceKind::Asset, _) => Plan::Picture,
        (SourceKind::Raw, _) if is_current && visitor_has_it => Plan::NotModified { store: false },
        (SourceKind::Raw, _) if is_current => Plan::Raw,
        // A page drawn from it in the browser would be outdated and not say so.
        (SourceKind::Raw, _) => Plan::Unavailable,
        (_, FinishedState::Current) if is_current && visitor_has_it => Plan::NotModified { store: false },
        (_, FinishedState::Current) if is_current => Plan::Hit,
        (_, FinishedState::Current | FinishedState::Outdated) if !is_current => Plan::Outdated {
            render_afterwards: false,
        },
        _ if view.has_skeleton && view.stores(place) => Plan::Render(Budget::PerVisit),
        _ => Plan::Render(Budget::Unlimited),
    }
}

fn after_permalinks(month: MonthState, finished: FinishedState) -> Plan {
    match month {
        MonthState::Named => Plan::ReadArchive,
        MonthState::Unknown => Plan::Missing,
        MonthState::Broken => outdated_else(finished, Plan::Unavailable),
    }
}

/// Content fails stale: whatever is wrong, a finished page is better than none.
fn outdated_else(finished: FinishedState, otherwise: Plan) -> Plan {
    match finished {
        FinishedState::Absent => otherwise,
        FinishedState::Current | FinishedState::Outdated => Plan::Outdated {
            render_afterwards: false,
        },
    }
}

impl ViewFacts {
    /// Whether the site record names the content that it is drawn from.
    fn is_named_by_site(self) -> bool {
        matches!(self.source, SourceKind::Snapshot | SourceKind::Event)
    }

    /// The snapshot may not have what the address names, and is costly to decode: its listing is looked at first.
    pub fn names_object_of_snapshot(self) -> bool {
        self.is_named_by_site() && self.scope == Scope::Object
    }

    /// A large page is not even tried within the visit. The skeleton asks until the page is there, so there must surely be
    /// one, and it must be kept.
    fn waits_for_rendering(self) -> bool {
        self.large && self.has_skeleton && self.kept && self.scope == Scope::Page
    }

    fn stores(self, place: Place) -> bool {
        self.kept && place == Place::Direct
    }

    fn without_source(self, place: Place, record: RecordState, finished: FinishedState) -> Plan {
        // The site record names a snapshot, so there must be one: it is late, or comes again.
        let promised =
            place == Place::Direct && matches!(self.source, SourceKind::Snapshot | SourceKind::Event | SourceKind::Raw);
        let otherwise = match record {
            _ if promised && self.has_skeleton && self.scope == Scope::Page => Plan::Skeleton {
                // What does not decode would not decode afterwards either.
                render_afterwards: self.kept && record != RecordState::Undecodable,
            },
            RecordState::Absent if !promised => Plan::Missing,
            _ => Plan::Unavailable,
        };
        outdated_else(finished, otherwise)
    }

    /// It is there and was too much for the visit. Where a finished one is kept, the skeleton of an object ends too.
    fn after_over_budget(self, place: Place, finished: FinishedState) -> Plan {
        let render_afterwards = self.stores(place);
        match finished {
            FinishedState::Current | FinishedState::Outdated => Plan::Outdated { render_afterwards },
            FinishedState::Absent if self.has_skeleton && render_afterwards => Plan::Skeleton { render_afterwards },
            FinishedState::Absent => Plan::Unavailable,
        }
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
