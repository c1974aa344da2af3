//! Apps that work in Kafka's transactions: what kcat reads committed, and what a switch under load costs.

use std::{collections::BTreeMap, time::Duration};

use serde_json::json;

use crate::{
    harness::{Gateway, alone},
    load::{Load, PARTITIONS, all_end},
    process::run,
    second_opinion::{Isolation, records_for_kcat},
};

/// A transaction takes librdkafka about 0.1 s, and the order app makes two for an order.
const PACE: Duration = Duration::from_millis(300);

async fn switch(stage: &Gateway, on: bool) {
    stage.command(json!({ "command": "set_guard", "guard": "transactions", "on": on })).await;
}

/// How often each kind of event stands on the log for a read_committed reader; none stands there twice.
async fn committed(bootstrap: &str) -> BTreeMap<String, usize> {
    let (mut kinds, mut ids) = (BTreeMap::new(), BTreeMap::new());
    for (topic, partition) in PARTITIONS {
        for record in records_for_kcat(bootstrap, topic, partition, Isolation::Committed).await {
            *kinds.entry(record.headers["type"].clone()).or_default() += 1;
            *ids.entry(record.event_id().to_owned()).or_insert(0) += 1;
        }
    }
    assert!(ids.values().all(|times| *times == 1), "an event stands twice: {ids:?}");
    kinds
}

#[test]
fn orders_are_confirmed_in_transactions_and_switching_under_load_loses_nothing() {
    run(async {
        let _machine = alone().await;
        let stage = Gateway::stage("transactions").await;
        switch(&stage, true).await;
        let reason =
            stage.refused(json!({ "command": "arm_fault", "app": "stock", "at": "after_work", "do": "abort" })).await;
        assert!(reason.contains("in_transaction"), "{reason}");
        stage.command(json!({ "command": "create_order", "item": "mug" })).await;
        stage.until("the order is confirmed", |state| state.shop.orders.confirmed == 1).await;
        all_end(&stage).await;
        let bootstrap = stage.state().await.bootstrap;
        let kinds = committed(&bootstrap).await;
        for kind in ["OrderPlaced", "StockReserved", "PaymentTaken", "OrderConfirmed", "StockSold"] {
            assert_eq!(kinds[kind], 1, "{kinds:?}");
        }

        let load = Load::start(&stage, PACE);
        for on in [false, true, false, true] {
            let accepted = load.accepted();
            stage.until("more orders", |_| load.accepted() > accepted + 5).await;
            switch(&stage, on).await;
        }
        let ordered = load.stop().await;
        all_end(&stage).await;
        let orders = stage.state().await.shop.orders;
        assert_eq!((ordered.refused, orders.cancelled, orders.confirmed), (0, 0, ordered.accepted + 1), "{ordered:?}");
        let kinds = committed(&bootstrap).await;
        println!("{ordered:?}, {kinds:?}");
        for kind in ["OrderPlaced", "StockReserved", "PaymentTaken", "OrderConfirmed", "StockSold"] {
            assert_eq!(kinds[kind] as u64, ordered.accepted + 1, "{kinds:?}");
        }

        // One needs the other: the guard it needs takes it with it, and it is refused without.
        stage.command(json!({ "command": "set_guard", "guard": "idempotence", "on": false })).await;
        assert!(!stage.state().await.app("order").guards["transactions"]);
        let on = json!({ "command": "set_guard", "guard": "transactions", "on": true });
        assert!(stage.refused(on).await.contains("idempotence"));
        stage.restore().await;
        stage.saw_everything().await;
        stage.stop().await;
    });
}
