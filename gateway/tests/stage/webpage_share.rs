//! What is given away and taken in: links that open at their moment, the share dialog, markers, and files that
//! are dropped on the page.

use std::path::PathBuf;

use model::{
    fact::{Event, Fact, MarkerKind},
    ids::Micros,
    recording::{Mark, PieceInfo, Recording, Writer},
};

use crate::{
    browser::{Browser, PATIENCE, testid},
    harness::alone,
    process::{Running, folder, run},
    walk::SAMPLE,
};

const ENTER: &str = "\u{e007}";
const ESCAPE: &str = "\u{e00c}";
const TAB: &str = "\u{e004}";

/// Drops what an address has on the page, as a person would from a folder.
const DROP: &str = r#"
    const [address, name, done] = arguments;
    fetch(address).then((answer) => answer.arrayBuffer()).then((bytes) => {
        const held = new DataTransfer();
        held.items.add(new File([bytes], name));
        window.dispatchEvent(new DragEvent("drop", { dataTransfer: held, bubbles: true, cancelable: true }));
        done(bytes.byteLength);
    });
"#;

/// Chapters that the sample gets, and when they begin.
const CHAPTERS: [(&str, u64); 3] = [("Calm", 5_000_000), ("A broker dies", 20_000_000), ("All is well", 40_000_000)];

/// The sample with chapters in it.
fn with_chapters(name: &str) -> PathBuf {
    let sample = Recording::open(std::fs::read(SAMPLE).expect("the sample"), None).expect("it opens");
    let mut facts = sample.all_facts();
    let (mut writer, mut bytes) = Writer::begin(&sample.header);
    for (label, at) in CHAPTERS {
        let (label, marker, at) = (label.to_owned(), MarkerKind::Chapter, Micros(at));
        writer.mark(Mark { at, label: label.clone(), marker, ..Mark::default() });
        let place = facts.partition_point(|f| f.at <= at);
        facts.insert(place, Fact { seq: 0, at, event: Event::Marker { label, marker } });
    }
    let mut lines = String::from("{\"keyframe\":[],\"seq\":0,\"at\":0}\n");
    for (n, fact) in facts.iter_mut().enumerate() {
        fact.seq = n as u64 + 1;
        lines += &(fact.to_json() + "\n");
    }
    let info = PieceInfo { end: sample.end(), facts: facts.len() as u64, ..PieceInfo::default() };
    bytes.extend(writer.seal(info, &lines));
    bytes.extend(writer.finish());
    let file = folder(name).join("talk.kscope");
    std::fs::write(&file, bytes).expect("it is written");
    file
}

/// A replay of it, and its page.
struct Film {
    page: Browser,
    url: String,
    /// Its address with the token that markers need.
    token: String,
    _program: Running,
}

impl Film {
    async fn open(name: &str) -> Self {
        let file = with_chapters(name).display().to_string();
        let program = Running::start(["replay", &file, "--listen", "127.0.0.1:0"], &[]).await;
        let url = program.line("Replay:", PATIENCE).await;
        let token = program.line("Markers:", PATIENCE).await;
        let page = Browser::open(&format!("{name}-profile")).await;
        page.look_like((1920, 1080), &[]).await;
        Self { page, url, token, _program: program }
    }

    async fn time(&self) -> f64 {
        self.page.script("return window.kafkascope.time()").await.as_f64().expect("a time")
    }

    async fn is(&self, code: &str) {
        self.page.until_true(code, &format!("return Boolean({code})")).await;
    }

    async fn close(self) {
        self.page.close().await;
    }
}

fn there(id: &str) -> String {
    format!("document.querySelector('{}')", testid(id))
}

