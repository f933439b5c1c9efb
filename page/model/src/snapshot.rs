//! What one audience sees of a page now. The origin composes it whole; the edge draws it and computes nothing.

use serde::{Deserialize, Serialize};

use crate::{
    asset::Asset,
    ids::{Host, Id, PageId},
    language::{self, Language},
    limits::{FOLDED_COMPONENTS_MIN, GROUP_LINES_MAX, LINES_MAX, OPEN_COMPONENTS_MAX, WELL_GROUPS_MAX},
    stamp::Stamp,
    status::{Impact, IncidentStatus, MaintenanceStatus, Status},
};

pub use crate::page_status::PageStatus;
pub use crate::uptime::{BadDay, DayLevel, Run, Uptime};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    pub page: Page,
    /// The moment at which all of this was true.
    pub as_of: Stamp,
    #[serde(rename = "headline")]
    pub status: PageStatus,
    pub announcement: Option<Announcement>,
    /// Unresolved incidents, those resolved in the last days, the `RECENT_EVENTS_MAX` most recent and as many that were told
    /// last; newest first.
    pub incidents: Vec<Incident>,
    /// Maintenances that are not over, those completed in the last days, the most recent and those told last; newest start
    /// first. Of very many that are planned the next ones.
    pub maintenances: Vec<Maintenance>,
    /// Maintenances that were called off, so that a calendar can take them back; newest start first.
    #[serde(default)]
    pub cancelled: Vec<Cancelled>,
    /// Groups in the order of the page; components without a group stand in groups without a name.
    pub groups: Vec<Group>,
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// The last days, newest first, quiet ones included.
    pub past: Vec<PastDay>,
    /// Months that have an archive, newest first, as `yyyy-mm`.
    pub archive_months: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Page {
    pub id: PageId,
    pub name: String,
    /// Sanitised HTML.
    #[serde(default)]
    pub description_html: String,
    /// The description as plain text, for programs and previews.
    #[serde(default)]
    pub description: String,
    /// The host that permanent links name.
    pub host: Option<Host>,
    /// The host that the page had first, where that is another: it names the entries of feeds for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_host: Option<Host>,
    /// The product's own site, an `https` or `http` URL.
    pub website: Option<String>,
    /// IANA name, for readers; every stamp carries its offset.
    pub time_zone: String,
    /// What visitors read who ask for no language that the interface speaks.
    #[serde(default, deserialize_with = "language::known")]
    pub language: Language,
    #[serde(default)]
    pub branding: Branding,
}

/// What makes a page its owner's. Everything is checked and sanitised at the origin.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Branding {
    /// Title of the browser's tab and of previews, instead of one made from the page's name.
    pub title: Option<String>,
    pub logo: Option<Asset>,
    /// Instead of it on a dark ground.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_dark: Option<Asset>,
    pub favicon: Option<Asset>,
    /// One block of CSS, the accent colour and the owner's own rules; its hash stands in the site record for the content
    /// security policy. Empty where there is none.
    #[serde(default)]
    pub style: String,
    #[serde(default)]
    pub links: Vec<Link>,
    #[serde(default)]
    pub embed: Embed,
    /// Whether links to the page are shown with its picture, which strangers see too: nobody's who see more than these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub previewed: bool,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Link {
    pub text: String,
    /// An `https`, `http` or `mailto` URL.
    pub url: String,
}

/// How the banner on the customer's own site behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Embed {
    pub position: EmbedPosition,
    /// Whether it is there when everything is fine, too.
    pub always: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmbedPosition {
    #[default]
    BottomRight,
    BottomLeft,
    TopRight,
    TopLeft,
}

/// A text of the publisher above everything else, such as a date to know.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Announcement {
    /// Markdown.
    pub body: String,
    /// Sanitised HTML.
    pub body_html: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// `None` for components that stand without a group.
    pub named: Option<NamedGroup>,
    /// The worst of its components.
    pub status: Status,
    pub components: Vec<Component>,
}

impl Snapshot {
    /// A large page has only the components of those groups in which something is wrong.
    pub fn is_large(&self) -> bool {
        self.components() > OPEN_COMPONENTS_MAX
    }

