//! What was told last, so that a fact is told only when it changes.

use std::collections::BTreeMap;

/// The last value told of each thing.
#[derive(Debug)]
pub(super) struct Told<K, V>(BTreeMap<K, V>);

impl<K, V> Default for Told<K, V> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<K: Ord, V: PartialEq> Told<K, V> {
    /// Whether this is news; if so it counts as told.
    pub(super) fn is_news(&mut self, key: K, value: V) -> bool {
        if self.0.get(&key) == Some(&value) {
            return false;
        }
        self.0.insert(key, value);
        true
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }

    /// Forgets what no longer is.
    pub(super) fn retain(&mut self, keep: impl Fn(&K) -> bool) {
        self.0.retain(|key, _| keep(key));
    }
}

#[cfg(test)]
mod tests {
    use super::Told;

    #[test]
    fn tells_changes_only() {
        let mut told = Told::default();
        assert_eq!([5, 5, 6, 5].map(|end| told.is_news("orders 0", end)), [true, false, true, true]);
        told.retain(|key| *key != "orders 0");
        assert!(told.is_news("orders 0", 5));
    }
}
