//! The local cluster against real JVMs, with kcat and /proc as the second opinion.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test that cannot go on says where; its figures are worth reading"
)]

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use kafkascope::{
    clock::Clock,
    cluster::{
        Config, LocalCluster, Ports, StageAdvertises,
        provision::{Environment, ProvisionError, provision},
        spawner::Spawner,
    },
    report::{self, Inbox},
};
use model::{
    fact::{Event, ProcessState},
    ids::BrokerId,
};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    sync::Mutex,
    time::{sleep, timeout},
};

const WRAPPER: &str = env!("CARGO_BIN_EXE_kafkascope");
/// Two cores do not carry two clusters.
static ONE_AT_A_TIME: Mutex<()> = Mutex::const_new(());
const PATIENCE: Duration = Duration::from_secs(90);

/// A folder that goes with the test.
struct Scratch(PathBuf);

impl Scratch {
    fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("kafkascope-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        drop(std::fs::remove_dir_all(&self.0));
    }
}

async fn start(data: &Path) -> (LocalCluster, Inbox) {
    let spawner = Spawner::start(WRAPPER).unwrap();
    let kafka = provision(&Environment::of_this_process(), &spawner, &|line| println!("{line}")).await.unwrap();
    let ports = Ports::take(kafka.cache()).unwrap();
    let (reporter, inbox) = report::queue(Clock::start());
    let config =
        Config { data: data.to_owned(), kafka, ports, controllers: 1, stage: StageAdvertises::Itself, spawner };
    (LocalCluster::start(config, reporter).await.unwrap(), inbox)
}

/// How many brokers kcat finds in the metadata.
async fn brokers_by_kcat(bootstrap: &str) -> usize {
    let mut kcat = tokio::process::Command::new("kcat");
    let answer = kcat.args(["-b", bootstrap, "-L", "-m", "2"]).stderr(Stdio::null()).output().await.unwrap();
    String::from_utf8_lossy(&answer.stdout).lines().filter(|line| line.starts_with("  broker ")).count()
}

