//! The files for containers, taken apart as an engine would, and started by what stands in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{OF_CONTAINERS, lay_out, walk};

#[test]
#[cfg_attr(not(all(may_mount, may_analyze_units)), ignore = "needs root")]
fn image_and_services_start_as_the_files_say() -> Result<()> {
    let followed = walk("containers.sh", |folder| {
        drop(lay_out(folder)?);
        let files = folder.join("build/deploy/container");
        image(&fs::read_to_string(files.join("Containerfile"))?, folder)?;
        services(&fs::read_to_string(files.join("compose.yaml"))?, folder)
    })?;
    ensure!(
        followed == BTreeSet::from(OF_CONTAINERS.map(str::to_owned)),
        "{followed:?}"
    );
    Ok(())
}

/// The steps of the last stage; what it takes from the first one was built already.
fn image(containerfile: &str, folder: &Path) -> Result<()> {
    let place = folder.join("image");
    fs::create_dir(&place)?;
    let (mut stages, mut steps) = (0, String::new());
    let lines = containerfile
        .lines()
        .filter(|line| !line.starts_with('#') && !line.is_empty());
    for line in lines {
        let (instruction, rest) = line.split_once(' ').with_context(|| format!("{line:?}"))?;
        let words: Vec<&str> = rest.split_whitespace().collect();
        match (stages, instruction) {
            (_, "FROM") => stages += 1,
            (1, "WORKDIR" | "RUN" | "COPY") => {}
            (2, "COPY") => {
                let ["--from=build", from, to] = words[..] else {
                    bail!("{line:?}");
                };
                steps += &format!("mkdir -p $(dirname {to}) && cp -L /walk/stage{from} {to}\n");
            }
            (2, "RUN") => steps += &format!("{rest}\n"),
            (2, "USER") => fs::write(place.join("user"), rest)?,
            (2, "STOPSIGNAL") => fs::write(place.join("stop"), rest)?,
            (2, "ENTRYPOINT") => {
                let [program] = serde_json::from_str::<[String; 1]>(rest)?;
                fs::write(place.join("entrypoint"), program)?;
            }
            (2, "VOLUME") => ensure!(rest.starts_with("/var/lib/"), "{line:?}"),
            (2, "CMD") => drop(serde_json::from_str::<Vec<String>>(rest)?),
            _ => bail!("{line:?} is not known here"),
        }
    }
    ensure!(stages == 2, "it has {stages} stages");
    fs::write(place.join("steps"), steps)?;
    let (stage, built) = (folder.join("stage"), folder.join("build"));
    for (from, to) in [
        (built.join("pharos"), "pharos/target/release/pharos"),
        (
            built.join("edge_steps.wasm"),
            "pharos/target/wasm32-wasip2/release/edge_steps.wasm",
        ),
        (CERTIFICATES.into(), CERTIFICATES.trim_start_matches('/')),
    ] {
        let to = stage.join(to);
        fs::create_dir_all(to.parent().context("a folder")?)?;
        fs::hard_link(&from, &to).or_else(|_| fs::copy(&from, &to).map(|_| ()))?;
    }
    Ok(())
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Compose {
    services: BTreeMap<String, Service>,
    volumes: BTreeMap<String, Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Service {
    image: String,
    command: Vec<String>,
    environment: BTreeMap<String, String>,
    #[serde(default)]
    ports: Vec<String>,
    volumes: Vec<String>,
    #[serde(default)]
    depends_on: Vec<String>,
    restart: String,
    stop_grace_period: Option<String>,
    read_only: bool,
    #[serde(default)]
    tmpfs: Vec<String>,
    cap_drop: Vec<String>,
    security_opt: Vec<String>,
}

fn services(compose: &str, folder: &Path) -> Result<()> {
    let compose: Compose = serde_json::from_value(Value::Object(mapping(compose)?))?;
    let (mut first, mut then) = (Vec::new(), Vec::new());
    for (name, service) in &compose.services {
        let Service { image, restart, .. } = service;
        ensure!(image == "pharos" && restart == "unless-stopped", "{name}");
        // All that is started here is started so.
        ensure!(service.read_only && service.cap_drop == ["ALL"], "{name}");
        ensure!(service.security_opt == ["no-new-privileges:true"], "{name}");
        for port in &service.ports {
            let number = |port: &str| port.parse::<u16>().with_context(|| format!("{name}: {port}"));
            port.rsplit(':').take(2).try_for_each(|port| number(port).map(drop))?;
        }
        for volume in &service.volumes {
            let (from, _) = volume.split_once(':').with_context(|| volume.clone())?;
            let is_known = from.starts_with("./") || compose.volumes.contains_key(from);
            ensure!(is_known, "{name}: there is no volume {from}");
        }
        let is_seconds = |text: &String| text.strip_suffix('s').is_some_and(|s| s.parse::<u32>().is_ok());
        ensure!(service.stop_grace_period.iter().all(is_seconds), "{name}");
        for other in &service.depends_on {
            ensure!(
                compose.services.contains_key(other),
                "{name}: there is no service {other}"
            );
        }
        match service.depends_on.is_empty() {
            true => first.push(name.as_str()),
            false => then.push(name.as_str()),
        }
        let place = folder.join("services").join(name);
        fs::create_dir_all(&place)?;
        let variables = service
            .environment
            .iter()
            .map(|(name, value)| format!("{name}={value}"));
        for (file, lines) in [
            ("command", service.command.clone()),
            ("environment", variables.collect()),
            ("volumes", service.volumes.clone()),
            ("tmpfs", service.tmpfs.clone()),
            ("read_only", vec![service.read_only.to_string()]),
        ] {
            fs::write(
                place.join(file),
                lines.iter().map(|line| format!("{line}\n")).collect::<String>(),
            )?;
        }
    }
    first.append(&mut then);
    fs::write(folder.join("services/order"), first.join("\n"))?;
    Ok(())
}

/// As much of YAML as the file needs; whatever else stands there is an error.
fn mapping(text: &str) -> Result<Map<String, Value>> {
    let lines = text
        .lines()
        .filter(|line| !matches!(line.trim_start().chars().next(), None | Some('#')));
    let lines: Vec<&str> = lines.collect();
    let (map, rest) = nested(&lines, 0)?;
    ensure!(rest.is_empty(), "{rest:?}");
    Ok(map)
}

fn nested<'a>(mut lines: &'a [&'a str], indent: usize) -> Result<(Map<String, Value>, &'a [&'a str])> {
    let mut map = Map::new();
    while let Some((line, rest)) = lines.split_first()
        && line.len() - line.trim_start_matches(' ').len() == indent
    {
        let (key, value) = line.split_once(':').with_context(|| format!("{line:?}"))?;
        let key = key.trim_start();
        ensure!(key.chars().all(|c| c.is_ascii_alphanumeric() || c == '_'), "{line:?}");
        lines = rest;
        let value = match value.trim_start() {
            "" => {
                let (below, rest) = nested(lines, indent + 2)?;
                lines = rest;
                Value::Object(below)
            }
            value => scalar(value).with_context(|| format!("{line:?}"))?,
        };
        ensure!(
            map.insert(key.to_owned(), value).is_none(),
            "{line:?} stands there twice"
        );
    }
    Ok((map, lines))
}

fn scalar(text: &str) -> Result<Value> {
    if text.starts_with('"') || text.starts_with("[\"") {
        return Ok(serde_json::from_str(text)?);
    }
    let is_word = |word: &str| word.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    if let Some(words) = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        let words: Vec<&str> = words.split(", ").collect();
        ensure!(words.iter().all(|word| is_word(word)), "what is {text}?");
        return Ok(words.into());
    }
    ensure!(is_word(text), "what is {text}?");
    Ok(match text {
        "true" => true.into(),
        "false" => false.into(),
        _ => text.into(),
    })
}

const CERTIFICATES: &str = "/etc/ssl/certs/ca-certificates.crt";
