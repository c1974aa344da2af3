//! Drives the shop on a cluster that stands already: commands on standard input, facts on standard output.
//!
//! `shop BOOTSTRAP DATA`, then lines: `order [N] [PER_SECOND]`, `load N PER_SECOND` (does not wait), `pay`, `refuse`,
//! `twice`, `kill|stop|start|pause|resume APP [INSTANCE]`, `more APP`, `guard GUARD on|off`, `restore`, `ledger`, `run SHELL`, `sleep MS`,
//! `wait` (until every order ended), `check` (the proof and the latencies, on standard error).

use std::{
    collections::BTreeMap,
    env,
    io::{self, BufRead as _, Write as _},
    path::PathBuf,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use kafkascope::{
    clock::Clock,
    report,
    shop::{
        AppName,
        desk::{Config, CreateOrder, Shop, Spawner, StartApp},
    },
};
use model::{
    fact::{Event, Fact, OrderStatus},
    ids::{Micros, OrderId},
};

/// What the facts add up to.
#[derive(Default)]
struct Sums {
    orders: BTreeMap<OrderId, (OrderStatus, i64, Micros, Micros)>,
    payments: BTreeMap<OrderId, (i64, i64, u32)>,
    stock: BTreeMap<OrderId, (i64, i64)>,
    item: (i64, i64, i64, i64),
    acks: Vec<u64>,
    refused: usize,
    skipped: usize,
}

impl Sums {
    fn note(&mut self, at: Micros, event: &Event) {
        match event {
            Event::OrderChanged { order, status, count, price_cents, .. } => {
                let entry = self.orders.entry(order.clone()).or_insert((*status, count * price_cents, at, at));
                if entry.0 != *status {
                    (entry.0, entry.3) = (*status, at);
                }
            }
            Event::PaymentChanged { order, taken_cents, refunded_cents, times_taken, .. } => {
                self.payments.insert(order.clone(), (*taken_cents, *refunded_cents, *times_taken));
            }
            Event::StockChanged { order, reserved, sold, .. } => {
                self.stock.insert(order.clone(), (*reserved, *sold));
            }
            Event::ItemChanged { item, created, on_hand, reserved, sold, .. } if item == "kettle" => {
                self.item = (*created, *on_hand, *reserved, *sold);
            }
            Event::RecordAcknowledged { took_micros, .. } => self.acks.push(*took_micros),
            Event::RecordRefused { .. } => self.refused += 1,
            Event::RecordHandled { effect, .. } if effect.starts_with("skipped") => self.skipped += 1,
            Event::LedgerStarted { .. } => *self = Self::default(),
            _ => {}
        }
    }

    fn open(&self) -> usize {
        self.orders.values().filter(|order| order.0 == OrderStatus::Open).count()
    }

    fn check(&mut self) -> String {
        let mut wrong = Vec::new();
        let (mut confirmed, mut cancelled, mut kept) = (0, 0, 0);
        for (id, (status, due, ..)) in &self.orders {
            let (taken, refunded, times) = self.payments.get(id).copied().unwrap_or_default();
            let (reserved, sold) = self.stock.get(id).copied().unwrap_or_default();
            kept += taken - refunded;
            let fine = match status {
                OrderStatus::Confirmed => {
                    confirmed += due;
                    taken == *due && refunded == 0 && times == 1 && reserved == 0 && sold > 0
                }
                OrderStatus::Cancelled => {
                    cancelled += 1;
                    taken == refunded && reserved == 0 && sold == 0
                }
                OrderStatus::Open => times <= 1 && sold == 0,
            };
            if !fine {
                wrong.push(format!(
                    "{id} {status:?} taken {taken} refunded {refunded} x{times} reserved {reserved} sold {sold}"
                ));
            }
        }
        let (created, on_hand, reserved, sold) = self.item;
        let ended = self.orders.values().filter(|order| order.0 == OrderStatus::Confirmed);
        let times: Vec<u64> = ended.map(|order| order.3.since(order.2)).collect();
        format!(
            "{} orders, {} open, {cancelled} cancelled; kept {kept} = confirmed {confirmed}: {}; created {created} = {on_hand} + {reserved} + {sold}: {}; \
             wrong: {wrong:?}; refused sends {}, skipped {}; placed to confirmed ms {}; acks ms {}",
            self.orders.len(),
            self.open(),
            kept == confirmed,
            created == on_hand + reserved + sold,
            self.refused,
            self.skipped,
            percentiles(times),
            percentiles(std::mem::take(&mut self.acks)),
        )
    }
}

fn percentiles(mut micros: Vec<u64>) -> String {
    micros.sort_unstable();
    let at = |part: usize| {
        micros.get((micros.len().saturating_sub(1)) * part / 100).copied().unwrap_or_default() as f64 / 1000.0
    };
    format!("p50 {:.1} p90 {:.1} p99 {:.1} max {:.1}", at(50), at(90), at(99), at(100))
}

#[tokio::main]
async fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let stage_bootstrap = arguments.next().context("BOOTSTRAP is missing")?;
    let data_dir = PathBuf::from(arguments.next().context("DATA is missing")?);
    let exe = env::current_exe()?.parent().and_then(|folder| folder.parent()).context("no folder")?.join("kafkascope");
    let (reporter, mut inbox) = report::queue(Clock::start());
    let sums = Arc::new(Mutex::new(Sums::default()));
    let folded = Arc::clone(&sums);
    tokio::spawn(async move {
        let mut seq = 0;
        while let Some(seen) = inbox.seen.recv().await {
            seq += 1;
            folded.lock().unwrap_or_else(std::sync::PoisonError::into_inner).note(seen.at, &seen.event);
            let fact = Fact { seq, at: seen.at, event: seen.event };
            if writeln!(io::stdout(), "{}", fact.to_json()).is_err() {
                return;
            }
        }
    });
    let log_dir = data_dir.join("logs");
    let shop = Shop::new(Config { exe, stage_bootstrap, data_dir, log_dir, spawner: Spawner::default() }, reporter)?;
    say(&format!("{:?}", shop.open().await));
    let (lines, mut waiting) = tokio::sync::mpsc::channel(16);
    std::thread::spawn(move || {
        for line in io::stdin().lock().lines().map_while(Result::ok) {
            if lines.blocking_send(line).is_err() {
                return;
            }
        }
    });
    while let Some(line) = waiting.recv().await {
        let words: Vec<&str> = line.split_whitespace().collect();
        let since = Instant::now();
        let done = obey(&shop, &sums, &words).await;
        let outcome = done.unwrap_or_else(|error| format!("REFUSED {error}"));
        say(&format!("{line} ({} ms): {outcome}", since.elapsed().as_millis()));
    }
    say(&format!("{:?}", shop.close().await));
    Ok(())
}

