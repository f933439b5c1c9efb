//! Signing in by an identity provider and by the publisher's own product, on every platform that asks an origin.

use anyhow::{Context, Result, ensure};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use reqwest::Method;
use serde_json::json;
use tests::{Page, Platform, Region, System, eventually, provider::Provider, system::ARRIVAL_MAX, visitor::Reply};

#[tokio::test(flavor = "multi_thread")]
async fn own_host() -> Result<()> {
    System::journey_on(Platform::OwnHost, by_others).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spin() -> Result<()> {
    System::journey_on(Platform::Spin, by_others).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd() -> Result<()> {
    System::journey_on(Platform::Workerd, by_others).await
}

async fn by_others(system: &mut System) -> Result<()> {
    let mut provider = system.open_provider()?;
    let page = Page::create(&system.push, "signedon", 3).await?;
    let rules = json!([{"claim": "groups", "value": "customers"}]);
    let customers = json!({"id": AUDIENCE, "name": "Customers", "claims": rules});
    system.push.create(&page.path("/audiences"), &customers).await?;
    let named = json!({"issuer": provider.issuer, "client_id": "pharos", "client_secret": "secret", "name": "Acme"});
    put(system, &page, "/sign-in/provider", &named).await?;
    let key = SigningKey::from_bytes(&[5; 32]);
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let jwk = json!({"issuer": "portal", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}});
    put(system, &page, "/sign-in/token-keys/portal000001", &jwk).await?;
    let private = json!({"visibility": "private"});
    system.push.change(&page.path(""), &private).await?.accepted()?;
    until_door(system, &page).await?;

    let region = &system.regions[0];
    let cookie = by_provider(region, &page, &provider).await?;
    everywhere(system, &page, &cookie).await?;
    by_token(system, &page, &key, &cookie).await?;

    // Somebody is sent to a provider that is away when they come back; nobody is let in, and who is in stays in.
    let (url, flow) = begin(region, &page).await?;
    let back = provider.visit(&url).await?;
    provider.server.kill();
    let away = come_back(region, &page, &back, Some(&flow)).await?;
    ensure!(away.status == 503, "without the provider it answered {}", away.status);
    everywhere(system, &page, &cookie).await?;

    let provider = page.path("/sign-in/provider");
    let request = system.push.request(Method::DELETE, &provider);
    system.push.send(request).await?.accepted()?;
    eventually("who was let in by the provider is out", ARRIVAL_MAX, async || {
        let reply = visit(&system.regions[0], &page, "/", &[("cookie", &cookie)]).await?;
        ensure!(reply.status == 403, "they are answered {}", reply.status);
        Ok(())
    })
    .await
}

async fn by_provider(region: &Region, page: &Page, provider: &Provider) -> Result<String> {
    let (url, flow) = begin(region, page).await?;
    let back = provider.visit(&url).await?;
    let origin = format!("http://{}/.pharos/sign-in/callback?", host(region, page));
    ensure!(back.starts_with(&origin), "{back}");
    let stranger = come_back(region, page, &back, None).await?;
    ensure!(
        stranger.status == 403,
        "another browser is answered {}",
        stranger.status
    );
    let reply = come_back(region, page, &back, Some(&flow)).await?;
    let where_to = reply.header("location");
    ensure!(
        reply.status == 303 && where_to == Some("/history"),
        "{}: {where_to:?}",
        reply.status
    );
    let set: Vec<&str> = reply.cookies()?;
    ensure!(set.len() == 2 && set[1].starts_with("pharos-flow=;"), "{set:?}");
    let again = come_back(region, page, &back, Some(&flow)).await?;
    ensure!(again.status == 403, "what was used is answered {}", again.status);
    value(set[0])
}

/// Where the visitor is sent, and the cookie with which they come back.
async fn begin(region: &Region, page: &Page) -> Result<(String, String)> {
    let path = "/.pharos/sign-in/provider?return_to=%2Fhistory";
    let reply = eventually("somebody is sent to the provider", ARRIVAL_MAX, async || {
        let reply = visit(region, page, path, &[]).await?;
        ensure!(reply.status == 303, "it answered {}", reply.status);
        Ok(reply)
    })
    .await?;
    let url = reply.header("location").context("they are sent nowhere")?.to_owned();
    Ok((url, value(reply.cookies()?.first().context("there is no cookie")?)?))
}

async fn come_back(region: &Region, page: &Page, back: &str, flow: Option<&str>) -> Result<Reply> {
    let path = back
        .find("/.pharos")
        .map(|at| &back[at..])
        .context("no path of the page")?;
    let headers: Vec<(&str, &str)> = flow.into_iter().map(|flow| ("cookie", flow)).collect();
    visit(region, page, path, &headers).await
}

/// A form of the product is of another site. Who is somebody else already is asked first.
async fn by_token(system: &System, page: &Page, key: &SigningKey, other: &str) -> Result<()> {
    let region = &system.regions[0];
    let exp = jiff::Timestamp::now().as_second() + 120;
    let claims =
        json!({"iss": "portal", "aud": page.host, "sub": "ada", "exp": exp, "jti": "one", "audiences": ["Customers"]});
    let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let text = format!("{}.{}", part(json!({"alg": "EdDSA"})), part(claims));
    let signature = URL_SAFE_NO_PAD.encode(key.sign(text.as_bytes()).to_bytes());
    let form = format!("token={text}.{signature}&return_to=%2Fhistory");
    let sent = post(region, page, &form, &[("origin", "https://portal.example")]).await?;
    let onward = sent.header("location").map(str::to_owned);
    ensure!(
        sent.status == 303,
        "the token is answered {}: {}",
        sent.status,
        sent.text()?
    );
    let onward = onward.context("they are sent nowhere")?;
    let flow = value(sent.cookies()?.first().context("there is no cookie")?)?;
    let both = format!("{flow}; {other}");
    let asked = visit(region, page, &onward, &[("cookie", &both)]).await?;
    ensure!(asked.status == 200 && asked.cookies()?.is_empty(), "{}", asked.status);
    let own = format!("http://{}", page.host);
    let agreed = post(
        region,
        page,
        "return_to=%2Fhistory",
        &[("cookie", &both), ("origin", &own)],
    )
    .await?;
    ensure!(agreed.status == 303, "who agreed is answered {}", agreed.status);
    let entered = visit(region, page, &onward, &[("cookie", &flow)]).await?;
    let cookie = value(entered.cookies()?.first().context("there is no session")?)?;
    everywhere(system, page, &cookie).await?;
    let again = post(region, page, &form, &[]).await?;
    ensure!(
        again.status == 403,
        "a token that was used is answered {}",
        again.status
    );
    Ok(())
}

async fn everywhere(system: &System, page: &Page, cookie: &str) -> Result<()> {
    for region in &system.regions {
        let what = format!("{} lets in", region.name);
        eventually(&what, ARRIVAL_MAX, async || {
            let reply = visit(region, page, "/", &[("cookie", cookie)]).await?;
            let is_shown = reply.text()?.contains("Component 1");
            ensure!(reply.status == 200 && is_shown, "it answered {}", reply.status);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn until_door(system: &System, page: &Page) -> Result<()> {
    for region in &system.regions {
        eventually(&format!("{} has a door", region.name), ARRIVAL_MAX, async || {
            let reply = visit(region, page, "/", &[]).await?;
            let leads = reply.text()?.contains("Sign in with Acme");
            ensure!(reply.status == 403 && leads, "it answered {}", reply.status);
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn put(system: &System, page: &Page, path: &str, body: &serde_json::Value) -> Result<()> {
    let request = system.push.request(Method::PUT, &page.path(path)).json(body);
    system.push.send(request).await?.accepted().map(drop)
}

fn host(region: &Region, page: &Page) -> String {
    format!("{}:{}", page.host, region.visitor.addr().port())
}

async fn visit(region: &Region, page: &Page, path: &str, headers: &[(&str, &str)]) -> Result<Reply> {
    region
        .visitor
        .request(Method::GET, &host(region, page), path, headers)
        .await
}

async fn post(region: &Region, page: &Page, form: &str, headers: &[(&str, &str)]) -> Result<Reply> {
    let (host, headers) = (host(region, page), headers.to_vec());
    let origin = headers
        .iter()
        .find(|(name, _)| *name == "origin")
        .map(|(_, value)| *value);
    let others: Vec<_> = headers.iter().copied().filter(|(name, _)| *name != "origin").collect();
    let origin = origin.unwrap_or("https://portal.example");
    region
        .visitor
        .send_form(&host, "/.pharos/token", origin, form, &others)
        .await
}

fn value(set: &str) -> Result<String> {
    let (pair, _) = set.split_once(';').context("a cookie without attributes")?;
    Ok(pair.to_owned())
}

const AUDIENCE: &str = "audience0001";
