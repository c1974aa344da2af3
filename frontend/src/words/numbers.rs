//! How numbers are written: spaces between thousands, units after them, whole-number arithmetic only.

use model::ids::Micros;

/// `1 240`.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

/// `-1 240`.
pub fn signed(number: i64) -> String {
    let text = thousands(number.unsigned_abs());
    if number < 0 { format!("-{text}") } else { text }
}

/// `8 139.60 €`.
pub fn money(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    let cents = cents.unsigned_abs();
    format!("{sign}{}.{:02} €", thousands(cents / 100), cents % 100)
}

/// `1.4 s`; whole seconds from 100 on.
pub fn seconds(micros: u64) -> String {
    let tenths = (micros + 50_000) / 100_000;
    if tenths >= 1_000 { format!("{} s", tenths / 10) } else { format!("{}.{} s", tenths / 10, tenths % 10) }
}

/// `0.12 s`; as [`seconds`] from 10 on.
pub fn fine_seconds(micros: u64) -> String {
    let hundredths = (micros + 5_000) / 10_000;
    if hundredths >= 1_000 {
        return seconds(micros);
    }
    format!("{}.{:02} s", hundredths / 100, hundredths % 100)
}

/// `12.4 ms`; seconds from 10 000 ms on.
pub fn millis(micros: u64) -> String {
    let tenths = (micros + 50) / 100;
    if tenths >= 100_000 {
        return seconds(micros);
    }
    format!("{}.{} ms", tenths / 10, tenths % 10)
}

/// `02:54`, `1:02:54`.
pub fn clock(at: Micros) -> String {
    let seconds = at.0 / 1_000_000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes:02}:{seconds:02}") }
}

/// `04:10.000`.
pub fn clock_with_millis(at: Micros) -> String {
    format!("{}.{:03}", clock(at), at.0 / 1000 % 1000)
}

/// The moment a link names: `4:10.5`, `1:02:54`, `250.5`, `250s` or `1m2.5s`, as session time.
pub fn moment(text: &str) -> Option<Micros> {
    let text = text.trim_end_matches('s');
    // Hours without minutes have none.
    let hours = if text.contains('m') { ":" } else { ":0:" };
    let ends_so = text.ends_with(['h', 'm']);
    let text = text.replace('h', hours).replace('m', ":") + if ends_so { "0" } else { "" };
    let mut micros: u64 = 0;
    let mut parts = text.split(':').peekable();
    while let Some(part) = parts.next() {
        let (whole, fraction) = part.split_once('.').unwrap_or((part, ""));
        if !fraction.is_empty() && parts.peek().is_some() {
            return None;
        }
        let whole: u64 = whole.parse().ok()?;
        micros = micros.checked_mul(60)?.checked_add(whole.checked_mul(1_000_000)?)?;
        let mut unit = 100_000;
        for digit in fraction.chars() {
            micros = micros.checked_add(u64::from(digit.to_digit(10)?) * unit)?;
            unit /= 10;
        }
    }
    Some(Micros(micros))
}

/// `14:05:31` of a session that began at `wall_clock` (RFC 3339), `minutes_east` of Greenwich; none where it says none.
pub fn time_of_day(wall_clock: &str, at: Micros, minutes_east: i64) -> Option<String> {
    let time = wall_clock.get(11..19)?;
    let mut parts = time.split(':').map(|p| p.parse::<i64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let passed = i64::try_from(at.0 / 1_000_000).ok()?;
    let seconds = (hours * 3600 + minutes * 60 + seconds + passed + minutes_east * 60).rem_euclid(86_400);
    Some(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// `20 Nov 2026, 14:01` of an RFC 3339 time, as it stands there; none where it is none.
pub fn day(wall_clock: &str) -> Option<String> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let month: usize = wall_clock.get(5..7)?.parse().ok()?;
    let month = MONTHS.get(month.checked_sub(1)?)?;
    let day: u32 = wall_clock.get(8..10)?.parse().ok()?;
    Some(format!("{day} {month} {}, {} UTC", wall_clock.get(..4)?, wall_clock.get(11..16)?))
}

/// `12.34%`: where `at` lies between 0 and `whole`.
pub fn percent(at: Micros, whole: Micros) -> String {
    let hundredths = at.0.min(whole.0) * 10_000 / whole.0.max(1);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_as_in_the_design() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(1_240), "1 240");
        assert_eq!(thousands(12_345_678), "12 345 678");
        assert_eq!(money(813_960), "8 139.60 €");
        assert_eq!(money(-5), "-0.05 €");
        assert_eq!(seconds(1_449_999), "1.4 s");
        assert_eq!(fine_seconds(120_000), "0.12 s");
        assert_eq!(millis(12_400), "12.4 ms");
        assert_eq!(clock(Micros(174_000_000)), "02:54");
        assert_eq!(clock_with_millis(Micros(250_000_000)), "04:10.000");
        assert_eq!(percent(Micros(1), Micros(3)), "33.33%");
    }

    #[test]
    fn times_of_day_come_from_the_session_start() {
        let at = Micros(91_000_000);
        assert_eq!(time_of_day("2026-11-20T14:04:00Z", at, 0).as_deref(), Some("14:05:31"));
        assert_eq!(time_of_day("2026-11-20T23:59:00.5Z", at, 60).as_deref(), Some("01:00:31"));
        assert_eq!(time_of_day("yesterday", at, 0), None);
        assert_eq!(day("2026-11-20T14:01:00Z").as_deref(), Some("20 Nov 2026, 14:01 UTC"));
    }

    #[test]
    fn moments_of_links() {
        assert_eq!(moment("4:10.5"), Some(Micros(250_500_000)));
        assert_eq!(moment("250.5"), Some(Micros(250_500_000)));
        assert_eq!(moment("90s"), Some(Micros(90_000_000)));
        assert_eq!(moment("1:00:00"), Some(Micros(3_600_000_000)));
        assert_eq!(moment("1m2.5s"), Some(Micros(62_500_000)));
        assert_eq!(moment("2h"), Some(Micros(7_200_000_000)));
        assert_eq!(moment("soon"), None);
    }
}
