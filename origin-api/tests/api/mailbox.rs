//! A mail server that takes mails and shows them.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

pub struct Mailbox {
    pub url: String,
    taken: Arc<Mutex<Vec<Taken>>>,
    /// What is said to who names a recipient: `250`, `451` or `550`.
    says: Arc<Mutex<&'static str>>,
}

#[derive(Debug, Clone)]
pub struct Taken {
    pub to: String,
    pub text: String,
}

impl Mailbox {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("smtp://{}", listener.local_addr().expect("an address"));
        let taken = Arc::<Mutex<Vec<Taken>>>::default();
        let says = Arc::new(Mutex::new("250"));
        let (into, answer) = (taken.clone(), says.clone());
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let (into, answer) = (into.clone(), answer.clone());
                tokio::spawn(async move {
                    let _ = speak(stream, &into, &answer).await;
                });
            }
        });
        Self { url, taken, says }
    }

    pub fn say(&self, code: &'static str) {
        *self.says.lock().unwrap_or_else(PoisonError::into_inner) = code;
    }

    pub fn all(&self) -> Vec<Taken> {
        self.taken.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The mails, once there are so many; the bound only catches what never comes.
    pub async fn until(&self, count: usize) -> Vec<Taken> {
        for _ in 0..1_200 {
            if self.all().len() >= count {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let all = self.all();
        assert_eq!(all.len(), count, "{all:?}");
        all
    }
}

impl Taken {
    pub fn token(&self) -> String {
        let at = self.text.find("token=").expect("a link") + "token=".len();
        let rest = self.text[at..].strip_prefix("3D").unwrap_or(&self.text[at..]);
        let is_of_token = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let token: String = rest.chars().take_while(is_of_token).collect();
        assert_eq!(token.len(), 22, "128 bits: {token}");
        token
    }

    pub fn code(&self) -> String {
        let mut lines = self.text.lines().map(str::trim);
        let is_code = |line: &&str| {
            line.len() == 9
                && line
                    .split(' ')
                    .all(|part| part.len() == 4 && part.bytes().all(|byte| byte.is_ascii_digit()))
        };
        lines.find(is_code).expect("a code").to_owned()
    }
}

async fn speak(stream: TcpStream, into: &Mutex<Vec<Taken>>, says: &Mutex<&'static str>) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    stream.write_all(b"220 here\r\n").await?;
    let (mut line, mut to) = (String::new(), String::new());
    loop {
        line.clear();
        if stream.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let answer = match line.get(..4).unwrap_or_default() {
            "RCPT" => {
                to = line.split(['<', '>']).nth(1).unwrap_or_default().to_owned();
                format!("{} recipient\r\n", says.lock().unwrap_or_else(PoisonError::into_inner))
            }
            "DATA" => {
                stream.write_all(b"354 go on\r\n").await?;
                let mut text = String::new();
                loop {
                    let from = text.len();
                    stream.read_line(&mut text).await?;
                    if &text[from..] == ".\r\n" {
                        break;
                    }
                }
                let taken = Taken { to: to.clone(), text };
                into.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
                "250 taken\r\n".to_owned()
            }
            "QUIT" => {
                stream.write_all(b"221 bye\r\n").await?;
                return Ok(());
            }
            _ => "250 fine\r\n".to_owned(),
        };
        stream.write_all(answer.as_bytes()).await?;
    }
}
