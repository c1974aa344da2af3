//! The lines between the gateway and an app: presses down its standard input, reports up its standard output.

use model::{fact::Event, ids::OrderId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A line for an app. `id` comes back in [`Report::Answer`].
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Line {
    /// The gateway's number for it; 0 where nobody waits for an answer.
    pub id: u64,
    /// What is wanted.
    #[serde(flatten)]
    pub wish: Wish,
}

/// What a line can ask for.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum Wish {
    /// A customer pressed something.
    Press(Press),
    /// The presenter sets something.
    Set(Set),
}

/// What a customer can press.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "press", rename_all = "snake_case")]
pub enum Press {
    /// *Order*, at the order app.
    Order {
        /// The id, given with the press.
        order: OrderId,
        /// What.
        item: String,
        /// How many pieces.
        count: i64,
        /// Who.
        customer: String,
        /// Cents a piece.
        price_cents: i64,
        /// The event id to send it under; made by the app where it is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_id: Option<String>,
    },
    /// *Create item*, at the stock app.
    Item {
        /// Its name.
        item: String,
        /// How many pieces come onto the shelf.
        count: i64,
        /// Cents a piece.
        price_cents: i64,
        /// The event id to send it under; made by the app where it is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_id: Option<String>,
    },
    /// *Pay*, at the payment app.
    Pay {
        /// For which order.
        order: OrderId,
        /// The customer has no money.
        #[serde(default)]
        refuse: bool,
        /// The event id to send it under; made by the app where it is missing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        event_id: Option<String>,
    },
}

/// What the presenter can set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "set", rename_all = "snake_case")]
pub enum Set {
    /// A guard.
    Guard {
        /// Its name.
        guard: String,
        /// On or off.
        on: bool,
    },
    /// A crash point; none takes back what is armed.
    Crash {
        /// Which.
        point: Option<CrashPoint>,
    },
}

/// Where in its work something happens to an app, and what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CrashPoint {
    /// Where.
    pub at: Point,
    /// What.
    pub action: CrashAction,
    /// At the how manyth time, from 1.
    pub nth: u32,
}

/// A point in an app's work on a press or a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Point {
    /// The record is taken up, nothing is done; where the app commits first, its offset is committed.
    BeforeWork,
    /// What was done stands in the books, none of its events was sent.
    BeforeSend,
    /// Its events were sent in a transaction that is still open.
    InTransaction,
    /// The work stands in the books and its events are acknowledged; the offset is not committed.
    AfterWork,
}

/// What becomes of an app at its crash point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CrashAction {
    /// It aborts (SIGABRT).
    Abort,
    /// It stands still (SIGSTOP) until it is resumed.
    Hang,
    /// Its transaction is aborted, and it goes on.
    AbortTransaction,
    /// Half of the value it sends is gone, as by a fault in its code, and it goes on.
    Garble,
}

impl Point {
    /// All of them, in the order of the work.
    pub const ALL: [Self; 4] = [Self::BeforeWork, Self::BeforeSend, Self::InTransaction, Self::AfterWork];

    /// Its name in commands and facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::BeforeWork => "before_work",
            Self::BeforeSend => "before_send",
            Self::InTransaction => "in_transaction",
            Self::AfterWork => "after_work",
        }
    }
}

impl CrashAction {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Abort, Self::Hang, Self::AbortTransaction, Self::Garble];

    /// Its name in commands and facts.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Abort => "abort",
            Self::Hang => "hang",
            Self::AbortTransaction => "abort_transaction",
            Self::Garble => "garble",
        }
    }
}

impl Line {
    /// The line without its line end.
    pub fn to_json(&self) -> String {
        // Only strings, numbers and switches: JSON can write them all.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads one line.
    ///
    /// # Errors
    /// What is wrong with it, naming the field.
    pub fn parse(json: &str) -> Result<Self, String> {
        let value: Value = serde_json::from_str(json).map_err(|error| format!("not JSON: {error}"))?;
        let id = value.get("id").and_then(Value::as_u64).unwrap_or_default();
        let wish = if value.get("press").is_some() {
            serde_json::from_value(value).map(Wish::Press)
        } else if value.get("set").is_some() {
            serde_json::from_value(value).map(Wish::Set)
        } else {
            return Err(String::from("neither a \"press\" nor a \"set\""));
        };
        Ok(Self { id, wish: wish.map_err(|error| error.to_string())? })
    }
}

/// A line from an app.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// CLOCK_MONOTONIC in microseconds.
    pub at: u64,
    /// What it tells.
    #[serde(flatten)]
    pub report: Report,
}

/// What an app tells: facts as they are, and what only its own gateway needs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Report {
    /// For the gateway's desk.
    Desk(Desk),
    /// A fact: sent, acknowledged, handled, a position, a guard, or what stands in its books.
    Fact(Event),
}

/// What only the desk needs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "report", rename_all = "snake_case")]
pub enum Desk {
    /// It joined its group; the books were told before.
    Ready {
        /// `payments 0, payments 1`, or nothing for a member more than there are partitions.
        assigned: String,
    },
    /// What came of a line, once for each line with an id.
    Answer {
        /// The line's id.
        id: u64,
        /// Whether it was done.
        ok: bool,
        /// What was done, or why not.
        text: String,
    },
    /// Its standard output was full and so many reports were dropped.
    Dropped {
        /// How many.
        count: u64,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_survive_the_pipe() {
        let pay = Press::Pay { order: OrderId(String::from("A-1")), refuse: false, event_id: None };
        let line = Line { id: 7, wish: Wish::Press(pay) };
        assert_eq!(line.to_json(), r#"{"id":7,"press":"pay","order":"A-1","refuse":false}"#);
        assert_eq!(Line::parse(&line.to_json()), Ok(line));
        let point = CrashPoint { at: Point::AfterWork, action: CrashAction::Abort, nth: 1 };
        let crash = Line { id: 9, wish: Wish::Set(Set::Crash { point: Some(point) }) };
        assert_eq!(Line::parse(&crash.to_json()), Ok(crash));
        let set = Line { id: 8, wish: Wish::Set(Set::Guard { guard: String::from("inbox"), on: false }) };
        assert_eq!(Line::parse(&set.to_json()), Ok(set));
    }

    #[test]
    fn a_wrong_line_is_named() {
        assert_eq!(Line::parse(r#"{"press":"pay"}"#), Err(String::from("missing field `order`")));
        assert!(Line::parse("{").is_err());
        assert!(Line::parse("{}").is_err());
    }

    #[test]
    fn reports_survive_the_pipe() {
        let fact = Event::GuardChanged { app: String::from("stock"), guard: String::from("inbox"), on: true };
        for report in [Report::Fact(fact), Report::Desk(Desk::Answer { id: 3, ok: true, text: String::from("sold") })] {
            let told = Told { at: 12, report };
            let json = serde_json::to_string(&told).unwrap();
            assert_eq!(serde_json::from_str::<Told>(&json).unwrap(), told, "{json}");
        }
    }
}
