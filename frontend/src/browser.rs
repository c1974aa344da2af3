//! The one folder that knows web_sys.

pub(crate) mod address;
pub mod canvas;
pub(crate) mod clock;
pub(crate) mod element;
pub(crate) mod embedded;
pub(crate) mod fetch;
pub(crate) mod files;
pub(crate) mod focus;
pub(crate) mod frame;
pub(crate) mod json;
pub(crate) mod keys;
pub(crate) mod line;
pub(crate) mod marks;
pub(crate) mod motion;
pub(crate) mod pointer;
pub(crate) mod resize;
pub(crate) mod script;
pub(crate) mod socket;
pub(crate) mod theme;
pub(crate) mod window;
