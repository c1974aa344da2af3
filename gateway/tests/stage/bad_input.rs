//! What strangers and slips of the hand send over HTTP: each gets a status and a sentence, and nothing happens.

use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::{
    harness::{Gateway, shared},
    process::run,
    viewer::Viewer,
};

/// Nothing of a request may be left on the stage.
async fn unmoved(stage: &Gateway, since: u64) {
    let pressed = stage.facts(since).await.into_iter().filter(|fact| {
        matches!(fact.event, model::fact::Event::CommandReceived { .. } | model::fact::Event::ProcessChanged { .. })
    });
    assert_eq!(pressed.count(), 0);
}

#[test]
fn presses_that_are_wrong_name_what_is_wrong() {
    // Body, status, and what the answer names.
    let table: [(&str, u16, &str); 46] = [
        ("", 400, "not a JSON object"),
        ("{", 400, "not a JSON object"),
        ("null", 400, "not a JSON object"),
        ("[]", 400, "not a JSON object"),
        ("\"restore\"", 400, "not a JSON object"),
        ("{\"command\":\"restore\"} trailing", 400, "not a JSON object"),
        ("{\"command\":\"\u{0}\"}", 400, "not a JSON object"),
        ("{}", 400, "command is missing"),
        (r#"{"command":null}"#, 400, "command is missing"),
        (r#"{"command":7}"#, 400, "command must be text"),
        (r#"{"command":["restore"]}"#, 400, "command must be text"),
        (r#"{"command":"explode"}"#, 400, "explode"),
        (r#"{"command":"RESTORE"}"#, 400, "RESTORE"),
        (r#"{"command":"restore","id":"../../etc"}"#, 400, "id must be"),
        (r#"{"command":"restore","id":7}"#, 400, "id must be"),
        (r#"{"command":"kill_broker"}"#, 400, "broker"),
        (r#"{"command":"kill_broker","broker":"1; rm"}"#, 400, "broker"),
        (r#"{"command":"kill_broker","broker":99}"#, 400, "there is no node 99"),
        (r#"{"command":"kill_broker","broker":1e99}"#, 400, "broker"),
        (r#"{"command":"kill_broker","broker":100}"#, 409, "confirm"),
        (r#"{"command":"kill_broker","broker":100,"confirm":"true"}"#, 400, "confirm"),
        (r#"{"command":"kill_app","app":"mail"}"#, 400, "mail"),
        (r#"{"command":"create_order","count":-1}"#, 400, "count"),
        (r#"{"command":"create_order","item":"no such thing"}"#, 409, "no such thing"),
        (r#"{"command":"create_item","item":"a/../b"}"#, 400, "item"),
        (r#"{"command":"pay","order":"A-999999"}"#, 409, "order"),
        (r#"{"command":"reset_group"}"#, 400, "group"),
        (r#"{"command":"start_app","app":"stock","group_protocol":"eager"}"#, 400, "classic or consumer"),
        (r#"{"command":"start_app","app":"stock","isolation":"none"}"#, 400, "read_committed"),
        (r#"{"command":"start_app","app":"stock","commit":"never"}"#, 400, "after or before"),
        (r#"{"command":"start_app","app":"stock","topic":"payments"}"#, 400, "topic"),
        (r#"{"command":"set_guard","on":false}"#, 400, "guard is missing"),
        (r#"{"command":"set_guard","guard":"airbag","on":false}"#, 400, "airbag"),
        (r#"{"command":"set_guard","guard":"inbox","on":1}"#, 400, "on must be true or false"),
        (r#"{"command":"arm_fault","app":"stock","at":"after_work","do":"garble"}"#, 400, "before_send"),
        (r#"{"command":"start_app","app":"stock","early":"park"}"#, 400, "a view has"),
        (r#"{"command":"start_app","app":"reader","assignor":"range","group_protocol":"consumer"}"#, 400, "assignor"),
        (r#"{"command":"arm_fault"}"#, 400, "rule is missing"),
        (r#"{"command":"arm_fault","rule":{"what":"explode"}}"#, 400, "explode"),
        (r#"{"command":"arm_fault","rule":{"what":"drop_request","broker":9}}"#, 400, "there is no broker 9"),
        (r#"{"command":"arm_fault","rule":{"what":"delay_request","ms":-1}}"#, 400, "rule.ms"),
        (r#"{"command":"arm_fault","app":"stock","at":"lunch","do":"abort"}"#, 400, "lunch"),
        (r#"{"command":"arm_fault","app":"stock","at":"in_transaction","do":"abort"}"#, 409, "transactions"),
        (r#"{"command":"arm_fault","app":"stock","instance":7,"at":"after_work","do":"hang"}"#, 409, "no app stock 7"),
        (r#"{"command":"slow_wire","ms":"slow"}"#, 400, "ms must be"),
        (r#"{"command":"slow_wire","ms":1001}"#, 400, "1000"),
    ];
    run(async {
        let stage = shared().await;
        let since = stage.seq().await;
        for (body, status, word) in table {
            let answer = stage.post("/api/commands?wait=1").body(body).send().await.unwrap();
            let (got, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            let said: Value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("{body}: not JSON: {text}"));
            let error = said["error"].as_str().unwrap_or_else(|| panic!("{body}: {said}"));
            assert!(got == status && error.contains(word), "{body}: {got} {said}, wanted {status} {word:?}");
            assert_eq!(got == 400, said["field"].is_string(), "{body}: a field is named: {said}");
        }
        unmoved(&stage, since).await;
    });
}

#[test]
fn strangers_are_not_let_in() {
    // Method, path, headers, status. The token is given where the header says TOKEN.
    type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)], u16);
    let command = "/api/commands";
    let table: [Row; 17] = [
        ("GET", "/api/state", &[("host", "evil.example")], 403),
        ("GET", "/", &[("host", "127.0.0.1.evil.example")], 403),
        ("GET", "/healthz", &[("host", "")], 403),
        ("GET", "/healthz", &[("host", "localhost:1")], 200),
        ("GET", "/healthz", &[("host", "[::1]:1")], 200),
        ("POST", command, &[("authorization", "TOKEN"), ("host", "evil.example")], 403),
        ("POST", command, &[("authorization", "TOKEN"), ("origin", "http://evil.example")], 403),
        ("POST", command, &[("authorization", "TOKEN"), ("origin", "null")], 403),
        ("POST", command, &[("authorization", "TOKEN"), ("origin", "http://127.0.0.1:1")], 403),
        ("POST", command, &[], 401),
        ("POST", command, &[("authorization", "")], 401),
        ("POST", command, &[("authorization", "Bearer ")], 401),
        ("POST", command, &[("authorization", "Bearer 00000000000000000000000000000000")], 401),
        ("POST", command, &[("authorization", "Basic TOKEN")], 401),
        ("GET", "/api/commands", &[], 405),
        ("DELETE", "/api/state", &[("authorization", "TOKEN")], 405),
        ("PUT", command, &[("authorization", "TOKEN")], 405),
    ];
    run(async {
        let stage = shared().await;
        let since = stage.seq().await;
        for (method, path, headers, status) in table {
            let method: Method = method.parse().unwrap();
            let mut request = stage.http.request(method.clone(), format!("{}{path}", stage.url));
            for (name, value) in headers {
                let value = match (*name, *value) {
                    ("authorization", "TOKEN") => format!("Bearer {}", stage.token),
                    (_, value) => value.replace("TOKEN", &stage.token),
                };
                request = request.header(*name, value);
            }
            if method == Method::POST {
                request = request.json(&json!({ "command": "kill_broker", "broker": 1 }));
            }
            let answer = request.send().await.unwrap();
            let (got, text) = (answer.status().as_u16(), answer.text().await.unwrap());
            assert_eq!(got, status, "{method} {path} {headers:?}: {text}");
            assert!(!text.contains(&stage.token), "the token is told: {text}");
        }
        for header in [("Origin", "http://evil.example"), ("Origin", "null"), ("Host", "evil.example")] {
            let refused = Viewer::try_open(&stage.url, &[header]).await.err();
            assert_eq!(refused, Some(403), "{header:?}");
        }
        // A program, which sends no Origin, may look.
        Viewer::try_open(&stage.url, &[]).await.unwrap();
        unmoved(&stage, since).await;
    });
}

#[test]
fn paths_lead_nowhere_they_should_not() {
    let table = [
        ("/api/facts?since=x", 400, "since"),
        ("/api/facts?since=-1", 400, "since"),
        ("/api/facts?since=99999999999999999999999", 400, "since"),
        ("/api/facts?follow=maybe", 400, "follow"),
        ("/api/commands/unknown-id", 404, "unknown-id"),
        ("/api/nothing", 404, "/api/nothing"),
        ("/../../etc/passwd", 404, ""),
        ("/%2e%2e/%2e%2e/etc/passwd", 404, ""),
        ("/api/recordings/nothing.kscope", 404, "nothing.kscope"),
        ("/api/recordings/..%2fgateway.json", 404, ""),
        ("/api/recordings/%2e%2e%2fgateway.json", 404, ""),
        ("/api/recordings/../gateway.json", 404, ""),
        ("/api/recordings/..%5cgateway.json", 404, ""),
        ("/api/logs/nobody-7", 404, "broker-1"),
        ("/api/logs/..%2f..%2fgateway.json", 404, ""),
        ("/api/logs/broker-1%00", 404, ""),
        ("/api/logs/%ff%fe", 400, ""),
        ("/ws", 400, ""),
    ];
    run(async {
        let stage = shared().await;
        let host = stage.url.strip_prefix("http://").unwrap().to_owned();
        for (path, status, word) in table {
            // By hand, since clients tidy paths up.
            let (got, text) =
                raw(&host, &format!("GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")).await;
            assert!(got == status && text.contains(word), "{path}: {got} {text}, wanted {status} {word:?}");
            assert!(!text.contains(&stage.token) && !text.contains("root:"), "{path}: {text}");
        }
        let log = stage.get("/api/logs/broker-1").await;
        assert_eq!(log.status(), StatusCode::OK);
        assert!(log.text().await.unwrap().contains("Kafka Server started"));
    });
}

#[test]
fn floods_and_rubbish_do_not_take_it_down() {
    run(async {
        let stage = shared().await;
        let since = stage.seq().await;
        let long = format!(r#"{{"command":"create_order","customer":"{}"}}"#, "x".repeat(1000));
        let answer = stage.post("/api/commands").body(long).send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
        assert!(answer.text().await.unwrap().contains("customer"));
        // A body past every bound; the gateway may hang up before it has read it all.
        if let Ok(answer) =
            stage.post("/api/commands").header("connection", "close").body(vec![b' '; 5 << 20]).send().await
        {
            assert_eq!(answer.status(), StatusCode::PAYLOAD_TOO_LARGE);
        }
        let deep = format!("{{\"command\":\"restore\",\"x\":{}", "[".repeat(100_000));
        assert_eq!(stage.post("/api/commands").body(deep).send().await.unwrap().status(), StatusCode::BAD_REQUEST);

        let host = stage.url.strip_prefix("http://").unwrap().to_owned();
        for rubbish in ["\u{16}\u{3}\u{1}", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n"] {
            assert_eq!(raw(&host, rubbish).await.0, 400, "{rubbish:?}");
        }
        let no_host = raw(&host, "GET /api/state HTTP/1.1\r\nConnection: close\r\n\r\n").await;
        assert!([400, 403].contains(&no_host.0), "{no_host:?}");
        let header = format!("GET / HTTP/1.1\r\nHost: {host}\r\nX: {}\r\n\r\n", "x".repeat(1 << 20));
        assert!([0, 400, 431].contains(&raw(&host, &header).await.0), "a header of a megabyte");

        unmoved(&stage, since).await;
        stage.until("all is green", |state| state.green.is).await;
    });
}

/// Sends bytes and reads to the end; status 0 where the gateway hung up without one.
async fn raw(host: &str, bytes: &str) -> (u16, String) {
    let mut stream = TcpStream::connect(host).await.unwrap();
    stream.write_all(bytes.as_bytes()).await.ok();
    let mut answer = Vec::new();
    let read = tokio::time::timeout(std::time::Duration::from_secs(10), stream.read_to_end(&mut answer)).await;
    assert!(read.is_ok(), "the gateway keeps this open: {:?}", &bytes[..bytes.len().min(80)]);
    let text = String::from_utf8_lossy(&answer).into_owned();
    let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    (status, text)
}
