//! The question on the screen, with its answers as buttons and digits.

use leptos::prelude::*;

use super::parts::{Button, key};
use crate::{
    browser::element::{element, live, nothing},
    cues::{Choice, Press, Question},
    desk::Desk,
};

pub(crate) fn question(desk: Desk) -> AnyView {
    live(move || match desk.screen.question.get() {
        None => nothing(),
        Some(Question::Which { sentence, choices }) => which(desk, sentence, choices),
        Some(Question::Sure { sentence, .. }) => {
            let yes = answer("confirm-yes", "Y", "Yes".to_owned(), move || desk.yes());
            vec![asked(sentence), yes, cancel(desk)].into_any()
        }
        Some(Question::NewItem) => new_item(desk),
    })
}

fn which(desk: Desk, sentence: String, choices: Vec<Choice>) -> AnyView {
    let mut row = vec![asked(sentence)];
    for c in choices {
        // Where the act differs from the question's (resume for what is paused), the answer says so.
        let label = format!("{} {}", c.act.verb(), c.machine.name());
        let act = move || {
            desk.answer(c.digit);
        };
        row.push(answer(&format!("digit-{}", c.digit), &c.digit.to_string(), label, act));
    }
    row.push(cancel(desk));
    row.into_any()
}

fn asked(sentence: impl Into<String>) -> AnyView {
    element("span", "ask").known_as("question").with("role", "alert").text(sentence.into())
}

fn answer(id: &str, stroke: &str, label: String, act: impl Fn() + Send + 'static) -> AnyView {
    let mut button = Button::new("btn", id, "");
    button.face = vec![key(stroke), label.into_any()];
    button.does(act)
}

fn cancel(desk: Desk) -> AnyView {
    answer("confirm-no", "Esc", "No".to_owned(), move || desk.dismiss())
}

/// What is asked of a new item, the name tests know the field by, what stands in it, how wide it is, and the unit.
const FIELDS: [(&str, &str, &str, &str, &str); 3] = [
    ("name ", "item-name", "teapot", "10", ""),
    ("pieces ", "item-count", "100", "5", ""),
    ("price ", "item-price", "24.90", "6", " €"),
];

fn new_item(desk: Desk) -> AnyView {
    let typed = StoredValue::new(FIELDS.map(|(_, _, text, ..)| text.to_owned()));
    let mut row = vec![asked("New item")];
    for (n, (label, id, text, size, unit)) in FIELDS.into_iter().enumerate() {
        let field = element("input", "").known_as(id).with("value", text).with("size", size).on("input", move |ev| {
            let text = event_target_value(ev);
            typed.update_value(|typed| typed[n] = text);
        });
        let field = if n == 0 { field } else { field.with("inputmode", "decimal") };
        row.push(element("label", "").holds([label.into_any(), field.holds([]), unit.into_any()]));
    }
    let create = move || {
        let [name, pieces, price] = typed.get_value();
        let (name, pieces, cents) = (name.trim(), pieces.trim().parse::<i64>().ok(), cents(&price));
        if let (false, Some(pieces), Some(cents)) = (name.is_empty(), pieces, cents) {
            desk.send(Press::item(name, pieces, cents));
        }
    };
    row.extend([Button::new("btn", "item-create", "Create item").does(create), cancel(desk)]);
    row.into_any()
}

/// `24.90` in cents; a comma is a point.
fn cents(text: &str) -> Option<i64> {
    let text = text.trim().replace(',', ".");
    let (euros, rest) = text.split_once('.').unwrap_or((&text, "0"));
    let rest = format!("{rest:0<2}");
    let cents: i64 = if rest.len() == 2 { rest.parse().ok()? } else { return None };
    euros.parse::<i64>().ok().filter(|e| *e >= 0)?.checked_mul(100)?.checked_add(cents)
}

#[cfg(test)]
mod tests {
    use super::cents;

    #[test]
    fn prices() {
        assert_eq!(cents("24.90"), Some(2_490));
        assert_eq!(cents("24,9"), Some(2_490));
        assert_eq!(cents("24"), Some(2_400));
        assert_eq!(cents("24.905"), None);
        assert_eq!(cents("-1"), None);
        assert_eq!(cents("free"), None);
    }
}
