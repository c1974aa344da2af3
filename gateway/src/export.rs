//! Recordings as others take them: a stretch, one HTML file, a folder for a static host, lines, MCAP.

use std::{fs, io::Write as _, path::Path, time::Duration};

use anyhow::{Context as _, bail, ensure};
use model::{ids::Micros, recording::Recording};

use crate::{cli::complain, page};

mod mcap;
pub(crate) mod one_file;

/// From this size on an HTML file opens slowly, and that is said.
const LARGE_BYTES: usize = 50 << 20;
/// From this size on browsers hand out the text of a file's data as empty, without an error.
const TOO_LARGE_BYTES: usize = 300 << 20;

/// Which part of a recording is wanted; all of it where nothing is said.
#[derive(Clone, Debug, Default)]
pub struct Stretch {
    /// From here.
    pub from: Option<Micros>,
    /// To here.
    pub to: Option<Micros>,
    /// The so-many-th chapter, from 1.
    pub chapter: Option<usize>,
}

/// Where copies go.
#[derive(Clone, Copy, Debug, Default)]
pub struct Targets<'a> {
    /// One HTML file.
    pub html: Option<&'a Path>,
    /// A recording.
    pub kscope: Option<&'a Path>,
    /// A folder for a static host.
    pub folder: Option<&'a Path>,
    /// An MCAP file.
    pub mcap: Option<&'a Path>,
    /// The facts as lines, on standard output.
    pub ndjson: bool,
}

/// Writes the copies that are asked for.
///
/// # Errors
/// Where the stretch is not in the recording, or a copy cannot be written.
pub fn export(file: &Path, stretch: &Stretch, targets: Targets<'_>) -> anyhow::Result<()> {
    let recording = crate::recorder::open(file)?;
    let name = name_of(file);
    let bytes = stretch.of(&recording)?;
    if let Some(out) = targets.html {
        write(out, one_file::html(&name, &recording.header.title, &bytes)?.as_bytes())?;
    }
    if let Some(out) = targets.kscope {
        write(out, &bytes)?;
    }
    if let Some(out) = targets.folder {
        static_page(out, &name, &bytes)?;
    }
    if targets.mcap.is_none() && !targets.ndjson {
        return Ok(());
    }
    let cut = Recording::open(bytes, None)?;
    if let Some(out) = targets.mcap {
        write(out, &mcap::file(&cut))?;
    }
    if targets.ndjson {
        let mut to = std::io::stdout().lock();
        for fact in cut.all_facts() {
            // A reader that has seen enough closes its end.
            if writeln!(to, "{}", fact.to_json()).is_err() {
                break;
            }
        }
    }
    Ok(())
}

/// The name a recording is given away under.
pub(crate) fn name_of(file: &Path) -> String {
    let stem = file.file_stem().map_or_else(|| String::from("recording"), |s| s.to_string_lossy().into_owned());
    format!("{stem}.kscope")
}

impl Stretch {
    /// Whether all of it is wanted.
    pub(crate) fn is_whole(&self) -> bool {
        self.from.is_none() && self.to.is_none() && self.chapter.is_none()
    }

    /// The stretch of a recording as a file; all of it where nothing is said.
    ///
    /// # Errors
    /// Where there is no such stretch.
    pub fn of(&self, recording: &Recording) -> anyhow::Result<Vec<u8>> {
        if self.is_whole() {
            return Ok(recording.packed());
        }
        let (start, end) = match self.chapter {
            None => (Micros(0), recording.end()),
            Some(chapter) => {
                let chapters = recording.chapters();
                let found = chapter.checked_sub(1).and_then(|index| chapters.get(index));
                let (start, end, _) = *found.with_context(|| match chapters.len() {
                    0 => String::from("the recording has no chapters; cut it with --from and --to"),
                    count => format!("there is no chapter {chapter}; there are 1 to {count}, and `inspect` names them"),
                })?;
                (start, end)
            }
        };
        let (from, to) = (self.from.unwrap_or(start).max(start), self.to.unwrap_or(end).min(end));
        let seconds = |at: Micros| at.0 as f64 / 1e6;
        ensure!(
            from < to,
            "nothing is left from {:.1} s to {:.1} s: the recording is {:.1} s long, and --from comes before --to",
            seconds(from),
            seconds(to),
            seconds(recording.end())
        );
        Ok(recording.excerpt(from, to))
    }
}

/// A moment as people write it: 62, 62.5, 62s, 1m2s.
///
/// # Errors
/// Where it is none of these.
pub fn moment(text: &str) -> Result<Micros, String> {
    let plain = text.parse::<f64>().ok().filter(|seconds| (0.0..1e9).contains(seconds)).map(Duration::from_secs_f64);
    let found = plain.or_else(|| humantime::parse_duration(text).ok());
    let found = found.ok_or_else(|| format!("{text:?} is not a moment; write seconds, or 1m2s"))?;
    u64::try_from(found.as_micros()).map(Micros).map_err(|_too_long| format!("{text:?} is too long"))
}

/// The page and the recording side by side, for any host of files. It opens with the recording; `?url=` opens another one.
fn static_page(folder: &Path, name: &str, bytes: &[u8]) -> anyhow::Result<()> {
    for file in page::names()? {
        if file == "index.html" || file.ends_with(".kscope") {
            continue;
        }
        let to = folder.join(&file);
        if let Some(parent) = to.parent() {
            fs::create_dir_all(parent).with_context(|| format!("cannot make the folder {}", parent.display()))?;
        }
        write(&to, &page::must(&file)?)?;
    }
    write(&folder.join("index.html"), one_file::index_for(name)?.as_bytes())?;
    write(&folder.join(name), bytes)
}

fn write(to: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if to.extension().is_some_and(|e| e == "html") && bytes.len() > LARGE_BYTES {
        let megabytes = bytes.len() >> 20;
        if bytes.len() > TOO_LARGE_BYTES {
            bail!("{megabytes} MB are more than browsers read out of one page; cut it with --from and --to");
        }
        complain(&format!("{} has {megabytes} MB and will open slowly; --from and --to cut it", to.display()));
    }
    fs::write(to, bytes).with_context(|| format!("cannot write {}", to.display()))
}
