//! A link as a QR code (ISO/IEC 18004): bytes at error correction level M, up to version 9; our own, since a crate for it
//! weighs three times as much in the page.

/// Data and error correction bytes of each version, and its blocks, from version 1 on.
const VERSIONS: [(usize, usize, usize); 9] = [
    (26, 10, 1),
    (44, 16, 1),
    (70, 26, 1),
    (100, 18, 2),
    (134, 24, 2),
    (172, 16, 4),
    (196, 18, 4),
    (242, 22, 4),
    (292, 22, 5),
];

/// A square of dark and light modules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Code {
    /// Modules a side.
    pub(crate) size: usize,
    dark: Vec<bool>,
    /// Whether a module belongs to the frame: finders, timing, format.
    frame: Vec<bool>,
}

/// The code of a text; none where it is too long to be scanned well.
pub(crate) fn code(text: &str) -> Option<Code> {
    let (version, (bytes, check, blocks)) =
        (1..).zip(VERSIONS).find(|(_, (bytes, check, blocks))| bytes - check * blocks >= text.len() + 2)?;
    let words = interleaved(&data(text, bytes - check * blocks), check, blocks);
    let mut plain = Code::framed(version);
    plain.fill(&words);
    // Any of the eight can be read; the one with the fewest plain areas is read best.
    (0..8).map(|mask| plain.masked(mask, version)).min_by_key(Code::plainness)
}

/// The text as bytes behind its mode and length, padded to what the version holds.
fn data(text: &str, capacity: usize) -> Vec<u8> {
    let length = u8::try_from(text.len()).unwrap_or_default();
    let mut words = vec![0x40 | length >> 4];
    let mut half = length & 15;
    for byte in text.bytes() {
        words.push(half << 4 | byte >> 4);
        half = byte & 15;
    }
    words.push(half << 4);
    let padding = [0xec, 0x11].into_iter().cycle().take(capacity.saturating_sub(words.len()));
    words.extend(padding);
    words
}

/// Blocks with their error correction, byte by byte in turns. The last blocks hold one byte more where it does not divide.
fn interleaved(data: &[u8], check: usize, blocks: usize) -> Vec<u8> {
    let (short, longer) = (data.len() / blocks, data.len() % blocks);
    let generator = generator(check);
    let mut rest = data;
    let mut parts = Vec::new();
    for block in 0..blocks {
        let (part, behind) = rest.split_at(short + usize::from(block >= blocks - longer));
        parts.push((part, remainder(part, &generator)));
        rest = behind;
    }
    let turns = (0..=short).flat_map(|n| parts.iter().filter_map(move |(part, _)| part.get(n)));
    let checks = (0..check).flat_map(|n| parts.iter().filter_map(move |(_, check)| check.get(n)));
    turns.chain(checks).copied().collect()
}

/// Product in the field of 256 elements over x^8 + x^4 + x^3 + x^2 + 1.
fn product(a: u8, b: u8) -> u8 {
    (0..8).rev().fold(0, |z: u8, bit| {
        let doubled = z << 1 ^ if z & 0x80 == 0 { 0 } else { 0x1d };
        doubled ^ if b >> bit & 1 == 0 { 0 } else { a }
    })
}

/// The polynomial whose roots are the first powers of 2, without its leading 1.
fn generator(degree: usize) -> Vec<u8> {
    let mut polynomial = vec![0; degree];
    if let Some(last) = polynomial.last_mut() {
        *last = 1;
    }
    let mut root = 1;
    for _ in 0..degree {
        for n in 0..degree {
            let next = polynomial.get(n + 1).copied().unwrap_or(0);
            polynomial[n] = product(polynomial[n], root) ^ next;
        }
        root = product(root, 2);
    }
    polynomial
}

fn remainder(data: &[u8], generator: &[u8]) -> Vec<u8> {
    let mut rest = vec![0; generator.len()];
    for byte in data {
        let factor = byte ^ rest.remove(0);
        rest.push(0);
        for (to, by) in rest.iter_mut().zip(generator) {
            *to ^= product(*by, factor);
        }
    }
    rest
}

