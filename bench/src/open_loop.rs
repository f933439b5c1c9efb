//! Visits that come at their own time, whether or not earlier ones have been answered: what many visitors do who know
//! nothing of each other. Latency counts from the moment at which a visit was to be sent, so a server that stalls pays
//! for all who had to wait meanwhile.

use std::{
    cell::{Cell, RefCell},
    net::SocketAddr,
    rc::Rc,
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result, anyhow, ensure};
use http_body_util::{BodyExt, Empty};
use hyper::{
    Request, StatusCode,
    body::Bytes,
    client::conn::http1::{self, SendRequest},
    header::HOST,
};
use hyper_util::rt::TokioIo;
use tokio::{
    net::TcpStream,
    runtime::Builder,
    sync::{
        Mutex,
        mpsc::{Receiver, Sender, channel},
    },
    task::LocalSet,
};

use crate::stolen::{Stolen, Watch};

#[derive(Clone)]
pub struct OpenLoop {
    pub addr: SocketAddr,
    pub path: String,
    /// `host` among them.
    pub headers: Vec<(String, String)>,
    pub visits_per_s: f64,
    pub lasting: Duration,
    /// Kept open, and as many visits at once at most; further ones wait, which counts.
    pub connections: usize,
}

/// Of visits that were due while nothing was stolen of this machine, the latency of each in milliseconds, and how many visits there were.
#[derive(Default)]
pub struct Undisturbed {
    pub latencies: Vec<f64>,
    pub of_visits: usize,
}

struct Answered {
    due: Instant,
    ms: f64,
}

impl OpenLoop {
    /// The latency of each visit in milliseconds. A reply that is no 200 is an error.
    pub async fn run(self) -> Result<Vec<f64>> {
        let request = self.request(&self.path)?;
        Ok(of_all(&self.make(vec![request]).await?))
    }

    pub async fn run_undisturbed(self) -> Result<Undisturbed> {
        let request = self.request(&self.path)?;
        let watch = Watch::start();
        let answered = self.make(vec![request]).await;
        let stolen = watch.end()?;
        Ok(Undisturbed::of(&answered?, &stolen))
    }

    /// The same over many addresses, one visit at each in turn: each has a host, which is not among the headers then, and a path.
    pub async fn run_over(self, addresses: &[(String, String)]) -> Result<Vec<f64>> {
        let request = |(host, path): &(String, String)| {
            let mut request = self.request(path)?;
            request.headers_mut().insert(HOST, host.parse()?);
            Ok(request)
        };
        let requests: Result<_> = addresses.iter().map(request).collect();
        Ok(of_all(&self.make(requests?).await?))
    }

    async fn make(self, requests: Vec<Visit>) -> Result<Vec<Answered>> {
        // A thread of its own, so that nothing else of this program makes a visit late.
        let (done, answered) = tokio::sync::oneshot::channel();
        thread::spawn(move || done.send(self.run_here(requests)));
        answered.await.context("the visits were not made")?
    }

    fn run_here(self, requests: Vec<Visit>) -> Result<Vec<Answered>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        LocalSet::new().block_on(&runtime, self.visits(requests.into()))
    }

    async fn visits(self, requests: Rc<[Visit]>) -> Result<Vec<Answered>> {
        let visits = (self.visits_per_s * self.lasting.as_secs_f64()) as usize;
        // All of them fit: who is late waits there, and the schedule never does.
        let (due, arrivals) = channel(visits.max(1));
        let arrivals = Rc::new(Mutex::new(arrivals));
        let answered = Rc::new(RefCell::new(Vec::new()));
        let next = Rc::new(Cell::new(0));
        let mut lanes = Vec::new();
        for _ in 0..self.connections {
            let lane = Lane {
                connection: self.connect().await?,
                arrivals: arrivals.clone(),
                answered: answered.clone(),
                requests: requests.clone(),
                next: next.clone(),
            };
            lanes.push(tokio::task::spawn_local(lane.serve()));
        }
        let schedule = thread::spawn({
            let gap_s = 1.0 / self.visits_per_s;
            move || send_at_their_time(&due, gap_s, visits)
        });
        for lane in lanes {
            lane.await??;
        }
        schedule.join().map_err(|_| anyhow!("the schedule panicked"))?;
        Ok(answered.take())
    }

    async fn connect(&self) -> Result<SendRequest<Empty<Bytes>>> {
        let stream = TcpStream::connect(self.addr).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        tokio::task::spawn_local(connection);
        Ok(sender)
    }

    fn request(&self, path: &str) -> Result<Visit> {
        let request = self
            .headers
            .iter()
            .fold(Request::get(path), |request, (name, value)| request.header(name, value));
        request.body(Empty::new()).context("this is no request")
    }
}

