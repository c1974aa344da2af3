//! The life of an order as a state machine: which event takes it where. Every other event is refused, and each is told.

use model::{fact::Event as Fact, ids::OrderId};

use super::event::Body;
use crate::shop::AppName;

/// Where an order stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    /// Nobody has heard of it.
    Unknown,
    Open,
    Paid,
    Refused,
    Confirmed,
    Cancelled,
}

impl State {
    const ALL: [Self; 6] = [Self::Unknown, Self::Open, Self::Paid, Self::Refused, Self::Confirmed, Self::Cancelled];

    /// Its name in the books and in facts.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Open => "open",
            Self::Paid => "paid",
            Self::Refused => "refused",
            Self::Confirmed => "confirmed",
            Self::Cancelled => "cancelled",
        }
    }

    /// The state of that name.
    pub(crate) fn of(name: &str) -> Self {
        Self::ALL.into_iter().find(|state| state.name() == name).unwrap_or(Self::Unknown)
    }

    /// Where this event takes it; none where it is refused.
    pub(crate) const fn after(self, event: &Body) -> Option<Self> {
        match (self, event) {
            (Self::Unknown, Body::OrderPlaced { .. }) => Some(Self::Open),
            (Self::Open, Body::PaymentTaken { .. }) => Some(Self::Paid),
            (Self::Open, Body::PaymentRefused { .. }) => Some(Self::Refused),
            (Self::Paid, Body::OrderConfirmed { .. }) => Some(Self::Confirmed),
            (Self::Open | Self::Refused, Body::OrderCancelled { .. }) => Some(Self::Cancelled),
            _ => None,
        }
    }

    /// Whether this event is refused now and would not be when what is missing has come.
    pub(crate) const fn waits_for_more(self, event: &Body) -> bool {
        let of_life = matches!(
            event,
            Body::PaymentTaken { .. }
                | Body::PaymentRefused { .. }
                | Body::OrderConfirmed { .. }
                | Body::OrderCancelled { .. }
        );
        match self {
            Self::Unknown => of_life,
            Self::Open => matches!(event, Body::OrderConfirmed { .. }),
            _ => false,
        }
    }
}

/// What became of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Met {
    Taken(State),
    Refused,
    /// It waits for what it needs.
    Parked,
}

/// The fact of it.
pub(crate) fn told(app: AppName, order: &OrderId, from: State, event: &Body, met: Met) -> Fact {
    let (to, outcome) = match met {
        Met::Taken(to) => (to, "taken"),
        Met::Refused => (from, "refused"),
        Met::Parked => (from, "parked"),
    };
    Fact::OrderTransition {
        app: app.name().to_owned(),
        order: order.clone(),
        from: from.name().to_owned(),
        event: event.name().to_owned(),
        to: to.name().to_owned(),
        outcome: outcome.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn a() -> OrderId {
        OrderId(String::from("A-1"))
    }

    fn placed() -> Body {
        let (customer, item) = (String::from("Ada"), String::from("kettle"));
        Body::OrderPlaced { order: a(), customer, item, count: 1, price_cents: 3990 }
    }

    #[test]
    fn an_order_is_placed_paid_and_confirmed_in_this_order_alone() {
        let events = [placed(), Body::PaymentTaken { order: a(), cents: 3990 }, Body::OrderConfirmed { order: a() }];
        let mut state = State::Unknown;
        for (index, event) in events.iter().enumerate() {
            for later in &events[index + 1..] {
                assert_eq!(state.after(later), None, "{state:?}");
                assert!(state.waits_for_more(later), "{state:?} {later:?}");
            }
            state = state.after(event).unwrap();
            assert_eq!((state.after(event), state.waits_for_more(event)), (None, false), "the same again is refused");
            assert_eq!(State::of(state.name()), state);
        }
        assert_eq!(state, State::Confirmed);
        let late = Body::OrderCancelled { order: a(), reason: String::new() };
        assert_eq!((state.after(&late), state.waits_for_more(&late)), (None, false));
    }
}
