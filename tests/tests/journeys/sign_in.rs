//! A private page, from the password to the end of the session, on every platform that asks an origin.

use anyhow::{Context, Result, ensure};
use reqwest::{Method, StatusCode};
use serde_json::json;
use tests::{Page, Platform, Region, System, eventually, sign_in, system::ARRIVAL_MAX, visitor::Reply};

#[tokio::test(flavor = "multi_thread")]
async fn own_host() -> Result<()> {
    System::journey_on(Platform::OwnHost, private_page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spin() -> Result<()> {
    System::journey_on(Platform::Spin, private_page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd() -> Result<()> {
    System::journey_on(Platform::Workerd, private_page).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd_fast() -> Result<()> {
    System::journey_on(Platform::WorkerdFast, private_page).await
}

async fn private_page(system: &mut System) -> Result<()> {
    let page = Page::create(&system.push, "members", 3).await?;
    system.until_shown(&page, &["Component 1"]).await?;
    let customers = json!({"id": AUDIENCE, "name": "Customers", "password": PASSWORD});
    system.push.create(&page.path("/audiences"), &customers).await?;
    change(system, &page, json!({"visibility": "private"})).await?;
    until_all(system, &page, None, StatusCode::FORBIDDEN).await?;
    let cookie = let_in(system, &page).await?;
    everybody_else_stays_out(system, &page).await?;

    // The page and its sessions live without the origin; nobody new is let in.
    system.origin.kill();
    until_all(system, &page, Some(&cookie), StatusCode::OK).await?;
    let reply = type_password(&system.regions[0], &page, PASSWORD, &own_origin(&page)).await?;
    ensure!(
        reply.status == 503,
        "without the origin a sign-in answered {}",
        reply.status
    );
    ensure!(reply.headers.contains_key("retry-after"), "{:?}", reply.headers);
    system.origin.start()?;
    system.origin.healthy().await?;

    // A hidden door is a 404 at all addresses but its own.
    change(system, &page, json!({"sign_in": {"door": "hidden"}})).await?;
    until_all(system, &page, None, StatusCode::NOT_FOUND).await?;
    until_all(system, &page, Some(&cookie), StatusCode::OK).await?;
    let door = system.regions[0].visitor.visit(&page.host, "/.pharos/sign-in").await?;
    ensure!(
        door.status == 200 && door.text()?.contains("current-password"),
        "{}",
        door.status
    );

    // One session ends by itself, and all of them together; who signs in anew is in.
    let other = let_in(system, &page).await?;
    end_newest(system, &page).await?;
    until_all(system, &page, Some(&other), StatusCode::NOT_FOUND).await?;
    until_all(system, &page, Some(&cookie), StatusCode::OK).await?;
    signs_out_everywhere(system, &page).await?;
    screen_stays_in(system, &page).await?;
    until_all(system, &page, Some(&cookie), StatusCode::OK).await?;
    let sessions = system.push.request(Method::DELETE, &page.path("/sessions"));
    system.push.send(sessions).await?.accepted()?;
    until_all(system, &page, Some(&cookie), StatusCode::NOT_FOUND).await?;
    let cookie = let_in(system, &page).await?;
    change(system, &page, json!({"visibility": "public"})).await?;
    until_all(system, &page, None, StatusCode::OK).await?;
    until_all(system, &page, Some(&cookie), StatusCode::OK).await
}

/// The cookie that a browser would keep counts nowhere any longer.
async fn signs_out_everywhere(system: &System, page: &Page) -> Result<()> {
    let cookie = let_in(system, page).await?;
    let (visitor, headers) = (&system.regions[0].visitor, [("cookie", cookie.as_str())]);
    let origin = own_origin(page);
    let out = visitor.send_form(&page.host, "/.pharos/sign-out", &origin, "everywhere=", &headers);
    let out = out.await?;
    ensure!(
        out.status == 303,
        "signing out answered {}: {}",
        out.status,
        out.text()?
    );
    until_all(system, page, Some(&cookie), StatusCode::NOT_FOUND).await
}

/// A link for a screen opens the page there, until it is taken back.
async fn screen_stays_in(system: &System, page: &Page) -> Result<()> {
    let new = json!({"name": "Lobby", "audiences": [AUDIENCE], "formats": "kiosk"});
    let link = system.push.create(&page.path("/links"), &new).await?.accepted()?;
    let secret = link.body["secret"].as_str().context("there is no secret")?;
    let visitor = &system.regions[0].visitor;
    let opened = visitor.visit(&page.host, &format!("/.pharos/c/{secret}/")).await?;
    ensure!(opened.status == 404, "the link itself answered {}", opened.status);
    let (origin, form) = (own_origin(page), format!("token={secret}"));
    let opened = visitor.send_form(&page.host, "/.pharos/link", &origin, &form, &[]);
    let cookie = opened.await?.cookie()?;
    until_all(system, page, Some(&cookie), StatusCode::OK).await?;
    let path = page.path(&format!("/links/{}", link.id()?));
    let gone = system.push.request(Method::DELETE, &path);
    system.push.send(gone).await?.accepted()?;
    until_all(system, page, Some(&cookie), StatusCode::NOT_FOUND).await
}

/// Ends the session that began last.
async fn end_newest(system: &System, page: &Page) -> Result<()> {
    let listed = system.push.list(&page.path("/sessions")).await?;
    let newest = listed.first().and_then(|session| session["id"].as_str());
    let id = newest.context("nobody is let in")?;
    let ended = system
        .push
        .request(Method::DELETE, &page.path(&format!("/sessions/{id}")));
    system.push.send(ended).await?.accepted().map(|_| ())
}

/// Signs in at the first region; the session counts at all.
async fn let_in(system: &System, page: &Page) -> Result<String> {
    let reply = eventually("somebody is let in", ARRIVAL_MAX, async || {
        let reply = type_password(&system.regions[0], page, PASSWORD, &own_origin(page)).await?;
        ensure!(
            reply.status == 303,
            "the sign-in answered {}: {}",
            reply.status,
            reply.text()?
        );
        Ok(reply)
    })
    .await?;
    ensure!(
        reply.header("location") == Some("/history?component=a%20b"),
        "{:?}",
        reply.headers
    );
    let set = reply.header("set-cookie").context("there is no cookie")?;
    ensure!(set.contains("HttpOnly") && set.contains("SameSite=Lax"), "{set}");
    let (cookie, _) = set.split_once(';').context("a cookie without attributes")?;
    until_all(system, page, Some(cookie), StatusCode::OK).await?;
    for region in &system.regions {
        let reply = visit(region, page, Some(cookie)).await?;
        ensure!(reply.text()?.contains("Component 1"), "{} shows nothing", region.name);
        ensure!(
            reply.header("cache-control") == Some("private, no-cache"),
            "{:?}",
            reply.headers
        );
        let session = region
            .visitor
            .request(Method::GET, &page.host, "/.pharos/session", &[("cookie", cookie)])
            .await?;
        ensure!(session.status == 200, "the session's page answered {}", session.status);
    }
    Ok(cookie.to_owned())
}

async fn everybody_else_stays_out(system: &System, page: &Page) -> Result<()> {
    let region = &system.regions[0];
    let wrong = type_password(region, page, "a wrong password", &own_origin(page)).await?;
    ensure!(
        wrong.status == 403 && !wrong.headers.contains_key("set-cookie"),
        "{}",
        wrong.status
    );
    for origin in ["https://evil.example", "null", "http://other.localhost"] {
        let foreign = type_password(region, page, PASSWORD, origin).await?;
        ensure!(
            foreign.status == 403 && !foreign.headers.contains_key("set-cookie"),
            "{origin}"
        );
    }
    for cookie in ["pharos-session=a.b", "pharos-session="] {
        let reply = visit(region, page, Some(cookie)).await?;
        ensure!(
            reply.status == 403 && !reply.text()?.contains("Component 1"),
            "{cookie}"
        );
    }
    for path in [
        "/api/v2/summary.json",
        "/history.atom",
        "/badge.svg",
        "/.pharos/snapshot",
    ] {
        let reply = region.visitor.visit(&page.host, path).await?;
        ensure!(reply.status == 403, "{path} answered {}", reply.status);
    }
    Ok(())
}

/// Waits until every region answers so.
async fn until_all(system: &System, page: &Page, cookie: Option<&str>, status: StatusCode) -> Result<()> {
    for region in &system.regions {
        eventually(&format!("{} answers {status}", region.name), ARRIVAL_MAX, async || {
            let reply = visit(region, page, cookie).await?;
            ensure!(reply.status == status.as_u16(), "it answered {}", reply.status);
            let is_shown = reply.text()?.contains("Component 1");
            ensure!(is_shown == (status == StatusCode::OK), "shown: {is_shown}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

async fn visit(region: &Region, page: &Page, cookie: Option<&str>) -> Result<Reply> {
    let headers: Vec<(&str, &str)> = cookie.into_iter().map(|cookie| ("cookie", cookie)).collect();
    region.visitor.request(Method::GET, &page.host, "/", &headers).await
}

async fn type_password(region: &Region, page: &Page, password: &str, origin: &str) -> Result<Reply> {
    let form = format!(
        "password={}&return_to=%2Fhistory%3Fcomponent%3Da%2520b",
        password.replace(' ', "+")
    );
    region
        .visitor
        .send_form(&page.host, sign_in::DOOR, origin, &form, &[])
        .await
}

fn own_origin(page: &Page) -> String {
    format!("http://{}", page.host)
}

async fn change(system: &System, page: &Page, patch: serde_json::Value) -> Result<()> {
    system.push.change(&page.path(""), &patch).await?.accepted().map(drop)
}

const AUDIENCE: &str = "audience0001";
const PASSWORD: &str = "correct horse battery";
