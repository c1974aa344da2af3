//! Markers: set live, edited beside the recording by who has the token, carried by every copy, and the facts never touched.

use std::time::{Duration, Instant};

use model::{fact::Event, recording::Recording};
use reqwest::StatusCode;
use serde_json::{Value, json};

use crate::{
    harness::{Gateway, client},
    process::{Running, folder, run},
};

#[test]
fn what_was_marked_is_edited_beside_the_recording_and_comes_along() {
    run(async {
        let data = folder("markers");
        let gateway = Gateway::serve(&data, &["--bootstrap", "127.0.0.1:1"]).await;
        let done = gateway.command(json!({ "command": "set_marker", "id": "m-1", "text": "now look" })).await;
        assert!(done.ok && done.did.contains("now look"), "{done:?}");
        let name = gateway.json("/api/recordings").await[0]["name"].as_str().unwrap().to_owned();
        let stem = name.trim_end_matches(".kscope");
        let path = format!("/api/recordings/{stem}/markers");
        // The recorder writes four times a second.
        let told = Instant::now();
        let list = loop {
            let list = gateway.json(&path).await;
            if list[0].is_object() {
                break list;
            }
            assert!(told.elapsed() < Duration::from_secs(5), "the marker is never told: {list}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        };
        assert_eq!((&list[0]["id"], &list[0]["text"]), (&json!("m-1"), &json!("now look")));
        let mut edited = list.clone();
        edited[0]["text"] = json!("look here");
        edited.as_array_mut().unwrap().push(json!({ "id": "m-2", "at": 5, "text": "set later" }));

        let put = |token: &str, body: &Value| {
            gateway.http.put(format!("{}{path}", gateway.url)).bearer_auth(token).json(body).send()
        };
        assert_eq!(put("wrong", &edited).await.unwrap().status(), StatusCode::UNAUTHORIZED);
        for wrong in [json!({}), json!([{ "id": "../x", "at": 1, "text": "" }]), json!([{ "text": "no id" }])] {
            assert_eq!(put(&gateway.token, &wrong).await.unwrap().status(), StatusCode::BAD_REQUEST, "{wrong}");
        }
        let foreign = gateway.http.put(format!("{}{path}", gateway.url)).bearer_auth(&gateway.token);
        let foreign = foreign.header("Origin", "http://evil.example").json(&edited).send().await.unwrap();
        assert_eq!(foreign.status(), StatusCode::FORBIDDEN);
        let merged: Value = put(&gateway.token, &edited).await.unwrap().json().await.unwrap();
        assert_eq!(gateway.json(&path).await, merged);
        let texts = |of: &Value| {
            of.as_array().unwrap().iter().map(|m| m["text"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(texts(&merged), ["set later", "look here"], "in order of time");

        let copy = gateway.get(&format!("/api/recordings/{name}")).await.bytes().await.unwrap();
        let copy = Recording::open(copy.to_vec(), None).unwrap();
        assert_eq!(serde_json::to_value(copy.markers()).unwrap(), merged, "a copy carries them");
        let is_as_it_was = |event: &Event| matches!(event, Event::MarkerSet { text, .. } if text == "now look");
        assert!(copy.all_facts().iter().any(|fact| is_as_it_was(&fact.event)), "the fact stays");
        gateway.stop().await;

        let file = data.join("recordings").join(&name);
        let film = Running::start(["replay", file.to_str().unwrap(), "--listen", "127.0.0.1:0"], &[]).await;
        let link = film.line("Markers:", Duration::from_secs(10)).await;
        let (url, token) = link.split_once("/#token=").unwrap();
        let removed = json!([{ "id": "m-2", "at": 5, "text": "set later", "removed": true }]);
        let put = client().put(format!("{url}{path}")).bearer_auth(token).json(&removed).send().await.unwrap();
        assert_eq!(put.status(), StatusCode::OK);
        let body: Value = put.json().await.unwrap();
        assert_eq!(
            (&body[0]["removed"], &body[1]["text"]),
            (&json!(true), &json!("now look")),
            "the whole list was replaced: {body}"
        );
    });
}
