//! The walk over the marks by arrow keys: which one lies next in a direction.

use super::{Selected, Target};

/// A direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Against the offsets.
    Left,
    /// With the offsets.
    Right,
    /// To the broker above.
    Up,
    /// To the broker below.
    Down,
}

impl Way {
    /// By an arrow key's name.
    pub fn of(key: &str) -> Option<Self> {
        Some(match key {
            "ArrowLeft" => Self::Left,
            "ArrowRight" => Self::Right,
            "ArrowUp" => Self::Up,
            "ArrowDown" => Self::Down,
            _ => return None,
        })
    }

    /// How far `to` lies ahead of `from`, and how far aside.
    fn measure(self, from: (f64, f64), to: (f64, f64)) -> (f64, f64) {
        let (dx, dy) = (to.0 - from.0, to.1 - from.1);
        match self {
            Self::Left => (-dx, dy.abs()),
            Self::Right => (dx, dy.abs()),
            Self::Up => (-dy, dx.abs()),
            Self::Down => (dy, dx.abs()),
        }
    }
}

/// The place of the next target; what lies straight ahead comes before what is nearer but aside.
pub fn next(targets: &[Target], from: usize, way: Way) -> Option<usize> {
    const ASIDE: f64 = 3.0;
    const SAME: f64 = 1.0;
    let middle = |t: &Target| match t.what {
        // Its records stand in the middle of it: what one walks to is its word.
        Selected::Replica { .. } => (t.x + 10.0, t.y + 14.0),
        _ => (t.x + t.w / 2.0, t.y + t.h / 2.0),
    };
    let start = middle(targets.get(from)?);
    let ahead = targets.iter().enumerate().filter_map(|(place, target)| {
        let (ahead, aside) = way.measure(start, middle(target));
        (ahead > SAME).then_some((place, ahead + ASIDE * aside))
    });
    ahead.min_by(|(_, a), (_, b)| a.total_cmp(b)).map(|(place, _)| place)
}
