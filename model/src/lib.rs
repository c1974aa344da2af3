//! Facts, the picture they fold into, and the bytes they are recorded as. No clock, no socket, no file: native and wasm.

pub mod caption;
pub mod fact;
mod fold;
pub mod frame;
pub mod green;
pub mod ids;
mod json;
pub mod keyframe;
pub mod marker;
pub mod ordered;
pub mod picture;
pub mod recording;
pub mod state;
pub mod verdict;

pub use fold::Surprise;
