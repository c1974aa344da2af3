//! The page reckons with the widths that the font really has.

use kafkascope_page::paint::width;

/// Weight, character and advance in hundredths of the font size, as Chromium measures them in static/fonts/next.woff2; the
/// browser's test `letters_are_as_wide_as_the_page_reckons` writes this file, and finds out where it is not true any more.
const MEASURED: &str = include_str!("widths.txt");

#[test]
fn every_character_is_as_wide_as_in_the_font() {
    for line in MEASURED.lines() {
        let (weight, rest) = line.split_once(' ').expect("a weight");
        let (character, wide) = rest.rsplit_once(' ').expect("a character and its width");
        let (weight, wide): (u16, f64) = (weight.parse().expect("a weight"), wide.parse().expect("a width"));
        let reckoned = width::of(character, 100.0, weight);
        // Three weights are measured; what lies between them is nearly a straight line.
        let most = if matches!(weight, 400 | 600 | 700) { 0.11 } else { 0.75 };
        assert!((reckoned - wide).abs() <= most, "{character:?} at {weight}: {reckoned} reckoned, {wide} in the font");
    }
    assert_eq!(MEASURED.lines().count(), 5 * (95 + 6));
}