async fn until_brokers(bootstrap: &str, count: usize) {
    let wait = async {
        while brokers_by_kcat(bootstrap).await != count {
            sleep(Duration::from_millis(30)).await;
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("kcat does not find {count} brokers"));
}

/// Waits for the fact that `node` came to `state`; answers its cause.
async fn until_state(inbox: &mut Inbox, id: i32, wanted: ProcessState) -> String {
    let wait = async {
        loop {
            let seen = inbox.seen.recv().await.expect("the cluster reports");
            if let Event::ProcessChanged { node, state, cause, .. } = seen.event
                && (node, state) == (BrokerId(id), wanted)
            {
                return cause;
            }
        }
    };
    timeout(PATIENCE, wait).await.unwrap_or_else(|_| panic!("node {id} does not become {wanted:?}"))
}

fn stat(pid: u32) -> Option<char> {
    let line = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    line.rsplit_once(") ")?.1.chars().next()
}

fn pid_of(cluster: &LocalCluster, id: i32) -> u32 {
    cluster.nodes().iter().find(|node| node.id == BrokerId(id)).unwrap().pid.unwrap()
}

fn outside_kill(signal: &str, pid: u32) {
    let status = std::process::Command::new("kill").args([signal, &pid.to_string()]).status().unwrap();
    assert!(status.success());
}

#[tokio::test(flavor = "multi_thread")]
async fn processes_obey_and_every_change_is_a_fact() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let scratch = Scratch::new("obey");
    let begun = Instant::now();
    let (cluster, mut inbox) = start(&scratch.0).await;
    let bootstrap = cluster.direct_bootstrap();
    until_brokers(&bootstrap, 3).await;
    println!("three brokers in kcat -L after {:?}", begun.elapsed());
    cluster.running().await.unwrap();
    until_brokers(&cluster.stage_bootstrap(), 3).await;
    let (one, two, three, controller) = (BrokerId(1), BrokerId(2), BrokerId(3), BrokerId(100));

    // Kill, twice; start on the same data, twice.
    let first_pid = pid_of(&cluster, 2);
    let did = cluster.kill(two).await.unwrap();
    assert_eq!(did.text, "killed broker 2 (SIGKILL)");
    assert_eq!(until_state(&mut inbox, 2, ProcessState::Dead).await, "killed (SIGKILL)");
    assert!(stat(first_pid).is_none());
    assert!(cluster.kill(two).await.unwrap().text.contains("dead already"));
    assert!(cluster.pause(two).await.unwrap_err().to_string().contains("is dead; start it"));
    let (did, again) = tokio::join!(cluster.start_node(two), cluster.start_node(two));
    println!("{:?}\n{:?}", did.unwrap(), again.unwrap());
    assert_ne!(pid_of(&cluster, 2), first_pid);
    until_state(&mut inbox, 2, ProcessState::Running).await;
    until_brokers(&bootstrap, 3).await;

    // Pause is real, and a paused process can be killed.
    cluster.pause(one).await.unwrap();
    assert_eq!(stat(pid_of(&cluster, 1)), Some('T'));
    assert!(cluster.pause(one).await.unwrap().text.contains("paused already"));
    assert!(cluster.start_node(one).await.unwrap_err().to_string().contains("resume it first"));
    cluster.resume(one).await.unwrap();
    assert_ne!(stat(pid_of(&cluster, 1)), Some('T'));
    assert!(cluster.resume(one).await.unwrap().text.contains("was not paused"));
    cluster.pause(one).await.unwrap();
    cluster.kill(one).await.unwrap();

    // What others do to our processes is seen as well.
    let pid = pid_of(&cluster, 3);
    outside_kill("-STOP", pid);
    assert!(until_state(&mut inbox, 3, ProcessState::Paused).await.contains("not by a command"));
    outside_kill("-CONT", pid);
    until_state(&mut inbox, 3, ProcessState::Running).await;
    let struck = Instant::now();
    outside_kill("-KILL", pid);
    let cause = until_state(&mut inbox, 3, ProcessState::Dead).await;
    assert_eq!(cause, "killed (SIGKILL), not by a command");
    assert!(struck.elapsed() < Duration::from_millis(300), "seen only after {:?}", struck.elapsed());
    println!("a killed process is told after {:?}", struck.elapsed());

    // The controller too; and a clean leave.
    assert!(cluster.takes_quorum(controller) && !cluster.takes_quorum(one));
    println!("{:?}", cluster.kill(controller).await.unwrap());
    println!("{:?}", cluster.start_node(controller).await.unwrap());
    cluster.start_node(one).await.unwrap();
    cluster.start_node(three).await.unwrap();
    until_brokers(&bootstrap, 3).await;
    println!("{:?}", cluster.stop(one).await.unwrap());
    assert_eq!(cause_of(&cluster, 1), "stopped (SIGTERM)");

    assert!(cluster.log("broker-1", 1 << 20).unwrap().unwrap().contains("shut down completed"));
    assert!(cluster.log("passwd", 100).is_none());
    let no_such = cluster.kill(BrokerId(9)).await.unwrap_err().to_string();
    assert_eq!(no_such, "there is no node 9; the cluster's nodes are 100, 1, 2, 3");

    let pids: Vec<u32> = cluster.nodes().iter().filter_map(|node| node.pid).collect();
    cluster.shutdown(&|line| println!("{line}")).await.unwrap();
    assert!(pids.iter().all(|pid| stat(*pid).is_none()), "an orphan");
    assert!(cluster.start_node(one).await.unwrap_err().to_string().contains("shut down"));
    let left: Vec<_> = std::fs::read_dir(scratch.0.join("cluster")).unwrap().flatten().map(|e| e.file_name()).collect();
    assert_eq!(left, ["lock"]);
}

fn cause_of(cluster: &LocalCluster, id: i32) -> String {
    cluster.nodes().into_iter().find(|node| node.id == BrokerId(id)).unwrap().cause
}

/// The example program is the gateway here: SIGKILL gives it no chance to end its children.
#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateway_leaves_no_process_and_the_next_start_works_at_once() {
    let _alone = ONE_AT_A_TIME.lock().await;
    let scratch = Scratch::new("orphans");
    let example = Path::new(WRAPPER).with_file_name("examples").join("cluster");
    let mut gateway = tokio::process::Command::new(example)
        .arg(&scratch.0)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(gateway.stdout.take().unwrap()).lines();
    let mut pids: Vec<u32> = Vec::new();
    while let Some(line) = timeout(PATIENCE, lines.next_line()).await.expect("it runs").unwrap() {
        if let Some(text) = line.strip_prefix("pids ") {
            pids = text.split(' ').map(|pid| pid.parse().unwrap()).collect();
        }
        if line.starts_with("running ") {
            break;
        }
    }
    assert_eq!(pids.len(), 4);
    assert!(pids.iter().all(|pid| stat(*pid).is_some()));
    let struck = Instant::now();
    gateway.start_kill().unwrap();
    gateway.wait().await.unwrap();
    let wait = async {
        while pids.iter().any(|pid| stat(*pid).is_some_and(|state| state != 'Z')) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(Duration::from_secs(5), wait).await.expect("a JVM outlived its gateway");
    println!("no JVM is left after {:?}", struck.elapsed());
    let folders = || std::fs::read_dir(scratch.0.join("cluster")).unwrap().count();
    assert!(folders() > 1, "the dead gateway left its folder");

    let (cluster, _inbox) = start(&scratch.0).await;
    until_brokers(&cluster.direct_bootstrap(), 3).await;
    // lock, pids.json and the new cluster's folder.
    assert_eq!(folders(), 3);
    cluster.shutdown(&|line| println!("{line}")).await.unwrap();
}

