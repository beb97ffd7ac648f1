//! Inserts many rows, and handles those that already exist (upserts).

use super::chunks::{Chunks, Source, longest_chunk, chunk_batches};
use super::keys_first::in_order;
use super::once::once;
use super::one::{List, insert_one, insert_plain};
use super::placed::{Marks, placed};
use super::rows::Rows;
use super::statements::{ARRAYS_FROM, COPY_FROM, KEPT_UP_TO, rows_command};
use crate::any::{AnyModel, AnyRows, Moves, any_rows_in, rows_in};
use crate::column::ColumnList;
use crate::fit::{check_assigned, pad_assigned};
use crate::meta::ModelMeta;
use crate::model::Model;
use crate::query::{Assignments, Computed, refuse_own, touch};
use crate::values::NewRow;
use aludel_engine::spi::Target;
use aludel_engine::spi::command::{Access, Collect, Command};
use aludel_engine::spi::gather::taken;
use aludel_engine::{Error, ErrorKind, Executor, Result};
use aludel_sql::Value;
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::{Expr, Name, Node, Operand};
use aludel_sql::render::{Sql, Writer};
use aludel_sql::statement::{self, Conflict, ConflictAction};
use futures_core::Stream;
use std::future::poll_fn;
use std::panic::Location;
use std::pin::Pin;

/// In an upsert, the value that the insert had for a column: `excluded(Tag::name)`.
pub fn excluded<M: Model, T>(column: impl Operand<Scope = M, Type = T>) -> Expr<M, T> {
    match column.into_operand() {
        Node::Root(name) => Expr::from_node(Node::Excluded(name)),
        other => Expr::from_node(other),
    }
}

/// An insert of many rows: `Post::insert_many(rows).all(&db)` or `.execute(&db)`. The rows are built as they are sent, so an
/// iterator may yield any number of them.
pub struct InsertMany<'a, M: Model> {
    rows: Source<'a, M>,
    conflict: Option<Conflict>,
    last_wins: bool,
    validated: bool,
    site: &'static Location<'static>,
}

impl<'a, M: Model> InsertMany<'a, M> {
    pub(crate) fn new<I>(rows: I, site: &'static Location<'static>) -> InsertMany<'a, M>
    where
        I: Iterator<Item = M::New> + Send + 'a,
    {
        InsertMany::of(Source::Plain(Box::new(rows)), site)
    }

    /// Rows with their keys.
    pub(crate) fn keyed<I>(rows: I, site: &'static Location<'static>) -> InsertMany<'a, M>
    where
        I: Iterator<Item = (M::Key, M::New)> + Send + 'a,
    {
        InsertMany::of(Source::Keyed(Box::new(rows)), site)
    }

    fn of(rows: Source<'a, M>, site: &'static Location<'static>) -> InsertMany<'a, M> {
        InsertMany {
            rows,
            conflict: None,
            last_wins: false,
            validated: true,
            site,
        }
    }

    /// Skips the model's validation rules.
    #[must_use]
    pub fn unvalidated(mut self) -> Self {
        self.validated = false;
        self
    }

    /// In an upsert where a key occurs several times, sends only the last row with that key. Without this, such rows are an
    /// error.
    #[must_use]
    pub fn last_wins(mut self) -> Self {
        self.last_wins = true;
        self
    }

    /// All rows, validated by the model's rules; each key of an upsert once.
    fn written(&mut self) -> Result<Rows> {
        let rows = self.rows.write(usize::MAX);
        if self.validated {
            rows.validate(M::meta())?;
        }
        once(M::meta(), rows, self.conflict.as_ref(), self.last_wins)
    }

    /// Chooses what to do with rows that already exist, by these columns of a unique key (ON CONFLICT).
    #[doc(alias = "upsert")]
    pub fn on_conflict(self, columns: impl ColumnList<M>) -> OnConflict<'a, M> {
        OnConflict {
            insert: self,
            columns: columns.names(),
        }
    }

