//! Transactions on the score: what became of each record's, which one is open, and what waits for its end.

use model::{
    fact::{Appended, Control},
    picture::Partition,
};

use super::{View, column::Column, pen::Pen, row::Row, words};
use crate::{
    lanes::spans::{self, Span},
    paint::{Ink, Shape},
};

/// What became of the transaction that a record belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// No marker of its producer follows it.
    Open,
    Committed,
    Aborted,
}

/// What became of a record's transaction; none where it belongs to none.
pub(super) fn fate(column: &Column<'_>, offset: i64) -> Option<Fate> {
    Some(match spans::at(&column.spans, column.partition, offset)?.ended {
        None => Fate::Open,
        Some(Control::Commit) => Fate::Committed,
        Some(Control::Abort) => Fate::Aborted,
    })
}

/// The first transaction without an end.
fn open<'c>(column: &'c Column<'_>) -> Option<&'c Span> {
    column.spans.iter().find(|span| span.ended.is_none())
}

/// A dashed bracket without an end over the leader's tape, from the first record of a transaction that is open.
pub(super) fn draw(pen: &mut Pen, column: &Column<'_>, row: &Row) {
    let Some(open) = open(column) else { return };
    let from = column.at((open.first as f64).max(column.base));
    let y = row.mid() - row.tall() / 2.0 - 10.0 * row.scale();
    let end = column.right() - 6.0;
    if from < end {
        let bracket = Shape::lines(&[(from, y + 5.0), (from, y), (end, y)]);
        pen.put(bracket.stroke(Ink::Tx, 2.5).dashed(6.0, 4.0));
    }
}

/// What is said of a transaction that is open, longest first.
pub(super) fn remark(view: &View<'_>, column: &Column<'_>) -> Option<[String; 3]> {
    let open = open(column)?;
    let span = words::span(open.since, view.now);
    Some([format!("tx {} open {span}", open.producer_id), format!("tx open {span}"), format!("open {span}")])
}

/// How many committed records readers of committed records are not given yet, and by whose transaction.
pub(super) fn held(partition: &Partition) -> Option<(i64, Option<i64>)> {
    let offsets = partition.offsets.as_ref()?;
    let stable = offsets.last_stable_offset;
    let held = offsets.high_watermark - stable;
    // -1 where the leader did not say.
    if held <= 0 || stable < 0 {
        return None;
    }
    let record = partition.records.get(&stable).and_then(|r| r.appended.as_deref());
    let first = record.filter(|a: &&Appended| a.transactional).map(|a| a.producer_id);
    let known = || partition.producers.iter().find(|(_, p)| p.txn_start_offset == stable).map(|(id, _)| *id);
    Some((held, first.or_else(known)))
}
