//! How much is recorded: a session that nobody ends must not fill the disk, and old sessions make room.

use std::{fs, path::Path, time::Duration};

use model::ids::Micros;

/// How much is recorded, and how much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// So long at most.
    pub time: Duration,
    /// So many bytes at most.
    pub bytes: u64,
    /// How many recordings stay in the folder, this one among them.
    pub keep: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { time: Duration::from_secs(4 * 3600), bytes: 500 << 20, keep: 20 }
    }
}

/// How much room a recording has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Room {
    /// Enough.
    Enough,
    /// Less than a tenth, in words.
    Little(String),
    /// None, in words.
    None(String),
}

impl Limits {
    /// The room left after so long and so many bytes.
    pub(super) fn room(&self, at: Micros, bytes: u64) -> Room {
        let time = Micros(u64::try_from(self.time.as_micros()).unwrap_or(u64::MAX));
        let is_at = |tenths: u64| {
            let long = at.0 >= time.0 / 10 * tenths;
            let large = bytes >= self.bytes / 10 * tenths;
            let long = long.then(|| format!("it is {} long", humantime::format_duration(whole_seconds(at))));
            long.or_else(|| large.then(|| format!("it has {} MB", bytes >> 20)))
        };
        let limit = || {
            let time = humantime::format_duration(self.time);
            format!("the limit is {time} or {} MB (--record-time, --record-mb)", self.bytes >> 20)
        };
        if let Some(why) = is_at(10) {
            return Room::None(format!("the recording is full: {why}, {}; the show goes on", limit()));
        }
        match is_at(9) {
            Some(why) => Room::Little(format!("the recording will end soon: {why}, {}", limit())),
            None => Room::Enough,
        }
    }

    /// Removes the oldest recordings of ours beyond those that are kept, one place left for the next; answers with their
    /// names. What a person put into the folder under a name of their own stays.
    pub fn make_room(&self, folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.filter_map(|e| e.file_name().into_string().ok()).filter(|name| is_ours(name)).collect();
        names.sort_unstable();
        let surplus = (names.len() + 1).saturating_sub(self.keep.max(1));
        names.truncate(surplus);
        names.retain(|name| {
            let file = folder.join(name);
            // A list of markers without its recording is of no use.
            fs::remove_file(crate::sidelist::path_of(&file)).ok();
            fs::remove_file(file).is_ok()
        });
        names
    }
}

fn whole_seconds(at: Micros) -> Duration {
    Duration::from_secs(at.0 / 1_000_000)
}

/// Named by a time, as 20261129T102128Z.kscope.
fn is_ours(name: &str) -> bool {
    let stamp = name.strip_suffix(".kscope").and_then(|stem| stem.strip_suffix('Z')).unwrap_or_default();
    stamp.split_once('T').is_some_and(|(day, time)| {
        day.len() == 8 && time.len() == 6 && day.bytes().chain(time.bytes()).all(|b| b.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recording_is_warned_of_its_end_and_ends() {
        let limits = Limits { time: Duration::from_secs(100), bytes: 1000 << 20, keep: 2 };
        let room = |seconds: u64, megabytes: u64| limits.room(Micros(seconds * 1_000_000), megabytes << 20);
        assert_eq!(room(89, 899), Room::Enough);
        assert!(matches!(room(90, 0), Room::Little(why) if why.contains("1m 30s long")));
        assert!(matches!(room(0, 950), Room::Little(why) if why.contains("950 MB")));
        assert!(matches!(room(100, 0), Room::None(why) if why.contains("full")));
        assert!(matches!(room(0, 1000), Room::None(_)));
    }

    #[test]
    fn the_oldest_of_ours_make_room_and_what_is_named_by_a_person_stays() {
        let folder = std::env::temp_dir().join(format!("kafkascope-keep-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        for name in ["20260101T000000Z", "20260102T000000Z", "20260103T000000Z", "my talk"] {
            fs::write(folder.join(name).with_extension("kscope"), "x").unwrap();
        }
        fs::write(folder.join("20260101T000000Z.markers.json"), "[]").unwrap();
        let limits = Limits { keep: 2, ..Limits::default() };
        assert_eq!(limits.make_room(&folder), ["20260101T000000Z.kscope", "20260102T000000Z.kscope"]);
        let mut left: Vec<String> =
            fs::read_dir(&folder).unwrap().flatten().map(|e| e.file_name().into_string().unwrap()).collect();
        left.sort_unstable();
        assert_eq!(left, ["20260103T000000Z.kscope", "my talk.kscope"]);
        fs::remove_dir_all(&folder).unwrap();
    }
}