    /// Inserts them; returns how many (with `do_nothing`, how many were new).
    ///
    /// # Errors
    /// Constraint violations, and any database error: then none is inserted.
    pub async fn execute(mut self, db: &dyn Executor) -> Result<u64> {
        let (site, meta) = (self.site, M::meta());
        if self.conflict.is_none() {
            return self.execute_plainly(db).await;
        }
        let rows = self.written()?;
        let conflict = self.conflict.as_ref();
        let batches = batches(meta, rows, false, conflict, db.dialect(), site)?;
        let computed = computed(meta, self.conflict.as_ref());
        let counts_rows = matches!(&self.conflict, Some(conflict) if matches!(conflict.action, ConflictAction::Update(_)))
            && db.dialect().capabilities().upsert_counts_twice;
        // A command of many runs is several statements, too.
        let is_several = |batch: &Batch| batch.command.is_repeated();
        let raises = self.raises(db);
        let several = raises || batches.len() > 1 || batches.iter().any(is_several);
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
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(affected)
        })
        .await
        .map_err(|error| computed.name(meta.named(error)))
    }

    /// Whether the database must be told that keys were given, so that it numbers new rows above them.
    fn raises(&self, db: &dyn Executor) -> bool {
        let key = match M::meta().key[..] {
            [key] => M::meta().fields[key].identity,
            _ => None,
        };
        self.rows.is_keyed() && key.is_some() && !db.dialect().capabilities().numbers_after_given
    }

    /// Inserts rows as they come, in one transaction if they need more than one statement.
    async fn execute_plainly(mut self, db: &dyn Executor) -> Result<u64> {
        let (meta, site, target) = (M::meta(), self.site, db.target());
        let most = longest_chunk(meta, db.dialect());
        let first = self.rows.write(most);
        // A full chunk may be followed by others.
        let second = (first.len() == most).then(|| self.rows.write(most));
        let more = second.filter(|rows| rows.len() > 0);
        let raises = self.raises(db);
        if more.is_none() && !raises {
            if self.validated {
                first.validate(meta)?;
            }
            let batches = chunk_batches(meta, first, target, site)?;
            let loads = db.target().database().takes_files();
            // A command of many runs is several statements, too, and rows that are sent as a file may have to be undone.
            let is_several =
                |command: &Command| command.is_repeated() || loads && command.is_copying();
            let several =
                batches.len() > 1 || batches.iter().any(|batch| is_several(&batch.command));
            let done = in_one(target, several, site, async move |target| {
                let mut affected = 0;
                for batch in batches {
                    affected += target.execute(batch.command).await?.affected;
                }
                Ok(affected)
            });
            return done.await.map_err(|error| meta.named(error));
        }
        let validated = self.validated;
        let rows = &mut self.rows;
        let done = in_one(target, true, site, async move |target| {
            let mut chunks = Chunks::new(meta, target, site, validated);
            chunks.send(first).await?;
            let mut next = more;
            while let Some(chunk) = next.take() {
                let is_full = chunk.len() == most;
                chunks.send(chunk).await?;
                next = is_full
                    .then(|| rows.write(most))
                    .filter(|rows| rows.len() > 0);
            }
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(chunks.affected)
        });
        done.await.map_err(|error| meta.named(error))
    }

    /// Inserts them, and returns the rows in the order of the inputs, with everything the database filled in. With
    /// `do_nothing`, rows that already existed are missing, and those that give their keys come before those that are
    /// numbered.
    ///
    /// # Errors
    /// Constraint violations, and any database error: then none is inserted.
    pub async fn all(mut self, db: &dyn Executor) -> Result<Vec<M>> {
        let (meta, site) = (M::meta(), self.site);
        let rows = self.written()?;
        if !db.dialect().capabilities().insert_returning {
            return one_by_one::<M>(rows, self.conflict, db, site).await;
        }
        if db.dialect().capabilities().returns_ignored
            && matches!(&self.conflict, Some(conflict) if conflict.action == ConflictAction::Nothing)
        {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "{} returns rows that were there already as if they were new; use execute() and read the rows",
                    db.dialect().name()
                ),
            ));
        }
        let order = rows.keys_first(meta, db.dialect());
        let batches = batches(meta, rows, true, self.conflict.as_ref(), db.dialect(), site)?;
        let computed = computed(meta, self.conflict.as_ref());
        let raises = self.raises(db);
        let several = batches.len() > 1 || raises;
        in_one(db.target(), several, site, async move |target| {
            let mut found: Vec<M> = Vec::new();
            for batch in batches {
                let rows = fetch_placed::<M>(target, batch).await;
                // A single statement needs no transaction, and its rows stay.
                let rows = match several {
                    true => rows?,
                    false => rows.map_err(crate::write::read_back)?,
                };
                if found.is_empty() {
                    found = rows;
                } else {
                    found.extend(rows);
                }
            }
            if raises {
                raise_sequence(meta, target, site).await?;
            }
            Ok(in_order(found, order))
        })
        .await
        .map_err(|error| computed.name(meta.named(error)))
    }

    /// Its first statement's text and binds in a dialect.
    ///
    /// # Errors
    /// Anything that the dialect does not support.
    pub fn to_sql(mut self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.validated = false;
        let rows = self.written()?;
        let batches = batches(
            M::meta(),
            rows,
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
            binds: first.command.binds.into_vec(),
        })
    }
}

