//! Weighted lists, as `accept` and its kin are (RFC 9110, section 12.4.2).

use http::{HeaderMap, HeaderName};

/// In thousandths. Zero refuses.
pub type Weight = u16;

/// The items of a header with their weights, however many fields it comes in. Names are to be compared without case.
pub fn items(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = (&str, Weight)> {
    let values = headers.get_all(name).into_iter();
    values
        .filter_map(|value| value.to_str().ok())
        .flat_map(|list| list.split(','))
        .map(item)
        .filter(|(name, _)| !name.is_empty())
}

fn item(text: &str) -> (&str, Weight) {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or("");
    let parameters = parts.filter_map(|part| part.split_once('='));
    let mut weights = parameters.filter(|(name, _)| name.trim_end().eq_ignore_ascii_case("q"));
    let weight = weights.next().map(|(_, weight)| weight.trim_start());
    (name, weight.map_or(WHOLE, |weight| parsed(weight).unwrap_or(0)))
}

/// `None` for what is no weight. It then refuses its item: what nobody asked for clearly, nobody misses.
fn parsed(text: &str) -> Option<Weight> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    // More digits than three are not of the grammar, but some browsers send what their float prints as.
    let digits = fraction.bytes().chain(*b"000").take(3);
    let thousandths = digits.fold(0, |sum, digit| sum * 10 + Weight::from(digit - b'0'));
    match whole {
        "0" => Some(thousandths),
        "1" if fraction.bytes().all(|digit| digit == b'0') => Some(WHOLE),
        _ => None,
    }
}

const WHOLE: Weight = 1_000;

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::ACCEPT};

    use super::*;

    #[test]
    fn parses_weights_and_refuses_what_is_none() {
        for (text, weight) in [
            ("a", 1_000),
            ("a;q=1", 1_000),
            ("a;q=1.000", 1_000),
            ("a ; Q = 0.5", 500),
            ("a;q=0.8999999761581421", 899),
            ("a;level=1;q=0.25;x=y", 250),
            ("a;q=0", 0),
            ("a;q=0.000", 0),
            ("a;q=0.", 0),
            ("a;q=x", 0),
            ("a;q=", 0),
            ("a;q=1.5", 0),
            ("a;q=-1", 0),
            ("a;q=inf", 0),
            ("a;q=1e3", 0),
            ("a;q=0.5;q=1", 500),
        ] {
            assert_eq!(item(text), ("a", weight), "{text}");
        }
    }

    #[test]
    fn joins_the_fields_of_one_header() {
        let mut headers = HeaderMap::new();
        for value in ["a, b;q=0.5", ";;,", "c;q=0"] {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        let found: Vec<_> = items(&headers, ACCEPT).collect();
        assert_eq!(found, [("a", 1_000), ("b", 500), ("c", 0)]);
    }
}
