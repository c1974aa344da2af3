//! What a link says behind its `#`: the moment, what is played and how, and what is selected. What it does not know it keeps.

use model::ids::{BrokerId, Micros, PartitionId};

use crate::{
    player::speed::Speed,
    sight::Sight,
    stage::Selected,
    words::numbers::{clock, moment},
};

/// Names that are this page's; what else stands in a link stays where it is.
const OURS: [&str; 6] = ["t", "r", "ch", "speed", "sel", "paused"];

/// A link, read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    /// `t`: the moment.
    pub at: Option<Micros>,
    /// `r`: what comes again and again.
    pub range: Option<(Micros, Micros)>,
    /// `ch`: the chapter, counted from 1.
    pub chapter: Option<usize>,
    /// `speed`.
    pub speed: Option<Speed>,
    /// `sel`: a record or a broker.
    pub selected: Option<Selected>,
    /// `paused`.
    pub paused: bool,
    /// `view`.
    pub sight: Option<Sight>,
    /// `order`: whose story is told.
    pub order: Option<String>,
}

impl Link {
    /// What these names and values say.
    pub fn of(pairs: &[(String, String)]) -> Self {
        let value = |name: &str| pairs.iter().rev().find(|(n, _)| n == name).map(|(_, v)| v.as_str());
        let range = |text: &str| {
            let (from, to) = text.split_once(',')?;
            Some((moment(from)?, moment(to)?)).filter(|(from, to)| from < to)
        };
        Self {
            at: value("t").and_then(moment),
            range: value("r").and_then(range),
            chapter: value("ch").and_then(|c| c.parse().ok()),
            speed: value("speed").and_then(Speed::of),
            selected: value("sel").and_then(selected),
            paused: value("paused").is_some_and(|v| v != "0" && v != "false"),
            sight: value("view").and_then(Sight::of),
            order: value("order").filter(|o| !o.is_empty()).map(str::to_owned),
        }
    }

    /// This link, behind what stands in `fragment` (without its `#`) and is not ours.
    pub fn written(&self, fragment: &str) -> String {
        let is_ours = |part: &str| {
            let name = part.split('=').next().unwrap_or_default();
            OURS.contains(&name) || ["view", "order"].contains(&name) && self.sight.is_some()
        };
        let kept = fragment.split('&').filter(|p| !p.is_empty() && !is_ours(p)).map(str::to_owned);
        let said = [
            self.at.map(|at| ["t=", &time(at)].concat()),
            self.range.map(|(from, to)| ["r=", &time(from), ",", &time(to)].concat()),
            self.chapter.map(|chapter| format!("ch={chapter}")),
            self.speed.map(|speed| ["speed=", speed.decimal()].concat()),
            self.selected.as_ref().and_then(name).map(|name| ["sel=", &name].concat()),
            self.sight.filter(|s| *s != Sight::Stage).map(|s| ["view=", s.name()].concat()),
            self.order.as_ref().map(|order| ["order=", &encoded(order)].concat()),
            self.paused.then(|| "paused".to_owned()),
        ];
        said.into_iter().flatten().chain(kept).collect::<Vec<_>>().join("&")
    }
}

/// `04:08.6`: as short as it is exact to a thousandth.
pub fn time(at: Micros) -> String {
    let millis = at.0 / 1000 % 1000;
    if millis == 0 {
        return clock(at);
    }
    let fraction = format!("{millis:03}");
    [&clock(at), ".", fraction.trim_end_matches('0')].concat()
}

/// A record's key may be any text.
fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let one = |byte: u8| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

/// `orders/1/532` is a record, `orders/1` a partition, `broker-2` a broker.
fn selected(text: &str) -> Option<Selected> {
    let mut parts = text.split('/');
    let (first, partition, offset) = (parts.next()?, parts.next(), parts.next());
    let Some(partition) = partition else {
        return first.strip_prefix("broker-")?.parse().ok().map(|id| Selected::Broker(BrokerId(id)));
    };
    let id = PartitionId { topic: first.to_owned(), partition: partition.parse().ok()? };
    match offset {
        Some(offset) => Some(Selected::Record { id, offset: offset.parse().ok()? }),
        None => Some(Selected::Partition(id)),
    }
}

/// What else is selected has no name that another page would know.
fn name(what: &Selected) -> Option<String> {
    match what {
        Selected::Record { id, offset } => Some(format!("{}/{}/{offset}", id.topic, id.partition)),
        Selected::Partition(id) => Some(format!("{}/{}", id.topic, id.partition)),
        Selected::Broker(broker) => Some(format!("broker-{broker}")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(fragment: &str) -> Link {
        let pair = |part: &str| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            (name.to_owned(), value.to_owned())
        };
        Link::of(&fragment.split('&').map(pair).collect::<Vec<_>>())
    }

    #[test]
    fn a_link_says_the_moment_in_every_way_it_is_written() {
        for (text, millis) in [("1m2.5s", 62_500), ("04:08.6", 248_600), ("250.5", 250_500), ("1h2s", 3_602_000)] {
            assert_eq!(read(&format!("t={text}")).at, Some(Micros::from_millis(millis)), "{text}");
        }
        for text in ["soon", "", "1:", "-4", "1m2m3s5"] {
            assert_eq!(read(&format!("t={text}")).at, None, "{text:?} is no moment");
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for fragment in [
            "t=04:08.6&r=04:00,05:30.25&ch=2&speed=0.1&sel=orders/1/532&view=lanes&paused",
            "t=1:00:00&sel=broker-2",
            "t=00:24.5&view=story&order=A-20&paused",
            "t=00:00.001&sel=with.dots-and-dashes/11",
        ] {
            assert_eq!(read(fragment).written(""), fragment);
        }
    }

    #[test]
    fn a_key_may_be_any_text() {
        let link = Link { order: Some("a&b=ü#".to_owned()), ..Link::default() };
        assert_eq!(link.written(""), "order=a%26b%3D%C3%BC%23");
    }

    #[test]
    fn what_is_not_ours_stays() {
        let link = read("t=00:10&delay=0&colour=blue&paused");
        assert_eq!(link.written("t=00:10&delay=0&colour=blue&paused"), "t=00:10&paused&delay=0&colour=blue");
    }

    #[test]
    fn what_is_wrong_is_left_out() {
        let link = read("r=20,10&ch=last&speed=fast&sel=orders/x&t=00:05&paused=0&view=upside-down");
        assert_eq!(link, Link { at: Some(Micros::from_millis(5_000)), ..Link::default() });
    }
}