    pub fn components(&self) -> usize {
        self.groups.iter().map(|group| group.components.len()).sum()
    }

    /// From some size on what is well is folded to one line for each group.
    pub fn folds(&self) -> bool {
        self.components() >= FOLDED_COMPONENTS_MIN
    }

    /// The groups that stand on the page, and those behind them that are well and share one line.
    pub fn groups_on_page(&self) -> (Vec<&Group>, Vec<&Group>) {
        let mut well = 0;
        let shown = self.groups.iter().filter(|group| group.is_shown());
        shown.partition(|group| {
            well += usize::from(group.has_own_page());
            !group.has_own_page() || well <= WELL_GROUPS_MAX
        })
    }

    pub fn unresolved(&self) -> usize {
        self.incidents
            .iter()
            .filter(|incident| !incident.status.is_over())
            .count()
    }
}

/// Which part of a group the page shows; programs get everything.
impl Group {
    pub fn is_shown(&self) -> bool {
        let waits = self.display() == GroupDisplay::OnlyWhenDegraded && !self.is_in_trouble();
        !waits && self.shown().next().is_some()
    }

    /// Whether its components are to be seen without a click, on a page that folds what is well or does not.
    pub fn is_open(&self, folds: bool) -> bool {
        self.is_in_trouble() || self.named.is_none() || self.display() == GroupDisplay::Open && !folds
    }

    /// The components with a line of their own, and those that share one: in a large group that cannot be folded as a whole, all
    /// that are well.
    pub fn lines(&self) -> (Vec<&Component>, Vec<&Component>) {
        let lines_max = match (&self.named, self.is_in_trouble()) {
            (None, _) => LINES_MAX,
            (Some(_), true) => GROUP_LINES_MAX,
            (Some(_), false) => usize::MAX,
        };
        let is_large = self.shown().count() > lines_max;
        self.shown()
            .partition(|one| !is_large || one.status != Status::Operational)
    }

    /// Whether a large page leaves its components to a page of their own.
    pub fn has_own_page(&self) -> bool {
        self.named.is_some() && !self.is_in_trouble()
    }

    pub fn is_in_trouble(&self) -> bool {
        self.status != Status::Operational
    }

    pub fn shown(&self) -> impl Iterator<Item = &Component> {
        let waits = |component: &Component| component.only_show_if_degraded && component.status == Status::Operational;
        self.components.iter().filter(move |component| !waits(component))
    }

