//! Drawings of every kind that is known to carry something, and drawings as programs export them.
#![expect(clippy::disallowed_methods, reason = "the drawings lie in files")]

use std::fmt::Write;

use origin_content::svg::{self, Drawing};
use proptest::prelude::*;
use roxmltree::Document;

const BYTES_MAX: usize = 256 * 1024;

fn clean(bytes: &[u8]) -> Result<Drawing, String> {
    svg::clean(bytes, BYTES_MAX)
}

/// Each has the word "evil" in what would run or load. Cleaned it has none, or it is refused.
#[test]
fn hostile_drawings_are_refused_or_lose_what_acts() {
    let mut results = String::new();
    let mut count = 0;
    insta::glob!("drawings/hostile/*.svg", |path| {
        count += 1;
        let name = path.file_stem().unwrap().to_string_lossy();
        match clean(&std::fs::read(path).unwrap()) {
            Ok(drawing) => {
                let text = String::from_utf8(drawing.bytes.clone()).unwrap();
                let lower = text.to_ascii_lowercase();
                assert!(!lower.contains("evil") && !lower.contains("script"), "{name}: {text}");
                assert_eq!(clean(&drawing.bytes), Ok(drawing), "{name} twice");
                writeln!(results, "{name}: cleaned").unwrap();
            }
            Err(why) => writeln!(results, "{name}: {}", why.lines().next().unwrap_or_default()).unwrap(),
        }
    });
    assert!(count > 130, "{count} drawings were read");
    insta::assert_snapshot!(results);
}

#[test]
fn drawings_of_programs_stay_what_they_are() {
    insta::glob!("drawings/plain/*.svg", |path| {
        let drawing = clean(&std::fs::read(path).unwrap()).unwrap_or_else(|why| panic!("{}: {why}", path.display()));
        let text = String::from_utf8(drawing.bytes.clone()).unwrap();
        insta::assert_snapshot!(format!("{} × {}\n{text}", drawing.width, drawing.height));
        assert_eq!(clean(&drawing.bytes), Ok(drawing), "twice");
    });
}

#[test]
fn sizes_and_bounds_are_checked() {
    let svg = |attributes: &str| format!("<svg xmlns='http://www.w3.org/2000/svg' {attributes}/>");
    let deep = "<g>".repeat(30_000) + &"</g>".repeat(30_000);
    for (drawing, expected) in [
        (svg("viewBox='0 0 24 12.4'"), Ok((24, 12))),
        (svg("viewBox='0,0,24,0.2'"), Ok((24, 1))),
        (svg("width='100px' height='50' viewBox='0 0 1 1'"), Ok((100, 50))),
        (svg("width='100%' height='5'"), Err("viewBox")),
        (svg("width='1e9' height='5'"), Err("viewBox")),
        (svg("width='-1' height='5'"), Err("viewBox")),
        (svg(""), Err("viewBox")),
        ("<svg width='1' height='1'/>".into(), Err("xmlns")),
        (
            "<s:svg xmlns:s='http://www.w3.org/2000/svg' width='1' height='1'/>".into(),
            Err("xmlns"),
        ),
        ("<g xmlns='http://www.w3.org/2000/svg'/>".into(), Err("outermost")),
        (svg("width='1' height='1'") + "<x/>", Err("not well-formed")),
        ("plain".into(), Err("not well-formed")),
        (
            svg("width='1' height='1'").replace("/>", "><g>"),
            Err("not well-formed"),
        ),
        (String::new(), Err("not well-formed")),
        (
            svg("width='1' height='1'").replace("/>", &format!(">{deep}</svg>")),
            Err("larger than 256 KiB"),
        ),
    ] {
        let found = clean(drawing.as_bytes()).map(|drawing| (drawing.width, drawing.height));
        match (found, expected) {
            (Ok(found), Ok(expected)) => assert_eq!(found, expected, "{drawing}"),
            (Err(found), Err(expected)) => assert!(found.contains(expected), "{drawing:.100}: {found}"),
            (found, expected) => panic!("{drawing:.100}: {found:?}, expected {expected:?}"),
        }
    }
}

/// Nothing acts, and no reference, attribute or style leads elsewhere. A style with comments is left to the files.
fn is_within(drawing: &str) -> bool {
    let document = Document::parse(drawing).expect("cleaned, it is XML");
    let mut elements = document.descendants().filter(roxmltree::Node::is_element);
    elements.all(|element| {
        let acts = |name: &str| name.starts_with("on");
        let text = if element.has_tag_name("style") {
            element.text().unwrap_or_default()
        } else {
            ""
        };
        !element.has_tag_name("script")
            && !element
                .attributes()
                .any(|attribute| acts(attribute.name()) || attribute.value().contains("//evil"))
            && (text.contains("/*") || style_is_within(&text.replace('\\', "")))
    })
}

/// Outside of strings, and where the word begins.
fn style_is_within(style: &str) -> bool {
    let loads = ["url(//evil", "url( '//evil", "image-set('//evil", "@import"];
    let bare =
        |before: &str| before.matches('\'').count().is_multiple_of(2) && !before.ends_with(char::is_alphanumeric);
    !loads
        .iter()
        .any(|load| style.match_indices(load).any(|(at, _)| bare(&style[..at])))
}

#[rustfmt::skip]
const PARTS: &[&str] = &[
    "<g>",
    "</g>",
    "<style>",
    "</style>",
    "<style",
    "<g/>",
    "<g",
    "<use",
    "<image",
    "<set",
    "<animate",
    "<a",
    "<script>",
    "</script>",
    "<text>",
    "</text>",
    "<svg",
    "</svg>",
    "</a>",
    "<foreignObject>",
    "</foreignObject>",
    ">",
    "/>",
    " href='//evil/a'",
    " href=\"#a\"",
    " xlink:href='//evil/a'",
    " fill='url(//evil/a)'",
    " style='",
    "'",
    " fill='url(#a)'",
    " attributeName='href'",
    " to='//evil/a'",
    " onload='evil()'",
    " xmlns=''",
    " xmlns:x='urn:x'",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x?>",
    "@import",
    "@im",
    "port",
    " '//evil/a';",
    "url(",
    "ur",
    "l(",
    "//evil/a",
    ")",
    "image-set('//evil/a' 1x)",
    "a{fill:",
    "}",
    "{",
    ";",
    "\\",
    "/*",
    "*/",
    "&#x75;",
    "&lt;",
    "&amp;",
    " ",
    "\n",
    "é",
    "a",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_leads_beyond_a_cleaned_drawing_and_cleaning_is_final(
        parts in prop::collection::vec(prop::sample::select(PARTS), 0..12),
        in_style: bool,
    ) {
        let (open, close) = if in_style { ("<style>", "</style>") } else { ("", "") };
        let drawing = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' viewBox='0 0 9 9'>{open}{}{close}</svg>",
            parts.concat(),
        );
        if let Ok(cleaned) = clean(drawing.as_bytes()) {
            let text = String::from_utf8(cleaned.bytes.clone()).unwrap();
            prop_assert!(is_within(&text), "{drawing} became {text}");
            prop_assert_eq!(clean(&cleaned.bytes), Ok(cleaned));
        }
    }

    #[test]
    fn no_bytes_panic(bytes: Vec<u8>, text in "[<>/a-z\"'=& #!?\\[\\]-]{0,80}") {
        let _ = clean(&bytes);
        let _ = clean(text.as_bytes());
    }
}
