//! The page as a library: a player of facts, a stage of shapes, and panels of words, with the browser at the edge.

#[expect(unreachable_pub, reason = "Leptos' component macro writes its functions as pub")]
mod app;
pub mod browser;
pub mod cues;
mod desk;
mod icons;
pub mod lanes;
pub mod link;
pub mod paint;
mod panels;
pub mod player;
mod qr;
mod screen;
pub mod session;
pub mod sides;
pub mod sight;
pub mod stage;
pub mod states;
pub mod story;
pub mod words;

pub use app::App;

/// Puts the page into the document, or where the address asks for it the sheet of states.
pub fn mount() {
    if browser::address::Address::read().value("/states").is_some() {
        wasm_bindgen_futures::spawn_local(panels::states::open());
    } else {
        leptos::mount::mount_to_body(App);
    }
}
