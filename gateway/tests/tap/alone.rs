//! `kafkascope tap` by itself: proxies and rules over HTTP, and every wrong word answered.

use std::process::Stdio;

use reqwest::{Client, Method, StatusCode};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream},
    process::{Child, Command},
};

use crate::world::{PROGRAM, soon};

/// A tap that runs.
struct Alone {
    _program: Child,
    api: String,
    tap: String,
    http: Client,
}

impl Alone {
    async fn start(upstream: &str, more: &[&str]) -> Self {
        let mut program = Command::new(PROGRAM);
        program.args(["tap", "--upstream", upstream, "--listen", "127.0.0.1:0"]).args(more);
        let mut program = program.stdout(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
        let mut lines = BufReader::new(program.stdout.take().unwrap()).lines();
        let mut line = async || soon("a line", lines.next_line()).await.unwrap().expect("it says where it listens");
        let tap = line().await.strip_prefix("Tap:   ").unwrap().split(' ').next().unwrap().to_owned();
        let api = line().await.strip_prefix("API:   ").unwrap().to_owned();
        Self { _program: program, api, tap, http: Client::builder().no_proxy().build().unwrap() }
    }

    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> (StatusCode, Value) {
        let mut request = self.http.request(method, format!("{}{path}", self.api));
        if let Some(body) = body {
            request = request.body(body.to_string());
        }
        let answer = soon("an answer", request.send()).await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        (status, serde_json::from_str(&text).unwrap_or(Value::String(text)))
    }

    async fn get(&self, path: &str) -> Value {
        let (status, answer) = self.call(Method::GET, path, None).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.call(Method::POST, path, Some(body)).await
    }
}

/// A broker that says back what it hears.
async fn echo() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            tokio::spawn(async move {
                let (mut reader, mut writer) = stream.split();
                tokio::io::copy(&mut reader, &mut writer).await.ok();
            });
        }
    });
    address
}

/// Whether what is sent there comes back.
async fn echoes(address: &str) -> bool {
    let Ok(mut stream) = TcpStream::connect(address).await else { return false };
    if stream.write_all(b"any words").await.is_err() {
        return false;
    }
    let mut heard = [0; 9];
    soon("an echo or an end", stream.read_exact(&mut heard)).await.is_ok() && heard == *b"any words"
}

#[tokio::test]
async fn proxies_and_rules_are_resources() {
    let broker = echo().await;
    let alone = Alone::start(&broker, &["--observe"]).await;
    assert!(echoes(&alone.tap).await);
    let first = json!({ "name": "broker-1", "broker": 1, "listen": alone.tap, "upstream": broker, "enabled": true });
    assert_eq!(alone.get("/proxies").await, json!({ "proxies": [first] }));

    let (status, second) =
        alone.post("/proxies", json!({ "name": "second", "listen": "127.0.0.1:0", "upstream": broker })).await;
    assert_eq!((status, &second["broker"]), (StatusCode::CREATED, &json!(2)));
    let second = second["listen"].as_str().unwrap().to_owned();
    assert!(echoes(&second).await);
    let (status, off) = alone.post("/proxies/second", json!({ "enabled": false })).await;
    assert_eq!((status, &off["enabled"]), (StatusCode::OK, &json!(false)));
    assert!(!echoes(&second).await);

    let rule = json!({ "what": "refuse_connections", "which": "until_cleared", "broker": 1 });
    let (status, armed) = alone.post("/rules", rule.clone()).await;
    assert_eq!((status, &armed["id"], &armed["rule"]), (StatusCode::CREATED, &json!(1), &rule));
    assert!(!echoes(&alone.tap).await);
    assert_eq!(alone.get("/rules/1").await["fired"], 1);
    assert_eq!(alone.call(Method::DELETE, "/rules/1", None).await.0, StatusCode::NO_CONTENT);
    assert!(echoes(&alone.tap).await);
    assert_eq!(alone.get("/rules").await["rules"][0]["expired"], "disarmed");

    alone.post("/rules", json!({ "what": "refuse_connections" })).await;
    assert_eq!(alone.post("/slow_wire", json!({ "ms": 100 })).await, (StatusCode::OK, json!({ "ms": 100 })));
    assert_eq!(alone.post("/reset", json!({})).await, (StatusCode::OK, json!({ "cleared": 1 })));
    assert_eq!(alone.get("/slow_wire").await, json!({ "ms": 0 }));
    assert!(echoes(&alone.tap).await && echoes(&second).await);
    assert_eq!(alone.call(Method::DELETE, "/proxies/second", None).await.0, StatusCode::NO_CONTENT);
    assert!(!echoes(&second).await);

    let events = alone.get("/events?since=0").await;
    let kinds: Vec<String> = events
        .as_str()
        .unwrap()
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["kind"].as_str().unwrap().to_owned())
        .collect();
    for kind in ["connected", "undecodable", "disconnected", "rule_armed", "rule_fired", "rule_expired", "slow_wire"] {
        assert!(kinds.iter().any(|it| it == kind), "{kind} is missing: {kinds:?}");
    }
}

#[tokio::test]
async fn what_is_wrong_is_named() {
    let broker = echo().await;
    let alone = Alone::start(&broker, &[]).await;
    alone.post("/rules", json!({ "what": "refuse_connections" })).await;
    assert!(!echoes(&alone.tap).await);
    let proxy = |name: &str, listen: &str| json!({ "name": name, "listen": listen, "upstream": broker });
    for (method, path, body, status, words) in [
        (Method::POST, "/proxies", proxy("broker-1", "127.0.0.1:0"), 409, "there is a proxy"),
        (Method::POST, "/proxies", proxy("x", &alone.tap), 409, "cannot listen on"),
        (Method::POST, "/proxies", proxy("x", "here"), 400, "listen must be"),
        (
            Method::POST,
            "/proxies",
            json!({ "name": "x", "listen": "127.0.0.1:0", "upstream": "nowhere" }),
            400,
            "nowhere",
        ),
        (Method::POST, "/proxies", json!({ "nam": "x" }), 400, "no field \"nam\""),
        (Method::POST, "/proxies", json!([]), 400, "JSON object"),
        (Method::POST, "/proxies/broker-1", json!({}), 400, "enabled is missing"),
        (Method::GET, "/proxies/x", json!({}), 404, "there are: broker-1"),
        (Method::POST, "/rules", json!({ "what": "explode" }), 400, "drop_response_and_close"),
        (Method::GET, "/rules/9", json!({}), 404, "no rule 9"),
        (Method::GET, "/rules/x", json!({}), 400, "no rule's number"),
        (Method::DELETE, "/rules/1", json!({}), 409, "over already: fired"),
        (Method::POST, "/slow_wire", json!({ "ms": 1001 }), 400, "0 to 1000"),
        (Method::GET, "/events", json!({}), 409, "--observe"),
        (Method::GET, "/", json!({}), 404, "/proxies"),
    ] {
        let (answered, said) = alone.call(method.clone(), path, Some(body.clone())).await;
        let error = said["error"].as_str().unwrap_or_default();
        assert!(answered.as_u16() == status && error.contains(words), "{method} {path} {body}: {answered} {said}");
    }
    let evil = alone.http.get(format!("{}/proxies", alone.api)).header("Host", "evil.example");
    assert_eq!(evil.send().await.unwrap().status(), StatusCode::FORBIDDEN);
}
