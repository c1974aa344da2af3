//! The guards of the running apps as switches, and what is armed against them.

use model::{
    fact::{CrashState, ProcessState},
    picture::Picture,
};

/// The guards that can be switched, as the interface and as people name them.
pub const GUARDS: [(&str, &str); 9] = [
    ("acks-all", "Acks all"),
    ("idempotence", "Idempotent producer"),
    ("inbox", "Inbox"),
    ("payment-key", "Payment key"),
    ("transactions", "Transactions"),
    ("key-order-id", "Key = order id"),
    ("outbox", "Outbox"),
    ("compensation", "Compensation"),
    ("dead-letter", "Dead letters"),
];

/// How a guard stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stand {
    /// On in every app that knows it.
    On,
    /// Off in all of them.
    Off,
    /// On in some.
    Some,
}

impl Stand {
    /// As `aria-checked` has it.
    pub fn checked(self) -> &'static str {
        match self {
            Self::On => "true",
            Self::Off => "false",
            Self::Some => "mixed",
        }
    }

    /// As it stands in the switch.
    pub fn word(self) -> &'static str {
        match self {
            Self::On => "ON",
            Self::Off => "OFF",
            Self::Some => "SOME",
        }
    }
}

/// A guard as a switch.
#[derive(Clone, Debug, PartialEq)]
pub struct Switch {
    /// Its name in the interface.
    pub guard: &'static str,
    /// Its name on the page.
    pub title: &'static str,
    /// How it stands.
    pub stand: Stand,
    /// In which apps it is on, where they differ.
    pub apps: String,
    /// Whether a press waits for its outcome.
    pub pending: bool,
}

/// The switches of the apps that run; those that no app knows are left out.
pub fn switches(picture: &Picture, pending: &[&str]) -> Vec<Switch> {
    let runs =
        |app: &str| picture.apps.iter().any(|((name, _), a)| name == app && a.process.state != ProcessState::Dead);
    let one = |(guard, title): (&'static str, &'static str)| {
        let known: Vec<(&str, bool)> = picture
            .guards
            .iter()
            .filter(|((app, name), _)| name == guard && runs(app))
            .map(|((app, _), (_, on))| (app.as_str(), *on))
            .collect();
        let on: Vec<String> = known.iter().filter(|(_, on)| *on).map(|(app, _)| (*app).to_owned()).collect();
        let (stand, apps) = match (on.len(), known.len()) {
            (_, 0) => return None,
            (0, _) => (Stand::Off, String::new()),
            (n, all) if n == all => (Stand::On, String::new()),
            _ => (Stand::Some, model::caption::list(on)),
        };
        Some(Switch { guard, title, stand, apps, pending: pending.contains(&guard) })
    };
    GUARDS.into_iter().filter_map(one).collect()
}

/// Something that will go wrong.
#[derive(Clone, Debug, PartialEq)]
pub struct Armed {
    /// In words.
    pub text: String,
    /// Whether it is happening now.
    pub reached: bool,
}

/// What is armed at the tap and in the apps; a slow wire is one of them.
pub fn armed(picture: &Picture) -> Vec<Armed> {
    let waits = |text: String| Armed { text, reached: false };
    let slow = picture.slow_wire.filter(|(_, ms)| *ms > 0).map(|(_, ms)| waits(format!("slow wire, {ms} ms each way")));
    let faults = picture.faults.values().map(|fault| waits(fault.text.clone()));
    let points = picture.crash_points.iter().map(|((app, instance), point)| {
        let which = if *instance > 1 { format!(" {instance}") } else { String::new() };
        let place = match point.at_point.as_str() {
            "before_work" => "before its work",
            "before_send" => "before it sends",
            "in_transaction" => "inside its transaction",
            "after_work" => "after its work, before its commit",
            other => other,
        };
        let action = match point.action.as_str() {
            "abort" => "ends itself",
            "hang" => "stops itself",
            "abort_transaction" => "aborts its transaction",
            other => other,
        };
        Armed { text: format!("{app} app{which}: {action} {place}"), reached: point.state == CrashState::Reached }
    });
    slow.into_iter().chain(faults).chain(points).collect()
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact},
        ids::Micros,
    };

    use super::*;

    fn picture(events: Vec<Event>) -> Picture {
        let fact = |(seq, event)| Fact { seq, at: Micros(seq), event };
        Picture::of(&(1..).zip(events).map(fact).collect::<Vec<_>>())
    }

    fn app(app: &str, state: ProcessState) -> Event {
        let (pid, text) = (None, String::new);
        let app = app.to_owned();
        let (group, client_id, reads, writes, cause) = (text(), text(), text(), text(), text());
        Event::AppChanged { app, instance: 1, state, pid, group, client_id, reads, writes, cause }
    }

    fn guard(app: &str, guard: &str, on: bool) -> Event {
        Event::GuardChanged { app: app.to_owned(), guard: guard.to_owned(), on }
    }

    #[test]
    fn a_switch_is_what_the_running_apps_say() {
        let picture = picture(vec![
            app("order", ProcessState::Running),
            app("stock", ProcessState::Running),
            app("reader", ProcessState::Dead),
            guard("order", "idempotence", true),
            guard("stock", "idempotence", false),
            guard("order", "acks-all", true),
            guard("stock", "acks-all", true),
            guard("stock", "inbox", false),
            guard("reader", "transactions", true),
        ]);
        let shown: Vec<_> =
            switches(&picture, &["inbox"]).into_iter().map(|s| (s.guard, s.stand, s.apps, s.pending)).collect();
        let expected = [
            ("acks-all", Stand::On, String::new(), false),
            ("idempotence", Stand::Some, "order".to_owned(), false),
            ("inbox", Stand::Off, String::new(), true),
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn what_is_armed_is_said_in_words() {
        let point = |state| Event::CrashPointChanged {
            app: "stock".to_owned(),
            instance: 1,
            at_point: "after_work".to_owned(),
            action: "abort".to_owned(),
            state,
        };
        let rule = Event::FaultArmed { rule: 3, text: "the next answer to order-1 is lost".to_owned() };
        let said = |events| armed(&picture(events)).into_iter().map(|a| (a.text, a.reached)).collect::<Vec<_>>();
        let crash = "stock app: ends itself after its work, before its commit".to_owned();
        assert_eq!(
            said(vec![Event::SlowWireChanged { ms: 400 }, rule, point(CrashState::Armed)]),
            [
                ("slow wire, 400 ms each way".to_owned(), false),
                ("the next answer to order-1 is lost".to_owned(), false),
                (crash.clone(), false)
            ]
        );
        assert_eq!(said(vec![point(CrashState::Reached)]), [(crash, true)]);
        assert_eq!(said(vec![Event::SlowWireChanged { ms: 0 }]), []);
    }
}
