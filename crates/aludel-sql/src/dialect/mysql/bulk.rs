//! Many rows on MariaDB and MySQL: VALUES that are joined, LOAD DATA, and keys that MariaDB returns alone.

use crate::dialect::ansi::bulk::{matches, names, sets};
use crate::dialect::bulk::{Bulk, Load, NewKeys, ReturnedKeys, Room, StoredColumn};
use crate::error::Result;
use crate::render::{Writer, check_bind};
use crate::statement::{TableName, UpdateMany};
use crate::types::SqlType;
use crate::value::Value;

/// How MariaDB and MySQL take many rows.
#[derive(Debug)]
pub(super) struct MysqlBulk {
    /// What opens a row in a VALUES list that is used as a table.
    pub(super) row: &'static str,
    pub(super) new_keys: NewKeys,
}

pub(super) static MARIADB_BULK: MysqlBulk = MysqlBulk {
    row: "(",
    new_keys: NewKeys::Returned(&KeysOfMariadb),
};

/// MySQL has no RETURNING.
pub(super) static MYSQL_BULK: MysqlBulk = MysqlBulk {
    row: "ROW(",
    new_keys: NewKeys::WithRows,
};

impl Bulk for MysqlBulk {
    fn update_many(&self, w: &mut Writer, update: UpdateMany) -> Result<()> {
        let UpdateMany {
            table,
            matched,
            set,
            rows,
        } = update;
        let dialect = w.dialect();
        w.push("UPDATE ");
        w.table(&table)?;
        // Selects no rows, but sets the columns' types: those of the values alone are too narrow.
        w.push(" AS t JOIN (SELECT ");
        for (n, (name, _)) in matched.iter().enumerate() {
            w.push(if n > 0 { ", " } else { "" });
            w.identifier(name);
            w.push(&format!(" AS k{}", n + 1));
        }
        for (n, (name, _)) in set.iter().enumerate() {
            w.push(", ");
            w.identifier(name);
            w.push(&format!(" AS c{}", n + 1));
        }
        w.push(" FROM ");
        w.table(&table)?;
        w.push(" WHERE FALSE UNION ALL VALUES ");
        for (n, row) in rows.into_iter().enumerate() {
            w.push(if n > 0 { ", " } else { "" });
            w.push(self.row);
            for (m, value) in row.into_iter().enumerate() {
                check_bind(&value, dialect).map_err(|error| {
                    let at = m.checked_sub(matched.len());
                    match at.and_then(|at| set.get(at)) {
                        Some((name, _)) => error.of_column(&**name),
                        None => error,
                    }
                })?;
                w.push(if m > 0 { ", " } else { "" });
                w.bind(value);
            }
            w.push(")");
        }
        w.push(") AS v ON ");
        matches(w, &matched);
        w.push(" SET ");
        sets(w, &set, "t.");
        Ok(())
    }

    /// Bytes go as hexadecimal digits: a file has a character set.
    fn load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        w.push("LOAD DATA LOCAL INFILE 'rows' INTO TABLE ");
        w.table(load.table)?;
        w.push(
            " CHARACTER SET utf8mb4 FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n' (",
        );
        let mut digits = Vec::new();
        for (n, (name, sql_type)) in load.columns.iter().enumerate() {
            w.push(if n > 0 { ", " } else { "" });
            if matches!(sql_type, SqlType::Bytes | SqlType::Uuid) {
                w.push(&format!("@v{n}"));
                digits.push((n, name));
            } else {
                w.identifier(name);
            }
        }
        w.push(")");
        for (first, (n, name)) in digits.into_iter().enumerate() {
            w.push(if first == 0 { " SET " } else { ", " });
            w.identifier(name);
            w.push(&format!(" = UNHEX(@v{n})"));
        }
        Ok(())
    }

    /// An INSERT up to its rows, which the driver appends.
    fn instead_of_load(&self, w: &mut Writer, load: &Load<'_>) -> Result<()> {
        w.push("INSERT INTO ");
        w.table(load.table)?;
        w.push(" (");
        names(w, load.columns);
        w.push(") VALUES ");
        Ok(())
    }

    fn new_keys(&self) -> NewKeys {
        self.new_keys
    }
}

/// INSERT … RETURNING of the key alone.
#[derive(Debug)]
struct KeysOfMariadb;

impl ReturnedKeys for KeysOfMariadb {
    fn lock(&self, w: &mut Writer, table: &TableName) -> Result<()> {
        w.push("SELECT 1 FROM ");
        w.table(table)?;
        w.push(" LIMIT 0");
        Ok(())
    }

