//! Expressions as Rust: `col("views").ge(0) & col("title").ne("")`.

use crate::literals::{quoted, sql_type};
use aludel_sql::Value;
use aludel_sql::expr::{
    BinaryOp, Function, InList, JsonStep, Node, NumberKind, TextMatch, TextOp, UnaryOp,
};

/// An `impl IntoExpr<AdHoc, Dyn>` argument: literals are written as they are.
pub(crate) fn argument(node: &Node) -> String {
    match node {
        Node::Value(value) => literal(value),
        Node::Function(Function::Now, arguments) if arguments.is_empty() => "now()".into(),
        Node::Function(Function::Today, arguments) if arguments.is_empty() => "today()".into(),
        other => operand(other),
    }
}

/// An argument on its own, where arithmetic needs no parentheses.
pub(crate) fn alone(node: &Node) -> String {
    let text = argument(node);
    match node {
        Node::Arithmetic(_, NumberKind::Unknown, _) if text.starts_with('(') => {
            text[1..text.len() - 1].to_string()
        }
        _ => text,
    }
}

fn literal(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::I16(n) => n.to_string(),
        Value::I32(n) => n.to_string(),
        Value::I64(n) => match i32::try_from(*n) {
            Ok(n) => n.to_string(),
            Err(_) => format!("{n}_i64"),
        },
        Value::F32(n) => float(f64::from(*n)),
        Value::F64(n) => float(*n),
        Value::Text(text) => quoted(text),
        Value::Enum(_, label) => quoted(label),
        other => format!("value({})", of_value(other)),
    }
}

fn float(n: f64) -> String {
    if n.is_nan() {
        "f64::NAN".into()
    } else if n.is_infinite() {
        if n > 0.0 {
            "f64::INFINITY".into()
        } else {
            "f64::NEG_INFINITY".into()
        }
    } else {
        format!("{n:?}_f64")
    }
}

fn of_value(value: &Value) -> String {
    let list = |bytes: &[u8]| {
        let bytes: Vec<String> = bytes.iter().map(ToString::to_string).collect();
        bytes.join(", ")
    };
    match value {
        Value::Null => "Value::Null".into(),
        Value::Bool(value) => format!("Value::Bool({value})"),
        Value::I16(n) => format!("Value::I16({n})"),
        Value::I32(n) => format!("Value::I32({n})"),
        Value::I64(n) => format!("Value::I64({n})"),
        Value::F32(n) => format!("Value::F64({})", float(f64::from(*n))),
        Value::F64(n) => format!("Value::F64({})", float(*n)),
        Value::Text(text) => format!("Value::Text({}.into())", quoted(text)),
        Value::Enum(_, label) => format!("Value::Text({}.into())", quoted(label)),
        Value::Bytes(bytes) => format!("Value::Bytes(vec![{}])", list(bytes)),
        Value::Uuid(bytes) => format!("Value::Uuid([{}])", list(bytes)),
        Value::Json(text) => format!("Value::Json({}.into())", quoted(text)),
        #[cfg(feature = "decimal")]
        Value::Decimal(n) => format!("exact(\"{n}\")"),
        Value::Date(date) => match date.to_text() {
            Some(text) => format!("day(\"{text}\")"),
            None => impossible("a date whose year has not four digits"),
        },
        Value::Time(time) => format!("clock(\"{}\")", time.to_text()),
        Value::DateTime(time) => match time.to_text() {
            Some(text) => format!("moment(\"{text}\")"),
            None => impossible("a date whose year has not four digits"),
        },
        Value::Timestamp(time) => match time.to_text() {
            Some(text) => format!("instant(\"{text}\")"),
            None => impossible("a date whose year has not four digits"),
        },
        Value::Array(_) | Value::Invalid(_) => impossible("an array"),
    }
}

/// What can't be written in DDL, and so in no migration: the generated file has a compile error in its place.
fn impossible(what: &str) -> String {
    format!(
        "compile_error!({:?})",
        format!("{what} can't be written into a migration")
    )
}

