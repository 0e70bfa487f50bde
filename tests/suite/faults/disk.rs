//! A disk that fails: failed flushes, no space, a file system that can't be written.

use std::os::unix::fs::PermissionsExt;

use super::place::Place;
use super::strace::{Ended, inject, watch};
use super::trace::Point;

const NOTE: &str = "note reports";

/// An incident that has begun, and the writes of one more command, found in a copy.
fn begun() -> (Place, Vec<Point>) {
    let place = Place::new();
    for (line, key) in [("contacts import contacts.csv", "a"), ("start whole --severity high", "b")] {
        assert_eq!(place.run(line, key), Some(0), "{}", place.printed("stderr"));
    }
    let points = watch(&place.copy(), NOTE, "c");
    (place, points)
}

#[test]
#[ignore = "needs strace: run tests/run"]
fn a_failing_disk_is_named_and_the_next_process_goes_on() {
    let (start, points) = begun();
    let before = start.held();
    let mut failed = 0;
    for point in points.iter().filter(|point| point.file == "muster.db-wal") {
        let (fault, code) = match point.call.as_str() {
            "fsync" | "fdatasync" => ("error=EIO", "store_unavailable"),
            "pwrite64" => ("error=ENOSPC", "store_unavailable"),
            _ => continue,
        };
        let place = start.copy();
        let ended = inject(&place, NOTE, "c", point, fault);
        let told = place.printed("stderr");
        match ended {
            // The fault struck once all was recorded, while the file was closed.
            Ended::With(0) => assert_eq!(place.held().events.len(), before.events.len() + 1, "{point:?}"),
            ended => {
                failed += 1;
                assert_eq!(ended, Ended::With(4), "{point:?}: {told}");
                assert!(told.contains(code) && told.contains("muster.db"), "{point:?}: {told}");
                assert_eq!(place.printed("stdout"), "", "{point:?}: it answered all the same");
            }
        }
        assert_eq!(place.run(NOTE, "c"), Some(0), "{point:?}: {}", place.printed("stderr"));
        assert_eq!(place.held().events.len(), before.events.len() + 1, "{point:?}: not once");
        assert_eq!(place.run("audit", "d"), Some(0), "{point:?}");
    }
    assert!(failed >= 5, "only {failed} faults struck");
}

#[test]
#[ignore = "needs strace: run tests/run"]
fn a_failed_flush_is_not_tried_again() {
    let (start, points) = begun();
    let flush =
        points.iter().find(|point| point.call.starts_with('f') && point.file == "muster.db-wal" && point.nth == 1);
    let flush = flush.expect("a flush");
    // From the first on, every flush fails: were it tried again, it would have to fail again, not succeed.
    let place = start.copy();
    assert_eq!(inject(&place, NOTE, "c", flush, "error=EIO"), Ended::With(4), "{}", place.printed("stderr"));
    assert_eq!(place.printed("stdout"), "");
}

#[test]
#[ignore = "needs strace: run tests/run"]
fn a_read_only_file_system_is_named_and_changes_nothing() {
    let (start, _) = begun();
    let before = start.held();
    let place = start.copy();
    let open = Point { call: "openat".to_owned(), file: "muster.db".to_owned(), nth: 1 };
    let ended = inject(&place, NOTE, "c", &open, "error=EROFS");
    assert_eq!(ended, Ended::With(4), "{}", place.printed("stderr"));
    assert!(place.printed("stderr").contains("muster.db"), "{}", place.printed("stderr"));
    assert_eq!(place.held(), before);
    assert_eq!(place.run(NOTE, "c"), Some(0));
}

#[test]
fn a_store_that_may_only_be_read_is_named() {
    let (start, before) = {
        let place = Place::new();
        assert_eq!(place.run("start whole --severity high", "b"), Some(0), "{}", place.printed("stderr"));
        let before = place.held();
        (place, before)
    };
    let file = start.path().join("muster.db");
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o444)).expect("set");
    // Root may write what others may not; then nothing is refused and there is nothing to see.
    if std::fs::OpenOptions::new().append(true).open(&file).is_ok() {
        return;
    }
    assert_eq!(start.run(NOTE, "c"), Some(4), "{}", start.printed("stderr"));
    assert_eq!(start.held(), before);
}
