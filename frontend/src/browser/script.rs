//! `window.kafkascope`: what scripts and tests may ask the page.

use js_sys::{Object, Reflect};
use serde_json::Value;
use wasm_bindgen::closure::Closure;

use super::json::value;

/// Who answers.
pub(crate) trait Answers {
    /// The picture shown, as JSON.
    fn picture(&self) -> Value;
    /// Display time in milliseconds.
    fn time(&self) -> f64;
    /// Shows exactly what had been seen at that time; false where there is no recording.
    fn seek(&self, millis: f64) -> bool;
    /// Gives the recording that is in the page to its reader as a file; why not, or nothing.
    fn save(&self) -> String;
}

/// Puts `window.kafkascope` up.
pub(crate) fn expose(answers: impl Answers + Clone + 'static) {
    let object = Object::new();
    let picture = {
        let answers = answers.clone();
        Closure::<dyn Fn() -> wasm_bindgen::JsValue>::new(move || value(&answers.picture()))
    };
    let time = {
        let answers = answers.clone();
        Closure::<dyn Fn() -> f64>::new(move || answers.time())
    };
    let save = {
        let answers = answers.clone();
        Closure::<dyn Fn() -> String>::new(move || answers.save())
    };
    let seek = Closure::<dyn Fn(f64) -> bool>::new(move |millis| answers.seek(millis));
    for (name, function) in [
        ("picture", picture.into_js_value()),
        ("time", time.into_js_value()),
        ("seek", seek.into_js_value()),
        ("save", save.into_js_value()),
    ] {
        Reflect::set(&object, &name.into(), &function).ok();
    }
    if let Some(window) = web_sys::window() {
        Reflect::set(&window, &"kafkascope".into(), &object).ok();
    }
}
