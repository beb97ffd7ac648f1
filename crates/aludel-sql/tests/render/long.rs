//! Long statements: many conditions behind each other, many values in a list, and what is nested too deep.

use crate::{DIALECTS, equal, root, value};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Expr, InList, MOST_LEVELS, Node};
use aludel_sql::render::{Sql, render};
use aludel_sql::statement::{Delete, Select, Source, Statement};
use aludel_sql::types::SqlType;

fn select(filter: Node, dialect: &'static dyn Dialect) -> aludel_sql::Result<Sql> {
    let select = Select {
        from: Some(Source::table("posts")),
        filter: Some(filter),
        ..Select::default()
    };
    render(&Statement::Select(select), dialect)
}

fn delete(filter: Node, dialect: &'static dyn Dialect) -> aludel_sql::Result<Sql> {
    let delete = Delete {
        table: "posts".into(),
        filter: Some(filter),
        returning: vec![],
    };
    render(&Statement::Delete(delete), dialect)
}

fn list(values: i64, negated: bool) -> Node {
    Node::InList(Box::new(InList {
        operand: root("a"),
        values: (0..values).map(Value::I64).collect(),
        element: SqlType::BigInt,
        negated,
    }))
}

/// The most conditions behind each other in one pair of parentheses, and the most parentheses within each other.
fn shape(text: &str, word: &str) -> (usize, usize) {
    let (mut open, mut longest, mut deepest) = (vec![1], 1, 1);
    for (at, _) in text.char_indices() {
        let rest = &text[at..];
        if rest.starts_with('(') {
            open.push(1);
        } else if rest.starts_with(')') {
            open.pop();
        } else if rest.starts_with(word)
            && let Some(last) = open.last_mut()
        {
            *last += 1;
        }
        longest = longest.max(open.last().copied().unwrap_or(0));
        deepest = deepest.max(open.len());
    }
    (longest, deepest)
}

#[test]
fn many_conditions_are_a_shallow_tree() {
    type Join = fn(Node, Node) -> Node;
    let joins: [(Join, &str); 2] = [(Node::and, " AND "), (Node::or, " OR ")];
    for (join, word) in joins {
        for many in [2, 64, 65, 1_500, 5_000] {
            let all = (0..many).map(|n: i64| equal(root("a"), value(n)));
            let all = all.reduce(join).expect("conditions");
            for dialect in DIALECTS {
                let sql = select(all.clone(), dialect).expect("a statement");
                let (longest, deepest) = shape(&sql.text, word);
                assert!(longest <= 64, "{longest} of {many}");
                assert!(deepest <= 10, "{deepest} of {many}");
                assert!(sql.binds.into_iter().eq((0..many).map(Value::I64)));
            }
        }
    }
}

#[test]
fn a_list_of_an_update_or_delete_is_no_subquery_on_mariadb_and_mysql() {
    for dialect in DIALECTS.into_iter().filter(|one| one.quote() == '`') {
        // A query joins the list, as a table.
        let sql = select(list(2_000, false), dialect).expect("a statement");
        assert!(sql.text.contains("JSON_TABLE"), "{}", sql.text);
        for (many, parts) in [(512, 1), (513, 2), (2_000, 4), (40_000, 79)] {
            for (negated, each, between) in [(false, " IN (", " OR "), (true, " NOT IN (", " AND ")]
            {
                let sql = delete(list(many, negated), dialect).expect("a statement");
                assert!(!sql.text.contains("SELECT"));
                assert_eq!(sql.text.matches(each).count(), parts, "{many}");
                assert_eq!(sql.text.matches(between).count(), parts - 1, "{many}");
                assert_eq!(sql.binds.is_empty(), many == 40_000);
            }
        }
        // Beside other conditions the parts stand in parentheses.
        let both = equal(root("b"), value(1_i64)).and(list(600, false));
        let sql = delete(both, dialect).expect("a statement");
        assert!(sql.text.contains(" WHERE `b` = ? AND (`a` IN ("));
        // In a subquery of the statement it is a query's list again.
        let inner = Select {
            from: Some(Source::table("tags")),
            filter: Some(list(2_000, false)),
            ..Select::default()
        };
        let sql = delete(Node::Exists(Box::new(inner)), dialect).expect("a statement");
        assert!(sql.text.contains("JSON_TABLE"), "{}", sql.text);
    }
}

#[test]
fn what_is_nested_too_deep_is_an_error_that_says_so() {
    let leaf = |n: i64| Expr::<(), bool>::from_node(equal(root("a"), value(n)));
    let mixed = |levels: i64| {
        (0..levels).fold(leaf(-1), |all, n| match n % 2 {
            0 => all & leaf(n),
            _ => all | leaf(n),
        })
    };
    for dialect in DIALECTS {
        assert!(select(mixed(100).into_node(), dialect).is_ok());
        for levels in [MOST_LEVELS as i64, 500, 20_000] {
            let error = select(mixed(levels).into_node(), dialect).unwrap_err();
            assert!(error.to_string().contains("levels deep"), "{error}");
        }
    }
}
