//! Which view is open: the score, the log record by record, one order's way, or two runs side by side.

/// A view of the same picture; what is selected is kept from one to the next.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Sight {
    /// The score: columns are partitions, rows are brokers.
    #[default]
    Stage,
    /// Partitions record by record.
    Lanes,
    /// One order's space-time diagram.
    Story,
    /// The runs of a scene side by side.
    Verdict,
}

impl Sight {
    /// Every view, in the order `V` goes through them.
    pub const ALL: [Self; 4] = [Self::Stage, Self::Lanes, Self::Story, Self::Verdict];

    /// The next view; a verdict is one only where a scene came to it.
    pub fn next(self, has_verdict: bool) -> Self {
        match self {
            Self::Stage => Self::Lanes,
            Self::Lanes => Self::Story,
            Self::Story if has_verdict => Self::Verdict,
            Self::Story | Self::Verdict => Self::Stage,
        }
    }

    /// Its name, as `#view=` and the page's classes have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Stage => "stage",
            Self::Lanes => "lanes",
            Self::Story => "story",
            Self::Verdict => "verdict",
        }
    }

    /// The view of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|sight| sight.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::Sight;

    #[test]
    fn v_goes_through_what_there_is_and_comes_back() {
        let walk = |has_verdict| {
            let mut sight = Sight::Stage;
            let mut names = Vec::new();
            loop {
                sight = sight.next(has_verdict);
                names.push(sight.name());
                if sight == Sight::Stage {
                    return names.join(" ");
                }
            }
        };
        assert_eq!(walk(false), "lanes story stage");
        assert_eq!(walk(true), "lanes story verdict stage");
    }

    #[test]
    fn names_lead_back() {
        assert!(Sight::ALL.into_iter().all(|sight| Sight::of(sight.name()) == Some(sight)));
    }
}
