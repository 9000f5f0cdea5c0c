//! Facts out of JSON claims.

use serde_json::{Map, Value};

use crate::{MAX_VALUE_BYTES, base64, time};

/// The claims of an object.
pub(crate) type Claims = Map<String, Value>;

/// The JSON object that `text` is, if it is one.
pub(crate) fn object(text: &[u8]) -> Option<Claims> {
    match serde_json::from_slice(text) {
        Ok(Value::Object(claims)) => Some(claims),
        _ => None,
    }
}

/// The JSON object that `text` is in Base64.
pub(crate) fn base64_object(text: &[u8]) -> Option<Claims> {
    object(&base64::decode(text)?)
}

/// A claim as text: numbers and booleans as written, the members of a list with a space between.
pub(crate) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        Value::Array(members) => {
            let mut joined = String::new();
            for member in members.iter().filter_map(|member| member.as_str()) {
                if joined.len() > MAX_VALUE_BYTES {
                    break;
                }
                if !joined.is_empty() {
                    joined.push(' ');
                }
                joined.push_str(member);
            }
            Some(joined)
        }
        Value::Null | Value::Object(_) => None,
    }
}

/// A claim that is a number of seconds since 1970, as RFC 3339.
pub(crate) fn date(value: &Value) -> Option<String> {
    // A float that is no valid time saturates to one that `rfc3339` leaves out.
    time::rfc3339(
        value
            .as_i64()
            .or_else(|| value.as_f64().map(|seconds| seconds as i64))?,
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn claims_are_told_as_text() {
        assert_eq!(text(&json!(["a", 1, "b"])).unwrap(), "a b");
        assert_eq!(text(&json!(7)).unwrap(), "7");
        assert_eq!(text(&json!({})), None);
    }

    #[test]
    fn dates_may_have_a_fraction_and_must_be_in_range() {
        assert_eq!(
            date(&json!(1_700_000_000.75)).unwrap(),
            "2023-11-14T22:13:20Z"
        );
        assert_eq!(date(&json!(1e300)), None);
        assert_eq!(date(&json!("1700000000")), None);
    }

    #[test]
    fn deep_nesting_is_refused_and_not_followed() {
        assert_eq!(object("[".repeat(60_000).as_bytes()), None);
        assert_eq!(
            object(format!("{}1{}", "{\"a\":".repeat(9_000), "}".repeat(9_000)).as_bytes()),
            None
        );
    }
}
