//! The list of scenes by chapter: what each shows, what can be run now and why not, and what its runs came to.

use model::picture::{Picture, Run};
use serde_json::Value;

use super::{
    proof::Check,
    verdict::{check, is_over, outcome, side},
};

/// A scene as the gateway lists it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// As people read it.
    pub title: String,
    /// The chapter of the talk.
    pub chapter: String,
    /// One sentence.
    pub summary: String,
    /// What is done in it.
    pub steps: Vec<String>,
    /// What its guard is called; none where it has none.
    pub guard: Option<String>,
    /// The scene it is set beside.
    pub beside: Option<String>,
    /// Why it cannot run now, without its guard and with it.
    pub cannot: [Option<String>; 2],
}

/// One of the two ways to run a scene.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Way {
    /// What the button says.
    pub label: String,
    /// With the guard.
    pub guarded: bool,
    /// Why it cannot be run that way now; empty where it can.
    pub cannot: String,
    /// The newest run that way: its sign and its outcome.
    pub last: Option<(Check, &'static str)>,
}

/// A scene in the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// Its name.
    pub name: String,
    /// Its title.
    pub title: String,
    /// What it shows.
    pub summary: String,
    /// How it can be run; empty where nobody may.
    pub ways: Vec<Way>,
    /// Why it cannot be run now, one way or both.
    pub cannot: String,
    /// Whether there is a verdict to look at.
    pub judged: bool,
}

/// The panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ScenesWords {
    /// Scenes by chapter.
    pub chapters: Vec<(String, Vec<Line>)>,
    /// What is said where the list is empty.
    pub note: &'static str,
}

/// The gateway's list; none where it is no such list.
pub fn catalogue(json: &str) -> Option<Vec<Listed>> {
    let json: Value = serde_json::from_str(json).ok()?;
    let text = |scene: &Value, name: &str| scene.get(name).and_then(Value::as_str).map(str::to_owned);
    let listed = |scene: &Value| {
        let guard = text(scene, "guard");
        Some(Listed {
            name: text(scene, "name")?,
            title: text(scene, "title")?,
            chapter: text(scene, "chapter").unwrap_or_default(),
            summary: text(scene, "summary").unwrap_or_default(),
            steps: steps(scene),
            guard: guard.map(|guard| text(scene, "guard_title").unwrap_or(guard)),
            beside: text(scene, "beside"),
            cannot: [text(scene, "cannot"), text(scene, "cannot_guarded")],
        })
    };
    Some(json.get("scenes")?.as_array()?.iter().filter_map(listed).collect())
}

fn steps(scene: &Value) -> Vec<String> {
    let steps = scene.get("steps").and_then(Value::as_array);
    steps.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The panel's words; without a list the runs that were seen are all there is.
pub fn words(picture: &Picture, listed: &[Listed], presenter: bool) -> ScenesWords {
    let running = picture.runs.values().next_back().filter(|run| run.is_running());
    let busy = running.map(|run| format!("{} is running.", run.title));
    let mut words = ScenesWords::default();
    let mut put = |chapter: &str, line: Line| {
        if words.chapters.last().is_none_or(|(last, _)| last != chapter) {
            words.chapters.push((chapter.to_owned(), Vec::new()));
        }
        words.chapters.last_mut().into_iter().for_each(|(_, lines)| lines.push(line.clone()));
    };
    for scene in listed {
        let newest = |guarded| newest(picture, &scene.name, guarded);
        let way = |label: String, guarded| {
            let cannot = busy.clone().or(scene.cannot[usize::from(guarded)].clone()).unwrap_or_default();
            Way { label, guarded, cannot, last: newest(guarded).map(came_to) }
        };
        let ways = match &scene.guard {
            _ if !presenter => Vec::new(),
            None => vec![way("Run".to_owned(), false)],
            Some(guard) => vec![way("Without guard".to_owned(), false), way(format!("With {guard}"), true)],
        };
        let line = Line {
            name: scene.name.clone(),
            title: scene.title.clone(),
            summary: scene.summary.clone(),
            cannot: ways.iter().map(|way| way.cannot.clone()).find(|why| !why.is_empty()).unwrap_or_default(),
            ways,
            judged: newest(false).or(newest(true)).is_some(),
        };
        put(&scene.chapter, line);
    }
    if listed.is_empty() {
        for (id, run) in picture.runs.iter().filter(|(_, run)| is_over(run)) {
            let (_, word) = came_to(run);
            let side = if side(run).is_empty() { String::new() } else { format!(", guard {}", side(run)) };
            let line = Line {
                name: run.scene.clone(),
                title: run.title.clone(),
                summary: format!("Run {id}{side}: {word}."),
                judged: true,
                ..Line::default()
            };
            put(&run.chapter, line);
        }
        words.note = if words.chapters.is_empty() { "No scene has been run up to here." } else { "" };
    }
    words
}

/// The newest run of a scene on one side of its guard that has come to something.
fn newest<'a>(picture: &'a Picture, scene: &str, guarded: bool) -> Option<&'a Run> {
    picture.runs.values().rev().find(|run| run.scene == scene && run.guarded == guarded && is_over(run))
}

