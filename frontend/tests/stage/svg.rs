//! A drawing as SVG, to look at it without a browser's canvas.

use std::fmt::Write as _;

use kafkascope_page::paint::{Form, Ink, Shape, Step, Text, Theme, hatch_lines};

/// The drawing as an SVG document of the stage's size.
pub(crate) fn svg(shapes: &[Shape], theme: Theme) -> String {
    let mut out = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080" viewBox="0 0 1920 1080"><rect width="1920" height="1080" fill="{}"/>"#,
        theme.css(Ink::Page)
    );
    for (i, shape) in shapes.iter().enumerate() {
        element(&mut out, i, shape, theme);
    }
    out.push_str("</svg>");
    out
}

fn element(out: &mut String, i: usize, shape: &Shape, theme: Theme) {
    let look = look(shape, theme);
    let written = match &shape.form {
        Form::Rect { x, y, w, h, r } => {
            write!(out, r#"<rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}" {look}/>"#)
        }
        Form::Disc { x, y, r } => write!(out, r#"<circle cx="{x}" cy="{y}" r="{r}" {look}/>"#),
        Form::Path(steps) => write!(out, r#"<path d="{}" {look}/>"#, path(steps)),
        Form::Hatch { x, y, w, h, r, gap } => {
            let mut lines = String::new();
            for (x0, y0, x1, y1) in hatch_lines((*x, *y, *w, *h), *gap) {
                let _ = write!(lines, "M{x0} {y0}L{x1} {y1}");
            }
            write!(
                out,
                r#"<clipPath id="h{i}"><rect x="{x}" y="{y}" width="{w}" height="{h}" rx="{r}"/></clipPath><path clip-path="url(#h{i})" d="{lines}" {look}/>"#
            )
        }
        Form::Tail { x, y, tip_x, tip_y, half, .. } => {
            let fill = shape.fill.map_or(String::new(), |f| theme.css(f.ink));
            let (dx, dy) = (x - tip_x, y - tip_y);
            let l = dx.hypot(dy).max(1.0);
            let (px, py) = (-dy / l * half, dx / l * half);
            write!(
                out,
                r#"<linearGradient id="t{i}" gradientUnits="userSpaceOnUse" x1="{x}" y1="{y}" x2="{tip_x}" y2="{tip_y}"><stop offset="0" stop-color="{fill}" stop-opacity=".75"/><stop offset="1" stop-color="{fill}" stop-opacity="0"/></linearGradient><path d="M{} {}L{tip_x} {tip_y}L{} {}Z" fill="url(#t{i})"/>"#,
                x + px,
                y + py,
                x - px,
                y - py
            )
        }
        Form::Text(text) => write!(out, "{}", words(text, &look)),
    };
    drop(written);
}

fn words(text: &Text, look: &str) -> String {
    let anchor = match text.anchor {
        kafkascope_page::paint::Anchor::Start => "start",
        kafkascope_page::paint::Anchor::Middle => "middle",
        kafkascope_page::paint::Anchor::End => "end",
    };
    let escaped = text.words.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        r#"<text x="{}" y="{}" font-size="{}" font-weight="{}" text-anchor="{anchor}" {look}>{escaped}</text>"#,
        text.x, text.y, text.size, text.weight
    )
}

fn look(shape: &Shape, theme: Theme) -> String {
    let fill = shape.fill.map_or("none".to_owned(), |f| theme.css_alpha(f.ink, f.alpha));
    let mut look = format!(r#"fill="{fill}""#);
    if let Some(line) = shape.line {
        let _ = write!(look, r#" stroke="{}" stroke-width="{}""#, theme.css_alpha(line.ink, line.alpha), line.width);
        if line.dash != (0.0, 0.0) {
            let _ = write!(look, r#" stroke-dasharray="{} {}""#, line.dash.0, line.dash.1);
        }
        if line.round {
            look.push_str(r#" stroke-linecap="round" stroke-linejoin="round""#);
        }
    }
    look
}

fn path(steps: &[Step]) -> String {
    let mut d = String::new();
    for step in steps {
        let _ = match step {
            Step::Move(x, y) => write!(d, "M{x} {y}"),
            Step::Line(x, y) => write!(d, "L{x} {y}"),
            Step::Curve(cx, cy, x, y) => write!(d, "Q{cx} {cy} {x} {y}"),
            Step::Close => write!(d, "Z"),
        };
    }
    d
}
