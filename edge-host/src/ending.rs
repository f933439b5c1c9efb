//! Which limit ended a connection: the libraries that read it say so in their errors.

use std::{error::Error, io};

use metrics::Counter;

use crate::metrics::Shed;

pub fn count(error: &(dyn Error + 'static), shed: &Shed, has_visited: bool) {
    if let Some(limit) = limit(error, shed, has_visited) {
        limit.increment(1);
    }
}

/// What the end of a connection counts for. Most that end early were closed by their peers, which is nobody's limit. One that has
/// had visits waited for the next one.
fn limit<'a>(error: &(dyn Error + 'static), shed: &'a Shed, has_visited: bool) -> Option<&'a Counter> {
    let mut causes = std::iter::successors(Some(error), |&error| error.source());
    causes.find_map(|cause| {
        if let Some(error) = cause.downcast_ref::<hyper::Error>() {
            return of_http1(error, shed, has_visited);
        }
        if let Some(error) = cause.downcast_ref::<h2::Error>() {
            return match error.get_io() {
                Some(error) => of_socket(error, shed),
                None => (error.is_go_away() && error.is_library()).then_some(&shed.broken),
            };
        }
        of_socket(cause.downcast_ref()?, shed)
    })
}

fn of_http1<'a>(error: &hyper::Error, shed: &'a Shed, has_visited: bool) -> Option<&'a Counter> {
    if error.is_timeout() && has_visited {
        return Some(&shed.idle);
    }
    if error.is_timeout() || error.is_parse_too_large() {
        return Some(&shed.heads);
    }
    error.is_parse().then_some(&shed.broken)
}

fn of_socket<'a>(error: &io::Error, shed: &'a Shed) -> Option<&'a Counter> {
    (error.kind() == io::ErrorKind::TimedOut).then_some(&shed.stalled)
}
