//! The keys: what stands on each, what it does in words, and what is done; the help and the dispatch are made of it.

use super::*;
use crate::player::stops::Stop;

/// When a key does something; the help lists no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Always.
    Always,
    /// A question with numbered answers is on the screen.
    Asked,
    /// A question for yes or no is on the screen.
    Sure,
    /// A live session is open and this page has the presenter's token.
    Presenter,
    /// A recording is open.
    Recorded,
    /// Something is open that this page may mark.
    Marks,
}

/// A row of the table: names of keys, when, in words, and what is done by the one that stands at that place of them.
pub(crate) type Row = (&'static str, When, &'static str, fn(Desk, u32));

/// All of them. The same key may stand twice; the first row whose time it is has it. A clicker sends Right or PageDown,
/// Left or PageUp, and a full stop or B.
pub(crate) const KEYS: &[Row] = &[
    ("1 2 3 4 5 6 7 8 9", When::Asked, "answer the question", |desk, nth| desk.answer(nth + 1)),
    ("Y", When::Sure, "yes", |desk, _| desk.yes()),
    ("N", When::Sure, "no", |desk, _| desk.dismiss()),
    ("Right PageDown", When::Presenter, "next in the talk: a scene, then its verdict", |desk, _| desk.next_turn()),
    ("Left PageUp", When::Presenter, "the scene before is next again", |desk, _| desk.turn_back()),
    ("Right PageDown", When::Always, "next step", |desk, _| desk.step_to(Stop::Step, true)),
    ("Left PageUp", When::Always, "previous step", |desk, _| desk.step_to(Stop::Step, false)),
    ("] Shift+Right Shift+PageDown", When::Always, "next chapter", |desk, _| desk.step_to(Stop::Chapter, true)),
    ("[ Shift+Left Shift+PageUp", When::Always, "previous chapter", |desk, _| desk.step_to(Stop::Chapter, false)),
    ("N", When::Always, "next fault", |desk, _| desk.step_to(Stop::Fault, true)),
    ("Space .", When::Always, "pause, go on", |desk, _| desk.play_or_pause()),
    ("Home", When::Always, "to the start", |desk, _| desk.to_start()),
    ("End", When::Always, "to the end; live: to the present", |desk, _| desk.to_end()),
    ("- +", When::Always, "slower, faster", |desk, nth| desk.change_speed(nth == 1)),
    (", Shift+.", When::Always, "one fact back, on", |desk, nth| desk.step_fact(nth == 1)),
    ("Up Down", When::Always, "one caption back, on", |desk, nth| desk.step_caption(nth == 1)),
    ("0 1 2 3 4 5 6 7 8 9", When::Recorded, "to a tenth of it", |desk, nth| desk.seek_tenth(nth)),
    ("J", When::Recorded, "this chapter again and again", |desk, _| desk.loop_chapter()),
    ("M", When::Marks, "set a marker, and write what it says", |desk, _| desk.mark()),
    ("S", When::Always, "share: link, code, files", |desk, _| desk.toggle_share()),
    ("L", When::Always, "copy the link to this moment", |desk, _| desk.copy_link()),
    ("X", When::Always, "less motion", |desk, _| desk.less_motion()),
    ("O", When::Presenter, "order", |desk, _| desk.cue(Cue::Order)),
    ("P", When::Presenter, "pay twice", |desk, _| desk.cue(Cue::PayTwice)),
    ("A", When::Presenter, "drop next ack", |desk, _| desk.cue(Cue::DropAck)),
    ("K", When::Presenter, "kill broker, then its digit", |desk, _| desk.cue(Cue::Kill)),
    ("Z", When::Presenter, "pause broker, again: resume", |desk, _| desk.cue(Cue::Pause)),
    ("R", When::Presenter, "restart what is down", |desk, _| desk.cue(Cue::Restart)),
    ("C", When::Presenter, "crash app, then its digit", |desk, _| desk.cue(Cue::Crash)),
    ("T", When::Presenter, "abort transaction: the next one", |desk, _| desk.cue(Cue::Abort)),
    ("G", When::Presenter, "all back to green", |desk, _| desk.cue(Cue::Green)),
    ("Shift+1 Shift+2 Shift+3 Shift+4 Shift+5 Shift+6", When::Presenter, "guard on, off", |desk, nth| {
        desk.switch_nth_guard(nth);
    }),
    ("E", When::Always, "scenes", |desk, _| desk.cue(Cue::Scenes)),
    ("V", When::Always, "next view", |desk, _| desk.next_sight()),
    ("I", When::Always, "choose what is drawn", |desk, _| desk.cue(Cue::Choice)),
    ("F", When::Always, "follow the selected order", |desk, _| desk.follow()),
    ("D", When::Always, "other theme", |desk, _| desk.switch_theme()),
    ("W", When::Always, "guards and the wire", |desk, _| desk.cue(Cue::Wire)),
    ("H", When::Always, "hide controls", |desk, _| desk.hide_controls()),
    ("B", When::Always, "caption only, on black", |desk, _| desk.black()),
    ("Q", When::Presenter, "presenter's window", |desk, _| desk.cue(Cue::Talk)),
    ("?", When::Always, "keys, all of them", |desk, _| desk.cue(Cue::Keys)),
    ("Esc", When::Always, "close, let go of the selection", |desk, _| desk.dismiss()),
];

