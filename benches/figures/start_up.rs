//! Start-up: `muster show` on a store with one ordinary incident, beside `sqlite3` asking the same file for 1.

use std::process::{Command, Stdio};

use super::pair::{in_turns, span};
use super::report::Figure;
use super::store::Place;

pub(crate) fn figures() -> Vec<Figure> {
    let place = Place::new();
    ran(&mut muster(
        &place,
        &["start", "crm-withdrawals", "--severity", "sev1", "--set", "impact=Withdrawals fail", "--yes"],
    ));
    ran(&mut muster(&place, &["done", "take_lead"]));
    for note in ["queue depth 40", "the form is closed", "客户反馈页面仍然打不开"] {
        ran(&mut muster(&place, &["note", note]));
    }
    let pair = in_turns(
        100,
        || ran(&mut muster(&place, &["show"])),
        || ran(Command::new("sqlite3").arg(&place.file).arg("select 1").stdout(Stdio::null())),
    );
    let bare = in_turns(
        100,
        || ran(&mut muster(&place, &["--version"])),
        || ran(Command::new("sqlite3").arg("-version").stdout(Stdio::null())),
    );
    let figure = |what: &str, pair: super::pair::Pair, peer: &str, aim, met| Figure {
        what: what.to_owned(),
        muster: span(pair.muster),
        beside: format!("{peer} {}", span(pair.peer)),
        ratio: Some(pair.ratio()),
        aim,
        met,
    };
    vec![
        figure("start-up: muster show", pair, "sqlite3 DB 'select 1'", "≤ 5", Some(pair.ratio() <= 5.0)),
        figure("start-up: muster --version", bare, "sqlite3 -version", "", None),
    ]
}

fn muster(place: &Place, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_muster"));
    command.args(arguments).current_dir(place.folder.path()).stdout(Stdio::null()).env("MUSTER_STORE", store(place));
    command
}

fn store(place: &Place) -> String {
    format!("sqlite:{}", place.file.display())
}

fn ran(command: &mut Command) {
    let ended = command.status().expect("the program starts");
    assert!(ended.success(), "{command:?}: {ended}");
}
