//! Inserting: one row, many, what a query finds; upserts; get or create.

use crate::column::ColumnList;
use crate::meta::{ModelMeta, TextKind};
use crate::model::{Model, NewModel, PatchModel, find, update_row};
use crate::private::NewRow;
use crate::query::{Assignments, Part, Query};
use aludel_engine::command::{Access, Collect, Command, Only};
use aludel_engine::{Error, ErrorKind, Executor, Result, Target, Text};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Expr, Name, Node, Operand};
use aludel_sql::render::{Sql, Writer};
use aludel_sql::statement::{self, Conflict, ConflictAction, Insert, InsertSource};
use aludel_sql::types::SqlType;
use aludel_sql::value::Array;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;

/// Rows one after the other in one vector; `None` leaves a column to the database.
#[derive(Clone, Default)]
pub(crate) struct Rows {
    values: Vec<Option<Value>>,
    width: usize,
}

impl Rows {
    /// The rows of these new objects.
    pub(crate) fn of<N: NewModel>(rows: impl IntoIterator<Item = N>) -> Rows {
        let width = N::Model::meta().fields.len();
        let rows = rows.into_iter();
        let mut row = NewRow::default();
        row.reserve(width * rows.size_hint().0);
        rows.for_each(|new| new.write(&mut row));
        Rows {
            values: row.finish(),
            width,
        }
    }

    fn len(&self) -> usize {
        self.values.len() / self.width
    }

    fn row(&self, n: usize) -> &[Option<Value>] {
        &self.values[n * self.width..(n + 1) * self.width]
    }

    fn iter(&self) -> impl Iterator<Item = &[Option<Value>]> {
        self.values.chunks(self.width)
    }

    /// Whether all rows give the same columns.
    fn are_alike(&self) -> bool {
        let (first, rest) = self.values.split_at(self.width.min(self.values.len()));
        rest.chunks(self.width).all(|row| {
            row.iter()
                .zip(first)
                .all(|(a, b)| a.is_some() == b.is_some())
        })
    }

    /// Takes the first rows off.
    fn split_off_front(&mut self, count: usize) -> Rows {
        if count == self.len() {
            return std::mem::replace(
                self,
                Rows {
                    values: Vec::new(),
                    width: self.width,
                },
            );
        }
        let rest = self.values.split_off(count * self.width);
        Rows {
            values: std::mem::replace(&mut self.values, rest),
            width: self.width,
        }
    }
}

/// From this many rows on, PostgreSQL takes one array for each column instead of a bind for each value.
const UNNEST_FROM: usize = 16;

/// In an upsert, the value that the insert had for a column: `excluded(Tag::name)`.
pub fn excluded<M: Model, T>(column: impl Operand<Scope = M, Type = T>) -> Expr<M, T> {
    match column.into_operand() {
        Node::Root(name) => Expr::from_node(Node::Excluded(name)),
        other => Expr::from_node(other),
    }
}

// ---- one row -----------------------------------------------------------------------------------------------------

pub(crate) fn insert_one<'a, M: Model>(
    row: Rows,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
    let meta = M::meta();
    let dialect = target.database().dialect();
    async move {
        check_required(meta, &row)?;
        if !dialect.capabilities().insert_returning {
            let key = insert_unseen(meta, row, target, site).await?;
            return find(target, key, site).await?.ok_or_else(|| lost(meta));
        }
        let command = rows_command(meta, row, true, None, dialect, site)?;
        let found = target.fetch(command, Only::<M>::one()).await?.0.row;
        found.ok_or_else(|| lost(meta))
    }
}

fn lost(meta: &ModelMeta) -> Error {
    Error::new(
        ErrorKind::Internal,
        format!(
            "the database did not answer the {} that it inserted",
            meta.name
        ),
    )
}

