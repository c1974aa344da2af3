//! The signals between the desk and the panels: set at most once a frame, and only where the words changed.

use leptos::prelude::*;

use crate::{
    cues::{Question, row::Shown},
    session::Pressed,
    sight::Sight,
    words::{
        caption::Caption,
        choice::ChoiceWords,
        guards::{Armed, Switch},
        header::HeaderWords,
        honesty::Piece,
        inspector::Sheet,
        machines::Row,
        proof::ProofWords,
        run::Progress,
        scenes::ScenesWords,
        share::ShareWords,
        talk::Turn,
        timeline::TimelineWords,
        verdict::VerdictWords,
    },
};

/// The caption, and the facts of the number that was chosen in it or in a verdict.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct CaptionWords {
    pub(crate) said: Caption,
    pub(crate) chosen: Vec<u64>,
    /// Whether it changes without a fade.
    pub(crate) still: bool,
}

/// Which controls stand at the bottom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Bottom {
    /// None yet.
    #[default]
    Opening,
    /// A live session without a token.
    Viewer,
    /// A live session with the presenter's token.
    Presenter,
    /// A recording.
    Recording,
}

/// What the player's bar says.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PlayerWords {
    pub(crate) time: String,
    pub(crate) whole: String,
    pub(crate) playing: bool,
    pub(crate) speed: String,
    /// Whether it stops at chapters, leaves quiet parts out, and plays a range again and again.
    pub(crate) stops: bool,
    pub(crate) skips: bool,
    pub(crate) loops: bool,
}

/// What is told of the moment that the pointer is on.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct PeekWords {
    pub(crate) left: String,
    pub(crate) time: String,
    pub(crate) said: String,
}

/// WARN and ERROR lines.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NoticesWords {
    pub(crate) count: u64,
    /// When, whose, what, and whether it is an error.
    pub(crate) lines: Vec<(String, String, String, bool)>,
}

/// The guards, and what is armed against them.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct WireWords {
    pub(crate) guards: Vec<Switch>,
    pub(crate) armed: Vec<Armed>,
    pub(crate) slow_ms: u32,
    /// Whether the presses are this page's to make.
    pub(crate) presenter: bool,
}

/// The verdict, and what is said of the number that was chosen in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct VerdictSheet {
    pub(crate) words: VerdictWords,
    pub(crate) chosen: Vec<u64>,
    pub(crate) proven: String,
    /// Whether what proves it stands where the panel would be.
    pub(crate) left: bool,
}

/// Scenes, guards and the wire: one signal, since each is code that every page carries.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct BackstageWords {
    pub(crate) progress: Option<Progress>,
    pub(crate) scenes: Option<ScenesWords>,
    pub(crate) verdict: Option<VerdictSheet>,
    pub(crate) choice: Option<ChoiceWords>,
    pub(crate) wire: WireWords,
    pub(crate) wire_open: bool,
}

/// What the presenter's hands have done to the page, and what they can do next.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct HandsWords {
    /// Key, guards and cues are left out.
    pub(crate) bare: bool,
    /// Caption only.
    pub(crate) black: bool,
    /// Nothing travels.
    pub(crate) less_motion: bool,
    /// The view that is next.
    pub(crate) next_sight: &'static str,
    /// Whether a live session is shown as it was.
    pub(crate) is_behind: bool,
    /// What is amiss with the token.
    pub(crate) refused: bool,
    /// The keys, while the help is open.
    pub(crate) help: Option<Vec<(Vec<String>, &'static str)>>,
    /// The buttons of the row, each in its place.
    pub(crate) cues: Vec<Shown>,
    /// What is next in the talk, in the presenter's window.
    pub(crate) next: Option<Turn>,
    /// The time of day and the session's, there too.
    pub(crate) clock: (String, String),
    /// The share dialog, while it is open.
    pub(crate) share: Option<ShareWords>,
    /// The marker that is written, while it is.
    pub(crate) notes: Option<NotesWords>,
}

/// The marker that is written, and those that there are: id, time and text.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct NotesWords {
    pub(crate) time: String,
    pub(crate) text: String,
    pub(crate) list: Vec<(String, String, String)>,
}

/// All signals. Each is written by the desk and read by one panel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Screen {
    pub(crate) sight: RwSignal<Sight>,
    pub(crate) bottom: RwSignal<Bottom>,
    pub(crate) header: RwSignal<HeaderWords>,
    pub(crate) caption: RwSignal<CaptionWords>,
    /// The caption for screen readers: changes at most every two seconds.
    pub(crate) spoken: RwSignal<String>,
    pub(crate) proof: RwSignal<ProofWords>,
    pub(crate) honesty: RwSignal<Vec<Piece>>,
    pub(crate) timeline: RwSignal<TimelineWords>,
    /// Where the playhead stands, as a percentage.
    pub(crate) playhead: RwSignal<String>,
    pub(crate) peek: RwSignal<Option<PeekWords>>,
    pub(crate) hands: RwSignal<HandsWords>,
    /// Whether guards and cues are pulled up, where they stand in a drawer.
    pub(crate) hands_open: RwSignal<bool>,
    pub(crate) question: RwSignal<Option<Question>>,
    pub(crate) pressed: RwSignal<Vec<Pressed>>,
    pub(crate) machines: RwSignal<Option<Vec<Row>>>,
    pub(crate) sheet: RwSignal<Option<Sheet>>,
    pub(crate) notices: RwSignal<NoticesWords>,
    pub(crate) notices_open: RwSignal<bool>,
    pub(crate) player: RwSignal<PlayerWords>,
    pub(crate) twin: RwSignal<Vec<[String; 6]>>,
    pub(crate) backstage: RwSignal<BackstageWords>,
    /// The name of what the pointer is on.
    pub(crate) hovered: RwSignal<String>,
}

impl Screen {
    pub(crate) fn new() -> Self {
        Self {
            sight: RwSignal::default(),
            bottom: RwSignal::default(),
            header: RwSignal::default(),
            caption: RwSignal::default(),
            spoken: RwSignal::default(),
            proof: RwSignal::default(),
            honesty: RwSignal::default(),
            timeline: RwSignal::default(),
            playhead: RwSignal::new(String::from("0%")),
            peek: RwSignal::default(),
            hands: RwSignal::default(),
            hands_open: RwSignal::default(),
            question: RwSignal::default(),
            pressed: RwSignal::default(),
            machines: RwSignal::default(),
            sheet: RwSignal::default(),
            notices: RwSignal::default(),
            notices_open: RwSignal::default(),
            player: RwSignal::default(),
            twin: RwSignal::default(),
            backstage: RwSignal::default(),
            hovered: RwSignal::default(),
        }
    }
}

/// Sets a signal only where its value changed.
pub(crate) fn put<T: PartialEq + Send + Sync + 'static>(signal: RwSignal<T>, value: T) {
    if signal.with_untracked(|known| *known != value) {
        signal.set(value);
    }
}
