//! The real program on a real cluster, seen through its API, and beside it what Kafka's own tools say.
//!
//! Modules run in the order of their names: those before `recording` share one gateway, and each of their tests leaves
//! it green; from `recording` on each test starts its own, but those of `scenes` and `scenes_cut`, which share another: they begin new
//! ledgers and leave markers of transactions on the logs. One test at a time, also without `--test-threads=1`: two
//! cores do not carry two clusters.
#![cfg(test)]
#![expect(clippy::print_stdout, reason = "what was measured is said")]

mod apps;
mod bad_input;
mod bad_words;
mod browser;
mod external;
mod harness;
mod journal;
mod leader_killed;
mod load;
mod nodes;
mod on_the_wire;
mod one_file;
mod one_marker;
mod poller;
mod process;
mod quiet;
mod random;
mod recorder;
mod recording;
mod recount;
mod scene_alone;
mod scenes;
mod scenes_cut;
mod screens;
mod second_opinion;
mod state;
mod survival;
mod transactions;
mod viewer;
mod walk;
mod webpage;
mod webpage_axe;
mod webpage_keys;
mod webpage_leaks;
mod webpage_looks;
mod webpage_share;
