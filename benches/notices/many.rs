//! From a thousand to a million recipients: what each costs to draft and to send, the memory it takes,
//! and how soon mail leaves again after a kill.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::Sizes;
use super::mail::Sink;
use super::process::{Running, until};
use super::report::{Figure, grouped, now};
use super::site::{Cost, Site, Via};

const MIB: f64 = 1024.0;

/// What so many recipients cost.
struct Point {
    count: usize,
    import: Cost,
    draft: Cost,
    send: Cost,
}

pub(crate) fn figures(sizes: &Sizes) -> Vec<Figure> {
    let Some(sink) = Sink::start() else {
        return vec![Figure::alone("curve", "no smtp-sink: run benches/notices/install".to_owned(), "", None)];
    };
    let mut figures = Vec::new();
    let (mut first, mut last) = (None, None);
    let mut restart = None;
    for &count in &sizes.curve {
        let largest = Some(&count) == sizes.curve.last();
        let (point, restarted) = point(&sink.relay(), count, sizes.sessions, largest);
        figures.push(line(&point));
        restart = restart.or(restarted);
        first.get_or_insert(per_recipient(&point));
        last = Some(point);
    }
    if let (Some(first), Some(last)) = (first, last) {
        let (drafting, sending) = per_recipient(&last);
        let count = grouped(last.count);
        let flat = |what: &str, ratio: f64| Figure {
            ratio: Some(ratio),
            ..Figure::alone(what, String::new(), "≤ 1.5", Some(ratio <= 1.5))
        };
        figures.push(flat("  drafting one of the largest, over one of the smallest", drafting / first.0));
        figures.push(flat("  sending one of the largest, over one of the smallest", sending / first.1));
        let peak = last.import.peak_kib.max(last.draft.peak_kib).max(last.send.peak_kib);
        let mib = mib(peak);
        figures.push(Figure::alone(
            &format!("{count} recipients: most memory held"),
            format!("{mib:.0} MiB"),
            "≤ 150 MiB",
            Some(mib <= 150.0),
        ));
        figures.push(Figure::alone(
            &format!("{count} queued, killed, started again: first mail after"),
            restart.map_or_else(|| "never".to_owned(), |time| format!("{:.2} s", time.as_secs_f64())),
            "≤ 5 s",
            Some(restart.is_some_and(|time| time <= Duration::from_secs(5))),
        ));
    }
    figures
}

fn point(relay: &str, count: usize, sessions: usize, kill: bool) -> (Point, Option<Duration>) {
    let site = Site::new(Via::Mail(relay), sessions);
    site.write_book(count, Via::Mail(relay));
    let (import, _) = site.run(&["contacts", "import", "book.csv"]);
    site.begin();
    let draft = site.draft();
    let restart = kill.then(|| restart(&site, count, sessions)).flatten();
    let (send, counts) = site.run(&["notice", "send", "everybody", "--recipients", &count.to_string()]);
    assert_eq!(counts["sent"], count, "{counts}");
    (Point { count, import, draft, send }, restart)
}

/// In a copy of the installation: a send is killed on its way, then how long `deliver` takes to its first mail.
fn restart(site: &Site, count: usize, sessions: usize) -> Option<Duration> {
    let relay = Relay::start()?;
    let copy = Site::new(Via::Mail(&relay.address()), sessions);
    // What was written last may still stand in the log beside the store.
    for file in ["muster.db", "muster.db-wal"] {
        if site.path().join(file).exists() {
            std::fs::copy(site.path().join(file), copy.path().join(file)).expect("a copy");
        }
    }
    let send = ["notice", "send", "everybody", "--recipients", &count.to_string()];
    let mut sending = quiet(&copy, &send);
    let ended = |running: &mut Running| running.0.try_wait().is_ok_and(|ended| ended.is_some());
    let enough = || relay.taken.load(Ordering::Relaxed) >= count / 100;
    let under_way = until(Duration::from_secs(120), || enough() || ended(&mut sending)) && enough();
    sending.0.kill().ok()?;
    sending.0.wait().ok()?;
    if !under_way {
        return None;
    }
    relay.again();
    let start = now();
    let mut delivering = quiet(&copy, &["deliver"]);
    until(Duration::from_secs(120), || relay.first().is_some() || ended(&mut delivering));
    relay.first().map(|first| first - start)
}

