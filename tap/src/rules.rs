//! The rules that are armed, and which of them a frame sets off: each once, however many connections ask at a time.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use kafka_protocol::messages::ApiKey;
use serde::Serialize;

use crate::rule::{Point, Rule, RuleId, What, Which};

/// Rules that are over are remembered up to here, for those who ask.
const REMEMBERED: usize = 64;

/// How a rule stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RuleStatus {
    /// Its number.
    pub id: RuleId,
    /// What it is.
    pub rule: Rule,
    /// How many frames it has hit.
    pub fired: u64,
    /// Why it waits no more; `None` while it is armed.
    pub expired: Option<String>,
}

/// All rules.
#[derive(Debug, Default)]
pub(crate) struct Rules {
    any: AtomicBool,
    book: Mutex<Book>,
}

#[derive(Debug, Default)]
struct Book {
    last: u64,
    /// With how many frames each has matched.
    armed: Vec<(RuleStatus, u32)>,
    over: VecDeque<RuleStatus>,
}

/// What one frame holds for one partition, as far as rules ask.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Part {
    /// Shared by all of a topic's in a frame.
    pub(crate) topic: Arc<str>,
    pub(crate) partition: i32,
    pub(crate) event_ids: Vec<String>,
}

/// A frame, or a connection, that comes by.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Passing<'a> {
    pub(crate) point: Point,
    pub(crate) broker: i32,
    pub(crate) client_id: &'a str,
    pub(crate) api: Option<ApiKey>,
    pub(crate) parts: &'a [Part],
}

/// A rule that was set off.
#[derive(Clone, Debug)]
pub(crate) struct Hit {
    pub(crate) rule: RuleId,
    pub(crate) what: What,
    pub(crate) part: Option<Part>,
    /// Set where this was its last.
    pub(crate) is_over: bool,
}

impl Rules {
    /// Whether there is any; all that the fast path asks.
    pub(crate) fn any(&self) -> bool {
        self.any.load(Ordering::Acquire)
    }

    fn book(&self) -> MutexGuard<'_, Book> {
        self.book.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn arm(&self, rule: Rule) -> RuleId {
        let mut book = self.book();
        book.last += 1;
        let id = RuleId(book.last);
        book.armed.push((RuleStatus { id, rule, fired: 0, expired: None }, 0));
        self.any.store(true, Ordering::Release);
        id
    }

    /// Ends the rules that `which` names; answers their numbers.
    pub(crate) fn expire(&self, why: &str, which: impl Fn(RuleId) -> bool) -> Vec<RuleId> {
        let mut book = self.book();
        let (gone, kept) = std::mem::take(&mut book.armed).into_iter().partition(|(rule, _)| which(rule.id));
        book.armed = kept;
        let gone: Vec<(RuleStatus, u32)> = gone;
        let ids = gone.iter().map(|(rule, _)| rule.id).collect();
        for (rule, _) in gone {
            book.remember(rule, why);
        }
        self.any.store(!book.armed.is_empty(), Ordering::Release);
        ids
    }

    /// Armed ones first, then those that are over, the newest first.
    pub(crate) fn all(&self) -> Vec<RuleStatus> {
        let book = self.book();
        book.armed.iter().map(|(rule, _)| rule).chain(&book.over).cloned().collect()
    }

    /// Whether a frame has to be read before it is known which rule it sets off. A request is read for the sake of its
    /// answer too, which does not tell event ids.
    pub(crate) fn look_inside(&self, point: Point, broker: i32, client_id: &str, api: Option<ApiKey>) -> bool {
        self.any()
            && self.book().armed.iter().any(|(armed, _)| {
                let rule = &armed.rule;
                let here = point == Point::Request || rule.what.point() == point;
                here && rule.looks_inside() && rule.fits(broker, client_id, api)
            })
    }

    /// Counts what comes by against every rule it matches; the first whose turn it is takes it.
    pub(crate) fn hit(&self, passing: &Passing<'_>) -> Option<Hit> {
        if !self.any() {
            return None;
        }
        let mut book = self.book();
        let mut taken = None;
        for (index, (armed, matched)) in book.armed.iter_mut().enumerate() {
            let rule = &armed.rule;
            if rule.what.point() != passing.point || !rule.fits(passing.broker, passing.client_id, passing.api) {
                continue;
            }
            let part = passing.parts.iter().find(|part| rule.is_in(part));
            if rule.looks_inside() && part.is_none() {
                continue;
            }
            *matched += 1;
            let (due, once) = match rule.which {
                Which::Next => (true, true),
                Which::Nth(nth) => (*matched == nth, true),
                Which::UntilCleared => (true, false),
            };
            if due {
                armed.fired += 1;
                let part = part.map(|part| rule.of_interest(part));
                taken = Some((index, Hit { rule: armed.id, what: rule.what, part, is_over: once }));
                break;
            }
        }
        let (index, hit) = taken?;
        if hit.is_over {
            let (rule, _) = book.armed.remove(index);
            book.remember(rule, FIRED);
            self.any.store(!book.armed.is_empty(), Ordering::Release);
        }
        Some(hit)
    }
}

/// Why a rule that acts once is over.
pub(crate) const FIRED: &str = "fired";

impl Book {
    fn remember(&mut self, mut rule: RuleStatus, why: &str) {
        rule.expired = Some(why.to_owned());
        self.over.push_front(rule);
        self.over.truncate(REMEMBERED);
    }
}

impl Rule {
    fn is_in(&self, part: &Part) -> bool {
        self.topic.as_ref().is_none_or(|topic| **topic == *part.topic)
            && self.event_id.as_ref().is_none_or(|id| part.event_ids.contains(id))
    }

    /// The part with only the event that is meant: the rule's own, else the first.
    fn of_interest(&self, part: &Part) -> Part {
        let event_id = self.event_id.as_ref().or_else(|| part.event_ids.first());
        Part { event_ids: event_id.into_iter().cloned().collect(), ..part.clone() }
    }
}
