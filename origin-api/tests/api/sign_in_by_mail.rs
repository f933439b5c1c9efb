//! Signing in by mail, as a region asks for it.

use std::time::{Duration, Instant};

use page_model::{
    Host, Language,
    sign_in::{Answer, Asked, Question},
};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::{
    harness::{ADMIN, PAGE, TestOrigin, at},
    mailbox::Mailbox,
    sessions::list,
    sign_in::{ask, opened, renewed, sign_in_with},
};

const HOST: &str = "status.acme.com";
const AUDIENCE: &str = "audience0001";

/// A private page that knows Ada by her name and all of example.org.
async fn private() -> (TestOrigin, Mailbox) {
    let mailbox = Mailbox::open().await;
    let folder = TempDir::new().expect("a temporary folder");
    let origin = TestOrigin::start_with_mail(folder, &mailbox.url).await.sampled().await;
    let private = json!({"visibility": "private", "branding": {"accent_color": "#0b5fff"}});
    origin.patch(&format!("/v1/pages/{PAGE}"), private).await.expect(200);
    let new = json!({"id": AUDIENCE, "name": "Customers", "emails": ["ada@example.com", "example.org"]});
    origin.post(&at("audiences"), new).await.expect(201);
    (origin, mailbox)
}

fn of(asked: Asked) -> Question {
    Question {
        host: Host::parse(HOST).expect("a host"),
        client: None,
        asked,
    }
}

fn mail(address: &str) -> Question {
    of(Asked::Mail {
        address: address.to_owned(),
        language: Language::De,
        port: None,
        return_to: "/history?lang=de".to_owned(),
    })
}

fn link(token: &str) -> Question {
    of(Asked::Link {
        token: token.to_owned(),
    })
}

fn code(flow: &str, code: &str) -> Question {
    of(Asked::Code {
        flow: flow.to_owned(),
        code: code.to_owned(),
    })
}

async fn mailed(origin: &TestOrigin, question: Question) -> String {
    match ask(origin, question).await {
        Answer::Mailed { flow } => flow,
        other => unreachable!("{other:?}"),
    }
}

#[tokio::test]
async fn link_lets_in_once() {
    let (origin, mailbox) = private().await;
    mailed(&origin, mail("Ada@Example.com")).await;
    let taken = mailbox.until(1).await.remove(0);
    assert_eq!(taken.to, "ada@example.com");
    assert!(taken.text.contains("Subject: Bei Acme anmelden"), "{}", taken.text);
    assert!(
        taken.text.contains("https://status.acme.com/.pharos/link?token="),
        "{}",
        taken.text
    );
    assert!(taken.text.contains("#0b5fff"), "in the colours of the page");
    let token = taken.token();
    for (host, wrong) in [(HOST, "x"), (HOST, ""), (HOST, &token[1..]), ("other.acme.com", &token)] {
        let question = Question {
            host: Host::parse(host).expect("a host"),
            ..link(wrong)
        };
        let answer = ask(&origin, question).await;
        assert!(matches!(answer, Answer::Refused | Answer::NoWay), "{answer:?}");
    }
    let Answer::LetIn { session, return_to } = ask(&origin, link(&token)).await else {
        unreachable!("it lets in");
    };
    assert_eq!(return_to, "/history?lang=de");
    assert_eq!(opened(&origin, &session).await.page.as_str(), PAGE);
    assert_eq!(ask(&origin, link(&token)).await, Answer::Refused, "once");
    // It holds as long as the address is known.
    assert!(renewed(&origin, &session).await.is_some());
    let path = at(&format!("audiences/{AUDIENCE}"));
    origin
        .patch(&path, json!({"emails": ["example.org"]}))
        .await
        .expect(200);
    assert!(renewed(&origin, &session).await.is_none());
    let member = at(&format!("audiences/{AUDIENCE}/members/ada@example.com"));
    origin.send(Method::PUT, &member, ADMIN, &[], None).await.expect(200);
    assert!(renewed(&origin, &session).await.is_some());
}

