//! Writes the stage's pictures and the sheet of states as SVG into the folder named on the command line, to look at them beside the design.

#[path = "../../tests/stage/scenario.rs"]
mod scenario;
mod svg;

use kafkascope_page::{
    paint::Theme,
    stage::{Layout, View, draw},
    states::State,
};
use scenario::Scene;

fn main() -> std::io::Result<()> {
    let folder = std::env::args().nth(1).unwrap_or_else(|| ".".to_owned());
    for (name, scene) in scenes() {
        for layout in [Layout::Wide, Layout::Classic, Layout::Phone] {
            let drawing = draw(&view(&scene, layout));
            for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
                let file = format!("{folder}/{name}-{}-{word}.svg", layout.name());
                #[expect(clippy::disallowed_methods, reason = "a native tool, not the page")]
                std::fs::write(file, svg::svg(&drawing, theme))?;
            }
        }
    }
    let file = std::fs::read_to_string("static/states.ndjson")?;
    let states = State::all(&file).map_err(std::io::Error::other)?;
    for (theme, word) in [(Theme::Dark, "dark"), (Theme::Light, "light")] {
        #[expect(clippy::disallowed_methods, reason = "a native tool, not the page")]
        std::fs::write(format!("{folder}/sheet-{word}.svg"), svg::sheet(&states, theme))?;
    }
    Ok(())
}

fn view(scene: &Scene, layout: Layout) -> View<'_> {
    let Scene { picture, now, hops } = scene;
    View {
        picture,
        now: *now,
        hops,
        fresh: &[],
        named: (&[], u64::MAX),
        selected: None,
        proof: &[],
        hover: None,
        points: true,
        still: false,
        shows_key: true,
        layout,
        silent_micros: 0,
        chosen: None,
    }
}

fn scenes() -> Vec<(&'static str, Scene)> {
    vec![
        ("calm", scenario::calm()),
        ("leaderless", scenario::leaderless()),
        ("killed", scenario::killed()),
        ("states", scenario::states()),
        ("empty", Scene::new(&scenario::shop(), 10_000, Vec::new())),
        ("external-1", scenario::external(1, &[("clicks", 1)])),
        ("external-5", scenario::external(5, &[("clicks", 4), ("payments.dead-letter", 4)])),
        ("external-48", scenario::external(9, &[("clicks", 40), ("views", 8)])),
    ]
}
