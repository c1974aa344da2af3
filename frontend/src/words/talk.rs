//! The talk as one goes through it with a clicker: every scene without its guard and with it, and which is next.

use model::picture::Picture;

use super::scenes::Listed;

/// A scene on one side of its guard: what the next press plays.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Turn {
    /// The scene's name.
    pub scene: String,
    /// As people read it, with the side.
    pub title: String,
    /// The chapter it stands in.
    pub chapter: String,
    /// On which side.
    pub guarded: bool,
    /// What the speaker may say to it.
    pub notes: String,
    /// What will be done, one after the other.
    pub steps: Vec<String>,
}

/// All that can be played on this cluster, in the order of the talk.
pub fn turns(listed: &[Listed]) -> Vec<Turn> {
    let of_scene = |scene: &Listed| {
        let sides = if scene.guard.is_some() { &[false, true][..] } else { &[false] };
        let can = sides.iter().filter(|side| scene.cannot[usize::from(**side)].is_none());
        can.map(|side| turn(scene, *side)).collect::<Vec<_>>()
    };
    listed.iter().flat_map(of_scene).collect()
}

fn turn(scene: &Listed, guarded: bool) -> Turn {
    let title = match (&scene.guard, guarded) {
        (None, _) => scene.title.clone(),
        (Some(_), false) => format!("{}, without guard", scene.title),
        (Some(guard), true) => format!("{}, with {guard}", scene.title),
    };
    Turn {
        scene: scene.name.clone(),
        title,
        chapter: scene.chapter.clone(),
        guarded,
        notes: scene.summary.clone(),
        steps: scene.steps.clone(),
    }
}

/// The place of the turn after the newest run; the first where none has run, none after the last.
pub fn next(turns: &[Turn], picture: &Picture) -> usize {
    let newest = picture.runs.values().next_back();
    let place = newest.and_then(|run| turns.iter().position(|t| t.scene == run.scene && t.guarded == run.guarded));
    place.map_or(0, |place| place + 1)
}

/// Why nothing can be played now, and when it can.
pub fn busy(picture: &Picture) -> Option<String> {
    let run = picture.runs.values().next_back().filter(|run| run.is_running())?;
    let step = match run.reached.len() {
        _ if run.verdict.is_some() => "it goes back to green".to_owned(),
        0 => "it gets ready".to_owned(),
        at => format!("step {at} of {}", run.steps.len()),
    };
    Some(format!("{} goes on by itself, {step}; the next can begin when it has ended", run.title))
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact},
        ids::Micros,
    };
    use serde_json::Map;

    use super::*;

    fn listed() -> Vec<Listed> {
        let one = |name: &str, guard: Option<&str>, cannot: [Option<&str>; 2]| Listed {
            name: name.to_owned(),
            title: name.to_owned(),
            guard: guard.map(str::to_owned),
            cannot: cannot.map(|why| why.map(str::to_owned)),
            ..Listed::default()
        };
        vec![
            one("kill-leader", None, [None, None]),
            one("kill-controller", Some("three controllers"), [None, Some("needs --controllers 3")]),
            one("lost-ack", Some("Idempotent producer"), [None, None]),
        ]
    }

    fn run(run: u64, scene: &str, guarded: bool) -> Event {
        let text = String::new;
        let (chapter, guard, customer) = (text(), text(), text());
        let (scene, title) = (scene.to_owned(), scene.to_owned());
        let steps = vec![text(), text()];
        Event::SceneStarted { run, scene, title, chapter, guard, guarded, customer, steps, spec: Map::new() }
    }

    fn picture(events: Vec<Event>) -> Picture {
        let fact = |(seq, event)| Fact { seq, at: Micros(seq), event };
        Picture::of(&(1..).zip(events).map(fact).collect::<Vec<_>>())
    }

    #[test]
    fn the_talk_goes_through_both_sides_and_leaves_out_what_cannot_be_played() {
        let titles: Vec<String> = turns(&listed()).into_iter().map(|t| t.title).collect();
        let wanted = [
            "kill-leader",
            "kill-controller, without guard",
            "lost-ack, without guard",
            "lost-ack, with Idempotent producer",
        ];
        assert_eq!(titles, wanted);
    }

    #[test]
    fn next_is_what_comes_after_the_newest_run() {
        let turns = turns(&listed());
        assert_eq!(next(&turns, &picture(vec![])), 0);
        assert_eq!(next(&turns, &picture(vec![run(1, "lost-ack", true), run(2, "kill-leader", false)])), 1);
        assert_eq!(next(&turns, &picture(vec![run(1, "lost-ack", true)])), turns.len(), "the talk is over");
        let gone = picture(vec![run(1, "kill-controller", true)]);
        assert_eq!(next(&turns, &gone), 0, "a run that is not in the talk");
    }

    #[test]
    fn while_one_runs_the_next_waits() {
        let ended = Event::SceneEnded { run: 1, ok: true, reason: String::new() };
        let why = busy(&picture(vec![run(1, "lost-ack", true)])).unwrap();
        assert!(why.contains("lost-ack goes on by itself, it gets ready"), "{why}");
        assert_eq!(busy(&picture(vec![run(1, "lost-ack", true), ended])), None);
    }
}
