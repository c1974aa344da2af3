//! What is wrong on the command line or on this machine: one sentence that names the thing and the cure, exit code not
//! 0, and no process left.

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::Value;

use crate::{
    harness::client,
    process::{Running, folder, naming, run},
};

const PATIENCE: Duration = Duration::from_secs(20);

/// Words on the command line, what is changed in the environment, and what the sentence names.
struct Row<'a> {
    words: Vec<&'a str>,
    environment: Vec<(&'a str, Option<&'a str>)>,
    named: Vec<&'a str>,
}

fn row<'a>(words: &[&'a str], named: &[&'a str]) -> Row<'a> {
    Row { words: words.to_vec(), environment: Vec::new(), named: named.to_vec() }
}

impl<'a> Row<'a> {
    fn with(mut self, environment: &[(&'a str, Option<&'a str>)]) -> Self {
        self.environment = environment.to_vec();
        self
    }

    /// `sentences`: whether all that is said is one line; where the parser of the command line speaks it adds its own.
    async fn holds(&self, root: &Path, one_line: bool) {
        let ended = Running::start(&self.words, &self.environment).await.ended(PATIENCE).await;
        let what = format!("{:?} {:?} says:\n{}", self.words, self.environment, ended.said);
        let link = |line: &&str| line.starts_with("Stage:") || line.starts_with("Presenter:");
        let complaint: Vec<&str> = ended.said.lines().filter(|line| !link(line)).collect();
        println!("{}", complaint.first().copied().unwrap_or_default());
        assert!(!ended.exit.status.success(), "exit code 0: {what}");
        let code = ended.exit.status.code();
        assert!(code.is_some_and(|code| code > 0 && code < 100), "{code:?}: {what}");
        for word in &self.named {
            assert!(ended.said.contains(word), "{word:?} is not named: {what}");
        }
        assert!(!ended.said.contains("panicked") && !ended.said.contains("RUST_BACKTRACE"), "{what}");
        if one_line {
            assert_eq!(complaint.len(), 1, "{what}");
        }
        assert_eq!(naming(root), [""; 0], "{what}");
    }
}

#[test]
fn words_that_are_wrong() {
    run(async {
        let root = folder("words");
        let data = root.join("data");
        let data = data.to_str().unwrap();
        let text = root.join("text.kscope");
        fs::write(&text, "this is no recording\n").unwrap();
        let zip = root.join("other.kscope");
        fs::write(&zip, gzip(b"{\"hello\":1}\n")).unwrap();
        let empty = root.join("empty.kscope");
        fs::write(&empty, "").unwrap();
        let [text, zip, empty] = [&text, &zip, &empty].map(|path| path.to_str().unwrap());
        let missing = root.join("missing.kscope");
        let missing = missing.to_str().unwrap();
        for command in ["inspect", "replay"] {
            for (file, why) in [
                (missing, "No such file"),
                (text, "not a Kafkascope recording"),
                (zip, "not a Kafkascope recording"),
                (empty, "is empty"),
                (root.to_str().unwrap(), "directory"),
            ] {
                row(&[command, file], &[file, why]).holds(&root, true).await;
            }
        }
        let serve = |more: &[&'static str], named: &[&'static str]| {
            let words = [&["serve", "--data", data][..], more].concat();
            Row { words, environment: Vec::new(), named: named.to_vec() }
        };
        for (wrong, one_line) in [
            (serve(&["--listen", "7878"], &["7878", "--listen", "127.0.0.1:7878"]), false),
            (serve(&["--listen", "127.0.0.1:99999"], &["99999", "--listen"]), false),
            (serve(&["--listen", "203.0.113.9:0"], &["203.0.113.9", "--listen"]), true),
            (
                serve(&["--listen", "127.0.0.1:0", "--public-url", "stage.example"], &["stage.example", "https://"]),
                true,
            ),
            (serve(&["--listen", "127.0.0.1:0", "--public-url", "https://"], &["--public-url", "https://"]), true),
            (serve(&["--listen", "127.0.0.1:0", "--bootstrap", "nonsense"], &["nonsense", "HOST:PORT"]), true),
            (serve(&["--listen", "127.0.0.1:0", "--bootstrap", "127.0.0.1:x"], &["127.0.0.1:x", "HOST:PORT"]), true),
            (serve(&["--cluster", "cloud"], &["cloud", "local"]), false),
            (serve(&["--cluster", "local", "--bootstrap", "127.0.0.1:1"], &["--cluster", "--bootstrap"]), false),
            (row(&["serve", "--dta", "x"], &["--dta"]), false),
            (row(&["explode"], &["explode"]), false),
            (row(&[], &["serve", "replay"]), false),
            (row(&["replay"], &["FILE"]), false),
        ] {
            wrong.holds(&root, one_line).await;
        }
    });
}

#[test]
fn a_machine_that_lacks_something() {
    run(async {
        let root = folder("machine");
        let data = root.join("data");
        let serve = ["serve", "--listen", "127.0.0.1:0", "--data", data.to_str().unwrap()];
        let nothing = root.join("nothing");
        fs::create_dir_all(&nothing).unwrap();
        let only_java = root.join("only-java");
        fs::create_dir_all(&only_java).unwrap();
        std::os::unix::fs::symlink(which("java"), only_java.join("java")).unwrap();
        let old_java = root.join("old-java");
        executable(&old_java.join("java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\"' >&2\n");
        let [nothing, only_java, old_java] = [&nothing, &only_java, &old_java].map(|path| path.to_str().unwrap());
        let cache = root.join("cache");
        let fresh = [("XDG_CACHE_HOME", cache.to_str()), ("JAVA_HOME", None), ("KAFKA_HOME", None)];
        let with = |more: &[(&'static str, Option<&str>)]| -> Vec<(&'static str, Option<String>)> {
            fresh.iter().chain(more).map(|(name, value)| (*name, value.map(str::to_owned))).collect()
        };
        let is_missing = [
            (with(&[("PATH", Some(nothing))]), ["Java", "install a JDK 17"]),
            (with(&[("PATH", Some(old_java))]), ["11.0.2", "17 or newer"]),
            (with(&[("PATH", Some(only_java))]), ["mvn", "install Maven"]),
            (with(&[("JAVA_HOME", Some(nothing))]), ["JAVA_HOME", nothing]),
            (with(&[("KAFKA_HOME", Some(nothing))]), ["KAFKA_HOME", nothing]),
        ];
        for (environment, named) in is_missing {
            let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_deref())).collect();
            plays_the_tour(&serve, &environment, &named).await;
            assert!(!data.exists(), "nothing is made for a cluster that cannot be");
        }
        let environment = with(&[("XDG_CACHE_HOME", Some("/proc/cache"))]);
        let environment: Vec<_> = environment.iter().map(|(name, value)| (*name, value.as_deref())).collect();
        row(&serve, &["/proc/cache", "XDG_CACHE_HOME"]).with(&environment).holds(&root, true).await;
    });
}

/// Where there can be no cluster the page plays the tour, and both the terminal and the page say what to install.
async fn plays_the_tour(words: &[&str], environment: &[(&str, Option<&str>)], named: &[&str]) {
    let running = Running::start(words, environment).await;
    let url = running.line("Replay:", PATIENCE).await;
    let state: Value = client().get(format!("{url}/api/state")).send().await.unwrap().json().await.unwrap();
    assert_eq!(state["session"]["mode"], "replay");
    let (said, why) = (running.said(), state["session"]["why"].as_str().unwrap_or_default());
    for word in named {
        assert!(said.contains(word) && why.contains(word), "{word:?} is not named: {said}\n{why}");
    }
    running.signal(rustix::process::Signal::TERM);
    assert!(running.ended(PATIENCE).await.exit.status.success());
}

#[test]
fn a_data_folder_that_cannot_be_used() {
    run(async {
        let root = folder("unusable");
        let file = root.join("file");
        fs::write(&file, "").unwrap();
        let below = file.join("data");
        let locked = root.join("locked");
        fs::create_dir_all(&locked).unwrap();
        fs::set_permissions(&locked, fs::Permissions::from_mode(0o555)).unwrap();
        let mut folders = vec![file, below, PathBuf::from("/proc/kafkascope")];
        // root may write everywhere.
        if fs::write(locked.join("try"), "").is_err() {
            folders.push(locked);
        }
        for folder in folders {
            let folder = folder.to_str().unwrap();
            let words = ["serve", "--listen", "127.0.0.1:0", "--data", folder];
            row(&words, &[folder, "--data"]).holds(&root, true).await;
        }
    });
}

fn which(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists()).unwrap()
}

fn executable(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}
