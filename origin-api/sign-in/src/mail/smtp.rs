//! The server that takes the mails.

use std::{fmt, net::IpAddr, time::Duration};

use mail_send::{Credentials, Error, SmtpClient, SmtpClientBuilder, smtp::message::Message};
use origin_objects::mail::MailAddress;
use tokio::{
    io::{AsyncRead, AsyncWrite},
    time::timeout,
};
use url::{Host, Url};

use crate::limits::SMTP_TIME_MAX;

/// How mails are sent, and whose they are.
#[derive(Clone)]
pub struct Smtp {
    server: String,
    port: u16,
    security: Security,
    /// A user and their password.
    user: Option<(String, String)>,
    from: MailAddress,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Security {
    /// Within this machine.
    None,
    /// TLS from the first byte.
    Tls,
    /// TLS after the greeting; without it nothing is sent.
    StartTls,
}

/// What became of a mail.
#[derive(Debug)]
pub enum Sent {
    Taken,
    /// It will never be taken.
    Refused(Error),
    /// It may be taken later.
    Later(Error),
}

impl Smtp {
    /// From `smtps://user:password@host`, `smtp://host:587`, which needs STARTTLS, or `smtp://127.0.0.1:1025`.
    pub fn parse(url: &str, from: &str) -> Result<Self, String> {
        let from = MailAddress::parse(from).map_err(|detail| format!("mails come from an address: {detail}"))?;
        let form =
            "the server is smtps://user:password@host, smtp://host:587 or, on this machine, smtp://127.0.0.1:1025";
        // Its text may hold a password and is not repeated.
        let url = Url::parse(url).map_err(|error| format!("{form}: {error}"))?;
        let is_bare = matches!(url.path(), "" | "/") && url.query().is_none() && url.fragment().is_none();
        let host = url.host_str().filter(|host| !host.is_empty() && is_bare).ok_or(form)?;
        let (security, port) = match (url.scheme(), is_this_machine(host)) {
            ("smtps", _) => (Security::Tls, 465),
            ("smtp", true) => (Security::None, 25),
            ("smtp", false) => (Security::StartTls, 587),
            _ => return Err(form.to_owned()),
        };
        let user = match (url.username(), url.password()) {
            ("", None) => None,
            (user, Some(password)) if !user.is_empty() => Some((decoded(user)?, decoded(password)?)),
            _ => return Err("the server takes a user and a password, or neither".to_owned()),
        };
        Ok(Self {
            server: host.trim_matches(['[', ']']).to_owned(),
            port: url.port().unwrap_or(port),
            security,
            user,
            from,
        })
    }

    pub fn from(&self) -> &MailAddress {
        &self.from
    }

    /// Sends them over one connection, and calls what became of each; those for which it is not called were not sent.
    pub async fn send(&self, mails: &[(MailAddress, Vec<u8>)], sent: &mut Vec<Sent>) -> Result<(), Error> {
        match self.security {
            Security::None => {
                let client = timeout(SMTP_TIME_MAX, self.builder()?.connect_plain()).await;
                self.send_over(client.map_err(|_| Error::Timeout)??, mails, sent).await
            }
            Security::Tls | Security::StartTls => {
                let client = timeout(SMTP_TIME_MAX, self.builder()?.connect()).await;
                self.send_over(client.map_err(|_| Error::Timeout)??, mails, sent).await
            }
        }
    }

    fn builder(&self) -> Result<SmtpClientBuilder<String>, Error> {
        let builder = SmtpClientBuilder::new(self.server.clone(), self.port);
        let builder = builder.map_err(|detail| Error::Io(std::io::Error::other(detail)))?;
        let mut builder = builder
            .implicit_tls(self.security == Security::Tls)
            .helo_host(self.from.domain())
            .timeout(SMTP_TIME_MAX);
        if let (Ok(IpAddr::V6(address)), port) = (self.server.parse(), self.port) {
            builder.addr = format!("[{address}]:{port}");
        }
        if let Some((username, secret)) = self.user.clone() {
            builder = builder.credentials(Credentials::Plain { username, secret });
        }
        Ok(builder)
    }

