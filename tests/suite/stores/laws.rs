//! Laws of the ledger, whatever happens to it: counts add up, and a row is never with two workers.

use std::collections::HashMap;
use std::time::Duration;

use muster::settings::OnUnknown;
use muster::store::journal::RowChange;
use muster::store::ledger::{Leased, Settled, Settlement};
use proptest::prelude::*;

use super::fixture::{Fixture, On, at, commit, mail, new_notice, notice, queue};

#[derive(Debug, Clone)]
enum Happening {
    Lease {
        limit: usize,
    },
    Begin,
    Settle {
        how: u8,
    },
    Wait {
        seconds: u64,
    },
    Forget,
    Pause {
        paused: bool,
    },
    Resend,
    Suppress {
        contact: u64,
    },
    /// A newer notice that tells the status goes to some of them.
    Newer {
        to: u64,
    },
    Cancel,
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let one = prop_oneof![
        4 => (1..6_usize).prop_map(|limit| Happening::Lease { limit }),
        3 => Just(Happening::Begin),
        4 => (0..6_u8).prop_map(|how| Happening::Settle { how }),
        2 => (1..90_u64).prop_map(|seconds| Happening::Wait { seconds }),
        1 => Just(Happening::Forget),
        1 => any::<bool>().prop_map(|paused| Happening::Pause { paused }),
        1 => Just(Happening::Resend),
        1 => (1..9_u64).prop_map(|contact| Happening::Suppress { contact }),
        1 => (1..9_u64).prop_map(|to| Happening::Newer { to }),
        1 => Just(Happening::Cancel),
    ];
    proptest::collection::vec(one, 1..40)
}

const ROWS: u64 = 8;

async fn play(on: On, happenings: &[Happening], hold: bool) {
    let fixture = Fixture::new(on).await;
    let store = &fixture.store;
    let incident = fixture.incident(1, 1).await;
    store.prepare(&new_notice(incident, 1), &mail(1..=ROWS)).await.expect("prepared");
    commit(store, incident, 1, 1, 1, vec![queue(1)]).await.expect("queued");
    let on_unknown = if hold { OnUnknown::Hold } else { OnUnknown::Resend };
    let (mut now, mut seq, mut held) = (5, 2, Vec::<Leased>::new());
    let (mut newest, mut rows) = (1, ROWS);
    let mut holders = HashMap::new();
    for happening in happenings {
        match happening {
            Happening::Lease { limit } => {
                let batch = store.lease(*limit, at(now), Duration::from_secs(60), on_unknown).await.expect("leased");
                for row in &batch.rows {
                    let until = holders.insert(row.id, now + 60);
                    assert!(until.is_none_or(|until| until <= now), "{:?} is with two workers", row.id);
                }
                held.extend(batch.rows);
            }
            Happening::Begin => {
                let keys: Vec<_> = held.iter().map(|row| (row.id, row.lease)).collect();
                store.begin_sending(&keys, at(now)).await.expect("asked");
            }
            Happening::Settle { how } => {
                let Some(row) = held.pop() else { continue };
                let reply = "a reply".to_owned();
                let result = match how {
                    0 => Settled::Sent { reply },
                    1 => Settled::Failed { reply, suppress: false },
                    2 => Settled::Later { again_at: at(now + 30), reply },
                    3 => Settled::Unknown { again_at: None, reply },
                    4 => Settled::Unknown { again_at: Some(at(now + 30)), reply },
                    _ => Settled::Released,
                };
                let settlement = Settlement { id: row.id, lease: row.lease, result, at: at(now) };
                if store.settle(&[settlement]).await.expect("settled").settled == 1 {
                    holders.remove(&row.id);
                }
            }
            Happening::Wait { seconds } => now += seconds,
            Happening::Forget => held.clear(),
            Happening::Pause { paused } => {
                let notice = notice(1);
                let row = if *paused { RowChange::PauseNotice { notice } } else { RowChange::ResumeNotice { notice } };
                commit(store, incident, 1, seq, 1, vec![row]).await.expect("committed");
                seq += 1;
            }
            Happening::Resend => {
                let row = RowChange::ResendNotice { notice: notice(1) };
                commit(store, incident, 1, seq, 1, vec![row]).await.expect("committed");
                seq += 1;
            }
            Happening::Suppress { contact } => {
                store.suppress(&format!("c{contact}@customer.example"), "asked", at(now)).await.expect("suppressed");
            }
            Happening::Newer { to } => {
                newest += 1;
                store.prepare(&new_notice(incident, newest), &mail(1..=*to)).await.expect("prepared");
                rows += to;
                commit(store, incident, 1, seq, 1, vec![queue(newest)]).await.expect("queued");
                seq += 1;
            }
            Happening::Cancel => {
                let row = RowChange::CancelNotice { notice: notice(1) };
                commit(store, incident, 1, seq, 1, vec![row]).await.expect("committed");
                seq += 1;
            }
        }
        assert_eq!(store.counts(notice(1)).await.expect("counts").total(), ROWS, "after {happening:?}");
        let all = store.counts_all().await.expect("counts");
        assert_eq!(all.total(), rows, "of every notice, after {happening:?}");
        assert_eq!(store.pending().await.expect("counts"), all.pending(), "after {happening:?}");
    }
    // Whatever happened, a worker that goes on brings every row to an end.
    let row = RowChange::ResumeNotice { notice: notice(1) };
    commit(store, incident, 1, seq, 1, vec![row]).await.expect("committed");
    for _ in 0..ROWS * 2 + rows {
        now += 600;
        let leased = store.lease(100, at(now), Duration::from_secs(60), on_unknown).await.expect("leased").rows;
        let sent = |row: &Leased| Settlement {
            id: row.id,
            lease: row.lease,
            result: Settled::Sent { reply: String::new() },
            at: at(now),
        };
        store.settle(&leased.iter().map(sent).collect::<Vec<_>>()).await.expect("settled");
    }
    let counts = store.counts_all().await.expect("counts");
    assert_eq!((counts.pending(), counts.total()), (0, rows));
}

fn play_in_a_runtime(on: On, happenings: &[Happening], hold: bool) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(play(on, happenings, hold));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn counts_add_up_whatever_happens_and_every_row_ends(happenings in happenings(), hold: bool) {
        play_in_a_runtime(On::Sqlite, &happenings, hold);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, ..ProptestConfig::default() })]

    #[test]
    #[ignore = "needs PostgreSQL"]
    fn counts_add_up_whatever_happens_on_postgresql_too(happenings in happenings(), hold: bool) {
        play_in_a_runtime(On::Postgres, &happenings, hold);
    }
}
