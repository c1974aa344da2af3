//! A rule as a sentence that an audience can read.

use std::fmt;

use super::{Point, Rule, What, Which};

impl fmt::Display for Rule {
    /// `the next Produce answer to order-1 is dropped and its connection closed`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.which {
            Which::Next | Which::Nth(1) => f.write_str("the next ")?,
            Which::Nth(nth) => write!(f, "the {nth}{} ", ordinal(nth))?,
            Which::UntilCleared => f.write_str("every ")?,
        }
        if let Some(api) = self.api {
            write!(f, "{api} ")?;
        }
        let (thing, client, broker) = match self.what.point() {
            Point::Connect => ("connection", "from", "to"),
            Point::Request => ("request", "of", "to"),
            Point::Answer => ("answer", "to", "from"),
        };
        f.write_str(thing)?;
        if let Some(client_id) = &self.client_id {
            write!(f, " {client} {client_id}")?;
        }
        if let Some(id) = self.broker {
            write!(f, " {broker} broker {id}")?;
        }
        if let Some(topic) = &self.topic {
            write!(f, " about topic {topic}")?;
        }
        if let Some(event_id) = &self.event_id {
            write!(f, " about event {event_id}")?;
        }
        match self.what {
            What::DropResponseAndClose => f.write_str(" is dropped and its connection closed"),
            What::DropResponse | What::DropRequest => f.write_str(" is dropped"),
            What::DelayRequest { ms } | What::DelayResponse { ms } => write!(f, " is delayed by {ms} ms"),
            What::RefuseConnections => f.write_str(" is refused"),
        }
    }
}

const fn ordinal(number: u32) -> &'static str {
    match (number % 100, number % 10) {
        (11..=13, _) => "th",
        (_, 1) => "st",
        (_, 2) => "nd",
        (_, 3) => "rd",
        _ => "th",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_read_as_sentences() {
        let said = |form: &str| serde_json::from_str::<Rule>(form).unwrap().to_string();
        for (form, sentence) in [
            (
                r#"{"client_id":"order-1","api":"Produce","what":"drop_response_and_close"}"#,
                "the next Produce answer to order-1 is dropped and its connection closed",
            ),
            (
                r#"{"broker":2,"api":"Produce","topic":"orders","which":{"nth":22},"what":"drop_request"}"#,
                "the 22nd Produce request to broker 2 about topic orders is dropped",
            ),
            (
                r#"{"api":"Fetch","which":"until_cleared","what":"delay_response","ms":700}"#,
                "every Fetch answer is delayed by 700 ms",
            ),
            (
                r#"{"broker":3,"which":{"nth":11},"what":"refuse_connections"}"#,
                "the 11th connection to broker 3 is refused",
            ),
        ] {
            assert_eq!(said(form), sentence);
        }
    }
}
