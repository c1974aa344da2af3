//! A rule as JSON, read field by field so that what is wrong can be named.

use kafka_protocol::messages::ApiKey;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _, ser::SerializeMap as _};
use serde_json::{Map, Value, json};

use super::{Api, Point, Rule, RuleError, What, Which};
use crate::wire::reader::MOST_SHOWN_BYTES;

const FIELDS: [&str; 8] = ["broker", "client_id", "api", "topic", "event_id", "which", "what", "ms"];
const WHATS: &str =
    "drop_response_and_close, drop_response, drop_request, delay_request, delay_response, refuse_connections";
const LONGEST_MS: u64 = 60_000;
/// A delay that does not say how long: long enough to be seen.
const DELAY_MS: u32 = 400;

fn wrong<T>(field: &'static str, why: impl Into<String>) -> Result<T, RuleError> {
    Err(RuleError { field, why: why.into() })
}

impl Rule {
    /// Reads the JSON form. What is not said is `"next"` for `which`, `drop_response_and_close` for `what`,
    /// and 400 ms for a delay.
    ///
    /// # Errors
    /// The field that is missing, unknown, of the wrong kind, or of no use beside another.
    pub fn from_json(form: &Map<String, Value>) -> Result<Self, RuleError> {
        if let Some(name) = form.keys().find(|name| !FIELDS.contains(&name.as_str())) {
            return wrong("rule", format!("there is no field {name:?}; there are: {}", FIELDS.join(", ")));
        }
        let rule = Self {
            broker: match form.get("broker").filter(|value| !value.is_null()) {
                None => None,
                Some(value) => match value.as_i64().and_then(|id| i32::try_from(id).ok()) {
                    Some(id) if id >= 0 => Some(id),
                    _ => return wrong("broker", format!("it must be a node id, not {value}")),
                },
            },
            client_id: text(form, "client_id")?,
            api: match text(form, "api")? {
                None => None,
                Some(name) => Some(name.parse().or_else(|why: String| wrong("api", why))?),
            },
            topic: text(form, "topic")?,
            event_id: text(form, "event_id")?,
            which: which(form.get("which"))?,
            what: what(form)?,
        };
        rule.check()?;
        Ok(rule)
    }

    /// Whether the fields make sense together.
    ///
    /// # Errors
    /// The field that can never match beside the others.
    pub fn check(&self) -> Result<(), RuleError> {
        if self.what.ms().is_some_and(|ms| u64::from(ms) > LONGEST_MS) {
            return wrong("ms", format!("it must be {LONGEST_MS} at most"));
        }
        if self.which == Which::Nth(0) {
            return wrong("which", "nth counts from 1");
        }
        let ids = [("client_id", &self.client_id), ("topic", &self.topic), ("event_id", &self.event_id)];
        if let Some((field, _)) = ids.iter().find(|(_, id)| id.as_ref().is_some_and(|id| id.len() > MOST_SHOWN_BYTES)) {
            return wrong(field, format!("the tap keeps {MOST_SHOWN_BYTES} bytes of it: no longer one is ever found"));
        }
        let api = self.api.map(|api| api.0);
        if self.what.point() == Point::Connect {
            let told = [
                ("client_id", self.client_id.is_some()),
                ("api", api.is_some()),
                ("topic", self.topic.is_some()),
                ("event_id", self.event_id.is_some()),
            ];
            if let Some((field, _)) = told.into_iter().find(|(_, is)| *is) {
                return wrong(field, "a connection has none yet when it is refused; leave it out");
            }
        }
        if self.event_id.is_some() && api.is_some_and(|api| api != ApiKey::Produce) {
            return wrong("event_id", "only Produce carries event ids here; set api to Produce or leave it out");
        }
        if self.topic.is_some() {
            match (api, self.what.point()) {
                (None | Some(ApiKey::Produce), _) | (Some(ApiKey::Fetch), Point::Answer) => {}
                (Some(ApiKey::Fetch), _) => {
                    return wrong(
                        "topic",
                        "a Fetch is matched by topic in its answer: take delay_response or drop_response",
                    );
                }
                _ => return wrong("topic", "only Produce and Fetch are matched by topic; leave one of the two out"),
            }
        }
        Ok(())
    }

    /// The JSON form.
    pub fn to_json(&self) -> Map<String, Value> {
        let which = match self.which {
            Which::Next => json!("next"),
            Which::Nth(nth) => json!({ "nth": nth }),
            Which::UntilCleared => json!("until_cleared"),
        };
        let fields = [
            ("broker", self.broker.map(Value::from)),
            ("client_id", self.client_id.clone().map(Value::from)),
            ("api", self.api.map(|api| Value::from(api.to_string()))),
            ("topic", self.topic.clone().map(Value::from)),
            ("event_id", self.event_id.clone().map(Value::from)),
            ("which", Some(which)),
            ("what", Some(Value::from(self.what.name()))),
            ("ms", self.what.ms().map(Value::from)),
        ];
        fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect()
    }
}

fn text(form: &Map<String, Value>, field: &'static str) -> Result<Option<String>, RuleError> {
    match form.get(field) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(other) => wrong(field, format!("it must be text, and not empty, not {other}")),
    }
}

fn which(value: Option<&Value>) -> Result<Which, RuleError> {
    match value {
        None | Some(Value::Null) => Ok(Which::Next),
        Some(Value::String(text)) if text == "next" => Ok(Which::Next),
        Some(Value::String(text)) if text == "until_cleared" => Ok(Which::UntilCleared),
        Some(value) => {
            let nth = value.as_object().filter(|it| it.len() == 1).and_then(|it| it.get("nth")).and_then(Value::as_u64);
            match nth.and_then(|nth| u32::try_from(nth).ok()) {
                Some(nth) => Ok(Which::Nth(nth)),
                None => wrong("which", format!("it must be \"next\", {{\"nth\":3}} or \"until_cleared\", not {value}")),
            }
        }
    }
}

fn what(form: &Map<String, Value>) -> Result<What, RuleError> {
    let name = text(form, "what")?.unwrap_or_else(|| What::DropResponseAndClose.name().to_owned());
    let ms = form.get("ms").filter(|value| !value.is_null());
    let delay = || match ms.map(Value::as_u64) {
        None => Ok(DELAY_MS),
        Some(Some(ms)) if ms <= LONGEST_MS => Ok(u32::try_from(ms).unwrap_or(u32::MAX)),
        _ => wrong("ms", format!("{name} needs whole milliseconds, from 0 to {LONGEST_MS}")),
    };
    let what = match name.as_str() {
        "drop_response_and_close" => What::DropResponseAndClose,
        "drop_response" => What::DropResponse,
        "drop_request" => What::DropRequest,
        "delay_request" => What::DelayRequest { ms: delay()? },
        "delay_response" => What::DelayResponse { ms: delay()? },
        "refuse_connections" => What::RefuseConnections,
        _ => return wrong("what", format!("{name:?} is unknown; there are: {WHATS}")),
    };
    if ms.is_some() && what.ms().is_none() {
        return wrong("ms", format!("{name} takes no time; leave it out"));
    }
    Ok(what)
}

impl Serialize for Rule {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let fields = self.to_json();
        let mut map = serializer.serialize_map(Some(fields.len()))?;
        for (name, value) in &fields {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Rule {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let form = Map::deserialize(deserializer)?;
        Self::from_json(&form).map_err(D::Error::custom)
    }
}

impl Serialize for Api {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
