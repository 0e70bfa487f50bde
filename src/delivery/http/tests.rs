//! Names that stand for what may not be called, answers that lead elsewhere, and answers that never end.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

/// A place on loopback that answers whoever comes with these words, slowly if so wished, and counts them.
async fn place(address: &str, answer: String, pause: Duration) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind((address, 0)).await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let came = Arc::new(AtomicUsize::new(0));
    let counted = came.clone();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            counted.fetch_add(1, Ordering::SeqCst);
            let answer = answer.clone();
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                for piece in answer.as_bytes().chunks(if pause.is_zero() { answer.len() } else { 1 }) {
                    tokio::time::sleep(pause).await;
                    let _ = stream.write_all(piece).await;
                }
            });
        }
    });
    (port, came)
}

async fn ok(address: &str) -> (u16, Arc<AtomicUsize>) {
    place(address, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\nok".to_owned(), Duration::ZERO)
        .await
}

fn get(url: String, timeout: u64) -> Call {
    Call { method: Method::GET, url, headers: Vec::new(), body: None, timeout: Duration::from_millis(timeout) }
}

/// A caller that may go to 127.0.0.1 alone, and is told what names stand for.
fn told(answers: impl Fn(&str) -> Vec<&'static str> + Send + Sync + 'static) -> Http {
    let read = move |host: &str| answers(host).into_iter().map(|a| a.parse().expect(a)).collect::<Vec<IpAddr>>();
    Http::with_names(Guard::new(&["127.0.0.1".into()]), Names::Told(Arc::new(read))).expect("a caller")
}

#[tokio::test]
async fn a_name_that_stands_for_a_forbidden_address_is_not_called() {
    let (port, came) = ok("127.0.0.2").await;
    for answers in [
        vec!["127.0.0.2"],
        vec!["::ffff:127.0.0.2"],
        vec!["::1"],
        vec!["169.254.169.254", "10.0.0.1", "fe80::1"],
        vec!["64:ff9b::a9fe:a9fe"],
        vec![],
    ] {
        let said = format!("{answers:?}");
        let called = told(move |_| answers.clone()).call(get(format!("http://hook.example:{port}/"), 2_000)).await;
        assert!(matches!(called, Err(Error::Refused(Refusal::NotAllowed { .. }))), "{said}: {called:?}");
    }
    assert_eq!(came.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn of_several_addresses_only_those_allowed_are_called() {
    let (port, came) = ok("127.0.0.1").await;
    let http = told(|_| vec!["127.0.0.3", "169.254.169.254", "127.0.0.1", "::1"]);
    let answer = http.call(get(format!("http://hook.example:{port}/"), 2_000)).await.expect("an answer");
    assert_eq!((answer.status, came.load(Ordering::SeqCst)), (200, 1));
}

#[tokio::test]
async fn a_name_that_changes_its_mind_leads_nowhere_else() {
    let (port, came) = ok("127.0.0.1").await;
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    let http = told(move |_| match counted.fetch_add(1, Ordering::SeqCst) {
        0 => vec!["127.0.0.1"],
        _ => vec!["127.0.0.4"],
    });
    let call = || http.call(get(format!("http://hook.example:{port}/"), 2_000));
    assert_eq!(call().await.expect("an answer").status, 200);
    assert_eq!(
        asked.load(Ordering::SeqCst),
        1,
        "what was checked is what was called: the name is asked once a connection"
    );
    assert!(matches!(call().await, Err(Error::Refused(_))));
    assert_eq!(came.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn no_redirect_is_followed_wherever_it_leads() {
    let (inside, came_inside) = ok("127.0.0.2").await;
    let (beside, came_beside) = ok("127.0.0.1").await;
    for status in [301, 302, 303, 307, 308] {
        for target in
            [format!("http://127.0.0.2:{inside}/"), format!("http://127.0.0.1:{beside}/"), "//[::1]/".to_owned()]
        {
            let answer =
                format!("HTTP/1.1 {status} Go\r\nlocation: {target}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
            let (port, _) = place("127.0.0.1", answer, Duration::ZERO).await;
            let http = Http::new(Guard::new(&["127.0.0.1".into()])).expect("a caller");
            let answer = http.call(get(format!("http://127.0.0.1:{port}/"), 2_000)).await.expect("an answer");
            assert_eq!(answer.status, status);
        }
    }
    assert_eq!((came_inside.load(Ordering::SeqCst), came_beside.load(Ordering::SeqCst)), (0, 0));
}

/// `guarantees.md`: slow replies.
#[tokio::test]
async fn an_answer_byte_by_byte_ends_with_the_callers_patience() {
    let long = format!("HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n{}", "x".repeat(5_000));
    for (answer, pause) in [(long.clone(), 5), (format!("HTTP/1.1 200 {}", "y".repeat(5_000)), 5)] {
        let (port, _) = place("127.0.0.1", answer, Duration::from_millis(pause)).await;
        let http = Http::new(Guard::new(&["127.0.0.1".into()])).expect("a caller");
        let called = http.call(get(format!("http://127.0.0.1:{port}/"), 400)).await;
        assert!(matches!(called, Err(Error::Timeout)), "{called:?}");
    }
}
