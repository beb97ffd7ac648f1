//! [`DynAggregate`]: counts, sums, means, minima and maxima of columns that are named at run time.

use super::condition::DynCondition;
use super::path::{self, Place};
use crate::model::meta::ModelMeta;
use aludel_engine::{Error, Result};
use aludel_sql::expr::{Aggregate, AggregateFunction, AggregateType, Node};
use aludel_sql::types::{Kind, SqlType};

/// An aggregate over the rows of a query, or of a group of them.
#[derive(Debug, Clone)]
pub struct DynAggregate {
    function: AggregateFunction,
    path: Option<String>,
    distinct: bool,
    filter: Option<DynCondition>,
    name: String,
}

impl DynAggregate {
    fn over(function: AggregateFunction, word: &str, path: &str) -> DynAggregate {
        DynAggregate {
            function,
            path: Some(path.to_owned()),
            distinct: false,
            filter: None,
            name: format!("{word}({path})"),
        }
    }

    /// Counts the rows; named `count`.
    #[must_use]
    pub fn rows() -> DynAggregate {
        DynAggregate {
            function: AggregateFunction::Count,
            path: None,
            distinct: false,
            filter: None,
            name: "count".into(),
        }
    }

    /// Counts the values that are not NULL; named `count(path)`.
    #[must_use]
    pub fn count(path: &str) -> DynAggregate {
        DynAggregate::over(AggregateFunction::Count, "count", path)
    }

    /// The sum, named `sum(path)`: an integer for integers, a decimal for decimals, a float for floats; NULL if there are
    /// no values.
    #[must_use]
    pub fn sum(path: &str) -> DynAggregate {
        DynAggregate::over(AggregateFunction::Sum, "sum", path)
    }

    /// The mean, named `avg(path)`: a decimal for decimals, else a float; NULL if there are no values.
    #[must_use]
    pub fn avg(path: &str) -> DynAggregate {
        DynAggregate::over(AggregateFunction::Average, "avg", path)
    }

    /// The minimum, named `min(path)`; NULL if there are no values.
    #[must_use]
    pub fn min(path: &str) -> DynAggregate {
        DynAggregate::over(AggregateFunction::Min, "min", path)
    }

    /// The maximum, named `max(path)`; NULL if there are no values.
    #[must_use]
    pub fn max(path: &str) -> DynAggregate {
        DynAggregate::over(AggregateFunction::Max, "max", path)
    }

    /// Aggregates distinct values only (DISTINCT).
    #[must_use]
    pub fn distinct(mut self) -> DynAggregate {
        self.distinct = true;
        self
    }

    /// Aggregates only the rows that fulfil the condition (FILTER).
    #[must_use]
    pub fn filter(mut self, condition: DynCondition) -> DynAggregate {
        self.filter = Some(match self.filter.take() {
            None => condition,
            Some(before) => before & condition,
        });
        self
    }

    /// Sets its name in the result.
    #[must_use]
    pub fn named(mut self, name: impl Into<String>) -> DynAggregate {
        self.name = name.into();
        self
    }

    /// Its name in the result.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its expression, type and name in a query of the model.
    pub(super) fn place(self, meta: &'static ModelMeta) -> Result<Place> {
        let argument = match &self.path {
            Some(path) => Some(path::place(meta, path)?),
            None => None,
        };
        let (answer, sql_type) = match &argument {
            None => (AggregateType::Integer, SqlType::BigInt),
            Some(argument) => self.answer(argument)?,
        };
        let filter = self.filter.map(|filter| filter.into_node(meta));
        let node = Node::Aggregate(Box::new(Aggregate {
            function: self.function,
            argument: argument.map(|argument| argument.node),
            distinct: self.distinct,
            filter: filter.transpose()?,
            answer,
        }));
        Ok(Place::new(node, sql_type, self.name))
    }

    /// The type that it is computed in and its SQL type, as in the typed layer.
    fn answer(&self, argument: &Place) -> Result<(AggregateType, SqlType)> {
        let own = || argument.sql_type.clone();
        let is_sum = match self.function {
            AggregateFunction::Count => return Ok((AggregateType::Integer, SqlType::BigInt)),
            AggregateFunction::Min | AggregateFunction::Max => {
                return Ok((AggregateType::Own, own()));
            }
            AggregateFunction::Sum => true,
            AggregateFunction::Average => false,
        };
        match Kind::of(&argument.sql_type) {
            Kind::Integer if is_sum => Ok((AggregateType::Integer, SqlType::BigInt)),
            Kind::Integer | Kind::Float => Ok((AggregateType::Double, SqlType::Double)),
            Kind::Decimal => Ok((AggregateType::Decimal, own())),
            Kind::Unknown
            | Kind::Bool
            | Kind::Text
            | Kind::Bytes
            | Kind::Date
            | Kind::Time
            | Kind::DateTime
            | Kind::Timestamp
            | Kind::Uuid
            | Kind::Json
            | Kind::Enum(_)
            | Kind::Array
            | Kind::Own(_) => Err(Error::invalid_query(format!(
                "{}: {} adds up numbers, and the column is of type {:?}",
                argument.name, self.name, argument.sql_type
            ))),
        }
    }
}