    async fn send_over<T: AsyncRead + AsyncWrite + Unpin>(
        &self,
        mut client: SmtpClient<T>,
        mails: &[(MailAddress, Vec<u8>)],
        sent: &mut Vec<Sent>,
    ) -> Result<(), Error> {
        for (to, bytes) in mails {
            let message = Message::new(self.from.as_str(), [to.as_str()], bytes.as_slice());
            let became = timeout(SMTP_TIME_MAX, client.send(message)).await;
            match became.unwrap_or(Err(Error::Timeout)) {
                Ok(_) => sent.push(Sent::Taken),
                Err(Error::UnexpectedReply(reply)) => {
                    let is_final = (500..600).contains(&reply.code);
                    let error = Error::UnexpectedReply(reply);
                    sent.push(if is_final {
                        Sent::Refused(error)
                    } else {
                        Sent::Later(error)
                    });
                    timeout(SMTP_TIME_MAX, client.rset())
                        .await
                        .map_err(|_| Error::Timeout)??;
                }
                Err(error) => return Err(error),
            }
        }
        // They are taken whether or not the server says goodbye.
        let _ = timeout(GOODBYE_TIME_MAX, client.quit()).await;
        Ok(())
    }
}

/// A password does not come into a log.
impl fmt::Debug for Smtp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{} ({:?}), from {}",
            self.server,
            self.port,
            self.security,
            self.from.as_str()
        )
    }
}

fn is_this_machine(host: &str) -> bool {
    match Host::parse(host) {
        Ok(Host::Ipv4(address)) => address.is_loopback(),
        Ok(Host::Ipv6(address)) => address.is_loopback(),
        Ok(Host::Domain(name)) => name == "localhost",
        Err(_) => false,
    }
}

/// What stands in a URL in place of signs that it cannot hold.
fn decoded(text: &str) -> Result<String, String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte != b'%' {
            bytes.push(byte);
            continue;
        }
        let mut digit = || char::from(rest.next()?).to_digit(16);
        let (high, low) = (digit(), digit());
        match (high, low) {
            (Some(high), Some(low)) => bytes.push((high * 16 + low) as u8),
            _ => return Err("a % in the user or the password of the server is written %25".to_owned()),
        }
    }
    String::from_utf8(bytes).map_err(|_| "the user and the password of the server are UTF-8".to_owned())
}

const GOODBYE_TIME_MAX: Duration = Duration::from_secs(1);

#[cfg(test)]
mod tests {
    use super::*;

    fn read(url: &str) -> Result<Smtp, String> {
        Smtp::parse(url, "status@pharos.example")
    }

    #[test]
    fn server_is_read_from_its_address() {
        for (url, told) in [
            ("smtps://mail.example.com", "mail.example.com:465 (Tls)"),
            ("smtp://mail.example.com", "mail.example.com:587 (StartTls)"),
            ("smtp://mail.example.com:2525", "mail.example.com:2525 (StartTls)"),
            ("smtp://127.0.0.1:1025", "127.0.0.1:1025 (None)"),
            ("smtp://localhost:1025", "localhost:1025 (None)"),
            ("smtp://[::1]:1025", "::1:1025 (None)"),
            ("smtp://192.0.2.1", "192.0.2.1:587 (StartTls)"),
        ] {
            let smtp = read(url).expect(url);
            assert_eq!(format!("{smtp:?}"), format!("{told}, from status@pharos.example"));
        }
        let smtp = read("smtps://ada%40example.com:p%25w%3A@mail.example.com").expect("a server");
        assert_eq!(smtp.user, Some(("ada@example.com".to_owned(), "p%w:".to_owned())));
        assert!(!format!("{smtp:?}").contains("p%w"));
    }

    #[test]
    fn what_is_no_server_is_refused_without_repeating_it() {
        for wrong in [
            "",
            "mail.example.com",
            "https://mail.example.com",
            "smtp://",
            "smtps://ada@mail.example.com",
            "smtps://ada:secret@mail.example.com/path",
            "smtps://ada:secret%zz@mail.example.com",
            "smtps://mail.example.com?x",
        ] {
            let error = read(wrong).expect_err(wrong);
            assert!(!error.contains("secret"), "{error}");
        }
        assert!(Smtp::parse("smtp://127.0.0.1", "status").is_err());
    }
}
