//! `cargo xtask page`: how target/page comes to be: wasm, its glue, the index and what static/ holds.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;
use xshell::cmd;

use crate::{pack::pack, slim::slim, step::timed, tools, workspace::Workspace};

const NAME: &str = "kafkascope-page";

/// What stands in the finished index where frontend/index.html asks trunk for the program.
const START: &str = r#"    <link rel="modulepreload" href="kafkascope-page.js">
    <link rel="preload" href="kafkascope-page_bg.wasm" as="fetch" type="application/wasm" crossorigin>
    <script type="module">import init from "./kafkascope-page.js"; init({ module_or_path: "kafkascope-page_bg.wasm" });</script>
"#;

#[derive(Clone, Copy, Debug)]
pub(crate) enum Profile {
    /// Small: two minutes from nothing.
    Release,
    /// Seconds after an edit, several megabytes.
    Dev,
}

impl Profile {
    pub(crate) fn cargo_name(self) -> &'static str {
        match self {
            Self::Release => "page-release",
            Self::Dev => "page-dev",
        }
    }
}

/// Builds the page; what did not change is not written, so that cargo does not embed it again.
pub(crate) fn build(workspace: &Workspace, profile: Profile) -> Result<()> {
    tools::need_wasm_target(&workspace.shell)?;
    timed("page", "built", || {
        let name = profile.cargo_name();
        let build =
            cmd!(workspace.shell, "cargo build --package {NAME} --target wasm32-unknown-unknown --profile {name}");
        build.quiet().run()?;
        let wasm = workspace.target.join("wasm32-unknown-unknown").join(name).join(NAME).with_extension("wasm");
        let fresh = workspace.target.join("page-fresh");
        assemble(workspace, &wasm, &fresh)?;
        if matches!(profile, Profile::Release) {
            slim(&fresh, NAME)?;
            pack(&fresh, &workspace.page)?;
        }
        replace(&fresh, &workspace.page)
    })
}

fn assemble(workspace: &Workspace, wasm: &Path, fresh: &Path) -> Result<()> {
    if fresh.exists() {
        fs::remove_dir_all(fresh).with_context(|| format!("emptying {}", fresh.display()))?;
    }
    Bindgen::new()
        .input_path(wasm)
        .out_name(NAME)
        .web(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .generate(fresh)
        .with_context(|| format!("binding {}", wasm.display()))?;
    let template = workspace.root.join("frontend").join("index.html");
    let text = fs::read_to_string(&template).with_context(|| format!("reading {}", template.display()))?;
    let index = index(&text).with_context(|| format!("reading {}", template.display()))?;
    fs::write(fresh.join("index.html"), index)?;
    let pieces = workspace.root.join("static");
    for piece in files(&pieces)? {
        let to = fresh.join(&piece);
        ensure!(!to.exists(), "static/{} has a name that the build makes itself: call it otherwise", piece.display());
        copy(&pieces.join(&piece), &to)?;
    }
    Ok(())
}

/// The finished index: trunk's lines give way to what they ask trunk to do.
fn index(template: &str) -> Result<String> {
    let mut finished = String::new();
    let mut starts = 0;
    for line in template.lines() {
        if !line.contains("data-trunk") {
            finished.push_str(line);
            finished.push('\n');
        } else if line.contains(r#"rel="rust""#) {
            finished.push_str(START);
            starts += 1;
        } else if !line.contains(r#"rel="copy-dir""#) {
            bail!("`cargo xtask page` cannot do what this line asks of trunk: {}", line.trim());
        }
    }
    ensure!(starts == 1, "exactly one line with data-trunk and rel=\"rust\" is wanted, {starts} found");
    Ok(finished)
}

/// Makes `to` equal to `from`, touching only what differs.
fn replace(from: &Path, to: &Path) -> Result<()> {
    let wanted = files(from)?;
    for stale in files(to)?.difference(&wanted) {
        fs::remove_file(to.join(stale)).with_context(|| format!("removing {}", to.join(stale).display()))?;
    }
    for piece in &wanted {
        let (new, old) = (from.join(piece), to.join(piece));
        if fs::read(&new).ok() != fs::read(&old).ok() {
            copy(&new, &old)?;
        }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    }
    fs::copy(from, to).with_context(|| format!("copying {} to {}", from.display(), to.display()))?;
    Ok(())
}

/// All files under `folder`, relative to it; none where it does not exist.
pub(crate) fn files(folder: &Path) -> Result<BTreeSet<PathBuf>> {
    let mut found = BTreeSet::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        let entries = match fs::read_dir(&next) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries.with_context(|| format!("listing {}", next.display()))?,
        };
        for entry in entries {
            let entry = entry.with_context(|| format!("listing {}", next.display()))?;
            if entry.file_type()?.is_dir() {
                folders.push(entry.path());
            } else {
                found.insert(entry.path().strip_prefix(folder)?.to_path_buf());
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_starts_the_program_once_and_keeps_no_line_for_trunk() {
        let finished = index(include_str!("../../frontend/index.html")).expect("our own index");
        assert_eq!(finished.matches("import init").count(), 1);
        assert!(!finished.contains("data-trunk"));
        assert!(finished.contains(r#"href="style.css""#));
    }

    #[test]
    fn an_index_that_asks_for_more_than_we_can_do_is_refused_by_line() {
        let asked = "<link data-trunk rel=\"rust\">\n<link data-trunk rel=\"sass\" href=\"a.scss\">";
        assert!(format!("{:#}", index(asked).expect_err("sass")).contains("a.scss"));
        assert!(index("<p>no program</p>").is_err());
    }

    #[test]
    fn what_is_equal_is_not_written_again_and_what_is_gone_goes() {
        let folder = std::env::temp_dir().join(format!("xtask-page-{}", std::process::id()));
        let (from, to) = (folder.join("from"), folder.join("to"));
        for (path, text) in [("from/same", "1"), ("from/a/new", "2"), ("to/same", "1"), ("to/gone", "3")] {
            fs::create_dir_all(folder.join(path).parent().expect("a folder")).expect("room");
            fs::write(folder.join(path), text).expect("room");
        }
        let before = fs::metadata(to.join("same")).and_then(|it| it.modified()).expect("a time");
        replace(&from, &to).expect("two small folders");
        assert_eq!(files(&to).expect("a folder"), files(&from).expect("a folder"));
        assert_eq!(fs::metadata(to.join("same")).and_then(|it| it.modified()).expect("a time"), before);
        fs::remove_dir_all(folder).expect("our own folder");
    }
}