    /// No trigger changes the rows (and the user could see one), and values that do not fit are refused.
    ///
    /// Everything is compared with constants; otherwise a server with many tables would search all of them.
    fn stores_as_sent(&self, w: &mut Writer, table: &TableName) {
        let schema = table.schema.as_ref();
        let home = schema.map_or(Value::Null, |schema| Value::Text(schema.to_string()));
        let name = Value::Text(table.name.to_string());
        // `'user'@'host'`, as the tables of grants write it.
        const ME: &str = "CONCAT('''', LEFT(CURRENT_USER(), CHAR_LENGTH(CURRENT_USER()) \
             - CHAR_LENGTH(SUBSTRING_INDEX(CURRENT_USER(), '@', -1)) - 1), \
             '''@''', SUBSTRING_INDEX(CURRENT_USER(), '@', -1), '''')";
        let mut binds = Vec::new();
        let mut exists = |table: &str, place: Option<(&str, &str)>, and: &str| {
            let mut text = format!("EXISTS (SELECT 1 FROM information_schema.{table} WHERE ");
            if let Some((schema, table)) = place {
                text.push_str(&format!(
                    "{schema} COALESCE(?, DATABASE()) AND {table} = ? AND "
                ));
                binds.extend([home.clone(), name.clone()]);
            }
            text + and + ")"
        };
        let of_table = Some(("table_schema =", "table_name"));
        let is_table = "table_type = 'BASE TABLE' AND engine = 'InnoDB'";
        let is_table = exists("tables", of_table, is_table);
        let triggers = exists(
            "triggers",
            Some(("event_object_schema =", "event_object_table")),
            "action_timing = 'BEFORE' AND event_manipulation = 'INSERT'",
        );
        let mine = format!("grantee = {ME} AND privilege_type = 'TRIGGER'");
        let all = exists("user_privileges", None, &mine);
        let of_table = exists("table_privileges", of_table, &mine);
        binds.push(home.clone());
        // A grant may be for all schemas whose names match a pattern.
        let of_schema = format!(
            "EXISTS (SELECT 1 FROM information_schema.schema_privileges WHERE COALESCE(?, DATABASE()) LIKE table_schema AND {mine})"
        );
        w.push(&format!(
            "SELECT {is_table} AND @@sql_mode LIKE '%STRICT_ALL_TABLES%' AND NOT {triggers} AND ({all} OR {of_table} OR {of_schema})"
        ));
        w.add_binds(binds);
    }

    fn columns(&self, w: &mut Writer, table: &TableName) -> Result<()> {
        w.push("SHOW FULL COLUMNS FROM ");
        w.table(table)
    }

    fn room(&self, column: &StoredColumn, sql_type: &SqlType) -> Option<Room> {
        let longest = longest(&column.definition, sql_type)?;
        let set = column.collation.as_deref().map(|collation| {
            let (set, _) = collation.split_once('_').unwrap_or((collation, ""));
            set
        });
        let ascii = match (sql_type, set) {
            (SqlType::Text | SqlType::Varchar(_), Some("utf8mb4")) => false,
            (
                SqlType::Text | SqlType::Varchar(_),
                Some("utf8mb3" | "utf8" | "latin1" | "ascii"),
            ) => true,
            (SqlType::Text | SqlType::Varchar(_), _) => return None,
            _ => false,
        };
        Some(Room { longest, ascii })
    }
}

/// The longest value that a column with this definition stores as it is, if it has this type.
fn longest(definition: &str, sql_type: &SqlType) -> Option<usize> {
    let (base, of) = match definition.split_once('(') {
        Some((base, of)) => (base, of.strip_suffix(')')?),
        None => (definition, ""),
    };
    let is_it = match sql_type {
        SqlType::Bool => definition == "tinyint(1)",
        SqlType::SmallInt => base == "smallint" && !of.is_empty(),
        SqlType::Integer => base == "int" && !of.is_empty(),
        SqlType::BigInt => base == "bigint" && !of.is_empty(),
        SqlType::Double => definition == "double",
        SqlType::Date => definition == "date",
        SqlType::Time => definition == "time(6)",
        SqlType::DateTime | SqlType::Timestamp => definition == "datetime(6)",
        SqlType::Uuid => definition == "binary(16)",
        SqlType::Text | SqlType::Varchar(_) => {
            return match base {
                "varchar" => of.parse().ok(),
                "text" => Some(0xffff),
                "mediumtext" => Some(0xff_ffff),
                "longtext" => Some(usize::MAX),
                _ => None,
            };
        }
        SqlType::Bytes => {
            return match base {
                "varbinary" => of.parse().ok(),
                "blob" => Some(0xffff),
                "mediumblob" => Some(0xff_ffff),
                "longblob" => Some(usize::MAX),
                _ => None,
            };
        }
        SqlType::Real
        | SqlType::Decimal(..)
        | SqlType::Json
        | SqlType::Array(_)
        | SqlType::Enum(_)
        | SqlType::Custom(_) => false,
    };
    is_it.then_some(usize::MAX)
}