/// A row whose relation was never set would be an error of the database's, without a word on which field.
fn check_required(meta: &ModelMeta, rows: &Rows) -> Result<()> {
    for relation in meta.relations.iter().filter(|relation| !relation.nullable) {
        for column in &relation.columns {
            let at = meta.fields.iter().position(|field| field.column == *column);
            let unset = |at: usize| {
                rows.iter()
                    .any(|row| row[at].as_ref().is_none_or(Value::is_null))
            };
            if at.is_some_and(unset) {
                return Err(Error::invalid_query(format!(
                    "{}::{} is not set; give it a row: `{}: (&row).into()`",
                    meta.name, relation.name, relation.name
                )));
            }
        }
    }
    Ok(())
}

/// Inserts without RETURNING, and answers the key: given, or the last that was generated.
async fn insert_unseen(
    meta: &'static ModelMeta,
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Value>> {
    let dialect = target.database().dialect();
    let known: Vec<Option<Value>> = meta.key.iter().map(|at| row.row(0)[*at].clone()).collect();
    let command = rows_command(meta, row, false, None, dialect, site)?;
    let outcome = target.execute(command).await?;
    known
        .into_iter()
        .map(|value| {
            value
                .or_else(|| outcome.last_id.map(Value::I64))
                .ok_or_else(|| {
                    Error::new(
                        ErrorKind::Unsupported,
                        format!(
                            "{} has no RETURNING, so a key of {} that is not a number must be given by the program",
                            dialect.name(),
                            meta.name
                        ),
                    )
                })
        })
        .collect()
}

// ---- texts -------------------------------------------------------------------------------------------------------

/// The INSERT of rows that give the same columns (or, where DEFAULT may stand in VALUES, any columns).
fn rows_command(
    meta: &'static ModelMeta,
    mut rows: Rows,
    returning: bool,
    conflict: Option<&Conflict>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Command> {
    let width = meta.fields.len();
    let even = rows.are_alike();
    let given: Vec<usize> = (0..width)
        .filter(|at| {
            rows.row(0)[*at].is_some() || !even && rows.iter().any(|row| row[*at].is_some())
        })
        .collect();
    let count = rows.len();
    let head = |columns: &[usize], source| Insert {
        table: meta.table.clone(),
        columns: columns
            .iter()
            .map(|at| Name::Owned(meta.fields[*at].column.clone()))
            .collect(),
        source,
        conflict: conflict.cloned(),
        returning: if returning {
            meta.column_nodes()
        } else {
            vec![]
        },
    };
    if given.is_empty() {
        let source = if count == 1 {
            InsertSource::Defaults
        } else {
            // Rows of nothing but defaults: the key's default, again and again.
            InsertSource::Rows(vec![vec![Node::Default]; count])
        };
        let mut w = Writer::new(dialect);
        w.insert(&head(&meta.key[..1], source))?;
        return Ok(Command::new(w.finish()?, Access::Write).at(site));
    }
    if even && count >= UNNEST_FROM && dialect.name() == "postgres" && can_unnest(meta, &given) {
        let sql = unnest(
            meta,
            &given,
            rows,
            head(&given, InsertSource::Defaults),
            dialect,
        )?;
        return Ok(Command::with_text(sql.0, sql.1, Access::Write).at(site));
    }
    if even && conflict.is_none() {
        let binds: Vec<Value> = rows.values.into_iter().flatten().collect();
        let any_text = dialect.capabilities().nul_in_text;
        for value in &binds {
            let harmless = match value {
                Value::Text(_) => any_text,
                Value::Null | Value::Bool(_) | Value::I16(_) | Value::I32(_) | Value::I64(_) => {
                    true
                }
                _ => false,
            };
            if !harmless {
                check(value, dialect)?;
            }
        }
        let mut columns = vec![0_u64; width.div_ceil(64)];
        for at in &given {
            columns[at / 64] |= 1 << (at % 64);
        }
        let kind = TextKind::Insert {
            columns,
            rows: count,
            returning,
        };
        let text = meta.cached_text(dialect, kind, || {
            let row = vec![Node::Value(Value::Null); given.len()];
            let mut w = Writer::new(dialect);
            w.insert(&head(&given, InsertSource::Rows(vec![row; count])))?;
            Ok(w.finish()?.text)
        })?;
        return Ok(Command::with_text(text, binds, Access::Write).at(site));
    }
    let nodes = rows
        .values
        .chunks_mut(width)
        .map(|row| {
            given
                .iter()
                .map(|at| row[*at].take().map_or(Node::Default, Node::Value))
                .collect()
        })
        .collect();
    let mut w = Writer::new(dialect);
    w.insert(&head(&given, InsertSource::Rows(nodes)))?;
    Ok(Command::new(w.finish()?, Access::Write).at(site))
}

fn check(value: &Value, dialect: &'static dyn Dialect) -> Result<()> {
    if let Value::Invalid(reason) = value {
        return Err(Error::invalid_query(format!(
            "a value can't be bound: {reason}"
        )));
    }
    Ok(dialect.check_value(value)?)
}

/// Arrays of arrays are no array of rows.
fn can_unnest(meta: &ModelMeta, given: &[usize]) -> bool {
    given.iter().all(|at| {
        !matches!(
            meta.fields[*at].sql_type,
            SqlType::Array(_) | SqlType::Custom(_)
        )
    })
}

/// `INSERT … SELECT * FROM unnest($1, $2, …)`: one text whatever the number of rows, in their order.
fn unnest(
    meta: &'static ModelMeta,
    given: &[usize],
    mut rows: Rows,
    head: Insert,
    dialect: &'static dyn Dialect,
) -> Result<(Text, Vec<Value>)> {
    let mut binds = Vec::with_capacity(given.len());
    for at in given {
        let mut items = Vec::with_capacity(rows.len());
        for row in rows.values.chunks_mut(rows.width) {
            let value = row[*at].take().unwrap_or_default();
            check(&value, dialect)?;
            items.push(value);
        }
        binds.push(Value::Array(Box::new(Array {
            element: element_type(&meta.fields[*at].sql_type, &items),
            items,
        })));
    }
    let mut w = Writer::new(dialect);
    w.push("INSERT INTO ");
    w.table(&head.table)?;
    w.push(" (");
    w.identifiers(&head.columns);
    w.push(") SELECT * FROM unnest(");
    for (n, at) in given.iter().enumerate() {
        w.push(if n > 0 { ", " } else { "" });
        w.push(&format!("${}::", n + 1));
        let field = &meta.fields[*at];
        dialect.cast_type(&unbounded(&field.sql_type), &mut w.text)?;
        w.push("[]");
    }
    w.push(")");
    if let Some(conflict) = &head.conflict {
        dialect.conflict(&mut w, &head.table, &head.columns, conflict)?;
    }
    if !head.returning.is_empty() {
        w.push(" RETURNING ");
        w.nodes(&head.returning)?;
    }
    let rendered = w.finish()?;
    // An upsert's own binds would come after the arrays' numbers; it has none here.
    if !rendered.binds.is_empty() {
        return Err(Error::new(ErrorKind::Internal, "binds in an unnest insert"));
    }
    Ok((rendered.text.into(), binds))
}

/// Lengths are checked when the value is assigned to the column, which tells; a cast would cut.
fn unbounded(sql_type: &SqlType) -> SqlType {
    match sql_type {
        SqlType::Varchar(_) => SqlType::Text,
        other => other.clone(),
    }
}

/// What the values are, which may be narrower than the column (an `i32` for a `bigint` of a foreign key).
fn element_type(column: &SqlType, items: &[Value]) -> SqlType {
    match items.iter().find(|item| !item.is_null()) {
        Some(Value::I16(_)) => SqlType::SmallInt,
        Some(Value::I32(_)) => SqlType::Integer,
        Some(Value::I64(_)) => SqlType::BigInt,
        _ => unbounded(column),
    }
}

// ---- many rows ---------------------------------------------------------------------------------------------------

/// An insert of many rows: `Post::insert_many(rows).all(&db)` or `.execute(&db)`.
pub struct InsertMany<M> {
    rows: Rows,
    conflict: Option<Conflict>,
    site: &'static Location<'static>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> InsertMany<M> {
    pub(crate) fn new(
        rows: impl IntoIterator<Item = M::New>,
        site: &'static Location<'static>,
    ) -> InsertMany<M> {
        InsertMany {
            rows: Rows::of(rows),
            conflict: None,
            site,
            of: PhantomData,
        }
    }

    /// What to do about rows that are there already, by these columns of a unique key.
    pub fn on_conflict(self, columns: impl ColumnList<M>) -> OnConflict<M> {
        OnConflict {
            insert: self,
            columns: columns.names(),
        }
    }

    /// Inserts them; answers how many (with `do_nothing`, how many were new).
    ///
    /// # Errors
    /// Violations of constraints, and whatever can go wrong with a statement: then none is inserted.
    pub async fn execute(self, db: &dyn Executor) -> Result<u64> {
        let site = self.site;
        let batches = batches(
            M::meta(),
            self.rows,
            false,
            self.conflict.as_ref(),
            db.dialect(),
            site,
        )?;
        let counts_rows = matches!(&self.conflict, Some(conflict) if matches!(conflict.action, ConflictAction::Update(_)))
            && db.dialect().capabilities().comment_clauses;
        let several = batches.len() > 1;
        in_one(db.target(), several, site, async move |target| {
            let mut affected = 0;
            for batch in batches {
                let outcome = target.execute(batch.command).await?;
                // MariaDB and MySQL count an updated row twice.
                affected += if counts_rows {
                    batch.rows as u64
                } else {
                    outcome.affected
                };
            }
            Ok(affected)
        })
        .await
    }

    /// Inserts them, and answers the rows in the order of the inputs, with all that the database filled in. With
    /// `do_nothing`, rows that were there already are missing.
    ///
    /// # Errors
    /// Violations of constraints, and whatever can go wrong with a statement: then none is inserted.
    pub async fn all(self, db: &dyn Executor) -> Result<Vec<M>> {
        let (meta, site) = (M::meta(), self.site);
        let rows = self.rows;
        if !db.dialect().capabilities().insert_returning {
            return one_by_one::<M>(rows, self.conflict, db, site).await;
        }
        if db.dialect().name() == "mariadb"
            && matches!(&self.conflict, Some(conflict) if conflict.action == ConflictAction::Nothing)
        {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "mariadb answers rows that were there already as if they were new; use execute() and read the rows",
            ));
        }
        let batches = batches(meta, rows, true, self.conflict.as_ref(), db.dialect(), site)?;
        let several = batches.len() > 1;
        in_one(db.target(), several, site, async move |target| {
            let mut found: Vec<M> = Vec::new();
            for batch in batches {
                let sink = Collect::<M>::all();
                let rows = target.fetch(batch.command, sink).await?.0.rows;
                if found.is_empty() {
                    found = rows;
                } else {
                    found.extend(rows);
                }
            }
            Ok(found)
        })
        .await
    }

    /// Its first statement's text and binds in a dialect.
    ///
    /// # Errors
    /// What the dialect cannot do.
    pub fn to_sql(self, dialect: &'static dyn Dialect) -> Result<Sql> {
        let batches = batches(
            M::meta(),
            self.rows,
            false,
            self.conflict.as_ref(),
            dialect,
            self.site,
        )?;
        let first = batches
            .into_iter()
            .next()
            .ok_or_else(|| Error::invalid_query("no rows to insert"))?;
        Ok(Sql {
            text: first.command.text.to_string(),
            binds: first.command.binds,
        })
    }
}

/// Some rows in one statement.
struct Batch {
    command: Command,
    rows: usize,
}

/// Runs a function on the target, or in a transaction of its own when it sends several statements.
async fn in_one<T>(
    target: Target<'_>,
    several: bool,
    site: &'static Location<'static>,
    run: impl AsyncFnOnce(Target<'_>) -> Result<T>,
) -> Result<T> {
    if !several {
        return run(target).await;
    }
    let tx = target.begin(site).await?;
    let value = run(tx.target()).await?;
    tx.commit().await?;
    Ok(value)
}

/// The statements for many rows: as many rows in each as the limit of binds allows.
fn batches(
    meta: &'static ModelMeta,
    mut rows: Rows,
    returning: bool,
    conflict: Option<&Conflict>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    /// Long statements take long to prepare; beyond this, more statements are no slower.
    const MOST_ROWS: usize = 10_000;
    check_required(meta, &rows)?;
    if !rows.are_alike() {
        fill_nulls(meta, &mut rows);
    }
    let max_binds = dialect.capabilities().max_binds;
    let arrays = dialect.name() == "postgres";
    // DEFAULT may not stand in SQLite's VALUES: only rows of the same columns go together there.
    let mixed = dialect.name() != "sqlite" && conflict.is_none();
    let mut batches = Vec::new();
    while rows.len() > 0 {
        let first = rows.row(0);
        let like_first = |row: &[Option<Value>]| {
            row.iter()
                .map(Option::is_some)
                .eq(first.iter().map(Option::is_some))
        };
        let width = first.iter().flatten().count();
        let alike = if rows.are_alike() {
            rows.len().min(MOST_ROWS)
        } else {
            rows.iter()
                .take(MOST_ROWS)
                .take_while(|row| like_first(row))
                .count()
        };
        let most = match width {
            // Nothing but defaults: SQLite takes one such row at a time.
            0 if dialect.name() == "sqlite" => 1,
            // One array for each column, however many rows.
            _ if arrays && alike >= UNNEST_FROM => alike,
            _ if mixed => MOST_ROWS.min(max_binds / meta.fields.len().max(1)),
            _ => alike.min(max_binds / width.max(1)),
        };
        let chunk = rows.split_off_front(most.clamp(1, rows.len()));
        let count = chunk.len();
        batches.push(Batch {
            command: rows_command(meta, chunk, returning, conflict, dialect, site)?,
            rows: count,
        });
    }
    Ok(batches)
}

/// A nullable column without a default is NULL when it is left out: where some rows give it, the others say so, and
/// all go into one statement.
fn fill_nulls(meta: &ModelMeta, rows: &mut Rows) {
    for (at, field) in meta.fields.iter().enumerate() {
        let plain = field.nullable
            && field.default.is_none()
            && field.identity.is_none()
            && field.generated.is_none();
        if plain && rows.iter().any(|row| row[at].is_some()) {
            for row in rows.values.chunks_mut(rows.width) {
                row[at].get_or_insert(Value::Null);
            }
        }
    }
}

/// Where there is no RETURNING (MySQL): row by row, in one transaction.
async fn one_by_one<M: Model>(
    mut rows: Rows,
    conflict: Option<Conflict>,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Vec<M>> {
    if conflict.is_some() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "{} can't answer the rows of an upsert; use execute() and read the rows",
                db.dialect().name()
            ),
        ));
    }
    in_one(db.target(), true, site, async |target| {
        let mut found = Vec::with_capacity(rows.len());
        while rows.len() > 0 {
            let row = rows.split_off_front(1);
            found.push(insert_one::<M>(row, target, site).await?);
        }
        Ok(found)
    })
    .await
}

