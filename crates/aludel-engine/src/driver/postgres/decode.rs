//! Cells in PostgreSQL's binary format, on their way from the server.

use super::encode::{EPOCH, EPOCH_DAYS};
use super::message::Place;
use super::statement::Column;
use aludel_sql::Value;
use aludel_sql::row::{CellResult, Cells};
use aludel_sql::types::temporal::{CivilDate, CivilDateTime, CivilTime, Instant};
use aludel_sql::types::{AnyText, SqlType};
use postgres_types::{Kind, Type};

/// A row: its columns, its bytes, and where the cells are in them.
pub(super) struct PgCells<'a> {
    columns: &'a [Column],
    body: &'a [u8],
    places: &'a [Place],
}

impl<'a> PgCells<'a> {
    #[inline]
    pub(super) fn new(columns: &'a [Column], body: &'a [u8], places: &'a [Place]) -> PgCells<'a> {
        PgCells {
            columns,
            body,
            places,
        }
    }
}

/// Where a cell's type and bytes come from: a row, or an array.
trait Source<'a> {
    fn count(&self) -> usize;
    fn cell(&self, at: usize) -> Result<(&Type, Option<&'a [u8]>), String>;
}

impl<'a> Source<'a> for PgCells<'a> {
    #[inline]
    fn count(&self) -> usize {
        self.places.len()
    }
    #[inline]
    fn cell(&self, at: usize) -> Result<(&Type, Option<&'a [u8]>), String> {
        let (Some(column), Some(place)) = (self.columns.get(at), self.places.get(at)) else {
            return Err(missing(at, self.places.len()));
        };
        let bytes = place.and_then(|(start, end)| self.body.get(start as usize..end as usize));
        if bytes.is_some_and(<[u8]>::is_empty) && column.ty == Type::VOID {
            // The result of a function that returns nothing.
            return Ok((&column.ty, None));
        }
        Ok((&column.ty, bytes))
    }
}

#[cold]
fn missing(at: usize, width: usize) -> String {
    format!("no column {}: the row has {width}", at + 1)
}

/// The elements of an array.
struct Elements<'a> {
    ty: Type,
    items: Vec<Option<&'a [u8]>>,
}

impl<'a> Source<'a> for Elements<'a> {
    fn count(&self) -> usize {
        self.items.len()
    }
    fn cell(&self, at: usize) -> Result<(&Type, Option<&'a [u8]>), String> {
        Ok((&self.ty, self.items[at]))
    }
}

#[cold]
fn found(ty: &Type) -> String {
    format!("PostgreSQL's type {}", ty.name())
}

#[cold]
fn damaged() -> String {
    "bytes of the wrong length".into()
}

fn array<const N: usize>(raw: &[u8]) -> Result<[u8; N], String> {
    raw.try_into().map_err(|_| damaged())
}

pub(super) fn is_text(ty: &Type) -> bool {
    matches!(
        *ty,
        Type::TEXT
            | Type::VARCHAR
            | Type::BPCHAR
            | Type::NAME
            | Type::UNKNOWN
            | Type::JSON
            | Type::XML
    ) || matches!(ty.kind(), Kind::Enum(_))
        || ty.name() == "citext"
}

/// Whether values of a type are read as they are sent in the binary format. All others (`inet`, `interval`, ranges, …) are
/// asked for as texts.
pub(super) fn is_read(ty: &Type) -> bool {
    match ty.kind() {
        Kind::Domain(inner) | Kind::Array(inner) => is_read(inner),
        _ => is_text(ty) || is_binary(ty),
    }
}

fn is_binary(ty: &Type) -> bool {
    #[cfg(feature = "decimal")]
    if *ty == Type::NUMERIC {
        return true;
    }
    matches!(
        *ty,
        Type::BOOL
            | Type::INT2
            | Type::INT4
            | Type::INT8
            | Type::OID
            | Type::FLOAT4
            | Type::FLOAT8
            | Type::BYTEA
            | Type::JSONB
            | Type::UUID
            | Type::DATE
            | Type::TIME
            | Type::TIMESTAMP
            | Type::TIMESTAMPTZ
            | Type::VOID
    )
}

/// A type whose values come as texts, as labels do.
pub(super) fn as_label(ty: &Type) -> Type {
    Type::new(
        ty.name().to_owned(),
        ty.oid(),
        Kind::Enum(Vec::new()),
        ty.schema().to_owned(),
    )
}

