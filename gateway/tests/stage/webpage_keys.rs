//! Every key of the page, pressed in a real Chromium: on the live stage, in the presenter's window, in the recording that
//! this made, and by somebody without the token.

use std::{cell::RefCell, collections::BTreeSet};

use serde_json::Value;

use crate::{
    browser::Browser,
    harness::{Gateway, alone},
    process::run,
};

/// The keys that the design names (design.md §7), as they stand in the help of the one who presents.
const DESIGNED: &str = "Space . , Shift_. Right PageDown Left PageUp Shift_Right Shift_PageDown Shift_Left Shift_PageUp [ ] N + - \
                        Home End V F M L S D H X O P A K Z R C T G Shift_1 Shift_6 B ? Esc";

/// A page, and which of its keys were pressed.
struct Hands {
    page: Browser,
    pressed: RefCell<BTreeSet<String>>,
}

impl Hands {
    async fn press(&self, key: &str) {
        self.pressed.borrow_mut().insert(key.to_owned());
        self.stroke(key).await;
    }

    /// Strikes a key by the name that the help has for it; those of a button that was clicked before are the button's.
    async fn stroke(&self, key: &str) {
        self.page.script("document.activeElement?.blur(); return 0").await;
        let (shift, name) = key.strip_prefix("Shift ").map_or(("", key), |name| ("\u{e008}", name));
        let typed = match name {
            "Space" => " ",
            "Esc" => "\u{e00c}",
            "PageUp" => "\u{e00e}",
            "PageDown" => "\u{e00f}",
            "End" => "\u{e010}",
            "Home" => "\u{e011}",
            "Left" => "\u{e012}",
            "Up" => "\u{e013}",
            "Right" => "\u{e014}",
            "Down" => "\u{e015}",
            character => &character.to_lowercase(),
        };
        self.page.press(&format!("{shift}{typed}")).await;
    }

    /// Waits until a piece of script has something.
    async fn comes(&self, what: &str, code: &str) {
        self.page.until_true(what, &format!("return Boolean({code})")).await;
    }

    /// Presses a key and waits for what it must do.
    async fn sees(&self, key: &str, code: &str) {
        self.press(key).await;
        self.comes(key, code).await;
    }

    /// Presses a key and waits until something is said of it.
    async fn told(&self, key: &str, words: &str) {
        self.press(key).await;
        self.page.until_text("outcome", words, |text| text.contains(words)).await;
    }

    /// The keys that the help names now.
    async fn help(&self) -> BTreeSet<String> {
        self.sees("?", &there("help")).await;
        let caps = self.page.script("return [...document.querySelectorAll('.help kbd')].map(k => k.textContent)").await;
        self.sees("Esc", &gone("help")).await;
        serde_json::from_value(caps).expect("words")
    }

    /// No key of the help may be left out.
    async fn has_pressed_all(&self, help: BTreeSet<String>) {
        let pressed = self.pressed.replace(BTreeSet::new());
        let is_digit = |key: &str| key.len() == 1 && key.as_bytes()[0].is_ascii_digit();
        let digits = pressed.iter().any(|key| is_digit(key));
        let left: Vec<String> =
            help.into_iter().filter(|key| !(pressed.contains(key) || digits && is_digit(key))).collect();
        assert!(left.is_empty(), "these keys stand in the help, and this test never presses them: {left:?}");
    }

    /// Keys that do the same wherever the page is.
    async fn everywhere(&self) {
        self.sees("E", &there("scenes")).await;
        self.sees("E", &gone("scenes")).await;
        self.sees("I", &there("choice")).await;
        self.sees("Esc", &gone("choice")).await;
        self.sees("W", &there("wire")).await;
        self.sees("Esc", &gone("wire")).await;
        let view = "document.querySelector('.page').dataset.sight";
        let before = self.page.script(&format!("return {view}")).await;
        self.sees("V", &format!("{view} != {before}")).await;
        self.sees("F", &format!("{view} == 'story'")).await;
        while self.page.script(&format!("return {view}")).await != before {
            let now = self.page.script(&format!("return {view}")).await;
            self.sees("V", &format!("{view} != {now}")).await;
        }
        for key in ["S", "L"] {
            self.sees(key, &there("share")).await;
            self.sees("Esc", &gone("share")).await;
        }
        self.sees("X", &has("less-motion")).await;
        self.sees("X", &format!("!{}", has("less-motion"))).await;
        let theme = "document.documentElement.dataset.theme";
        let before = self.page.script(&format!("return {theme}")).await;
        self.sees("D", &format!("{theme} != {before}")).await;
        let now = self.page.script(&format!("return {theme}")).await;
        self.sees("D", &format!("{theme} != {now}")).await;
        self.sees("H", &has("bare")).await;
        self.sees("H", &format!("!{}", has("bare"))).await;
        self.sees("B", &format!("{} && {}", has("black"), seen("caption"))).await;
        self.comes("nothing but the caption", &format!("!{}", seen("timeline"))).await;
        self.sees("B", &format!("!{}", has("black"))).await;
    }
}

