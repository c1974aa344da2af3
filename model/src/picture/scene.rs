//! Scenes, and what is armed on the wire and in the apps while they run.

use serde_json::{Map, Value};

use super::Stamp;
use crate::fact::{CrashState, Outcome, StepState, VerdictRow};

/// How many runs of scenes the picture remembers.
pub(crate) const KEPT_RUNS: usize = 8;

/// A run of a scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Run {
    /// When it began.
    pub started: Stamp,
    /// The scene's name.
    pub scene: String,
    /// Its title, as people read it.
    pub title: String,
    /// The chapter of the talk.
    pub chapter: String,
    /// The guard it knows; empty for none.
    pub guard: String,
    /// Whether the guard is on.
    pub guarded: bool,
    /// Under which name its orders are placed.
    pub customer: String,
    /// What its steps say.
    pub steps: Vec<String>,
    /// How its verdict is computed.
    pub spec: Map<String, Value>,
    /// Where each step stands, as far as they were begun, and why where it was not shown.
    pub reached: Vec<(Stamp, StepState, String)>,
    /// What its facts show.
    pub verdict: Option<Verdict>,
    /// When it was over, whether all is green, and if not why.
    pub ended: Option<(Stamp, bool, String)>,
}

/// What the facts of a run show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// When it was reached.
    pub stamp: Stamp,
    /// Whether a correct shop's numbers were seen.
    pub outcome: Outcome,
    /// Whether what the run must show was seen.
    pub holds: bool,
    /// Line by line.
    pub rows: Vec<VerdictRow>,
}

/// A fault at the tap.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fault {
    /// When it was armed.
    pub armed: Stamp,
    /// In words.
    pub text: String,
}

/// A crash point of an app's instance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CrashPoint {
    /// When it last changed.
    pub stamp: Stamp,
    /// Where in the app's work.
    pub at_point: String,
    /// What it does there.
    pub action: String,
    /// Armed or reached.
    pub state: CrashState,
}

impl Run {
    /// Whether it is still going on.
    pub fn is_running(&self) -> bool {
        self.ended.is_none()
    }
}