/// What to do about rows that are there already.
pub struct OnConflict<M> {
    insert: InsertMany<M>,
    columns: Vec<Name>,
}

impl<M: Model> OnConflict<M> {
    /// Leave them as they are.
    #[must_use]
    pub fn do_nothing(self) -> InsertMany<M> {
        self.with(ConflictAction::Nothing)
    }

    /// Change them; [`excluded`] is the value that the insert had.
    #[must_use]
    pub fn do_update(self, assignments: impl Assignments<M>) -> InsertMany<M> {
        let assignments: Vec<statement::Assignment> = assignments.into_list();
        self.with(ConflictAction::Update(assignments))
    }

    fn with(mut self, action: ConflictAction) -> InsertMany<M> {
        self.insert.conflict = Some(Conflict {
            columns: self.columns,
            action,
        });
        self.insert
    }
}

/// An insert of what a query finds.
pub struct InsertFrom<M> {
    columns: Vec<Name>,
    query: Part,
    site: &'static Location<'static>,
    of: PhantomData<fn() -> M>,
}

impl<M: Model> InsertFrom<M> {
    pub(crate) fn new(
        columns: Vec<Name>,
        query: Part,
        site: &'static Location<'static>,
    ) -> InsertFrom<M> {
        InsertFrom {
            columns,
            query,
            site,
            of: PhantomData,
        }
    }

