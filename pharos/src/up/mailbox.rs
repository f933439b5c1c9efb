//! The mail server of `pharos up`: it takes every mail, sends none, and shows them in the browser.

use std::{
    collections::VecDeque,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    extract::{Path, State},
    http::{HeaderName, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing::get,
};
use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufRead, AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_util::sync::CancellationToken;

/// Both listeners, bound.
pub struct Mailbox {
    pub smtp_addr: SocketAddr,
    pub web_addr: SocketAddr,
    smtp: TcpListener,
    web: TcpListener,
}

#[derive(Clone, Default)]
struct Mails(Arc<Mutex<VecDeque<Mail>>>);

struct Mail {
    number: u64,
    to: String,
    subject: String,
    html: String,
}

impl Mailbox {
    pub async fn bind(smtp: SocketAddr, web: SocketAddr) -> anyhow::Result<Self> {
        let (smtp, web) = (TcpListener::bind(smtp).await?, TcpListener::bind(web).await?);
        Ok(Self {
            smtp_addr: smtp.local_addr()?,
            web_addr: web.local_addr()?,
            smtp,
            web,
        })
    }

    pub async fn run(self, shutdown: CancellationToken) -> anyhow::Result<()> {
        let mails = Mails::default();
        let router = Router::new()
            .route("/", get(list))
            .route("/{number}", get(show))
            .with_state(mails.clone());
        let ended = shutdown.clone().cancelled_owned();
        let web = async { axum::serve(self.web, router).with_graceful_shutdown(ended).await };
        tokio::select! {
            served = web => Ok(served?),
            () = receive(self.smtp, mails) => Ok(()),
        }
    }
}

async fn receive(listener: TcpListener, mails: Mails) {
    let places = Arc::new(Semaphore::new(SESSIONS_MAX));
    loop {
        let Ok(place) = places.clone().acquire_owned().await else {
            return;
        };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        let mails = mails.clone();
        tokio::spawn(async move {
            let spoken = timeout(SESSION_TIME_MAX, speak(stream, &mails)).await;
            if let Ok(Err(error)) = spoken {
                tracing::debug!(%error, "somebody who brings mails went away");
            }
            drop(place);
        });
    }
}

/// As little of RFC 5321 as a client needs that knows it.
async fn speak(stream: TcpStream, mails: &Mails) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 localhost\r\n").await?;
    let mut to = String::new();
    loop {
        let line = line(&mut stream, LINE_BYTES_MAX).await?;
        if line.is_empty() {
            return Ok(());
        }
        let line = String::from_utf8_lossy(&line).into_owned();
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let answer: &[u8] = match verb.as_str() {
            "RCPT" => {
                line.split(['<', '>']).nth(1).unwrap_or_default().clone_into(&mut to);
                b"250 known\r\n"
            }
            "DATA" => {
                stream.write_all(b"354 go on, and end with a dot\r\n").await?;
                match message(&mut stream).await? {
                    Some(bytes) => {
                        mails.take(&to, &bytes);
                        b"250 taken\r\n"
                    }
                    None => b"552 too large\r\n",
                }
            }
            "QUIT" => return stream.write_all(b"221 goodbye\r\n").await,
            _ => b"250 fine\r\n",
        };
        stream.write_all(answer).await?;
    }
}

/// Up to the line with a dot; `None` where it is more than is kept.
async fn message(stream: &mut (impl AsyncBufRead + Unpin)) -> std::io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    loop {
        let line = line(stream, MAIL_BYTES_MAX).await?;
        match line.as_slice() {
            b"" => return Err(std::io::ErrorKind::UnexpectedEof.into()),
            b".\r\n" => return Ok(Some(bytes).filter(|bytes| bytes.len() <= MAIL_BYTES_MAX)),
            line if bytes.len() <= MAIL_BYTES_MAX => bytes.extend(line.strip_prefix(b".").unwrap_or(line)),
            _ => {}
        }
    }
}

async fn line(stream: &mut (impl AsyncBufRead + Unpin), bytes_max: usize) -> std::io::Result<Vec<u8>> {
    let mut line = Vec::new();
    stream.take(bytes_max as u64).read_until(b'\n', &mut line).await?;
    Ok(line)
}

