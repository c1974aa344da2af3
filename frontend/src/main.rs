//! A stand-in that proves the build; the page itself takes its place.

use leptos::prelude::*;

fn main() {
    leptos::mount::mount_to_body(|| view! { <p>"Kafkascope"</p> });
}
