//! How wide words are: advance widths of Atkinson Hyperlegible Next, measured once, so that fitting needs no browser.

use super::bounded;

/// Advance widths of the printable ASCII characters from the space on, in hundredths of the font size.
type Widths = [f64; 95];

/// Weight 400.
#[rustfmt::skip]
const REGULAR: Widths = [
    28.0, 28.6, 30.1, 65.1, 59.2, 91.9, 73.1, 16.0, 29.9, 29.9, 48.5, 60.6,
    21.0, 36.2, 21.0, 38.7, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2,
    63.2, 63.2, 21.0, 21.0, 55.3, 62.8, 55.3, 48.0, 77.8, 62.6, 61.3, 64.5,
    66.9, 56.9, 55.2, 69.4, 69.4, 39.2, 51.2, 63.1, 54.1, 82.4, 69.3, 71.4,
    59.2, 72.4, 61.4, 59.2, 55.8, 69.0, 59.3, 85.6, 62.3, 57.5, 60.7, 31.7,
    38.7, 34.4, 55.2, 37.2, 24.3, 52.5, 56.6, 48.5, 56.4, 53.8, 31.4, 55.8,
    55.0, 25.2, 24.5, 49.2, 26.2, 84.5, 55.0, 54.8, 56.6, 57.4, 34.9, 47.1,
    32.6, 54.0, 46.1, 68.4, 48.1, 44.9, 46.0, 34.4, 23.7, 34.4, 55.5,
];

/// Weight 600.
#[rustfmt::skip]
const SEMIBOLD: Widths = [
    30.3, 29.8, 36.2, 73.0, 60.4, 95.3, 72.7, 19.5, 32.4, 32.4, 48.5, 59.8,
    25.2, 36.9, 25.3, 42.4, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2,
    63.2, 63.2, 25.3, 25.3, 56.4, 61.7, 56.4, 52.6, 78.0, 66.2, 63.4, 65.4,
    68.3, 58.9, 56.2, 71.1, 69.9, 41.5, 54.6, 65.4, 54.8, 84.8, 71.0, 73.7,
    61.7, 74.7, 63.9, 60.4, 59.2, 68.7, 62.8, 87.7, 66.6, 62.7, 61.5, 33.3,
    42.4, 34.4, 57.3, 39.1, 27.4, 54.4, 58.7, 50.2, 58.6, 55.5, 34.9, 58.2,
    56.5, 28.5, 25.5, 53.6, 30.1, 87.0, 56.5, 56.7, 58.7, 59.1, 36.8, 49.7,
    36.0, 55.9, 50.9, 72.3, 52.2, 49.9, 49.2, 37.0, 24.9, 37.0, 54.3,
];

/// Weight 700.
#[rustfmt::skip]
const BOLD: Widths = [
    31.3, 30.3, 39.0, 76.5, 61.0, 96.9, 72.5, 21.0, 33.5, 33.5, 48.5, 59.5,
    27.1, 37.3, 27.2, 44.0, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2, 63.2,
    63.2, 63.2, 27.2, 27.2, 56.9, 61.2, 56.9, 54.7, 78.1, 67.8, 64.3, 65.8,
    68.9, 59.7, 56.6, 71.8, 70.1, 42.5, 56.1, 66.4, 55.2, 85.8, 71.7, 74.7,
    62.9, 75.7, 65.0, 61.0, 60.7, 68.6, 64.4, 88.6, 68.5, 65.0, 61.8, 34.0,
    44.0, 34.4, 58.2, 40.0, 28.8, 55.2, 59.6, 51.0, 59.6, 56.3, 36.5, 59.3,
    57.1, 30.0, 25.9, 55.5, 31.8, 88.2, 57.1, 57.6, 59.6, 59.9, 37.6, 50.8,
    37.6, 56.7, 53.0, 74.0, 54.0, 52.1, 50.6, 38.1, 25.4, 38.1, 53.7,
];

