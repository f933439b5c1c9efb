//! A person signs in by each way in a real browser, on a phone and at a desk, sees what is theirs, and signs out. The steps are in
//! `tests/checkers/browser/entrance.mjs`.

use anyhow::Result;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use serde_json::{Value, json};
use tests::{
    Page, System,
    browsers::{CHROMIUM, FIREFOX, Tab},
    eventually,
    mailbox::Mailbox,
    system::ARRIVAL_MAX,
};

#[tokio::test(flavor = "multi_thread")]
async fn person_signs_in_by_each_way() -> Result<()> {
    System::journey(async |system| {
        let mailbox = system.open_mailbox()?;
        let page = Page::create(&system.push, "entered", 1).await?;
        let url = system.regions[0].url(&page.host);
        let provider = system
            .open_provider_for_people(&[format!("{url}.pharos/sign-in/callback")])
            .await?;
        let key = SigningKey::from_bytes(&[5; 32]);
        prepare(system, &page, &provider.issuer, &key).await?;
        let person = Person {
            url,
            host: page.host.clone(),
            key,
        };
        for (at, width) in WIDTHS.iter().enumerate() {
            person.types_the_password(CHROMIUM, width).await?;
            person.gets_a_mail(width, at, &mailbox).await?;
            person.goes_to_the_provider(width).await?;
            person.comes_from_the_product(width, at).await?;
        }
        // Another browser keeps pages in another way.
        person.types_the_password(FIREFOX, &WIDTHS[1]).await?;
        behind_a_proxy(system).await
    })
    .await
}

struct Person {
    url: String,
    host: String,
    key: SigningKey,
}

impl Person {
    async fn types_the_password(&self, browser: &str, width: &Width) -> Result<()> {
        let mut tab = width.tab(browser).await?;
        tab.take("entrance.byPassword", self.with(0, json!({ "password": PASSWORD })))
            .await?;
        self.signs_out(&mut tab, 0).await
    }

    /// On the phone the link is followed, at the desk the code is typed.
    async fn gets_a_mail(&self, width: &Width, before: usize, mailbox: &Mailbox) -> Result<()> {
        let mut tab = width.tab(CHROMIUM).await?;
        tab.take(
            "entrance.asksForMail",
            json!({ "url": self.url, "address": "bob@example.com" }),
        )
        .await?;
        let mails = mailbox.until(before + 1).await?;
        let mail = &mails[before];
        match before {
            0 => {
                let link = format!("{}{}", mail.origin()?, mail.link()?);
                tab.take("entrance.followsLink", self.with(1, json!({ "link": link })))
                    .await?
            }
            _ => {
                tab.take("entrance.typesCode", self.with(1, json!({ "code": mail.code()? })))
                    .await?
            }
        };
        self.signs_out(&mut tab, 1).await
    }

    async fn goes_to_the_provider(&self, width: &Width) -> Result<()> {
        let mut tab = width.tab(CHROMIUM).await?;
        tab.take("entrance.byProvider", self.with(2, json!({}))).await?;
        self.signs_out(&mut tab, 2).await
    }

    async fn comes_from_the_product(&self, width: &Width, at: usize) -> Result<()> {
        let mut tab = width.tab(CHROMIUM).await?;
        tab.take("entrance.byToken", self.with(3, json!({ "token": self.token(at) })))
            .await?;
        self.signs_out(&mut tab, 3).await
    }

    async fn signs_out(&self, tab: &mut Tab, way: usize) -> Result<()> {
        let args = json!({ "url": self.url, "sees": WAYS[way] });
        tab.take("entrance.signsOut", args).await.map(drop)
    }

    /// The same, with what those see who come by this way, and what they do not.
    fn with(&self, way: usize, mut args: Value) -> Value {
        let others: Vec<_> = WAYS.iter().filter(|other| **other != WAYS[way]).collect();
        args["url"] = json!(self.url);
        args["sees"] = json!(WAYS[way]);
        args["lacks"] = json!(others);
        args
    }

