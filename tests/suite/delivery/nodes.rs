//! Several nodes on one PostgreSQL: killed again and again, and the database killed under them.

use std::time::Duration;

use super::crash::until_taken;
use super::fan::{Fan, Plan};
use super::proxy::{Proxy, Whims};
use super::sink::Sink;
use crate::postgres::Server;

const SESSIONS: usize = 8;

#[test]
#[ignore = "needs PostgreSQL and postfix: run tests/run"]
fn two_nodes_killed_again_and_again_while_the_relay_hangs_up_lose_no_row_of_100_000() {
    const RECIPIENTS: u64 = 100_000;
    const KILLS: u64 = 8;
    let (server, sink) = (Server::new(), Sink::start());
    let proxy = Proxy::before(sink.port, Whims { within: 499, after: 1_999 });
    let store = server.url("postgres");
    let plan = Plan { store: &store, relay: proxy.port, sessions: SESSIONS, recipients: RECIPIENTS, ..Plan::default() };
    let fan = Fan::new(&plan);
    let mut nodes = [fan.spawn(&fan.send()), fan.spawn("deliver --drain")];
    for kill in 1..=KILLS {
        until_taken(&proxy, kill * RECIPIENTS / (KILLS + 2));
        let node = &mut nodes[(kill % 2) as usize];
        node.kill();
        *node = fan.spawn("deliver --drain");
        assert_eq!(fan.counts().all, RECIPIENTS, "the counts add up after kill {kill}");
    }
    for node in nodes {
        node.wait();
    }
    fan.done("deliver --drain");
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    assert_eq!(proxy.seen.different(), RECIPIENTS, "the relay took every message");
    let most = KILLS * SESSIONS as u64 + proxy.seen.hung_up_after();
    assert!(proxy.seen.doubled() <= most, "{} doubled, at most {most} may be", proxy.seen.doubled());
}

#[test]
#[ignore = "needs PostgreSQL and postfix: run tests/run"]
fn a_fan_out_goes_on_when_postgresql_is_killed_and_started_again() {
    const RECIPIENTS: u64 = 10_000;
    const KILLS: u64 = 4;
    let (server, sink) = (Server::new(), Sink::start());
    let proxy = Proxy::before(sink.port, Whims::default());
    let store = server.url("postgres");
    let plan = Plan { store: &store, relay: proxy.port, sessions: SESSIONS, recipients: RECIPIENTS, ..Plan::default() };
    let fan = Fan::new(&plan);
    let nodes = [fan.spawn(&fan.send()), fan.spawn("deliver --drain")];
    for kill in 1..=KILLS {
        until_taken(&proxy, kill * RECIPIENTS / (KILLS + 2));
        server.stop_hard();
        std::thread::sleep(Duration::from_millis(500));
        server.start();
    }
    // Nobody was killed but the database: both nodes go on by themselves.
    for node in nodes {
        assert_eq!(node.wait(), Some(0));
    }
    let counts = fan.counts();
    assert_eq!((counts.sent, counts.all), (RECIPIENTS, RECIPIENTS), "{counts:?}");
    assert_eq!((proxy.seen.different(), proxy.seen.doubled()), (RECIPIENTS, 0), "what was sent is known");
}
