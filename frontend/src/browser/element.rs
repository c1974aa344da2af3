//! An element of the page as a plain value: one type for all of them, where `view!` makes one of each tree, with all its
//! code.

use std::{borrow::Cow, cell::RefCell, rc::Rc};

use leptos::{
    prelude::*,
    tachys::{
        html::attribute::any_attribute::AnyAttribute,
        hydration::Cursor,
        no_attrs,
        renderer::{RemoveEventHandler, Rndr, types},
        view::{
            Mountable, Position, PositionState,
            any_view::{AnyView, AnyViewState},
        },
    },
};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::Event;

type Words = Cow<'static, str>;
type Hear = Box<dyn Fn(&Event) + Send>;

/// What stands in an element.
#[derive(Debug)]
enum Inside {
    /// Words: never markup.
    Text(Words),
    /// A drawing of the product's own.
    Svg(Words),
    Views(Vec<AnyView>),
}

/// An element before it is shown.
pub(crate) struct Element {
    tag: &'static str,
    attributes: Vec<(&'static str, Words)>,
    inside: Inside,
    hears: Vec<(&'static str, Hear)>,
}

/// An element with nothing in it.
pub(crate) fn element(tag: &'static str, class: impl Into<Words>) -> Element {
    let element = Element { tag, attributes: Vec::new(), inside: Inside::Views(Vec::new()), hears: Vec::new() };
    element.with("class", class)
}

impl Element {
    /// With an attribute; one without a value is left out, but for `value` itself.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Words>) -> Self {
        let value = value.into();
        if !value.is_empty() || name == "value" {
            self.attributes.push((name, value));
        }
        self
    }

    /// With an attribute that is there or not.
    pub(crate) fn when(self, name: &'static str, is_so: bool) -> Self {
        self.with(name, if is_so { "true" } else { "" })
    }

    /// With the name that tests know it by.
    pub(crate) fn known_as(self, id: impl Into<Words>) -> Self {
        self.with("data-testid", id)
    }

    /// With something to do when it is clicked.
    pub(crate) fn click(self, act: impl Fn() + Send + 'static) -> Self {
        self.on("click", move |_| act())
    }

    /// With something to do when the browser tells it of an event.
    pub(crate) fn on(mut self, event: &'static str, hear: impl Fn(&Event) + Send + 'static) -> Self {
        self.hears.push((event, Box::new(hear)));
        self
    }

    /// With words in it.
    pub(crate) fn text(self, words: impl Into<Words>) -> AnyView {
        Self { inside: Inside::Text(words.into()), ..self }.into_any()
    }

    /// With a drawing in it: markup that this program wrote.
    pub(crate) fn svg(self, svg: impl Into<Words>) -> AnyView {
        Self { inside: Inside::Svg(svg.into()), ..self }.into_any()
    }

    /// With other views in it.
    pub(crate) fn holds(self, views: impl IntoIterator<Item = AnyView>) -> AnyView {
        Self { inside: Inside::Views(views.into_iter().collect()), ..self }.into_any()
    }
}

/// A view that is made anew whenever a signal it reads changes; what is equal stays in the page.
pub(crate) fn live(make: impl Fn() -> AnyView + Send + 'static) -> AnyView {
    // Boxed, so that all of them are one type.
    let make: Box<dyn FnMut() -> AnyView + Send> = Box::new(make);
    make.into_any()
}

/// Where nothing is to be seen.
pub(crate) fn nothing() -> AnyView {
    ().into_any()
}

/// An element in the page.
pub(crate) struct Shown {
    node: types::Element,
    tag: &'static str,
    attributes: Vec<(&'static str, Words)>,
    inside: ShownInside,
    hears: Rc<RefCell<Vec<(&'static str, Hear)>>>,
    /// Keeps the listeners, by what they listen to.
    listeners: Vec<(&'static str, RemoveEventHandler<types::Element>)>,
}

enum ShownInside {
    Text(Words),
    Svg(Words),
    Views(Vec<AnyViewState>),
}

impl Shown {
    fn set(&self, name: &'static str, value: &Words) {
        // What a person changed is no longer in the attribute.
        match name {
            "value" => Rndr::set_property(&self.node, name, &JsValue::from_str(value)),
            _ => Rndr::set_attribute(&self.node, name, value),
        }
    }

    fn dress(&mut self, wanted: Vec<(&'static str, Words)>) {
        for known in &self.attributes {
            if !wanted.iter().any(|(name, _)| *name == known.0) {
                Rndr::remove_attribute(&self.node, known.0);
            }
        }
        for attribute in &wanted {
            if !self.attributes.contains(attribute) {
                self.set(attribute.0, &attribute.1);
            }
        }
        self.attributes = wanted;
    }

    fn fill(&mut self, wanted: Inside) {
        match (wanted, &mut self.inside) {
            (Inside::Text(words), ShownInside::Text(known)) if words != *known => {
                self.node.set_text_content(Some(&words));
                *known = words;
            }
            (Inside::Svg(svg), ShownInside::Svg(known)) if svg != *known => {
                Rndr::set_inner_html(&self.node, &svg);
                *known = svg;
            }
            (Inside::Views(views), ShownInside::Views(known)) => {
                for mut gone in known.drain(views.len().min(known.len())..) {
                    gone.unmount();
                }
                for (n, view) in views.into_iter().enumerate() {
                    match known.get_mut(n) {
                        Some(state) => view.rebuild(state),
                        None => {
                            let mut state = view.build();
                            state.mount(&self.node, None);
                            known.push(state);
                        }
                    }
                }
            }
            _ => {}
        }
    }

    fn listen(&mut self, wanted: Vec<(&'static str, Hear)>) {
        for (event, _) in &wanted {
            if self.listeners.iter().any(|(known, _)| known == event) {
                continue;
            }
            let (event, hears) = (*event, Rc::clone(&self.hears));
            let hear = move |told: JsValue| {
                if let Some((_, hear)) = hears.borrow().iter().find(|(name, _)| *name == event) {
                    hear(told.unchecked_ref());
                }
            };
            self.listeners.push((event, Rndr::add_event_listener(&self.node, event, Box::new(hear))));
        }
        // Views are made anew after an event was heard, never while.
        *self.hears.borrow_mut() = wanted;
    }
}

impl Render for Element {
    type State = Shown;

    fn build(self) -> Shown {
        let inside = match &self.inside {
            Inside::Text(_) => ShownInside::Text(Words::default()),
            Inside::Svg(_) => ShownInside::Svg(Words::default()),
            Inside::Views(_) => ShownInside::Views(Vec::new()),
        };
        let mut shown = Shown {
            node: Rndr::create_element(self.tag, None),
            tag: self.tag,
            attributes: Vec::new(),
            inside,
            hears: Rc::default(),
            listeners: Vec::new(),
        };
        self.rebuild(&mut shown);
        shown
    }

    fn rebuild(self, shown: &mut Shown) {
        let is_alike = self.tag == shown.tag
            && matches!(
                (&self.inside, &shown.inside),
                (Inside::Text(_), ShownInside::Text(_))
                    | (Inside::Svg(_), ShownInside::Svg(_))
                    | (Inside::Views(_), ShownInside::Views(_))
            );
        if is_alike {
            shown.dress(self.attributes);
            shown.fill(self.inside);
            shown.listen(self.hears);
        } else {
            let mut new = self.build();
            shown.insert_before_this(&mut new);
            shown.unmount();
            *shown = new;
        }
    }
}

impl Mountable for Shown {
    fn unmount(&mut self) {
        self.node.unmount();
    }

    fn mount(&mut self, parent: &types::Element, marker: Option<&types::Node>) {
        self.node.mount(parent, marker);
    }

    fn insert_before_this(&self, child: &mut dyn Mountable) -> bool {
        self.node.insert_before_this(child)
    }

    fn elements(&self) -> Vec<types::Element> {
        self.node.elements()
    }
}

no_attrs!(Element);

/// Leptos asks this of every view. The page is never made on a server, so nobody calls what writes or reads HTML.
impl RenderHtml for Element {
    type AsyncOutput = Self;
    type Owned = Self;

    const MIN_LENGTH: usize = 0;

    fn dry_resolve(&mut self) {}

    async fn resolve(self) -> Self {
        self
    }

    fn to_html_with_buf(self, _: &mut String, _: &mut Position, _: bool, _: bool, _: Vec<AnyAttribute>) {}

    fn hydrate<const FROM_SERVER: bool>(self, _: &Cursor, _: &PositionState) -> Shown {
        self.build()
    }

    fn into_owned(self) -> Self {
        self
    }
}
