//! Contrast (WCAG 2.1) of what is drawn on what lies under it, in both themes, as it is really drawn.

use kafkascope_page::paint::{Form, Ink, Shape, Theme};

/// Red, green and blue, each 0 to 1.
type Colour = [f64; 3];

fn colour(theme: Theme, ink: Ink) -> Colour {
    let rgb = theme.rgb(ink);
    [16, 8, 0].map(|shift| f64::from((rgb >> shift) & 0xFF) / 255.0)
}

fn over(ground: Colour, above: Colour, alpha: f64) -> Colour {
    std::array::from_fn(|i| ground[i] + (above[i] - ground[i]) * alpha)
}

fn luminance(colour: Colour) -> f64 {
    let [r, g, b] = colour.map(|c| if c <= 0.039_28 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) });
    0.2126 * r + 0.7152 * g + 0.0722 * b
}

fn ratio(a: Colour, b: Colour) -> f64 {
    let (a, b) = (luminance(a), luminance(b));
    (a.max(b) + 0.05) / (a.min(b) + 0.05)
}

/// What lies at a point under everything in `below`: filled areas, one over the other.
fn ground(theme: Theme, below: &[Shape], (x, y): (f64, f64)) -> Colour {
    let covers = |shape: &&Shape| match &shape.form {
        Form::Rect { x: x0, y: y0, w, h, .. } => x >= *x0 && x < x0 + w && y >= *y0 && y < y0 + h,
        Form::Disc { x: x0, y: y0, r } => (x - x0).hypot(y - y0) <= *r,
        _ => false,
    };
    below
        .iter()
        .filter(covers)
        .filter_map(|s| s.fill)
        .fold(colour(theme, Ink::Page), |ground, fill| over(ground, colour(theme, fill.ink), fill.alpha))
}

/// Asserts that every word of a drawing has 4.5 on what lies under it; answers how many there are.
pub(crate) fn words_can_be_read(name: &str, shapes: &[Shape]) -> usize {
    let mut read = 0;
    for (place, shape) in shapes.iter().enumerate() {
        let (Form::Text(text), Some(fill)) = (&shape.form, shape.fill) else { continue };
        let (x0, y0, x1, y1) = text.bounds();
        for theme in [Theme::Dark, Theme::Light] {
            let ground = ground(theme, &shapes[..place], ((x0 + x1) / 2.0, (y0 + y1) / 2.0));
            let seen = ratio(over(ground, colour(theme, fill.ink), fill.alpha), ground);
            assert!(seen >= 4.5, "{name}, {theme:?}: {:?} has {seen:.2} on {ground:?}", text.words);
            read += 1;
        }
    }
    read
}

/// Asserts that every line that means something has 3 on what lies beside it.
pub(crate) fn lines_can_be_seen(name: &str, shapes: &[Shape]) {
    for (place, shape) in shapes.iter().enumerate() {
        let Some(line) = shape.line else { continue };
        // A rule is decoration; page, band and the ink of filled marks cut lines and marks out of each other; a faint
        // line carries what stands on it, and half a block is on its way into the window.
        if matches!(line.ink, Ink::Rule | Ink::Page | Ink::Band | Ink::OnFill) || line.alpha < 1.0 {
            continue;
        }
        let (x0, y0, x1, y1) = shape.bounds();
        // Beside the line, on the side it was drawn on.
        let beside = (x0 - 1.0, (y0 + y1) / 2.0);
        assert!(x1 >= x0);
        for theme in [Theme::Dark, Theme::Light] {
            let ground = ground(theme, &shapes[..place], beside);
            let seen = ratio(colour(theme, line.ink), ground);
            assert!(seen >= 3.0 || on_a_mark(&shapes[..place], beside), "{name}, {theme:?}: {shape:?} has {seen:.2}");
        }
    }
}

/// Whether a point lies on a filled mark: what is drawn there is told apart by its rim, not by its own colour.
fn on_a_mark(below: &[Shape], at: (f64, f64)) -> bool {
    let marks =
        |s: &&Shape| s.fill.is_some_and(|f| matches!(f.ink, Ink::Safe | Ink::Open | Ink::Wrong | Ink::Read | Ink::Tx));
    below.iter().filter(marks).any(|s| {
        let (x0, y0, x1, y1) = s.bounds();
        at.0 >= x0 && at.0 <= x1 && at.1 >= y0 && at.1 <= y1
    })
}
