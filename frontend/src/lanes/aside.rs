//! Right of the lanes, while the inspector is not there: what the shapes mean, and what is not shown.

use super::{bottom, choice::Choice, right, top};
use crate::{
    paint::{Ink, Shape},
    stage::{Selected, View, pen::Pen},
};

const PITCH: f64 = 46.0;

/// A word and how its shape is drawn around (x, y).
type Entry<'a> = (&'a str, &'a dyn Fn(f64, f64) -> Vec<Shape>);

pub(super) fn draw(pen: &mut Pen, view: &View<'_>, choice: &Choice<'_>) {
    let (x, top) = (right(view.layout) + 12.0, top(view.layout));
    pen.line((x, top + 4.0), (x, bottom(view.layout)), Ink::Rule, 2.0);
    let (x, words) = (x + 24.0, x + 112.0);
    if view.selected.is_some() {
        return;
    }
    let card = |x: f64, y: f64| Shape::rect(x - 26.0, y - 14.0, 52.0, 28.0).corner(6.0);
    let entries: [Entry<'_>; 12] = [
        ("committed", &|x, y| vec![card(x, y).fill(Ink::Safe)]),
        ("stored, not safe yet", &|x, y| vec![card(x, y).stroke(Ink::Open, 3.0)]),
        ("acknowledged", &|x, y| {
            let lid = Shape::rect(x - 26.0, y - 16.0, 52.0, 4.0).corner(1.5).fill(Ink::Safe);
            vec![Shape::rect(x - 26.0, y - 8.0, 52.0, 22.0).corner(6.0).fill(Ink::Safe), lid]
        }),
        ("same bytes, two offsets", &|x, y| {
            let rim = Shape::rect(x - 22.0, y - 10.0, 44.0, 20.0).corner(4.0).stroke(Ink::OnFill, 1.5);
            vec![card(x, y).fill(Ink::Wrong), rim]
        }),
        ("in an open transaction", &|x, y| vec![card(x, y).stroke(Ink::Tx, 3.0)]),
        ("aborted", &|x, y| {
            let struck = Shape::lines(&[(x - 20.0, y + 9.0), (x + 20.0, y - 9.0)]).stroke(Ink::Wrong, 3.0);
            vec![card(x, y).stroke(Ink::Text3, 2.0).dashed(4.0, 3.0), struck]
        }),
        ("commit marker", &|x, y| vec![Shape::diamond(x, y, 15.0).fill(Ink::Tx)]),
        ("abort marker", &|x, y| {
            vec![Shape::diamond(x, y, 15.0).stroke(Ink::Wrong, 3.0), Shape::cross(x, y, 4.0).stroke(Ink::Wrong, 3.0)]
        }),
        ("last stable offset (LSO)", &|x, y| {
            vec![Shape::lines(&[(x, y - 16.0), (x, y + 16.0)]).stroke(Ink::Tx, 3.0).dashed(7.0, 5.0)]
        }),
        ("group: committed offset", &|x, y| vec![caret(x, y).fill(Ink::Read)]),
        ("group: position", &|x, y| vec![caret(x, y).stroke(Ink::Read, 2.5).round()]),
        ("lag, as a length", &|x, y| {
            vec![Shape::rect(x - 26.0, y - 7.0, 52.0, 14.0).tint(Ink::Read, 0.28).stroke(Ink::Read, 2.0)]
        }),
    ];
    for (i, (word, shapes)) in entries.iter().enumerate() {
        let y = top + 40.0 + i as f64 * PITCH;
        shapes(x + 38.0, y).into_iter().for_each(|shape| pen.put(shape));
        pen.put(Shape::text(words, y + 7.0, *word, 20.0, 400).fill(Ink::Text2));
    }
    let y = top + 40.0 + 12.4 * PITCH;
    pen.put(Shape::text(x, y, "Click a record to see all that is known of it.", 19.0, 400).fill(Ink::Text2));
    let (shown, all) = (choice.lanes.len(), choice.all.len());
    if shown < all {
        let said = format!("{shown} of {all} partitions shown. Choose others with I.");
        pen.target((x - 4.0, y + 8.0, 480.0, 32.0), Selected::Rest, said.clone());
        pen.put(Shape::text(x, y + 30.0, said, 19.0, 400).fill(Ink::Text2));
    }
}

fn caret(x: f64, y: f64) -> Shape {
    Shape::polygon(&[(x, y - 9.0), (x + 9.0, y + 9.0), (x - 9.0, y + 9.0)])
}
