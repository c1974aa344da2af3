//! Requests to the gateway that served the page.

use wasm_bindgen::{JsCast as _, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Headers, RequestInit, Response};

/// An answer: its status and its body.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: String,
}

/// GETs a text.
pub(crate) async fn text(path: &str) -> Result<Answer, String> {
    answer(send(path, &RequestInit::new()).await?).await
}

/// GETs bytes.
pub(crate) async fn bytes(path: &str) -> Result<Vec<u8>, String> {
    let response = send(path, &RequestInit::new()).await?;
    if !response.ok() {
        return Err(format!("{path} answered {}", response.status()));
    }
    let buffer = response.array_buffer().map_err(why)?;
    let buffer = JsFuture::from(buffer).await.map_err(why)?;
    Ok(js_sys::Uint8Array::new(&buffer).to_vec())
}

/// GETs bytes from another server; where that fails, what may be the matter there.
pub(crate) async fn elsewhere(url: &str) -> Result<Vec<u8>, String> {
    let brought = bytes(url).await;
    // A browser says of an answer that it keeps from the page only that there is none.
    brought.map_err(|why| {
        if why.contains(" answered ") {
            return why;
        }
        let host = url.split('/').nth(2).unwrap_or(url);
        [host, " does not answer, or does not let other pages read it (CORS): it must send Access-Control-Allow-Origin"]
            .concat()
    })
}

/// How many bytes a GET would bring; none where nobody says.
pub(crate) async fn size(path: &str) -> Option<u64> {
    let init = RequestInit::new();
    init.set_method("HEAD");
    let answer = send(path, &init).await.ok().filter(Response::ok)?;
    answer.headers().get("Content-Length").ok()??.parse().ok()
}

/// POSTs, PUTs or DELETEs with JSON and the presenter's token.
pub(crate) async fn send_json(method: &str, path: &str, token: Option<&str>, json: &str) -> Result<Answer, String> {
    let headers = Headers::new().map_err(why)?;
    headers.set("Content-Type", "application/json").map_err(why)?;
    if let Some(token) = token {
        headers.set("Authorization", &format!("Bearer {token}")).map_err(why)?;
    }
    let init = RequestInit::new();
    init.set_method(method);
    init.set_headers_headers(&headers);
    if !json.is_empty() {
        init.set_body(&JsValue::from_str(json));
    }
    answer(send(path, &init).await?).await
}

async fn send(path: &str, init: &RequestInit) -> Result<Response, String> {
    let window = web_sys::window().ok_or("there is no window")?;
    let response = JsFuture::from(window.fetch_with_str_and_init(path, init)).await.map_err(why)?;
    response.dyn_into().map_err(why)
}

async fn answer(response: Response) -> Result<Answer, String> {
    let status = response.status();
    let body = JsFuture::from(response.text().map_err(why)?).await.map_err(why)?;
    Ok(Answer { status, body: body.as_string().unwrap_or_default() })
}

fn why(error: JsValue) -> String {
    let message = js_sys::Reflect::get(&error, &"message".into()).ok().and_then(|m| m.as_string());
    message.unwrap_or_else(|| "the browser refused".to_owned())
}
