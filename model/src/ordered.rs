//! A map in a sorted list, with the names of a B-tree's methods. A picture holds a few hundred things of sixteen types:
//! lists are as quick for that, and sixteen B-trees would be an eighth of the page's program.

use std::{
    borrow::Borrow,
    collections::BTreeMap,
    fmt,
    ops::{Bound, Range, RangeBounds},
    slice,
};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Keys in order, each once.
#[derive(Clone, PartialEq, Eq)]
pub struct Ordered<K, V> {
    entries: Vec<(K, V)>,
}

/// A key's place, taken or free.
#[derive(Debug)]
pub struct Entry<'a, K, V> {
    entries: &'a mut Vec<(K, V)>,
    place: Result<usize, (usize, K)>,
}

impl<K, V> Default for Ordered<K, V> {
    fn default() -> Self {
        Self { entries: Vec::new() }
    }
}

impl<K: fmt::Debug, V: fmt::Debug> fmt::Debug for Ordered<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self).finish()
    }
}

impl<K: Serialize, V: Serialize> Serialize for Ordered<K, V> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_map(self)
    }
}

impl<'de, K: Deserialize<'de> + Ord, V: Deserialize<'de>> Deserialize<'de> for Ordered<K, V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        BTreeMap::deserialize(from).map(|map| map.into_iter().collect())
    }
}

/// Things in order, each once.
pub fn each_once<T: Ord>(things: impl IntoIterator<Item = T>) -> Vec<T> {
    let mut each = Ordered::new();
    for thing in things {
        each.insert(thing, ());
    }
    each.entries.into_iter().map(|(thing, ())| thing).collect()
}

impl<K, V> Ordered<K, V> {
    /// Nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Keys and values, in order of the keys.
    pub fn iter(&self) -> Iter<'_, K, V> {
        self.into_iter()
    }

    /// The keys, in order.
    pub fn keys(&self) -> impl DoubleEndedIterator<Item = &K> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(k, _)| k)
    }

    /// The values, in order of their keys.
    pub fn values(&self) -> impl DoubleEndedIterator<Item = &V> + ExactSizeIterator + Clone {
        self.entries.iter().map(|(_, v)| v)
    }

    /// The values alone, in order of their keys.
    pub fn into_values(self) -> impl Iterator<Item = V> {
        self.entries.into_iter().map(|(_, v)| v)
    }

    /// The values, to change.
    pub fn values_mut(&mut self) -> impl DoubleEndedIterator<Item = &mut V> + ExactSizeIterator {
        self.entries.iter_mut().map(|(_, v)| v)
    }

    /// Keeps what `keep` says.
    pub fn retain(&mut self, mut keep: impl FnMut(&K, &mut V) -> bool) {
        self.entries.retain_mut(|(k, v)| keep(k, v));
    }

    /// Takes out the first.
    pub fn pop_first(&mut self) -> Option<(K, V)> {
        if self.entries.is_empty() { None } else { Some(self.entries.remove(0)) }
    }
}

impl<K: Ord, V> Ordered<K, V> {
    fn place<Q: Ord + ?Sized>(&self, key: &Q) -> Result<usize, usize>
    where
        K: Borrow<Q>,
    {
        match self.entries.last() {
            // What comes is nearly always newer than what is there.
            Some((last, _)) if last.borrow() < key => Err(self.entries.len()),
            _ => self.entries.binary_search_by(|(k, _)| k.borrow().cmp(key)),
        }
    }

