//! What is said of an app: which one, how it is started, and its guards.

use super::super::{
    Refusal,
    command::{AppVerb, Command, StartWish},
    fields::Fields,
};
use crate::shop::{AppName, guards::Guard};

/// Kafka's bound for the names of topics and groups, and ours for other ids.
const NAME: usize = 249;

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
    };
    let is_reader = app == AppName::Reader;
    if how.topic.is_some() && !is_reader {
        return Err(fields.bad("topic", format!("is not for {app}, which reads its own; a reader reads any")));
    }
    if how.transactional_id.is_some() && is_reader {
        return Err(fields.bad("transactional_id", "is not for a reader: it writes nothing"));
    }
    Ok(Command::StartApp { app, instance: instance(fields)?, how })
}

pub(super) fn set_guard(fields: &Fields<'_>) -> Result<Command, Refusal> {
    let guards = Guard::ALL.map(|guard| (guard.name(), guard));
    let guard = fields.must("guard", &guards)?;
    let app = fields.word("app", &AppName::SHOP.map(|app| (app.name(), app)))?;
    Ok(Command::SetGuard { guard, app, on: fields.flag("on")?.unwrap_or(true) })
}