fn there(id: &str) -> String {
    format!("document.querySelector('[data-testid={id}]')")
}

fn gone(id: &str) -> String {
    format!("!{}", there(id))
}

fn seen(id: &str) -> String {
    format!("(getComputedStyle({}).visibility == 'visible')", there(id))
}

fn has(class: &str) -> String {
    format!("document.querySelector('.page.{class}')")
}

fn mode(word: &str) -> String {
    format!("{}.textContent.includes('{word}')", there("mode"))
}

/// A guard's switch says ON or OFF.
fn guard(name: &str, stand: &str) -> String {
    format!("{}.querySelector('.knob').textContent == '{stand}'", there(&format!("guard-{name}")))
}

fn broker(id: i64, process: &str) -> String {
    format!("window.kafkascope.picture().brokers.some(b => b.id == {id} && b.process == '{process}')")
}

/// What a customer and a saboteur press.
async fn faults(hands: &Hands) {
    hands.told("O", "Order: ").await;
    hands.page.until("an order", |p| (p["shop"]["orders"]["confirmed"].as_i64()? > 0).then_some(())).await;
    hands.told("P", "Pay twice: ").await;
    hands.told("A", "Drop next ack: armed").await;
    hands.sees("M", &there("notes")).await;
    hands.sees("Esc", &gone("notes")).await;

    // Nobody makes transactions: the button says so, and when it can be.
    hands.told("T", "switch the guard Transactions on").await;
    hands.sees("Shift 5", &guard("transactions", "ON")).await;
    hands.told("T", "Abort transaction of the order app").await;
    hands.sees("Shift 5", &guard("transactions", "OFF")).await;
    for (key, name) in [("Shift 1", "acks-all"), ("Shift 3", "inbox"), ("Shift 4", "payment-key")] {
        hands.sees(key, &guard(name, "OFF")).await;
        hands.sees(key, &guard(name, "ON")).await;
    }
    hands.sees("Shift 6", &guard("key-order-id", "OFF")).await;

    hands.sees("C", &there("question")).await;
    let app = hands.page.text("question").await;
    assert_eq!(app, "Kill which app?");
    hands.press("1").await;
    hands.comes("an app is gone", "window.kafkascope.picture().apps.some(a => a.process == 'dead')").await;

    hands.sees("Z", &there("question")).await;
    hands.sees("3", &broker(3, "paused")).await;
    hands.sees("Z", &there("digit-3")).await;
    hands.sees("3", &broker(3, "running")).await;

    // Who does not answer within five seconds has not asked.
    hands.sees("K", &there("question")).await;
    hands.comes("the question goes", &gone("question")).await;
    hands.sees("K", &there("digit-2")).await;
    hands.sees("2", &broker(2, "dead")).await;
    for (answer, state) in [("N", "running"), ("Y", "dead")] {
        hands.sees("K", &there("digit-3")).await;
        hands.press("3").await;
        let sure = "Kill broker 3? Only broker 1 is left: writes with acks all are refused.";
        hands.page.until_text("question", sure, |text| text == sure).await;
        hands.sees(answer, &format!("{} && {}", gone("question"), broker(3, state))).await;
    }
    hands.sees("R", &format!("{} && {}", broker(2, "running"), broker(3, "running"))).await;
    hands.press("G").await;
    let home = "window.kafkascope.picture().partitions.every(p => p.isr.length == 3 && p.leader == p.replicas[0])";
    hands.comes("all back to green", home).await;
}

