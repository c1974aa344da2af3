//! The verdict of a scene as a table: what a correct shop has, and what each run came to, number by number.

use model::{
    caption::{amount, counted},
    fact::{Outcome, StepState, VerdictRow},
    ids::Micros,
    picture::{Picture, Run, Verdict},
};
use serde_json::Value;

use super::proof::Check;

/// What stands over a run's column.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Head {
    /// Which run.
    pub run: String,
    /// How it was run, or what it is.
    pub how: String,
}

/// A number of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Cell {
    /// The number, or that nothing was seen.
    pub words: String,
    /// Whether it is as it should be; settling where nothing was seen.
    pub check: Check,
    /// The facts that prove it.
    pub facts: Vec<u64>,
    /// Where its records stand.
    pub at: String,
}

/// A line of the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// What was counted.
    pub what: String,
    /// What a correct shop has.
    pub wanted: String,
    /// One cell a run.
    pub cells: Vec<Cell>,
}

/// What a run came to.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct End {
    /// Held, broken, or neither.
    pub check: Check,
    /// In one line.
    pub line: String,
    /// Why.
    pub detail: String,
    /// Set where the run did not show what it should have.
    pub amiss: String,
}

/// The whole panel.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerdictWords {
    /// The scene's name.
    pub scene: String,
    /// Its title.
    pub title: String,
    /// One a run, those without guard first.
    pub heads: Vec<Head>,
    /// The table.
    pub lines: Vec<Line>,
    /// One a run.
    pub ends: Vec<End>,
    /// What the guard does not do, where a run had it on.
    pub limit: &'static str,
}

/// What each guard does not do.
const LIMITS: [(&str, &str); 6] = [
    ("acks-all", "Acks all waits for the in-sync replicas, however few: min.insync.replicas says how few will do."),
    (
        "idempotence",
        "The guard works between one producer and Kafka. Who presses twice sends two records, and Kafka cannot know.",
    ),
    ("inbox", "The inbox knows an event by its id. Two events that ask for the same are two."),
    ("payment-key", "The key must be the same both times. Who makes a new key pays again."),
    ("transactions", "A transaction covers records and offsets in Kafka. What an app does elsewhere is not undone."),
    ("key-order-id", "One order's events are in order. Between two orders there is none."),
];

/// The newest run of each side of a scene, and of the scene it is set beside; none where no run has ended.
pub fn runs<'a>(picture: &'a Picture, scene: &str, beside: Option<&str>) -> Vec<(&'a u64, &'a Run)> {
    let newest = |name: &str, guarded: bool| {
        let of = |(_, run): &(&u64, &Run)| run.scene == name && run.guarded == guarded && is_over(run);
        picture.runs.iter().rfind(of)
    };
    let mut runs: Vec<(&u64, &Run)> = [false, true].into_iter().filter_map(|guarded| newest(scene, guarded)).collect();
    let is_alone = runs.first().is_some_and(|(_, own)| own.guard.is_empty());
    runs.extend(beside.filter(|_| is_alone).and_then(|name| newest(name, false)));
    runs
}

/// The scene whose run came to something last.
pub fn newest(picture: &Picture) -> Option<&str> {
    picture.runs.values().rev().find(|run| is_over(run)).map(|run| run.scene.as_str())
}

/// When a run came to its verdict, or ended without one.
pub fn decided_at(run: &Run) -> Option<Micros> {
    let verdict = run.verdict.as_ref().map(|v| v.stamp.at);
    verdict.or(run.ended.as_ref().map(|(stamp, ..)| stamp.at))
}

/// The table of these runs.
pub fn words(picture: &Picture, scene: &str, beside: Option<&str>) -> Option<VerdictWords> {
    let runs = runs(picture, scene, beside);
    let own = runs.first().map(|(_, run)| *run)?;
    let mut words = VerdictWords { scene: scene.to_owned(), title: own.title.clone(), ..VerdictWords::default() };
    let is_on = runs.iter().any(|(_, run)| run.guarded);
    words.limit = LIMITS.iter().find(|(guard, _)| is_on && *guard == own.guard).map_or("", |(_, limit)| limit);
    for (id, run) in &runs {
        let how = match side(run) {
            "" if runs.len() > 1 => run.title.clone(),
            side => side.to_ascii_uppercase(),
        };
        words.heads.push(Head { run: format!("run {id}"), how });
        words.ends.push(end(run));
    }
    let rows = |run: &Run| run.verdict.iter().flat_map(|v| v.rows.clone()).collect::<Vec<_>>();
    for row in runs.iter().flat_map(|(_, run)| rows(run)) {
        let what = capital(counted(&row.what));
        if words.lines.iter().any(|line| line.what == what) {
            continue;
        }
        let of = |run: &Run| rows(run).into_iter().find(|other| other.what == row.what);
        words.lines.push(Line {
            what,
            wanted: if row.wanted.is_null() { "–".to_owned() } else { amount(&row.what, &row.wanted) },
            cells: runs.iter().map(|(_, run)| of(run).map_or_else(Cell::default, cell)).collect(),
        });
    }
    Some(words)
}

