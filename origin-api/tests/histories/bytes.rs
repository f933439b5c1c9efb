//! The bytes of a page, but for sequence numbers and the moments at which somebody touched it.

use std::collections::BTreeMap;

use page_model::{
    Archive, Key, Record, Site, Snapshot, body,
    site::Current,
    snapshot::{Incident, Maintenance, Update},
};

/// By the key of each record that holds something.
pub fn without_sequence(records: &[Record]) -> BTreeMap<String, Vec<u8>> {
    let held = records.iter().filter(|record| !record.is_tombstone());
    held.map(|record| (record.key.to_string(), bytes(record))).collect()
}

fn bytes(record: &Record) -> Vec<u8> {
    match &record.key {
        Key::Snapshot(..) => {
            let mut snapshot: Snapshot = body::decode_compressed(&record.body).expect("a snapshot");
            events(&mut snapshot.incidents, &mut snapshot.maintenances);
            for component in snapshot.groups.iter_mut().flat_map(|group| &mut group.components) {
                component.updated_at = component.created_at;
            }
            body::encode(&snapshot)
        }
        Key::Archive(..) => {
            let mut archive: Archive = body::decode_compressed(&record.body).expect("an archive");
            events(&mut archive.incidents, &mut archive.maintenances);
            body::encode(&archive)
        }
        Key::Site(..) => {
            let mut site: Site = body::decode(&record.body).expect("a site");
            if let Site::Page(page) = &mut site {
                page.audiences.iter_mut().for_each(unversioned);
            }
            body::encode(&site)
        }
        _ => record.body.clone(),
    }
}

fn events(incidents: &mut [Incident], maintenances: &mut [Maintenance]) {
    for incident in incidents {
        (incident.number, incident.updated_at) = (0, None);
        incident.updates.iter_mut().for_each(uncorrected);
    }
    for maintenance in maintenances {
        (maintenance.number, maintenance.revision, maintenance.updated_at) = (0, 0, None);
        maintenance.updates.iter_mut().for_each(uncorrected);
    }
}

fn uncorrected<S>(update: &mut Update<S>) {
    update.updated_at = None;
}

fn unversioned(current: &mut Current) {
    current.version = 0;
    current.hash = page_model::ContentHash::of(b"");
}