#[test]
fn a_link_opens_at_its_moment_and_the_address_bar_follows_on_pause() {
    run(async {
        let _machine = alone().await;
        let film = Film::open("share-links").await;
        film.page.play(&format!("{}/#t=24.5s&speed=0.1&sel=broker-2&paused&colour=blue", film.url)).await;
        film.is("window.kafkascope.time() === 24500").await;
        film.is("document.querySelector('[data-testid=speed-1-10]').classList.contains('on')").await;
        film.is(&format!("{}.textContent.includes('roker 2')", there("inspector"))).await;

        // Somebody goes elsewhere: the address says where, and keeps what it does not know.
        film.page.script("window.kafkascope.seek(30250); return 0").await;
        film.is("location.hash === '#t=00:30.25&speed=0.1&sel=broker-2&paused&colour=blue'").await;
        // While it plays the address stands.
        film.page.click("player-play").await;
        film.is("window.kafkascope.time() > 30300").await;
        assert_eq!(film.page.script("return location.hash.startsWith('#t=00:30.25')").await, true);
        // A link that is followed within the page is obeyed too, and a range comes again and again.
        film.page.script("location.hash = '#r=20,21&speed=16'; return 0").await;
        film.is("document.querySelector('.range')").await;
        for _ in 0..20 {
            let time = film.time().await;
            assert!((20_000.0..21_000.0).contains(&time), "{time} is not in the range");
        }
        film.close().await;
    });
}

#[test]
fn a_press_on_the_axis_goes_where_it_points_and_dragging_scrubs() {
    run(async {
        let _machine = alone().await;
        let film = Film::open("share-axis").await;
        film.page.play(&format!("{}/#t=20&paused", film.url)).await;
        film.is("document.querySelectorAll('.chapter').length >= 3").await;
        let press = |kind: &str, part: f64| {
            format!(
                "const axis = {}; const box = axis.getBoundingClientRect(); axis.dispatchEvent(new PointerEvent('{kind}', \
                 {{ bubbles: true, button: 0, pointerId: 1, clientX: box.left + box.width * {part}, clientY: box.top + 50 }})); \
                 return 0",
                there("timeline")
            )
        };
        let playhead = "parseFloat(document.querySelector('[data-testid=playhead]').style.left)";
        for part in [0.25, 0.6, 0.9] {
            film.page.script(&press("pointerdown", part)).await;
            film.page.script(&press("pointerup", part)).await;
            film.is(&format!("Math.abs({playhead} - {}) < 0.1", part * 100.0)).await;
        }
        film.page.script(&press("pointermove", 0.5)).await;
        film.is(&format!("{}?.textContent.length > 20", there("peek"))).await;
        film.page.script(&press("pointerdown", 0.5)).await;
        for part in [0.52, 0.54, 0.56] {
            film.page.script(&press("pointermove", part)).await;
            film.is(&format!("Math.abs({playhead} - {}) < 0.1", part * 100.0)).await;
        }
        film.page.script(&press("pointerup", 0.56)).await;
        film.close().await;
    });
}

#[test]
fn the_share_dialog_gives_link_code_and_files_and_says_what_is_inside() {
    run(async {
        let _machine = alone().await;
        let film = Film::open("share-dialog").await;
        film.page.play(&format!("{}/#t=24.5&paused", film.url)).await;
        film.page.script("document.querySelector('[data-testid=player-share]').focus(); return 0").await;
        film.page.press("s").await;
        film.is(&there("share")).await;
        let link = format!("{}.value", there("share-link"));
        film.is(&format!("{link}.includes('/?rec=talk.kscope#t=00:24.5')")).await;
        film.is(&format!("{}.querySelector('path').getAttribute('d').length > 500", there("share-code"))).await;
        let inside = film.page.text("share-inside").await;
        assert!(inside.contains("topics") && inside.contains("256 bytes of each value"), "{inside}");
        film.page.until_text("share-html", "its size", |text| text.ends_with("KB") || text.ends_with("MB")).await;
        film.page.until_text("share-file", "its size", |text| text.ends_with("KB")).await;

        film.page.click("share-chapter").await;
        film.is(&format!("{link}.includes('&ch=')")).await;
        film.is(&format!("{}.href.includes('.kscope?chapter=')", there("share-file"))).await;
        film.page.click("share-range").await;
        film.is(&format!("{link}.includes('#t=00:24.5&r=')")).await;
        film.page.click("share-start").await;
        film.is(&format!("!{link}.includes('t=')")).await;

        // On this machine's own address nobody else can open it, and that is said.
        film.page.click("share-copy").await;
        film.page
            .until_text("share-said", "that it opens only here", |text| {
                text.contains("only on this machine") || text.contains("press Ctrl and C")
            })
            .await;

        // The keyboard stays inside, Esc closes, and it returns to where it was.
        // WebDriver takes keys on a file's field for the name of a file.
        let on_file = "document.activeElement.type === 'file'";
        while film.page.script(&format!("return {on_file}")).await == false {
            film.page.press(TAB).await;
            assert_eq!(film.page.script("return Boolean(document.activeElement.closest('.share'))").await, true);
        }
        film.page.script("document.querySelector('[data-testid=share-close]').focus(); return 0").await;
        film.page.press("\u{e008}\u{e004}").await;
        film.is(on_file).await;
        film.page.script("document.querySelector('[data-testid=share-close]').focus(); return 0").await;
        film.page.press(ESCAPE).await;
        film.is(&format!("!{}", there("share"))).await;
        film.is("document.activeElement.dataset.testid === 'player-share'").await;
        film.close().await;
    });
}