/// Whoever else is let in stays so, those too whom nobody knows by name.
#[tokio::test]
async fn sessions_of_one_person_end_together() {
    let (origin, mailbox) = private().await;
    let password = json!({"password": "correct horse"});
    origin
        .patch(&at(&format!("audiences/{AUDIENCE}")), password)
        .await
        .expect(200);
    let nobodys = sign_in_with(&origin, "correct horse").await;
    origin.delete(&at("sessions?person=ada@example.com")).await.expect(404);
    let mut texts = Vec::new();
    for (count, person) in ["ada@example.com", "bob@example.org", "ada@example.com"]
        .iter()
        .enumerate()
    {
        mailed(&origin, mail(person)).await;
        let token = mailbox.until(count + 1).await[count].token();
        let Answer::LetIn { session, .. } = ask(&origin, link(&token)).await else {
            unreachable!("it lets in");
        };
        texts.push(session);
    }
    assert_eq!(list(&origin, "?person=ada@example.com").await.len(), 2);
    origin.delete(&at("sessions?person=ada@example.com")).await.expect(204);
    let left = list(&origin, "").await;
    let people: Vec<_> = left.iter().map(|session| session["person"].as_str()).collect();
    assert_eq!(people, [Some("bob@example.org"), None]);
    for (text, holds) in texts.iter().zip([false, true, false]) {
        assert_eq!(renewed(&origin, text).await.is_some(), holds);
    }
    assert!(renewed(&origin, &nobodys).await.is_some());
}

#[tokio::test]
async fn of_those_who_come_at_once_one_is_let_in() {
    let (origin, mailbox) = private().await;
    mailed(&origin, mail("ada@example.com")).await;
    let token = mailbox.until(1).await[0].token();
    let from = |number: u8| Question {
        client: Some([192, 0, 2, number].into()),
        ..link(&token)
    };
    let asked = (0..8).map(|number| ask(&origin, from(number)));
    let answers = futures_util::future::join_all(asked).await;
    let let_in = answers.iter().filter(|answer| matches!(answer, Answer::LetIn { .. }));
    assert_eq!(let_in.count(), 1, "{answers:?}");
}

#[tokio::test]
async fn code_lets_in_where_it_was_asked_for() {
    let (origin, mailbox) = private().await;
    let flow = mailed(&origin, mail("ada@example.com")).await;
    let other = mailed(&origin, mail("bob@example.org")).await;
    let taken = mailbox.until(2).await;
    let mail = taken.iter().find(|taken| taken.to == "ada@example.com").expect("Ada's");
    let typed = mail.code();
    assert_eq!(
        ask(&origin, code(&other, &typed)).await,
        Answer::Refused,
        "of another browser"
    );
    assert_eq!(ask(&origin, code("", &typed)).await, Answer::Refused);
    let answer = ask(&origin, code(&flow, &format!(" {} ", typed.replace(' ', "-")))).await;
    assert!(matches!(answer, Answer::LetIn { .. }), "{answer:?}");
    assert_eq!(ask(&origin, code(&flow, &typed)).await, Answer::Refused, "once");
    assert_eq!(
        ask(&origin, link(&mail.token())).await,
        Answer::Refused,
        "the link went with it"
    );
}

#[tokio::test]
async fn few_codes_may_be_tried() {
    let (origin, mailbox) = private().await;
    let flow = mailed(&origin, mail("ada@example.com")).await;
    let taken = mailbox.until(1).await.remove(0);
    let wrong = if taken.code() == "0000 0000" {
        "1111 1111"
    } else {
        "0000 0000"
    };
    for _ in 0..5 {
        assert_eq!(ask(&origin, code(&flow, wrong)).await, Answer::Refused);
    }
    assert_eq!(
        ask(&origin, code(&flow, &taken.code())).await,
        Answer::Refused,
        "too late"
    );
    let answer = ask(&origin, link(&taken.token())).await;
    assert!(
        matches!(answer, Answer::LetIn { .. }),
        "the link is not guessed at: {answer:?}"
    );
}

/// Neither what is said nor how long it takes tells whether somebody is known.
#[tokio::test]
async fn unknown_address_is_answered_like_a_known_one() {
    let (origin, mailbox) = private().await;
    let known = mailed(&origin, mail("ada@example.com")).await;
    let unknown = mailed(&origin, mail("eve@example.com")).await;
    assert_eq!(known.len(), unknown.len());
    mailbox.until(1).await;
    assert_eq!(
        ask(&origin, code(&known, "00000000")).await,
        ask(&origin, code(&unknown, "00000000")).await
    );
    // More than may be mailed is answered alike too.
    for _ in 0..4 {
        mailed(&origin, mail("ada@example.com")).await;
        mailed(&origin, mail("eve@example.com")).await;
    }
    mailbox.until(3).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let all = mailbox.all();
    assert_eq!(all.len(), 3, "no more than three to one address");
    assert!(all.iter().all(|taken| taken.to == "ada@example.com"));
    let mut times = [Vec::new(), Vec::new()];
    for number in 0..15 {
        for (at, domain) in ["example.org", "example.net"].into_iter().enumerate() {
            let question = mail(&format!("person{number}@{domain}"));
            let began = Instant::now();
            mailed(&origin, question).await;
            times[at].push(began.elapsed());
        }
    }
    let [known, unknown] = times.map(|mut times| {
        times.sort();
        times[times.len() / 2]
    });
    let apart = known.abs_diff(unknown);
    assert!(apart < Duration::from_millis(15), "{known:?} {unknown:?}");
}

