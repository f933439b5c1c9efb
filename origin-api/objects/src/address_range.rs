//! Ranges of addresses from which an audience's visitors come.

use ipnet::IpNet;
use serde::{Deserialize, Serialize};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{fault::Fault, object::repeated};

/// In the notation of CIDR, with no bit behind the prefix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AddressRange(IpNet);

impl AddressRange {
    pub fn network(self) -> IpNet {
        self.0
    }

    pub fn contains(self, other: Self) -> bool {
        self.0.contains(&other.0)
    }
}

impl TryFrom<String> for AddressRange {
    type Error = String;
    fn try_from(text: String) -> Result<Self, String> {
        let shown = || text.chars().take(SHOWN_CHARS_MAX).collect::<String>();
        let range: IpNet = text
            .parse()
            .map_err(|_| format!("{:?} is not a range such as 198.51.100.0/24 or 2001:db8::/32", shown()))?;
        if range != range.trunc() {
            let meant = range.trunc();
            return Err(format!(
                "{:?} has bits behind its prefix; the range is {meant}",
                shown()
            ));
        }
        if range.prefix_len() == 0 {
            return Err(format!("{:?} is everybody; make the page public instead", shown()));
        }
        let is_clothed = matches!(range, IpNet::V6(range) if range.network().to_ipv4_mapped().is_some());
        match is_clothed {
            true => Err(format!(
                "{:?} is a range of IPv4; write it as one, such as 198.51.100.0/24",
                shown()
            )),
            false => Ok(Self(range)),
        }
    }
}

impl From<AddressRange> for String {
    fn from(range: AddressRange) -> String {
        range.0.to_string()
    }
}

impl PartialSchema for AddressRange {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(Type::String);
        text.description(Some("A range of addresses in CIDR notation, IPv4 or IPv6"))
            .examples(["198.51.100.0/24", "2001:db8::/32"])
            .into()
    }
}

impl ToSchema for AddressRange {}

pub(crate) fn check(ranges: &[AddressRange]) -> Result<(), Fault> {
    if ranges.len() > PAGE_RANGES_MAX {
        let detail = format!("the audiences of a page have at most {PAGE_RANGES_MAX} ranges together");
        return Err(Fault::invalid("ranges", detail));
    }
    match repeated(ranges) {
        Some(index) => {
            let detail = format!("{} is listed twice", ranges[index].network());
            Err(Fault::invalid(format!("ranges[{index}]"), detail))
        }
        None => Ok(()),
    }
}

/// Ranges of all audiences of a page: every visit holds its visitor against each.
pub const PAGE_RANGES_MAX: usize = 100;
const SHOWN_CHARS_MAX: usize = 60;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn range_is_written_in_one_way() {
        for range in [
            "198.51.100.0/24",
            "10.0.0.1/32",
            "2001:db8::/32",
            "::1/128",
            "128.0.0.0/1",
        ] {
            let parsed = AddressRange::try_from(range.to_owned()).expect(range);
            assert_eq!(parsed.network().to_string(), range);
        }
        for wrong in [
            "",
            "198.51.100.0",
            "198.51.100.7/24",
            "198.51.100.0/33",
            "198.51.100.0/",
            "198.51.100/24",
            "198.51.100.0/24 ",
            "0.0.0.0/0",
            "::/0",
            "2001:db8::1/32",
            "::ffff:10.0.0.0/104",
            "fe80::%eth0/64",
            "status.example/24",
            "10.0.0.0/255.0.0.0",
        ] {
            assert!(AddressRange::try_from(wrong.to_owned()).is_err(), "{wrong}");
        }
    }
}
