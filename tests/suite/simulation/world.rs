//! The world: one thing happens at a time, and a generator picks which.

use std::time::Duration;

use fastrand::Rng;
use muster::app::{App, Outlet};
use muster::clock::{Clock, Timestamp, after};
use muster::settings::{OnUnknown, Settings};
use muster::store::Store;

use super::laws::{self, Rows};
use super::node::{Node, Reply, SLOTS, fault};
use super::people::People;
use super::record::{Broken, Record};
use super::relay::{At, Fault, Mood, Relay};
use super::trace::Trace;

/// Steps of a night before calm returns, and then the most until everything has ended.
const NIGHT: u64 = 220;
const MORNING: u64 = 2000;
/// Nobody waits for longer than this.
const NEVER: Duration = Duration::from_secs(7 * 24 * 3600);
/// A worker that is at work takes its next step within this time.
const PATIENCE: Duration = Duration::from_secs(20);

/// How the relay is disposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Weather {
    Fair,
    Rough,
    Dead,
    /// It refuses everyone.
    Wall,
}

/// What can happen next.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Lease(usize),
    Advance(usize, usize),
    EndStalled(usize),
    Renew(usize),
    Tell(usize),
    Tick(usize),
    Kill(usize),
    Stop(usize),
    Continue(usize),
    Person,
    Weather,
    Pass,
    ClockJumps,
}

pub(super) struct World<'s> {
    store: &'s Store,
    settings: Settings,
    clock: &'s Clock,
    random: Rng,
    nodes: Vec<Node<'s>>,
    /// Whether each node is stopped, as by SIGSTOP.
    stopped: [bool; 2],
    desk: App,
    people: People,
    relay: Relay,
    weather: Weather,
    record: Record,
    rows: Rows,
    step: u64,
    pub(super) trace: Trace,
}

impl<'s> World<'s> {
    pub(super) async fn begin(
        store: &'s Store,
        settings: Settings,
        clock: &'s Clock,
        seed: u64,
    ) -> Result<Self, Broken> {
        let desk = App::on(store.clone(), settings.clone(), clock.clone(), Outlet::World);
        let people = People::begin(&desk).await?;
        let holds = settings.mail.on_unknown == OnUnknown::Hold;
        Ok(Self {
            store,
            nodes: (0..2).map(|number| Node::start(number, store, &settings, clock)).collect(),
            settings,
            clock,
            random: Rng::with_seed(seed),
            stopped: [false; 2],
            desk,
            people,
            relay: Relay::default(),
            weather: Weather::Fair,
            record: Record { holds, ..Record::default() },
            rows: Rows::default(),
            step: 0,
            trace: Trace::default(),
        })
    }

    /// Plays a night and the morning after it.
    pub(super) async fn play(&mut self) -> Result<(), Broken> {
        while self.step < NIGHT {
            let happening = self.pick().await?;
            self.happen(happening).await?;
        }
        // Nothing goes wrong any more.
        self.weather = Weather::Fair;
        self.stopped = [false; 2];
        for _ in 0..MORNING {
            if self.is_over().await? {
                return laws::hold_at_the_end(self.store, &self.desk, self.people.incident, &self.record).await;
            }
            let happening = self.pick_calmly().await?;
            self.happen(happening).await?;
        }
        Err("the night never ends".to_owned())
    }

    /// Picks the next thing: a worker that waited long comes first, anything else by weight.
    async fn pick(&mut self) -> Result<Happening, Broken> {
        if let Some(overdue) = self.overdue() {
            return Ok(overdue);
        }
        let mut choices = self.work().await?;
        let busy: u32 = self.nodes.iter().map(|node| u32::from(node.is_busy())).sum();
        choices.extend([(if busy > 0 { 6 } else { 40 }, Happening::Person), (2, Happening::Weather)]);
        choices.push((1, Happening::ClockJumps));
        for number in 0..2 {
            let busy = u32::from(self.nodes[number].is_busy());
            let halt =
                if self.stopped[number] { (6, Happening::Continue(number)) } else { (busy, Happening::Stop(number)) };
            choices.extend([halt, (2 * busy, Happening::Kill(number))]);
        }
        Ok(self.choose(&choices))
    }

    /// Picks the next thing where nothing goes wrong any more.
    async fn pick_calmly(&mut self) -> Result<Happening, Broken> {
        if let Some(overdue) = self.overdue() {
            return Ok(overdue);
        }
        let choices = self.work().await?;
        Ok(self.choose(&choices))
    }

