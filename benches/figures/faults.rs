//! Runbooks written to do harm, through the whole of `muster check`, beside `muster --version`.

use std::process::{Command, Stdio};
use std::time::Duration;

use super::pair::{in_turns, span};
use super::report::Figure;
use super::store::Place;

const AIM: Duration = Duration::from_millis(100);

pub(crate) fn figures() -> Vec<Figure> {
    let place = Place::new();
    let utf16: Vec<u8> = "muster: 1\nid: a\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let bomb = (1..40).fold("a0: &a0 [lol, lol]\n".to_owned(), |bomb, n| {
        bomb + &format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(", "))
    });
    let faults: [(&str, Vec<u8>); 9] = [
        ("an alias bomb", bomb.into_bytes()),
        ("a million aliases", format!("a: &a b\nlist: [{}]\n", "*a,".repeat(1_000_000)).into_bytes()),
        ("100,000 brackets", "[".repeat(100_000).into_bytes()),
        ("100,000 dashes", "- ".repeat(100_000).into_bytes()),
        ("4 MiB on one line", [b"title: ".as_slice(), &vec![b'x'; (4 << 20) - 7]].concat()),
        ("4 MiB of keys", (0..300_000).fold(String::new(), |text, n| text + &format!("key{n}: x\n")).into_bytes()),
        ("past 4 MiB", vec![b'a'; (4 << 20) + 1]),
        ("UTF-16", utf16),
        ("GBK at the end of 4 MiB", [vec![b'#'; (4 << 20) - 2].as_slice(), &[0xd6, 0xd0]].concat()),
    ];
    faults.iter().map(|(what, bytes)| figure(&place, what, bytes)).collect()
}

fn figure(place: &Place, what: &str, bytes: &[u8]) -> Figure {
    let file = place.folder.path().join("fault.yaml");
    std::fs::write(&file, bytes).expect("a file");
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
        let command = command.args(arguments).current_dir(place.folder.path());
        command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("muster starts").code()
    };
    let pair = in_turns(
        9,
        || assert_eq!(run(&["check", "fault.yaml"]), Some(1), "{what} is refused"),
        || assert_eq!(run(&["--version"]), Some(0)),
    );
    Figure {
        what: format!("check: {what}"),
        muster: span(pair.muster),
        beside: format!("muster --version {}", span(pair.peer)),
        ratio: Some(pair.ratio()),
        aim: "≤ 100 ms",
        met: Some(pair.muster <= AIM),
    }
}
