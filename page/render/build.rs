//! Squeezes what every page carries and hashes it: the content security policy names the inline blocks by hash, and a
//! finished page is outdated as soon as this crate would draw it differently.

#![allow(
    clippy::disallowed_methods,
    reason = "runs at build time, where files and variables are"
)]

#[path = "build/messages.rs"]
mod messages;
#[path = "build/shorten/mod.rs"]
mod shorten;
#[path = "build/small_letters.rs"]
mod small_letters;

use std::{
    env,
    error::Error,
    fs, io,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use sha2::{Digest, Sha256};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rerun-if-changed=build");
    println!("cargo::rerun-if-changed=src");
    println!("cargo::rerun-if-changed=templates");
    println!("cargo::rerun-if-changed=locales");
    let [style, metrics, pages, bare, foot] =
        ["style", "metrics", "pages", "bare", "foot"].map(|name| fs::read_to_string(format!("templates/{name}.css")));
    let whole_part = |part: io::Result<String>| io::Result::Ok(squeeze_style(&with_shapes(&part?)?));
    let [style, metrics, pages, bare, foot] = [style, metrics, pages, bare, foot].map(whole_part);
    let (style, metrics, pages, bare, foot) = (style?, metrics?, pages?, bare?, foot?);
    // The front page and who is not let in need nothing of what only some pages have.
    let styles = ["", &*metrics, &pages, &bare].map(|more| [&*style, more, &foot].concat());
    let past_style = squeeze_style(&fs::read_to_string("templates/past.css")?);
    let embed_style = squeeze_style(&with_shapes(&fs::read_to_string("templates/embed.css")?)?);
    let banner_style = squeeze_style(&fs::read_to_string("templates/banner.css")?);
    let banner = squeeze_script(&fs::read_to_string("templates/banner.js")?);
    let live = shorten::shorten(&fs::read_to_string("templates/live.js")?);
    let embed = squeeze_script(&fs::read_to_string("templates/embed.js")?);
    let complete = squeeze_script(&fs::read_to_string("templates/complete.js")?);
    let names = messages::names(&fs::read_to_string(messages::OTHERS_FOLLOW)?);
    let out = PathBuf::from(env::var("OUT_DIR")?).join("embedded.rs");
    let rust = [
        constant("TEMPLATE_BUILD", &source_hash()?),
        small_letters::constant("SMALL_LETTERS"),
        constant(
            "STYLE_HASHES",
            &styles
                .iter()
                .chain([&past_style])
                .map(|style| inline_hash(style))
                .collect::<Vec<_>>()
                .join(" "),
        ),
        constant("EMBED_STYLE_HASH", &inline_hash(&embed_style)),
        constant("EMBED_SCRIPT_HASH", &inline_hash(&embed)),
        constant("SCRIPT_HASHES", &[inline_hash(&live), inline_hash(&complete)].join(" ")),
        constant("CODE", &inline_hash(&(styles.concat() + &live))[8..16]),
        constant("STYLE", &style),
        constant("METRICS_STYLE", &metrics),
        constant("PAGES_STYLE", &pages),
        constant("BARE_STYLE", &bare),
        constant("FOOT_STYLE", &foot),
        constant("PAST_STYLE", &past_style),
        constant("EMBED_STYLE", &embed_style),
        constant("BANNER_STYLE", &banner_style),
        constant("BANNER_SCRIPT", &banner),
        constant("LIVE_SCRIPT", &live),
        constant("EMBED_SCRIPT", &embed),
        constant("COMPLETE_SCRIPT", &complete),
        pairs("TEMPLATES", "templates", "html", squeeze_template)?,
        pairs("SHAPES", "templates/shapes", "svg", data_url)?,
        constant("MESSAGES", &names),
        pairs("LOCALES", "locales", "ftl", |locale| messages::texts(locale, &names))?,
        pairs("LANGUAGE_NAMES", "locales", "ftl", language_name)?,
    ];
    Ok(fs::write(out, rust.concat())?)
}

fn inline_hash(block: &str) -> String {
    format!("'sha256-{}'", BASE64_STANDARD.encode(Sha256::digest(block)))
}

/// Any change to code, templates or words counts: that is coarse, but it can never miss one.
fn source_hash() -> io::Result<String> {
    let mut hash = Sha256::new();
    for folder in ["src", "templates", "locales"] {
        for path in files(Path::new(folder))? {
            hash.update(path.to_string_lossy().as_bytes());
            hash.update(fs::read(path)?);
        }
    }
    Ok(hash.finalize()[..6].iter().map(|byte| format!("{byte:02x}")).collect())
}

