//! Limits shared by all workers: the pace of a relay, and the calls a robot takes.

use std::time::Duration;

use super::patience::patiently;
use super::sql::{Transaction, values};
use super::{Error, Store};
use crate::clock::{Timestamp, after, between};

/// Whatever stands further ahead than this was written by a clock that has jumped since, and counts no more:
/// nobody takes a pace's next stretch or a robot's next call so early.
const AHEAD: Duration = Duration::from_secs(60);
/// The same for a robot that is left alone: none is for longer than an hour.
const HELD: Duration = Duration::from_secs(2 * 60 * 60);

/// So many calls in any stretch of time this long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub most: usize,
    pub within: Duration,
}

/// Whether there is room for calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Room {
    /// The calls are counted; each may be made from its moment on.
    Taken(Vec<Timestamp>),
    /// Nothing is counted; there is room from then on, if nobody takes it first.
    NotBefore(Timestamp),
}

impl Store {
    /// Takes the next stretch of a pace, and says when it begins: now, or when the one before it ends.
    pub async fn take_pace(&self, name: &str, stretch: Duration, now: Timestamp) -> Result<Timestamp, Error> {
        patiently!(async {
            let mut change = self.change().await?;
            let begins = free_at(&mut change, name, now, AHEAD).await?.max(now);
            set_free_at(&mut change, name, after(begins, stretch)).await?;
            change.commit().await?;
            Ok(begins)
        })
    }

