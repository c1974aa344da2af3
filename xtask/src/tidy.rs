//! `cargo xtask tidy`: the rules of this repository that no compiler knows.

use std::fs;

use anyhow::{Context as _, Result, bail};
use xshell::cmd;

use crate::workspace::Workspace;

const LONGEST_FILE_LINES: usize = 500;

/// Tables may be longer. This list may get shorter, and its numbers smaller.
const TABLES: [(&str, usize); 1] = [("model/src/fact.rs", 700)];

/// Written in two halves, or this file would break its own rule.
const UNFINISHED: &str = concat!("FIX", "ME");

/// Folders of one machine: what names them works nowhere else.
const MACHINE_FOLDERS: [&str; 4] =
    [concat!("/", "work/"), concat!("/", "root/"), concat!("/", "home/"), concat!("/", "Users/")];

/// How a build is sent to one machine's registry, by the names of the files that can say so.
const REGISTRIES: [(&str, &str); 9] = [
    ("config.toml", "[source."),
    ("config.toml", "[registries."),
    ("pom.xml", "<repository>"),
    ("pom.xml", "<mirror>"),
    ("settings.xml", "<mirror>"),
    (".npmrc", "registry"),
    ("pip.conf", "index-url"),
    ("Dockerfile", "index-url"),
    ("Dockerfile", "registry="),
];

/// The one place that packages in Cargo.lock may come from.
const CRATES: &str = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";

/// One file as the rules see it.
struct File {
    path: String,
    text: String,
}

/// Prints every break of a rule, then fails if there was one.
pub(crate) fn tidy(workspace: &Workspace) -> Result<()> {
    let files = read(workspace)?;
    let mut breaks: Vec<String> = files.iter().flat_map(breaks).collect();
    breaks.extend(changelog(&files));
    breaks.extend(shared_clippy_lines(&files));
    for line in &breaks {
        println!("  {line}");
    }
    match breaks.len() {
        0 => Ok(()),
        1 => bail!("a rule of this repository is broken: see above"),
        n => bail!("rules of this repository are broken {n} times: see above"),
    }
}

/// Everything that is committed or would be by `git add .`; what is not text is left out.
fn read(workspace: &Workspace) -> Result<Vec<File>> {
    let list = cmd!(workspace.shell, "git ls-files --cached --others --exclude-standard -z").quiet();
    let list = list.read().context("asking git for the files of this repository")?;
    let paths = list.split('\0').filter(|it| !it.is_empty());
    // A file that git knows and the disk does not was deleted and not committed yet.
    let texts = paths.filter_map(|path| Some((path, fs::read(workspace.root.join(path)).ok()?)));
    Ok(texts
        .filter_map(|(path, bytes)| Some(File { path: path.to_owned(), text: String::from_utf8(bytes).ok()? }))
        .collect())
}

fn breaks(file: &File) -> Vec<String> {
    let mut found = Vec::new();
    if file.path.ends_with(".rs") {
        rust(file, &mut found);
    }
    let name = file.path.rsplit('/').next().unwrap_or(&file.path);
    for (number, line) in (1..).zip(file.text.lines()) {
        let mut say = |what: &str| found.push(format!("{}:{number}: {what}", file.path));
        if name == "Cargo.lock" {
            if line.starts_with("source = ") && line != CRATES {
                say("comes from somewhere else than crates.io");
            }
            continue;
        }
        if line.contains(UNFINISHED) {
            say(&format!("{UNFINISHED} is for work in progress: finish it, or write TODO(name) with what is missing"));
        }
        if let Some(folder) = MACHINE_FOLDERS.into_iter().find(|it| names_folder(line, it)) {
            say(&format!("names {folder}, a folder of one machine"));
        }
        if let Some((_, mark)) = REGISTRIES.into_iter().find(|(file, mark)| *file == name && line.contains(mark)) {
            say(&format!("{mark} sends the build to one machine's registry"));
        }
    }
    found
}

/// The folder at the start of a path, and not in the middle of an address or of another path.
fn names_folder(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|it| !it.is_alphanumeric() && !matches!(it, '.' | '_' | '-' | '}' | '/' | '~'))
    })
}

