//! A month of past incidents.

use page_model::Archive;

use crate::{context::PageContext, rows::Month};

pub fn archive(context: &PageContext<'_>, month: &Month) -> Archive {
    let months = &context.live.archive_months;
    Archive {
        page: context.page.clone(),
        month: month.month.clone(),
        incidents: month
            .incidents
            .iter()
            .map(|incident| context.incident(incident))
            .collect(),
        maintenances: month
            .maintenances
            .iter()
            .map(|maintenance| context.maintenance(maintenance))
            .collect(),
        older: months.iter().rev().find(|other| **other < month.month).cloned(),
        newer: months.iter().find(|other| **other > month.month).cloned(),
    }
}
