//! The picture as it was at an earlier moment, from the piece that has it.

use model::{ids::Micros, picture::Picture};

use super::deck::Pieces;

/// None where what was seen then is not kept here.
pub fn picture_at(pieces: &dyn Pieces, at: Micros) -> Option<Picture> {
    let piece = (pieces.first()..pieces.count()).rev().find(|piece| pieces.starts(*piece) <= at)?;
    let (keyframe, facts) = pieces.load(piece);
    let mut picture = Picture::of(&keyframe);
    for fact in facts.iter().filter(|fact| fact.at <= at) {
        picture.fold(fact);
    }
    Some(picture)
}

#[cfg(test)]
mod tests {
    use model::{
        fact::{Event, Fact},
        ids::BrokerId,
    };

    use super::*;

    /// One broker more with each piece, and with each fact in it.
    struct Cut;

    impl Pieces for Cut {
        fn first(&self) -> usize {
            1
        }

        fn count(&self) -> usize {
            3
        }

        fn starts(&self, piece: usize) -> Micros {
            Micros(piece as u64 * 100)
        }

        fn load(&self, piece: usize) -> (Vec<Fact>, Vec<Fact>) {
            let fact = |at: u64| {
                let event =
                    Event::BrokerReachable { broker: BrokerId(at as i32), reachable: true, reason: String::new() };
                Fact { seq: at, at: Micros(at), event }
            };
            let starts = piece as u64 * 100;
            (vec![fact(starts)], vec![fact(starts + 10), fact(starts + 20)])
        }
    }

    #[test]
    fn it_has_what_was_seen_up_to_then_and_nothing_else() {
        let brokers = |at| picture_at(&Cut, Micros(at)).map(|p| p.brokers.keys().map(|b| b.0).collect::<Vec<_>>());
        assert_eq!(brokers(115), Some(vec![100, 110]));
        assert_eq!(brokers(220), Some(vec![200, 210, 220]));
        assert_eq!(brokers(99), None, "that piece is not kept");
    }
}
