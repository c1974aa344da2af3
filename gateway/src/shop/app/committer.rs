//! Commits offsets on a thread of its own, one commit at a time, and tells what came of each.
//!
//! rdkafka says nothing of a commit that it was asked for asynchronously: librdkafka gives that answer to
//! `offset_commit_cb`, which rdkafka does not set, so a failed one (COORDINATOR_LOAD_IN_PROGRESS after an election) would
//! be taken for done, and the group would lag until the next record. A synchronous one is answered, and waits for its
//! coordinator for as long as a session lasts, which the app at work cannot.

use std::{
    sync::{
        Arc, Weak,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
    thread,
};

use rdkafka::consumer::{CommitMode, Consumer as _};

use super::{
    Input,
    client::{self, Reader, SharedOffsets, locked},
    offsets::Commit,
    report::Voice,
};

/// The thread's other end.
pub(crate) struct Committer {
    orders: SyncSender<Vec<Commit>>,
}

impl Committer {
    pub(crate) fn start(
        consumer: &Arc<Reader>,
        offsets: SharedOffsets,
        inputs: SyncSender<Input>,
        voice: Voice,
    ) -> Self {
        // One commit is under way at a time, so the next one always fits.
        let (orders, waiting) = sync_channel(1);
        // The consumer leaves its group when its last owner goes, and that is not for this thread to delay.
        let consumer = Arc::downgrade(consumer);
        thread::spawn(move || work(&consumer, &offsets, &inputs, &voice, &waiting));
        Self { orders }
    }

    /// Asks for a commit; [`Input::Committed`] follows.
    pub(crate) fn ask(&self, commits: Vec<Commit>, offsets: &SharedOffsets) {
        locked(offsets).commit_begins();
        if self.orders.try_send(commits).is_err() {
            let mut offsets = locked(offsets);
            offsets.commit_ended();
            offsets.commit_failed();
        }
    }
}

fn work(
    consumer: &Weak<Reader>,
    offsets: &SharedOffsets,
    inputs: &SyncSender<Input>,
    voice: &Voice,
    waiting: &Receiver<Vec<Commit>>,
) {
    while let Ok(commits) = waiting.recv() {
        let Some(consumer) = consumer.upgrade() else { return };
        let result = client::commit_list(&commits).and_then(|list| consumer.commit(&list, CommitMode::Sync));
        drop(consumer);
        {
            let mut offsets = locked(offsets);
            offsets.commit_ended();
            if result.is_err() {
                offsets.commit_failed();
            }
        }
        if let Err(error) = result {
            voice.info(&format!("commit failed and is asked for again: {error}"));
        }
        if inputs.send(Input::Committed).is_err() {
            return;
        }
    }
}
