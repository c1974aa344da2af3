//! The keys: what stands on each, what it does in words, and what is done; the help and the dispatch are made of it.

use super::*;

/// When a key does something; the help lists no other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    /// Always.
    Always,
    /// A question with numbered answers is on the screen.
    Asked,
    /// A question for yes or no is on the screen.
    Sure,
    /// A recording is open.
    Recording,
    /// A live session is open and this page has the presenter's token.
    Presenter,
}

/// A row of the table: names of keys, when, in words, and what is done by the one that stands at that place of them.
pub(crate) type Row = (&'static str, When, &'static str, fn(Desk, u32));

/// All of them. The same key may stand twice; the first row whose time it is has it.
pub(crate) const KEYS: &[Row] = &[
    ("1 2 3 4 5 6 7 8 9", When::Asked, "answer the question", |desk, nth| desk.answer(nth + 1)),
    ("Y", When::Sure, "yes", |desk, _| desk.yes()),
    ("N", When::Sure, "no", |desk, _| desk.dismiss()),
    ("Esc", When::Always, "close, let go of the selection", |desk, _| desk.dismiss()),
    ("Space .", When::Always, "pause, go on", |desk, _| desk.play_or_pause()),
    (", Shift+.", When::Always, "a fact back, a fact on", |desk, nth| desk.step_fact(nth == 1)),
    ("Home", When::Recording, "to the start", |desk, _| desk.to_start()),
    ("End", When::Always, "to the end; live, to the present", |desk, _| desk.to_end()),
    ("- +", When::Always, "slower, faster", |desk, nth| desk.change_speed(nth == 1)),
    ("X", When::Always, "less motion", |desk, _| desk.less_motion()),
    ("E", When::Always, "scenes", |desk, _| desk.cue(Cue::Scenes)),
    ("V", When::Always, "next view", |desk, _| desk.next_sight()),
    ("F", When::Always, "follow the selected order", |desk, _| desk.follow()),
    ("D", When::Always, "other theme", |desk, _| desk.switch_theme()),
    ("W", When::Always, "guards and the wire", |desk, _| desk.cue(Cue::Wire)),
    ("O", When::Presenter, "order", |desk, _| desk.cue(Cue::Order)),
    ("P", When::Presenter, "pay twice", |desk, _| desk.cue(Cue::PayTwice)),
    ("A", When::Presenter, "drop next ack", |desk, _| desk.press_as_presenter(Press::drop_ack())),
    ("K", When::Presenter, "kill broker, then its digit", |desk, _| desk.cue(Cue::Kill)),
    ("Z", When::Presenter, "pause broker, again: resume", |desk, _| desk.cue(Cue::Pause)),
    ("R", When::Presenter, "restart what is down", |desk, _| desk.cue(Cue::Restart)),
    ("C", When::Presenter, "crash app, then its digit", |desk, _| desk.cue(Cue::Crash)),
    ("G", When::Presenter, "all back to green", |desk, _| desk.cue(Cue::Green)),
    ("Shift+1 Shift+2 Shift+3 Shift+4 Shift+5", When::Presenter, "guard on, off", |desk, nth| {
        desk.switch_nth_guard(nth);
    }),
];

impl When {
    fn is_now(self, session: &Session) -> bool {
        match self {
            Self::Always => true,
            Self::Asked => matches!(session.question(), Some(Question::Which { .. })),
            Self::Sure => matches!(session.question(), Some(Question::Sure { .. })),
            Self::Recording => session.is_recording(),
            Self::Presenter => session.is_live() && session.presenter,
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

impl Desk {
    /// A key was pressed; true where it was ours.
    pub(crate) fn key(self, key: &str) -> bool {
        let found = {
            let held = self.held();
            let session = held.session.borrow();
            row(key, |when| when.is_now(&session))
        };
        let Some(((.., act), nth)) = found else { return false };
        act(self, nth);
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
        assert_eq!(words("3", &[When::Always, When::Presenter]), None);
        assert_eq!(words("N", &[When::Always, When::Sure]), Some(("no", 0)));
        assert_eq!(words("+", &[When::Always]), Some(("slower, faster", 1)));
        assert_eq!(words("K", &[When::Always]), None);
    }
}