/// Raises the sequence of a key, so that the next number is above all keys that were given, where it does not follow them by
/// itself. Other writers wait until the transaction ends: a number drawn meanwhile would be used twice.
async fn raise_sequence(
    meta: &'static ModelMeta,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<()> {
    let dialect = target.database().dialect();
    let ([key], Some(sequence)) = (&meta.key[..], dialect.bulk().sequence()) else {
        return Ok(());
    };
    let (table, column) = (&meta.table, &meta.fields[*key].column);
    let mut w = Writer::new(dialect);
    sequence.lock(&mut w, table)?;
    let lock = Command::new(w.finish()?, Access::Write).at(site);
    target.execute(lock).await?;
    let mut w = Writer::new(dialect);
    sequence.name(&mut w, table, column)?;
    let ask = Command::new(w.finish()?, Access::Read).at(site);
    let (named, _) = target.fetch(ask, Collect::<Option<String>>::all()).await?;
    let [Some(name)] = &named.rows[..] else {
        return Ok(());
    };
    let mut w = Writer::new(dialect);
    sequence.raise(&mut w, name, table, column)?;
    let raise = Command::new(w.finish()?, Access::Write).at(site);
    target.execute(raise).await.map(drop)
}

/// An insert of rows that come from a stream: `Post::insert_stream(stream).execute(&db)`.
pub struct InsertStream<'a, M: Model> {
    rows: Pin<Box<dyn Stream<Item = Result<M::New>> + Send + 'a>>,
    validated: bool,
    site: &'static Location<'static>,
}

impl<'a, M: Model> InsertStream<'a, M> {
    pub(crate) fn new(
        rows: impl Stream<Item = Result<M::New>> + Send + 'a,
        site: &'static Location<'static>,
    ) -> InsertStream<'a, M> {
        InsertStream {
            rows: Box::pin(rows),
            validated: true,
            site,
        }
    }

    /// Skips the model's validation rules.
    #[must_use]
    pub fn unvalidated(mut self) -> Self {
        self.validated = false;
        self
    }

    /// Inserts them in one transaction, as they arrive; returns how many. At most a few thousand wait in memory.
    ///
    /// # Errors
    /// An error of the stream, constraint violations, and any database error: then none is inserted.
    pub async fn execute(mut self, db: &dyn Executor) -> Result<u64> {
        let (meta, site, validated) = (M::meta(), self.site, self.validated);
        let most = longest_chunk(meta, db.dialect()).min(LONGEST_OF_STREAMS);
        let done = in_one(db.target(), true, site, async |target| {
            let mut chunks = Chunks::new(meta, target, site, validated);
            loop {
                let mut rows: Vec<M::New> = Vec::new();
                while rows.len() < most
                    && let Some(row) = poll_fn(|cx| self.rows.as_mut().poll_next(cx)).await
                {
                    rows.push(row?);
                }
                if rows.is_empty() {
                    return Ok(chunks.affected);
                }
                let is_last = rows.len() < most;
                chunks.send(Rows::of(rows)).await?;
                if is_last {
                    return Ok(chunks.affected);
                }
            }
        });
        done.await.map_err(|error| meta.named(error))
    }
}

/// Rows of a stream that are sent together where chunks have no limit of their own.
const LONGEST_OF_STREAMS: usize = 16_384;