/// Whether a run has come to something.
pub fn is_over(run: &Run) -> bool {
    run.verdict.is_some() || run.ended.is_some()
}

/// On which side of its guard a run is; empty where it has none.
pub fn side(run: &Run) -> &'static str {
    match (run.guard.is_empty(), run.guarded) {
        (true, _) => "",
        (false, false) => "off",
        (false, true) => "on",
    }
}

/// What stands before an outcome: what was not shown is neither held nor broken.
pub fn check(verdict: Option<&Verdict>) -> Check {
    match verdict.map(|v| v.outcome) {
        Some(Outcome::Held) => Check::Tick,
        Some(Outcome::Broken) => Check::Cross,
        Some(Outcome::NotShown) | None => Check::Settling,
    }
}

/// An outcome in a word or two.
pub fn outcome(verdict: Option<&Verdict>) -> &'static str {
    match verdict.map(|v| v.outcome) {
        Some(Outcome::Held) => "held",
        Some(Outcome::Broken) => "broken",
        Some(Outcome::NotShown) => "not shown",
        None => "no verdict",
    }
}

fn cell(row: VerdictRow) -> Cell {
    let check = match (&row.seen, row.right) {
        (Value::Null, _) => Check::Settling,
        (_, true) => Check::Tick,
        (_, false) => Check::Cross,
    };
    Cell { words: amount(&row.what, &row.seen), check, facts: row.facts, at: row.at }
}

fn end(run: &Run) -> End {
    let verdict = run.verdict.as_ref();
    let word = outcome(verdict);
    let line = match side(run) {
        "" => capital(word),
        side => format!("{}: {word}", capital(side)),
    };
    let (not_green, ended_why) = run.ended.as_ref().map_or((false, ""), |(_, ok, why)| (!ok, why.as_str()));
    let missed = run.reached.iter().find(|(_, state, _)| *state == StepState::NotShown);
    let mut detail = match verdict.map(|v| (v.outcome, &v.rows)) {
        Some((Outcome::Held, _)) => "Every number is as it should be.".to_owned(),
        Some((Outcome::Broken, rows)) => {
            let wrong = rows.iter().filter(|row| !row.right && !row.seen.is_null());
            let wrong = wrong.take(2).map(|row| {
                let (seen, wanted) = (amount(&row.what, &row.seen), amount(&row.what, &row.wanted));
                format!("{}: {seen} instead of {wanted}.", capital(counted(&row.what)))
            });
            wrong.collect::<Vec<_>>().join(" ")
        }
        Some((Outcome::NotShown, rows)) => {
            let unseen = rows.iter().find(|row| row.seen.is_null());
            let unseen = unseen.map(|row| format!("{} was not seen.", capital(counted(&row.what))));
            missed.map(|(.., why)| sentence(why)).filter(|why| !why.is_empty()).or(unseen).unwrap_or_default()
        }
        None => sentence(ended_why),
    };
    if verdict.is_some() && not_green {
        detail = sentence(format!("{detail} Not green again: {ended_why}").trim());
    }
    let amiss = verdict.filter(|v| !v.holds).map(|v| amiss(&v.rows)).unwrap_or_default();
    End { check: check(verdict), line, detail, amiss }
}

/// Which number is not what this run had to show.
fn amiss(rows: &[VerdictRow]) -> String {
    let other =
        rows.iter().find(|row| !row.expected.is_string() && !row.expected.is_null() && row.expected != row.seen);
    match other {
        Some(row) => {
            let (seen, expected) = (amount(&row.what, &row.seen), amount(&row.what, &row.expected));
            format!("This run did not show what it should: {}, {expected} expected, {seen}.", counted(&row.what))
        }
        None => "This run did not show what it should.".to_owned(),
    }
}

/// How many of the facts behind a number are on the stage.
pub fn proven(facts: usize, drawn: usize) -> String {
    match (facts, facts.saturating_sub(drawn)) {
        (1, 0) => "The fact that proves it is ringed on the stage.".to_owned(),
        (n, 0) => format!("The {n} facts that prove it are ringed on the stage."),
        (1, _) => "The fact that proves it is further back.".to_owned(),
        (n, back) if n == back => format!("All {n} facts that prove it are further back."),
        (n, 1) => format!("1 of {n} is further back."),
        (n, back) => format!("{back} of {n} are further back."),
    }
}