/// One connection, which takes the next visit that is due whenever it is free.
struct Lane {
    connection: SendRequest<Empty<Bytes>>,
    arrivals: Rc<Mutex<Receiver<Instant>>>,
    answered: Rc<RefCell<Vec<Answered>>>,
    requests: Rc<[Visit]>,
    /// Of all lanes.
    next: Rc<Cell<usize>>,
}

type Visit = Request<Empty<Bytes>>;

impl Lane {
    async fn serve(mut self) -> Result<()> {
        while let Some(due) = self.next_due().await {
            let number = self.next.replace(self.next.get() + 1);
            let request = self.requests[number % self.requests.len()].clone();
            let reply = self.connection.send_request(request).await?;
            let status = reply.status();
            ensure!(status == StatusCode::OK, "a visit was answered {status}");
            reply.into_body().collect().await?;
            let ms = due.elapsed().as_secs_f64() * 1_000.0;
            self.answered.borrow_mut().push(Answered { due, ms });
        }
        Ok(())
    }

    async fn next_due(&self) -> Option<Instant> {
        self.arrivals.lock().await.recv().await
    }
}

impl Undisturbed {
    /// How long a visit took does not decide whether it counts, only when it was due.
    fn of(answered: &[Answered], stolen: &Stolen) -> Self {
        let counted = answered.iter().filter(|visit| !stolen.holds(visit.due));
        Self {
            latencies: counted.map(|visit| visit.ms).collect(),
            of_visits: answered.len(),
        }
    }

    pub fn add(&mut self, further: Self) {
        self.latencies.extend(further.latencies);
        self.of_visits += further.of_visits;
    }

    pub fn share(&self) -> f64 {
        self.latencies.len() as f64 / self.of_visits as f64
    }
}

fn of_all(answered: &[Answered]) -> Vec<f64> {
    answered.iter().map(|visit| visit.ms).collect()
}

/// A timer of the runtime is exact to a millisecond, a sleeping thread to a twentieth of that.
fn send_at_their_time(due: &Sender<Instant>, gap_s: f64, visits: usize) {
    let begin = Instant::now();
    for visit in 0..visits {
        let at = begin + Duration::from_secs_f64(gap_s * visit as f64);
        thread::sleep(at.saturating_duration_since(Instant::now()));
        if due.try_send(at).is_err() {
            return;
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;

    /// Answers one request after the other on each connection; the one that is the `stalled`th of all takes `STALL`.
    async fn server(stalled: usize, status: &'static str) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let count = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
            while let Ok((mut stream, _)) = listener.accept().await {
                let count = count.clone();
                tokio::spawn(async move {
                    let mut request = [0; 1024];
                    while stream.read(&mut request).await.is_ok_and(|bytes| bytes > 0) {
                        if count.fetch_add(1, std::sync::atomic::Ordering::Relaxed) == stalled {
                            tokio::time::sleep(STALL).await;
                        }
                        let reply = format!("HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok");
                        stream.write_all(reply.as_bytes()).await.unwrap();
                    }
                });
            }
        });
        addr
    }

    fn visits(addr: SocketAddr) -> OpenLoop {
        OpenLoop {
            addr,
            path: "/".into(),
            headers: vec![("host".into(), "a.localhost".into())],
            visits_per_s: 100.0,
            lasting: Duration::from_secs(1),
            connections: 1,
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn who_waits_behind_a_stall_counts_from_its_own_time() {
        let latencies = visits(server(50, "200 OK").await).run().await.unwrap();
        assert_eq!(latencies.len(), 100);
        // At 100 visits a second some 20 fall due while one connection stalls for 200 ms, and wait for 100 ms on average.
        let late = latencies.iter().filter(|ms| **ms > 20.0).count();
        assert!((15..60).contains(&late), "{late} visits were late");
        let worst = latencies.iter().copied().fold(0.0, f64::max);
        assert!(worst >= STALL.as_secs_f64() * 1_000.0, "{worst} ms");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_no_page_is_an_error() {
        let error = visits(server(usize::MAX, "503 Busy").await).run().await.unwrap_err();
        assert!(error.to_string().contains("503"), "{error}");
    }

    #[test]
    fn only_when_a_visit_was_due_decides_whether_it_counts() {
        let begin = Instant::now();
        let at = |ms| begin + Duration::from_millis(ms);
        let answered =
            [(0, 1.0), (90, 30.0), (100, 7.0), (149, 400.0), (150, 2.0)].map(|(due, ms)| Answered { due: at(due), ms });
        let stolen = Stolen([at(100)..at(150)].into());
        let mut visits = Undisturbed::of(&answered, &stolen);
        assert_eq!(visits.latencies, [1.0, 30.0, 2.0]);
        visits.add(Undisturbed::of(&answered, &Stolen(Vec::new())));
        assert_eq!(visits.share(), 0.8, "of both times together");
    }

    const STALL: Duration = Duration::from_millis(200);
}