/// An operand with methods, of type `Expr<AdHoc, Dyn>`.
fn operand(node: &Node) -> String {
    match node {
        Node::Root(name) => format!("col({})", quoted(name)),
        Node::Path(path) if path.hops.is_empty() => format!("col({})", quoted(&path.column)),
        Node::Value(value) => format!("value({})", of_value(value)),
        Node::Arithmetic(op, NumberKind::Unknown, pair) => {
            use aludel_sql::expr::ArithmeticOp;
            let word = match op {
                ArithmeticOp::Add => "+",
                ArithmeticOp::Subtract => "-",
                ArithmeticOp::Multiply => "*",
                ArithmeticOp::Divide => "/",
                ArithmeticOp::Remainder => {
                    return format!(
                        "arithmetic(NumberKind::Unknown, ArithmeticOp::Remainder, {}, {})",
                        argument(&pair.0),
                        argument(&pair.1)
                    );
                }
            };
            format!("({} {word} {})", operand(&pair.0), argument(&pair.1))
        }
        Node::Arithmetic(op, kind, pair) => format!(
            "arithmetic(NumberKind::{kind:?}, ArithmeticOp::{op:?}, {}, {})",
            argument(&pair.0),
            argument(&pair.1)
        ),
        Node::Function(function, arguments) => match (function, arguments.as_slice()) {
            (Function::Lower, [text]) => format!("{}.lower()", operand(text)),
            (Function::Upper, [text]) => format!("{}.upper()", operand(text)),
            (Function::Trim, [text]) => format!("{}.trim()", operand(text)),
            (Function::Abs, [number]) => format!("{}.abs()", operand(number)),
            (Function::Length, [text]) => format!("length({}).untyped()", operand(text)),
            _ => format!(
                "node::<Dyn>(Node::Function(Function::{function:?}, {}))",
                trees(arguments)
            ),
        },
        Node::Raw(texts, nodes) if nodes.is_empty() => {
            format!("raw::<Dyn>({})", quoted(&texts.concat()))
        }
        Node::Binary(BinaryOp::Concat, pair) => format!(
            "binary::<Dyn>(BinaryOp::Concat, {}, {})",
            argument(&pair.0),
            argument(&pair.1)
        ),
        Node::Binary(..)
        | Node::And(_)
        | Node::Or(_)
        | Node::Between(_)
        | Node::InList(_)
        | Node::Text(_)
        | Node::Unary(
            UnaryOp::Not | UnaryOp::IsNull | UnaryOp::IsNotNull | UnaryOp::IsNotTrue,
            _,
        ) => format!("{}.untyped()", nested(node)),
        other => format!("node::<Dyn>({})", tree(other)),
    }
}

/// A condition inside another expression.
fn nested(node: &Node) -> String {
    match node {
        Node::And(_) | Node::Or(_) => format!("({})", condition(node)),
        other => condition(other),
    }
}

/// A condition, of type `Expr<AdHoc, bool>`.
pub(crate) fn condition(node: &Node) -> String {
    match node {
        Node::Binary(op, pair) => {
            let method = match op {
                BinaryOp::Equal => "eq",
                BinaryOp::NotEqual => "ne",
                BinaryOp::Less => "lt",
                BinaryOp::LessOrEqual => "le",
                BinaryOp::Greater => "gt",
                BinaryOp::GreaterOrEqual => "ge",
                BinaryOp::Same => "is_not_distinct_from",
                BinaryOp::Distinct => "is_distinct_from",
                BinaryOp::Concat => return format!("{}.typed::<bool>()", operand(node)),
            };
            // `.eq(None)` is IS NULL, so a comparison with NULL is written as a tree.
            if matches!(pair.1, Node::Value(Value::Null)) {
                return format!(
                    "binary::<bool>(BinaryOp::{op:?}, {}, value(Value::Null))",
                    argument(&pair.0)
                );
            }
            format!("{}.{method}({})", operand(&pair.0), argument(&pair.1))
        }
        Node::And(all) => junction(all, "&", "all_of", |node| matches!(node, Node::And(_))),
        Node::Or(any) => junction(any, "|", "any_of", |node| matches!(node, Node::Or(_))),
        Node::Unary(UnaryOp::Not, inner) => format!("not({})", condition(inner)),
        Node::Unary(UnaryOp::IsNull, inner) => format!("{}.is_null()", operand(inner)),
        Node::Unary(UnaryOp::IsNotNull, inner) => format!("{}.is_not_null()", operand(inner)),
        Node::Unary(UnaryOp::IsNotTrue, inner) => format!("is_not_true({})", condition(inner)),
        Node::Between(three) => format!(
            "{}.between({}, {})",
            operand(&three.0),
            argument(&three.1),
            argument(&three.2)
        ),
        Node::InList(list) => in_list(list),
        Node::Text(text) => text_match(text),
        Node::Raw(texts, nodes) if nodes.is_empty() => {
            format!("raw::<bool>({})", quoted(&texts.concat()))
        }
        other => format!("{}.typed::<bool>()", operand(other)),
    }
}

fn junction(all: &[Node], word: &str, function: &str, same: impl Fn(&Node) -> bool) -> String {
    if all.len() < 2 || all.iter().any(same) {
        let all: Vec<String> = all.iter().map(condition).collect();
        return format!("{function}([{}])", all.join(", "));
    }
    let all: Vec<String> = all.iter().map(nested).collect();
    all.join(&format!(" {word} "))
}

