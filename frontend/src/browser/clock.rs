//! The browser's clock.

/// Milliseconds since the page was opened; monotonic.
pub(crate) fn now_millis() -> f64 {
    web_sys::window().and_then(|w| w.performance()).map_or(0.0, |p| p.now())
}
