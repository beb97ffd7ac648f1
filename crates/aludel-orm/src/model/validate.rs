//! Validation: rules of fields and of whole rows, checked before anything is sent.
//!
//! ```text
//! #[field(min = 0, max = 150)]              age: i32,
//! #[field(length(min = 2, max = 40))]       name: String,
//! #[field(email)]                           email: String,
//! #[field(url)]                             home: Option<String>,
//! #[field(regex = "^[a-z]+$")]              slug: String,
//! #[field(one_of("draft", "public"))]       state: String,
//! #[field(validate = not_reserved)]         login: String,     // fn(&str) -> Result<(), String>
//! #[model(validate = ends_after_it_begins)]                    // fn(&mut Checked<'_, Event>)
//! ```
//!
//! Inserts, `save`, `patch` and the session's flush check them; bulk statements by query do not. All errors of a row are
//! reported together, by field. `enforce` on a field makes its rules a CHECK in the table, too (`min`, `max`, `length`,
//! `one_of`). Names and meaning follow Django's validators and the `validator` crates of the field.

use crate::model::Model;
use crate::model::column::Column;
use crate::model::meta::{FieldMeta, ModelMeta};
use crate::model::path::Root;
use crate::read::read_values;
use aludel_engine::{Error, FieldError, Result};
use aludel_sql::Value;
use aludel_sql::expr::{BinaryOp, Function, Name, Node};
use aludel_sql::types::{ColumnType, Scalar};
use regex_lite::Regex;
use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// A rule of a field.
#[derive(Clone)]
pub struct Rule(Kind);

