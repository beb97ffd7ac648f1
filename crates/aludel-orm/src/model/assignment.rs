//! [`Assignment`]: `column = value` in an UPDATE.

use crate::model::Model;
use crate::model::meta::ModelMeta;
use aludel_sql::Value;
use aludel_sql::expr::{Name, Node};
use aludel_sql::statement;
use std::marker::PhantomData;

/// `column = value`, in an update of `M`: made by `Post::views.set(..)`.
pub struct Assignment<M> {
    what: What,
    of: PhantomData<fn() -> M>,
}

#[derive(Clone)]
enum What {
    Column(Name, Node),
    /// A to-one relation: the values of its key.
    Relation(&'static str, Vec<Value>),
}

impl<M: Model> Assignment<M> {
    pub(crate) fn new(column: Name, value: Node) -> Assignment<M> {
        Assignment {
            what: What::Column(column, value),
            of: PhantomData,
        }
    }

    pub(crate) fn to_one(relation: &'static str, values: Vec<Value>) -> Assignment<M> {
        Assignment {
            what: What::Relation(relation, values),
            of: PhantomData,
        }
    }

    pub(crate) fn into_assignments(self) -> Vec<statement::Assignment> {
        self.what.into_assignments(M::meta())
    }
}

impl What {
    fn into_assignments(self, meta: &ModelMeta) -> Vec<statement::Assignment> {
        match self {
            What::Column(column, value) => vec![statement::Assignment { column, value }],
            What::Relation(name, values) => {
                let columns = meta
                    .relation(name)
                    .map(|relation| relation.local_columns())
                    .unwrap_or_default();
                columns
                    .into_iter()
                    .zip(values)
                    .map(|(column, value)| statement::Assignment {
                        column,
                        value: Node::Value(value),
                    })
                    .collect()
            }
        }
    }
}

/// One assignment, or a tuple or `Vec` of them.
#[diagnostic::on_unimplemented(
    message = "`{Self}` can't be set in an update of `{M}`",
    label = "not an assignment of `{M}`",
    note = "write `{M}::column.set(value)`, or a tuple of up to eight"
)]
pub trait Assignments<M> {
    /// The assignments.
    fn into_list(self) -> Vec<statement::Assignment>;
}

impl<M: Model> Assignments<M> for Assignment<M> {
    fn into_list(self) -> Vec<statement::Assignment> {
        self.into_assignments()
    }
}

impl<M: Model> Assignments<M> for Vec<Assignment<M>> {
    fn into_list(self) -> Vec<statement::Assignment> {
        self.into_iter()
            .flat_map(Assignment::into_assignments)
            .collect()
    }
}

macro_rules! tuples {
    ($($name:ident)+) => {
        impl<M, $($name: Assignments<M>),+> Assignments<M> for ($($name,)+) {
            #[allow(non_snake_case)]
            fn into_list(self) -> Vec<statement::Assignment> {
                let ($($name,)+) = self;
                let mut list = Vec::new();
                $(list.extend($name.into_list());)+
                list
            }
        }
    };
}
tuples!(A);
tuples!(A B);
tuples!(A B C);
tuples!(A B C D);
tuples!(A B C D E);
tuples!(A B C D E F);
tuples!(A B C D E F G);
tuples!(A B C D E F G H);
