//! Reads values out of JSON objects, field by field: one call a field, where derived code for all our types is two
//! fifths of the page's program.

use serde_json::{Map, Value};

use crate::{
    ids::{BrokerId, Micros, OrderId},
    ordered::Ordered,
};

/// The fields of one object, read one by one.
pub(crate) struct Fields<'a> {
    body: &'a Map<String, Value>,
    /// Whether everything asked for was there and of its type.
    whole: bool,
}

impl<'a> Fields<'a> {
    pub(crate) fn of(body: &'a Map<String, Value>) -> Self {
        Self { body, whole: true }
    }

    /// The object that was read, where everything was there.
    pub(crate) fn finish<T>(self, object: T) -> Option<T> {
        self.whole.then_some(object)
    }

    /// A field that must be there; an optional value may be left out.
    pub(crate) fn must<T: Json>(&mut self, name: &str) -> T {
        let value = T::read(self.body.get(name).unwrap_or(&Value::Null));
        self.whole &= value.is_some();
        value.unwrap_or_default()
    }

    /// A field that has a default where it is left out.
    pub(crate) fn may<T: Json>(&mut self, name: &str) -> T {
        if self.body.contains_key(name) { self.must(name) } else { T::default() }
    }
}

/// A type a field can have. Nothing but an optional value is null.
pub(crate) trait Json: Default {
    fn read(value: &Value) -> Option<Self>;
}

macro_rules! integers {
    ($($type:ty: $as:ident),*) => {$(
        impl $crate::json::Json for $type {
            fn read(value: &serde_json::Value) -> Option<Self> {
                Self::try_from(value.$as()?).ok()
            }
        }
    )*};
}

integers!(u64: as_u64, u32: as_u64, i64: as_i64, i32: as_i64, i16: as_i64);

macro_rules! newtypes {
    ($($type:ident)*) => {$(
        impl $crate::json::Json for $type {
            fn read(value: &serde_json::Value) -> Option<Self> {
                $crate::json::Json::read(value).map($type)
            }
        }
    )*};
}

newtypes!(BrokerId Micros OrderId);

macro_rules! words {
    ($($type:ident { $($word:literal => $variant:ident),* })*) => {$(
        impl $crate::json::Json for $type {
            fn read(value: &serde_json::Value) -> Option<Self> {
                match value.as_str()? {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    )*};
}

impl Json for bool {
    fn read(value: &Value) -> Option<Self> {
        value.as_bool()
    }
}

impl Json for String {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(text.clone()),
            _ => None,
        }
    }
}

impl Json for Map<String, Value> {
    fn read(value: &Value) -> Option<Self> {
        match value {
            Value::Object(map) => Some(map.clone()),
            _ => None,
        }
    }
}

macro_rules! optional {
    ($($type:ty)*) => {$(
        impl $crate::json::Json for Option<$type> {
            fn read(value: &serde_json::Value) -> Option<Self> {
                if value.is_null() { Some(None) } else { <$type as $crate::json::Json>::read(value).map(Some) }
            }
        }
    )*};
}

optional!(u32 String Micros);

macro_rules! lists {
    ($($type:ty)*) => {$(
        impl $crate::json::Json for Vec<$type> {
            fn read(value: &serde_json::Value) -> Option<Self> {
                match value {
                    serde_json::Value::Array(values) => values.iter().map($crate::json::Json::read).collect(),
                    _ => None,
                }
            }
        }
    )*};
}

lists!(BrokerId String u64);

impl Json for Value {
    fn read(value: &Value) -> Option<Self> {
        Some(value.clone())
    }
}

/// A JSON object's names as keys.
pub(crate) trait Key: Ord + Sized {
    fn key(name: &str) -> Option<Self>;
}

impl Key for String {
    fn key(name: &str) -> Option<Self> {
        Some(name.to_owned())
    }
}

impl Key for BrokerId {
    fn key(name: &str) -> Option<Self> {
        name.parse().ok().map(Self)
    }
}

impl<K: Key, V: Json> Json for Ordered<K, V> {
    fn read(value: &Value) -> Option<Self> {
        let mut map = Self::new();
        for (name, value) in value.as_object()? {
            map.insert(K::key(name)?, V::read(value)?);
        }
        Some(map)
    }
}

/// Objects: `must` names the fields that have to be there, `may` those with a default.
macro_rules! objects {
    ($($type:ident { must $($must:ident),*; may $($may:ident),*; })*) => {$(
        impl $type {
            fn of(fields: &mut $crate::json::Fields<'_>) -> Self {
                Self { $($must: fields.must(stringify!($must)),)* $($may: fields.may(stringify!($may)),)* }
            }
        }

        impl $crate::json::Json for $type {
            fn read(value: &serde_json::Value) -> Option<Self> {
                let mut fields = $crate::json::Fields::of(value.as_object()?);
                let object = Self::of(&mut fields);
                fields.finish(object)
            }
        }
    )*};
}

pub(crate) use {lists, objects, optional, words};
