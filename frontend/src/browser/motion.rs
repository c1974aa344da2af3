//! Whether whoever reads asked the system for less motion.

use super::theme::each_answer;

/// Calls `each` with the system's setting (`prefers-reduced-motion: reduce`), now and whenever it changes.
pub(crate) fn each_preference(each: impl Fn(bool) + 'static) {
    each_answer("(prefers-reduced-motion: reduce)", each);
}