#[tokio::test]
async fn what_is_no_address_is_told_so() {
    let (origin, _mailbox) = private().await;
    for wrong in [
        "",
        "ada",
        "ada@example.com\r\nBcc: eve@example.com",
        "\"ada\"@example.com",
    ] {
        assert_eq!(ask(&origin, mail(wrong)).await, Answer::Refused, "{wrong}");
    }
}

#[tokio::test]
async fn one_network_does_not_ask_for_all() {
    let (origin, _mailbox) = private().await;
    let from = |client: &str, number: usize| Question {
        client: client.parse().ok(),
        ..mail(&format!("person{number}@example.net"))
    };
    for number in 0..60 {
        mailed(&origin, from("192.0.2.7", number)).await;
    }
    let answer = ask(&origin, from("192.0.2.7", 60)).await;
    assert!(matches!(answer, Answer::Busy { .. }), "{answer:?}");
    mailed(&origin, from("192.0.2.8", 61)).await;
}

/// Whoever asks can make up names in a domain that is known as a whole.
#[tokio::test]
async fn mails_to_one_domain_are_bounded() {
    let (origin, mailbox) = private().await;
    for number in 0..310 {
        mailed(&origin, mail(&format!("person{number}@example.org"))).await;
    }
    mailed(&origin, mail("ada@example.com")).await;
    mailbox.until(301).await;
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let all = mailbox.all();
    assert_eq!(all.len(), 301);
    assert!(
        all.iter().any(|taken| taken.to == "ada@example.com"),
        "who is known by name has no part in it"
    );
}

#[tokio::test]
async fn mail_that_is_not_taken_at_once_is_sent_again() {
    let (origin, mailbox) = private().await;
    mailbox.say("451");
    let flow = mailed(&origin, mail("ada@example.com")).await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    mailbox.say("250");
    let taken = mailbox.until(1).await.remove(0);
    let answer = ask(&origin, code(&flow, &taken.code())).await;
    assert!(matches!(answer, Answer::LetIn { .. }), "{answer:?}");
    mailbox.say("550");
    mailed(&origin, mail("ada@example.com")).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    mailbox.say("250");
    tokio::time::sleep(Duration::from_secs(6)).await;
    assert_eq!(mailbox.all().len(), 1, "what is refused for good is not tried again");
}

#[tokio::test]
async fn what_waits_is_sent_after_a_restart() {
    let (origin, mailbox) = private().await;
    mailbox.say("451");
    let flow = mailed(&origin, mail("ada@example.com")).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    let folder = origin.stop().await;
    mailbox.say("250");
    let origin = TestOrigin::start_with_mail(folder, &mailbox.url).await;
    let taken = mailbox.until(1).await.remove(0);
    let answer = ask(&origin, code(&flow, &taken.code())).await;
    assert!(matches!(answer, Answer::LetIn { .. }), "{answer:?}");
}

/// Who takes the file away is not let in by it.
#[tokio::test]
async fn nothing_that_lets_in_is_kept() {
    let (origin, mailbox) = private().await;
    let flow = mailed(&origin, mail("ada@example.com")).await;
    let taken = mailbox.until(1).await.remove(0);
    tokio::time::sleep(Duration::from_millis(300)).await;
    let folder = origin.stop().await;
    let mut kept = std::fs::read(folder.path().join("data/sign-in.db")).expect("a database");
    kept.extend(std::fs::read(folder.path().join("data/sign-in.db-wal")).unwrap_or_default());
    let holds = |wanted: &str| kept.windows(wanted.len()).any(|window| window == wanted.as_bytes());
    assert!(holds("ada@example.com"), "it is the right file");
    assert!(!holds(&taken.token()) && !holds(&flow));
    assert!(!holds(&taken.code()) && !holds(&taken.code().replace(' ', "")));
}

#[tokio::test]
async fn page_that_knows_nobody_by_mail_has_no_such_way() {
    let (origin, _mailbox) = private().await;
    let path = at(&format!("audiences/{AUDIENCE}"));
    origin.patch(&path, json!({"emails": []})).await.expect(200);
    assert_eq!(ask(&origin, mail("ada@example.com")).await, Answer::NoWay);
    let public = json!({"visibility": "public"});
    origin
        .patch(&path, json!({"emails": ["example.org"]}))
        .await
        .expect(200);
    let _: Value = origin.patch(&format!("/v1/pages/{PAGE}"), public).await.expect(200);
    assert_eq!(ask(&origin, mail("ada@example.com")).await, Answer::NoWay);
}
