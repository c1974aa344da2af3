//! What the tap saw in a run, and crash points.

use kafkascope_model::verdict::Measure;

use super::{ORDERS, check, placed, s};

const FRAMES: &str = "
    frame e9
    frame e9
    frame e3 producer 4000 epoch 0 sequence 7
    frame e3,e4 producer 4000 epoch 0 sequence 7
";

#[test]
fn frames_of_a_send_beyond_the_first() {
    let retries = || Measure::Retries { event: placed() };
    check(
        retries(),
        1,
        &format!(
            "{ORDERS}{}",
            FRAMES.replace("e3,e4 producer 4000 epoch 0 sequence 7", "e3,e4 producer 4000 epoch 0 sequence 7 *")
        ),
    );
    check(retries(), 0, &format!("{ORDERS}frame e3\nframe e4"));
    check(retries(), None, &format!("{ORDERS}frame e9\nframe e9"));
    check(Measure::Retries { event: s("PaymentTaken") }, None, &format!("{ORDERS}{FRAMES}"));
}

#[test]
fn numbers_that_a_send_went_under() {
    let sequences = || Measure::Sequences { event: placed() };
    let script = format!("{ORDERS}{}", FRAMES.replace("sequence 7", "sequence 7 *"));
    check(sequences(), 1, &script);
    check(sequences(), 2, &script.replacen("sequence 7", "sequence 8", 1));
    check(sequences(), 2, &script.replacen("epoch 0", "epoch 1", 1));
    check(sequences(), 0, &format!("{ORDERS}frame e3 *\nframe e3 *"));
    check(sequences(), None, &format!("{ORDERS}frame e9"));
}

#[test]
fn faults_and_refusals_of_the_runs_frames() {
    let fired = "fired e3 drop_response *\nfired e9 drop_response\nfired - drop_response *";
    check(Measure::FaultsFired, 2, &format!("{ORDERS}{fired}"));
    let refused = || Measure::Refusals { error: s("NOT_ENOUGH_REPLICAS") };
    let answers = "answered e3 NOT_ENOUGH_REPLICAS *
        answered e3 NOT_LEADER_OR_FOLLOWER
        answered e9 NOT_ENOUGH_REPLICAS
        answered e4,e9 NOT_ENOUGH_REPLICAS *
        answered e3 @3";
    check(refused(), 2, &format!("{ORDERS}{answers}"));
}

#[test]
fn crash_points_that_were_come_to() {
    let script = "crash stock after_work armed\ncrash stock after_work reached *\ncrash order in_transaction cleared";
    check(Measure::CrashPoints, 1, script);
}
