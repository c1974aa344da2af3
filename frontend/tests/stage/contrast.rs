//! What stands on what can be seen on every sheet: words at 4.5, graphics at 3.

use kafkascope_page::{
    paint::{Ink, Theme},
    stage::Layout,
};

use crate::{
    drawn_on,
    ratio::{lines_can_be_seen, words_can_be_read},
    words,
};

#[test]
fn every_word_can_be_read_on_what_lies_under_it() {
    let mut read = 0;
    for (name, scene) in words::scenes() {
        for layout in [Layout::Wide, Layout::Classic, Layout::Phone] {
            read += words_can_be_read(name, &drawn_on(layout, &scene).shapes);
        }
    }
    assert!(read > 2_000, "{read} words are too few to be all");
}

#[test]
fn every_line_that_means_something_can_be_seen_on_what_lies_beside_it() {
    for (name, scene) in words::scenes() {
        lines_can_be_seen(name, &drawn_on(Layout::Wide, &scene).shapes);
    }
}

#[test]
fn the_style_sheet_and_the_canvas_have_the_same_colours() {
    let sheet = include_str!("../../../static/style.css");
    for ink in Ink::ALL {
        let written = format!("--{}: light-dark({}, {});", ink.name(), Theme::Light.css(ink), Theme::Dark.css(ink));
        assert!(sheet.contains(&written), "static/style.css lacks {written}");
    }
}
