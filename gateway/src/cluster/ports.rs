//! Which ports the cluster listens on: a free block outside the ephemeral range, held against other gateways.

use std::{fs::File, net::TcpListener, ops::RangeInclusive, path::Path};

use model::ids::BrokerId;
use rustix::fs::{FlockOperation, flock};

use super::procfs;

/// Blocks start here.
const FIRST: u16 = 19_091;
/// Ports of one block.
const BLOCK: u16 = 40;
/// Blocks tried.
const BLOCKS: u16 = 300;
/// The first controller's node id; brokers count from 1.
const CONTROLLERS: i32 = 100;

/// A block of ports, free when it was taken, and ours until this is dropped.
///
/// They lie outside the range the kernel gives to outgoing connections, so that a killed broker's port is still free
/// when it comes back.
#[derive(Debug)]
pub struct Ports {
    base: u16,
    /// Locked; other gateways of this user pass the block over.
    _lock: File,
}

impl Ports {
    /// Takes the first free block. `cache` is where gateways meet.
    ///
    /// # Errors
    /// Where no block is free.
    pub fn take(cache: &Path) -> anyhow::Result<Self> {
        let folder = cache.join("ports");
        std::fs::create_dir_all(&folder)?;
        let (low, high) = procfs::ephemeral_ports();
        for block in 0..BLOCKS {
            let base = FIRST + block * BLOCK;
            if base + BLOCK > low && base <= high {
                continue;
            }
            let lock = File::create(folder.join(format!("{base}.lock")))?;
            if flock(&lock, FlockOperation::NonBlockingLockExclusive).is_ok() && Self::used(base).all(is_free) {
                return Ok(Self { base, _lock: lock });
            }
        }
        anyhow::bail!(
            "no free ports for the cluster: all of {FIRST} to {} are taken; stop what listens there",
            FIRST + BLOCKS * BLOCK - 1
        )
    }

    /// Where the gateway and anybody's tools connect.
    pub fn direct(&self, broker: BrokerId) -> u16 {
        self.of(1, broker.0)
    }

    /// Where brokers talk to each other.
    pub fn internal(&self, broker: BrokerId) -> u16 {
        self.of(11, broker.0)
    }

    /// Where the shop's apps' requests arrive.
    pub fn stage(&self, broker: BrokerId) -> u16 {
        self.of(21, broker.0)
    }

    /// Kept free for the tap, which advertises itself in STAGE's place.
    pub fn tap(&self, broker: BrokerId) -> u16 {
        self.of(26, broker.0)
    }

    /// A controller's only listener.
    pub fn controller(&self, node: BrokerId) -> u16 {
        self.of(31, node.0 - CONTROLLERS + 1)
    }

    /// Node ids from 1, five at most of a kind.
    fn of(&self, offset: u16, number: i32) -> u16 {
        let index = u16::try_from(number.clamp(1, 5) - 1).unwrap_or_default();
        self.base + offset - 1 + index
    }

    fn used(base: u16) -> impl Iterator<Item = u16> {
        let all: [RangeInclusive<u16>; 5] = [0..=2, 10..=12, 20..=22, 25..=27, 30..=32];
        all.into_iter().flatten().map(move |offset| base + offset)
    }
}

/// The JVM binds with SO_REUSEADDR, and so does the standard library: TIME_WAIT is no obstacle.
fn is_free(port: u16) -> bool {
    TcpListener::bind(("127.0.0.1", port)).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_gateways_never_share_a_port() {
        let cache = std::env::temp_dir().join(format!("kafkascope-ports-{}", std::process::id()));
        let (one, two) = (Ports::take(&cache).unwrap(), Ports::take(&cache).unwrap());
        assert_ne!(one.base, two.base);
        let (low, high) = procfs::ephemeral_ports();
        for ports in [&one, &two] {
            let broker = BrokerId(3);
            for port in [ports.direct(broker), ports.internal(broker), ports.stage(broker), ports.tap(broker)] {
                assert!(port < low || port > high, "{port} is ephemeral");
                assert!(Ports::used(ports.base).any(|used| used == port));
            }
            assert!(Ports::used(ports.base).any(|used| used == ports.controller(BrokerId(100))));
        }
        std::fs::remove_dir_all(cache).unwrap();
    }
}
