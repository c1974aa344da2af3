//! What stands on what can be seen in lanes and story: words at 4.5, graphics at 3.

use kafkascope_page::{lanes, stage::Layout, story};

use crate::{
    log::{record, view},
    ratio::{lines_can_be_seen, words_can_be_read},
    words::{keys, scenes},
};

#[test]
fn every_card_can_be_read() {
    let mut read = 0;
    for (name, scene) in scenes() {
        for selected in [None, Some(record(0)), Some(record(187))] {
            let drawing = lanes::draw(&view(&scene, selected.as_ref(), Layout::Wide));
            read += words_can_be_read(&name, &drawing.shapes);
            lines_can_be_seen(&name, &drawing.shapes);
        }
    }
    assert!(read > 2_000, "{read} words are too few to be all");
}

#[test]
fn every_story_can_be_read() {
    let mut read = 0;
    for (name, scene) in scenes() {
        for key in keys(&scene) {
            let drawing = story::draw(&view(&scene, None, Layout::Wide), key);
            read += words_can_be_read(&format!("{name}, {key}"), &drawing.shapes);
            lines_can_be_seen(&format!("{name}, {key}"), &drawing.shapes);
        }
    }
    assert!(read > 2_000, "{read} words are too few to be all");
}