    fn choose(&mut self, choices: &[(u32, Happening)]) -> Happening {
        let all: u32 = choices.iter().map(|(weight, _)| weight).sum();
        let mut left = self.random.u32(..all);
        for (weight, happening) in choices {
            match left.checked_sub(*weight) {
                None => return *happening,
                Some(rest) => left = rest,
            }
        }
        Happening::Pass
    }

    fn overdue(&mut self) -> Option<Happening> {
        let now = self.clock.now();
        let renewing = |number: &usize| self.nodes[*number].renews_at().is_some_and(|at| at <= now);
        if let Some(number) = (0..2).filter(|number| !self.stopped[*number]).find(renewing) {
            return Some(Happening::Renew(number));
        }
        (0..2)
            .filter(|number| !self.stopped[*number])
            .find_map(|number| self.nodes[number].overdue(PATIENCE).map(|slot| Happening::Advance(number, slot)))
    }

    /// What the nodes and the time can do; what would come to nothing is left to happen rarely.
    async fn work(&self) -> Result<Vec<(u32, Happening)>, Broken> {
        let due = self.next_delivery().await?.is_some_and(|due| due <= self.clock.now());
        let untold = !self.store.untold().await.map_err(fault)?.is_empty();
        let mut choices = vec![(if due { 3 } else { 12 }, Happening::Pass)];
        for node in self.nodes.iter().filter(|node| !self.stopped[node.number]) {
            let number = node.number;
            choices.extend([(if untold { 6 } else { 1 }, Happening::Tell(number)), (1, Happening::Tick(number))]);
            if node.is_hungry() {
                choices.push((if due { 10 } else { 1 }, Happening::Lease(number)));
            }
            if !node.stalls.is_empty() && node.in_doubt() == 0 {
                choices.push((10, Happening::EndStalled(number)));
            }
            choices.extend(node.ready().into_iter().map(|slot| (12, Happening::Advance(number, slot))));
        }
        Ok(choices)
    }

    async fn happen(&mut self, happening: Happening) -> Result<(), Broken> {
        self.step += 1;
        let told = self.carry_out(happening).await?;
        self.trace.note(self.step, self.clock.now(), format!("{happening:?}: {told}"));
        if self.step.is_multiple_of(8) || matches!(happening, Happening::Kill(_)) {
            laws::hold(self.store, &self.desk, self.people.incident, &self.record, &mut self.rows).await?;
        }
        Ok(())
    }

    async fn carry_out(&mut self, happening: Happening) -> Result<String, Broken> {
        match happening {
            Happening::Lease(number) => {
                let limit = self.random.usize(1..=6);
                self.nodes[number].lease(limit, &mut self.record, self.step).await
            }
            Happening::Advance(number, slot) => {
                let mood = self.mood();
                self.relay.set_mood(mood);
                let reply = self.reply();
                self.nodes[number].advance(slot, (&self.relay, reply), &mut self.record, self.step).await
            }
            Happening::EndStalled(number) => self.nodes[number].end_stalled(&mut self.record).await,
            Happening::Renew(number) => self.nodes[number].renew(&self.record).await,
            Happening::Tell(number) => {
                self.nodes[number].app.tell_journal().await.map_err(|error| format!("untellable: {error}"))?;
                Ok(String::new())
            }
            Happening::Tick(number) => {
                self.nodes[number].app.tick().await.map_err(|error| format!("a tick failed: {error}"))?;
                Ok(String::new())
            }
            Happening::Kill(number) => Ok(self.kill(number)),
            Happening::Stop(number) => {
                self.stopped[number] = true;
                self.record.excuse(Some(number));
                Ok(String::new())
            }
            Happening::Continue(number) => {
                self.stopped[number] = false;
                Ok(String::new())
            }
            Happening::Person => {
                self.people.do_something(&self.desk, &mut self.random, &mut self.record, self.step).await
            }
            Happening::Weather => {
                let weathers =
                    [Weather::Fair, Weather::Fair, Weather::Rough, Weather::Rough, Weather::Dead, Weather::Wall];
                self.weather = self.random.choice(weathers).unwrap_or(Weather::Fair);
                Ok(format!("{:?}", self.weather))
            }
            Happening::Pass => self.pass().await,
            Happening::ClockJumps => {
                let far = Duration::from_secs(self.random.u64(60..26 * 3600));
                let now = self.clock.now();
                self.clock.set_to(if self.random.bool() { after(now, far) } else { now - far });
                self.record.excuse(None);
                self.nodes.iter_mut().for_each(Node::clock_jumped);
                Ok(format!("by {far:?}"))
            }
        }
    }

