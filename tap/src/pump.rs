//! One direction of a connection: reads chunks, finds the frames in them, and passes each as its judge says.
//!
//! The fast path is a chunk read, the heads in it scanned, and the chunk written: no frame is copied or held.

use std::io;

use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite};

use crate::{flight::Room, line::Line};

/// What is read at once.
const CHUNK_BYTES: usize = 64 << 10;
/// A buffer that grew for one frame is given back beyond this.
const KEPT_BYTES: usize = 4 * CHUNK_BYTES;
/// Frames above this are never held until they are whole.
pub(crate) const MOST_WHOLE_BYTES: usize = 1 << 20;

/// What becomes of a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It goes on, so much later than it came.
    Pass { delay_ms: u32 },
    /// It goes nowhere.
    Drop,
    /// It goes nowhere, and the connection ends.
    DropAndClose,
}

/// What is known after a look at a frame's first bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// More of its head is needed.
    Partial,
    /// It waits until the other direction has made room.
    Wait,
    /// All of it is needed: so many bytes.
    Whole(usize),
    /// So many bytes, and what becomes of them.
    Frame(usize, Fate),
    /// No frame; all that comes from here on passes as it is.
    Plain,
}

/// Decides about the frames of one direction.
pub(crate) trait Judge {
    /// `bytes` begin with a frame's first.
    fn start(&mut self, bytes: &[u8]) -> Verdict;
    /// A frame that was asked for whole.
    fn whole(&mut self, frame: &[u8]) -> Fate;
}

/// Where in the stream we are.
#[derive(Clone, Copy, Debug)]
enum Place {
    /// Before a frame.
    Border,
    /// In a frame that is held until so many bytes are there.
    Filling(usize),
    /// So many bytes before the frame's end.
    Inside(usize, Fate),
    /// There are no frames.
    Plain,
}

/// Why a direction ended before its end of stream.
#[derive(Debug)]
pub(crate) enum Cut {
    /// A rule closes the connection.
    Rule,
    /// One of the sockets failed.
    Io(io::Error),
}

impl From<io::Error> for Cut {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// One direction.
#[derive(Debug)]
pub(crate) struct Pump<'l, R, W, J> {
    reader: R,
    line: Line<W>,
    judge: J,
    room: &'l Room,
    buffer: Vec<u8>,
    place: Place,
}

impl<'l, R: AsyncRead + Unpin, W: AsyncWrite + Unpin, J: Judge> Pump<'l, R, W, J> {
    pub(crate) fn new(reader: R, writer: W, judge: J, room: &'l Room) -> Self {
        let buffer = Vec::with_capacity(CHUNK_BYTES);
        Self { reader, line: Line::new(writer), judge, room, buffer, place: Place::Border }
    }

    /// Runs until the reader's end of stream, and passes that on too.
    pub(crate) async fn run(mut self) -> Result<(), Cut> {
        loop {
            let waits = self.pass().await?;
            self.make_space();
            tokio::select! {
                biased;
                () = self.line.due(), if !self.line.is_empty() => self.line.deliver().await?,
                () = self.room.wait(), if waits => {}
                read = self.reader.read_buf(&mut self.buffer), if !waits && self.line.has_room() => {
                    if read? == 0 {
                        return self.end().await;
                    }
                }
            }
        }
    }

    /// Passes all that can be decided; answers whether the next frame waits for room.
    async fn pass(&mut self) -> Result<bool, Cut> {
        let Self { buffer, line, judge, place, .. } = self;
        // What was decided, and of that, what was sent or dropped.
        let (mut at, mut sent) = (0, 0);
        let mut waits = false;
        loop {
            let bytes = buffer.get(at..).unwrap_or_default();
            match *place {
                Place::Border if bytes.is_empty() => break,
                Place::Border => match judge.start(bytes) {
                    Verdict::Partial => break,
                    Verdict::Wait => {
                        waits = true;
                        break;
                    }
                    Verdict::Whole(size) => *place = Place::Filling(size),
                    Verdict::Frame(size, fate) => *place = Place::Inside(size, fate),
                    Verdict::Plain => *place = Place::Plain,
                },
                Place::Filling(size) => match bytes.get(..size) {
                    None => break,
                    Some(frame) => *place = Place::Inside(size, judge.whole(frame)),
                },
                Place::Inside(left, fate) => {
                    let taken = left.min(bytes.len());
                    *place = if taken == left { Place::Border } else { Place::Inside(left - taken, fate) };
                    if fate != (Fate::Pass { delay_ms: 0 }) {
                        // The run of frames before it leaves first.
                        line.send(buffer.get(sent..at).unwrap_or_default(), 0).await?;
                        sent = at + taken;
                    }
                    match fate {
                        Fate::Pass { delay_ms: 0 } | Fate::Drop => {}
                        Fate::Pass { delay_ms } => line.send(bytes.get(..taken).unwrap_or_default(), delay_ms).await?,
                        Fate::DropAndClose => {
                            line.drain().await?;
                            return Err(Cut::Rule);
                        }
                    }
                    at += taken;
                    if taken < left {
                        break;
                    }
                }
                Place::Plain => {
                    at = buffer.len();
                    break;
                }
            }
        }
        line.send(buffer.get(sent..at).unwrap_or_default(), 0).await?;
        if at == buffer.len() {
            buffer.clear();
        } else {
            buffer.drain(..at);
        }
        Ok(waits)
    }

    fn make_space(&mut self) {
        if self.buffer.is_empty() && self.buffer.capacity() > KEPT_BYTES {
            self.buffer = Vec::with_capacity(CHUNK_BYTES);
        }
        let wanted = match self.place {
            Place::Filling(size) => size.saturating_sub(self.buffer.len()).max(1),
            _ => CHUNK_BYTES / 2,
        };
        if self.buffer.capacity() - self.buffer.len() < wanted {
            self.buffer.reserve(wanted.max(CHUNK_BYTES));
        }
    }

    /// A frame that was cut off goes on as far as it came.
    async fn end(mut self) -> Result<(), Cut> {
        self.line.send(&self.buffer, 0).await?;
        Ok(self.line.close().await?)
    }
}
