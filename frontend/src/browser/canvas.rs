//! The painter.
