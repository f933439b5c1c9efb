//! A visit that may see the page, step by step: what was found goes to the plan, and what the plan says is done.

use page_address::Subject;
use page_model::{Key, Permalinks, Record, asset::AssetBody, body, key::Month};

use super::{
    edge::Seen,
    error_page::ErrorPage,
    finished::Encoded,
    kind::{Draw, Drawn},
    listing::Listed,
    plan::{Budget, Drawing, FinishedState, Found, MonthState, Place, Plan, RecordState, SiteState, plan},
    reading::Reading,
    respond,
    source::{self, Unreadable},
    step::{AfterRead, Afterwards, Step},
    validator::Validator,
};

pub fn begin(reading: Box<Reading>) -> Step {
    let validator = reading.current_validator().clone();
    match decide(&reading, &validator, Found::Site(SiteState::Open)) {
        Plan::Render(_) => {
            let drawn = reading.draw_site();
            let validator = match &drawn {
                Some(Drawn::Text(text)) => Validator::of_bytes(text.as_bytes()),
                _ => validator,
            };
            answer_drawn(reading, validator, true, drawn, None)
        }
        plan => carry_out(reading, plan, None, &validator),
    }
}

pub fn resume_finished(mut reading: Box<Reading>, seen: Vec<Seen>) -> Step {
    let encoding = reading.facts.address.negotiation.encoding;
    let mut seen = seen.into_iter();
    let listed = match reading.listing_key() {
        Some(_) => reading.listed(seen.next().unwrap_or(Seen::Failed)),
        None => Listed::Yes,
    };
    reading.lacks_listing = listed == Listed::Unknown;
    let finished = seen
        .filter_map(Seen::found)
        .find_map(|bytes| Encoded::from_bytes(bytes, encoding));
    let validator = reading.current_validator().clone();
    let found = Found::Finished {
        finished: state_of(&finished, &validator),
        is_unlisted: listed == Listed::No,
    };
    let plan = decide(&reading, &validator, found);
    carry_out(reading, plan, finished, &validator)
}

pub fn resume_source(mut reading: Box<Reading>, finished: Option<Encoded>, mut seen: Vec<Seen>) -> Step {
    let others = seen.split_off(seen.len().min(1));
    let record = source::record(reading.source_key().as_ref(), reading.floor, seen);
    if let Ok(record) = &record {
        reading.take_others(others, record);
    }
    let mut state = match &record {
        Ok(record) if is_current(&reading, record) => RecordState::Current,
        Ok(_) => RecordState::Older,
        Err(Unreadable::Absent) => RecordState::Absent,
        Err(Unreadable::Broken) => RecordState::Broken,
    };
    let mut picture = Vec::new();
    let mut validator = match &record {
        Ok(record) => reading.validator_of(record),
        Err(_) => reading.current_validator().clone(),
    };
    if let (Draw::Asset, Ok(record)) = (&reading.view.kind.draw, &record) {
        match body::decode::<AssetBody>(&record.body) {
            Ok(asset) => {
                validator = Validator::of_bytes(&asset.bytes);
                picture = asset.bytes;
            }
            Err(_) => state = RecordState::Undecodable,
        }
    }
    let found = Found::Source {
        place: place_of(&reading),
        record: state,
        finished: state_of(&finished, &validator),
    };
    match (decide(&reading, &validator, found), record) {
        (Plan::Render(budget), Ok(record)) => draw(reading, &record, budget, finished),
        (Plan::Picture, _) => respond::bytes(&reading, picture, &validator).into(),
        (Plan::Raw, Ok(record)) => respond::bytes(&reading, record.body, &validator).into(),
        (plan, _) => carry_out(reading, plan, finished, &validator),
    }
}

pub fn resume_permalinks(mut reading: Box<Reading>, finished: Option<Encoded>, seen: Vec<Seen>) -> Step {
    let month = month_of(&reading, seen);
    let state = match &month {
        Ok(Some(_)) => MonthState::Named,
        Ok(None) | Err(Unreadable::Absent) => MonthState::Unknown,
        Err(Unreadable::Broken) => MonthState::Broken,
    };
    let validator = reading.current_validator().clone();
    let found = Found::Permalinks {
        month: state,
        finished: state_of(&finished, &validator),
    };
    match (decide(&reading, &validator, found), month) {
        (Plan::ReadArchive, Ok(Some(month))) => {
            let key = reading.archive_key(month);
            reading.ask_next(key);
            carry_out(reading, Plan::ReadSource, finished, &validator)
        }
        (plan, _) => carry_out(reading, plan, finished, &validator),
    }
}

fn draw(reading: Box<Reading>, record: &Record, budget: Budget, finished: Option<Encoded>) -> Step {
    let drawn = reading.draw(record, budget);
    let (validator, is_current) = (reading.validator_of(record), is_current(&reading, record));
    answer_drawn(reading, validator, is_current, drawn, finished)
}

