//! The guard dead-letter: a record that cannot be read is put aside in a topic of its own, and its partition goes on.
//!
//! Without it the partition stops on that record: to pass it by would be to lose it, and nobody would know.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rdkafka::{
    ClientConfig,
    admin::{AdminClient, AdminOptions, NewTopic, TopicReplication},
    client::DefaultClientContext,
    consumer::Consumer as _,
    types::RDKafkaErrorCode,
};

use super::{
    books::Work,
    client::Reader,
    event::{Body, Incoming, Unreadable},
    offsets::Place,
};

/// How long the making of the topic, or going back to a record, may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where what cannot be read on a topic goes.
pub(crate) fn topic_of(topic: &str) -> String {
    format!("{topic}.dead-letter")
}

/// Puts the record aside: its bytes as they are, and why.
pub(crate) fn put_aside(record: &Incoming, unreadable: &Unreadable) -> Work {
    let Unreadable { value, reason } = unreadable.clone();
    let effect = format!("put aside in {}: {reason}", topic_of(&record.topic));
    Work::done(effect).says(Body::DeadLetter {
        topic: record.topic.clone(),
        partition: record.partition,
        offset: record.offset,
        correlation: record.correlation.clone(),
        value,
        reason,
    })
}

/// Says where a dead letter comes from and what is wrong with it.
pub(crate) fn headers(body: &Body) -> Vec<(&'static str, String)> {
    let Body::DeadLetter { topic, partition, offset, reason, .. } = body else { return Vec::new() };
    vec![
        ("dead-letter-topic", topic.clone()),
        ("dead-letter-partition", partition.to_string()),
        ("dead-letter-offset", offset.to_string()),
        ("dead-letter-reason", reason.clone()),
    ]
}

/// Makes the topic, where it is not there yet.
pub(crate) fn make_topic(bootstrap: &str, topic: &str) -> Result<()> {
    let admin: AdminClient<DefaultClientContext> =
        ClientConfig::new().set("bootstrap.servers", bootstrap).set("broker.address.family", "v4").create()?;
    // As many copies as the brokers give by themselves (default.replication.factor).
    let wanted = NewTopic::new(topic, 1, TopicReplication::Fixed(-1));
    let options = AdminOptions::new().operation_timeout(Some(PATIENCE)).request_timeout(Some(PATIENCE));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let made = runtime.block_on(admin.create_topics([&wanted], &options)).context("the cluster does not answer")?;
    match made.into_iter().next() {
        Some(Err((_, code))) if code != RDKafkaErrorCode::TopicAlreadyExists => {
            bail!("cannot make topic {topic}: {code}")
        }
        _ => Ok(()),
    }
}

/// Partitions that stand on a record which cannot be read.
#[derive(Debug, Default)]
pub(crate) struct Stopped {
    at: Vec<Place>,
}

impl Stopped {
    /// Whether the record is not to be taken up: its partition stands on an earlier one, to which we come back first.
    pub(crate) fn holds_back(&mut self, place: &Place) -> bool {
        // Under another assignment the partition begins anew where it was committed.
        self.at.retain(|at| !same(at, place) || at.generation == place.generation);
        self.at.iter().any(|at| same(at, place) && at.offset != place.offset)
    }

    /// The partition stands on this record; false where it did already.
    pub(crate) fn stop(&mut self, place: &Place) -> bool {
        let known = self.at.contains(place);
        if !known {
            self.at.push(place.clone());
        }
        !known
    }

    /// The partition goes on behind this record.
    pub(crate) fn go_on(&mut self, place: &Place) {
        self.at.retain(|at| at != place);
    }

    /// Reads the records again that the partitions stand on.
    pub(crate) fn look_again(&self, consumer: &Reader) -> Result<()> {
        for Place { topic, partition, offset, .. } in &self.at {
            let back = consumer.seek(topic, *partition, rdkafka::Offset::Offset(*offset), PATIENCE);
            back.with_context(|| format!("cannot go back to {topic} {partition} at {offset}"))?;
        }
        Ok(())
    }
}

fn same(one: &Place, other: &Place) -> bool {
    one.topic == other.topic && one.partition == other.partition
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(offset: i64, generation: u64) -> Place {
        Place { topic: String::from("orders"), partition: 0, offset, generation }
    }

    #[test]
    fn a_partition_stands_until_its_record_is_put_aside() {
        let mut stopped = Stopped::default();
        assert!(!stopped.holds_back(&place(7, 1)));
        assert!(stopped.stop(&place(7, 1)));
        assert!(stopped.holds_back(&place(8, 1)), "it would overtake");
        assert!(!stopped.holds_back(&Place { partition: 1, ..place(8, 1) }), "the others run on");
        assert!(!stopped.holds_back(&place(7, 1)), "it is looked at again");
        assert!(!stopped.stop(&place(7, 1)));
        stopped.go_on(&place(7, 1));
        assert!(!stopped.holds_back(&place(8, 1)));
    }

    #[test]
    fn another_assignment_begins_anew() {
        let mut stopped = Stopped::default();
        stopped.stop(&place(7, 1));
        assert!(!stopped.holds_back(&place(6, 2)));
        assert!(!stopped.holds_back(&place(8, 2)));
    }

    #[test]
    fn a_dead_letter_keeps_the_bytes_and_says_why() {
        let headers = |name: &str| (name == "correlation-id").then(|| String::from("A-1"));
        let record = Incoming::read("orders", 1, 9, headers, Some(b"{\"type\":"));
        let work = put_aside(&record, record.body.as_ref().unwrap_err());
        let body = &work.says[0].body;
        assert_eq!((body.value(), body.correlation()), (b"{\"type\":".to_vec(), "A-1"));
        let said = super::headers(body);
        assert_eq!(said[2], ("dead-letter-offset", String::from("9")));
        assert!(said[3].1.starts_with("EOF"), "{said:?}");
        assert_eq!(topic_of(&record.topic), "orders.dead-letter");
    }
}
