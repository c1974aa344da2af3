//! How long a step took, and how that is said: one line a step that took longer than two seconds.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

/// Shorter steps are not worth a line.
const WORTH_SAYING: Duration = Duration::from_secs(2);

/// Does `work`; says "page: built in 58 s" where it took long, and names the step where it failed.
pub(crate) fn timed<T>(name: &str, done: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    let start = Instant::now();
    let outcome = work().with_context(|| format!("{name} failed"))?;
    let took = start.elapsed();
    if took > WORTH_SAYING {
        println!("{name}: {done} in {}", seconds(took));
    }
    Ok(outcome)
}

/// `0.4 s`, `58 s`, `2 min 5 s`.
pub(crate) fn seconds(took: Duration) -> String {
    match took.as_secs() {
        0..10 => format!("{:.1} s", took.as_secs_f64()),
        whole @ 10..120 => format!("{whole} s"),
        whole => format!("{} min {} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_readable_at_every_size() {
        assert_eq!(seconds(Duration::from_millis(440)), "0.4 s");
        assert_eq!(seconds(Duration::from_millis(58_900)), "58 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 5 s");
    }
}
