//! Reads what `strace` saw: which calls changed which files, how often each.

use std::collections::BTreeMap;
use std::path::Path;

/// The calls that change what is on disk or what was answered; no other changes anything here.
pub(super) const CALLS: &str = "write,writev,pwrite64,pwritev,pwritev2,fsync,fdatasync,sync_file_range,ftruncate,\
    fallocate,rename,renameat,renameat2,link,linkat,unlink,unlinkat,mkdir,mkdirat";

/// The n-th of a kind of call on a file, counted in the thread that made it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Point {
    pub(super) call: String,
    /// Relative to the folder; empty for the folder itself.
    pub(super) file: String,
    pub(super) nth: usize,
}

/// Every point of a trace that lies within this folder.
pub(super) fn points(trace: &str, folder: &Path) -> Vec<Point> {
    let folder = folder.to_str().expect("a path");
    let mut counts = BTreeMap::<(&str, String), BTreeMap<&str, usize>>::new();
    for line in trace.lines() {
        let Some((thread, rest)) = line.split_once(' ') else { continue };
        let Some((call, arguments)) = rest.trim_start().split_once('(') else { continue };
        let Some(file) = file(arguments, folder) else { continue };
        *counts.entry((call, file)).or_default().entry(thread).or_default() += 1;
    }
    let mut points = Vec::new();
    for ((call, file), threads) in counts {
        let most = threads.values().copied().max().unwrap_or_default();
        points.extend((1..=most).map(|nth| Point { call: call.to_owned(), file: file.clone(), nth }));
    }
    points
}

/// The file that a call is about: of its descriptor, or its first text.
fn file(arguments: &str, folder: &str) -> Option<String> {
    let at = arguments.find(['<', '"'])?;
    let path = arguments[at + 1..].split(['>', '"']).next()?;
    let path = path.strip_suffix(" (deleted)").unwrap_or(path);
    if let Some(within) = path.strip_prefix(folder) {
        return Some(within.trim_start_matches('/').to_owned());
    }
    // A name without a folder is relative to the folder it runs in.
    (arguments.starts_with('"') && !path.starts_with('/')).then(|| path.to_owned())
}

#[test]
fn a_trace_tells_each_call_on_each_file() {
    let trace = "\
7 pwrite64(12</w/muster.db-wal>, \"\\0\", 24, 32) = 24
7 write(4<anon_inode:[eventfd]>, \"\\1\", 8) = 8
8 pwrite64(12</w/muster.db-wal>, \"\\0\" <unfinished ...>
7 fsync(12</w/muster.db-wal>) = 0
7 pwrite64(12</w/muster.db-wal>, \"\\0\", 24, 32) = 24
8 <... pwrite64 resumed>) = 24
7 mkdir(\"outbox\", 0777) = 0
7 write(1</w/stdout>, \"{}\", 2) = 2
7 write(5</dev/pts/0>, \"{}\", 2) = 2
";
    let told: Vec<_> =
        points(trace, Path::new("/w")).iter().map(|p| format!("{} {} {}", p.call, p.file, p.nth)).collect();
    assert_eq!(
        told,
        [
            "fsync muster.db-wal 1",
            "mkdir outbox 1",
            "pwrite64 muster.db-wal 1",
            "pwrite64 muster.db-wal 2",
            "write stdout 1"
        ]
    );
}
