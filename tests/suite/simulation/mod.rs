//! A simulated night on seeds: the engine, the ledger, two nodes, people, a hostile relay and a clock that jumps.

mod laws;
mod node;
mod people;
mod record;
mod relay;
mod trace;
mod world;

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use muster::clock::Clock;
use muster::settings::read;
use muster::store::Store;

use world::World;

/// What a run came to: the hash of everything that happened, and the law that broke, with what led to it.
#[derive(Debug, PartialEq, Eq)]
struct Ran {
    hash: String,
    told: String,
    broken: Option<String>,
}

/// A fault that is planted before a night, where that is possible.
#[cfg(feature = "planted-faults")]
type Planted = Option<muster::store::planted::Fault>;
#[cfg(not(feature = "planted-faults"))]
type Planted = Option<std::convert::Infallible>;

fn plant(planted: Planted) {
    #[cfg(feature = "planted-faults")]
    muster::store::planted::plant(planted);
    #[cfg(not(feature = "planted-faults"))]
    assert!(planted.is_none());
}

/// Plays one night.
fn run(seed: u64, planted: Planted) -> Ran {
    plant(planted);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let policy = if seed.is_multiple_of(2) { "resend" } else { "hold" };
        let templates = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/suite/simulation/templates");
        let text = format!(
            "templates = \"{templates}\"\n[mail]\nrelay = \"smtp://relay.example\"\nfrom = \"Status <status@example.com>\"\non_unknown = \"{policy}\"\n\
             [page]\ntitle = \"Status\"\n\
             [people.dana]\nroles = [\"lead\", \"product\"]\n[people.kim]\nroles = [\"comms\", \"ops\"]\n\
             [webhooks.partner]\nkind = \"standard\"\nurl_env = \"NONE\"\nsecret_env = \"NONE\"\naudience = \"affected\"\n"
        );
        let settings = read::parse(&text, Path::new("/nowhere")).expect("settings");
        let start = chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment");
        let clock = Clock::virtual_at(start, seed);
        let store = Store::in_memory().await.expect("a store");
        let mut world = World::begin(&store, settings, &clock, seed).await.expect("a night begins");
        let outcome = world.play().await;
        let broken = outcome.err().map(|law| {
            format!("seed {seed}: {law}\n{}\nagain: MUSTER_SEED={seed} cargo test --test suite -- simulation::", world.trace.tail(40))
        });
        Ran { hash: world.trace.hash(), told: world.trace.tail(usize::MAX), broken }
    })
}

/// Plays nights on every core; gives the first that broke a law.
#[expect(clippy::print_stdout, reason = "one night that was asked for is told whole")]
fn first_broken(seeds: std::ops::Range<u64>, planted: Planted) -> Option<(u64, String)> {
    let next = AtomicU64::new(seeds.start);
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let play = || {
        let mut found = None;
        loop {
            let seed = next.fetch_add(1, Ordering::Relaxed);
            if seed >= seeds.end {
                return found;
            }
            let ran = run(seed, planted);
            if seeds.end - seeds.start == 1 {
                println!("{}\nhash {}", ran.told, ran.hash);
            }
            if let Some(broken) = ran.broken {
                next.store(seeds.end, Ordering::Relaxed);
                found = Some((seed, broken));
            }
        }
    };
    std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(play)).collect();
        workers.into_iter().filter_map(|worker| worker.join().expect("a worker ends")).min()
    })
}

/// Nights that every run of the tests plays; `tests/run` asks for more.
const SEEDS: u64 = 40;

/// The one seed asked for, or so many.
#[expect(clippy::disallowed_methods, reason = "a failing seed is run again alone")]
fn seeds(many: u64) -> std::ops::Range<u64> {
    let number = |name| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    match number("MUSTER_SEED") {
        Some(seed) => seed..seed + 1,
        None => 0..number("MUSTER_SEEDS").unwrap_or(many),
    }
}

/// The seeds within which a planted fault must be found.
#[cfg(feature = "planted-faults")]
const ENOUGH: u64 = 1000;

#[cfg(feature = "planted-faults")]
#[expect(clippy::print_stdout, reason = "it tells which seed found the fault")]
fn finds(fault: muster::store::planted::Fault) {
    // Which thread plays a night does not matter: each is told of the fault before it begins.
    let found = first_broken(0..ENOUGH, Some(fault));
    let (seed, broken) = found.expect("a planted fault went unseen");
    println!("{fault:?} is found by seed {seed}: {}", broken.lines().next().unwrap_or_default());
}

#[test]
#[cfg(feature = "planted-faults")]
fn progress_that_advances_at_fetch_is_found() {
    finds(muster::store::planted::Fault::ProgressAtFetch);
}

#[test]
#[cfg(feature = "planted-faults")]
fn a_lease_without_fencing_is_found() {
    finds(muster::store::planted::Fault::NoFencing);
}

#[test]
#[cfg(not(feature = "planted-faults"))]
#[ignore = "plants faults in the ledger: run tests/run, or cargo test --features planted-faults"]
fn planted_faults_are_found() {
    panic!("nothing can be planted here: cargo test --features planted-faults --test suite -- simulation::");
}

#[test]
fn whatever_happens_nothing_is_lost_or_doubled() {
    if let Some((_, broken)) = first_broken(seeds(SEEDS), None) {
        panic!("{broken}");
    }
}

#[test]
fn the_same_seed_gives_the_same_night() {
    for seed in 0..4 {
        let (once, again) = (run(seed, None), run(seed, None));
        assert_eq!(once.hash, again.hash, "seed {seed}");
    }
}
