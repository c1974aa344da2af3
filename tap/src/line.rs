//! The way out of one direction: bytes leave at once, or where a frame is delayed, at its time and in order.

use std::{collections::VecDeque, io, time::Duration};

use tokio::{
    io::{AsyncWrite, AsyncWriteExt as _},
    time::{Instant, sleep_until},
};

/// With so many bytes waiting for their time nothing more is read from the other side.
const MOST_BYTES: usize = 8 << 20;

/// A writer with a delay line before it.
#[derive(Debug)]
pub(crate) struct Line<W> {
    writer: W,
    held: VecDeque<(Instant, Box<[u8]>)>,
    held_bytes: usize,
}

impl<W: AsyncWrite + Unpin> Line<W> {
    pub(crate) const fn new(writer: W) -> Self {
        Self { writer, held: VecDeque::new(), held_bytes: 0 }
    }

    /// Sends `bytes` `delay_ms` from now, and never before what came earlier.
    pub(crate) async fn send(&mut self, bytes: &[u8], delay_ms: u32) -> io::Result<()> {
        if bytes.is_empty() {
            return Ok(());
        }
        if delay_ms == 0 && self.held.is_empty() {
            return self.writer.write_all(bytes).await;
        }
        let mut at = Instant::now() + Duration::from_millis(u64::from(delay_ms));
        if let Some((last, _)) = self.held.back() {
            at = at.max(*last);
        }
        self.held.push_back((at, bytes.into()));
        self.held_bytes += bytes.len();
        Ok(())
    }

    pub(crate) fn has_room(&self) -> bool {
        self.held_bytes < MOST_BYTES
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.held.is_empty()
    }

    /// Waits until the first of what is held may leave; for ever where nothing is.
    pub(crate) async fn due(&self) {
        match self.held.front() {
            Some((at, _)) => sleep_until(*at).await,
            None => std::future::pending().await,
        }
    }

    /// Sends what is due.
    pub(crate) async fn deliver(&mut self) -> io::Result<()> {
        while let Some((_, bytes)) = self.held.pop_front_if(|(at, _)| *at <= Instant::now()) {
            self.held_bytes -= bytes.len();
            self.writer.write_all(&bytes).await?;
        }
        Ok(())
    }

    /// Sends all that is held, each at its time.
    pub(crate) async fn drain(&mut self) -> io::Result<()> {
        while !self.held.is_empty() {
            self.due().await;
            self.deliver().await?;
        }
        Ok(())
    }

    /// Tells the other side that no more comes.
    pub(crate) async fn close(&mut self) -> io::Result<()> {
        self.drain().await?;
        self.writer.shutdown().await
    }
}
