//! The eyes: pollers and tails that turn answers of the cluster into facts.
