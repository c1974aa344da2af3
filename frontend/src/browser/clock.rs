//! The browser's clock.

/// Milliseconds since the page was opened; monotonic.
pub(crate) fn now_millis() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}

/// The time of day where the reader is, to the second.
pub(crate) fn time_of_day() -> String {
    let date = js_sys::Date::new_0();
    let two = |n: u32| if n < 10 { format!("0{n}") } else { n.to_string() };
    format!("{}:{}:{}", two(date.get_hours()), two(date.get_minutes()), two(date.get_seconds()))
}
