//! What a member is doing, as its process, its coordinator and its transactions say, and how that is said and drawn.

use model::{
    fact::{Member, ProcessState},
    ids::Micros,
    picture::{App, Picture},
};

use super::{readers::Reader, words};
use crate::paint::{Ink, Shape};

/// What is to be said of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Doing {
    Reading,
    /// The group is handing partitions around.
    Moving,
    /// Its process is stopped.
    Paused,
    /// Its process is gone; the coordinator still counts it.
    Gone(Micros),
    /// Its transactional producer was refused for good: its epoch, where its records say it, and the newest.
    Fenced(Option<i16>, i16),
}

impl Doing {
    pub(super) fn of(reader: &Reader<'_>, picture: &Picture, member: &Member) -> Self {
        let instance = reader.instance(picture, member);
        match instance.map(|(_, app)| (app.process.state, app.process.stamp.at)) {
            Some((ProcessState::Dead, at)) => return Self::Gone(at),
            Some((ProcessState::Paused, _)) => return Self::Paused,
            _ => {}
        }
        if let Some(fenced) = instance.and_then(|instance| fenced(picture, instance)) {
            return fenced;
        }
        if reader.is_moving() { Self::Moving } else { Self::Reading }
    }

    /// What is said of it in its foot, longest first; nothing of one that simply reads.
    pub(super) fn words(self, now: Micros) -> Vec<String> {
        let one = |word: &str| vec![word.to_owned()];
        match self {
            Self::Reading => Vec::new(),
            Self::Moving => one("moving"),
            Self::Paused => one("paused"),
            Self::Gone(at) => vec![format!("gone {}", words::span(at, now)), "gone".to_owned()],
            Self::Fenced(Some(own), newest) => {
                vec![
                    format!("fenced, epoch {own} < {newest}"),
                    format!("fenced, {own} < {newest}"),
                    "fenced".to_owned(),
                ]
            }
            Self::Fenced(None, _) => one("fenced"),
        }
    }

    pub(super) fn ink(self) -> Ink {
        match self {
            Self::Reading => Ink::Text,
            Self::Moving => Ink::Read,
            Self::Paused => Ink::Open,
            Self::Gone(_) | Self::Fenced(..) => Ink::Wrong,
        }
    }

    /// A foot as it is drawn for what its member does.
    pub(super) fn foot(self, leg: Shape) -> Shape {
        match self {
            Self::Reading => leg.stroke(Ink::Read, 3.0),
            Self::Moving => leg.stroke(Ink::Read, 3.0).dashed(12.0, 6.0),
            Self::Paused => leg.stroke(Ink::Open, 3.0),
            Self::Gone(_) | Self::Fenced(..) => leg.stroke(Ink::Wrong, 3.0).dashed(6.0, 6.0),
        }
    }
}

/// Whether an instance's transactional producer was refused since its process last changed.
fn fenced(picture: &Picture, (instance, app): (u32, &App)) -> Option<Doing> {
    let name = picture.apps.iter().find(|(_, known)| known.client_id == app.client_id).map(|((name, _), _)| name)?;
    let refused = picture.transactions.values().find(|t| {
        let its = t.refused.as_ref().filter(|(_, app, number, _)| app == name && *number == instance);
        its.is_some_and(|(stamp, ..)| stamp.seq > app.process.stamp.seq)
    })?;
    let newest = refused.producer_epoch;
    let records = picture.partitions.values().flat_map(|p| p.records.values()).filter_map(|r| r.appended.as_deref());
    let its = records.filter(|a| a.producer_id == refused.producer_id && a.control.is_none());
    let own = its.map(|a| a.producer_epoch).filter(|epoch| *epoch < newest).max();
    Some(Doing::Fenced(own, newest))
}
