//! Recordings that were damaged in ten thousand ways: an error sentence or the readable part, never a panic or a hang.

use kafkascope_model::{ids::Micros, picture::Picture, recording::Recording};
use notation::facts;

use crate::recordings::record;

/// How many, of each file.
const MUTATIONS: u64 = 6_000;

const SCRIPT: &str = "
    0.000 session local
    chapter kill the leader
    0.100 broker 1 running
    orders 0 leader 1 epoch 1 isr 1
    append orders 0 @0 A-1 OrderPlaced epoch 1
    ack e0 order orders 0 @0 all 4ms
    mark a look here
    1.000 broker 1 killed
    chapter and again
    2.000 broker 1 running
";

/// Numbers that are the same on every machine (xorshift64*).
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let number = self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 11;
        usize::try_from(number).unwrap() % bound.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

/// One to three things that happen to files: bits flipped, an end missing, a part gone, doubled, or from elsewhere.
fn mutated(file: &[u8], dice: &mut Dice) -> Vec<u8> {
    let mut bytes = file.to_vec();
    for _ in 0..=dice.below(3) {
        let at = dice.below(bytes.len());
        let length = (1 + dice.below(64)).min(bytes.len() - at);
        match dice.below(6) {
            0 => bytes.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
            1 => bytes.iter_mut().skip(at).take(length).for_each(|byte| *byte = dice.byte()),
            2 => bytes.truncate(at),
            3 => drop(bytes.drain(at..at + length)),
            4 => {
                let again = bytes[at..at + length].to_vec();
                bytes.splice(at..at, again);
            }
            _ => {
                let from = dice.below(file.len());
                let other = &file[from..(from + length).min(file.len())];
                bytes.splice(at..at + length, other.iter().copied());
            }
        }
        if bytes.is_empty() {
            break;
        }
    }
    bytes
}

/// All that a page does with a file, and sometimes what takes longer: sealing and cutting it.
fn read_all(bytes: Vec<u8>, part: Option<String>, writes: bool) -> Result<usize, String> {
    let recording = Recording::open(bytes, part).map_err(|error| error.to_string())?;
    let facts = recording.all_facts();
    Picture::of(&facts);
    recording.markers();
    recording.piece(recording.piece_at(recording.end()));
    if !writes {
        return Ok(facts.len());
    }
    let sealed = Recording::open(recording.sealed(), None).map_err(|error| format!("sealed: {error}"))?;
    assert_eq!(sealed.all_facts().len(), facts.len(), "sealing keeps what can be read");
    let middle = Micros(recording.end().0 / 2);
    let half = Recording::open(recording.excerpt(middle, recording.end()), None);
    half.map_err(|error| format!("cut: {error}"))?;
    Ok(facts.len())
}

#[test]
fn whatever_happened_to_a_file_it_is_read_as_far_as_it_goes_or_refused_in_a_sentence() {
    let whole = record(&facts(SCRIPT), &[4, 7]).bytes;
    let killed = record(&facts(SCRIPT), &[5]).bytes;
    let (mut read, mut refused) = (0, 0);
    for (file, seed) in [(&whole, 1), (&killed, 2)] {
        let mut dice = Dice(seed);
        for turn in 0..MUTATIONS {
            let bytes = mutated(file, &mut dice);
            let part =
                (turn % 3 == 0).then(|| String::from_utf8_lossy(&mutated(SCRIPT.as_bytes(), &mut dice)).into_owned());
            match read_all(bytes, part, turn % 5 == 0) {
                Ok(_) => read += 1,
                Err(why) => {
                    assert!(why.len() > 20 && !why.contains("sealed:") && !why.contains("cut:"), "{why}");
                    refused += 1;
                }
            }
        }
    }
    assert!(read > refused, "most of a damaged file can be read: {read} read, {refused} refused");
}
