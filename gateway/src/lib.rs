//! The gateway: watches a real Kafka cluster, breaks it on demand, records what happened and serves the page.

pub mod child;
pub mod cli;
pub mod clock;
pub mod cluster;
pub mod control;
pub mod data;
pub mod export;
pub mod hub;
pub mod inspect;
pub mod kafka;
pub mod observe;
mod page;
pub mod privacy;
pub mod recorder;
pub mod report;
pub mod scenes;
pub mod serve;
pub mod shop;
pub mod sidelist;
pub mod tap_alone;
pub mod web;