#[derive(Clone)]
enum Kind {
    Min(Value),
    Max(Value),
    Length { min: usize, max: usize },
    Email,
    Url,
    Regex(&'static str, Option<Regex>),
    OneOf(Vec<Value>),
    Custom(Arc<Custom>),
}

type Custom = dyn Fn(&Value) -> Result<(), String> + Send + Sync;

/// A check of a whole row.
#[derive(Clone)]
pub struct WholeCheck(Arc<Whole>);

/// Checks the values of a row and reports what is wrong; `None` is left to the database.
type Whole = dyn Fn(&'static ModelMeta, &[Option<Value>], &mut Vec<FieldError>) + Send + Sync;

/// A row of `M` that is to be written, for a check of the whole row.
pub struct Checked<'a, M> {
    meta: &'static ModelMeta,
    values: &'a [Option<Value>],
    errors: &'a mut Vec<FieldError>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> Checked<'_, M> {
    /// The value of a column; `None` if the database fills it in.
    pub fn get<T: ColumnType>(&self, column: Column<Root<M>, T>) -> Option<T> {
        let value = self.values[self.position(column.name())?].clone()?;
        read_values(&[value]).ok()
    }

    /// Reports an error at a field.
    pub fn error<T>(&mut self, column: Column<Root<M>, T>, message: impl Into<String>) {
        let at = self.position(column.name());
        let field = at.map(|at| self.meta.fields[at].name.clone());
        self.errors.push(FieldError {
            field: field.unwrap_or_else(|| column.name().to_string()),
            message: message.into(),
        });
    }

    fn position(&self, column: &str) -> Option<usize> {
        let mut fields = self.meta.fields.iter();
        fields.position(|field| field.column == column)
    }
}

impl WholeCheck {
    /// A check by a function.
    pub fn new<M: Model>(check: fn(&mut Checked<'_, M>)) -> WholeCheck {
        WholeCheck(Arc::new(move |meta, values, errors| {
            check(&mut Checked {
                meta,
                values,
                errors,
                of: PhantomData,
            });
        }))
    }
}

impl fmt::Debug for WholeCheck {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WholeCheck")
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Rule {
    /// The value is at least this.
    pub fn min<T: Scalar>(value: T) -> Rule {
        Rule(Kind::Min(value.encode()))
    }

    /// The value is at most this.
    pub fn max<T: Scalar>(value: T) -> Rule {
        Rule(Kind::Max(value.encode()))
    }

    /// Text with this many characters.
    pub fn length(min: usize, max: usize) -> Rule {
        Rule(Kind::Length { min, max })
    }

    /// An e-mail address, as HTML forms accept it.
    pub fn email() -> Rule {
        Rule(Kind::Email)
    }

    /// An absolute URL of `http` or `https`.
    pub fn url() -> Rule {
        Rule(Kind::Url)
    }

    /// Text in which a regular expression finds a match.
    pub fn regex(pattern: &'static str) -> Rule {
        Rule(Kind::Regex(pattern, Regex::new(pattern).ok()))
    }

    /// The value is one of these.
    pub fn one_of<T: Scalar>(values: impl IntoIterator<Item = T>) -> Rule {
        Rule(Kind::OneOf(
            values.into_iter().map(Scalar::encode).collect(),
        ))
    }

    /// A check by a function.
    pub fn custom<T, B>(check: fn(&B) -> Result<(), String>) -> Rule
    where
        T: Scalar + Borrow<B>,
        B: ?Sized + 'static,
    {
        Rule(Kind::Custom(Arc::new(move |value| {
            match read_values::<T>(std::slice::from_ref(value)) {
                Ok(value) => check(value.borrow()),
                Err(error) => Err(error.to_string()),
            }
        })))
    }

    /// Its name, as in the attribute.
    pub fn name(&self) -> &'static str {
        match self.0 {
            Kind::Min(_) => "min",
            Kind::Max(_) => "max",
            Kind::Length { .. } => "length",
            Kind::Email => "email",
            Kind::Url => "url",
            Kind::Regex(..) => "regex",
            Kind::OneOf(_) => "one_of",
            Kind::Custom(_) => "validate",
        }
    }

    /// Checks a value; the error says why it is rejected.
    pub(crate) fn check(&self, value: &Value) -> Result<(), String> {
        let (right, why): (bool, String) = match &self.0 {
            Kind::Min(least) => (
                compare(value, least).is_none_or(|order| order != Ordering::Less),
                format!("must be at least {}", show(least)),
            ),
            Kind::Max(most) => (
                !is_nan(value)
                    && compare(value, most).is_none_or(|order| order != Ordering::Greater),
                format!("must be at most {}", show(most)),
            ),
            Kind::Length { min, max } => {
                let length = value.as_str().map_or(0, |text| text.chars().count());
                (
                    (*min..=*max).contains(&length),
                    match (*min, *max) {
                        (0, max) => format!("must have at most {max} characters"),
                        (min, usize::MAX) => format!("must have at least {min} characters"),
                        (min, max) => format!("must have {min} to {max} characters"),
                    },
                )
            }
            Kind::Email => (
                value.as_str().is_some_and(is_email),
                "is no e-mail address".into(),
            ),
            Kind::Url => (value.as_str().is_some_and(is_url), "is no URL".into()),
            Kind::Regex(pattern, None) => (
                false,
                format!("can't be checked: {pattern:?} is no regular expression"),
            ),
            Kind::Regex(pattern, Some(regex)) => (
                value.as_str().is_some_and(|text| regex.is_match(text)),
                format!("must be of the form {pattern}"),
            ),
            Kind::OneOf(values) => (
                values.iter().any(|one| {
                    one == value || value.as_str().is_some() && one.as_str() == value.as_str()
                }),
                format!(
                    "must be one of {}",
                    values.iter().map(show).collect::<Vec<_>>().join(", ")
                ),
            ),
            Kind::Custom(check) => return check(value),
        };
        if right { Ok(()) } else { Err(why) }
    }

    /// Its condition for a CHECK, if it can be one.
    fn condition(&self, column: &str) -> Option<Node> {
        let column = || Node::Root(Name::Owned(column.to_string()));
        let compared = |op, left, value: &Value| Node::binary(op, left, Node::Value(value.clone()));
        match &self.0 {
            Kind::Min(least) => Some(compared(BinaryOp::GreaterOrEqual, column(), least)),
            Kind::Max(most) => Some(compared(BinaryOp::LessOrEqual, column(), most)),
            Kind::Length { min, max } => {
                let length = || Node::Function(Function::Length, vec![column()]);
                let most = i64::try_from(*max).unwrap_or(i64::MAX);
                let least = i64::try_from(*min).unwrap_or(i64::MAX);
                let least = compared(BinaryOp::GreaterOrEqual, length(), &Value::I64(least));
                let most = compared(BinaryOp::LessOrEqual, length(), &Value::I64(most));
                Some(least.and(most))
            }
            Kind::OneOf(values) => values
                .iter()
                .map(|value| compared(BinaryOp::Equal, column(), value))
                .reduce(Node::or),
            _ => None,
        }
    }
}

/// The rules of a field as one condition, for its CHECK.
pub(crate) fn enforced(field: &FieldMeta) -> Option<Node> {
    let rules = field
        .rules
        .iter()
        .filter_map(|rule| rule.condition(&field.column));
    rules.reduce(Node::and)
}

/// Checks a row that is to be written: `None` is left to the database, or stays as it is.
///
/// # Errors
/// [`aludel_engine::ErrorKind::Validation`] with all that is wrong, by field.
pub(crate) fn check(
    meta: &'static ModelMeta,
    values: &[Option<Value>],
    changed: impl Fn(usize) -> bool,
) -> Result<()> {
    let mut errors = check_fields(meta, values, changed);
    for whole in &meta.whole_checks {
        (whole.0)(meta, values, &mut errors);
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::validation(meta.name, errors))
}

/// Checks each field for itself.
pub(crate) fn check_fields(
    meta: &ModelMeta,
    values: &[Option<Value>],
    changed: impl Fn(usize) -> bool,
) -> Vec<FieldError> {
    let mut errors = Vec::new();
    for (at, field) in meta.fields.iter().enumerate() {
        let Some(value) = values[at].as_ref().filter(|value| !value.is_null()) else {
            continue;
        };
        for rule in field.rules.iter().filter(|_| changed(at)) {
            if let Err(message) = rule.check(value) {
                errors.push(FieldError {
                    field: field.name.clone(),
                    message,
                });
            }
        }
    }
    errors
}

/// Checks values for rows of a model about which nothing else is known: by the rules of each field, not by those of the
/// whole row.
///
/// # Errors
/// Same as [`check`].
pub(crate) fn check_values<'v>(
    meta: &'static ModelMeta,
    values: impl IntoIterator<Item = (&'v FieldMeta, &'v Value)>,
) -> Result<()> {
    let mut errors: Vec<FieldError> = Vec::new();
    for (field, value) in values {
        if value.is_null() {
            continue;
        }
        for rule in &field.rules {
            if let Err(message) = rule.check(value) {
                errors.push(FieldError {
                    field: field.name.clone(),
                    message,
                });
            }
        }
    }
    if errors.is_empty() {
        return Ok(());
    }
    Err(Error::validation(meta.name, errors))
}

/// Compares a value with a limit; NaN is below every one.
fn compare(value: &Value, limit: &Value) -> Option<Ordering> {
    let is_nan = is_nan(value) || is_nan(limit);
    value.compare(limit).or(is_nan.then_some(Ordering::Less))
}

/// NaN is within no limits.
fn is_nan(value: &Value) -> bool {
    match value {
        Value::F32(value) => value.is_nan(),
        Value::F64(value) => value.is_nan(),
        _ => false,
    }
}

/// A rule's own value, for messages.
fn show(value: &Value) -> String {
    match value {
        Value::F32(value) => value.to_string(),
        Value::F64(value) => value.to_string(),
        #[cfg(feature = "decimal")]
        Value::Decimal(value) => value.to_string(),
        Value::Date(date) => date.to_text().unwrap_or_default(),
        Value::Time(time) => time.to_text(),
        Value::DateTime(time) => time.to_text().unwrap_or_default(),
        Value::Timestamp(time) => time.to_text().unwrap_or_default(),
        other => match (other.as_i64(), other.as_str()) {
            (Some(number), _) => number.to_string(),
            (_, Some(text)) => text.to_string(),
            _ => other.kind().to_string(),
        },
    }
}

/// As the HTML standard has it for `<input type=email>`, with a dot in the domain.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || ".!#$%&'*+/=?^_`{|}~-".contains(c));
    local_ok && is_domain(domain) && domain.contains('.') && text.len() <= 254
}

fn is_domain(domain: &str) -> bool {
    let label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_alphanumeric() || c == '-')
    };
    !domain.is_empty() && domain.split('.').all(label)
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"));
    let Some(rest) = rest else {
        return false;
    };
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = &rest[..end];
    let host_port = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let (host, port) = match host_port.strip_prefix('[') {
        Some(v6) => match v6.split_once(']') {
            Some((host, port)) => (host, port.strip_prefix(':')),
            None => return false,
        },
        None => match host_port.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (host_port, None),
        },
    };
    let port_ok = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let v6 = host_port.starts_with('[') && host.parse::<std::net::Ipv6Addr>().is_ok();
    port_ok && (v6 || is_domain(host)) && !text.chars().any(|c| c.is_whitespace() || c.is_control())
}

