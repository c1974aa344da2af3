//! JSON as the browser's own values: its writer is already there, and ours would be carried by every page.

use js_sys::{Array, JSON, Object, Reflect};
use serde_json::{Map, Value};
use wasm_bindgen::JsValue;

/// A value of ours as one of the browser's.
pub(crate) fn value(value: &Value) -> JsValue {
    match value {
        Value::Null => JsValue::NULL,
        Value::Bool(truth) => JsValue::from_bool(*truth),
        Value::Number(number) => JsValue::from_f64(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => JsValue::from_str(text),
        Value::Array(values) => values.iter().map(self::value).collect::<Array>().into(),
        Value::Object(fields) => object(fields),
    }
}

fn object(fields: &Map<String, Value>) -> JsValue {
    let object = Object::new();
    for (name, field) in fields {
        // Setting a field of a fresh plain object cannot fail.
        Reflect::set(&object, &name.into(), &value(field)).ok();
    }
    object.into()
}

/// A list as JSON text.
pub(crate) fn list(values: Vec<Value>) -> String {
    JSON::stringify(&value(&Value::Array(values))).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// An object as JSON text.
pub(crate) fn text(fields: &Map<String, Value>) -> String {
    JSON::stringify(&object(fields)).ok().and_then(|text| text.as_string()).unwrap_or_default()
}
