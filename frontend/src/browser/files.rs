//! Files that a person brings, dropped anywhere on the page or chosen in a field, and those that are given.

use js_sys::{Array, Function, Reflect, Uint8Array};
use wasm_bindgen::{JsCast as _, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Blob, DragEvent, Event, File, FileList, HtmlElement, HtmlInputElement, Url};

/// The element in an exported page that holds its recording in base64.
const EXPORTED: &str = r#"id="kafkascope-recording""#;

/// Calls `each` with name and bytes of every file that is dropped.
pub(crate) fn each_drop(each: impl Fn(String, Vec<u8>) + Copy + 'static) {
    let Some(window) = web_sys::window() else { return };
    // A browser drops only where it is told that this is wanted.
    let over: Closure<dyn FnMut(DragEvent)> = Closure::new(|event: DragEvent| event.prevent_default());
    let drop: Closure<dyn FnMut(DragEvent)> = Closure::new(move |event: DragEvent| {
        event.prevent_default();
        read(event.data_transfer().and_then(|d| d.files()), each);
    });
    for (name, call) in [("dragover", over), ("drop", drop)] {
        window.add_event_listener_with_callback(name, call.as_ref().unchecked_ref()).ok();
        // The page listens for as long as it lives.
        call.forget();
    }
}

/// Calls `then` with name and bytes of the file that was chosen in a field.
pub(crate) fn chosen(event: &Event, then: impl Fn(String, Vec<u8>) + 'static) {
    let field = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
    read(field.and_then(|field| field.files()), then);
}

/// Selects what stands in a field.
pub(crate) fn select(event: &Event) {
    if let Some(field) = event.target().and_then(|t| t.dyn_into::<HtmlInputElement>().ok()) {
        field.select();
    }
}

/// Gives bytes to the reader as a file of that name; none where the browser does not let us.
pub(crate) fn save(name: &str, bytes: &[u8]) -> Option<()> {
    let parts = Array::of1(&Uint8Array::from(bytes));
    let blob = Blob::new_with_u8_array_sequence(&parts).ok()?;
    // Kept until the page goes: a browser may still be writing when we could take it back.
    let address = Url::create_object_url_with_blob(&blob).ok()?;
    let link = web_sys::window()?.document()?.create_element("a").ok()?;
    link.set_attribute("href", &address).ok()?;
    link.set_attribute("download", name).ok()?;
    link.dyn_into::<HtmlElement>().ok()?.click();
    Some(())
}

/// The bytes of a recording, or of the recording in an exported page; what is neither stays what it is.
pub(crate) fn recording_in(bytes: Vec<u8>) -> Vec<u8> {
    let Ok(text) = str::from_utf8(&bytes) else { return bytes };
    let Some((_, block)) = text.split_once(EXPORTED) else { return bytes };
    let within = block.split_once('>').and_then(|(_, within)| within.split_once('<'));
    within.and_then(|(base64, _)| decoded(&base64.into())).unwrap_or(bytes)
}

/// Base64 as bytes; none where it is not that.
pub(crate) fn decoded(base64: &JsValue) -> Option<Vec<u8>> {
    let all = Reflect::get(&js_sys::global(), &"Uint8Array".into()).ok()?;
    if let Ok(decode) = Reflect::get(&all, &"fromBase64".into()).ok()?.dyn_into::<Function>() {
        return Some(Uint8Array::new(&decode.call1(&all, base64).ok()?).to_vec());
    }
    // Browsers from before 2025: a letter for each byte.
    let letters = web_sys::window()?.atob(&base64.as_string()?).ok()?;
    Some(letters.chars().map(|letter| letter as u8).collect())
}

fn read(files: Option<FileList>, then: impl Fn(String, Vec<u8>) + 'static) {
    let Some(file): Option<File> = files.and_then(|files| files.get(0)) else { return };
    spawn_local(async move {
        // One that cannot be read is empty, and that is said of it.
        let bytes = JsFuture::from(file.array_buffer()).await.map(|buffer| Uint8Array::new(&buffer).to_vec());
        then(file.name(), bytes.unwrap_or_default());
    });
}