/// The clicker: forth, back, pause and black.
async fn clicker(hands: &Hands) {
    let (running, verdict) = (there("run-cancel"), "document.querySelector('.page').dataset.sight == 'verdict'");
    for forth in ["Right", "PageDown"] {
        hands.sees(forth, &format!("{running} || {verdict}")).await;
        // The scene before was too quick to be cancelled: its verdict comes first.
        if hands.page.script(&format!("return {verdict}")).await == true {
            hands.sees(forth, &running).await;
        }
        hands.told(forth, "goes on by itself").await;
        hands.page.script(&format!("{running}?.click(); return 0")).await;
        hands.comes("the run has ended", &gone("run-cancel")).await;
    }
    hands.told("Left", "Next is A leader is killed").await;
    hands.told("PageUp", "Next is An event").await;
}

/// Time, in the session as in a recording of it.
async fn time(hands: &Hands) {
    let time = "window.kafkascope.time()";
    let now = async || hands.page.script(&format!("return {time}")).await.as_f64().expect("a time");
    let end = now().await;
    hands.sees("Home", &format!("{time} < {end} - 1000")).await;
    let label = format!("{}?.ariaLabel", there("player-play"));
    let before = hands.page.script(&format!("return {label}")).await;
    hands.press("Space").await;
    if let Some(before) = before.as_str() {
        hands.comes("the other label", &format!("{label} != '{before}'")).await;
        // A recording that stood is going now.
        if before == "Play" {
            hands.press("Space").await;
        }
    }
    hands.comes("it stands", &format!("!{} && {label} != 'Pause'", mode("LIVE"))).await;
    for key in ["N", "]", "Shift Right", "Shift PageDown"] {
        hands.press("Home").await;
        let before = now().await;
        hands.sees(key, &format!("{time} > {before} + 50")).await;
    }
    for key in ["[", "Shift PageUp", "Shift Left", ","] {
        for there in ["Home", "]", "]"] {
            hands.press(there).await;
        }
        hands.sees(key, &format!("{time} < {}", now().await)).await;
    }
    hands.sees("Shift .", &format!("{time} > {}", now().await)).await;
    hands.press("Home").await;
    hands.sees("Down", &format!("{time} > {}", now().await)).await;
    hands.sees("Down", &format!("{time} > {}", now().await)).await;
    hands.sees("Up", &format!("{time} < {}", now().await)).await;
    let behind = |words: &str| format!("{}.textContent.includes('{words}')", there("behind"));
    hands.press(".").await;
    hands.sees("-", &behind("1/10")).await;
    hands.sees("+", &format!("!{}", behind("1/10"))).await;
    hands.press("End").await;
}

/// The window on a second screen: while it is open the page is bare, and keys about the picture reach it.
async fn second_screen(hands: &Hands) {
    let client = &hands.page.client;
    let page = client.window().await.expect("a window");
    hands.press("Q").await;
    hands.comes("the page is bare", &has("bare")).await;
    let windows = client.windows().await.expect("windows");
    assert_eq!(windows.len(), 2, "the presenter's window is one of its own");
    let second = windows.into_iter().find(|w| *w != page).expect("the other");
    client.switch_to_window(second).await.expect("it is there");
    hands.page.until_text("talk-next", "what is next", |text| text.contains("Next")).await;
    hands.comes("its controls", &there("cue-kill")).await;
    hands.stroke("B").await;
    hands.stroke("O").await;
    hands.page.until_text("outcome", "an order", |text| text.contains("Order: ")).await;
    client.switch_to_window(page.clone()).await.expect("it is there");
    hands.comes("black, as pressed in the other window", &has("black")).await;
    hands.sees("B", &format!("!{}", has("black"))).await;
    let windows = client.windows().await.expect("windows");
    let second = windows.into_iter().find(|w| *w != page).expect("the other");
    client.switch_to_window(second).await.expect("it is there");
    client.close_window().await.expect("it closes");
    client.switch_to_window(page).await.expect("it is there");
    hands.comes("the controls are back", &format!("!{}", has("bare"))).await;
}

