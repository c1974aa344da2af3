//! The painter: puts a display list on one opaque canvas, painting again only what changed of the still layer.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement};

use crate::{
    paint::{
        Anchor, Form, Ink, Line, Shape, Step, Text, Theme, bounded,
        change::{Area, Change, touches},
        hatch_lines,
    },
    stage::{Drawing, Layout},
};

/// The stage's font, as the style sheet names it.
const FAMILY: &str = r#""Atkinson Hyperlegible Next", system-ui, sans-serif"#;
/// More device pixels than this per stage pixel cannot be seen and cost time.
const MOST_SCALE: f64 = 2.0;
/// How strong a tail of one tint is.
const FLAT_TAIL: f64 = 0.35;

/// Paints drawings onto a canvas.
#[derive(Debug)]
pub struct Painter {
    front: Sheet,
    still: Sheet,
    /// What the still sheet shows.
    shown: Vec<Shape>,
    cuts: Vec<usize>,
    look: Option<(Theme, Layout, f64)>,
    /// Whether the stage's font was there when the still sheet was painted.
    has_font: bool,
    /// Whether the front shows anything but the still sheet.
    was_moving: bool,
}

impl Painter {
    /// A painter of this canvas; it takes the canvas' 2d context, without an alpha channel.
    pub fn new(canvas: HtmlCanvasElement) -> Self {
        let document = canvas.owner_document();
        let back = document.and_then(|d| d.create_element("canvas").ok()?.dyn_into().ok());
        Self {
            still: Sheet::of(back.unwrap_or_else(|| canvas.clone())),
            front: Sheet::of(canvas),
            shown: Vec::new(),
            cuts: Vec::new(),
            look: None,
            has_font: false,
            was_moving: false,
        }
    }

    /// Forgets what is on the canvas, so that the next drawing is painted whole.
    pub fn forget(&mut self) {
        self.look = None;
    }

    /// Paints a drawing; `scale` is device pixels a stage pixel (the canvas' width on screen in CSS pixels, times the
    /// device pixel ratio, over 1920). The canvas' own size is set here, its size on screen is the style sheet's.
    pub fn paint(&mut self, drawing: &Drawing, theme: Theme, scale: f64) {
        let scale = if scale.is_finite() { bounded(scale, 0.1, MOST_SCALE) } else { 1.0 };
        let change = self.change(drawing, theme, scale);
        if change == Change::None && !self.was_moving && drawing.moving().is_empty() {
            return;
        }
        self.still.paint_changed(drawing.still(), &change, theme, scale);
        if change != Change::None {
            self.shown = drawing.still().to_vec();
            self.cuts.clone_from(&drawing.cuts);
        }
        self.front.copy(&self.still);
        self.front.paint(drawing.moving(), theme, scale);
        self.was_moving = !drawing.moving().is_empty();
    }

    fn change(&mut self, drawing: &Drawing, theme: Theme, scale: f64) -> Change {
        let font_came = !self.has_font && self.front.has_font();
        let layout = drawing.layout;
        if self.look != Some((theme, layout, scale)) || font_came {
            self.has_font |= font_came;
            self.look = Some((theme, layout, scale));
            self.front.resize(layout, scale);
            self.still.resize(layout, scale);
            return Change::All;
        }
        Change::between((&self.shown, &self.cuts), (drawing.still(), &drawing.cuts), layout.size())
    }
}

/// Waits until the stage's font is there; without it words are drawn in the system's.
pub(crate) async fn font_is_there() {
    let fonts = web_sys::window().and_then(|w| w.document()).map(|d| d.fonts());
    if let Some(fonts) = fonts {
        wasm_bindgen_futures::JsFuture::from(fonts.load(&format!("600 20px {FAMILY}"))).await.ok();
    }
}

/// Paints what lies in `area` (left, top, width, height) of a drawing onto a canvas of its own, as large on the screen as
/// `scale` makes it.
pub(crate) fn paint_part(canvas: HtmlCanvasElement, drawing: &Drawing, area: [f64; 4], theme: Theme, scale: f64) {
    let [x, y, w, h] = area;
    let ratio = web_sys::window().map_or(1.0, |w| w.device_pixel_ratio());
    let pixels = bounded(scale * ratio, 0.1, MOST_SCALE);
    canvas.set_width((w * pixels).round() as u32);
    canvas.set_height((h * pixels).round() as u32);
    let whole = |length: f64| (length * scale).round() as u32;
    lenient(canvas.set_attribute("style", &format!("width:{}px;height:{}px", whole(w), whole(h))));
    let sheet = Sheet::of(canvas);
    let Some(context) = &sheet.context else { return };
    context.set_fill_style_str(&theme.css(Ink::Page));
    context.fill_rect(0.0, 0.0, w * pixels + 1.0, h * pixels + 1.0);
    sheet.paint_from((-x, -y), &drawing.shapes, theme, pixels);
}

