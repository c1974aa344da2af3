//! The leader epochs of the records that were read, to find where a new leader's log parts from them (KIP-101).

/// `(epoch, first offset)` of what was read, both rising.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Epochs(Vec<(i32, i64)>);

/// More than that many changes of leader back nobody asks.
const REMEMBERED: usize = 256;

impl Epochs {
    /// A record of `epoch` was read at `offset`.
    pub(super) fn read(&mut self, epoch: i32, offset: i64) {
        if epoch >= 0 && self.latest().is_none_or(|latest| epoch > latest) {
            self.0.push((epoch, offset));
            if self.0.len() > REMEMBERED {
                self.0.remove(0);
            }
        }
    }

    /// The epoch of the last record that was read.
    pub(super) fn latest(&self) -> Option<i32> {
        self.0.last().map(|(epoch, _)| *epoch)
    }

    /// A leader was asked where [`Self::latest`] ended, and answered `end_offset` for `epoch`, the largest it has
    /// that is not above. What is returned is the offset up to which its log and what was read are the same, as a
    /// follower would cut its own log (AbstractFetcherThread.getOffsetTruncationState).
    pub(super) fn common_end(&self, next_offset: i64, (epoch, end_offset): (i32, i64)) -> i64 {
        if epoch < 0 {
            // It has no epoch so old: nothing is known to differ. A fetch out of range would tell.
            return next_offset;
        }
        let ours = self.0.iter().find(|(other, _)| *other > epoch).map_or(next_offset, |(_, first)| *first);
        next_offset.min(ours).min(end_offset)
    }

    /// Records from `offset` on are gone.
    pub(super) fn cut(&mut self, offset: i64) {
        self.0.retain(|(_, first)| *first < offset);
    }
}

#[cfg(test)]
mod tests {
    use super::Epochs;

    fn read(epochs: &[(i32, i64)]) -> Epochs {
        let mut read = Epochs::default();
        epochs.iter().for_each(|&(epoch, offset)| read.read(epoch, offset));
        read
    }

    #[test]
    fn a_log_that_goes_on_takes_nothing_back() {
        assert_eq!(read(&[(3, 0)]).common_end(5, (3, 5)), 5);
        assert_eq!(read(&[(3, 0)]).common_end(5, (3, 9)), 5);
    }

    #[test]
    fn acked_then_lost() {
        // Offset 4 was read of the leader of epoch 5; the new leader has epoch 5 up to 4.
        assert_eq!(read(&[(2, 0), (5, 3)]).common_end(5, (5, 4)), 4);
    }

    #[test]
    fn a_whole_epoch_that_is_gone() {
        // The leader of epoch 5 wrote 3 and 4, and died before anybody had them.
        assert_eq!(read(&[(2, 0), (5, 3)]).common_end(5, (2, 3)), 3);
        // The new leader has more of epoch 2 than we read of it: they part where our epoch 5 begins.
        assert_eq!(read(&[(2, 0), (5, 3)]).common_end(5, (2, 4)), 3);
    }

    #[test]
    fn unknown_epochs_take_nothing_back() {
        assert_eq!(read(&[(2, 0)]).common_end(5, (-1, -1)), 5);
        assert_eq!(read(&[]).latest(), None);
        assert_eq!(read(&[(-1, 0)]).latest(), None);
    }

    #[test]
    fn after_a_cut_the_epoch_before_is_the_latest() {
        let mut epochs = read(&[(2, 0), (5, 3)]);
        epochs.cut(3);
        assert_eq!(epochs.latest(), Some(2));
        epochs.read(6, 3);
        assert_eq!(epochs, read(&[(2, 0), (6, 3)]));
    }
}