impl Mails {
    fn take(&self, to: &str, bytes: &[u8]) {
        let Some(read) = MessageParser::default().parse(bytes) else {
            return;
        };
        let mut mails = self.all();
        let number = mails.front().map_or(1, |last| last.number + 1);
        mails.push_front(Mail {
            number,
            to: to.to_owned(),
            subject: read.subject().unwrap_or_default().to_owned(),
            html: read.body_html(0).unwrap_or_default().into_owned(),
        });
        mails.truncate(MAILS_MAX);
    }

    fn all(&self) -> MutexGuard<'_, VecDeque<Mail>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn list(State(mails): State<Mails>) -> Response {
    let mut page = HEAD.to_owned();
    let mails = mails.all();
    if mails.is_empty() {
        page += "<p>No mail yet: ask for one at the door of the private page.</p>";
    }
    for mail in mails.iter() {
        let (subject, to) = (escaped(&mail.subject), escaped(&mail.to));
        page += &format!("<p><a href=\"/{}\">{subject}</a><br>to {to}</p>", mail.number);
    }
    (ALONE, Html(page)).into_response()
}

async fn show(State(mails): State<Mails>, Path(number): Path<u64>) -> Response {
    let found = mails
        .all()
        .iter()
        .find(|mail| mail.number == number)
        .map(|mail| mail.html.clone());
    match found {
        Some(html) => (ALONE, Html(html)).into_response(),
        None => (StatusCode::NOT_FOUND, "This mail is not here any longer.\n").into_response(),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// A mail runs nothing and loads nothing.
const ALONE: [(HeaderName, &str); 2] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'unsafe-inline'",
    ),
    (header::REFERRER_POLICY, "no-referrer"),
];
const HEAD: &str =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"light dark\">
<meta name=\"viewport\" content=\"width=device-width\"><title>Mails of pharos up</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:40em;margin:2em auto;padding:0 1em}</style><h1>Mails</h1>";
/// Mails that are kept.
const MAILS_MAX: usize = 50;
const MAIL_BYTES_MAX: usize = 256 * 1024;
const LINE_BYTES_MAX: usize = 1_000;
/// Those who bring mails at the same time.
const SESSIONS_MAX: usize = 8;
const SESSION_TIME_MAX: Duration = Duration::from_secs(60);

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_mailed_is_shown() {
        // Another test may have done so.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let any = SocketAddr::from(([127, 0, 0, 1], 0));
        let mailbox = Mailbox::bind(any, any).await.expect("it binds");
        let (smtp, web, shutdown) = (mailbox.smtp_addr, mailbox.web_addr, CancellationToken::new());
        let running = tokio::spawn(mailbox.run(shutdown.clone()));
        let mut stream = TcpStream::connect(smtp).await.expect("it listens");
        let said = "EHLO me\r\nMAIL FROM:<a@b.example>\r\nRCPT TO:<ada@example.com>\r\nDATA\r\nSubject: Sign <b>in\r\n\
            Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            <p>caf=C3=A9</p>\r\n..\r\n.\r\nQUIT\r\n";
        stream.write_all(said.as_bytes()).await.expect("it reads");
        let mut heard = String::new();
        stream.read_to_string(&mut heard).await.expect("it answers");
        assert!(heard.ends_with("250 taken\r\n221 goodbye\r\n"), "{heard}");
        let list = reqwest::get(format!("http://{web}/"))
            .await
            .expect("a page")
            .text()
            .await
            .expect("text");
        assert!(
            list.contains("<a href=\"/1\">Sign &lt;b>in</a><br>to ada@example.com"),
            "{list}"
        );
        let mail = reqwest::get(format!("http://{web}/1")).await.expect("a page");
        assert!(
            mail.headers()["content-security-policy"]
                .to_str()
                .expect("text")
                .contains("default-src 'none'")
        );
        let mail = mail.text().await.expect("text");
        assert!(mail.contains("<p>caf\u{e9}</p>") && !mail.contains(".."), "{mail}");
        shutdown.cancel();
        running.await.expect("it does not panic").expect("it ends well");
    }
}