    fn token(&self, number: usize) -> String {
        let exp = jiff::Timestamp::now().as_second() + 120;
        let claims = json!({"iss": "portal", "aud": self.host, "sub": "ada", "exp": exp, "jti": format!("{number}"),
            "audiences": [WAYS[3]]});
        let part = |value: Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let text = format!("{}.{}", part(json!({"alg": "EdDSA"})), part(claims));
        let signature = URL_SAFE_NO_PAD.encode(self.key.sign(text.as_bytes()).to_bytes());
        format!("{text}.{signature}")
    }
}

/// A private page with an audience for each way in, which has a component of its own.
async fn prepare(system: &System, page: &Page, issuer: &str, key: &SigningKey) -> Result<()> {
    let push = &system.push;
    let how = [
        json!({ "password": PASSWORD }),
        json!({ "emails": ["bob@example.com"] }),
        json!({ "claims": [{"claim": "groups", "value": "customers"}] }),
        json!({}),
    ];
    for (number, (way, mut audience)) in WAYS.into_iter().zip(how).enumerate() {
        let id = format!("audience000{number}");
        audience["id"] = json!(id);
        audience["name"] = json!(way);
        push.create(&page.path("/audiences"), &audience).await?;
        let component = json!({ "name": way, "audiences": [id] });
        push.create(&page.path("/components"), &component).await?;
    }
    let named = json!({"issuer": issuer, "client_id": "pharos", "client_secret": "the-client-secret", "name": "Acme"});
    push.put(&page.path("/sign-in/provider"), &named).await?;
    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().to_bytes());
    let jwk = json!({"issuer": "portal", "jwk": {"kty": "OKP", "crv": "Ed25519", "x": x}});
    push.put(&page.path("/sign-in/token-keys/portal000001"), &jwk).await?;
    close(system, page).await
}

async fn close(system: &System, page: &Page) -> Result<()> {
    system
        .push
        .change(&page.path(""), &json!({ "visibility": "private" }))
        .await?;
    for region in &system.regions {
        eventually(&format!("{} has a door", region.name), ARRIVAL_MAX, async || {
            let status = region.visitor.visit(&page.host, "/").await?.status;
            anyhow::ensure!(status == 403, "it answered {status}");
            Ok(())
        })
        .await?;
    }
    Ok(())
}

/// At a name that is not this machine's, over TLS, the cookie has the prefix that no neighbour can write.
async fn behind_a_proxy(system: &System) -> Result<()> {
    let page = Page {
        id: "proxiedppppp".to_owned(),
        name: "proxied".to_owned(),
        host: "status.acme.example".to_owned(),
    };
    system.push.page(&page.id, &page.name, &page.host).await?;
    let audience = json!({"id": "audience0009", "name": "Customers", "password": PASSWORD});
    system.push.create(&page.path("/audiences"), &audience).await?;
    system
        .push
        .create(&page.path("/components"), &json!({ "name": "Vault" }))
        .await?;
    close(system, &page).await?;
    let (_proxy, addr) = system.open_tls_proxy(&system.regions[0]).await?;
    let options = json!({ "proxy": { "server": format!("http://{addr}") }, "ignoreHTTPSErrors": true });
    let mut tab = Tab::open_with(CHROMIUM, options).await?;
    let url = format!("https://{}/", page.host);
    let args = json!({ "url": url, "password": PASSWORD, "sees": "Vault", "lacks": [] });
    tab.take("entrance.byPassword", args).await?;
    tab.take("entrance.hasTheCookie", json!({})).await?;
    tab.take("entrance.signsOut", json!({ "url": url, "sees": "Vault" }))
        .await
        .map(drop)
}

struct Width {
    width: u32,
    height: u32,
}

impl Width {
    async fn tab(&self, browser: &str) -> Result<Tab> {
        let viewport = json!({ "width": self.width, "height": self.height });
        Tab::open_with(browser, json!({ "viewport": viewport, "locale": "en-GB" })).await
    }
}

const WIDTHS: [Width; 2] = [
    Width {
        width: 360,
        height: 740,
    },
    Width {
        width: 1280,
        height: 800,
    },
];
/// What an audience is called that comes in by this way, and its component.
const WAYS: [&str; 4] = ["Password holders", "Mail readers", "Provider users", "Portal customers"];
const PASSWORD: &str = "correct horse battery";