    /// Runs it; answers how many rows were inserted.
    ///
    /// # Errors
    /// Violations of constraints, and whatever can go wrong with a statement.
    pub async fn execute(self, db: &dyn Executor) -> Result<u64> {
        let sql = self.to_sql(db.dialect())?;
        if self.query.is_empty() {
            return Ok(0);
        }
        let command = Command::new(sql, Access::Write).at(self.site);
        Ok(db.target().execute(command).await?.affected)
    }

    /// Its text and binds in a dialect.
    ///
    /// # Errors
    /// What the dialect cannot do.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        let mut w = Writer::new(dialect);
        w.insert(&Insert {
            table: M::meta().table.clone(),
            columns: self.columns.clone(),
            source: InsertSource::Query(Box::new(self.query.select(Some(dialect))?)),
            conflict: None,
            returning: vec![],
        })?;
        Ok(w.finish()?)
    }
}

// ---- get or create -----------------------------------------------------------------------------------------------

pub(crate) async fn get_or_create<M: Model>(
    condition: Expr<M, bool>,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let query = Query::<M>::new().filter(condition);
    if let Some(found) = query.optional(db).await? {
        return Ok((found, false));
    }
    match insert_nested(Rows::of([new()]), db.target(), site).await {
        Ok(made) => Ok((made, true)),
        // Somebody else was faster.
        Err(error) if error.is_unique_violation() => match query.optional(db).await? {
            Some(found) => Ok((found, false)),
            None => Err(error),
        },
        Err(error) => Err(error),
    }
}

