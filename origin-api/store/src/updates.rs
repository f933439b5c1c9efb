//! Updates of incidents and of maintenances, which are stored alike.

use origin_compose::{
    detail::UPDATES_MAX,
    timeline::{Course, Timeline, Told},
};
use origin_engine::{
    rows::{id, json, moment, of_json, optional_moment, state},
    scope::Parent,
    sql::{self, Columns as _, Row},
    tx::{Refusal, Tx},
};
use origin_objects::{
    audiences::Audiences,
    fault::Fault,
    markdown::Body,
    moment::Moment,
    status_change::StatusChange,
    string_enum::StringEnum,
    update::{UpdatePatch, not_for_some},
};
use page_model::Id;

use crate::{access::audiences, components::words, limits::EVENT_TEXT_BYTES_MAX};

/// An update with a status of type `S`.
#[derive(Debug, Clone)]
pub struct Update<S> {
    pub id: Id,
    pub status: S,
    pub audiences: Audiences,
    pub body: String,
    pub at: Moment,
    pub displayed_at: Option<Moment>,
    pub updated_at: Option<Moment>,
}

/// An update before it is written.
pub struct NewUpdate<'a, S> {
    pub id: &'a Id,
    /// `None`: it leaves the event as it was.
    pub status: Option<S>,
    /// Who sees it of those who see the event; `None` for all of them.
    pub audiences: Option<&'a Audiences>,
    pub body: &'a Body,
    pub at_ms: i64,
    pub displayed_at: Option<Moment>,
    /// What it says of components; `None` for nothing.
    pub components: Option<&'a [StatusChange]>,
    /// Where the request says that.
    pub field: &'a str,
}

/// The update as it stands in the timeline; `None` where the page has one of that id.
pub async fn insert<S: StringEnum + Course>(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    new: NewUpdate<'_, S>,
) -> Result<Option<Told<S>>, Refusal> {
    let displayed_at_ms = tx.displayed(new.displayed_at)?;
    let for_all = Audiences::default();
    let audiences = new.audiences.unwrap_or(&for_all);
    audiences::expect(tx.conn, parent.page, audiences).await?;
    let query = sql::query(
        "INSERT INTO updates (page_id, id, parent_kind, parent_id, status, status_given, components_given, body,
             body_html, at_ms, displayed_at_ms, ordinal, seq, audiences)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12, $13) ON CONFLICT DO NOTHING",
    );
    let query = query.bind(parent.page.as_str()).bind(new.id.as_str());
    let query = query.bind(parent.kind.as_str()).bind(parent.id.as_str());
    let query = query.bind(new.status.unwrap_or(S::FIRST).as_str());
    let query = query.bind(new.status.is_some()).bind(new.components.is_some());
    let query = query.bind(&new.body.text).bind(&new.body.html);
    let query = query.bind(new.at_ms).bind(displayed_at_ms).bind(tx.seq);
    let query = query.bind(json(audiences));
    if query.execute(&mut *tx.conn).await?.rows_affected() == 0 {
        return Ok(None);
    }
    expect_room(tx, parent, new.body).await?;
    let words = words::add(tx, parent.page, new.id, new.components.unwrap_or_default(), new.field).await?;
    Ok(Some(Told {
        update: new.id.clone(),
        at_ms: new.at_ms,
        status: new.status,
        words: new.components.map(|_| words),
    }))
}

/// The first update of what a request creates, in which its id has a name of its own.
pub async fn insert_first<S: StringEnum + Course>(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    new: NewUpdate<'_, S>,
) -> Result<Told<S>, Refusal> {
    let taken = taken(new.id);
    let told = insert(tx, parent, new).await?;
    told.ok_or_else(|| taken.at("update_id").into())
}

pub fn taken(update: &Id) -> Fault {
    Fault::taken("id", format!("the page has an update {update} already"))
}

