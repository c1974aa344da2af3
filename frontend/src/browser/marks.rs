//! The button that stands on the mark one has walked to; two take turns, so that the focus moves and is read out.

use wasm_bindgen::JsCast as _;
use web_sys::{Element, HtmlElement};

use crate::stage::{Layout, Target};

const BUTTONS: &str = ".score .at-mark";

fn button(which: u32) -> Option<Element> {
    let found = web_sys::window()?.document()?.query_selector_all(BUTTONS).ok()?;
    found.get(which)?.dyn_into().ok()
}

/// Which of the two has the focus.
pub(crate) fn focused() -> Option<u32> {
    let active = web_sys::window()?.document()?.active_element()?;
    (0..2).find(|which| button(*which).is_some_and(|b| b == active))
}

/// Puts a button on a target and gives it its name.
pub(crate) fn place(which: u32, target: &Target, layout: Layout) {
    let Some(button) = button(which) else { return };
    let (w, h) = layout.size();
    // Hundredths of the canvas as whole numbers: formatting a float would bring ten kilobytes of program.
    let part = |name: &str, value: f64, whole: f64| {
        let share = (value / whole * 10_000.0).round().max(0.0) as u32;
        format!("{name}:{}.{:02}%;", share / 100, share % 100)
    };
    let style = part("left", target.x, w) + &part("top", target.y, h);
    let style = style + &part("width", target.w, w) + &part("height", target.h, h);
    for (name, value) in [("style", &style), ("aria-label", &target.label)] {
        if button.get_attribute(name).as_ref() != Some(value) {
            button.set_attribute(name, value).ok();
        }
    }
}

/// Focuses one of the two, and takes the other out of the order of Tab.
pub(crate) fn focus(which: u32) {
    for one in 0..2 {
        let Some(button) = button(one) else { continue };
        button.set_attribute("tabindex", if one == which { "0" } else { "-1" }).ok();
        if let Some(button) = button.dyn_ref::<HtmlElement>().filter(|_| one == which) {
            button.focus().ok();
        }
    }
}