/// With a capital and a full stop.
fn sentence(text: &str) -> String {
    let text = capital(text.trim_end_matches('.'));
    if text.is_empty() { text } else { format!("{text}.") }
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use model::fact::{Event, Fact};
    use serde_json::{Map, json};

    use super::*;

    fn row(what: &str, wanted: Value, seen: Value, right: bool) -> VerdictRow {
        let at = "orders 0 @3, @4".to_owned();
        VerdictRow { what: what.to_owned(), expected: seen.clone(), wanted, seen, right, facts: vec![4, 5], at }
    }

    fn run(run: u64, guarded: bool, outcome: Outcome, rows: Vec<VerdictRow>, holds: bool) -> Vec<Event> {
        let started = Event::SceneStarted {
            run,
            scene: "lost-ack".to_owned(),
            title: "A lost ack".to_owned(),
            chapter: "Failures".to_owned(),
            guard: "idempotence".to_owned(),
            guarded,
            customer: format!("scene-{run}"),
            steps: vec![],
            spec: Map::new(),
        };
        let verdict = Event::VerdictReached { run, scene: "lost-ack".to_owned(), guarded, outcome, holds, rows };
        vec![started, verdict, Event::SceneEnded { run, ok: true, reason: String::new() }]
    }

    fn picture(events: Vec<Event>) -> Picture {
        let fact = |(seq, event)| Fact { seq, at: Micros(seq), event };
        Picture::of(&(1..).zip(events).map(fact).collect::<Vec<_>>())
    }

    fn table(words: &VerdictWords) -> String {
        let sign = |check| match check {
            Check::Tick => " ✓",
            Check::Cross => " ×",
            Check::Settling => " ?",
            Check::None => "",
        };
        let heads: Vec<String> = words.heads.iter().map(|h| format!("{} {}", h.run, h.how)).collect();
        let mut text = format!("{} | expected | {}\n", words.title, heads.join(" | "));
        for line in &words.lines {
            let cells: Vec<String> = line.cells.iter().map(|c| c.words.clone() + sign(c.check)).collect();
            text += &format!("{} | {} | {}\n", line.what, line.wanted, cells.join(" | "));
        }
        for end in &words.ends {
            text += &format!("{}{}. {} {}\n", end.line, sign(end.check), end.detail, end.amiss);
        }
        text
    }

    #[test]
    fn both_sides_stand_beside_each_other() {
        let off = vec![
            row("orders stored", json!(1), json!(2), false),
            row("money taken, cents", json!(3990), json!(7980), false),
        ];
        let on = vec![
            row("orders stored", json!(1), json!(1), true),
            row("money taken, cents", json!(3990), json!(3990), true),
            row("retries seen", json!("at least 1"), json!(1), true),
        ];
        let events = [run(3, false, Outcome::Broken, off, true), run(4, true, Outcome::Held, on, true)].concat();
        let words = words(&picture(events), "lost-ack", None).unwrap();
        expect![[r#"
            A lost ack | expected | run 3 OFF | run 4 ON
            Orders stored | 1 | 2 × | 1 ✓
            Money taken | 39.90 € | 79.80 € × | 39.90 € ✓
            Retries seen | at least 1 |  | 1 ✓
            Off: broken ×. Orders stored: 2 instead of 1. Money taken: 79.80 € instead of 39.90 €. 
            On: held ✓. Every number is as it should be. 
        "#]]
        .assert_eq(&table(&words));
        assert_eq!(words.lines[0].cells[1].facts, [4, 5]);
        assert_eq!(words.lines[0].cells[1].at, "orders 0 @3, @4");
    }

    #[test]
    fn what_was_not_shown_is_never_drawn_as_held() {
        let rows = vec![row("orders stored", json!(1), Value::Null, true)];
        let words = words(&picture(run(3, true, Outcome::NotShown, rows, false)), "lost-ack", None).unwrap();
        expect![[r#"
            A lost ack | expected | run 3 ON
            Orders stored | 1 | not seen ?
            On: not shown ?. Orders stored was not seen. This run did not show what it should.
        "#]]
        .assert_eq(&table(&words));
    }

    #[test]
    fn a_run_that_shows_something_else_says_so() {
        let mut rows = vec![row("orders stored", json!(1), json!(1), true)];
        rows[0].expected = json!(2);
        let words = words(&picture(run(3, false, Outcome::Held, rows, false)), "lost-ack", None).unwrap();
        assert_eq!(words.ends[0].amiss, "This run did not show what it should: orders stored, 2 expected, 1.");
    }

    #[test]
    fn what_is_no_longer_drawn_is_said() {
        assert_eq!(proven(2, 2), "The 2 facts that prove it are ringed on the stage.");
        assert_eq!(proven(5, 2), "3 of 5 are further back.");
        assert_eq!(proven(5, 0), "All 5 facts that prove it are further back.");
        assert_eq!(proven(1, 0), "The fact that proves it is further back.");
    }

    #[test]
    fn a_run_that_was_cancelled_has_no_verdict() {
        let mut events = run(3, false, Outcome::Held, vec![], true);
        events.remove(1);
        events[1] = Event::SceneEnded { run: 3, ok: true, reason: "cancelled".to_owned() };
        let words = words(&picture(events), "lost-ack", None).unwrap();
        expect![[r#"
            A lost ack | expected | run 3 OFF
            Off: no verdict ?. Cancelled. 
        "#]]
        .assert_eq(&table(&words));
        assert_eq!(super::words(&picture(vec![]), "lost-ack", None), None);
    }
}