/// A domain's base type; any other type itself.
fn base(ty: &Type) -> &Type {
    match ty.kind() {
        Kind::Domain(inner) => base(inner),
        _ => ty,
    }
}

macro_rules! cell {
    ($self:ident, $at:ident, $ty:ident, $raw:ident) => {
        let ($ty, $raw) = $self.cell($at)?;
        let $ty = base($ty);
        let Some($raw) = $raw else { return Ok(None) };
    };
}

macro_rules! cells {
    ($kind:ident) => {
        impl Cells for $kind<'_> {
            fn width(&self) -> usize {
                self.count()
            }
            fn is_null(&mut self, at: usize) -> bool {
                matches!(self.cell(at), Ok((_, None)))
            }
            fn bool(&mut self, at: usize) -> CellResult<bool> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::BOOL => Ok(Some(raw.first().is_some_and(|byte| *byte != 0))),
                    _ => Err(found(ty)),
                }
            }
            #[inline]
            fn i64(&mut self, at: usize) -> CellResult<i64> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::INT8 => Ok(Some(i64::from_be_bytes(array(raw)?))),
                    Type::INT4 => Ok(Some(i32::from_be_bytes(array(raw)?).into())),
                    Type::INT2 => Ok(Some(i16::from_be_bytes(array(raw)?).into())),
                    Type::OID => Ok(Some(u32::from_be_bytes(array(raw)?).into())),
                    _ => Err(found(ty)),
                }
            }
            fn f64(&mut self, at: usize) -> CellResult<f64> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::FLOAT8 => Ok(Some(f64::from_be_bytes(array(raw)?))),
                    Type::FLOAT4 => Ok(Some(f32::from_be_bytes(array(raw)?).into())),
                    _ => Err(found(ty)),
                }
            }
            #[inline]
            fn text(&mut self, at: usize) -> CellResult<&str> {
                cell!(self, at, ty, raw);
                if !is_text(ty) {
                    return Err(found(ty) + " (cast it to text in the SQL)");
                }
                std::str::from_utf8(raw)
                    .map(Some)
                    .map_err(|_| "text that is not UTF-8".into())
            }
            fn any_text(&mut self, at: usize) -> CellResult<AnyText> {
                cell!(self, at, ty, raw);
                super::text::text_of(ty, raw).map(|text| Some(text.into()))
            }
            fn bytes(&mut self, at: usize) -> CellResult<&[u8]> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::BYTEA => Ok(Some(raw)),
                    _ => Err(found(ty)),
                }
            }
            fn json(&mut self, at: usize) -> CellResult<&str> {
                cell!(self, at, ty, raw);
                let raw = match *ty {
                    Type::JSONB => raw.get(1..).ok_or_else(damaged)?,
                    _ if is_text(ty) => raw,
                    _ => return Err(found(ty)),
                };
                std::str::from_utf8(raw)
                    .map(Some)
                    .map_err(|_| "text that is not UTF-8".into())
            }
            fn uuid(&mut self, at: usize) -> CellResult<[u8; 16]> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::UUID => array(raw).map(Some),
                    _ => Err(found(ty)),
                }
            }
            fn date(&mut self, at: usize) -> CellResult<CivilDate> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::DATE => match i32::from_be_bytes(array(raw)?) {
                        i32::MAX | i32::MIN => Err("an infinite date".into()),
                        days => Ok(Some(CivilDate(
                            days.checked_add(EPOCH_DAYS).ok_or("a date out of range")?,
                        ))),
                    },
                    _ => Err(found(ty)),
                }
            }
            fn time(&mut self, at: usize) -> CellResult<CivilTime> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::TIME => Ok(Some(CivilTime(i64::from_be_bytes(array(raw)?)))),
                    _ => Err(found(ty)),
                }
            }
            fn datetime(&mut self, at: usize) -> CellResult<CivilDateTime> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::TIMESTAMP => Ok(Some(CivilDateTime(micros(raw)?))),
                    _ => Err(found(ty)),
                }
            }
            fn timestamp(&mut self, at: usize) -> CellResult<Instant> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::TIMESTAMPTZ | Type::TIMESTAMP => Ok(Some(Instant(micros(raw)?))),
                    _ => Err(found(ty)),
                }
            }
            #[cfg(feature = "decimal")]
            fn decimal(&mut self, at: usize) -> CellResult<rust_decimal::Decimal> {
                cell!(self, at, ty, raw);
                match *ty {
                    Type::NUMERIC => decimal(raw).map(Some),
                    Type::INT8 => Ok(Some(i64::from_be_bytes(array(raw)?).into())),
                    Type::INT4 => Ok(Some(i32::from_be_bytes(array(raw)?).into())),
                    Type::INT2 => Ok(Some(i16::from_be_bytes(array(raw)?).into())),
                    _ => Err(found(ty)),
                }
            }
            fn array(&mut self, at: usize) -> CellResult<Box<dyn Cells + '_>> {
                cell!(self, at, ty, raw);
                let Kind::Array(element) = ty.kind() else {
                    return Err(found(ty));
                };
                let items = elements(raw)?;
                Ok(Some(Box::new(Elements {
                    ty: element.clone(),
                    items,
                })))
            }
            fn value(&mut self, at: usize, _: Option<&SqlType>) -> Result<Value, String> {
                let (ty, raw) = self.cell(at)?;
                if raw.is_none() {
                    return Ok(Value::Null);
                }
                let ty = base(ty).clone();
                value(self, at, &ty)
            }
        }
    };
}
cells!(PgCells);
cells!(Elements);

