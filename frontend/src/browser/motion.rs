//! Whether whoever reads asked the system for less motion.

/// The system's setting (`prefers-reduced-motion: reduce`).
pub(crate) fn is_reduced() -> bool {
    let query = web_sys::window().and_then(|w| w.match_media("(prefers-reduced-motion: reduce)").ok().flatten());
    query.is_some_and(|q| q.matches())
}