    /// A worker dies with everything it knew; at most one row a slot is left in doubt.
    fn kill(&mut self, number: usize) -> String {
        let in_doubt = self.nodes[number].in_doubt();
        assert!(in_doubt <= SLOTS);
        self.record.excuse(Some(number));
        self.record.tries.iter_mut().filter(|one| one.node == number).for_each(|one| one.ended = true);
        self.nodes[number] = Node::start(number, self.store, &self.settings, self.clock);
        self.stopped[number] = false;
        format!("{in_doubt} in doubt")
    }

    /// Time passes: a moment while somebody is at work, else until something is due.
    async fn pass(&mut self) -> Result<String, Broken> {
        let now = self.clock.now();
        let awake = |node: &&Node<'_>| !self.stopped[node.number];
        let at_work = self.nodes.iter().filter(awake).any(|node| !node.ready().is_empty());
        let until = if at_work {
            after(now, Duration::from_millis(self.random.u64(1..4000)))
        } else {
            let answer = self.nodes.iter().filter(awake).filter_map(Node::next_answer).min();
            let due = self.next_delivery().await?;
            let soon = [answer, due].into_iter().flatten().filter(|at| *at > now).min();
            let while_ = after(now, Duration::from_secs(self.random.u64(1..600)));
            match answer {
                Some(answer) => answer.min(soon.unwrap_or(answer)),
                None if self.random.u8(..3) == 0 => while_,
                None => soon.unwrap_or(while_),
            }
        };
        self.clock.advance_to(until);
        Ok(String::new())
    }

    fn mood(&mut self) -> Mood {
        let faulty = match self.weather {
            Weather::Fair => self.random.u8(..25) == 0,
            Weather::Rough => self.random.u8(..5) < 2,
            Weather::Dead => return Some((At::Banner, Fault::HangsUp)),
            Weather::Wall => return Some((At::Data, Fault::Says("554 5.7.1 not from you"))),
        };
        if !faulty {
            return None;
        }
        let says = |at, said| (at, Fault::Says(said));
        let course = [
            says(At::Banner, "421 4.3.2 closing"),
            says(At::Banner, "554 5.3.2 no"),
            (At::Banner, Fault::Silence),
            (At::Ehlo, Fault::HangsUp),
            says(At::Mail, "451 4.3.0 later"),
            (At::Mail, Fault::HangsUp),
            says(At::Rcpt, "450 4.2.1 busy"),
            says(At::Rcpt, "550 5.1.1 no such user"),
            says(At::Rcpt, "552 5.2.2 full"),
            says(At::Rcpt, "421 4.7.0 too much"),
            (At::Rcpt, Fault::Silence),
            says(At::Data, "452 4.3.1 no room"),
            says(At::Data, "554 5.7.1 no"),
            says(At::Dot, "451 4.3.0 try later"),
            says(At::Dot, "550 5.1.1 no such user after all"),
            says(At::Dot, "354 go on"),
            (At::Dot, Fault::HangsUp),
            (At::Dot, Fault::Silence),
            (At::Taken, Fault::HangsUp),
            (At::Taken, Fault::Silence),
            (At::Taken, Fault::Slow(10)),
            (At::Taken, Fault::Slow(250)),
        ];
        self.random.choice(course)
    }

    fn reply(&mut self) -> Reply {
        match (self.weather, self.random.u8(..8)) {
            (Weather::Fair, 1..) => Reply::Status(200),
            (_, 0) => Reply::Nothing,
            (_, 1) => Reply::Status(429),
            (_, 2) => Reply::Status(500),
            (_, 3) => Reply::Status(302),
            (_, 4..) => Reply::Status(204),
        }
    }

    /// When a row next wants a worker, if anybody lives to see it.
    async fn next_delivery(&self) -> Result<Option<Timestamp>, Broken> {
        let due = self.store.next_delivery().await.map_err(fault)?;
        Ok(due.filter(|due| *due <= after(self.clock.now(), NEVER)))
    }

    /// Whether everything has ended, once people have let go on whatever was paused.
    async fn is_over(&mut self) -> Result<bool, Broken> {
        if self.people.resume_all(&self.desk).await? {
            return Ok(false);
        }
        let idle = self
            .nodes
            .iter()
            .all(|node| node.ready().is_empty() && node.next_answer().is_none() && node.stalls.is_empty());
        if !idle || self.next_delivery().await?.is_some() {
            return Ok(false);
        }
        Ok(self.store.untold().await.map_err(fault)?.is_empty())
    }
}
