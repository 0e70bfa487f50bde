//! An HTTP endpoint that answers as it is told and keeps what it was sent.

use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// A request as it came in; header names in lower case.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

pub(super) struct Receiver {
    pub(super) port: u16,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Receiver {
    /// Answers the n-th call with the n-th status after that many milliseconds, later calls with the last.
    pub(super) fn answering(answers: &'static [(u16, u64)]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let calls = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&calls);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let Some(call) = read(&stream) else { continue };
                let nth = {
                    let mut kept = kept.lock().expect("the calls");
                    kept.push(call);
                    kept.len() - 1
                };
                let (status, delay) = answers[nth.min(answers.len() - 1)];
                thread::sleep(Duration::from_millis(delay));
                _ = write!(&stream, "HTTP/1.1 {status} so\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
            }
        });
        Self { port, calls }
    }

    pub(super) fn calls(&self) -> Vec<Call> {
        self.calls.lock().expect("the calls").clone()
    }
}

fn read(stream: &TcpStream) -> Option<Call> {
    let mut reader = BufReader::new(stream);
    let mut headers = BTreeMap::new();
    reader.read_line(&mut String::new()).ok()?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        headers.insert(name.to_lowercase(), value.to_owned());
    }
    let length = headers.get("content-length")?.parse().ok()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(Call { headers, body })
}
