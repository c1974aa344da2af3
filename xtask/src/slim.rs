//! What the browser never reads of the files that are made: the hashes in names that both sides share, comments, indentation.

use std::{collections::BTreeMap, fs, path::Path};

use anyhow::{Context as _, Result};

/// Digits of a hash that wasm-bindgen ends a name with.
const HASH: usize = 16;

/// Makes the program's glue and style sheet in `folder` smaller; they do the same.
pub(crate) fn slim(folder: &Path, name: &str) -> Result<()> {
    let (glue, program) = (folder.join(format!("{name}.js")), folder.join(format!("{name}_bg.wasm")));
    let text = fs::read_to_string(&glue).with_context(|| format!("reading {}", glue.display()))?;
    let mut bytes = fs::read(&program).with_context(|| format!("reading {}", program.display()))?;
    let text = number(&text, &mut bytes);
    write(&glue, bare(&text).as_bytes())?;
    write(&program, &bytes)?;
    let sheet = folder.join("style.css");
    let text = fs::read_to_string(&sheet).with_context(|| format!("reading {}", sheet.display()))?;
    write(&sheet, bare(&text).as_bytes())
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    fs::write(path, bytes).with_context(|| format!("writing {}", path.display()))
}

/// Hashes cannot be packed; numbers of the same length can. A name is the same in the glue and in the program.
fn number(glue: &str, program: &mut [u8]) -> String {
    let mut numbers: BTreeMap<&[u8], String> = BTreeMap::new();
    for hash in hashes(glue.as_bytes()) {
        let next = numbers.len();
        numbers.entry(hash).or_insert_with(|| format!("{next:0HASH$}"));
    }
    let mut numbered = glue.to_owned();
    for (hash, number) in &numbers {
        numbered = numbered.replace(&*String::from_utf8_lossy(hash), number);
        let places = |bytes: &[u8]| bytes.windows(HASH).position(|window| window == *hash);
        while let Some(at) = places(program) {
            if let Some(place) = program.get_mut(at..at + HASH) {
                place.copy_from_slice(number.as_bytes());
            }
        }
    }
    numbered
}

/// Runs of exactly as many hexadecimal digits as a hash has.
fn hashes(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let is_digit = |byte: &u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(byte);
    text.split(move |byte| !is_digit(byte)).filter(|run| run.len() == HASH)
}

/// Without what stands before a line's first word, and without lines that are comments alone.
fn bare(text: &str) -> String {
    let mut kept = String::new();
    let mut in_comment = false;
    for line in text.lines().map(str::trim) {
        in_comment |= line.starts_with("/*");
        let line = match line.split_once("*/") {
            Some((_, rest)) if in_comment => {
                in_comment = false;
                rest.trim_start()
            }
            _ => line,
        };
        if !in_comment && !line.is_empty() && !line.starts_with("//") {
            kept.push_str(line);
            kept.push('\n');
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_on_both_sides_and_as_long_as_before() {
        let mut program = b"..__wbg_open_0123456789abcdef..__wbg_close_fedcba9876543210..abc".to_vec();
        let before = program.len();
        let glue = number("open_0123456789abcdef close_fedcba9876543210 abcdef", &mut program);
        assert_eq!(glue, "open_0000000000000000 close_0000000000000001 abcdef");
        assert_eq!(program.len(), before);
        assert_eq!(program, b"..__wbg_open_0000000000000000..__wbg_close_0000000000000001..abc");
    }

    #[test]
    fn comments_go_and_everything_else_stays() {
        let text = "/* one\n   two */\n/* . */ .a { b: c; }\n  // three\n\n  d(); // four\n/** five */\ne();";
        assert_eq!(bare(text), ".a { b: c; }\nd(); // four\ne();\n");
    }
}
