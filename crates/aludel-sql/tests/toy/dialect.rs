//! The dialect of a database that Aludel does not know: all that one has to write for it.
//!
//! It quotes names with backticks, numbers its binds as `:1`, and begins without any optional feature. SQLite happens to
//! understand all of that, so that what it writes can be run.

use aludel_sql::dialect::{Begin, Capabilities, Dialect};
use aludel_sql::expr::{
    Aggregate, ArithmeticOp, Function, InList, JsonGet, Name, Node, NumberKind, TextMatch,
};
use aludel_sql::render::Writer;
use aludel_sql::statement::{Conflict, TableName};
use aludel_sql::types::SqlType;
use aludel_sql::{Error, Result, Value};

pub(crate) static TOY: Toy = Toy;

static CAPABILITIES: Capabilities = {
    let mut capabilities = Capabilities::LEAST;
    capabilities.insert_returning = true;
    capabilities.default_keyword = false;
    capabilities.numbered_placeholders = true;
    capabilities
};

#[derive(Debug)]
pub(crate) struct Toy;

impl Toy {
    fn has_no<T>(&self, what: &str) -> Result<T> {
        Err(Error::unsupported(what, self.name(), "leave it out"))
    }
}

impl Dialect for Toy {
    fn name(&self) -> &'static str {
        "toy"
    }
    fn capabilities(&self) -> &'static Capabilities {
        &CAPABILITIES
    }
    fn quote(&self) -> char {
        '`'
    }
    fn placeholder(&self, n: usize, out: &mut String) {
        out.push_str(&format!(":{n}"));
    }
    fn text_literal(&self, text: &str, out: &mut String) -> Result<()> {
        out.push_str(&format!("'{}'", text.replace('\'', "''")));
        Ok(())
    }
    fn bytes_literal(&self, bytes: &[u8], out: &mut String) {
        let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        out.push_str(&format!("x'{hex}'"));
    }
    fn column_type(&self, sql_type: &SqlType, _: bool, out: &mut String) -> Result<()> {
        out.push_str(match sql_type {
            SqlType::Bool | SqlType::SmallInt | SqlType::Integer | SqlType::BigInt => "integer",
            SqlType::Text | SqlType::Varchar(_) => "text",
            other => return self.has_no(&format!("columns of {other:?}")),
        });
        Ok(())
    }
    fn cast_type(&self, sql_type: &SqlType, out: &mut String) -> Result<()> {
        self.column_type(sql_type, false, out)
    }
    fn same(&self, w: &mut Writer, left: &Node, right: &Node, negated: bool) -> Result<()> {
        w.operand(left)?;
        w.push(if negated {
            " IS DISTINCT FROM "
        } else {
            " IS NOT DISTINCT FROM "
        });
        w.operand(right)
    }
    fn concat(&self, w: &mut Writer, left: &Node, right: &Node) -> Result<()> {
        w.operand(left)?;
        w.push(" || ");
        w.operand(right)
    }
    fn arithmetic(
        &self,
        w: &mut Writer,
        op: ArithmeticOp,
        _: NumberKind,
        left: &Node,
        right: &Node,
    ) -> Result<()> {
        w.operand(left)?;
        w.push(match op {
            ArithmeticOp::Add => " + ",
            ArithmeticOp::Subtract => " - ",
            ArithmeticOp::Multiply => " * ",
            ArithmeticOp::Divide => " / ",
            ArithmeticOp::Remainder => " % ",
        });
        w.operand(right)
    }
    fn text_match(&self, _: &mut Writer, _: &TextMatch) -> Result<()> {
        self.has_no("patterns")
    }
    fn in_list(&self, w: &mut Writer, list: &InList) -> Result<()> {
        w.operand(&list.operand)?;
        w.push(if list.negated { " NOT IN (" } else { " IN (" });
        for (n, value) in list.values.iter().enumerate() {
            w.push(if n > 0 { ", " } else { "" });
            w.value(value)?;
        }
        w.push(")");
        Ok(())
    }
    fn function(&self, _: &mut Writer, function: Function, _: &[Node]) -> Result<()> {
        self.has_no(&format!("{function:?}"))
    }
    fn aggregate(&self, _: &mut Writer, _: &Aggregate) -> Result<()> {
        self.has_no("aggregates")
    }
    fn json_get(&self, _: &mut Writer, _: &JsonGet) -> Result<()> {
        self.has_no("JSON")
    }
    fn conflict(&self, _: &mut Writer, _: &TableName, _: &[Name], _: &Conflict) -> Result<()> {
        self.has_no("upserts")
    }
    fn excluded(&self, _: &mut Writer, _: &str) {}
    fn begin(&self, _: Begin) -> String {
        "BEGIN".into()
    }
    fn identity(&self, _: bool, sole_key: bool) -> &'static str {
        if sole_key { " PRIMARY KEY" } else { "" }
    }
    fn no_limit(&self) -> &'static str {
        " LIMIT -1"
    }
    fn check_value(&self, _: &Value) -> Result<()> {
        Ok(())
    }
}