/// An update that leaves its event as it was and says nothing of components; false where the page has one of that id. Nothing
/// follows from it but its own status, so it costs the same in an event of any length.
pub async fn insert_silent<S: StringEnum + Course>(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    id: &Id,
    (body, audiences): (&Body, Option<&Audiences>),
    (at, displayed_at): (Option<Moment>, Option<Moment>),
) -> Result<bool, Refusal> {
    let query = sql::query(FIRST_AND_LAST).bind(parent.page.as_str());
    let query = query.bind(parent.kind.as_str()).bind(parent.id.as_str());
    let row = query.fetch_one(&mut *tx.conn).await?;
    let (start_ms, newest_ms) = (row.try_get("first_ms")?, row.try_get("last_ms")?);
    let new = NewUpdate::<S> {
        id,
        status: None,
        audiences,
        body,
        at_ms: moment_in(tx, start_ms, newest_ms, at).await?,
        displayed_at,
        components: None,
        field: "components",
    };
    let Some(told) = insert(tx, parent, new).await? else {
        return Ok(false);
    };
    let query = sql::query(AS_BEFORE).bind(parent.page.as_str());
    let query = query.bind(parent.kind.as_str()).bind(parent.id.as_str());
    let query = query.bind(id.as_str()).bind(told.at_ms);
    query.execute(&mut *tx.conn).await?;
    Ok(true)
}

/// The moment of a new update: the one that is named, not before the start of its event; or now, behind all others.
pub async fn moment_in(
    tx: &mut Tx<'_>,
    start_ms: Option<i64>,
    newest_ms: Option<i64>,
    at: Option<Moment>,
) -> Result<i64, Refusal> {
    let Some(at) = at else {
        return Ok(tx.after(newest_ms).await?);
    };
    let at_ms = tx.moment(Some(at))?;
    match start_ms {
        Some(start_ms) if at_ms < start_ms => Err(before_start(start_ms).into()),
        _ => Ok(at_ms),
    }
}

/// Corrects the text or the moments of an update. The first one takes the start of its event along, and stays the first.
pub async fn correct<S: Course>(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    timeline: &Timeline<S>,
    update: &Id,
    patch: UpdatePatch,
) -> Result<(), Refusal> {
    let at_ms = match patch.at {
        None => None,
        Some(at) => Some(corrected_moment(tx, timeline, update, at)?),
    };
    if let Some(audiences) = &patch.audiences {
        expect_for_some(tx, parent, update, audiences).await?;
    }
    let corrected = patch.body.clone();
    let (body, body_html) = patch.body.map(|body| (body.text, body.html)).unzip();
    let query = sql::query(
        "UPDATE updates SET body = COALESCE($3, body), body_html = COALESCE($4, body_html), at_ms = COALESCE($5, at_ms),
             displayed_at_ms = CASE WHEN $6 THEN $7 ELSE displayed_at_ms END,
             updated_at_ms = $8, seq = $9, audiences = COALESCE($10, audiences)
         WHERE page_id = $1 AND id = $2",
    );
    let query = query.bind(parent.page.as_str()).bind(update.as_str());
    let query = query.bind(body).bind(body_html).bind(at_ms);
    let query = query.bind(patch.displayed_at.is_some());
    let query = query.bind(tx.displayed(patch.displayed_at.flatten())?);
    let query = query.bind(tx.now_ms).bind(tx.seq);
    let query = query.bind(patch.audiences.as_ref().map(json));
    query.execute(&mut *tx.conn).await?;
    match &corrected {
        Some(body) => expect_room(tx, parent, body).await,
        None => Ok(()),
    }
}

/// An update that says something of its event or of components is for all who see the event.
async fn expect_for_some(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    update: &Id,
    audiences: &Audiences,
) -> Result<(), Refusal> {
    audiences::expect(tx.conn, parent.page, audiences).await?;
    let query =
        sql::query("SELECT status_given OR components_given AS says FROM updates WHERE page_id = $1 AND id = $2");
    let query = query.bind(parent.page.as_str()).bind(update.as_str());
    let row = query.fetch_optional(&mut *tx.conn).await?;
    let says: bool = row.map_or(Ok(false), |row| row.try_get("says"))?;
    match says && !audiences.is_public() {
        true => Err(not_for_some().into()),
        false => Ok(()),
    }
}

