//! Who is let in: the Host header on everything, the Origin header on sockets and whatever changes something, and what every answer carries.

use std::{net::IpAddr, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    middleware::Next,
    response::{IntoResponse as _, Response},
};

use super::reply::Problem;

/// The names this gateway goes by.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// The host (and port) of `--public-url`, where one is given.
    pub public_host: Option<String>,
}

impl Gate {
    /// localhost, IP literals and the public name; anything else could be a name that somebody else points at us.
    fn knows(&self, authority: &str) -> bool {
        let host = host_of(authority);
        host.eq_ignore_ascii_case("localhost")
            || host.parse::<IpAddr>().is_ok()
            || self.public_host.as_deref().is_some_and(|p| host.eq_ignore_ascii_case(host_of(p)))
    }
}

/// The host of `host`, `host:port`, `[v6]` or `[v6]:port`.
fn host_of(authority: &str) -> &str {
    match authority.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((v6, _)) => v6,
        None => authority.rsplit_once(':').map_or(authority, |(host, _)| host),
    }
}

pub(super) async fn check(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if let Err(problem) = admit(&gate, &request) {
        return problem.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let set = |headers: &mut HeaderMap, name, value| headers.insert(name, HeaderValue::from_static(value));
    set(headers, header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(headers, header::REFERRER_POLICY, "no-referrer");
    set(headers, header::X_FRAME_OPTIONS, "DENY");
    // The page brings its own, with the hashes of its scripts.
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        set(headers, header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'");
    }
    response
}

fn admit(gate: &Gate, request: &Request) -> Result<(), Problem> {
    let text = |name| request.headers().get(name).map(|v: &HeaderValue| v.to_str().unwrap_or("\u{fffd}"));
    let host = text(header::HOST).or_else(|| request.uri().host()).unwrap_or_default();
    if !gate.knows(host) {
        let why = format!("host {host:?} is not served here; use an IP address, localhost or the host of --public-url");
        return Err(Problem::new(StatusCode::FORBIDDEN, why));
    }
    // What changes something, and the socket.
    let guarded = !matches!(*request.method(), Method::GET | Method::HEAD) || request.uri().path() == "/ws";
    let Some(origin) = text(header::ORIGIN).filter(|_| guarded) else { return Ok(()) };
    // A page of ours has the same authority in Origin as in Host; programs send no Origin at all.
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    let public = gate.public_host.as_deref().is_some_and(|p| authority.eq_ignore_ascii_case(p));
    if authority.eq_ignore_ascii_case(host) || public {
        return Ok(());
    }
    Err(Problem::new(
        StatusCode::FORBIDDEN,
        format!("origin {origin:?} is not this gateway; open the page from {host}"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_served() {
        let gate = Gate { public_host: Some(String::from("stage.example:8443")) };
        for host in [
            "localhost",
            "LOCALHOST:7878",
            "127.0.0.1:7878",
            "[::1]:7878",
            "192.168.0.7",
            "stage.example",
            "stage.example:1",
        ] {
            assert!(gate.knows(host), "{host}");
        }
        for host in ["", "evil.example", "localhost.evil.example:7878", "127.0.0.1.evil.example", "stage.example.evil"]
        {
            assert!(!gate.knows(host), "{host}");
        }
    }
}
