//! A month of past incidents.

use page_model::Archive;

use crate::{rows::Month, snapshot::Frame};

pub fn archive(frame: &Frame<'_>, month: &Month) -> Archive {
    let months = &frame.live.archive_months;
    Archive {
        page: frame.page.clone(),
        month: month.month.clone(),
        incidents: month
            .incidents
            .iter()
            .map(|incident| frame.incident(incident))
            .collect(),
        maintenances: month
            .maintenances
            .iter()
            .map(|maintenance| frame.maintenance(maintenance))
            .collect(),
        older: months.iter().rev().find(|other| **other < month.month).cloned(),
        newer: months.iter().find(|other| **other > month.month).cloned(),
    }
}