fn answer_drawn(
    reading: Box<Reading>,
    validator: Validator,
    is_current: bool,
    drawn: Option<Drawn>,
    finished: Option<Encoded>,
) -> Step {
    let found = Found::Drawing {
        place: place_of(&reading),
        is_current,
        drawing: match &drawn {
            Some(Drawn::Text(_)) => Drawing::Text,
            Some(Drawn::Missing) => Drawing::Missing,
            Some(Drawn::Redirect(..)) => Drawing::Redirect,
            Some(Drawn::Refused(..)) => Drawing::Refused,
            Some(Drawn::OverBudget) => Drawing::OverBudget,
            Some(Drawn::Failed) | None => Drawing::Failed,
        },
        finished: state_of(&finished, &validator),
    };
    let (reply, store, text) = match (decide(&reading, &validator, found), drawn) {
        (Plan::Fresh { is_current, store }, Some(Drawn::Text(text))) => {
            let reply = respond::fresh(&reading, text.clone(), &validator, is_current);
            (reply, store, text)
        }
        (Plan::NotModified { store }, Some(Drawn::Text(text))) => {
            (respond::not_modified(&reading, &validator), store, text)
        }
        (Plan::Moved, Some(Drawn::Redirect(status, path))) => return respond::moved(&reading, status, &path).into(),
        (Plan::Refused, Some(Drawn::Refused(status, why))) => return respond::refused(&reading, status, why).into(),
        (plan, _) => return carry_out(reading, plan, finished, &validator),
    };
    let key = reading.html_key().filter(|_| store);
    let work = key.map(|key| Afterwards::Store { key, validator, text });
    Step::Reply(reply, work)
}

/// `validator` is of the representation in question. Plans that need a record, a text or a month are carried out where
/// these are in hand.
fn carry_out(mut reading: Box<Reading>, plan: Plan, finished: Option<Encoded>, validator: &Validator) -> Step {
    let (reply, render_afterwards) = match (plan, finished) {
        (Plan::ReadFinished, _) => return Step::Read(reading.finished_keys(), AfterRead::Finished(reading)),
        (Plan::ReadSource, finished) => {
            return Step::Read(reading.keys_to_read(), AfterRead::Source(reading, finished));
        }
        (Plan::ReadPermalinks, finished) => match reading.permalinks_key() {
            Some(key) => {
                reading.ask_next(key.clone());
                return Step::Read(vec![key], AfterRead::Permalinks(reading, finished));
            }
            None => (respond::error(&reading, ErrorPage::NotFound), false),
        },
        (Plan::NotModified { .. }, _) => (respond::not_modified(&reading, validator), false),
        (Plan::Hit, Some(finished)) => (respond::hit(&reading, finished), false),
        (Plan::Outdated { render_afterwards }, Some(finished)) => {
            (respond::outdated(&reading, finished), render_afterwards)
        }
        (Plan::Skeleton { render_afterwards }, _) => (respond::skeleton(&reading), render_afterwards),
        (Plan::Missing, _) => {
            let reply = respond::error(&reading, ErrorPage::NotFound);
            return Step::Reply(reply, reading.lacks_listing.then(|| Afterwards::List(reading)));
        }
        (Plan::UnknownHost, _) => (respond::error(&reading, ErrorPage::UnknownHost), false),
        (Plan::Gone, _) => (respond::error(&reading, ErrorPage::Gone), false),
        _ => (respond::error(&reading, ErrorPage::Unavailable), false),
    };
    Step::Reply(reply, render_afterwards.then(|| Afterwards::Render(reading)))
}

fn decide(reading: &Reading, validator: &Validator, found: Found) -> Plan {
    plan(reading.view_facts(), reading.held_encoding(validator).is_some(), found)
}

fn place_of(reading: &Reading) -> Place {
    match reading.is_from_archive() {
        true => Place::Archive,
        false => Place::Direct,
    }
}

fn state_of(finished: &Option<Encoded>, validator: &Validator) -> FinishedState {
    match finished {
        None => FinishedState::Absent,
        Some(finished) if finished.validator == *validator => FinishedState::Current,
        Some(_) => FinishedState::Outdated,
    }
}

/// Only of a snapshot the site record says which one is.
fn is_current(reading: &Reading, record: &Record) -> bool {
    !matches!(record.key, Key::Snapshot(..)) || record.hash == reading.page.current().hash
}

/// The month of the event, if the page ever had it.
fn month_of(reading: &Reading, seen: Vec<Seen>) -> Result<Option<Month>, Unreadable> {
    let record = source::record(reading.source_key().as_ref(), reading.floor, seen)?;
    let permalinks: Permalinks = body::decode(&record.body).map_err(|_| Unreadable::Broken)?;
    let Subject::Object(id) = &reading.view.subject else {
        return Ok(None);
    };
    Ok(permalinks.months.get(id).and_then(|month| Month::parse(month)))
}