    /// Counts `calls` of a robot against its limits, if the last of them may be made by `latest`; it
    /// is as if the robot's calls of all workers stood in one line.
    pub async fn take_calls(
        &self,
        robot: &str,
        limits: &[Limit],
        calls: usize,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Room, Error> {
        patiently!(self.try_take_calls(robot, limits, calls, now, latest))
    }

    async fn try_take_calls(
        &self,
        robot: &str,
        limits: &[Limit],
        calls: usize,
        now: Timestamp,
        latest: Timestamp,
    ) -> Result<Room, Error> {
        let mut change = self.change().await?;
        // The robot's line in `paces` is also what several workers of PostgreSQL wait for.
        let not_before = free_at(&mut change, &held(robot), now, HELD).await?.max(now);
        let longest = limits.iter().map(|limit| limit.within).max().unwrap_or_default();
        let sql = "DELETE FROM robot_calls WHERE robot = $1 AND (called_at <= $2 OR called_at > $3)";
        let forgotten = now.checked_sub_signed(after(now, longest) - now).unwrap_or(now);
        change.execute(sql, values![robot, forgotten, after(now, AHEAD)]).await?;
        let sql = "SELECT called_at FROM robot_calls WHERE robot = $1 ORDER BY called_at";
        let rows = change.all(sql, values![robot]).await?;
        let made = rows.iter().map(|row| row.moment(0)).collect::<Result<Vec<_>, _>>()?;
        let moments = line_up(&made, limits, calls, not_before);
        let last = moments.last().copied().unwrap_or(now);
        if last > latest {
            // Whoever comes back when the last call has room finds room for those before it too.
            let first = moments.first().copied().unwrap_or(now);
            return Ok(Room::NotBefore(first.max(last - (latest - now))));
        }
        for moment in &moments {
            let sql = "INSERT INTO robot_calls (robot, called_at) VALUES ($1, $2)";
            change.execute(sql, values![robot, *moment]).await?;
        }
        change.commit().await?;
        Ok(Room::Taken(moments))
    }

    /// When the last of so many calls could be made, were they asked for now; counts nothing.
    pub async fn room_for_calls(
        &self,
        robot: &str,
        limits: &[Limit],
        calls: usize,
        now: Timestamp,
    ) -> Result<Timestamp, Error> {
        let held = self.first("SELECT free_at FROM paces WHERE name = $1", values![held(robot)]).await?;
        let not_before = held.map_or(Ok(now), |row| row.moment(0))?.max(now);
        let sql = "SELECT called_at FROM robot_calls WHERE robot = $1 AND called_at <= $2 ORDER BY called_at";
        let rows = self.all(sql, values![robot, after(now, AHEAD)]).await?;
        let made = rows.iter().map(|row| row.moment(0)).collect::<Result<Vec<_>, _>>()?;
        Ok(line_up(&made, limits, calls, not_before).last().copied().unwrap_or(now))
    }

    /// Leaves a robot alone until then: it said itself that it had enough. Never shortens.
    pub async fn hold_robot(&self, robot: &str, until: Timestamp, now: Timestamp) -> Result<(), Error> {
        let name = held(robot);
        patiently!(async {
            let mut change = self.change().await?;
            let free_at = free_at(&mut change, &name, now, HELD).await?;
            set_free_at(&mut change, &name, free_at.max(until)).await?;
            change.commit().await
        })
    }
}

/// How long so many calls take of a robot that nobody has called for long.
pub fn span(limits: &[Limit], calls: usize) -> Duration {
    let start = Timestamp::UNIX_EPOCH;
    line_up(&[], limits, calls, start).last().map_or(Duration::ZERO, |last| between(start, *last))
}

fn held(robot: &str) -> String {
    format!("robot:{robot}")
}

/// From when on a pace is free; keeps everyone else from it until this change has ended.
async fn free_at(change: &mut Transaction, name: &str, now: Timestamp, farthest: Duration) -> Result<Timestamp, Error> {
    let sql = "INSERT INTO paces (name, free_at) VALUES ($1, 0)
               ON CONFLICT (name) DO UPDATE SET free_at = paces.free_at RETURNING free_at";
    let free_at = change.first(sql, values![name]).await?.map_or(Ok(now), |row| row.moment(0))?;
    Ok(if between(now, free_at) > farthest { now } else { free_at })
}

async fn set_free_at(change: &mut Transaction, name: &str, at: Timestamp) -> Result<(), Error> {
    change.execute("UPDATE paces SET free_at = $1 WHERE name = $2", values![at, name]).await.map(drop)
}

/// The earliest moments for more calls after those made, such that no stretch of any limit holds more than it may.
fn line_up(made: &[Timestamp], limits: &[Limit], calls: usize, not_before: Timestamp) -> Vec<Timestamp> {
    let mut line = made.to_vec();
    for _ in 0..calls {
        let free = limits.iter().filter_map(|limit| {
            let before = line.len().checked_sub(limit.most)?;
            line.get(before).map(|call| after(*call, limit.within))
        });
        let earliest = free.chain(line.last().copied()).fold(not_before, Timestamp::max);
        line.push(earliest);
    }
    line.split_off(made.len())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(millis: u64) -> Timestamp {
        after(chrono::DateTime::from_timestamp(1_790_000_000, 0).expect("a moment"), Duration::from_millis(millis))
    }

    fn limit(most: usize, millis: u64) -> Limit {
        Limit { most, within: Duration::from_millis(millis) }
    }

    #[test]
    fn calls_stand_in_line_under_every_limit_at_once() {
        let both = [limit(2, 1_000), limit(3, 60_000)];
        for (made, limits, calls, now, wanted) in [
            (vec![], &both[..], 4, 0, vec![0, 0, 1_000, 60_000]),
            (vec![0, 500], &both[..], 1, 600, vec![1_000]),
            (vec![0, 500], &both[..], 1, 1_200, vec![1_200]),
            (vec![0, 500, 1_000], &both[..], 2, 2_000, vec![60_000, 60_500]),
            (vec![5_000], &both[..], 1, 0, vec![5_000]),
            (vec![0], &[][..], 2, 0, vec![0, 0]),
        ] {
            let made: Vec<_> = made.into_iter().map(at).collect();
            let wanted: Vec<_> = wanted.into_iter().map(at).collect();
            assert_eq!(line_up(&made, limits, calls, at(now)), wanted, "{made:?} at {now}");
        }
    }

    proptest! {
        #[test]
        fn no_stretch_ever_holds_more_than_its_limit(
            asks in prop::collection::vec((0_u64..2_000, 1_usize..4), 1..30),
            second in 1_usize..6,
            minute in 1_usize..12,
        ) {
            let limits = [limit(second, 1_000), limit(minute, 10_000)];
            let (mut made, mut now) = (Vec::new(), 0);
            for (pause, calls) in asks {
                now += pause;
                made.extend(line_up(&made, &limits, calls, at(now)));
            }
            for Limit { most, within } in limits {
                for pair in made.windows(most + 1) {
                    prop_assert!(between(pair[0], pair[most]) >= within, "{most} within {within:?}: {pair:?}");
                }
            }
        }
    }
}
