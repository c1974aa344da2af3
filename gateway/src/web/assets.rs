//! How the page's files are sent: what they may load, and packed where the browser takes that.

use axum::{
    body::Bytes,
    http::{HeaderMap, StatusCode, Uri, header},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use sha2::{Digest as _, Sha256};

use super::reply::Problem;
use crate::page::{self, CURE};

pub(super) async fn page(uri: Uri, headers: HeaderMap) -> Response {
    let name = match uri.path().trim_start_matches('/') {
        "" => "index.html",
        name => name,
    };
    let Some(file) = page::file(name) else {
        if name == "index.html" {
            return Problem::new(StatusCode::NOT_FOUND, CURE).into_response();
        }
        return Problem::new(StatusCode::NOT_FOUND, format!("there is nothing at /{name}")).into_response();
    };
    let policy = [(header::CONTENT_SECURITY_POLICY, policy(if name == "index.html" { &file } else { &[] }))];
    if name == "index.html" {
        let html = with_address(&String::from_utf8_lossy(&file), &headers);
        return (policy, [(header::CONTENT_TYPE, content_type(name))], html).into_response();
    }
    (policy, content(name, file.into_owned(), &headers)).into_response()
}

/// Who shows a link to the page asks for its picture by its whole address. The gate has checked the host.
fn with_address(html: &str, headers: &HeaderMap) -> String {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let scheme = header("x-forwarded-proto").filter(|proto| *proto == "https").unwrap_or("http");
    match header("host") {
        Some(host) => html.replace("\"social.png\"", &format!("\"{scheme}://{host}/social.png\"")),
        None => html.to_owned(),
    }
}

/// What the page may load: itself. Its few inline scripts (the loader that xtask or trunk writes) are named by hash.
fn policy(html: &[u8]) -> String {
    let html = String::from_utf8_lossy(html);
    let mut scripts = String::from("'self' 'wasm-unsafe-eval'");
    for script in html.split("<script").skip(1) {
        let body =
            script.split_once('>').and_then(|(_, rest)| rest.split_once("</script>")).map_or("", |(body, _)| body);
        if !body.is_empty() {
            scripts.push_str(&format!(" 'sha256-{}'", STANDARD.encode(Sha256::digest(body.as_bytes()))));
        }
    }
    format!(
        "default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; \
         object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
}

/// A file as `cargo xtask page` packed it, where the browser takes that; a page for working on is not packed.
fn content(name: &str, data: Vec<u8>, headers: &HeaderMap) -> Response {
    let kind = content_type(name);
    let accepts = headers.get(header::ACCEPT_ENCODING).and_then(|v| v.to_str().ok()).unwrap_or_default();
    match page::file(&format!("{name}.gz")).filter(|_| accepts.contains("gzip")) {
        Some(packed) => {
            let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_ENCODING, "gzip")];
            (headers, Bytes::from(packed.into_owned())).into_response()
        }
        None => ([(header::CONTENT_TYPE, kind)], Bytes::from(data)).into_response(),
    }
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "json" => "application/json",
        "kscope" => "application/gzip",
        _ => "text/plain; charset=utf-8",
    }
}
