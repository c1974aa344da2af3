//! The judge of what brokers answer.

use std::borrow::Cow;

use kafka_protocol::messages::ApiKey;

use crate::{
    answered::{self, Answered},
    asked::Asked,
    flight::Pending,
    pump::{Fate, Judge, MOST_WHOLE_BYTES, Verdict},
    rule::{Point, What},
    rules::{Part, Passing},
    shared::Link,
    told::{self, Way},
    wire::{
        head::{self, Start},
        topics,
    },
};

/// Judges the answers that one client is to get.
#[derive(Debug)]
pub(crate) struct Answers<'l> {
    link: &'l Link,
}

impl<'l> Answers<'l> {
    pub(crate) const fn new(link: &'l Link) -> Self {
        Self { link }
    }

    fn wants_whole(&self, pending: &Pending, frame_bytes: usize) -> bool {
        let Some(api) = pending.api.filter(|_| frame_bytes <= MOST_WHOLE_BYTES) else { return false };
        let shared = &self.link.shared;
        topics::are_named_by(api, pending.version)
            || self.link.is_observed() && answered::is_wanted(api)
            || api == ApiKey::Fetch && shared.slow_ms() > 0
            || shared.rules.look_inside(Point::Answer, self.link.broker, &pending.client_id, Some(api))
    }

    fn pop(&self) -> Option<Pending> {
        let mut flight = self.link.flight();
        let was_full = flight.is_full();
        let pending = flight.pop();
        drop(flight);
        if was_full {
            self.link.room().made();
        }
        pending
    }

    fn decide(&self, pending: &Pending, answered: Option<Answered>) -> Fate {
        let link = self.link;
        let Pending { api, client_id, .. } = pending;
        let hit = link.shared.rules.any().then(|| {
            let parts = parts(pending, answered.as_ref());
            let broker = link.broker;
            link.shared.rules.hit(&Passing { point: Point::Answer, broker, client_id, api: *api, parts: &parts })
        });
        let hit = hit.flatten();
        let what = hit.as_ref().map(|hit| hit.what);
        let passed_on = !matches!(what, Some(What::DropResponse | What::DropResponseAndClose));
        let slow = match api {
            Some(ApiKey::Produce) => true,
            // One that was too big to be read has records.
            Some(ApiKey::Fetch) => !matches!(&answered, Some(Answered::Fetch(fetched)) if fetched.is_empty()),
            _ => false,
        };
        let slow_ms = if slow { link.shared.slow_ms() } else { 0 };
        let delay_ms = slow_ms + what.and_then(What::ms).unwrap_or_default();
        if let Some(answered) = answered
            && link.is_observed()
        {
            told::answered(link, pending, answered, Way { passed_on, held_ms: delay_ms });
        }
        if let Some(hit) = hit {
            link.tell_hit(hit, client_id, *api, Some(pending.correlation_id));
        }
        match what {
            Some(What::DropResponse) => Fate::Drop,
            Some(What::DropResponseAndClose) => Fate::DropAndClose,
            _ => Fate::Pass { delay_ms },
        }
    }
}

/// What rules are matched against: the request's own parts, which have event ids, or the answer's.
fn parts<'a>(pending: &'a Pending, answered: Option<&'a Answered>) -> Cow<'a, [Part]> {
    match (pending.asked.as_deref(), answered) {
        (Some(Asked::Produce(produced)), _) => Cow::Borrowed(&produced.parts),
        (_, Some(Answered::Produce(parts))) => parts.iter().map(|(part, _, _)| part.clone()).collect(),
        (_, Some(Answered::Fetch(fetched))) => fetched.iter().map(|it| it.part.clone()).collect(),
        _ => Cow::default(),
    }
}

impl Judge for Answers<'_> {
    fn start(&mut self, bytes: &[u8]) -> Verdict {
        let flight = self.link.flight();
        if flight.is_plain {
            return Verdict::Plain;
        }
        let (frame_bytes, wants_whole) = match (head::answer(bytes), flight.next()) {
            (Start::Partial, _) => return Verdict::Partial,
            (Start::Head((frame_bytes, id)), Some(pending)) if id == pending.correlation_id => {
                (frame_bytes, self.wants_whole(pending, frame_bytes))
            }
            (start, _) => {
                drop(flight);
                self.link.go_plain(match start {
                    Start::NoFrame(why) => why,
                    _ => "an answer does not belong to the oldest unanswered request",
                });
                return Verdict::Plain;
            }
        };
        drop(flight);
        if wants_whole {
            return Verdict::Whole(frame_bytes);
        }
        let Some(pending) = self.pop() else { return Verdict::Frame(frame_bytes, Fate::Pass { delay_ms: 0 }) };
        if let Some(api) = pending.api.filter(|api| answered::is_wanted(*api)) {
            self.link.tell_too_big(api, pending.version, frame_bytes);
        }
        Verdict::Frame(frame_bytes, self.decide(&pending, None))
    }

    fn whole(&mut self, frame: &[u8]) -> Fate {
        let Some(pending) = self.pop() else { return Fate::Pass { delay_ms: 0 } };
        let answered = pending.api.and_then(|api| {
            answered::read(self.link, api, pending.version, frame)
                .inspect_err(|reason| self.link.tell_undecodable(api, pending.version, reason.0))
                .ok()
                .flatten()
        });
        self.decide(&pending, answered)
    }
}
