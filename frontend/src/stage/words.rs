//! Words for spans, counts and apps, as they stand on the stage.

use model::ids::Micros;

use crate::paint::icon::Icon;

/// A span: tenths of a second up to a minute and a half, then minutes.
pub(super) fn span(from: Micros, to: Micros) -> String {
    let tenths = to.since(from) / 100_000;
    match tenths {
        0..900 => format!("{}.{} s", tenths / 10, tenths % 10),
        900..72_000 => format!("{} min", tenths / 600),
        _ => format!("{} h", tenths / 36_000),
    }
}

/// `1 record`, `2 records`.
pub(super) fn counted(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Small numbers as words at the start of a sentence.
pub(super) fn number(n: usize) -> String {
    const WORDS: [&str; 7] = ["No", "One", "Two", "Three", "Four", "Five", "Six"];
    WORDS.get(n).map_or_else(|| n.to_string(), |word| (*word).to_owned())
}

/// An app's name on the stage: `order` is the Order app.
pub(crate) fn app(name: &str) -> String {
    let mut letters = name.chars();
    let first = letters.next().map(|c| c.to_ascii_uppercase().to_string()).unwrap_or_default();
    format!("{first}{} app", letters.as_str())
}

/// An app's icon.
pub(crate) fn app_icon(name: &str) -> Icon {
    match name {
        "order" => Icon::Order,
        "stock" => Icon::Stock,
        "payment" => Icon::Payment,
        _ => Icon::Reader,
    }
}

#[cfg(test)]
mod tests {
    use super::{Micros, app, span};

    #[test]
    fn spans_are_short() {
        let from = |ms| span(Micros(0), Micros::from_millis(ms));
        assert_eq!(
            [from(0), from(1449), from(89_900), from(90_000), from(7_200_000)],
            ["0.0 s", "1.4 s", "89.9 s", "1 min", "2 h"].map(String::from)
        );
    }

    #[test]
    fn apps_have_names() {
        assert_eq!(app("order"), "Order app");
    }
}
