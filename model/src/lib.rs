//! Facts, the picture they fold into, and the bytes they are recorded as. No clock, no socket, no file: native and wasm.

pub mod fact;
pub mod ids;