/// Inserts new rows of any model, all of them or none; returns their values in their order.
pub(crate) async fn insert_drafts(
    model: &'static AnyModel,
    rows: Rows,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<Vec<Value>>> {
    let (meta, dialect) = (model.meta(), target.database().dialect());
    rows.validate(meta)?;
    let mut found = Vec::with_capacity(rows.len());
    if rows.len() == 0 {
        return Ok(found);
    }
    let order = rows.keys_first(meta, dialect);
    if !dialect.capabilities().insert_returning {
        let rows = match &order {
            Some(order) => rows.reordered(meta, order),
            None => rows,
        };
        let (mut rows, tx) = (rows.into_front(), target.begin(site).await?);
        while rows.len() > 0 {
            let row = rows.take(1);
            let made = insert_plain(meta, row, List::Any, tx.target(), site).await?;
            found.push(made.any(meta)?.values());
        }
        tx.commit_at(site).await?;
        return Ok(in_order(found, order));
    }
    let batches = batches(meta, rows, true, None, dialect, site)?;
    let tx = target.begin(site).await?;
    for Batch { command, marks, .. } in batches {
        let sink = placed(Box::new(AnyRows::new(model)), Moves::ANY, marks);
        let rows = tx.target().fetch(command, sink).await;
        let (sink, _) = rows.map_err(|error| meta.named(error))?;
        found.extend(any_rows_in(sink).iter().map(|row| row.values()));
    }
    tx.commit_at(site).await?;
    Ok(in_order(found, order))
}

/// The rows of an INSERT, in the order in which they were sent.
async fn fetch_placed<M: Model>(target: Target<'_>, batch: Batch) -> Result<Vec<M>> {
    let sink = placed(Box::new(Vec::<M>::new()), Moves::of::<M>(), batch.marks);
    let (sink, _) = target.fetch(batch.command, sink).await?;
    Ok(rows_in(sink).and_then(taken::<M>).unwrap_or_default())
}

/// The columns that an upsert sets to expressions.
fn computed(meta: &'static ModelMeta, conflict: Option<&Conflict>) -> Computed {
    match conflict.map(|conflict| &conflict.action) {
        Some(ConflictAction::Update(assignments)) => Computed::assigned(meta, assignments),
        _ => Computed::default(),
    }
}

/// Rows in one statement.
pub(crate) struct Batch {
    pub(crate) command: Command,
    pub(crate) rows: usize,
    /// Tells its rows apart when they come back.
    pub(crate) marks: Option<Marks>,
}

impl Batch {
    /// A batch without marks: its rows do not come back, or their keys are known.
    pub(crate) fn new(command: Command, rows: usize) -> Batch {
        Batch {
            command,
            rows,
            marks: None,
        }
    }
}

/// Runs a function on the target, or in a transaction of its own if it sends several statements.
pub(super) async fn in_one<T>(
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
pub(crate) fn batches(
    meta: &'static ModelMeta,
    mut rows: Rows,
    returning: bool,
    conflict: Option<&Conflict>,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    /// Long statements take long to prepare; beyond this, more statements are no slower.
    const MOST_ROWS: usize = 10_000;
    rows.check_required(meta)?;
    rows.fit(meta)?;
    if let Some(Conflict {
        action: ConflictAction::Update(assignments),
        ..
    }) = conflict
    {
        check_assigned(meta, assignments)?;
    }
    if let Some(order) = rows.keys_first(meta, dialect) {
        rows = rows.reordered(meta, &order);
    }
    let caps = dialect.capabilities();
    let max_binds = caps.max_binds;
    let arrays = caps.rows_of_arrays;
    let copies = caps.copy_in && !returning && conflict.is_none();
    let compared = match conflict.map(|conflict| &conflict.action) {
        _ if !returning => None,
        None => Some(None),
        // Rows that already exist do not come back.
        Some(ConflictAction::Nothing) => None,
        // The other columns may have been set to something else.
        Some(ConflictAction::Update(_)) => conflict.map(|conflict| {
            let is_key = |at: &usize| {
                let column = &meta.fields[*at].column;
                conflict.columns.iter().any(|name| **name == **column)
            };
            Some((0..meta.fields.len()).filter(is_key).collect::<Vec<_>>())
        }),
    };
    let marks = |rows: &Rows| {
        let only = compared.as_ref()?;
        Marks::of(meta, rows, only.as_deref())
    };
    // In an upsert it matters which columns are given.
    let mixed = conflict.is_none();
    let mut batches = Vec::new();
    if rows.len() > 0 && rows.are_alike() && rows.first_width() > 0 {
        let fits = max_binds / rows.first_width();
        let most = match caps.repeats {
            true if !returning && conflict.is_none() && rows.len() > KEPT_UP_TO => {
                return runs(meta, rows, dialect, site);
            }
            // Preparing a long statement takes longer than running a short one again and again.
            true => KEPT_UP_TO.min(fits),
            // A COPY has no length limit.
            _ if copies && rows.len() >= COPY_FROM => rows.len(),
            // One array for each column, however many rows.
            _ if arrays && rows.len() >= ARRAYS_FROM => MOST_ROWS,
            _ => MOST_ROWS.min(fits),
        };
        for chunk in rows.into_chunks(most.max(1)) {
            let count = chunk.len();
            batches.push(Batch {
                marks: marks(&chunk),
                command: rows_command(meta, chunk, returning, conflict, dialect, site)?,
                rows: count,
            });
        }
        return Ok(batches);
    }
    let mut rows = rows.into_front();
    while rows.len() > 0 {
        let width = rows.first_width();
        let alike = rows.like_first().min(MOST_ROWS);
        let most = match width {
            // Only defaults, and no DEFAULT keyword for a row.
            0 if !caps.default_keyword => 1,
            // One array for each column, however many rows.
            _ if arrays && alike >= ARRAYS_FROM => alike,
            _ if mixed => MOST_ROWS.min(max_binds / meta.fields.len().max(1)),
            _ => alike.min(max_binds / width.max(1)),
        };
        let chunk = rows.take(most.clamp(1, rows.len()));
        let count = chunk.len();
        batches.push(Batch {
            marks: marks(&chunk),
            command: rows_command(meta, chunk, returning, conflict, dialect, site)?,
            rows: count,
        });
    }
    Ok(batches)
}

/// Rows in a run, and in the shorter runs for the rest.
const RUNS: [usize; 3] = [64, 8, 1];

/// Rows that are alike and not read back, on SQLite: a statement of some rows is prepared once and run again and again.
fn runs(
    meta: &'static ModelMeta,
    rows: Rows,
    dialect: &'static dyn Dialect,
    site: &'static Location<'static>,
) -> Result<Vec<Batch>> {
    let (width, mut left) = (rows.first_width(), rows.len());
    let columns = rows.columns_of_first().to_vec();
    let mut values = rows.into_binds(meta, dialect)?;
    let most = dialect.capabilities().max_binds / width;
    let mut longer = RUNS
        .into_iter()
        .filter(|each| *each <= most)
        .rev()
        .peekable();
    let mut batches = Vec::new();
    // From the end, so that little is split off, and most of the values stay where they are.
    while let Some(each) = longer.next() {
        let count = longer.peek().map_or(left, |longer| left % longer);
        if count == 0 {
            continue;
        }
        left -= count;
        let binds = match left {
            0 => std::mem::take(&mut values),
            _ => values.split_off(left * width),
        };
        let run = Rows::new(NewRow::blank(&columns, each), columns.len());
        let text = rows_command(meta, run, false, None, dialect, site)?.text;
        let command = Command::with_text(text, binds, Access::Write);
        batches.push(Batch::new(command.at(site).repeated(count / each), count));
    }
    batches.reverse();
    Ok(batches)
}

/// Inserts row by row, in one transaction, where there is no RETURNING (MySQL).
async fn one_by_one<M: Model>(
    rows: Rows,
    conflict: Option<Conflict>,
    db: &dyn Executor,
    site: &'static Location<'static>,
) -> Result<Vec<M>> {
    if conflict.is_some() {
        return Err(Error::new(
            ErrorKind::Unsupported,
            format!(
                "{} can't return the rows of an upsert; use execute() and read the rows",
                db.dialect().name()
            ),
        ));
    }
    let order = rows.keys_first(M::meta(), db.dialect());
    let rows = match &order {
        Some(order) => rows.reordered(M::meta(), order),
        None => rows,
    };
    let mut rows = rows.into_front();
    in_one(db.target(), true, site, async |target| {
        let mut found = Vec::with_capacity(rows.len());
        while rows.len() > 0 {
            let row = rows.take(1);
            found.push(insert_one::<M>(row, target, site).await?);
        }
        Ok(in_order(found, order))
    })
    .await
}

/// What to do with rows that already exist (ON CONFLICT).
pub struct OnConflict<'a, M: Model> {
    insert: InsertMany<'a, M>,
    columns: Vec<Name>,
}

impl<'a, M: Model> OnConflict<'a, M> {
    /// Leaves them as they are (DO NOTHING).
    #[must_use]
    pub fn do_nothing(self) -> InsertMany<'a, M> {
        self.with(ConflictAction::Nothing)
    }

    /// Updates them (DO UPDATE); [`excluded`] is the value that the insert had. As in every write, the version is incremented
    /// and the time of the last change is set. A key that several rows give is an error, unless
    /// [`last_wins`](InsertMany::last_wins).
    #[must_use]
    pub fn do_update(self, assignments: impl Assignments<M>) -> InsertMany<'a, M> {
        let mut assignments: Vec<statement::Assignment> = assignments.into_list();
        refuse_own(M::meta(), &mut assignments);
        pad_assigned(M::meta(), &mut assignments);
        if !assignments.is_empty() {
            touch(M::meta(), &mut assignments);
        }
        self.with(ConflictAction::Update(assignments))
    }

    fn with(mut self, action: ConflictAction) -> InsertMany<'a, M> {
        self.insert.conflict = Some(Conflict {
            columns: self.columns,
            action,
        });
        self.insert
    }
}