/// Sorted, so that the hash is the same on every machine.
fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn constant(name: &str, text: &str) -> String {
    format!("pub const {name}: &str = {text:?};\n")
}

/// A constant of `(file name, text)` for all files of a folder with the extension.
fn pairs(name: &str, folder: &str, extension: &str, squeeze: impl Fn(&str) -> String) -> io::Result<String> {
    let mut rust = format!("pub const {name}: &[(&str, &str)] = &[\n");
    for path in files(Path::new(folder))? {
        if path.extension().is_some_and(|found| found == extension) {
            let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            rust += &format!("({file:?}, {:?}),\n", squeeze(&fs::read_to_string(&path)?));
        }
    }
    Ok(rust + "];\n")
}

/// Replaces `shape(name)` by the drawing as a data URL.
fn with_shapes(style: &str) -> io::Result<String> {
    let mut parts = style.split("shape(");
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (name, rest) = part.split_once(')').unwrap_or((part, ""));
        let shape = fs::read_to_string(format!("templates/shapes/{name}.svg"))?;
        // In a text of a style a space is a space.
        whole += &format!("url(\"{}\"){rest}", data_url(&shape).replace("%20", " "));
    }
    Ok(whole)
}

fn data_url(svg: &str) -> String {
    let escaped = svg.trim().replace('<', "%3C").replace('>', "%3E").replace(' ', "%20");
    format!("data:image/svg+xml,{escaped}")
}

fn squeeze_style(style: &str) -> String {
    let lines: String = lines(style).filter(|line| !line.starts_with("/*")).collect();
    let signs = [
        (": ", ":"),
        (", ", ","),
        (" > ", ">"),
        (" / ", "/"),
        (" + ", "+"),
        (" ~ ", "~"),
        (" {", "{"),
        (" !", "!"),
        (";}", "}"),
    ];
    let tight = |lines: String, (spaced, tight): &(&str, &str)| lines.replace(spaced, tight);
    signs.iter().fold(lines, tight)
}

/// Spaces around signs go: no text in our scripts has them.
fn squeeze_script(script: &str) -> String {
    let lines = lines(script).filter(|line| !line.starts_with("//"));
    let mut script = lines.collect::<Vec<_>>().join("\n");
    for sign in [
        "=>", "==", "!=", "&&", "||", "=", "?", ":", ",", ";", "+", "*", "{", "}", "(", ")",
    ] {
        for spaced in [format!(" {sign} "), format!("{sign} "), format!(" {sign}")] {
            script = script.replace(&spaced, sign);
        }
    }
    let breaks = [("{\n", "{"), (";\n", ";"), (",\n", ","), ("\n}", "}"), (";}", "}")];
    breaks
        .iter()
        .fold(script, |script, (broken, whole)| script.replace(broken, whole))
}

/// Line breaks go where no browser shows a space, beside the tags of blocks, and where the engine drops them, behind its own.
fn squeeze_template(template: &str) -> String {
    let mut whole = String::new();
    for line in lines(template) {
        let is_shown = !whole.is_empty() && !ends_a_block(&whole) && !begins_a_block(line);
        whole += if is_shown { "\n" } else { "" };
        whole += line;
    }
    let spaced = [("{{ ", "{{"), (" }}", "}}"), ("{% ", "{%"), (" %}", "%}")];
    spaced
        .iter()
        .fold(whole, |whole, (spaced, tight)| whole.replace(spaced, tight))
}

fn ends_a_block(text: &str) -> bool {
    let tag = text.rsplit_once('<').map_or("", |(_, tag)| tag);
    text.ends_with("%}") || text.ends_with('>') && is_block(tag)
}

fn begins_a_block(line: &str) -> bool {
    line.strip_prefix('<').is_some_and(is_block)
}

fn is_block(tag: &str) -> bool {
    let name = tag.strip_prefix('/').unwrap_or(tag);
    let name = name.split(|letter: char| !letter.is_ascii_alphanumeric()).next();
    name.is_some_and(|name| BLOCKS.contains(&name))
}

/// What begins a line of its own wherever it stands.
const BLOCKS: [&str; 37] = [
    "html", "head", "body", "meta", "link", "title", "style", "script", "header", "main", "footer", "nav", "section",
    "article", "aside", "div", "p", "ul", "ol", "li", "dl", "dt", "dd", "h1", "h2", "h3", "h4", "details", "summary",
    "table", "thead", "tbody", "tr", "th", "td", "form", "fieldset",
];

/// A page links to every language, and reads the whole file of its own only.
fn language_name(locale: &str) -> String {
    let mut lines = locale.lines();
    let name = lines.find_map(|line| line.strip_prefix("language-name = "));
    name.unwrap_or_default().to_owned()
}

fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}
