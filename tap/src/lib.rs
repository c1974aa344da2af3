//! A Kafka-aware TCP proxy that stands in front of brokers, tells what passes, and loses exactly the frame a rule names.
//!
//! Frames pass unchanged, and as they come: a frame is held until it is whole only where a rule or the observer needs to
//! look into it, and never where it is bigger than 1 MiB. What is no frame of Kafka's passes as it is.
//!
//! ```no_run
//! # async fn f() -> std::io::Result<()> {
//! use tap::{Rule, Tap, What, Which};
//! let tap = Tap::new(None);
//! tap.listen(1, "127.0.0.1:9192".parse().unwrap(), "127.0.0.1:9092".parse().unwrap()).await?;
//! // The next acknowledgement vanishes, and its connection with it.
//! let mut rule = Rule::new(Which::Next, What::DropResponseAndClose);
//! rule.api = "Produce".parse().ok();
//! tap.arm(rule);
//! # Ok(()) }
//! ```

mod answered;
mod answers;
mod asked;
mod book;
mod connection;
mod flight;
mod line;
mod listener;
mod observation;
mod proxy;
mod pump;
mod requests;
mod rule;
mod rules;
mod shared;
mod told;
mod wire;

pub use self::{
    observation::{Observation, Observations, Observer, Seen, observer},
    proxy::{Proxy, Tap},
    rule::{Api, Rule, RuleError, RuleId, What, Which},
    rules::RuleStatus,
};
