//! The question on the screen, with its answers as buttons and digits.

use leptos::{html::Input, prelude::*};

use crate::{
    cues::{Choice, Press, Question},
    desk::Desk,
};

#[component]
pub(crate) fn QuestionBar(desk: Desk) -> impl IntoView {
    move || {
        desk.screen.question.get().map(|question| match question {
            Question::Which { sentence, choices } => which(desk, sentence, choices).into_any(),
            Question::Sure { sentence, .. } => sure(desk, sentence).into_any(),
            Question::NewItem => view! { <NewItem desk=desk/> }.into_any(),
        })
    }
}

fn which(desk: Desk, sentence: String, choices: Vec<Choice>) -> impl IntoView {
    let choice = move |c: Choice| {
        let digit = c.digit;
        // Where the act differs from the question's (resume for what is paused), the answer says so.
        let label = format!("{} {}", c.act.verb(), c.machine.name());
        view! {
            <button class="btn" data-testid=format!("digit-{digit}") on:click=move |_| desk.answer(digit)>
                <kbd>{digit}</kbd>
                {label}
            </button>
        }
    };
    view! {
        <span class="ask" data-testid="question" role="alert">{sentence}</span>
        {choices.into_iter().map(choice).collect_view()}
        {cancel(desk)}
    }
}

fn sure(desk: Desk, sentence: String) -> impl IntoView {
    view! {
        <span class="ask" data-testid="question" role="alert">{sentence}</span>
        <button class="btn" data-testid="confirm-yes" on:click=move |_| desk.yes()><kbd>"Y"</kbd>"Yes"</button>
        {cancel(desk)}
    }
}

fn cancel(desk: Desk) -> impl IntoView {
    view! {
        <button class="btn" data-testid="confirm-no" on:click=move |_| desk.dismiss()><kbd>"Esc"</kbd>"No"</button>
    }
}

#[component]
fn NewItem(desk: Desk) -> impl IntoView {
    let (item, count, price) = (NodeRef::<Input>::new(), NodeRef::<Input>::new(), NodeRef::<Input>::new());
    let text = |field: NodeRef<Input>| field.get_untracked().map(|f| f.value()).unwrap_or_default();
    let create = move |_| {
        let name = text(item).trim().to_owned();
        let pieces = text(count).trim().parse::<i64>().ok();
        let cents = cents(&text(price));
        if let (false, Some(pieces), Some(cents)) = (name.is_empty(), pieces, cents) {
            desk.send(Press::item(&name, pieces, cents));
        }
    };
    view! {
        <span class="ask" data-testid="question">"New item"</span>
        <label>"name "<input node_ref=item data-testid="item-name" value="teapot" size="10"/></label>
        <label>"pieces "<input node_ref=count data-testid="item-count" value="100" size="5" inputmode="numeric"/></label>
        <label>"price "<input node_ref=price data-testid="item-price" value="24.90" size="6" inputmode="decimal"/>" €"</label>
        <button class="btn" data-testid="item-create" on:click=create>"Create item"</button>
        {cancel(desk)}
    }
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
