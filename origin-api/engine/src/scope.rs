//! Where an object stands: on a page, or below an incident or a maintenance of one.

use origin_objects::fault::Fault;
use page_model::{Id, PageId};

use crate::{
    sql::{self, Connection},
    tx::Refusal,
};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    pub page: PageId,
    /// The incident or the maintenance that updates belong to.
    pub parent: Option<(Kind, Id)>,
}

/// An incident or a maintenance, which has updates.
#[derive(Debug, Clone, Copy)]
pub struct Parent<'a> {
    pub page: &'a PageId,
    pub kind: Kind,
    pub id: &'a Id,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Incident,
    Maintenance,
}

impl Kind {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Incident => "incident",
            Self::Maintenance => "maintenance",
        }
    }

    fn exists(self) -> &'static str {
        match self {
            Self::Incident => "SELECT id FROM incidents WHERE page_id = $1 AND id = $2",
            Self::Maintenance => "SELECT id FROM maintenances WHERE page_id = $1 AND id = $2",
        }
    }
}

impl Scope {
    pub fn page(page: PageId) -> Self {
        Self { page, parent: None }
    }

    pub fn below(page: PageId, kind: Kind, id: Id) -> Self {
        Self {
            page,
            parent: Some((kind, id)),
        }
    }

    /// What an update belongs to; a request for updates always names it.
    pub fn parent(&self) -> Result<Parent<'_>, Refusal> {
        match &self.parent {
            Some((kind, id)) => Ok(Parent {
                page: &self.page,
                kind: *kind,
                id,
            }),
            None => Err(Fault::absent("an update belongs to an incident or to a maintenance").into()),
        }
    }

    /// What is below the page or the incident exists only where that does.
    pub async fn expect(&self, conn: &mut Connection) -> Result<(), Refusal> {
        match &self.parent {
            None => expect_page(conn, &self.page).await,
            Some((parent, id)) => {
                let query = sql::query(parent.exists()).bind(self.page.as_str()).bind(id.as_str());
                match query.fetch_optional(conn).await? {
                    Some(_) => Ok(()),
                    None => Err(absent_on(&self.page, parent.as_str(), id).into()),
                }
            }
        }
    }

    pub fn absent(&self, name: &str, id: &Id) -> Fault {
        match &self.parent {
            None => absent_on(&self.page, name, id),
            Some((parent, of)) => Fault::absent(format!("{} {of} has no {name} {id}", parent.as_str())),
        }
    }
}

pub async fn page_exists(conn: &mut Connection, page: &PageId) -> sql::Result<bool> {
    let query = sql::query("SELECT id FROM pages WHERE id = $1").bind(page.as_str());
    Ok(query.fetch_optional(conn).await?.is_some())
}

pub async fn expect_page(conn: &mut Connection, page: &PageId) -> Result<(), Refusal> {
    if page_exists(conn, page).await? {
        return Ok(());
    }
    Err(absent_page(page).into())
}

pub fn absent_page(page: &PageId) -> Fault {
    Fault::absent(format!("there is no page {page}"))
}

fn absent_on(page: &PageId, name: &str, id: &Id) -> Fault {
    Fault::absent(format!("page {page} has no {name} {id}"))
}
