//! A crowd of marks on whatever is shown (`#marks=2000`), for `cargo xtask bench page`: what drawing so many costs.

use model::{ids::Micros, picture::Picture};

use crate::stage::{Hop, Leg};

/// How long a mark of the crowd is on its way, and when it sets out again.
const WAY_MICROS: u64 = 900_000;

/// Marks that never end.
#[derive(Debug, Default)]
pub(super) struct Crowd {
    wanted: u32,
    hops: Vec<Hop>,
}

impl Crowd {
    /// As many as the address asks for.
    pub(super) fn of(wanted: Option<&str>) -> Self {
        Self { wanted: wanted.and_then(|w| w.parse().ok()).unwrap_or(0), hops: Vec::new() }
    }

    /// The marks at a time; nothing where none were asked for.
    pub(super) fn at(&mut self, picture: &Picture, now: Micros) -> &[Hop] {
        if self.hops.is_empty() {
            self.hops = (0..self.wanted).filter_map(|n| self.hop(n, picture, now)).collect();
        }
        for hop in &mut self.hops {
            // A seek may have gone either way.
            if hop.ends < now || now < hop.starts {
                let late = now.since(hop.starts) % WAY_MICROS;
                hop.starts = Micros(now.0 - late);
                hop.ends = Micros(hop.starts.0 + WAY_MICROS);
            }
        }
        &self.hops
    }

    /// The newest records of each partition, back and forth between app and leader; one in five is a pill with a number.
    fn hop(&self, n: u32, picture: &Picture, now: Micros) -> Option<Hop> {
        let partitions = picture.shown_partitions().count().max(1);
        let (id, partition) = picture.shown_partitions().nth(n as usize % partitions)?;
        let newest = partition.log_end_offset() - 1 - i64::from(n / 7 % 6);
        let starts = now.0.saturating_sub(WAY_MICROS * u64::from(n) / u64::from(self.wanted));
        Some(Hop {
            leg: if n.is_multiple_of(2) { Leg::Produce } else { Leg::Ack },
            app: None,
            key: None,
            topic: id.topic.clone(),
            partition: Some(id.partition),
            offset: Some(newest),
            broker: Some(partition.leader),
            starts: Micros(starts),
            ends: Micros(starts + WAY_MICROS),
            count: if n.is_multiple_of(5) { 48 } else { 1 },
        })
    }

    /// Whether there are any, so that every frame is another.
    pub(super) fn is_there(&self) -> bool {
        self.wanted > 0
    }
}