/// A canvas and its context; without a context (the browser may refuse one) it stays as it is.
#[derive(Debug)]
struct Sheet {
    canvas: HtmlCanvasElement,
    context: Option<CanvasRenderingContext2d>,
}

/// The canvas only refuses numbers that are none and a context that was lost; the next frame tries again.
fn lenient<T>(result: Result<T, JsValue>) {
    drop(result);
}

impl Sheet {
    fn of(canvas: HtmlCanvasElement) -> Self {
        let options = Object::new();
        lenient(Reflect::set(&options, &"alpha".into(), &false.into()));
        let context = canvas.get_context_with_context_options("2d", &options).ok().flatten();
        Self { canvas, context: context.and_then(|c| c.dyn_into().ok()) }
    }

    fn resize(&self, layout: Layout, scale: f64) {
        let (w, h) = layout.size();
        let (w, h) = ((w * scale).round() as u32, (h * scale).round() as u32);
        // Setting a size empties the canvas, even to the same one.
        self.canvas.set_width(w);
        self.canvas.set_height(h);
    }

    fn has_font(&self) -> bool {
        let fonts = self.canvas.owner_document().map(|d| d.fonts());
        fonts.is_some_and(|f| f.check(&format!("600 20px {FAMILY}")).unwrap_or(false))
    }

    fn copy(&self, from: &Self) {
        let Some(context) = &self.context else { return };
        lenient(context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0));
        lenient(context.draw_image_with_html_canvas_element(&from.canvas, 0.0, 0.0));
    }

    fn paint_changed(&self, shapes: &[Shape], change: &Change, theme: Theme, scale: f64) {
        let Some(context) = &self.context else { return };
        lenient(context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0));
        context.set_fill_style_str(&theme.css(Ink::Page));
        match change {
            Change::None => {}
            Change::All => {
                context.fill_rect(0.0, 0.0, f64::from(self.canvas.width()), f64::from(self.canvas.height()));
                self.paint(shapes, theme, scale);
            }
            Change::Areas(areas) => {
                for area in areas {
                    self.paint_area(context, shapes, area, theme, scale);
                }
            }
        }
    }

    /// One rectangle at a time: a clip of several is smoothed by the browser, and slow.
    fn paint_area(&self, context: &CanvasRenderingContext2d, shapes: &[Shape], area: &Area, theme: Theme, scale: f64) {
        let (x, y, w, h) = on_pixels(area, scale);
        lenient(context.set_transform(1.0, 0.0, 0.0, 1.0, 0.0, 0.0));
        context.save();
        context.begin_path();
        context.rect(x, y, w, h);
        context.clip();
        context.set_fill_style_str(&theme.css(Ink::Page));
        context.fill_rect(x, y, w, h);
        self.paint(shapes.iter().filter(|s| touches(area, s)), theme, scale);
        context.restore();
    }

    fn paint<'a>(&self, shapes: impl IntoIterator<Item = &'a Shape>, theme: Theme, scale: f64) {
        self.paint_from((0.0, 0.0), shapes, theme, scale);
    }

    fn paint_from<'a>(
        &self,
        (x, y): (f64, f64),
        shapes: impl IntoIterator<Item = &'a Shape>,
        theme: Theme,
        scale: f64,
    ) {
        let Some(context) = &self.context else { return };
        lenient(context.set_transform(scale, 0.0, 0.0, scale, x * scale, y * scale));
        let mut brush = Brush::new(context, theme);
        for shape in shapes {
            brush.shape(shape);
        }
    }
}

/// An area on whole device pixels, so that no seam is seen where the clip ends.
fn on_pixels((x0, y0, x1, y1): &Area, scale: f64) -> (f64, f64, f64, f64) {
    let (x, y) = ((x0 * scale).floor(), (y0 * scale).floor());
    (x, y, (x1 * scale).ceil() - x, (y1 * scale).ceil() - y)
}

/// Draws shapes; remembers what it set, since crossing to the browser is what costs.
struct Brush<'a> {
    context: &'a CanvasRenderingContext2d,
    theme: Theme,
    fill: Option<(Ink, f64)>,
    line: Option<Line>,
    font: (f64, u16),
}

impl<'a> Brush<'a> {
    fn new(context: &'a CanvasRenderingContext2d, theme: Theme) -> Self {
        Self { context, theme, fill: None, line: None, font: (0.0, 0) }
    }

    fn shape(&mut self, shape: &Shape) {
        match &shape.form {
            Form::Text(text) => return self.text(shape, text),
            Form::Tail { .. } => return self.tail(shape),
            Form::Hatch { x, y, w, h, r, gap } => return self.hatch(shape, (*x, *y, *w, *h), *r, *gap),
            Form::Rect { .. } | Form::Disc { .. } | Form::Path(_) => {}
        }
        self.context.begin_path();
        self.trace(&shape.form);
        if let Some(fill) = shape.fill {
            self.set_fill(fill.ink, fill.alpha);
            self.context.fill();
        }
        if let Some(line) = shape.line {
            self.set_line(line);
            self.context.stroke();
        }
    }