fn rust(file: &File, found: &mut Vec<String>) {
    let path = &file.path;
    if !file.text.starts_with("//!") {
        found.push(format!("{path}: begin with `//!` and one sentence: what this file knows that no other does"));
    }
    let lines = file.text.lines().count();
    let most = TABLES.iter().find(|(table, _)| table == path).map_or(LONGEST_FILE_LINES, |(_, most)| *most);
    if lines > most {
        found.push(format!("{path}: {lines} lines, {most} at most: it holds more than one noun"));
    }
    if path.ends_with("/mod.rs") {
        found.push(format!("{path}: foo.rs beside foo/, never foo/mod.rs"));
    }
}

fn changelog(files: &[File]) -> Option<String> {
    let found = files.iter().any(|it| it.path == "CHANGELOG.md" && it.text.contains("\n## "));
    (!found).then(|| "CHANGELOG.md: is missing, or names no version".to_owned())
}

/// Clippy reads one clippy.toml a crate and merges nothing, so the lines that hold for all are copies.
fn shared_clippy_lines(files: &[File]) -> Vec<String> {
    let settings = |file: &File| -> Vec<String> {
        let lines = file.text.lines().filter(|it| it.contains(" = ") && !it.trim_start().starts_with(['{', '#']));
        lines.filter(|it| !it.starts_with("disallowed-methods")).map(str::to_owned).collect()
    };
    let Some(root) = files.iter().find(|it| it.path == "clippy.toml") else { return Vec::new() };
    let wanted = settings(root);
    let others = files.iter().filter(|it| it.path.ends_with("/clippy.toml"));
    others
        .filter(|it| settings(it) != wanted)
        .map(|it| {
            format!("{}: its settings differ from those of the root's clippy.toml: {}", it.path, wanted.join(", "))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &str, text: &str) -> File {
        File { path: path.to_owned(), text: text.to_owned() }
    }

    #[track_caller]
    fn check(path: &str, text: &str, wanted: &[&str]) {
        let found = breaks(&file(path, text));
        assert_eq!(found.len(), wanted.len(), "{found:?}");
        for (found, wanted) in found.iter().zip(wanted) {
            assert!(found.contains(wanted), "{found} does not say {wanted}");
        }
    }

    #[test]
    fn a_rust_file_says_what_it_knows_and_is_short() {
        check("a.rs", "//! Knows.\n", &[]);
        check("a.rs", "fn main() {}\n", &["one sentence"]);
        check("a.rs", &format!("//! Knows.\n{}", "\n".repeat(500)), &["501 lines"]);
        check("a/mod.rs", "//! Knows.\n", &["never foo/mod.rs"]);
    }

    #[test]
    fn unfinished_work_and_folders_of_one_machine_are_named_by_line() {
        check("a.md", &format!("fine\n{UNFINISHED} later\n"), &["a.md:2"]);
        for folder in MACHINE_FOLDERS {
            check("a.toml", &format!("path = \"{folder}x\"\n"), &["a folder of one machine"]);
            check("a.md", &format!("see https://example.org{folder}x and $HOME{folder}\n"), &[]);
        }
    }

    #[test]
    fn packages_come_from_where_everybody_finds_them() {
        check("Cargo.lock", &format!("{CRATES}\n"), &[]);
        check("Cargo.lock", "source = \"registry+https://example.org/index\"\n", &["Cargo.lock:1"]);
        check("gateway/kafka/pom.xml", "<project>\n<repository>\n", &["pom.xml:2"]);
        check(".cargo/config.toml", "[source.crates-io]\n", &["registry"]);
    }

    #[test]
    fn copies_of_the_clippy_settings_stay_equal() {
        let root =
            file("clippy.toml", "too-many-lines-threshold = 70\ndisallowed-methods = [\n    { path = \"a\" },\n]\n");
        let same = file("model/clippy.toml", "# Why.\ntoo-many-lines-threshold = 70\n");
        let other = file("frontend/clippy.toml", "too-many-lines-threshold = 90\n");
        assert_eq!(shared_clippy_lines(&[root, same, other]).len(), 1);
    }
}
