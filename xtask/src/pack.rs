//! What the gateway sends of the page: beside each file of text or program, the smallest gzip member that holds it.

use std::{
    fs::{self, File},
    path::Path,
};

use anyhow::{Context as _, Result};

use crate::page::files;

/// Endings of what gzip makes smaller; fonts and recordings are compressed already.
const LOOSE: [&str; 5] = ["wasm", "js", "html", "css", "svg"];

/// Puts the packed files into `fresh`; what is equal in `known` is taken from there, since packing takes seconds.
pub(crate) fn pack(fresh: &Path, known: &Path) -> Result<()> {
    for piece in files(fresh)? {
        if !piece.extension().is_some_and(|ending| LOOSE.iter().any(|loose| ending == *loose)) {
            continue;
        }
        let (loose, mut packed) = (fresh.join(&piece), piece.clone().into_os_string());
        packed.push(".gz");
        let bytes = fs::read(&loose).with_context(|| format!("reading {}", loose.display()))?;
        let (from, to) = (known.join(&packed), fresh.join(&packed));
        if from.exists() && fs::read(known.join(&piece)).is_ok_and(|same| same == bytes) {
            fs::copy(&from, &to).with_context(|| format!("copying {}", from.display()))?;
            continue;
        }
        let file = File::create(&to).with_context(|| format!("making {}", to.display()))?;
        // As small as flate2's best made 23 times slower: 4 % less, once a build.
        zopfli::compress(zopfli::Options::default(), zopfli::Format::Gzip, bytes.as_slice(), file)
            .with_context(|| format!("packing {}", loose.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn what_is_packed_is_what_was_there_and_fonts_stay_as_they_are() {
        let folder = std::env::temp_dir().join(format!("xtask-pack-{}", std::process::id()));
        let (fresh, known) = (folder.join("fresh"), folder.join("known"));
        fs::create_dir_all(fresh.join("fonts")).expect("room");
        fs::write(fresh.join("a.css"), "p { color: red }".repeat(9)).expect("room");
        fs::write(fresh.join("fonts/a.woff2"), "tight").expect("room");
        pack(&fresh, &known).expect("two small files");
        let mut text = String::new();
        let packed = File::open(fresh.join("a.css.gz")).expect("a packed file");
        GzDecoder::new(packed).read_to_string(&mut text).expect("a gzip member");
        assert_eq!(text, "p { color: red }".repeat(9));
        assert_eq!(files(&fresh).expect("a folder").len(), 3);
        fs::remove_dir_all(folder).expect("our own folder");
    }
}