#[cfg(test)]
mod tests {
    use super::{Rule, is_email, is_url};
    use aludel_sql::Value;

    #[test]
    fn nan_is_within_no_limits() {
        for rule in [Rule::min(0.0), Rule::max(9.0)] {
            assert!(rule.check(&Value::F64(1.0)).is_ok());
            for nan in [
                Value::F64(f64::NAN),
                Value::F64(-f64::NAN),
                Value::F32(f32::NAN),
            ] {
                assert!(rule.check(&nan).is_err(), "{rule:?} of {nan:?}");
            }
        }
    }

    #[test]
    fn addresses() {
        for right in [
            "a@b.de",
            "ann.lee+x@mail.example.org",
            "x_y@sub-domain.example",
        ] {
            assert!(is_email(right), "{right}");
        }
        for wrong in [
            "", "a", "@b.de", "a@", "a@b", "a b@c.de", "a@b..de", "a@-b.de", "a@b@c.de",
        ] {
            assert!(!is_email(wrong), "{wrong}");
        }
    }

    #[test]
    fn urls() {
        for right in [
            "http://example.org",
            "https://user@example.org:8080/a?b#c",
            "https://[::1]/",
            "http://127.0.0.1:3000",
            "https://bücher.example/ä",
        ] {
            assert!(is_url(right), "{right}");
        }
        for wrong in [
            "",
            "example.org",
            "ftp://x.org",
            "http://",
            "http:///a",
            "https://a b.org",
            "http://a:port",
        ] {
            assert!(!is_url(wrong), "{wrong}");
        }
    }
}
