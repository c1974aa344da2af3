//! The page as a library: what is drawn is reckoned here and tested natively; the browser is touched in one folder.

pub mod browser;
pub mod paint;
pub mod stage;
