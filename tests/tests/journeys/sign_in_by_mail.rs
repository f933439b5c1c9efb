//! Signing in by mail, from the address at the door to the page, on every platform that asks an origin.

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::json;
use tests::{Page, Platform, Region, System, eventually, mailbox::Mailbox, system::ARRIVAL_MAX, visitor::Reply};

#[tokio::test(flavor = "multi_thread")]
async fn own_host() -> Result<()> {
    System::journey_on(Platform::OwnHost, by_mail).await
}

#[tokio::test(flavor = "multi_thread")]
async fn spin() -> Result<()> {
    System::journey_on(Platform::Spin, by_mail).await
}

#[tokio::test(flavor = "multi_thread")]
async fn workerd() -> Result<()> {
    System::journey_on(Platform::Workerd, by_mail).await
}

async fn by_mail(system: &mut System) -> Result<()> {
    let mailbox = system.open_mailbox()?;
    let page = Page::create(&system.push, "mailed", 3).await?;
    let customers = json!({"id": AUDIENCE, "name": "Customers", "emails": ["ada@example.com"]});
    system.push.create(&page.path("/audiences"), &customers).await?;
    change(system, &page, json!({"visibility": "private"})).await?;
    until_door(system, &page).await?;
    let region = &system.regions[0];

    // Nothing that is answered tells who is known.
    let known = ask(region, &page, "Ada@Example.com").await?;
    let unknown = ask(region, &page, "eve@example.com").await?;
    ensure!(
        known.status == 200 && unknown.status == 200,
        "{} {}",
        known.status,
        unknown.status
    );
    ensure!(known.text()? == unknown.text()?, "the answers differ");
    let mail = mailbox.until(1).await?.remove(0);
    ensure!(mail.defects.is_empty(), "{:?}", mail.defects);
    ensure!(
        mail.to == ["ada@example.com"] && mail.from == "status@pharos.example",
        "{mail:?}"
    );
    ensure!(mail.headers["from"].contains(&page.name), "{:?}", mail.headers);
    ensure!(mail.headers["subject"].contains(&page.name), "{:?}", mail.headers);
    ensure!(mail.html.contains(mail.code()?), "{}", mail.html);
    let port = region.visitor.addr().port();
    ensure!(
        mail.origin()? == format!("http://{}:{port}", page.host),
        "{}",
        mail.origin()?
    );

    let cookie = follow(region, &page, mail.link()?).await?;
    for region in &system.regions {
        let reply = visit(region, &page, "/", &[("cookie", &cookie)]).await?;
        ensure!(
            reply.status == 200 && reply.text()?.contains("Component 1"),
            "{} answered {}",
            region.name,
            reply.status
        );
    }
    let again = press(region, &page, mail.link()?).await?;
    ensure!(again.status == 403, "a link that was used answered {}", again.status);

    type_code(system, &page, &mailbox).await?;

    // Who is known no longer is out. Without the origin nobody new comes in, and the door says so.
    let path = page.path(&format!("/audiences/{AUDIENCE}"));
    system
        .push
        .change(&path, &json!({"emails": ["bob@example.com"]}))
        .await?
        .accepted()?;
    eventually("Ada is out", ARRIVAL_MAX, async || {
        let reply = visit(&system.regions[0], &page, "/", &[("cookie", &cookie)]).await?;
        ensure!(reply.status == 403, "she is answered {}", reply.status);
        Ok(())
    })
    .await?;
    system.origin.kill();
    let away = ask(&system.regions[0], &page, "bob@example.com").await?;
    ensure!(
        away.status == 503,
        "without the origin the door answered {}",
        away.status
    );
    ensure!(away.text()?.contains("role=\"alert\""), "and says why");
    system.origin.start()?;
    system.origin.healthy().await
}

