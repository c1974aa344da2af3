//! GET /metrics: the picture's counters as Prometheus text.

use std::fmt::Write as _;

use axum::{
    extract::State,
    http::header,
    response::{IntoResponse as _, Response},
};
use model::{ids::Micros, picture::Picture};

use super::{Source, reply::Problem};

pub(super) async fn metrics(State(source): State<Source>) -> Result<Response, Problem> {
    let text = match &source {
        Source::Live(live) => live.hub.read(text).await?,
        Source::Replay(film) => text(&film.last, film.last.at),
    };
    Ok(([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response())
}

fn text(picture: &Picture, now: Micros) -> String {
    let counters = &picture.counters;
    let age = picture.read.as_ref().map_or(f64::NAN, |(s, _)| now.seconds_since(s.at));
    let mut text = String::new();
    let mut put = |name: &str, kind: &str, help: &str, value: &dyn std::fmt::Display| {
        // Writing into a String does not fail.
        write!(text, "# HELP kafkascope_{name} {help}\n# TYPE kafkascope_{name} {kind}\nkafkascope_{name} {value}\n")
            .ok();
    };
    put("facts_total", "counter", "Facts numbered since the session's start.", &picture.seq);
    put("records_total", "counter", "Records seen on the logs.", &counters.records);
    put("records_merged_total", "counter", "Records told as batches only.", &counters.merged);
    put("records_acknowledged_total", "counter", "Acknowledgements seen.", &counters.acknowledged);
    put("records_truncated_total", "counter", "Records that were taken back.", &counters.truncated);
    put("facts_dropped_total", "counter", "Facts dropped at a bound of ours.", &counters.dropped);
    put("surprises_total", "counter", "Facts the fold could not explain.", &counters.surprises);
    put("warnings_total", "counter", "WARN and ERROR lines of processes.", &counters.warnings);
    put("cluster_state_age_seconds", "gauge", "Age of the cluster's state.", &age);
    put(
        "brokers_reachable",
        "gauge",
        "Brokers that answer.",
        &picture.brokers.values().filter(|b| b.reachable()).count(),
    );
    for (id, group) in &picture.groups {
        let lag = picture.total_lag(group);
        writeln!(text, "kafkascope_group_lag{{group=\"{}\"}} {lag}", id.replace(['"', '\\', '\n'], "_")).ok();
    }
    text
}
