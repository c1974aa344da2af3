//! The few things that panels are built of, each made in one place.

use leptos::prelude::*;

use crate::browser::element::element;

/// A block of things one below the other, or as its class has it.
pub(crate) fn block(class: &'static str, children: Vec<AnyView>) -> AnyView {
    element("div", class).holds(children)
}

/// Words in a class of their own.
pub(crate) fn words(class: &'static str, text: impl Into<String>) -> AnyView {
    element("span", class).text(text.into())
}

pub(crate) fn icon(svg: &'static str) -> AnyView {
    element("span", "ic").svg(svg)
}

/// A heading inside a panel.
pub(crate) fn heading(text: impl Into<String>) -> AnyView {
    element("h3", "").text(text.into())
}

/// What is on a key, beside what the key does.
pub(crate) fn key(text: impl Into<String>) -> AnyView {
    element("kbd", "").text(text.into())
}

/// A button.
pub(crate) struct Button {
    /// Its class.
    pub(crate) class: &'static str,
    /// The name tests know it by.
    pub(crate) id: String,
    /// What stands on it.
    pub(crate) face: Vec<AnyView>,
    /// What is said of it where the pointer rests.
    pub(crate) title: String,
    /// Whether it can be pressed now.
    pub(crate) disabled: bool,
    /// Its role and state, where it is a switch or stays down.
    pub(crate) role: Option<(&'static str, &'static str)>,
}

impl Button {
    /// A button with words on it.
    pub(crate) fn new(class: &'static str, id: impl Into<String>, text: impl Into<String>) -> Self {
        Self { class, id: id.into(), face: vec![words("", text)], title: String::new(), disabled: false, role: None }
    }

    /// With all it needs to be pressed.
    pub(crate) fn does(self, act: impl Fn() + Send + 'static) -> AnyView {
        let Self { class, id, face, title, disabled, role } = self;
        let (role, checked) = role.unwrap_or_default();
        element("button", class)
            .known_as(id)
            .with("title", title)
            .when("disabled", disabled)
            .with("role", role)
            .with("aria-checked", checked)
            .click(act)
            .holds(face)
    }
}

/// A panel over the stage with a title and its way out.
pub(crate) fn panel(
    class: &'static str,
    id: &'static str,
    title: String,
    close: impl Fn() + Send + 'static,
    children: Vec<AnyView>,
) -> AnyView {
    let panel = element("div", class).known_as(id).with("role", "dialog").with("aria-label", title.clone());
    // A sheet stands beside the stage, which stays at hand; what pops up over it has the keyboard to itself.
    let panel = panel.when("aria-modal", class.starts_with("pop"));
    let esc = Button::new("esc", format!("{id}-close"), "Esc").does(close);
    let mut inside = vec![element("h2", "").holds([words("", title), esc])];
    inside.extend(children);
    panel.holds(inside)
}

/// A row of a table.
pub(crate) fn row(cells: Vec<AnyView>) -> AnyView {
    element("tr", "").holds(cells)
}

/// A cell.
pub(crate) fn cell(class: &'static str, children: Vec<AnyView>) -> AnyView {
    element("td", class).holds(children)
}

/// A table of such rows.
pub(crate) fn table(id: &'static str, rows: Vec<AnyView>) -> AnyView {
    element("table", "").known_as(id).holds([element("tbody", "").holds(rows)])
}