    fn trace(&self, form: &Form) {
        let context = self.context;
        match form {
            Form::Rect { x, y, w, h, r } if *r > 0.0 => lenient(context.round_rect_with_f64(*x, *y, *w, *h, *r)),
            Form::Rect { x, y, w, h, .. } => context.rect(*x, *y, *w, *h),
            Form::Disc { x, y, r } => lenient(context.arc(*x, *y, *r, 0.0, std::f64::consts::TAU)),
            Form::Path(steps) => {
                for step in steps {
                    match *step {
                        Step::Move(x, y) => context.move_to(x, y),
                        Step::Line(x, y) => context.line_to(x, y),
                        Step::Curve(cx, cy, x, y) => context.quadratic_curve_to(cx, cy, x, y),
                        Step::Close => context.close_path(),
                    }
                }
            }
            Form::Hatch { .. } | Form::Tail { .. } | Form::Text(_) => {}
        }
    }

    fn text(&mut self, shape: &Shape, text: &Text) {
        let Some(fill) = shape.fill else { return };
        self.set_fill(fill.ink, fill.alpha);
        if self.font != (text.size, text.weight) {
            self.font = (text.size, text.weight);
            // Tenths by hand: formatting a float would bring ten kilobytes of program.
            let tenths = (text.size * 10.0).round() as u32;
            self.context.set_font(&format!("{} {}.{}px {FAMILY}", text.weight, tenths / 10, tenths % 10));
        }
        self.context.set_text_align(match text.anchor {
            Anchor::Start => "left",
            Anchor::Middle => "center",
            Anchor::End => "right",
        });
        lenient(self.context.fill_text(&text.words, text.x, text.y));
    }

    fn hatch(&mut self, shape: &Shape, area: (f64, f64, f64, f64), r: f64, gap: f64) {
        let Some(line) = shape.line else { return };
        let context = self.context;
        context.save();
        context.begin_path();
        lenient(context.round_rect_with_f64(area.0, area.1, area.2, area.3, r));
        context.clip();
        self.set_line(line);
        context.begin_path();
        for (x0, y0, x1, y1) in hatch_lines(area, gap) {
            context.move_to(x0, y0);
            context.line_to(x1, y1);
        }
        context.stroke();
        context.restore();
        // What was set inside is gone with the clip.
        self.line = None;
    }

    fn tail(&mut self, shape: &Shape) {
        let (Form::Tail { x, y, tip_x, tip_y, half, flat }, Some(fill)) = (&shape.form, shape.fill) else { return };
        let context = self.context;
        if *flat {
            // Everything travels straight up, down or sideways: a plain rectangle is the cheapest tail there is.
            self.set_fill(fill.ink, FLAT_TAIL);
            let thin = half * 0.7;
            let (left, top) = (x.min(*tip_x), y.min(*tip_y));
            let (w, h) = ((x - tip_x).abs(), (y - tip_y).abs());
            let (left, w) = if w < thin { (x - thin, 2.0 * thin) } else { (left, w) };
            let (top, h) = if h < thin { (y - thin, 2.0 * thin) } else { (top, h) };
            context.fill_rect(left, top, w, h);
            return;
        }
        let (dx, dy) = (x - tip_x, y - tip_y);
        let len = dx.hypot(dy).max(1.0);
        let (px, py) = (-dy / len * half, dx / len * half);
        context.begin_path();
        context.move_to(x + px, y + py);
        context.line_to(*tip_x, *tip_y);
        context.line_to(x - px, y - py);
        let gradient = context.create_linear_gradient(*x, *y, *tip_x, *tip_y);
        lenient(gradient.add_color_stop(0.0, &self.theme.css_alpha(fill.ink, 0.75)));
        lenient(gradient.add_color_stop(1.0, &self.theme.css_alpha(fill.ink, 0.0)));
        context.set_fill_style_canvas_gradient(&gradient);
        self.fill = None;
        context.fill();
    }

    fn set_fill(&mut self, ink: Ink, alpha: f64) {
        if self.fill != Some((ink, alpha)) {
            self.fill = Some((ink, alpha));
            self.context.set_fill_style_str(&self.theme.css_alpha(ink, alpha));
        }
    }

    fn set_line(&mut self, line: Line) {
        if self.line == Some(line) {
            return;
        }
        let before = self.line.replace(line);
        self.context.set_stroke_style_str(&self.theme.css_alpha(line.ink, line.alpha));
        self.context.set_line_width(line.width);
        if before.is_none_or(|b| b.dash != line.dash) {
            let dash = Array::new();
            if line.dash != (0.0, 0.0) {
                dash.push(&line.dash.0.into());
                dash.push(&line.dash.1.into());
            }
            lenient(self.context.set_line_dash(&dash));
        }
        if before.is_none_or(|b| b.round != line.round) {
            self.context.set_line_cap(if line.round { "round" } else { "butt" });
            self.context.set_line_join(if line.round { "round" } else { "miter" });
        }
    }
}
