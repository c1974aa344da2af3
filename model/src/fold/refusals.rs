//! Facts that tell producers something else than an acknowledgement.

use crate::{
    fact::Event,
    picture::{Picture, REMEMBERED, Stamp, Transaction, hit::seen},
};

impl Picture {
    pub(super) fn fold_refusal(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::RecordRefused { .. } => self.refuse(stamp, event),
            // Its producer may send it again: each time it is refused anew.
            Event::ProduceAnswered { error, .. } if !error.is_empty() => self.refuse(stamp, event),
            Event::TransactionChanged {
                broker,
                connection,
                client_id,
                correlation_id,
                transactional_id,
                producer_id,
                producer_epoch,
                state,
                error,
            } => {
                let known = self.transaction(transactional_id);
                known.stamp = stamp;
                known.frame = (*broker, *connection, *correlation_id);
                known.client_id.clone_from(client_id);
                known.producer_id = *producer_id;
                known.producer_epoch = *producer_epoch;
                known.state = *state;
                known.error.clone_from(error);
            }
            Event::TransactionRefused { app, instance, transactional_id, error } => {
                self.transaction(transactional_id).refused = Some((stamp, app.clone(), *instance, error.clone()));
            }
            _ => {}
        }
    }

    /// A keyframe may tell one again that is known, or that was forgotten: a fault that hit it remembers it too.
    fn refuse(&mut self, stamp: Stamp, event: &Event) {
        let is_full = self.refused.len() >= REMEMBERED;
        let was_forgotten = is_full && self.refused.front().is_some_and(|first| first.seq > stamp.seq);
        if was_forgotten || self.refused.iter().any(|known| known.seq == stamp.seq) {
            return;
        }
        self.refused.extend(seen(stamp, event));
        while self.refused.len() > REMEMBERED {
            self.refused.pop_front();
        }
    }

    /// The entry of a transactional id; the one that was heard of longest ago makes room.
    fn transaction(&mut self, id: &str) -> &mut Transaction {
        if !self.transactions.contains_key(id) && self.transactions.len() >= REMEMBERED {
            let heard = |t: &Transaction| t.stamp.seq.max(t.refused.as_ref().map_or(0, |(stamp, ..)| stamp.seq));
            let oldest = self.transactions.iter().min_by_key(|(_, t)| heard(t)).map(|(id, _)| id.clone());
            oldest.and_then(|oldest| self.transactions.remove(&oldest));
        }
        self.transactions.entry(id.to_owned()).or_default()
    }
}
