//! The sign that something will go wrong: what is armed on the wire and in the apps, beside the tracks.

use model::picture::Picture;

use super::{
    grid::{FIRST, Grid, LEFT, NAME, wrapped},
    pen::Pen,
};
use crate::{
    paint::{Ink, Shape, width},
    words::guards,
};

const ROOM: f64 = FIRST - LEFT - 14.0;

pub(super) fn draw(pen: &mut Pen, picture: &Picture, grid: &Grid<'_>, from: f64) {
    let armed = guards::armed(picture);
    let Some(first) = armed.iter().find(|a| a.reached).or(armed.first()) else { return };
    let (head, ink) = if first.reached { ("reached", Ink::Wrong) } else { ("armed", Ink::Open) };
    let (x, mut y) = (LEFT + 4.0, from);
    let triangle = [(x + 11.0, y - 18.0), (x + 22.0, y + 1.0), (x, y + 1.0)];
    pen.put(Shape::polygon(&triangle).stroke(ink, 2.5).round());
    pen.line((x + 11.0, y - 11.0), (x + 11.0, y - 4.5), ink, 2.5);
    let more = if armed.len() > 1 { format!("{head}, 1 of {}", armed.len()) } else { head.to_owned() };
    pen.put(Shape::text(x + 30.0, y, more, 20.0, 700).fill(ink));
    let lines = wrapped(&first.text, ROOM);
    let room = ((grid.layout.track() + NAME - 4.0 - y) / 21.0).floor().max(0.0) as usize;
    let all = lines.len();
    for (n, line) in lines.into_iter().take(room).enumerate() {
        y += 21.0;
        let line = if n + 1 == room && all > room { format!("{line} …") } else { line };
        pen.put(Shape::text(x, y, width::cut(&line, 17.0, 400, ROOM), 17.0, 400).fill(ink));
    }
}
