//! The one run of Kafka's format tool: what it leaves for a controller is kept for every later cluster.

use std::{fs, path::Path};

use model::ids::BrokerId;

use super::{Kafka, ProvisionError};
use crate::cluster::{
    folders::{BOOTSTRAP, kafka_uuid},
    spawner::Spawner,
    tool::{self, Progress, timed},
};

/// Makes the template checkpoint where it is missing. Two gateways that do so at once both win.
pub(super) async fn prepare(kafka: &Kafka, spawner: &Spawner, progress: Progress<'_>) -> Result<(), ProvisionError> {
    let wanted = kafka.bootstrap();
    if wanted.exists() {
        return Ok(());
    }
    let temporary = kafka.made.join(format!("format-{}", std::process::id()));
    let made = timed(progress, "formatting a controller's folder (once)", run(kafka, spawner, &temporary)).await;
    let kept = made
        .and_then(|()| fs::rename(temporary.join(BOOTSTRAP), &wanted).map_err(ProvisionError::file("write", &wanted)));
    // What is left of it is nobody's.
    drop(fs::remove_dir_all(&temporary));
    kept
}

async fn run(kafka: &Kafka, spawner: &Spawner, folder: &Path) -> Result<(), ProvisionError> {
    let file = folder.join("controller.properties");
    // The ports are never used: the tool only checks that the settings are whole.
    let node = BrokerId(100);
    let text = format!(
        "process.roles=controller\nnode.id={node}\ncontroller.quorum.voters={node}@127.0.0.1:9093\n\
         listeners=CONTROLLER://127.0.0.1:9093\ncontroller.listener.names=CONTROLLER\nlog.dirs={}\n",
        folder.display()
    );
    fs::create_dir_all(folder).and_then(|()| fs::write(&file, text)).map_err(ProvisionError::file("write", &file))?;
    let mut command = spawner.command(kafka.java());
    kafka.add_java_options(&mut command);
    command.args(["kafka.tools.StorageTool", "format", "-t", &kafka_uuid(), "-c"]).arg(&file);
    match tool::run(spawner, command).await {
        Ok((exit, _)) if exit.status.success() => Ok(()),
        Ok((exit, said)) => {
            let line = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim();
            Err(ProvisionError::FormatFailed { cause: format!("it {}, saying: {line}", exit.describe()) })
        }
        Err(error) => Err(ProvisionError::FormatFailed { cause: error.to_string() }),
    }
}
