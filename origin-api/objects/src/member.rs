//! People of an audience who are known by their address, one by one.

use serde::Serialize;
use utoipa::ToSchema;

use crate::{fault::Fault, mail::MailAddress, moment::Moment};

#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Member {
    pub email: MailAddress,
    pub created_at: Moment,
}

/// All members of an audience, as a CSV file: a line `email`, then an address a line.
#[derive(Debug, Clone)]
pub struct NewMembers {
    /// Each once, in the file's order.
    pub addresses: Vec<MailAddress>,
}

/// What such a file changes, or would change.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
pub struct ChangedMembers {
    pub added: usize,
    pub removed: usize,
    pub unchanged: usize,
}

impl NewMembers {
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let text = std::str::from_utf8(bytes).map_err(|error| {
            let line = 1 + bytes
                .iter()
                .take(error.valid_up_to())
                .filter(|byte| **byte == b'\n')
                .count();
            fault(line, "the file is not UTF-8")
        })?;
        let mut lines = text.trim_start_matches('\u{feff}').lines().zip(1..);
        let header = lines.next().map_or("", |(line, _)| line);
        if !cell(header).eq_ignore_ascii_case(HEADER) {
            return Err(fault(
                1,
                &format!("the first line is the header, {HEADER}, and there is no other column"),
            ));
        }
        let (mut addresses, mut seen) = (Vec::new(), std::collections::HashSet::new());
        for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
            let address = MailAddress::parse(cell(line)).map_err(|detail| fault(number, &detail))?;
            if seen.insert(address.clone()) {
                addresses.push(address);
            }
            if addresses.len() > AUDIENCE_MEMBERS_MAX {
                return Err(fault(
                    number,
                    &format!("an audience has at most {AUDIENCE_MEMBERS_MAX} members"),
                ));
            }
        }
        Ok(Self { addresses })
    }
}

fn fault(line: usize, detail: &str) -> Fault {
    Fault::invalid(format!("line {line}"), detail)
}

/// Programs that write CSV may quote what needs no quotes.
fn cell(line: &str) -> &str {
    let line = line.trim();
    let quoted = line.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    quoted.unwrap_or(line)
}

const HEADER: &str = "email";
/// Members of one audience.
pub const AUDIENCE_MEMBERS_MAX: usize = 50_000;

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(file: &[u8]) -> String {
        let fault = NewMembers::parse(file).expect_err("it is refused");
        fault.field.unwrap_or_default()
    }

    #[test]
    fn file_is_read_as_programs_write_it() {
        let file = "\u{feff}Email\r\nAda@example.com\r\n\r\n\"bob@example.com\"\r\nada@EXAMPLE.com\r\n";
        let members = NewMembers::parse(file.as_bytes()).expect("members");
        let addresses: Vec<&str> = members.addresses.iter().map(MailAddress::as_str).collect();
        assert_eq!(addresses, ["ada@example.com", "bob@example.com"]);
        let nobody = NewMembers::parse(b"email\n").expect("members");
        assert!(nobody.addresses.is_empty());
    }

    #[test]
    fn fault_names_its_line() {
        assert_eq!(refused(b""), "line 1");
        assert_eq!(refused(b"ada@example.com\n"), "line 1");
        assert_eq!(refused(b"email,name\nada@example.com,Ada\n"), "line 1");
        assert_eq!(refused(b"email\n\nada@example.com\nbob\n"), "line 4");
        assert_eq!(refused(b"email\nada@example.com\n\xff\n"), "line 3");
        let many: String = (0..=AUDIENCE_MEMBERS_MAX)
            .map(|number| format!("a{number}@example.com\n"))
            .collect();
        assert_eq!(refused(format!("email\n{many}").as_bytes()), "line 50002");
    }
}
