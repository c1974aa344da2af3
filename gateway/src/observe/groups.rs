//! Groups and producers of one broker, on one connection: what it coordinates and what it remembers as a leader.

pub(super) mod known;

use std::{collections::BTreeMap, sync::Arc};

use model::{fact::Level, ids::BrokerId};
use tokio::time::{Instant, sleep_until};

use crate::kafka::{self, Connection, DescribedGroup, Error, ErrorCode};

use super::{
    link::Link,
    replicas::chosen,
    shared::{Broker, Eyes},
};

/// Groups that this broker coordinates, by id, with their type.
type Local = BTreeMap<String, String>;

pub(super) async fn run(eyes: Arc<Eyes>, broker: Arc<Broker>) {
    let mut link = Link::new(Arc::clone(&eyes), Arc::clone(&broker), "groups");
    let mut local = Local::new();
    let mut due = [Instant::now(); 3];
    loop {
        let Some(connection) = link.connect_when_reachable().await else { continue };
        let next = due.iter().min().copied().unwrap_or_else(Instant::now);
        let asked = tokio::select! {
            error = connection.closed() => Err(error),
            () = sleep_until(next) => ask(&eyes, broker.id, connection, &mut local, &mut due).await,
        };
        match asked {
            Ok(()) => {}
            Err(error) if error.ends_connection() => link.lose(&error),
            // COORDINATOR_LOAD_IN_PROGRESS after a move of the coordinator, mostly: it passes.
            Err(Error::Refused { .. }) => {}
            Err(error) => eyes.notice_once(
                format!("groups of broker {}", broker.id),
                Level::Warn,
                format!("groups of broker {}: {error}", broker.id),
            ),
        }
    }
}

async fn ask(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    local: &mut Local,
    [list, describe, producers]: &mut [Instant; 3],
) -> Result<(), Error> {
    let now = Instant::now();
    if *list <= now {
        *list = now + eyes.pace.group_list();
        list_groups(eyes, broker, connection, local).await?;
    }
    if *describe <= now {
        *describe = now + eyes.pace.groups();
        describe_groups(eyes, broker, connection, local).await?;
    }
    if *producers <= now {
        *producers = now + eyes.pace.producers();
        describe_producers(eyes, broker, connection).await?;
    }
    Ok(())
}

/// ListGroups names the groups that this broker coordinates, so it says at the same time who coordinates what.
async fn list_groups(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    local: &mut Local,
) -> Result<(), Error> {
    let deadline = eyes.pace.deadline();
    let listed = kafka::list_groups(connection, deadline).await?;
    *local = listed.into_iter().map(|group| (group.group_id, group.group_type)).collect();
    let reachable: Vec<BrokerId> = eyes.reachable().iter().map(|broker| broker.id).collect();
    // Nobody lists these any more; gone they are when their coordinator says so, not while they move.
    let lost = eyes.groups().listed(broker, local.keys(), &reachable);
    for (group_id, group_type) in lost {
        let coordinator = match kafka::find_coordinator(connection, &group_id, deadline).await {
            Ok(coordinator) => coordinator,
            Err(error) if error.ends_connection() => return Err(error),
            Err(_not_now) => continue,
        };
        if coordinator != broker {
            continue;
        }
        let described = describe(connection, &group_type, std::slice::from_ref(&group_id), deadline).await?;
        if described.iter().all(is_dead) {
            let event = eyes.groups().delete(&group_id);
            event.into_iter().for_each(|event| eyes.reporter.report(event));
        }
    }
    Ok(())
}

fn is_dead(group: &DescribedGroup) -> bool {
    group.error == Some(ErrorCode::GROUP_ID_NOT_FOUND) || (group.error.is_none() && group.state == "Dead")
}

async fn describe_groups(
    eyes: &Eyes,
    broker: BrokerId,
    connection: &mut Connection,
    local: &Local,
) -> Result<(), Error> {
    let deadline = eyes.pace.deadline();
    for group_type in ["classic", "consumer"] {
        let of_type = local.iter().filter(|(_, its)| its.as_str() == group_type);
        let group_ids: Vec<String> = of_type.map(|(id, _)| id.clone()).collect();
        if group_ids.is_empty() {
            continue;
        }
        let described = describe(connection, group_type, &group_ids, deadline).await?;
        let alive = described.into_iter().filter(|group| group.error.is_none() && !is_dead(group));
        let events: Vec<_> = {
            let mut groups = eyes.groups();
            alive.filter_map(|group| groups.described(broker, group_type, group)).collect()
        };
        events.into_iter().for_each(|event| eyes.reporter.report(event));
        let committed = kafka::offset_fetch(connection, &group_ids, deadline).await?;
        let events: Vec<_> = {
            let mut groups = eyes.groups();
            committed.into_iter().flat_map(|committed| groups.committed(broker, committed)).collect()
        };
        events.into_iter().for_each(|event| eyes.reporter.report(event));
    }
    Ok(())
}

/// A consumer-protocol group is never asked for with DescribeGroups, which would call it Dead.
async fn describe(
    connection: &mut Connection,
    group_type: &str,
    group_ids: &[String],
    deadline: std::time::Duration,
) -> Result<Vec<DescribedGroup>, Error> {
    if group_type == "consumer" {
        kafka::consumer_group_describe(connection, group_ids, deadline).await
    } else {
        kafka::describe_groups(connection, group_ids, deadline).await
    }
}

async fn describe_producers(eyes: &Eyes, broker: BrokerId, connection: &mut Connection) -> Result<(), Error> {
    let include_internal = eyes.include_internal;
    let led = chosen(eyes, |internal, partition| partition.leader == broker && (include_internal || !internal));
    if led.is_empty() {
        return Ok(());
    }
    let producers = kafka::describe_producers(connection, &led, eyes.pace.deadline()).await?;
    let events = eyes.groups().produced(&led, producers);
    events.into_iter().for_each(|event| eyes.reporter.report(event));
    Ok(())
}