fn came_to(run: &Run) -> (Check, &'static str) {
    let verdict = run.verdict.as_ref();
    (check(verdict), outcome(verdict))
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact, Outcome},
        ids::Micros,
    };
    use serde_json::Map;

    use super::*;

    const LIST: &str = r#"{"scenes":[
        {"name":"kill-leader","title":"A leader is killed","chapter":"Brokers","summary":"It dies.","guard":null,
         "guard_title":null,"steps":[],"beside":"stop-leader","cannot":null},
        {"name":"kill-controller","title":"No controller","chapter":"Brokers","summary":"It dies.","guard":"three",
         "guard_title":"three controllers","steps":[],"beside":null,"cannot":null,"cannot_guarded":"needs --controllers 3"},
        {"name":"lost-ack","title":"A lost ack","chapter":"Failures","summary":"An answer is lost.","guard":"idempotence",
         "guard_title":"idempotence","steps":["Order"],"beside":null,"cannot":null}]}"#;

    fn started(run: u64, guarded: bool) -> Event {
        Event::SceneStarted {
            run,
            scene: "lost-ack".to_owned(),
            title: "A lost ack".to_owned(),
            chapter: "Failures".to_owned(),
            guard: "idempotence".to_owned(),
            guarded,
            customer: String::new(),
            steps: vec![],
            spec: Map::new(),
        }
    }

    fn picture(events: Vec<Event>) -> Picture {
        let fact = |(seq, event)| Fact { seq, at: Micros(seq), event };
        Picture::of(&(1..).zip(events).map(fact).collect::<Vec<_>>())
    }

    fn judged(run: u64) -> Vec<Event> {
        let (scene, rows) = ("lost-ack".to_owned(), Vec::new());
        let outcome = Outcome::NotShown;
        vec![
            started(run, false),
            Event::VerdictReached { run, scene, guarded: false, outcome, holds: false, rows },
            Event::SceneEnded { run, ok: true, reason: String::new() },
        ]
    }

    #[test]
    fn scenes_stand_in_their_chapters_with_what_can_be_run() {
        let listed = catalogue(LIST).unwrap();
        let words = words(&picture(judged(3)), &listed, true);
        let chapters: Vec<(&str, usize)> = words.chapters.iter().map(|(c, lines)| (c.as_str(), lines.len())).collect();
        assert_eq!(chapters, [("Brokers", 2), ("Failures", 1)]);
        let controller = &words.chapters[0].1[1];
        assert_eq!(controller.cannot, "needs --controllers 3");
        let ways: Vec<&str> = controller.ways.iter().map(|w| w.cannot.as_str()).collect();
        assert_eq!(ways, ["", "needs --controllers 3"]);
        let lost = &words.chapters[1].1[0];
        let ways: Vec<_> = lost.ways.iter().map(|w| (w.label.as_str(), w.last.map(|(_, word)| word))).collect();
        assert_eq!(ways, [("Without guard", Some("not shown")), ("With idempotence", None)]);
        assert!(lost.judged && lost.cannot.is_empty());
    }

    #[test]
    fn while_one_runs_no_other_can_be_started() {
        let listed = catalogue(LIST).unwrap();
        let words = words(&picture(vec![started(3, true)]), &listed, true);
        assert!(words.chapters.iter().flat_map(|(_, lines)| lines).all(|l| l.cannot == "A lost ack is running."));
    }

    #[test]
    fn viewers_start_nothing_and_a_recording_lists_its_runs() {
        let listed = catalogue(LIST).unwrap();
        let of_viewer = words(&picture(vec![]), &listed, false);
        assert!(of_viewer.chapters.iter().flat_map(|(_, lines)| lines).all(|l| l.ways.is_empty()));
        let recorded = words(&picture(judged(3)), &[], false);
        assert_eq!(recorded.chapters[0].1[0].summary, "Run 3, guard off: not shown.");
        assert_eq!(words(&picture(vec![]), &[], false).note, "No scene has been run up to here.");
        assert_eq!(catalogue("nonsense"), None);
        assert_eq!(catalogue(LIST).unwrap()[2].steps, ["Order"]);
    }
}