#[test]
fn a_marker_is_written_read_when_it_is_played_over_and_taken_away() {
    run(async {
        let _machine = alone().await;
        let film = Film::open("share-markers").await;
        film.page.play(&film.token.replace("/#", "/#t=20&paused&")).await;
        film.is("window.kafkascope.time() === 20000").await;
        film.page.press("m").await;
        film.is(&format!("document.activeElement === {}", there("note-text"))).await;
        film.page.press("Look at broker 2").await;
        film.page.press(ENTER).await;
        film.is("document.querySelector('.tick.note')").await;
        film.page.until_text("caption", "what was written", |text| text.contains("Look at broker 2")).await;

        // It is kept beside the recording, so another page has it too; and it can be written anew and removed.
        film.page.play(&format!("{}/#t=10&paused", film.url)).await;
        film.is("document.querySelector('.tick.note')").await;
        film.page.play(&film.token.replace("/#", "/#t=10&paused&")).await;
        film.is("document.querySelector('.tick.note')").await;
        film.page.script("document.querySelector('.tick.note').click(); return 0").await;
        film.is("window.kafkascope.time() === 20000").await;
        film.page.click("note-remove").await;
        film.is("!document.querySelector('.tick.note')").await;
        film.page.press("m").await;
        film.is(&there("notes")).await;
        film.page.press("never mind").await;
        film.page.press(ESCAPE).await;
        film.is(&format!("!{}", there("notes"))).await;
        film.page.play(&format!("{}/#t=10&paused", film.url)).await;
        film.is("document.querySelectorAll('.chapter').length >= 3").await;
        assert_eq!(film.page.script("return document.querySelectorAll('.tick.note').length").await, 0);
        film.close().await;
    });
}

#[test]
fn what_is_dropped_on_the_page_is_opened() {
    run(async {
        let _machine = alone().await;
        let film = Film::open("share-drop").await;
        for (path, name) in [
            ("/api/recordings/talk.kscope?from=20&to=40", "part.kscope"),
            ("/api/recordings/talk.html?from=30&to=50", "part.html"),
        ] {
            film.page.play(&format!("{}/#t=20&paused", film.url)).await;
            let arguments = vec![path.into(), name.into()];
            film.page.client.execute_async(DROP, arguments).await.expect("it is dropped");
            let begins = if name.ends_with("html") { 20_000 } else { 10_000 };
            film.is(&format!(
                "{}.textContent.startsWith('of 00:') && window.kafkascope.time() > {begins}",
                "document.querySelector('.tp span + span, .tp .time + span')"
            ))
            .await;
            film.page.press("s").await;
            film.page
                .until_text("share-file", "that it is saved from here", |text| text.starts_with("Save recording"))
                .await;
            film.is(&format!("!{}", there("share-link"))).await;
            film.page.press(ESCAPE).await;
        }
        // What is none is said, and what is open stays.
        film.page.client.execute_async(DROP, vec!["/style.css".into(), "holiday.jpg".into()]).await.expect("dropped");
        film.page.until_text("share-said", "that this is none", |text| text.contains("holiday.jpg")).await;

        let elsewhere = format!("{}/?url=http://127.0.0.1:9/a.kscope", film.url);
        film.page.client.goto(&elsewhere).await.expect("the page opens");
        film.page.until_text("caption", "what the other server must do", |text| text.contains("CORS")).await;
        film.close().await;
    });
}
