//! The few elements that panels are built of, each made once: a type of its own for every panel's tree is code that the
//! page would have to carry. Words become text nodes, never markup.

use leptos::prelude::*;

/// What a button does.
pub(crate) type Act = Box<dyn Fn()>;

/// A block of things one below the other, or as its class has it.
pub(crate) fn block(class: &'static str, children: Vec<AnyView>) -> AnyView {
    view! { <div class=class>{children}</div> }.into_any()
}

/// Words in a class of their own.
pub(crate) fn words(class: &'static str, text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <span class=class>{text}</span> }.into_any()
}

/// A key's cap.
pub(crate) fn key(name: &'static str) -> AnyView {
    view! { <kbd>{name}</kbd> }.into_any()
}

/// A small drawing, constant in the program.
pub(crate) fn icon(svg: &'static str) -> AnyView {
    view! { <span class="ic" inner_html=svg></span> }.into_any()
}

/// A heading inside a panel.
pub(crate) fn heading(text: impl Into<String>) -> AnyView {
    let text: String = text.into();
    view! { <h3>{text}</h3> }.into_any()
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
    pub(crate) fn does(self, act: impl Fn() + 'static) -> AnyView {
        let Self { class, id, face, title, disabled, role } = self;
        let act: Act = Box::new(act);
        let (role, checked) = role.unzip();
        view! {
            <button
                class=class
                data-testid=id
                title=title
                disabled=disabled
                role=role
                aria-checked=checked
                on:click=move |_| act()
            >
                {face}
            </button>
        }
        .into_any()
    }
}

/// A panel over the stage with a title and its way out.
pub(crate) fn panel(
    class: &'static str,
    id: &'static str,
    title: String,
    close: impl Fn() + 'static,
    children: Vec<AnyView>,
) -> AnyView {
    let label = title.clone();
    let esc = Button::new("esc", format!("{id}-close"), "Esc").does(close);
    view! {
        <aside class=class data-testid=id role="dialog" aria-label=label>
            <h2>{words("", title)}{esc}</h2>
            {children}
        </aside>
    }
    .into_any()
}

/// A row of a table.
pub(crate) fn row(cells: Vec<AnyView>) -> AnyView {
    view! { <tr>{cells}</tr> }.into_any()
}

/// A cell.
pub(crate) fn cell(class: &'static str, children: Vec<AnyView>) -> AnyView {
    view! { <td class=class>{children}</td> }.into_any()
}

/// A table of such rows.
pub(crate) fn table(id: &'static str, rows: Vec<AnyView>) -> AnyView {
    view! { <table data-testid=id><tbody>{rows}</tbody></table> }.into_any()
}