fn micros(raw: &[u8]) -> Result<i64, String> {
    match i64::from_be_bytes(array(raw)?) {
        i64::MAX | i64::MIN => Err("an infinite time".into()),
        micros => micros
            .checked_add(EPOCH)
            .ok_or_else(|| "a time out of range".into()),
    }
}

/// NUMERIC, digit group by digit group: a number that does not fit exactly is an error, not a rounded one.
#[cfg(feature = "decimal")]
fn decimal(raw: &[u8]) -> Result<rust_decimal::Decimal, String> {
    use rust_decimal::Decimal;
    const TOO_LARGE: &str = "a numeric that does not fit into 28 digits";
    let word = |at: usize| -> Result<u16, String> {
        let pair = raw.get(at * 2..at * 2 + 2).ok_or_else(damaged)?;
        Ok(u16::from_be_bytes([pair[0], pair[1]]))
    };
    let (groups, weight, sign, scale) = (word(0)?, word(1)? as i16, word(2)?, word(3)?);
    if !matches!(sign, 0 | 0x4000) {
        return Err("NaN or an infinity".into());
    }
    let mut digits: i128 = 0;
    for n in 0..groups {
        digits = digits
            .checked_mul(10_000)
            .and_then(|digits| digits.checked_add(word(usize::from(n) + 4).ok()?.into()))
            .ok_or(TOO_LARGE)?;
    }
    // The last group stands for 10000^exponent.
    let mut exponent = 4 * (i32::from(weight) - i32::from(groups) + 1);
    let mut shown = i32::from(scale);
    while exponent > 0 {
        digits = digits.checked_mul(10).ok_or(TOO_LARGE)?;
        exponent -= 1;
    }
    let mut places = -exponent;
    while places > shown {
        if digits % 10 != 0 {
            shown = places;
            break;
        }
        digits /= 10;
        places -= 1;
    }
    while places < shown && places < 28 {
        match digits.checked_mul(10) {
            Some(more) if more.unsigned_abs() < 1 << 96 => digits = more,
            _ => break,
        }
        places += 1;
    }
    let signed = if sign == 0 { digits } else { -digits };
    Decimal::try_from_i128_with_scale(signed, places.unsigned_abs()).map_err(|_| TOO_LARGE.into())
}

fn elements(raw: &[u8]) -> Result<Vec<Option<&[u8]>>, String> {
    let word = |at: usize| -> Result<i32, String> {
        Ok(i32::from_be_bytes(array(
            raw.get(at..at + 4).ok_or_else(damaged)?,
        )?))
    };
    match word(0)? {
        0 => return Ok(Vec::new()),
        1 => {}
        _ => return Err("an array of more than one dimension".into()),
    }
    let count = usize::try_from(word(12)?).map_err(|_| damaged())?;
    let mut items = Vec::with_capacity(count.min(raw.len()));
    let mut at = 20;
    for _ in 0..count {
        let length = word(at)?;
        at += 4;
        if length < 0 {
            items.push(None);
            continue;
        }
        let end = at + length as usize;
        items.push(Some(raw.get(at..end).ok_or_else(damaged)?));
        at = end;
    }
    Ok(items)
}