/// In a recording the same keys go through what happened.
async fn recorded(hands: &Hands) {
    let time = "window.kafkascope.time()";
    let now = async || hands.page.script(&format!("return {time}")).await.as_f64().expect("a time");
    hands.comes("the recording's chapters", "document.querySelectorAll('.chapter').length == 2").await;
    for key in ["Right", "PageDown"] {
        let before = now().await;
        hands.sees(key, &format!("{time} > {before} + 50")).await;
    }
    self::time(hands).await;
    hands.press("0").await;
    hands.sees("5", &format!("{time} > {}", now().await)).await;
    hands.sees("M", &there("notes")).await;
    hands.sees("Esc", &gone("notes")).await;
    hands.sees("J", "document.querySelector('.range')").await;
    hands.sees("J", "!document.querySelector('.range')").await;
    for key in ["Left", "PageUp"] {
        let before = now().await;
        hands.sees(key, &format!("{time} < {before}")).await;
    }
}

/// Somebody without the token finds no button that breaks anything, and no key either.
async fn viewer(hands: &Hands, url: &str) {
    hands.page.script("sessionStorage.clear(); return 0").await;
    hands.page.client.goto("about:blank").await.expect("it leaves");
    hands.page.client.goto(url).await.expect("the page opens");
    hands.comes("it says that it is read only", &there("viewer")).await;
    let ids = "[...document.querySelectorAll('button, input')].map(b => b.dataset.testid)";
    let ids: Vec<Value> = serde_json::from_value(hands.page.script(&format!("return {ids}")).await).expect("ids");
    // What has no name of its own walks the marks.
    let looks = [
        "caption-number",
        "cue-keys",
        "cue-scenes",
        "notices-button",
        "player-share",
        "present",
        "viewer-back",
        "viewer-pause",
        "viewer-view",
    ];
    let harmless: Vec<Value> = looks.into_iter().map(Value::from).chain([Value::Null]).collect();
    let harmful: Vec<_> = ids.iter().filter(|id| !harmless.contains(id)).collect();
    assert!(harmful.is_empty(), "a viewer can press {harmful:?}");
    for key in ["K", "O", "Right", "G"] {
        hands.press(key).await;
    }
    hands.everywhere().await;
    let asked = hands.page.script(&format!("return Boolean({})", there("question"))).await;
    assert_eq!(asked, false, "a viewer is asked nothing");
}

#[test]
fn every_key_does_what_the_help_says() {
    run(async {
        let _machine = alone().await;
        let gateway = Gateway::stage("keys").await;
        let hands = Hands { page: Browser::open("keys-profile").await, pressed: RefCell::default() };
        let open = format!("{}/#token={}", gateway.url, gateway.token);
        hands.page.client.goto(&open).await.expect("the page opens");
        hands.comes("the controls", &there("cue-order")).await;
        let help = hands.help().await;
        let missing: Vec<String> =
            DESIGNED.split_whitespace().map(|key| key.replace('_', " ")).filter(|key| !help.contains(key)).collect();
        assert!(missing.is_empty(), "the design has these keys, and the help does not: {missing:?}");
        hands.everywhere().await;
        faults(&hands).await;
        clicker(&hands).await;
        time(&hands).await;
        hands.comes("back in the present", &mode("LIVE")).await;
        second_screen(&hands).await;
        hands.has_pressed_all(help).await;

        let name = gateway.json("/api/recordings").await[0]["name"].as_str().expect("a recording").to_owned();
        hands.page.client.goto(&format!("{}/?rec={name}", gateway.url)).await.expect("the recording opens");
        hands.comes("its player", &there("player")).await;
        let help = hands.help().await;
        hands.everywhere().await;
        recorded(&hands).await;
        hands.has_pressed_all(help).await;

        let processes = async || {
            let state = gateway.state().await;
            let apps = state.apps.into_iter().map(|app| format!("{}: {}", app.app, app.process));
            apps.chain(state.brokers.into_iter().map(|b| format!("broker {}: {}", b.id, b.process))).collect::<Vec<_>>()
        };
        let before = processes().await;
        assert!(before.contains(&"order: running".to_owned()), "{before:?}");
        viewer(&hands, &gateway.url).await;
        assert_eq!(processes().await, before, "nothing was broken");
        let Hands { page, .. } = hands;
        page.close().await;
        assert!(gateway.stop().await.exit.status.success());
    });
}
