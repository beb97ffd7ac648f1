//! Results of statements: rows that were read, or values that were [kept](SentRows) and got their numbers.

use super::Arena;
use crate::insert::{Marks, SentRows, placed};
use crate::model::any::AnyModel;
use aludel_engine::Result;
use aludel_engine::spi::command::Sink;
use aludel_engine::spi::gather::Gathered;
use aludel_sql::Value;
use std::any::Any;

/// Whether a sink's rows are stored as they were sent.
pub(super) fn stay(sink: &dyn Any) -> bool {
    sink.is::<SentRows>()
}

impl Arena {
    /// The model.
    pub(super) fn model(&self) -> &'static AnyModel {
        self.meta.any()
    }

    /// A sink for rows of the model.
    pub(crate) fn sink(&self) -> Box<dyn Sink> {
        self.placed(None)
    }

    /// The same, but the rows come in the order in which they were sent.
    pub(crate) fn placed(&self, marks: Option<Marks>) -> Box<dyn Sink> {
        placed(self.store.list(), self.store.swaps(), marks)
    }

    /// How many rows a [`sink`](Arena::sink) took.
    pub(crate) fn count(&self, sink: &dyn Any) -> usize {
        if let Some(kept) = sink.downcast_ref::<SentRows>() {
            return kept.len();
        }
        let gather = sink.downcast_ref::<Gathered>();
        gather.map_or(0, Gathered::len)
    }

    /// The primary keys of rows that a [`sink`](Arena::sink) took.
    pub(crate) fn keys(&self, sink: &dyn Any) -> Vec<Vec<Value>> {
        let mut keys = Vec::new();
        if let Some(kept) = sink.downcast_ref::<SentRows>() {
            for row in 0..kept.len() {
                let number = vec![Value::I64(kept.number(row))];
                keys.push(self.store.same_key(&number).unwrap_or(number));
            }
            return keys;
        }
        let listed = self.store.each(sink, &mut |row| {
            keys.push(row.key_values());
            Ok(())
        });
        drop(listed);
        keys
    }

    /// The values of rows that a [`sink`](Arena::sink) took.
    pub(crate) fn values(&self, sink: &dyn Any) -> Result<Vec<Vec<Value>>> {
        let mut all = Vec::new();
        self.store.each(sink, &mut |row| {
            all.push(row.values());
            Ok(())
        })?;
        Ok(all)
    }

    /// Keeps only those rows of a [`sink`](Arena::sink) for which `kept` is true.
    pub(crate) fn keep(&self, sink: &mut dyn Any, kept: &[bool]) {
        match sink.downcast_mut::<SentRows>() {
            Some(rows) => rows.keep(kept),
            None => {
                if let Some(gather) = sink.downcast_mut::<Gathered>() {
                    self.store.swaps().retain(gather, kept);
                }
            }
        }
    }
}