fn in_list(list: &InList) -> String {
    let plain = |value: &Value| matches!(value, Value::I16(_) | Value::I32(_) | Value::I64(_));
    let text = |value: &Value| matches!(value, Value::Text(_) | Value::Enum(..));
    let values = &list.values;
    if !values.is_empty() && (values.iter().all(plain) || values.iter().all(text)) {
        let wide = values
            .iter()
            .any(|value| value.as_i64().is_some_and(|n| i32::try_from(n).is_err()));
        let items: Vec<String> = values
            .iter()
            .map(|value| match value.as_i64() {
                Some(n) if wide => format!("{n}_i64"),
                _ => literal(value),
            })
            .collect();
        let method = if list.negated { "not_in" } else { "is_in" };
        return format!(
            "{}.{method}([{}])",
            operand(&list.operand),
            items.join(", ")
        );
    }
    format!(
        "node::<bool>({})",
        tree(&Node::InList(Box::new(list.clone())))
    )
}

fn text_match(text: &TextMatch) -> String {
    let method = match (text.op, text.insensitive) {
        (TextOp::Contains, false) => "contains",
        (TextOp::Contains, true) => "icontains",
        (TextOp::StartsWith, false) => "starts_with",
        (TextOp::StartsWith, true) => "istarts_with",
        (TextOp::EndsWith, false) => "ends_with",
        (TextOp::EndsWith, true) => "iends_with",
        (TextOp::Like, false) => "like",
        (TextOp::Like, true) => "ilike",
    };
    match &text.pattern {
        Node::Value(Value::Text(pattern)) => {
            format!("{}.{method}({})", operand(&text.operand), quoted(pattern))
        }
        _ => format!(
            "node::<bool>({})",
            tree(&Node::Text(Box::new(text.clone())))
        ),
    }
}

fn trees(nodes: &[Node]) -> String {
    let all: Vec<String> = nodes.iter().map(tree).collect();
    format!("vec![{}]", all.join(", "))
}

/// A `Node`, written with its constructors.
fn tree(node: &Node) -> String {
    match node {
        Node::Value(value) => format!("Node::Value({})", of_value(value)),
        Node::Root(name) => format!("Node::Root({}.into())", quoted(name)),
        Node::Path(path) if path.hops.is_empty() => {
            format!("Node::Root({}.into())", quoted(&path.column))
        }
        Node::Column(column) => format!("Node::Root({}.into())", quoted(&column.name)),
        Node::Star => "Node::Star".into(),
        Node::Unary(op, inner) => {
            format!("Node::Unary(UnaryOp::{op:?}, Box::new({}))", tree(inner))
        }
        Node::InList(list) => {
            let values: Vec<String> = list.values.iter().map(of_value).collect();
            format!(
                "Node::InList(Box::new(InList {{ operand: {}, values: vec![{}], element: {}, negated: {} }}))",
                tree(&list.operand),
                values.join(", "),
                sql_type(&list.element),
                list.negated
            )
        }
        Node::Text(text) => format!(
            "Node::Text(Box::new(TextMatch {{ op: TextOp::{:?}, insensitive: {}, operand: {}, pattern: {} }}))",
            text.op,
            text.insensitive,
            tree(&text.operand),
            tree(&text.pattern)
        ),
        Node::Case(case) => {
            let branches: Vec<String> = { case.branches.iter() }
                .map(|(when, then)| format!("({}, {})", tree(when), tree(then)))
                .collect();
            let otherwise = match &case.otherwise {
                Some(node) => format!("Some({})", tree(node)),
                None => "None".into(),
            };
            format!(
                "Node::Case(Box::new(Case {{ branches: vec![{}], otherwise: {otherwise} }}))",
                branches.join(", ")
            )
        }
        Node::Cast(cast) => format!(
            "Node::Cast(Box::new(({}, {})))",
            tree(&cast.0),
            sql_type(&cast.1)
        ),
        Node::Collate(collate) => format!(
            "Node::Collate(Box::new(({}, {}.into())))",
            tree(&collate.0),
            quoted(&collate.1)
        ),
        Node::Function(function, arguments) => {
            format!(
                "Node::Function(Function::{function:?}, {})",
                trees(arguments)
            )
        }
        Node::Call(name, arguments) => {
            format!("Node::Call({}.into(), {})", quoted(name), trees(arguments))
        }
        Node::Tuple(nodes) => format!("Node::Tuple({})", trees(nodes)),
        Node::Json(get) => {
            let steps: Vec<String> = { get.path.iter() }
                .map(|step| match step {
                    JsonStep::Key(key) => format!("JsonStep::Key({}.into())", quoted(key)),
                    JsonStep::Index(n) => format!("JsonStep::Index({n})"),
                })
                .collect();
            format!(
                "Node::Json(Box::new(JsonGet {{ document: {}, path: vec![{}] }}))",
                tree(&get.document),
                steps.join(", ")
            )
        }
        Node::Raw(texts, nodes) => {
            let texts: Vec<String> = { texts.iter() }
                .map(|text| format!("{}.into()", quoted(text)))
                .collect();
            format!("Node::Raw(vec![{}], {})", texts.join(", "), trees(nodes))
        }
        Node::Binary(..) | Node::Arithmetic(..) | Node::And(_) | Node::Or(_) | Node::Between(_) => {
            format!("{}.into_node()", operand(node))
        }
        _ => impossible("a query or aggregate in an expression"),
    }
}
