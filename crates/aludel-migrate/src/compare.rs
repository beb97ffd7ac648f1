//! Whether expressions are the same.

use aludel_sql::dialect::{Dialect, MARIADB, POSTGRES, SQLITE};
use aludel_sql::expr::Node;
use aludel_sql::schema::rendered;

/// Whether two expressions render the same on every database.
pub(crate) fn same_expression(a: &Node, b: &Node) -> bool {
    let text = |node: &Node, dialect: &'static dyn Dialect| {
        rendered(node, dialect).map_err(|error| error.to_string())
    };
    a == b
        || [&SQLITE as &'static dyn Dialect, &POSTGRES, &MARIADB]
            .iter()
            .all(|dialect| text(a, *dialect) == text(b, *dialect))
}

pub(crate) fn same_optional(a: Option<&Node>, b: Option<&Node>) -> bool {
    match (a, b) {
        (None, None) => true,
        (Some(a), Some(b)) => same_expression(a, b),
        _ => false,
    }
}