/// Whether the updates that an event shows are few enough with the one that was just written. One that is no larger than its
/// equal part of the room is not looked at: so small ones cost the same in an event of any length, and make at most as much
/// again.
async fn expect_room(tx: &mut Tx<'_>, parent: Parent<'_>, body: &Body) -> Result<(), Refusal> {
    let bytes = (body.text.len() + body.html.len()) as i64;
    if bytes <= EVENT_TEXT_BYTES_MAX / UPDATES_MAX as i64 {
        return Ok(());
    }
    let query = sql::query(SHOWN_TEXT_BYTES).bind(parent.page.as_str());
    let query = query.bind(parent.kind.as_str()).bind(parent.id.as_str());
    let row = query.bind(UPDATES_MAX as i64).fetch_one(&mut *tx.conn).await?;
    let all: i64 = row.try_get("text_bytes")?;
    if all <= EVENT_TEXT_BYTES_MAX {
        return Ok(());
    }
    let detail = format!(
        "the updates of one {} have at most {EVENT_TEXT_BYTES_MAX} bytes of text and HTML; with the {bytes} of this one they \
         would have {all}",
        parent.kind.as_str()
    );
    Err(Fault::invalid("body", detail).into())
}

/// What it said goes with it.
pub async fn remove<S: Course>(
    tx: &mut Tx<'_>,
    parent: Parent<'_>,
    timeline: &Timeline<S>,
    update: &Id,
) -> Result<(), Refusal> {
    if timeline.updates.len() < 2 {
        let detail = format!(
            "this is the only update of its {}; delete that instead",
            parent.kind.as_str()
        );
        return Err(Fault::conflict(detail).into());
    }
    let query = sql::query("DELETE FROM updates WHERE page_id = $1 AND id = $2");
    let query = query.bind(parent.page.as_str()).bind(update.as_str());
    query.execute(&mut *tx.conn).await?;
    Ok(())
}

pub async fn remove_all(tx: &mut Tx<'_>, parent: Parent<'_>) -> sql::Result<()> {
    let query = sql::query("DELETE FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3");
    let query = query.bind(parent.page.as_str()).bind(parent.kind.as_str());
    query.bind(parent.id.as_str()).execute(&mut *tx.conn).await?;
    Ok(())
}

pub fn of_row<S: StringEnum>(row: &Row) -> sql::Result<Update<S>> {
    Ok(Update {
        id: id(row, "id")?,
        status: state(row, "status")?,
        audiences: of_json(row, "audiences")?,
        body: row.try_get("body")?,
        at: moment(row, "at_ms")?,
        displayed_at: optional_moment(row, "displayed_at_ms")?,
        updated_at: optional_moment(row, "updated_at_ms")?,
    })
}

fn corrected_moment<S: Course>(tx: &Tx<'_>, timeline: &Timeline<S>, update: &Id, at: Moment) -> Result<i64, Refusal> {
    let at_ms = tx.moment(Some(at))?;
    match timeline.updates.as_slice() {
        [first, second, ..] if first.update == *update && at_ms > second.at_ms => {
            let second = String::from(Moment(second.at_ms));
            let detail = format!("the first update stays the first, and the second is at {second}");
            Err(Fault::invalid("at", detail).into())
        }
        [first, ..] if first.update != *update && at_ms < first.at_ms => Err(before_start(first.at_ms).into()),
        _ => Ok(at_ms),
    }
}

fn before_start(start_ms: i64) -> Fault {
    let start = String::from(Moment(start_ms));
    Fault::invalid(
        "at",
        format!("an update is not before the first one, which is at {start}; move that first"),
    )
}

const SHOWN_TEXT_BYTES: &str = "
    SELECT COALESCE(SUM(text_bytes), 0) AS text_bytes FROM (
        SELECT octet_length(body) + octet_length(body_html) AS text_bytes FROM updates
        WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3
        ORDER BY at_ms DESC, ordinal DESC LIMIT $4)";
const FIRST_AND_LAST: &str = "
    SELECT (SELECT MIN(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3) AS first_ms,
           (SELECT MAX(at_ms) FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3) AS last_ms";
/// The one that was pushed last is behind all others of its moment.
const AS_BEFORE: &str = "
    UPDATE updates SET status = (
        SELECT status FROM updates WHERE page_id = $1 AND parent_kind = $2 AND parent_id = $3 AND at_ms <= $5 AND id <> $4
        ORDER BY at_ms DESC, ordinal DESC LIMIT 1)
    WHERE page_id = $1 AND id = $4";