impl When {
    fn is_now(self, session: &Session) -> bool {
        match self {
            Self::Always => true,
            Self::Asked => matches!(session.question(), Some(Question::Which { .. })),
            Self::Sure => matches!(session.question(), Some(Question::Sure { .. })),
            Self::Presenter => session.is_live() && session.presenter,
            Self::Recorded => session.is_recording(),
            Self::Marks => session.is_recording() || session.is_live() && session.presenter,
        }
    }
}

/// The row that has this key now, and the key's place in it.
fn row(key: &str, is_now: impl Fn(When) -> bool) -> Option<(&'static Row, u32)> {
    let place = |row: &'static Row| {
        let at = row.0.split(' ').position(|name| name == key).filter(|_| is_now(row.1))?;
        Some((row, u32::try_from(at).ok()?))
    };
    KEYS.iter().find_map(place)
}

/// The keys that do something now, as they stand in the help: a row that others have taken all keys of is not in it.
pub(super) fn help(session: &Session) -> Vec<(Vec<String>, &'static str)> {
    let asks = session.is_live() && session.presenter;
    help_when(|when| when.is_now(session) || when == When::Asked && asks)
}

fn help_when(is_now: impl Fn(When) -> bool) -> Vec<(Vec<String>, &'static str)> {
    let has = |at: &Row, key: &str| row(key, &is_now).is_some_and(|(found, _)| std::ptr::eq(found, at));
    let listed = KEYS.iter().filter(|at| at.0.split(' ').any(|key| has(at, key)));
    listed.map(|(keys, _, words, _)| (caps(keys), *words)).collect()
}

/// What stands on the keys; of many in a row the first and the last.
fn caps(keys: &str) -> Vec<String> {
    let all: Vec<String> = keys.split(' ').map(|key| key.replace("Shift+", "Shift ")).collect();
    match all.as_slice() {
        [first, .., last] if all.len() > 4 => vec![first.clone(), "to".to_owned(), last.clone()],
        _ => all,
    }
}

impl Desk {
    /// A key was pressed; true where it was ours.
    pub(crate) fn key(self, key: &str) -> bool {
        let found = {
            let held = self.held();
            let session = held.session.borrow();
            row(key, |when| when.is_now(&session))
        };
        let Some(((_, when, _, act), nth)) = found else { return false };
        // What is about the picture is done where the picture is.
        if self.is_talk() && *when == When::Always {
            self.pass_on(key);
        } else {
            act(self, nth);
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_stands_twice_for_one_time() {
        for (at, (keys, when, words, _)) in KEYS.iter().enumerate() {
            for key in keys.split(' ') {
                let before = KEYS[..at].iter().find(|r| r.1 == *when && r.0.split(' ').any(|k| k == key));
                assert_eq!(before.map(|r| r.2), None, "{key}: {words}");
            }
        }
    }

    #[test]
    fn a_question_has_its_keys_before_all_others() {
        let words = |key, now: &[When]| row(key, |when| now.contains(&when)).map(|(row, nth)| (row.2, nth));
        assert_eq!(words("3", &[When::Always, When::Asked]), Some(("answer the question", 2)));
        assert_eq!(
            words("3", &[When::Always, When::Presenter]),
            None,
            "a digit that comes too late leaves the present alone"
        );
        assert_eq!(words("3", &[When::Always, When::Recorded]), Some(("to a tenth of it", 3)));
        assert_eq!(words("N", &[When::Always, When::Sure]), Some(("no", 0)));
        assert_eq!(words("+", &[When::Always]), Some(("slower, faster", 1)));
        assert_eq!(words("K", &[When::Always]), None);
    }

    #[test]
    fn every_cue_has_its_key_and_its_words() {
        for (key, label, ..) in crate::cues::row::ROW.iter().filter(|(key, ..)| !key.is_empty()) {
            let (row, _) = row(key, |when| matches!(when, When::Presenter | When::Always)).expect(label);
            let label = label.trim_end_matches('…').to_lowercase();
            assert!(row.2.starts_with(&label), "{key} is {label} on the button and {} in the help", row.2);
        }
    }

    #[test]
    fn the_help_names_what_stands_on_the_keys() {
        assert_eq!(caps("Right PageDown"), ["Right", "PageDown"]);
        assert_eq!(caps("] Shift+Right"), ["]", "Shift Right"]);
        assert_eq!(caps("1 2 3 4 5"), ["1", "to", "5"]);
        assert_eq!(caps("- +"), ["-", "+"]);
        let right = |now: &[When]| {
            let lines = help_when(|when| now.contains(&when)).into_iter();
            lines.filter(|(caps, _)| caps.contains(&"Right".to_owned())).map(|(_, words)| words).collect::<Vec<_>>()
        };
        assert_eq!(right(&[When::Always]), ["next step"]);
        assert_eq!(right(&[When::Always, When::Presenter]), ["next in the talk: a scene, then its verdict"]);
    }
}