    fn display(&self) -> GroupDisplay {
        self.named.as_ref().map(|named| named.display).unwrap_or_default()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NamedGroup {
    pub id: Id,
    pub name: String,
    /// As the publisher wrote it, Markdown.
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub description_html: String,
    #[serde(default)]
    pub display: GroupDisplay,
    pub position: i32,
    pub created_at: Stamp,
    pub updated_at: Stamp,
}

/// How a group stands on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GroupDisplay {
    #[default]
    Open,
    /// Folded while all is fine.
    Collapsed,
    /// Not there while all is fine.
    OnlyWhenDegraded,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Component {
    pub id: Id,
    pub name: String,
    /// As the publisher wrote it, Markdown.
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub description_html: String,
    pub status: Status,
    /// Whether the page leaves it out while it is operational.
    #[serde(default)]
    pub only_show_if_degraded: bool,
    pub position: i32,
    /// `yyyy-mm-dd`, where the publisher gave a day from which uptime counts.
    pub start_date: Option<String>,
    pub created_at: Stamp,
    pub updated_at: Stamp,
    /// `None` where the component shows no uptime or has no history yet.
    pub uptime: Option<Uptime>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Incident {
    pub id: Id,
    /// Counts the page's events; names the entry of a feed for ever.
    #[serde(default)]
    pub number: u64,
    pub name: String,
    pub status: IncidentStatus,
    pub impact: Impact,
    pub started_at: Stamp,
    /// When it was first watched after a fix.
    pub monitoring_at: Option<Stamp>,
    pub resolved_at: Option<Stamp>,
    /// When its words or its name were changed last, where that is not its newest update's moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Stamp>,
    pub components: Vec<Touched>,
    /// Newest first.
    pub updates: Vec<Update<IncidentStatus>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Maintenance {
    pub id: Id,
    /// Counts the page's events; names the entry of a feed for ever.
    #[serde(default)]
    pub number: u64,
    pub name: String,
    pub status: MaintenanceStatus,
    pub created_at: Stamp,
    pub starts_at: Stamp,
    pub ends_at: Stamp,
    /// When it began in fact.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Stamp>,
    pub completed_at: Option<Stamp>,
    /// When its words, its name or its times were changed last, where that is not its newest update's moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Stamp>,
    /// Counts what was changed of it: a calendar's `SEQUENCE`.
    #[serde(default)]
    pub revision: u32,
    /// The series that it is one of, where it recurs.
    #[serde(default)]
    pub series: Option<Id>,
    /// Minutes before the start at which subscribers are reminded.
    #[serde(default)]
    pub reminder_minutes: Vec<u32>,
    pub components: Vec<Touched>,
    /// Newest first.
    pub updates: Vec<Update<MaintenanceStatus>>,
}

impl Maintenance {
    /// When it began in fact, `None` before. Where nobody said when: as planned, or when it ended if that came first.
    pub fn began(&self) -> Option<Stamp> {
        if self.status == MaintenanceStatus::Scheduled {
            return None;
        }
        let ended_before = self.completed_at.filter(|end| end.at_ms < self.starts_at.at_ms);
        self.began_at.or(ended_before).or(Some(self.starts_at))
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cancelled {
    pub id: Id,
    pub name: String,
    pub starts_at: Stamp,
    pub ends_at: Stamp,
    pub cancelled_at: Stamp,
    pub revision: u32,
}

/// A component that an event touches, by its full name: a grouped one is `Group - Component`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Touched {
    pub id: Id,
    pub name: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    /// Orders the updates of an event.
    pub at: Stamp,
    /// Stands in place of `at` wherever the moment is shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub displayed_at: Option<Stamp>,
    /// When it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<Stamp>,
    /// As the publisher wrote it, Markdown.
    #[serde(default)]
    pub body: String,
    /// Sanitised HTML.
    pub body_html: String,
    /// The components that it changed; `None` where it names none.
    #[serde(default)]
    pub affected: Option<Vec<Affected>>,
}

impl Incident {
    /// When something of it was last said or changed.
    pub fn told_at(&self) -> Stamp {
        told_at(&self.updates, self.updated_at).unwrap_or(self.started_at)
    }
}

impl Maintenance {
    /// When something of it was last said or changed.
    pub fn told_at(&self) -> Stamp {
        told_at(&self.updates, self.updated_at).unwrap_or(self.created_at)
    }
}

fn told_at<S>(updates: &[Update<S>], changed: Option<Stamp>) -> Option<Stamp> {
    let newest = updates.first().map(|update| update.at);
    newest.max(changed)
}

impl<S> Update<S> {
    /// The moment that is shown.
    pub fn shown_at(&self) -> Stamp {
        self.displayed_at.unwrap_or(self.at)
    }
}

/// A component's status before and after an update.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Affected {
    pub id: Id,
    pub name: String,
    pub old_status: Status,
    pub new_status: Status,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastDay {
    /// `yyyy-mm-dd` in the page's zone.
    pub date: String,
    /// Incidents that are over and touched that day, newest first.
    pub incidents: Vec<Id>,
    /// Maintenances that are over and ran on that day.
    #[serde(default)]
    pub maintenances: Vec<Id>,
}

/// A number that the publisher measures, such as a response time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Metric {
    pub id: Id,
    pub name: String,
    /// Unit after the number, such as `ms`.
    pub suffix: String,
    /// Digits after the decimal point.
    pub decimals: u8,
    /// The last 24 hours, 7 days and 28 days.
    pub day: Series,
    pub week: Series,
    pub month: Series,
}

/// Averages over equal steps, oldest first; the last step contains the moment of the snapshot.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Series {
    pub step_minutes: u32,
    /// `None` where nothing was measured.
    pub points: Vec<Option<f64>>,
    /// Over all that was measured.
    pub average: Option<f64>,
    pub latest: Option<f64>,
}