    /// The value of a key.
    pub fn get<Q: Ord + ?Sized>(&self, key: &Q) -> Option<&V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.entries.get(at).map(|(_, v)| v)
    }

    /// The value of a key, to change.
    pub fn get_mut<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<&mut V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        self.entries.get_mut(at).map(|(_, v)| v)
    }

    /// Whether a key is there.
    pub fn contains_key<Q: Ord + ?Sized>(&self, key: &Q) -> bool
    where
        K: Borrow<Q>,
    {
        self.place(key).is_ok()
    }

    /// Sets a key's value; hands back the one it had.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        match self.place(&key) {
            Ok(at) => self.entries.get_mut(at).map(|(_, v)| std::mem::replace(v, value)),
            Err(at) => {
                self.entries.insert(at, (key, value));
                None
            }
        }
    }

    /// Takes a key out.
    pub fn remove<Q: Ord + ?Sized>(&mut self, key: &Q) -> Option<V>
    where
        K: Borrow<Q>,
    {
        let at = self.place(key).ok()?;
        Some(self.entries.remove(at).1)
    }

    /// A key's place, to be filled where it is free.
    pub fn entry(&mut self, key: K) -> Entry<'_, K, V> {
        let place = self.place(&key).map_err(|at| (at, key));
        Entry { entries: &mut self.entries, place }
    }

    fn bounds(&self, range: &impl RangeBounds<K>) -> Range<usize> {
        let before = |key: &K| self.entries.partition_point(|(k, _)| k < key);
        let through = |key: &K| self.entries.partition_point(|(k, _)| k <= key);
        let first = match range.start_bound() {
            Bound::Included(key) => before(key),
            Bound::Excluded(key) => through(key),
            Bound::Unbounded => 0,
        };
        let end = match range.end_bound() {
            Bound::Included(key) => through(key),
            Bound::Excluded(key) => before(key),
            Bound::Unbounded => self.entries.len(),
        };
        first..end.max(first)
    }

    /// What lies in a range of keys; an empty range where its end stands before its beginning.
    pub fn range(&self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &V)> + Clone {
        let bounds = self.bounds(&range);
        self.entries.get(bounds).unwrap_or_default().iter().map(|(k, v)| (k, v))
    }

    /// What lies in a range of keys, to change.
    pub fn range_mut(&mut self, range: impl RangeBounds<K>) -> impl DoubleEndedIterator<Item = (&K, &mut V)> {
        let bounds = self.bounds(&range);
        self.entries.get_mut(bounds).unwrap_or_default().iter_mut().map(|(k, v)| (&*k, v))
    }
}

impl<'a, K, V> Entry<'a, K, V> {
    /// The value, made by `make` where there is none.
    pub fn or_insert_with(self, make: impl FnOnce() -> V) -> &'a mut V {
        let at = match self.place {
            Ok(at) => at,
            Err((at, key)) => {
                self.entries.insert(at, (key, make()));
                at
            }
        };
        // The place was found or filled just now.
        &mut self.entries[at].1
    }

    /// The value, `value` where there is none.
    pub fn or_insert(self, value: V) -> &'a mut V {
        self.or_insert_with(|| value)
    }

    /// The value, the default where there is none.
    pub fn or_default(self) -> &'a mut V
    where
        V: Default,
    {
        self.or_insert_with(V::default)
    }
}

impl<K: Ord, V> FromIterator<(K, V)> for Ordered<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut ordered = Self::new();
        for (key, value) in entries {
            ordered.insert(key, value);
        }
        ordered
    }
}

/// Keys and values, in order.
pub type Iter<'a, K, V> = std::iter::Map<slice::Iter<'a, (K, V)>, fn(&'a (K, V)) -> (&'a K, &'a V)>;
/// Keys and values to change, in order.
pub type IterMut<'a, K, V> = std::iter::Map<slice::IterMut<'a, (K, V)>, fn(&'a mut (K, V)) -> (&'a K, &'a mut V)>;

impl<'a, K, V> IntoIterator for &'a Ordered<K, V> {
    type Item = (&'a K, &'a V);
    type IntoIter = Iter<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter().map(|(k, v)| (k, v))
    }
}

impl<'a, K, V> IntoIterator for &'a mut Ordered<K, V> {
    type Item = (&'a K, &'a mut V);
    type IntoIter = IterMut<'a, K, V>;

    fn into_iter(self) -> Self::IntoIter {
        self.entries.iter_mut().map(|(k, v)| (&*k, v))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BTreeMap, Ordered};

    proptest! {
        #[test]
        fn does_what_a_b_tree_does(steps in prop::collection::vec((0u8..4, 0i64..20, 0u8..5), 0..200)) {
            let (mut ours, mut theirs) = (Ordered::new(), BTreeMap::new());
            for (step, key, value) in steps {
                match step {
                    0 => prop_assert_eq!(ours.insert(key, value), theirs.insert(key, value)),
                    1 => prop_assert_eq!(ours.remove(&key), theirs.remove(&key)),
                    2 => {
                        *ours.entry(key).or_default() += value;
                        *theirs.entry(key).or_default() += value;
                    }
                    _ => {
                        ours.retain(|k, _| k % 5 != key % 5);
                        theirs.retain(|k, _| k % 5 != key % 5);
                    }
                }
                prop_assert_eq!(ours.get(&key), theirs.get(&key));
                prop_assert!(ours.iter().eq(theirs.iter()));
                let (from, to) = (key, key + i64::from(value));
                prop_assert!(ours.range(from..to).eq(theirs.range(from..to)));
                prop_assert!(ours.range(..from).rev().eq(theirs.range(..from).rev()));
                prop_assert!(ours.range_mut(to..).eq(theirs.range_mut(to..)));
            }
            prop_assert_eq!(ours.pop_first(), theirs.pop_first());
        }
    }
}
