//! No two texts of lanes or story touch, none leaves its sheet, none is too small to be read.

use kafkascope_page::{
    lanes,
    paint::{Form, Text},
    stage::{Drawing, Layout, Selected},
    story,
};
use model::{fact::Fact, picture::Picture, recording::Recording};

use crate::{
    lanes as told_lanes,
    log::{record, view},
    scenario::{self, Scene},
    story as told_story,
};

const SHEETS: [Layout; 2] = [Layout::Wide, Layout::Classic];
const HAND: Layout = Layout::Strip;

pub(crate) fn scenes() -> Vec<(String, Scene)> {
    let mut scenes: Vec<(String, Scene)> = [
        ("calm", scenario::calm()),
        ("leaderless", scenario::leaderless()),
        ("killed", scenario::killed()),
        ("states", scenario::states()),
        ("transactions", told_lanes::transactions()),
        ("twice", told_lanes::twice()),
        ("story twice", told_story::twice()),
        ("recognised", told_story::recognised()),
        ("refused", told_story::refused()),
        ("empty", Scene::new(&scenario::shop(), 10_000, Vec::new())),
        ("one partition", scenario::external(1, &[("clicks", 1)])),
        ("five brokers", scenario::external(5, &[("clicks", 4), ("payments.dead-letter", 4)])),
        ("many", scenario::external(9, &[("clicks", 40), ("views", 8)])),
    ]
    .into_iter()
    .map(|(name, scene)| (name.to_owned(), scene))
    .collect();
    scenes.extend(recorded());
    scenes
}

/// The sample recording at the beginning of each of its pieces.
fn recorded() -> Vec<(String, Scene)> {
    let sample = include_bytes!("../../../static/sample.kscope").to_vec();
    let recording = Recording::open(sample, None).expect("the sample opens");
    let scene = |piece: usize| {
        let facts: Vec<Fact> = recording.piece(piece).keyframe;
        let picture = Picture::of(&facts);
        let now = picture.at;
        (format!("sample, piece {piece}"), Scene { picture, now, hops: Vec::new() })
    };
    (0..recording.pieces.len()).map(scene).collect()
}

fn texts(drawing: &Drawing) -> Vec<&Text> {
    let text = |s: &'_ kafkascope_page::paint::Shape| matches!(s.form, Form::Text(_));
    let shapes = drawing.still().iter().filter(|s| text(s));
    shapes.filter_map(|s| if let Form::Text(text) = &s.form { Some(text) } else { None }).collect()
}

#[track_caller]
pub(crate) fn check(name: &str, drawing: &Drawing) {
    let texts = texts(drawing);
    let (wide, _) = drawing.layout.size();
    for (i, a) in texts.iter().enumerate() {
        let (ax0, ay0, ax1, ay1) = a.bounds();
        assert!(ax0 > 0.0 && ax1 < wide, "{name}: {:?} leaves the sheet: {ax0} to {ax1}", a.words);
        assert!(a.size >= 15.0, "{name}: {:?} is too small", a.words);
        for b in texts.iter().skip(i + 1) {
            let (bx0, by0, bx1, by1) = b.bounds();
            // Line gaps may be closer than the full height of the font: descenders rarely meet capitals.
            let apart = ax1 <= bx0 || bx1 <= ax0 || ay1 - 4.0 <= by0 || by1 - 4.0 <= ay0;
            assert!(apart, "{name}: {:?} {:?} touches {:?} {:?}", a.words, a.bounds(), b.words, b.bounds());
        }
    }
}

/// The orders of a scene, and one that nobody knows.
pub(crate) fn keys(scene: &Scene) -> Vec<&str> {
    let records = scene.picture.partitions.values().flat_map(|p| p.records.values());
    let mut keys: Vec<&str> = records.filter_map(|r| r.appended.as_ref()?.key.as_deref()).collect();
    keys.push("A-7");
    keys.dedup();
    keys
}

#[test]
fn no_two_texts_touch_in_the_lanes() {
    for (name, scene) in scenes() {
        for layout in SHEETS.into_iter().chain([HAND]) {
            for selected in [None, Some(record(0)), Some(record(187))] {
                let drawing = lanes::draw(&view(&scene, selected.as_ref(), layout));
                check(&format!("{name}, {}, {selected:?}", layout.name()), &drawing);
            }
        }
    }
}

#[test]
fn no_two_texts_touch_in_any_story() {
    for (name, scene) in scenes() {
        for (key, layout) in keys(&scene)
            .into_iter()
            .flat_map(|key| SHEETS.into_iter().chain([Layout::List]).map(move |layout| (key, layout)))
        {
            let selected: Option<Selected> = None;
            let drawing = story::draw(&view(&scene, selected.as_ref(), layout), key);
            check(&format!("{name}, {key}, {}", layout.name()), &drawing);
        }
    }
}
