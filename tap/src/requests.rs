//! The judge of what clients send.

use std::sync::Arc;

use kafka_protocol::messages::ApiKey;

use crate::{
    asked::{self, Asked},
    flight::Pending,
    observation::{Observation, monotonic_micros},
    pump::{Fate, Judge, MOST_WHOLE_BYTES, Verdict},
    rule::{Point, What},
    rules::{Part, Passing},
    shared::Link,
    told::{self, Way},
    wire::{
        head::{self, Head, Start},
        reader::shown,
    },
};

/// Judges one client's requests.
#[derive(Debug)]
pub(crate) struct Requests<'l> {
    link: &'l Link,
    /// As the last request had it; nearly always the same as the next one's.
    client_id: Arc<str>,
    is_met: bool,
}

impl<'l> Requests<'l> {
    pub(crate) fn new(link: &'l Link) -> Self {
        Self { link, client_id: Arc::from(""), is_met: false }
    }

    fn wants_whole(&self, head: &Head<'_>, api: ApiKey) -> bool {
        head.frame_bytes <= MOST_WHOLE_BYTES
            && (self.link.is_observed() && asked::is_wanted(api)
                || self.link.shared.rules.look_inside(Point::Request, self.link.broker, &self.client_id, Some(api)))
    }

    fn meet(&mut self, client_id: &[u8]) {
        if self.client_id.as_bytes() != client_id {
            self.client_id = Arc::from(shown(client_id));
            self.link.flight().client_id = Arc::clone(&self.client_id);
        }
    }

    /// Tells who the client is, once: with its software where the first request names it.
    fn introduce(&mut self, asked: Option<&Asked>) {
        if self.is_met {
            return;
        }
        self.is_met = true;
        let (software_name, software_version) = match asked {
            Some(Asked::Software { name, version }) => (name.clone(), version.clone()),
            _ => <(String, String)>::default(),
        };
        let client_id = self.client_id.to_string();
        self.link.tell(Observation::Identified { client_id, software_name, software_version });
    }

    fn decide(&mut self, head: &Head<'_>, api: Option<ApiKey>, asked: Option<Asked>) -> Fate {
        let link = self.link;
        let parts: &[Part] = match &asked {
            Some(Asked::Produce(produced)) => &produced.parts,
            _ => &[],
        };
        let broker = link.broker;
        let passing = Passing { point: Point::Request, broker, client_id: &self.client_id, api, parts };
        let hit = link.shared.rules.hit(&passing);
        let what = hit.as_ref().map(|hit| hit.what);
        let passed_on = what != Some(What::DropRequest);
        let slow_ms = if api == Some(ApiKey::Produce) { link.shared.slow_ms() } else { 0 };
        let delay_ms = slow_ms + what.and_then(What::ms).unwrap_or_default();
        let mut at_micros = 0;
        if link.is_observed() {
            at_micros = monotonic_micros();
            self.introduce(asked.as_ref());
            if let Some(asked) = &asked {
                let way = Way { passed_on, held_ms: delay_ms };
                told::asked(link, &self.client_id, head.correlation_id, asked, way);
            }
        }
        if let Some(hit) = hit {
            link.tell_hit(hit, &self.client_id, api, Some(head.correlation_id));
        }
        if !passed_on {
            return Fate::Drop;
        }
        if head.is_answered {
            link.flight().push(Pending {
                correlation_id: head.correlation_id,
                api,
                version: head.version,
                client_id: Arc::clone(&self.client_id),
                at_micros,
                asked: asked.map(Box::new),
            });
        }
        Fate::Pass { delay_ms }
    }
}

impl Judge for Requests<'_> {
    fn start(&mut self, bytes: &[u8]) -> Verdict {
        let (is_plain, is_full) = {
            let flight = self.link.flight();
            (flight.is_plain, flight.is_full())
        };
        if is_plain {
            return Verdict::Plain;
        }
        let head = match head::request(bytes) {
            Start::Head(head) => head,
            Start::Partial => return Verdict::Partial,
            Start::NoFrame(why) => {
                self.link.go_plain(why);
                return Verdict::Plain;
            }
        };
        if is_full {
            return Verdict::Wait;
        }
        self.meet(head.client_id);
        let api = ApiKey::try_from(head.api_key).ok();
        match api {
            Some(api) if self.wants_whole(&head, api) => Verdict::Whole(head.frame_bytes),
            _ => {
                if let Some(api) = api.filter(|api| asked::is_wanted(*api)) {
                    self.link.tell_too_big(api, head.version, head.frame_bytes);
                }
                Verdict::Frame(head.frame_bytes, self.decide(&head, api, None))
            }
        }
    }

    fn whole(&mut self, frame: &[u8]) -> Fate {
        // It was one when it began.
        let Start::Head(head) = head::request(frame) else { return Fate::Pass { delay_ms: 0 } };
        let api = ApiKey::try_from(head.api_key).ok();
        let asked = api.and_then(|api| {
            asked::read(self.link, api, head.version, frame)
                .inspect_err(|reason| self.link.tell_undecodable(api, head.version, reason.0))
                .ok()
                .flatten()
        });
        self.decide(&head, api, asked)
    }
}