fn say(text: &str) {
    writeln!(io::stderr(), "{text}").ok();
}

async fn orders(shop: &Arc<Shop>, count: usize, per_second: u64) -> String {
    let mut pace = tokio::time::interval(Duration::from_micros(1_000_000 / per_second.max(1)));
    let mut refused = BTreeMap::<String, usize>::new();
    let mut waiting = Vec::new();
    for _ in 0..count {
        pace.tick().await;
        let shop = Arc::clone(shop);
        waiting.push(tokio::spawn(async move { shop.create_order(CreateOrder::default()).await }));
    }
    for order in waiting {
        if let Ok(Err(error)) = order.await {
            *refused.entry(error.to_string()).or_default() += 1;
        }
    }
    format!("refused: {refused:?}")
}

async fn obey(shop: &Arc<Shop>, sums: &Arc<Mutex<Sums>>, words: &[&str]) -> Result<String> {
    let number = |index: usize, default: u64| words.get(index).and_then(|word| word.parse().ok()).unwrap_or(default);
    let instance = words.get(2).and_then(|word| word.parse::<u32>().ok());
    let app = || words.get(1).context("which app?")?.parse::<AppName>().map_err(anyhow::Error::msg);
    let read = || sums.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    Ok(match words.first().copied().unwrap_or_default() {
        "order" => orders(shop, usize::try_from(number(1, 1))?, number(2, 20)).await,
        "load" => {
            let (shop, count, rate) = (Arc::clone(shop), usize::try_from(number(1, 1))?, number(2, 20));
            tokio::spawn(async move { say(&format!("load: {}", orders(&shop, count, rate).await)) });
            String::from("under way")
        }
        "pay" => format!("{:?}", shop.pay(None, false).await?),
        "refuse" => format!("{:?}", shop.pay(None, true).await?),
        "twice" => format!("{:?}", shop.pay_twice(None).await?),
        "kill" => shop.kill_app(app()?, instance).await?.text,
        "stop" => shop.stop_app(app()?, instance).await?.text,
        "start" => shop.start_app(app()?, instance, StartApp::default()).await?.text,
        "more" => shop.start_app(app()?, None, StartApp::default()).await?.text,
        "pause" => shop.pause_app(app()?, instance)?.text,
        "resume" => shop.resume_app(app()?, instance)?.text,
        "restore" => shop.restore().await?.text,
        "ledger" => shop.new_ledger().await?.text,
        "guard" => {
            let guard = words.get(1).context("which guard?")?.parse().map_err(anyhow::Error::msg)?;
            shop.set_guard(None, guard, words.get(2) == Some(&"on")).await?.text
        }
        "run" => {
            let command = words.get(1..).unwrap_or_default().join(" ");
            let output = tokio::process::Command::new("sh").arg("-c").arg(command).output().await?;
            String::from_utf8_lossy(&output.stdout).into_owned()
        }
        "sleep" => {
            tokio::time::sleep(Duration::from_millis(number(1, 1000))).await;
            String::new()
        }
        "wait" => {
            let deadline = Instant::now() + Duration::from_secs(number(1, 60));
            while read().open() > 0 && Instant::now() < deadline {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            // The last sale and release follow the order's end.
            tokio::time::sleep(Duration::from_millis(500)).await;
            format!("{} open", read().open())
        }
        "check" => read().check(),
        other => anyhow::bail!("what is {other:?}?"),
    })
}
