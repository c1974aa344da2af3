//! What the kernel says of a process in /proc: whether it is stopped, and which process a pid names.

use std::{fs, path::Path};

/// What identifies a process beyond its pid, which is given again after its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    /// `R`, `S`, `T` (stopped), `Z` (ended, not waited for), …
    pub(super) state: char,
    /// Clock ticks from boot to its start.
    pub(super) start_ticks: u64,
}

/// Reads /proc/PID/stat; `None` where there is no such process, or no such file on this system.
pub(super) fn stat(pid: u32) -> Option<Stat> {
    parse(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)
}

/// Names this boot: start times count from it.
pub(super) fn boot_id() -> String {
    fs::read_to_string(Path::new("/proc/sys/kernel/random/boot_id")).unwrap_or_default().trim().to_owned()
}

/// The ports the kernel gives to outgoing connections.
pub(super) fn ephemeral_ports() -> (u16, u16) {
    let text = fs::read_to_string("/proc/sys/net/ipv4/ip_local_port_range").unwrap_or_default();
    let mut words = text.split_whitespace().filter_map(|word| word.parse().ok());
    match (words.next(), words.next()) {
        (Some(first), Some(last)) => (first, last),
        _ => (32768, 60999),
    }
}

fn parse(line: &str) -> Option<Stat> {
    // The name stands in parentheses and may hold anything, parentheses too.
    let (_, rest) = line.rsplit_once(") ")?;
    let mut words = rest.split(' ');
    let state = words.next()?.chars().next()?;
    // starttime is field 22 of proc_pid_stat(5), state is field 3.
    let start_ticks = words.nth(18)?.parse().ok()?;
    Some(Stat { state, start_ticks })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_parentheses_is_no_trap() {
        let line = "42 (a) (b) T 1 42 42 0 -1 4194560 1 0 0 0 0 0 0 0 20 0 1 0 987654 2 3";
        assert_eq!(parse(line), Some(Stat { state: 'T', start_ticks: 987_654 }));
    }

    #[test]
    fn this_process_runs() {
        let stat = stat(std::process::id()).expect("we exist");
        assert!(stat.start_ticks > 0 && stat.state != 'T');
    }
}
