//! A drawing as SVG, to look at it without a browser's canvas.

use kafkascope_page::{
    paint::{Anchor, Form, Ink, Shape, Step, Text, Theme, hatch_lines},
    stage::Drawing,
    states::State,
};

/// The drawing as an SVG document of its sheet's size.
pub(crate) fn svg(drawing: &Drawing, theme: Theme) -> String {
    let (w, h) = drawing.layout.size();
    let elements: String = drawing.shapes.iter().enumerate().map(|(i, shape)| element(i, shape, theme)).collect();
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}"><rect width="{w}" height="{h}" fill="{}"/>{elements}</svg>"#,
        theme.css(Ink::Page)
    )
}

/// The sheet of states as an SVG document, four columns wide.
pub(crate) fn sheet(states: &[State], theme: Theme) -> String {
    let (mut x, mut y, mut body) = (20.0, 20.0, String::new());
    for (n, state) in states.iter().enumerate() {
        let [left, top, w, h] = state.area;
        if y + h * 0.75 > 1400.0 {
            (x, y) = (x + 480.0, 20.0);
        }
        let elements: String =
            state.drawing.shapes.iter().enumerate().map(|(i, s)| element(n * 10_000 + i, s, theme)).collect();
        let text = |dy: f64, size: f64, words: &str| {
            let shape = Shape::text(0.0, 0.0, "", 1.0, 400).fill(Ink::Text);
            let text = Text { x, y: y + h * 0.75 + dy, words: words.into(), size, weight: 600, anchor: Anchor::Start };
            self::words(&text, &look(&shape, theme))
        };
        body += &format!(
            r#"<svg x="{x}" y="{y}" width="{}" height="{}" viewBox="{left} {top} {w} {h}">{elements}</svg>{}{}"#,
            w * 0.75,
            h * 0.75,
            text(18.0, 17.0, &state.word),
            text(33.0, 12.0, &state.says),
        );
        y += h * 0.75 + 46.0;
    }
    let page = theme.css(Ink::Page);
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="{0}" height="1440" viewBox="0 0 {0} 1440" font-family="'Atkinson Hyperlegible Next'"><rect width="100%" height="100%" fill="{page}"/>{body}</svg>"#,
        x + 480.0
    )
}

fn element(i: usize, shape: &Shape, theme: Theme) -> String {
    let look = look(shape, theme);
    match &shape.form {
        Form::Rect { x, y, w, h, r } => {
            format!(r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" {look}/>"#)
        }
        Form::Disc { x, y, r } => format!(r#"<circle cx="{x}" cy="{y}" r="{r}" {look}/>"#),
        Form::Path(steps) => format!(r#"<path d="{}" {look}/>"#, path(steps)),
        Form::Hatch { x, y, w, h, r, gap } => {
            let lines = hatch_lines((*x, *y, *w, *h), *gap).into_iter();
            let lines: String = lines.map(|(x0, y0, x1, y1)| format!("M{x0} {y0}L{x1} {y1}")).collect();
            format!(
                r#"<clipPath id="h{i}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/></clipPath><path clip-path="url(#h{i})" d="{lines}" {look}/>"#
            )
        }
        Form::Tail { x, y, tip_x, tip_y, half, .. } => {
            let fill = shape.fill.map_or(String::new(), |f| theme.css(f.ink));
            let (dx, dy) = (x - tip_x, y - tip_y);
            let len = dx.hypot(dy).max(1.0);
            let (px, py) = (-dy / len * half, dx / len * half);
            let outline = format!("M{} {}L{tip_x} {tip_y}L{} {}Z", x + px, y + py, x - px, y - py);
            format!(
                r#"<linearGradient id="t{i}" gradientUnits="userSpaceOnUse" x1="{x}" y1="{y}" x2="{tip_x}" y2="{tip_y}"><stop offset="0" stop-color="{fill}" stop-opacity=".75"/><stop offset="1" stop-color="{fill}" stop-opacity="0"/></linearGradient><path d="{outline}" fill="url(#t{i})"/>"#
            )
        }
        Form::Text(text) => words(text, &look),
    }
}

fn words(text: &Text, look: &str) -> String {
    let anchor = match text.anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    };
    let escaped = text.words.replace('&', "&amp;").replace('<', "&lt;");
    let Text { x, y, size, weight, .. } = text;
    format!(
        r#"<text x="{x}" y="{y}" font-size="{size}" font-weight="{weight}" text-anchor="{anchor}" {look}>{escaped}</text>"#
    )
}

fn look(shape: &Shape, theme: Theme) -> String {
    let fill = shape.fill.map_or("none".to_owned(), |f| theme.css_alpha(f.ink, f.alpha));
    let line = shape.line.map_or(String::new(), |line| {
        let colour = theme.css_alpha(line.ink, line.alpha);
        let (dash, gap) = line.dash;
        let dash = if dash > 0.0 { format!(r#"stroke-dasharray="{dash} {gap}""#) } else { String::new() };
        let round = if line.round { r#"stroke-linecap="round" stroke-linejoin="round""# } else { "" };
        format!(r#"stroke="{colour}" stroke-width="{}" {dash} {round}"#, line.width)
    });
    format!(r#"fill="{fill}" {line}"#)
}

fn path(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Move(x, y) => format!("M{x} {y}"),
        Step::Line(x, y) => format!("L{x} {y}"),
        Step::Curve(cx, cy, x, y) => format!("Q{cx} {cy} {x} {y}"),
        Step::Close => "Z".to_owned(),
    };
    steps.iter().map(step).collect()
}
