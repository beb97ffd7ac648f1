//! Primary keys: a scalar, or a tuple of scalars and of other keys.

use super::{Scalar, SqlType};
use crate::row::FromRow;
use crate::value::{Binds, Value};
use std::fmt::Debug;
use std::hash::Hash;

/// A primary key: a scalar, or a tuple of two to four of them. A part that is a reference to a row whose key is a tuple is
/// that tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be a primary key",
    label = "not a key",
    note = "keys are scalars that can be compared and hashed (integers, String, Uuid, dates), or up to four of them"
)]
pub trait PrimaryKey:
    FromRow + Clone + PartialEq + Eq + Hash + Debug + Send + Sync + 'static
{
    /// The row of its columns' types: the key itself.
    type Row;
    /// The values of its columns.
    fn into_values(self) -> Vec<Value> {
        let mut values = Vec::new();
        self.push_values(&mut values);
        values
    }
    /// The values of its columns, as binds.
    fn into_binds(self) -> Binds {
        self.into_values().into()
    }
    /// Appends the values of its columns.
    fn push_values(self, values: &mut Vec<Value>);
    /// The types of its columns.
    fn sql_types() -> Vec<SqlType>;
}

impl<T: Scalar + Clone + Eq + Hash + Debug + Sync> PrimaryKey for T {
    type Row = T;
    #[inline]
    fn into_binds(self) -> Binds {
        self.encode().into()
    }
    fn push_values(self, values: &mut Vec<Value>) {
        values.push(self.encode());
    }
    fn sql_types() -> Vec<SqlType> {
        vec![T::sql_type()]
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<$($name: PrimaryKey),+> PrimaryKey for ($($name,)+) {
            type Row = ($($name::Row,)+);
            #[allow(non_snake_case)]
            fn push_values(self, values: &mut Vec<Value>) {
                let ($($name,)+) = self;
                $($name.push_values(values);)+
            }
            fn sql_types() -> Vec<SqlType> {
                let mut types = Vec::new();
                $(types.extend($name::sql_types());)+
                types
            }
        }
    };
}
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
