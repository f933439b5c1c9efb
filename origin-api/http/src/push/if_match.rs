//! `If-Match` (RFC 9110, section 13.1.1): a change of what the sender has not seen is refused.

use http::{HeaderMap, header};
use origin_engine::etag::IfMatch;
use origin_objects::fault::Fault;

/// The header as it was sent, several lines as the one list that they are.
pub fn lines(headers: &HeaderMap) -> Result<Option<String>, Fault> {
    let lines = headers.get_all(header::IF_MATCH).iter().map(|line| line.to_str());
    let lines: Vec<&str> = lines
        .collect::<Result<_, _>>()
        .map_err(|_| Fault::invalid("if-match", "an ETag has visible characters only"))?;
    Ok((!lines.is_empty()).then(|| lines.join(", ")))
}

/// Our ETags hold no comma. What is none of ours, a weak one too, matches nothing.
pub fn parse(list: &str) -> IfMatch {
    let mut tags = list.split(',').map(str::trim);
    if tags.clone().any(|tag| tag == "*") {
        return IfMatch::Any;
    }
    IfMatch::OneOf(tags.by_ref().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_etags() {
        let known = |list: &str, etag: &str| parse(list).holds(etag);
        assert!(known("\"a\"", "\"a\""));
        assert!(known("\"b\" , \"a\"", "\"a\""));
        assert!(known("\"b\", *", "\"a\""));
        for foreign in ["a", "W/\"a\"", "\"A\"", "\"a", "", "\"\"", "\"*\""] {
            assert!(!known(foreign, "\"a\""), "{foreign}");
        }
    }

    #[test]
    fn lines_are_one_list() {
        let mut headers = HeaderMap::new();
        assert_eq!(lines(&headers), Ok(None));
        for line in ["\"a\"", "\"b\", \"c\""] {
            headers.append(header::IF_MATCH, line.parse().expect("a header value"));
        }
        assert_eq!(lines(&headers), Ok(Some("\"a\", \"b\", \"c\"".into())));
    }
}
