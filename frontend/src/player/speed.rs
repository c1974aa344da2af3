//! How fast the display runs, and how much of the session passes in a second of whoever looks at it.

/// A speed, as a fraction of the real one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Speed {
    times: u64,
    over: u64,
}

impl Speed {
    /// The speeds there are, slowest first.
    pub const ALL: [Self; 5] = [
        Self { times: 1, over: 100 },
        Self { times: 1, over: 10 },
        Self { times: 1, over: 1 },
        Self { times: 4, over: 1 },
        Self { times: 16, over: 1 },
    ];
    /// As it happened.
    pub const REAL: Self = Self { times: 1, over: 1 };

    /// Its name, as on its button.
    pub fn name(self) -> String {
        if self.over == 1 { self.times.to_string() } else { format!("{}/{}", self.times, self.over) }
    }

    /// The speed of that name, also as a decimal number as links carry it.
    pub fn of(name: &str) -> Option<Self> {
        let decimal = match name {
            "0.01" => "1/100",
            "0.1" => "1/10",
            other => other,
        };
        Self::ALL.into_iter().find(|s| s.name() == decimal)
    }

    /// Its name as a decimal number, as links carry it.
    pub fn decimal(self) -> &'static str {
        ["0.01", "0.1", "1", "4", "16"]
            .into_iter()
            .zip(Self::ALL)
            .find(|(_, s)| *s == self)
            .map_or("1", |(name, _)| name)
    }

    /// The next one up or down; none past the last.
    pub fn next(self, faster: bool) -> Option<Self> {
        let at = Self::ALL.iter().position(|s| *s == self)?;
        Self::ALL.get(if faster { at + 1 } else { at.checked_sub(1)? }).copied()
    }

    /// Session time that passes while the reader's clock goes on by `micros`.
    pub(crate) fn of_micros(self, micros: u64) -> u64 {
        micros * self.times / self.over
    }

    /// The reader's time in which `micros` of the session pass.
    pub(crate) fn takes_micros(self, micros: u64) -> u64 {
        micros * self.over / self.times
    }

    /// This, but not faster than real: what is stretched for the eye is not stretched further because time flies.
    pub(crate) fn at_most_real(self) -> Self {
        if self.times > self.over { Self::REAL } else { self }
    }
}

#[cfg(test)]
mod tests {
    use super::Speed;

    #[test]
    fn speeds_have_names_and_neighbours() {
        assert_eq!(Speed::of("0.01"), Some(Speed::ALL[0]));
        assert_eq!(Speed::REAL.next(false).map(Speed::name), Some("1/10".to_owned()));
        assert_eq!((Speed::ALL[0].next(false), Speed::ALL[4].next(true)), (None, None));
        assert_eq!(Speed::ALL[0].of_micros(2_400_000), 24_000);
        assert_eq!(Speed::ALL[4].at_most_real(), Speed::REAL);
    }
}