/// A cell as a dynamic value.
fn value(cells: &mut dyn Cells, at: usize, ty: &Type) -> Result<Value, String> {
    fn some<T>(cell: CellResult<T>, wrap: impl FnOnce(T) -> Value) -> Result<Value, String> {
        Ok(cell?.map_or(Value::Null, wrap))
    }
    match *ty {
        Type::BOOL => some(cells.bool(at), Value::Bool),
        Type::INT2 => some(cells.i64(at), |n| Value::I16(n as i16)),
        Type::INT4 => some(cells.i64(at), |n| Value::I32(n as i32)),
        Type::INT8 | Type::OID => some(cells.i64(at), Value::I64),
        Type::FLOAT4 => some(cells.f64(at), |n| Value::F32(n as f32)),
        Type::FLOAT8 => some(cells.f64(at), Value::F64),
        Type::BYTEA => some(cells.bytes(at), |bytes| Value::Bytes(bytes.to_vec())),
        #[cfg(feature = "decimal")]
        Type::NUMERIC => some(cells.decimal(at), Value::Decimal),
        Type::DATE => some(cells.date(at), Value::Date),
        Type::TIME => some(cells.time(at), Value::Time),
        Type::TIMESTAMP => some(cells.datetime(at), Value::DateTime),
        Type::TIMESTAMPTZ => some(cells.timestamp(at), Value::Timestamp),
        Type::UUID => some(cells.uuid(at), Value::Uuid),
        Type::JSON | Type::JSONB => some(cells.json(at), |text| Value::Json(text.to_owned())),
        _ => match ty.kind() {
            Kind::Array(element) => {
                let element = element.clone();
                let Some(mut items) = cells.array(at)? else {
                    return Ok(Value::Null);
                };
                let values = (0..items.width())
                    .map(|at| {
                        if items.is_null(at) {
                            Ok(Value::Null)
                        } else {
                            value(&mut *items, at, &element)
                        }
                    })
                    .collect::<Result<_, _>>()?;
                Ok(Value::Array(Box::new(aludel_sql::value::Array {
                    element: element_type(&element),
                    items: values,
                })))
            }
            _ => some(cells.string(at), Value::Text),
        },
    }
}

fn element_type(ty: &Type) -> SqlType {
    match *ty {
        Type::BOOL => SqlType::Bool,
        Type::INT2 => SqlType::SmallInt,
        Type::INT4 => SqlType::Integer,
        Type::INT8 => SqlType::BigInt,
        Type::FLOAT4 => SqlType::Real,
        Type::FLOAT8 => SqlType::Double,
        Type::BYTEA => SqlType::Bytes,
        Type::NUMERIC => SqlType::Decimal(28, 10),
        Type::DATE => SqlType::Date,
        Type::TIME => SqlType::Time,
        Type::TIMESTAMP => SqlType::DateTime,
        Type::TIMESTAMPTZ => SqlType::Timestamp,
        Type::UUID => SqlType::Uuid,
        Type::JSON | Type::JSONB => SqlType::Json,
        _ => SqlType::Text,
    }
}

/// Reads a row of these bytes in every way, whatever its types: the row's width, a type for each column, and its body.
#[cfg(all(
    any(test, feature = "fuzzing"),
    feature = "postgres",
    feature = "mysql"
))]
pub(crate) fn read_all(bytes: &[u8]) {
    const TYPES: [Type; 20] = [
        Type::BOOL,
        Type::INT2,
        Type::INT4,
        Type::INT8,
        Type::FLOAT4,
        Type::FLOAT8,
        Type::TEXT,
        Type::BYTEA,
        Type::NUMERIC,
        Type::DATE,
        Type::TIME,
        Type::TIMESTAMP,
        Type::TIMESTAMPTZ,
        Type::UUID,
        Type::JSON,
        Type::JSONB,
        Type::INT4_ARRAY,
        Type::TEXT_ARRAY,
        Type::NUMERIC_ARRAY,
        Type::INET,
    ];
    let Some((&width, rest)) = bytes.split_first() else {
        return;
    };
    let (kinds, body) = rest.split_at((width as usize % 8).min(rest.len()));
    let ty = |kind: &u8| TYPES[*kind as usize % TYPES.len()].clone();
    let columns: Vec<Column> = kinds.iter().map(|kind| Column::of(ty(kind))).collect();
    let mut places = Vec::new();
    if super::message::cells(body, &mut places).is_ok() {
        crate::fuzz::read_cells(
            &mut PgCells::new(&columns, body, &places),
            columns.len() + 1,
        );
    }
}
