//! Animation frames, one after the other for as long as the page lives.

use std::{cell::RefCell, rc::Rc};

use wasm_bindgen::{JsCast as _, closure::Closure};

type Callback = Closure<dyn FnMut(f64)>;

/// Calls `each` on every animation frame.
pub(crate) fn each_frame(mut each: impl FnMut() + 'static) {
    let slot: Rc<RefCell<Option<Callback>>> = Rc::new(RefCell::new(None));
    let again = Rc::clone(&slot);
    *slot.borrow_mut() = Some(Closure::new(move |_at| {
        each();
        request(&again);
    }));
    request(&slot);
}

fn request(slot: &Rc<RefCell<Option<Callback>>>) {
    if let (Some(window), Some(callback)) = (web_sys::window(), slot.borrow().as_ref()) {
        // It fails only on a page that is going away.
        window.request_animation_frame(callback.as_ref().unchecked_ref()).ok();
    }
}