fn quiet(site: &Site, words: &[&str]) -> Running {
    let mut command = site.command(words);
    Running(command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("muster starts"))
}

fn line(point: &Point) -> Figure {
    let (drafting, sending) = per_recipient(point);
    let Point { count, import, draft, send } = point;
    let memory = [import, draft, send].map(|cost| format!("{:.0}", mib(cost.peak_kib))).join("/");
    let seconds = [import, draft, send].map(|cost| format!("{:.1}", cost.time.as_secs_f64())).join("/");
    Figure::alone(
        &format!("{} recipients: drafting, sending one", grouped(*count)),
        format!("{drafting:.0} µs, {sending:.0} µs  (import/draft/send: {seconds} s, {memory} MiB)"),
        "",
        None,
    )
}

/// Microseconds to draft and to send to one, what a command costs anyway left out: it is seen with one recipient.
fn per_recipient(point: &Point) -> (f64, f64) {
    #[expect(clippy::cast_precision_loss, reason = "counts here are far below 2^52")]
    let each = |cost: &Cost| cost.time.as_secs_f64() * 1e6 / point.count as f64;
    (each(&point.draft), each(&point.send))
}

#[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
fn mib(kib: u64) -> f64 {
    kib as f64 / MIB
}

/// A relay that notes when it was given its first mail since it was last asked to.
struct Relay {
    port: u16,
    taken: Arc<AtomicUsize>,
    first: Arc<std::sync::Mutex<Arc<OnceLock<Instant>>>>,
}

impl Relay {
    fn start() -> Option<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").ok()?;
        let port = listener.local_addr().ok()?.port();
        let relay = Self { port, taken: Arc::default(), first: Arc::default() };
        let (taken, first) = (relay.taken.clone(), relay.first.clone());
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                let (taken, first) = (taken.clone(), first.clone());
                std::thread::spawn(move || {
                    converse(stream, &|| {
                        taken.fetch_add(1, Ordering::Relaxed);
                        if let Ok(first) = first.lock() {
                            first.get_or_init(now);
                        }
                    })
                });
            }
        });
        Some(relay)
    }

    fn address(&self) -> String {
        format!("smtp://127.0.0.1:{}", self.port)
    }

    /// Forgets what came so far.
    fn again(&self) {
        *self.first.lock().expect("the first") = Arc::default();
    }

    fn first(&self) -> Option<Instant> {
        self.first.lock().expect("the first").get().copied()
    }
}

/// Takes mail until the other side hangs up.
fn converse(stream: TcpStream, mailed: &dyn Fn()) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut out = stream.try_clone().ok()?;
    let mut lines = BufReader::new(stream);
    out.write_all(b"220 relay\r\n").ok()?;
    let (mut line, mut in_message) = (Vec::new(), false);
    loop {
        line.clear();
        if lines.read_until(b'\n', &mut line).ok()? == 0 {
            return None;
        }
        let answer: &[u8] = match (in_message, line.as_slice()) {
            (true, b".\r\n") => {
                in_message = false;
                mailed();
                b"250 taken\r\n"
            }
            (true, _) => continue,
            (false, said) if said.starts_with(b"DATA") => {
                in_message = true;
                b"354 go ahead\r\n"
            }
            (false, said) if said.starts_with(b"EHLO") => b"250-relay\r\n250 PIPELINING\r\n",
            (false, _) => b"250 ok\r\n",
        };
        out.write_all(answer).ok()?;
    }
}
