//! Facts that tell producers something else than an acknowledgement.

use crate::{
    fact::Event,
    picture::{Picture, REMEMBERED, Refused, Stamp, Transaction},
};

impl Picture {
    pub(super) fn fold_refusal(&mut self, stamp: Stamp, event: &Event) {
        match event {
            Event::RecordRefused { app, instance, topic, event_id, error, source } => {
                self.refused.push_back(Refused {
                    stamp,
                    app: app.clone(),
                    instance: *instance,
                    topic: topic.clone(),
                    event_id: event_id.clone(),
                    error: error.clone(),
                    source: *source,
                });
                while self.refused.len() > REMEMBERED {
                    self.refused.pop_front();
                }
            }
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