/// A program that looks through the mail follows its link ten times; then somebody presses the button.
async fn follow(region: &Region, page: &Page, link: &str) -> Result<String> {
    for _ in 0..10 {
        let looked = visit(region, page, link, &[]).await?;
        ensure!(looked.status == 200, "looking at the link answered {}", looked.status);
        ensure!(looked.header("set-cookie").is_none(), "{:?}", looked.headers);
    }
    let foreign = send(
        region,
        page,
        "/.pharos/link",
        "http://evil.example",
        None,
        &token(link)?,
    )
    .await?;
    ensure!(foreign.status == 403, "another site's form answered {}", foreign.status);
    let pressed = press(region, page, link).await?;
    ensure!(
        pressed.status == 303,
        "the button answered {}: {}",
        pressed.status,
        pressed.text()?
    );
    ensure!(
        pressed.header("location") == Some("/history?component=a%20b"),
        "{:?}",
        pressed.headers
    );
    cookie(&pressed, "pharos-session")
}

async fn type_code(system: &System, page: &Page, mailbox: &Mailbox) -> Result<()> {
    let region = &system.regions[0];
    let asked = ask(region, page, "ada@example.com").await?;
    let flow = cookie(&asked, "pharos-flow")?;
    let mails = mailbox.until(2).await?;
    let form = format!("code={}", mails[1].code()?.replace(' ', "+"));
    let own = own_origin(region, page);
    let elsewhere = send(region, page, "/.pharos/sign-in", &own, None, &form).await?;
    ensure!(
        elsewhere.status == 403,
        "in another browser it answered {}",
        elsewhere.status
    );
    // Any region takes it: what is kept is at the origin.
    let other = &system.regions[1];
    let typed = send(other, page, "/.pharos/sign-in", &own, Some(&flow), &form).await?;
    ensure!(
        typed.status == 303,
        "the code answered {}: {}",
        typed.status,
        typed.text()?
    );
    let session = cookie(&typed, "pharos-session")?;
    let seen = visit(other, page, "/", &[("cookie", &session)]).await?;
    ensure!(seen.status == 200, "then the page answered {}", seen.status);
    Ok(())
}

async fn until_door(system: &System, page: &Page) -> Result<()> {
    for region in &system.regions {
        eventually(
            &format!("{} asks for an address", region.name),
            ARRIVAL_MAX,
            async || {
                let reply = visit(region, page, "/", &[]).await?;
                ensure!(reply.status == 403, "it answered {}", reply.status);
                ensure!(reply.text()?.contains("name=\"email\""), "it does not");
                Ok(())
            },
        )
        .await?;
    }
    Ok(())
}

async fn ask(region: &Region, page: &Page, address: &str) -> Result<Reply> {
    let form = format!(
        "email={}&return_to=%2Fhistory%3Fcomponent%3Da%2520b",
        address.replace('@', "%40")
    );
    send(region, page, "/.pharos/sign-in", &own_origin(region, page), None, &form).await
}

async fn press(region: &Region, page: &Page, link: &str) -> Result<Reply> {
    let own = own_origin(region, page);
    send(region, page, "/.pharos/link", &own, None, &token(link)?).await
}

fn token(link: &str) -> Result<String> {
    let (_, token) = link.split_once('?').context("there is no token")?;
    Ok(token.to_owned())
}

fn own_origin(region: &Region, page: &Page) -> String {
    format!("http://{}:{}", page.host, region.visitor.addr().port())
}

async fn send(
    region: &Region,
    page: &Page,
    path: &str,
    origin: &str,
    cookie: Option<&str>,
    form: &str,
) -> Result<Reply> {
    let headers: Vec<(&str, &str)> = cookie.into_iter().map(|cookie| ("cookie", cookie)).collect();
    region.visitor.send_form(&page.host, path, origin, form, &headers).await
}

async fn visit(region: &Region, page: &Page, path: &str, headers: &[(&str, &str)]) -> Result<Reply> {
    region.visitor.request(Method::GET, &page.host, path, headers).await
}

/// The cookie of that name which a reply sets, as a browser sends it.
fn cookie(reply: &Reply, name: &str) -> Result<String> {
    let cookie = reply.cookie()?;
    ensure!(cookie.starts_with(&format!("{name}=")), "{cookie}");
    Ok(cookie)
}

async fn change(system: &System, page: &Page, patch: serde_json::Value) -> Result<()> {
    system.push.change(&page.path(""), &patch).await?.accepted().map(drop)
}

const AUDIENCE: &str = "audience0001";
