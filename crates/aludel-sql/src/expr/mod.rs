//! Expressions: the untyped tree ([`Node`]) and a thin typed layer over it ([`Expr`], [`Operators`], [`functions`]).
//!
//! One vocabulary of operators serves models and ad-hoc tables:
//!
//! ```
//! use aludel_sql::prelude::*;
//!
//! let posts = table("posts");
//! let busy = posts.column("views").gt(100) & posts.column("title").contains("rust");
//! let query = posts.select((posts.column("id"), posts.column("title"))).filter(busy).order_by(posts.column("views").desc());
//! let sql = query.to_sql(&dialect::POSTGRES)?;
//! assert_eq!(
//!     sql.text,
//!     r#"SELECT "posts"."id", "posts"."title" FROM "posts" WHERE "posts"."views" > $1 AND "posts"."title" LIKE $2 ORDER BY "posts"."views" DESC"#,
//! );
//! # Ok::<(), aludel_sql::Error>(())
//! ```

mod adhoc;
mod aggregate;
mod arithmetic;
mod case;
mod children;
mod depth;
mod division;
pub mod functions;
mod node;
mod operators;
mod typed;

pub use adhoc::{AdHoc, AdHocQuery, AdHocTable, NodeList, table};
pub use aggregate::AggregateExpr;
pub use arithmetic::Summable;
pub use case::{Cases, Further, Moment, when};
pub use depth::MOST_LEVELS;
#[doc(hidden)]
pub use division::divided;
pub use division::{Divides, Divisor, Quotient};
pub use node::{
    Aggregate, AggregateFunction, AggregateType, ArithmeticOp, BinaryOp, Case, ColumnRef, Function,
    InList, InQuery, JsonGet, JsonStep, Keyset, KeysetTerm, Name, Node, NumberKind, Path,
    Quantified, Quantifier, TextMatch, TextOp, UnaryOp, Window,
};
pub use operators::{ListItem, Operators, Order};
pub use typed::{
    Branch, CoercesTo, Comparable, Comparand, ComparesWith, Condition, Dyn, Expr, IntoExpr,
    Numeric, Operand, Query, Temporal, Text, root_column,
};