#[tokio::test]
async fn what_is_missing_is_said_in_one_sentence() {
    let scratch = Scratch::new("missing");
    let spawner = Spawner::start(WRAPPER).unwrap();
    let real = Environment::of_this_process();
    let old_java = scratch.0.join("jdk-8/bin/java");
    executable(&old_java, "#!/bin/sh\necho 'openjdk version \"1.8.0_402\"' >&2\n");
    let broken_maven = scratch.0.join("maven/mvn");
    executable(&broken_maven, "#!/bin/sh\necho '[ERROR] Could not transfer artifact x from/to central'\nexit 1\n");
    let full_disk = scratch.0.join("full/mvn");
    executable(&full_disk, "#!/bin/sh\necho '[ERROR] copy failed: No space left on device'\nexit 1\n");
    let java_home = which("java").canonicalize().unwrap().ancestors().nth(2).unwrap().to_owned();
    let empty = Environment { cache: scratch.0.join("cache"), ..Environment::default() };
    let with_java = Environment { java_home: Some(java_home), ..empty.clone() };
    let path = |program: &Path| program.parent().unwrap().as_os_str().to_owned();
    let file = scratch.0.join("file");
    std::fs::write(&file, "").unwrap();

    type Expected = fn(&ProvisionError) -> bool;
    let table: [(Environment, Expected, &str); 8] = [
        (empty.clone(), |e| matches!(e, ProvisionError::JavaMissing), "install a JDK 17"),
        (
            Environment { java_home: Some(file.clone()), ..real.clone() },
            |e| matches!(e, ProvisionError::JavaHomeWrong { .. }),
            "/file",
        ),
        (
            Environment { path: path(&old_java), ..empty.clone() },
            |e| matches!(e, ProvisionError::JavaTooOld { .. }),
            "is Java 1.8.0_402",
        ),
        (with_java.clone(), |e| matches!(e, ProvisionError::MavenMissing), "install Maven"),
        (
            Environment { path: path(&broken_maven), ..with_java.clone() },
            |e| matches!(e, ProvisionError::MavenFailed { .. }),
            "Could not transfer",
        ),
        (
            Environment { path: path(&full_disk), ..with_java.clone() },
            |e| matches!(e, ProvisionError::File { .. }),
            "free space",
        ),
        (
            Environment { kafka_home: Some(scratch.0.clone()), ..with_java.clone() },
            |e| matches!(e, ProvisionError::KafkaHomeWrong { .. }),
            "KAFKA_HOME is",
        ),
        (
            Environment { cache: file.join("cache"), ..with_java.clone() },
            |e| matches!(e, ProvisionError::File { .. }),
            "XDG_CACHE_HOME",
        ),
    ];
    for (environment, expected, word) in table {
        let error = provision(&environment, &spawner, &|_line| {}).await.unwrap_err();
        println!("{error}");
        assert!(expected(&error) && error.to_string().contains(word), "{error:?}");
    }
    assert!(!scratch.0.join("cache/kafka-4.3.1.part").exists(), "a failed try leaves nothing");
}

fn which(name: &str) -> PathBuf {
    let path = std::env::var_os("PATH").unwrap();
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.exists()).unwrap()
}

fn executable(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755)).unwrap();
}

#[tokio::test]
async fn a_spawned_child_has_pipes_an_exit_and_no_life_of_its_own() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let spawner = Spawner::start(WRAPPER).unwrap();
    let mut command = spawner.command("cat");
    command.stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut cat = spawner.spawn(command).await.unwrap();
    cat.stdin.take().unwrap().write_all(b"through\n").await.unwrap();
    let mut text = String::new();
    cat.stdout.take().unwrap().read_to_string(&mut text).await.unwrap();
    assert_eq!(text, "through\n");
    assert_eq!(cat.exit().await.describe(), "exited with code 0");

    let mut command = spawner.command("/no/such/program");
    command.stderr(Stdio::piped());
    let mut missing = spawner.spawn(command).await.unwrap();
    let mut said = String::new();
    missing.stderr.take().unwrap().read_to_string(&mut said).await.unwrap();
    assert!(said.contains("cannot execute /no/such/program"), "{said}");
    assert_eq!(missing.exit().await.describe(), "exited with code 1");

    let mut command = spawner.command("sleep");
    command.arg("100");
    let dropped = spawner.spawn(command).await.unwrap();
    let exit = dropped.exit();
    drop(dropped);
    assert_eq!(exit.await.describe(), "killed (SIGKILL)");
}
