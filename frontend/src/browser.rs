//! The one folder that knows web_sys.

pub mod canvas;
