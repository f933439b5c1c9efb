//! Lists a piece at a time. A cursor is the position of the last object seen, so nothing is skipped or repeated when objects
//! are added in between.

use std::str::FromStr;

use crate::rows::Versioned;

#[derive(Debug, Clone, Copy)]
pub struct Window {
    pub after: Option<Cursor>,
    pub limit: i64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    sort: i64,
    ordinal: i64,
}

pub struct Listed<T> {
    pub items: Vec<T>,
    pub next: Option<Cursor>,
}

impl Window {
    pub fn ascending(&self) -> (i64, i64) {
        self.after
            .map_or((i64::MIN, i64::MIN), |cursor| (cursor.sort, cursor.ordinal))
    }

    pub fn descending(&self) -> (i64, i64) {
        self.after
            .map_or((i64::MAX, i64::MAX), |cursor| (cursor.sort, cursor.ordinal))
    }

    /// Rows to read: one more than wanted tells whether there is a next piece.
    pub fn rows(&self) -> i64 {
        self.limit + 1
    }

    pub fn cut<T>(&self, mut found: Vec<Versioned<T>>) -> Listed<T> {
        let more = found.len() as i64 > self.limit;
        found.truncate(self.limit as usize);
        let last = found.last().map(|last| Cursor {
            sort: last.sort,
            ordinal: last.ordinal,
        });
        Listed {
            next: last.filter(|_| more),
            items: found.into_iter().map(|one| one.object).collect(),
        }
    }
}

impl std::fmt::Display for Cursor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}", self.sort, self.ordinal)
    }
}

impl FromStr for Cursor {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let (sort, ordinal) = text.split_once('.').ok_or(())?;
        Ok(Self {
            sort: sort.parse().map_err(|_| ())?,
            ordinal: ordinal.parse().map_err(|_| ())?,
        })
    }
}