impl Code {
    /// Finders, alignment and timing; the places of format and version are kept free.
    fn framed(version: usize) -> Self {
        let size = 17 + 4 * version;
        let mut code = Self { size, dark: vec![false; size * size], frame: vec![false; size * size] };
        for n in 0..size {
            code.set(6, n, n % 2 == 0);
            code.set(n, 6, n % 2 == 0);
        }
        for (x, y) in [(3, 3), (size - 4, 3), (3, size - 4)] {
            code.rings(x, y, 4, |distance| distance != 2 && distance != 4);
        }
        let lines: &[usize] = match version {
            1 => &[],
            2..=6 => &[6, size - 7],
            _ => &[6, size / 2, size - 7],
        };
        for x in lines {
            for y in lines {
                let is_finder =
                    matches!((*x, *y), (6, 6)) || (*x == 6 && *y == size - 7) || (*x == size - 7 && *y == 6);
                if !is_finder {
                    code.rings(*x, *y, 2, |distance| distance != 1);
                }
            }
        }
        code.write_format(0);
        code.write_version(version);
        code
    }

    fn rings(&mut self, x: usize, y: usize, reach: usize, is_dark: impl Fn(usize) -> bool) {
        for row in y.saturating_sub(reach)..=(y + reach).min(self.size - 1) {
            for column in x.saturating_sub(reach)..=(x + reach).min(self.size - 1) {
                self.set(column, row, is_dark(column.abs_diff(x).max(row.abs_diff(y))));
            }
        }
    }

    fn set(&mut self, x: usize, y: usize, dark: bool) {
        let at = y * self.size + x;
        (self.dark[at], self.frame[at]) = (dark, true);
    }

    fn is_dark(&self, x: usize, y: usize) -> bool {
        self.dark[y * self.size + x]
    }

    /// Level M and the mask, twice, with their own error correction.
    fn write_format(&mut self, mask: u32) {
        let rest = (0..10).fold(mask, |rest, _| (rest << 1) ^ ((rest >> 9) * 0x537));
        let bits = (mask << 10 | rest) ^ 0x5412;
        let bit = |n: usize| bits >> n & 1 == 1;
        let size = self.size;
        for n in 0..15 {
            let (x, y) = match n {
                0..=5 => (8, n),
                6 => (8, 7),
                7 => (8, 8),
                8 => (7, 8),
                _ => (14 - n, 8),
            };
            self.set(x, y, bit(n));
            let (x, y) = if n < 8 { (size - 1 - n, 8) } else { (8, size - 15 + n) };
            self.set(x, y, bit(n));
        }
        self.set(8, size - 8, true);
    }

    fn write_version(&mut self, version: usize) {
        if version < 7 {
            return;
        }
        let rest = (0..12).fold(version, |rest, _| (rest << 1) ^ ((rest >> 11) * 0x1f25));
        let bits = version << 12 | rest;
        for n in 0..18 {
            let (far, near) = (self.size - 11 + n % 3, n / 3);
            self.set(far, near, bits >> n & 1 == 1);
            self.set(near, far, bits >> n & 1 == 1);
        }
    }

    /// From the lower right corner in columns of two, up and down, around the frame.
    fn fill(&mut self, words: &[u8]) {
        let mut bits = words.iter().flat_map(|word| (0..8).rev().map(move |bit| word >> bit & 1 == 1));
        let mut up = true;
        for right in (1..self.size).rev().step_by(2).map(|x| if x <= 6 { x - 1 } else { x }) {
            for row in 0..self.size {
                let y = if up { self.size - 1 - row } else { row };
                for x in [right, right - 1] {
                    let at = y * self.size + x;
                    if !self.frame[at] {
                        self.dark[at] = bits.next().unwrap_or(false);
                    }
                }
            }
            up = !up;
        }
    }

