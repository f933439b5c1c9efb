//! What a person is told: a line for each thing that is not as the documents have it.

use std::fmt;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    pub kind: NoteKind,
    /// What it is about, such as `incident abc "Name"`.
    pub about: String,
    pub what: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NoteKind {
    /// Brought over, in a form that Pharos takes.
    Adapted,
    /// Brought over before, and changed there since.
    Follows,
    /// Changed here since it was brought over, and not there: left so.
    Kept,
    /// Neither side's word can be taken for the other's.
    Differs,
    /// Cannot be brought over.
    Refused,
}

#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Notes(Vec<Note>);

impl Notes {
    pub fn add(&mut self, kind: NoteKind, about: &str, what: impl Into<String>) {
        let note = Note {
            kind,
            about: about.into(),
            what: what.into(),
        };
        // What every update of an event has in common is said once.
        if !self.0.contains(&note) {
            self.0.push(note);
        }
    }

    /// That an id had to be made of another.
    pub fn add_id(&mut self, about: &str, found: &str, id: &str) {
        if found != id {
            self.add(NoteKind::Adapted, about, format!("its id {found:?} is told as {id}"));
        }
    }

    pub fn append(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    pub fn count(&self, kind: NoteKind) -> usize {
        self.0.iter().filter(|note| note.kind == kind).count()
    }

    /// Whether the page is not what the documents say, and nobody decided so.
    pub fn are_bad(&self) -> bool {
        self.count(NoteKind::Differs) + self.count(NoteKind::Refused) > 0
    }
}

impl fmt::Display for Notes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|note| writeln!(f, "{note}"))
    }
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.kind {
            NoteKind::Adapted => "adapted",
            NoteKind::Follows => "follows",
            NoteKind::Kept => "kept",
            NoteKind::Differs => "differs",
            NoteKind::Refused => "refused",
        };
        write!(f, "{word:<8} {}: {}", self.about, self.what)
    }
}