/// Characters beyond ASCII that the stage writes, at weights 400, 600 and 700.
const BEYOND: [(char, [f64; 3]); 6] = [
    ('·', [24.0, 27.7, 29.4]),
    ('–', [50.4, 50.2, 50.1]),
    ('…', [67.0, 74.7, 78.1]),
    ('×', [53.2, 53.5, 53.6]),
    ('≠', [54.9, 54.9, 54.9]),
    ('€', [66.4, 67.4, 67.8]),
];

/// A character the font may not have is reckoned as wide as a wide letter.
const UNKNOWN: f64 = 72.0;

/// The width of `words` in pixels.
pub fn of(words: &str, size: f64, weight: u16) -> f64 {
    words.chars().map(|c| of_char(c, weight)).sum::<f64>() * size / 100.0
}

fn of_char(c: char, weight: u16) -> f64 {
    let known = |which: usize, table: &Widths| {
        let ascii = (c as usize).checked_sub(32).and_then(|i| table.get(i)).copied();
        let beyond = || BEYOND.iter().find(|(b, _)| *b == c).map(|(_, widths)| widths[which]);
        ascii.or_else(beyond).unwrap_or(UNKNOWN)
    };
    // The font is variable; between two measured weights the widths are close to a straight line.
    let weight = f64::from(weight.clamp(400, 700));
    let between = |a: f64, b: f64, t: f64| a + (b - a) * t;
    if weight <= 600.0 {
        between(known(0, &REGULAR), known(1, &SEMIBOLD), (weight - 400.0) / 200.0)
    } else {
        between(known(1, &SEMIBOLD), known(2, &BOLD), (weight - 600.0) / 100.0)
    }
}

/// `words`, cut with an ellipsis where they are wider than `room`.
pub fn cut(words: &str, size: f64, weight: u16, room: f64) -> String {
    if of(words, size, weight) <= room {
        return words.to_owned();
    }
    let room = room - of("…", size, weight);
    let mut used = 0.0;
    let fits = |c: &char| {
        used += of_char(*c, weight) * size / 100.0;
        used <= room
    };
    let kept: String = words.chars().take_while(fits).collect();
    format!("{}…", kept.trim_end())
}

/// `words` in lines of at most `room`; a word that is wider stands alone.
pub fn lines(words: &str, size: f64, weight: u16, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in words.split(' ') {
        match lines.last_mut() {
            Some(line) if of(&format!("{line} {word}"), size, weight) <= room => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// The first of `choices` that fits into `room`, or the last one cut.
pub fn choose<'a>(choices: &[&'a str], size: f64, weight: u16, room: f64) -> std::borrow::Cow<'a, str> {
    match choices.iter().find(|words| of(words, size, weight) <= room) {
        Some(words) => (*words).into(),
        None => choices.last().map_or_else(Default::default, |words| cut(words, size, weight, room).into()),
    }
}

/// The largest size up to `size` at which `words` fit into `room`, in half pixels, never under 15.
pub fn size_for(words: &str, size: f64, weight: u16, room: f64) -> f64 {
    let wide = of(words, size, weight);
    let fitting = if wide <= room { size } else { ((size * room / wide) * 2.0).floor() / 2.0 };
    bounded(fitting, 15.0_f64.min(size), size)
}

#[cfg(test)]
mod tests {
    use super::{choose, cut, of, size_for};

    #[test]
    fn digits_are_equally_wide() {
        assert_eq!(of("0123", 20.0, 500), of("9876", 20.0, 500));
    }

    #[test]
    fn words_are_cut_to_the_room() {
        assert_eq!(cut("payments", 20.0, 400, 300.0), "payments");
        let short = cut("a-very-long-topic-name", 20.0, 400, 100.0);
        assert!(short.ends_with('…') && of(&short, 20.0, 400) <= 100.0, "{short}");
    }

    #[test]
    fn the_longest_word_that_fits_is_taken() {
        assert_eq!(choose(&["out of sync, 5 behind", "5 behind"], 17.0, 600, 100.0), "5 behind");
        assert_eq!(size_for("starting", 24.0, 600, 500.0), 24.0);
        assert!(of("starting", size_for("starting", 24.0, 600, 70.0), 600) <= 70.0);
    }
}