    fn masked(&self, mask: u32, version: usize) -> Self {
        let mut code = self.clone();
        for y in 0..self.size {
            for x in 0..self.size {
                let turns = match mask {
                    0 => (x + y) % 2,
                    1 => y % 2,
                    2 => x % 3,
                    3 => (x + y) % 3,
                    4 => (x / 3 + y / 2) % 2,
                    5 => x * y % 2 + x * y % 3,
                    6 => (x * y % 2 + x * y % 3) % 2,
                    _ => ((x + y) % 2 + x * y % 3) % 2,
                } == 0;
                let at = y * self.size + x;
                code.dark[at] ^= turns && !self.frame[at];
            }
        }
        code.write_format(mask);
        code.write_version(version);
        code
    }

    /// How many squares of two by two are one colour, and how many modules go on in runs of five.
    fn plainness(&self) -> usize {
        let mut plain = 0;
        for a in 0..self.size {
            for b in 0..self.size {
                let goes_on = |next: fn(usize, usize, usize) -> (usize, usize)| {
                    b + 4 < self.size
                        && (1..5).all(|n| {
                            let ((x, y), (from_x, from_y)) = (next(a, b, n), next(a, b, 0));
                            self.is_dark(x, y) == self.is_dark(from_x, from_y)
                        })
                };
                plain += usize::from(goes_on(|a, b, n| (a, b + n))) + usize::from(goes_on(|a, b, n| (b + n, a)));
                if a + 1 < self.size && b + 1 < self.size {
                    let square = [(a, b), (a + 1, b), (a, b + 1), (a + 1, b + 1)].map(|(x, y)| self.is_dark(x, y));
                    plain += 3 * usize::from(square.iter().all(|dark| *dark == square[0]));
                }
            }
        }
        plain
    }

    /// The dark modules as an SVG path of numbers only.
    pub(crate) fn path(&self) -> String {
        let mut path = String::new();
        for y in 0..self.size {
            let mut x = 0;
            while x < self.size {
                let wide = (x..self.size).take_while(|x| self.is_dark(*x, y)).count();
                if wide > 0 {
                    path += &format!("M{x} {y}h{wide}v1h-{wide}z");
                }
                x += wide.max(1);
            }
        }
        path
    }
}

#[cfg(test)]
mod tests {
    use qrcodegen::{Mask, QrCode, QrCodeEcc, QrSegment, Version};

    use super::*;

    /// Another program's code of the same text with the same mask.
    fn theirs(text: &str, mask: u8) -> Option<Vec<bool>> {
        let bytes = [QrSegment::make_bytes(text.as_bytes())];
        let (least, most) = (Version::new(1), Version::new(9));
        let code =
            QrCode::encode_segments_advanced(&bytes, QrCodeEcc::Medium, least, most, Some(Mask::new(mask)), false);
        let code = code.ok()?;
        Some(
            (0..code.size())
                .flat_map(|y| (0..code.size()).map(move |x| (x, y)))
                .map(|(x, y)| code.get_module(x, y))
                .collect(),
        )
    }

    #[test]
    fn another_program_draws_the_same_code_at_every_length() {
        for length in 1..=180 {
            let text: String =
                "http://192.168.17.4:7878/?rec=2026-11-29#t=04:08.6&ch=2&".chars().cycle().take(length).collect();
            let ours = code(&text).unwrap();
            assert!((0..8).any(|mask| theirs(&text, mask).as_ref() == Some(&ours.dark)), "{length} bytes");
        }
        assert_eq!(code(&"x".repeat(181)), None);
    }

    #[test]
    fn the_path_draws_dark_modules_and_nothing_else() {
        let code = code("https://kafkascope.example/").unwrap();
        let drawn: usize = code
            .path()
            .split('h')
            .skip(1)
            .step_by(2)
            .map(|part| part.split('v').next().unwrap().parse::<usize>().unwrap())
            .sum();
        assert_eq!(drawn, code.dark.iter().filter(|dark| **dark).count());
    }
}
