//! The key: shape and word of what one sees most, on one line.

use super::{
    grid::{FIRST, Grid, KEY},
    layout::Layout,
    pen::Pen,
};
use crate::paint::{Ink, Shape, width};

/// Room between a word and the next shape.
const GAP: f64 = 22.0;

/// A word, the room its shape takes, and how that is drawn from an x on.
type Entry<'a> = (&'a str, f64, &'a dyn Fn(&mut Pen, f64));

pub(super) fn draw(pen: &mut Pen, grid: &Grid<'_>) {
    // Where the columns begin, unless there is no room for all of it.
    let mut x = if grid.layout == Layout::Wide { FIRST } else { grid.layout.left() };
    let base = grid.layout.track() + KEY;
    let y = base - 6.0;
    let entries: [Entry<'_>; 11] = [
        ("moving", 46.0, &|pen, x| {
            pen.put(Shape::tail((x + 30.0, y), (x, y), 6.0, false).fill(Ink::Open));
            pen.put(Shape::disc(x + 30.0, y, 7.0).fill(Ink::Open));
        }),
        ("read", 24.0, &|pen, x| {
            pen.put(Shape::polygon(&[(x, y - 9.0), (x + 17.0, y - 9.0), (x + 8.5, y + 7.0)]).fill(Ink::Read));
        }),
        ("stored, not safe yet", 22.0, &|pen, x| {
            pen.put(Shape::rect(x + 1.25, y - 9.75, 9.5, 19.5).corner(4.0).stroke(Ink::Open, 2.5));
        }),
        ("committed", 22.0, &|pen, x| pen.put(Shape::rect(x, y - 11.0, 12.0, 22.0).corner(4.0).fill(Ink::Safe))),
        ("acknowledged", 22.0, &|pen, x| {
            pen.put(Shape::rect(x, y - 7.0, 12.0, 18.0).corner(4.0).fill(Ink::Safe));
            pen.put(Shape::rect(x, y - 13.0, 12.0, 4.0).corner(1.5).fill(Ink::Safe));
        }),
        ("high watermark", 24.0, &|pen, x| {
            pen.line((x, y - 14.0), (x, y + 12.0), Ink::Text, 3.0);
            pen.put(Shape::polygon(&[(x, y - 8.0), (x + 16.0, y), (x, y + 8.0)]).fill(Ink::Text));
        }),
        ("leader", 30.0, &|pen, x| pen.put(Shape::diamond(x + 11.0, y, 12.0).fill(Ink::Text))),
        ("in sync", 24.0, &|pen, x| {
            pen.line((x + 7.0, y - 14.0), (x + 7.0, y + 14.0), Ink::Text2, 3.5);
            pen.put(Shape::disc(x + 7.0, y, 7.0).fill(Ink::Page).stroke(Ink::Text2, 3.5));
        }),
        ("group: committed", 28.0, &|pen, x| pen.put(caret(x, y).fill(Ink::Read))),
        ("position", 28.0, &|pen, x| pen.put(caret(x, y).stroke(Ink::Read, 2.5).round())),
        ("lag", 40.0, &|pen, x| {
            pen.put(Shape::rect(x, y - 7.0, 30.0, 14.0).tint(Ink::Read, 0.28).stroke(Ink::Read, 2.0));
        }),
    ];
    for (word, room, shape) in entries {
        shape(pen, x);
        x += room;
        pen.put(Shape::text(x, base, word, 18.0, 400).fill(Ink::Text2));
        x += width::of(word, 18.0, 400) + GAP;
    }
}

fn caret(x: f64, y: f64) -> Shape {
    Shape::polygon(&[(x + 9.0, y - 10.0), (x + 18.0, y + 8.0), (x, y + 8.0)])
}
