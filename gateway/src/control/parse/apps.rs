//! What is said of an app: which one, how it is started, and its guards.

use super::super::{
    Refusal,
    command::{AppVerb, Command, StartWish},
    fields::Fields,
};
use crate::shop::{AppName, guards::Guard};

/// Kafka's bound for the names of topics and groups, and ours for other ids.
const NAME: usize = 249;
/// A reader that is slower than that would look as if it hung.
const SLOWEST_MS: u32 = 2000;

pub(super) fn verb(name: &str) -> Option<AppVerb> {
    Some(match name.strip_suffix("_app")? {
        "stop" => AppVerb::Stop,
        "kill" => AppVerb::Kill,
        "pause" => AppVerb::Pause,
        "resume" => AppVerb::Resume,
        _ => return None,
    })
}

/// Which app; it has no default.
pub(super) fn any_app(fields: &Fields<'_>) -> Result<AppName, Refusal> {
    fields.must("app", &AppName::ALL.map(|app| (app.name(), app)))
}

pub(super) fn instance(fields: &Fields<'_>) -> Result<Option<u32>, Refusal> {
    fields.count("instance", 1, 16)
}

pub(super) fn start(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let app = any_app(fields)?;
    let how = StartWish {
        group: fields.text("group", NAME)?,
        group_protocol: fields.word("group_protocol", &[("classic", "classic"), ("consumer", "consumer")])?,
        topic: fields.text("topic", NAME)?,
        isolation: fields
            .word("isolation", &[("read_committed", "read_committed"), ("read_uncommitted", "read_uncommitted")])?,
        commit_first: fields.word("commit", &[("after", false), ("before", true)])?.unwrap_or(false),
        transactional_id: fields.text("transactional_id", NAME)?,
        from_end: fields.word("from", &[("committed", false), ("latest", true)])?.unwrap_or(false),
        assignor: fields.word("assignor", &[("range", "range"), ("cooperative-sticky", "cooperative-sticky")])?,
        key: fields.word("key", &[("order", "order"), ("shop", "shop")])?,
        work_ms: fields.count("work_ms", 0, SLOWEST_MS)?.unwrap_or(0),
        parks: fields.word("early", &[("refuse", false), ("park", true)])?.unwrap_or(false),
    };
    let writes = !app.writes().is_empty();
    for (field, is_given, is_its, why) in [
        ("topic", how.topic.is_some(), app == AppName::Reader, "which reads its own; a reader reads any"),
        ("transactional_id", how.transactional_id.is_some(), writes, "which writes nothing"),
        ("key", how.key.is_some(), writes, "which writes nothing"),
        ("work_ms", how.work_ms > 0, app == AppName::Reader, "which is as slow as it is; a reader can be slowed down"),
        ("early", how.parks, app == AppName::View, "which has no state machine that could wait; a view has"),
    ] {
        if is_given && !is_its {
            return Err(fields.bad(field, format!("is not for {app}, {why}")));
        }
    }
    if how.assignor.is_some() && how.group_protocol == Some("consumer") {
        return Err(fields.bad("assignor", "is for the classic protocol; with the other one the brokers assign"));
    }
    Ok(Command::StartApp { app, instance: instance(fields)?, how })
}

pub(super) fn set_guard(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let guards = Guard::ALL.map(|guard| (guard.name(), guard));
    let guard = fields.must("guard", &guards)?;
    let app = fields.word("app", &AppName::SHOP.map(|app| (app.name(), app)))?;
    Ok(Command::SetGuard { guard, app, on: fields.flag("on")?.unwrap_or(true) })
}
