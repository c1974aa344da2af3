//! The key to the story's shapes, on one line.

use crate::{
    paint::{Ink, Shape, width},
    stage::pen::Pen,
};

const GAP: f64 = 24.0;

/// A word, the room its shape takes, and how that is drawn from an x on.
type Entry<'a> = (&'a str, f64, &'a dyn Fn(f64) -> Vec<Shape>);

pub(super) fn draw(pen: &mut Pen, base: f64) {
    let y = base - 6.0;
    let entries: [Entry<'_>; 8] = [
        ("sent", 44.0, &|x| {
            vec![Shape::lines(&[(x, y), (x + 34.0, y)]).stroke(Ink::Open, 2.75), Shape::disc(x, y, 7.0).fill(Ink::Open)]
        }),
        ("stored, being copied", 36.0, &|x| {
            vec![Shape::rect(x, y - 11.0, 26.0, 22.0).corner(5.0).stroke(Ink::Open, 3.0)]
        }),
        ("committed, readable", 44.0, &|x| {
            let line = Shape::lines(&[(x, y), (x + 34.0, y)]).stroke(Ink::Safe, 5.0);
            vec![line, Shape::rect(x, y - 11.0, 12.0, 22.0).corner(3.0).fill(Ink::Safe)]
        }),
        ("acknowledged", 30.0, &|x| {
            let (x, tick) = (x + 10.0, [(5.0, y + 0.5), (8.5, y + 4.0), (15.0, y - 4.0)]);
            let tick = tick.map(|(dx, y)| (x - 10.0 + dx, y));
            vec![Shape::disc(x, y, 10.0).fill(Ink::Safe), Shape::lines(&tick).stroke(Ink::OnFill, 3.0).round()]
        }),
        ("read", 44.0, &|x| {
            let head = [(x + 24.0, y - 6.0), (x + 34.0, y), (x + 24.0, y + 6.0)];
            let line = Shape::lines(&[(x, y), (x + 34.0, y)]).stroke(Ink::Read, 2.75);
            vec![line, Shape::lines(&head).stroke(Ink::Read, 3.0).round()]
        }),
        ("worked on", 44.0, &|x| {
            vec![Shape::rect(x, y - 11.0, 34.0, 22.0).corner(5.0).fill(Ink::Plate).stroke(Ink::Edge, 2.5)]
        }),
        ("offset committed", 26.0, &|x| {
            vec![Shape::polygon(&[(x + 8.0, y - 8.0), (x + 16.0, y + 8.0), (x, y + 8.0)]).fill(Ink::Read)]
        }),
        ("happened again", 44.0, &|x| {
            let line = Shape::lines(&[(x, y), (x + 34.0, y)]);
            vec![line.clone().stroke(Ink::Wrong, 7.0), line.stroke(Ink::Page, 2.5)]
        }),
    ];
    let mut x = 72.0;
    for (word, room, shapes) in entries {
        shapes(x).into_iter().for_each(|shape| pen.put(shape));
        x += room;
        pen.put(Shape::text(x, base, word, 18.0, 400).fill(Ink::Text2));
        x += width::of(word, 18.0, 400) + GAP;
    }
}