pub(crate) async fn update_or_create<M: Model>(
    condition: Expr<M, bool>,
    patch: M::Patch,
    new: impl FnOnce() -> M::New + Send,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<(M, bool)> {
    let mut query = Query::<M>::new().filter(condition);
    if db.dialect().capabilities().row_locks {
        query = query.for_update();
    }
    let changes = patch.into_changes();
    let tx = db.target().begin(site).await?;
    let mut row = query.optional(&tx).await?;
    if row.is_none() {
        match insert_nested(Rows::of([new()]), tx.target(), site).await {
            Ok(made) => {
                tx.commit().await?;
                return Ok((made, true));
            }
            Err(error) if error.is_unique_violation() => {
                row = query.optional(&tx).await?;
                if row.is_none() {
                    return Err(error);
                }
            }
            Err(error) => return Err(error),
        }
    }
    let Some(row) = row else {
        return Err(Error::new(
            ErrorKind::Internal,
            "a row that is neither there nor made",
        ));
    };
    let row = if changes.is_empty() {
        row
    } else {
        let key = aludel_sql::types::Key::into_values(row.key());
        update_row(tx.target(), key, changes, site).await?
    };
    tx.commit().await?;
    Ok((row, false))
}

/// Inserts so that a violation does not abort the transaction around it.
async fn insert_nested<M: Model>(
    row: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<M> {
    if !target.is_transaction() {
        return insert_one(row, target, site).await;
    }
    let nested = target.begin(site).await?;
    match insert_one(row, nested.target(), site).await {
        Ok(made) => {
            nested.commit().await?;
            Ok(made)
        }
        Err(error) => {
            nested.rollback().await?;
            Err(error)
        }
    }
}
