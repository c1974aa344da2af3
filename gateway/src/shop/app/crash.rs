//! The app's crash point: where in its work something violent happens to it, once, and how it is made sure that everything
//! before it was told.

use model::fact::{CrashState, Event as Fact};
use rustix::process::{Resource, Rlimit, Signal, getpid, kill_process, setrlimit};

use super::report::Voice;
use crate::shop::wire::{CrashAction, CrashPoint, Point};

/// What is armed, and how far its work has come to it.
#[derive(Debug)]
pub(crate) struct Crash {
    armed: Option<CrashPoint>,
    passed: u32,
    voice: Voice,
}

impl Crash {
    pub(crate) fn new(voice: Voice) -> Self {
        // An abort is a part of the show; its memory image on the disk is not. Where this is refused there is one.
        setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) }).ok();
        Self { armed: None, passed: 0, voice }
    }

    /// Arms a point in place of the one before; none takes it back.
    pub(crate) fn arm(&mut self, point: Option<CrashPoint>) {
        self.passed = 0;
        if let Some(old) = std::mem::replace(&mut self.armed, point) {
            self.tell(old, CrashState::Cleared);
        }
        if let Some(new) = point {
            self.tell(new, CrashState::Armed);
        }
    }

    /// Whether something will happen at `point`, sooner or later.
    pub(crate) fn is_armed(&self, point: Point) -> bool {
        self.armed.is_some_and(|armed| armed.at == point)
    }

    /// Whether the next time at `point` is the one.
    pub(crate) fn is_due(&self, point: Point) -> bool {
        self.armed.is_some_and(|armed| armed.at == point && self.passed + 1 >= armed.nth)
    }

    /// The app's work has come to `point`. Abort and hang happen here, when everything before was told; what whoever works
    /// has to do is the answer: abort its transaction, or spoil what it sends.
    pub(crate) fn reach(&mut self, point: Point) -> Option<CrashAction> {
        if !self.is_due(point) {
            self.passed += u32::from(self.armed.is_some_and(|armed| armed.at == point));
            return None;
        }
        let armed = self.armed.take()?;
        self.passed = 0;
        self.tell(armed, CrashState::Reached);
        self.voice.flush();
        match armed.action {
            CrashAction::Abort => std::process::abort(),
            CrashAction::Hang => {
                if let Err(error) = kill_process(getpid(), Signal::STOP) {
                    self.voice.error(&format!("cannot stop itself: {error}"));
                }
            }
            CrashAction::AbortTransaction | CrashAction::Garble => {}
        }
        // Somebody let it run again, or it never stood still.
        self.tell(armed, CrashState::Cleared);
        Some(armed.action)
    }

    fn tell(&self, point: CrashPoint, state: CrashState) {
        self.voice.fact(Fact::CrashPointChanged {
            app: self.voice.app().name().to_owned(),
            instance: self.voice.instance(),
            at_point: point.at.name().to_owned(),
            action: point.action.name().to_owned(),
            state,
        });
    }
}
