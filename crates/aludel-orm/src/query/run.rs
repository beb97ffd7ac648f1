//! The verbs that read.

use super::Query;
use super::compile::QuerySpec;
use super::counted::{count, count_up_to, estimate};
use super::page::Page;
use super::read::{As, Gathered, ReadRow};
use crate::empty::empty_row;
use crate::model::Model;
use aludel_engine::spi::command::Mapping;
use aludel_engine::spi::gather::Reading;
use aludel_engine::spi::{CollectDynamic, FetchRow, FetchRows, Target, UntypedFetch};
use aludel_engine::{Error, ErrorKind, Executor, Result, RowStream};
use aludel_sql::dialect::Dialect;
use aludel_sql::expr::Node;
use aludel_sql::render::Sql;
use aludel_sql::row::FromRow;
use std::future::Future;
use std::panic::Location;

impl<M: Model, R: FromRow + Send + 'static> Query<M, R> {
    /// All rows.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn all<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Vec<R>>> + Send + use<'a, M, R> {
        let part = QuerySpec::of(M::meta(), &self.state);
        FetchRows::of(rows(part, db.target(), Location::caller()))
    }

    /// The first row, if there is one. An unordered query is ordered by the primary key.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn first<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<R>>> + Send + use<'a, M, R> {
        FetchRow::of(only(
            self.part().ordered(),
            1,
            db.target(),
            Location::caller(),
        ))
    }

    /// The only row.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none, [`ErrorKind::ManyFound`] if there are several.
    #[track_caller]
    pub fn one<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<R>> + Send + use<'a, M, R> {
        let row = FetchRow::of(only(self.part(), 2, db.target(), Location::caller())).or(many::<M>);
        row.or_else(none::<M>)
    }

    /// The only row, if there is one.
    ///
    /// # Errors
    /// [`ErrorKind::ManyFound`] if there are several.
    #[track_caller]
    pub fn optional<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Option<R>>> + Send + use<'a, M, R> {
        FetchRow::of(only(self.part(), 2, db.target(), Location::caller())).or(many::<M>)
    }

    /// Streams the rows, with bounded memory. On SQLite they are read on the blocking pool.
    ///
    /// # Errors
    /// Anything that the dialect does not support; errors of the statement come through the stream.
    #[track_caller]
    pub fn stream(&self, db: &dyn Executor) -> Result<RowStream<R>> {
        let command = self
            .part()
            .command(db.dialect(), None, Location::caller())?;
        Ok(db.target().stream(command, Mapping::Position))
    }

    /// Counts the rows; limit and offset apply, the order does not matter.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M, R> {
        count(self.part(), db.target(), Location::caller())
    }

    /// Counts the rows, up to `most`: no more than that are read, however many there are. For "more than a thousand" in a
    /// list.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn count_up_to<'a>(
        &self,
        most: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M, R> {
        count_up_to(self.part(), most, db.target(), Location::caller())
    }

    /// Estimates the number of rows. Few rows are counted. For many, a whole table's number comes from the database's
    /// statistics (PostgreSQL and MariaDB), and a query's from its plan (PostgreSQL); elsewhere they are counted.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn estimate<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<u64>> + Send + use<'a, M, R> {
        estimate(self.part(), db.target(), Location::caller())
    }

    /// Whether there is at least one row.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn exists<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<bool>> + Send + use<'a, M, R> {
        exists(self.part(), db.target(), Location::caller())
    }

    /// Page `number` (from 1) of `size` rows, and the total number of rows: two statements, or one if the page is after the
    /// last row. The primary key is appended to the order, so that no row is on two pages.
    ///
    /// # Errors
    /// A page 0 or of no rows; a grouped query; any database error.
    #[doc(alias = "paginate")]
    #[track_caller]
    pub fn page<'a>(
        &self,
        number: u64,
        size: u64,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<Page<R>>> + Send + use<'a, M, R> {
        let reader = As::<R>::new();
        page(
            self.part(),
            number,
            size,
            reader,
            db.target(),
            Location::caller(),
        )
    }

    /// The database's query plan (EXPLAIN), line by line.
    ///
    /// # Errors
    /// Any database error.
    #[track_caller]
    pub fn explain<'a>(
        &self,
        db: &'a dyn Executor,
    ) -> impl Future<Output = Result<String>> + Send + use<'a, M, R> {
        let sql = self.part().sql(db.dialect());
        explain(sql, db.target(), Location::caller())
    }

    /// Its SQL text and binds in a dialect.
    ///
    /// # Errors
    /// Anything that the dialect does not support.
    pub fn to_sql(&self, dialect: &'static dyn Dialect) -> Result<Sql> {
        self.part().sql(dialect)
    }
}

/// The same, for a session, which knows the target and the call site.
impl<M: Model> Query<M> {
    pub(crate) fn all_at<'a>(
        &self,
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> impl Future<Output = Result<Vec<M>>> + Send + use<'a, M> {
        FetchRows::of(rows(self.part(), target, site))
    }

    pub(crate) fn first_at<'a>(
        &self,
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        FetchRow::of(only(self.part().ordered(), 1, target, site))
    }

    pub(crate) fn optional_at<'a>(
        &self,
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> impl Future<Output = Result<Option<M>>> + Send + use<'a, M> {
        FetchRow::of(only(self.part(), 2, target, site)).or(many::<M>)
    }

    pub(crate) fn one_at<'a>(
        &self,
        target: Target<'a>,
        site: &'static Location<'static>,
    ) -> impl Future<Output = Result<M>> + Send + use<'a, M> {
        let row = FetchRow::of(only(self.part(), 2, target, site)).or(many::<M>);
        row.or_else(none::<M>)
    }
}

impl<M: Model> Query<M> {
    /// Its limit and offset.
    pub(crate) fn limits(&self) -> (Option<u64>, Option<u64>) {
        let part = self.part();
        (part.state.limit, part.state.offset)
    }

    /// Adds an order for `first`, if it has none.
    pub(crate) fn ordered(self) -> Self {
        Query {
            state: self.into_part().ordered().state,
            typed: std::marker::PhantomData,
        }
    }

    /// Its statement, with more columns after the row's own; `None` if it is known to find nothing.
    pub(crate) fn beside(
        self,
        columns: Vec<Node>,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<Option<aludel_engine::spi::command::Command>> {
        let part = self.into_part().with(|state| state.select_beside(columns));
        if part.is_empty() {
            return Ok(None);
        }
        let dialect = target.database().dialect();
        part.command(dialect, None, site).map(Some)
    }

    /// The query of a page's rows, and the total number of rows.
    pub(crate) async fn paged_at(
        &self,
        number: u64,
        size: u64,
        target: Target<'_>,
        site: &'static Location<'static>,
    ) -> Result<(Self, u64)> {
        let (part, total) = paged(self.part(), number, size, target, site).await?;
        let query = Query {
            state: part.state,
            typed: std::marker::PhantomData,
        };
        Ok((query, total))
    }

    pub(crate) fn without_offset(self) -> Self {
        super::changed!(self, |state| state.offset = None)
    }

    /// Appends the primary key to its order.
    pub(crate) fn totally_ordered(self) -> Self {
        Query {
            state: self.into_part().totally_ordered().state,
            typed: std::marker::PhantomData,
        }
    }
}

/// Runs a query for its rows.
fn rows<'a>(
    part: QuerySpec,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> UntypedFetch<'a> {
    match prepare(&part, None, target, site) {
        Ok(prepared) => run(prepared, target, Reading::ALL),
        Err(error) => target.untyped_fetch(Err(error), Reading::ALL),
    }
}

/// Runs a query for the first of at most `most` rows.
fn only<'a>(
    part: QuerySpec,
    most: u64,
    target: Target<'a>,
    site: &'static Location<'static>,
) -> UntypedFetch<'a> {
    match prepare_only(&part, most, target, site) {
        Ok((prepared, reading)) => run(prepared, target, reading),
        Err(error) => target.untyped_fetch(Err(error), Reading::FIRST),
    }
}

fn run<'a>(prepared: Prepared, target: Target<'a>, reading: Reading) -> UntypedFetch<'a> {
    match prepared {
        Prepared::Command(command) => target.untyped_fetch(Ok(command), reading),
        Prepared::Nothing => UntypedFetch::known(target, None),
        Prepared::Aggregates(cells) => UntypedFetch::known(target, Some(Box::new(cells))),
    }
}

fn prepare_only(
    part: &QuerySpec,
    most: u64,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<(Prepared, Reading)> {
    let by_key = part.by_key(target, site);
    let alone = most == 1 || by_key.is_some() || part.finds_one();
    let most = if alone && most > 1 { None } else { Some(most) };
    let prepared = match by_key {
        Some(command) => Prepared::Command(command?),
        None => prepare(part, most, target, site)?,
    };
    Ok((prepared, if alone { Reading::FIRST } else { Reading::ONE }))
}

/// The only row of a list; fails if there are more.
pub(crate) fn only_row<M: Model>(mut rows: Vec<M>) -> Result<Option<M>> {
    if rows.len() > 1 {
        return Err(many::<M>());
    }
    Ok(rows.pop())
}

fn many<M: Model>() -> Error {
    Error::new(
        ErrorKind::ManyFound,
        format!("expected one {}, found several", M::NAME),
    )
}

pub(crate) fn none<M: Model>() -> Error {
    Error::new(
        ErrorKind::NotFound,
        format!("expected one {}, found none", M::NAME),
    )
}

/// A prepared query: a command, or a result that is already known.
enum Prepared {
    Command(aludel_engine::spi::command::Command),
    Nothing,
    Aggregates(crate::empty::Known),
}

fn prepare(
    part: &QuerySpec,
    most: Option<u64>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Prepared> {
    let command = part.command(target.database().dialect(), most, site)?;
    if !part.is_empty() {
        return Ok(Prepared::Command(command));
    }
    if part.has_no_rows() {
        return Ok(Prepared::Nothing);
    }
    Ok(
        match empty_row(part.state.items.as_deref().unwrap_or_default()) {
            Some(known) if part.state.having.is_none() => Prepared::Aggregates(known),
            _ => Prepared::Command(command),
        },
    )
}

pub(crate) async fn exists(
    part: QuerySpec,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<bool> {
    let dialect = target.database().dialect();
    let (grouped, one_row) = (part.is_grouped(), part.is_one_row());
    let part = part.settled()?.with(|state| {
        // For aggregates, the order decides which rows a limit leaves.
        let chooses = state.offset.is_some() || one_row && state.limit.is_some();
        if !chooses {
            state.order_by.clear();
        }
        state.lock = None;
        if !one_row {
            state.at_most(1);
        }
        if !grouped && !state.distinct {
            state.items = Some(Vec::new());
            state.whole = false;
        }
    });
    let select = part.select(Some(dialect))?;
    if part.is_empty() && !grouped {
        return Ok(false);
    }
    let mut w = aludel_sql::render::Writer::new(dialect);
    w.select(&select)?;
    let command = aludel_engine::spi::command::Command::new(
        w.finish()?,
        aludel_engine::spi::command::Access::Read,
    )
    .at(site);
    let sink = Existence(false);
    Ok(target.fetch(command, sink).await?.0.0)
}

/// Records whether a row comes.
struct Existence(bool);

impl aludel_engine::spi::command::Sink for Existence {
    fn row(
        &mut self,
        _: &mut dyn aludel_sql::row::Cells,
    ) -> Result<bool, aludel_sql::row::DecodeError> {
        self.0 = true;
        Ok(false)
    }
    fn restart(&mut self) -> bool {
        self.0 = false;
        true
    }
    fn into_any(self: Box<Self>) -> Box<dyn std::any::Any + Send> {
        self
    }
}

/// At most `most` rows, read by what is known of them at run time.
pub(crate) async fn read<P: ReadRow>(
    part: QuerySpec,
    most: Option<u64>,
    reader: P,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Vec<P::Output>> {
    let command = match prepare(&part, most, target, site)? {
        Prepared::Command(command) => command,
        Prepared::Nothing => return Ok(Vec::new()),
        Prepared::Aggregates(mut cells) => {
            let row = reader.read(&mut aludel_sql::row::Row::new(&mut cells));
            return row
                .map(|row| vec![row])
                .map_err(|error| Error::new(ErrorKind::Decode, error.to_string()));
        }
    };
    Ok(target.fetch(command, Gathered::new(reader)).await?.0.rows)
}

/// The query of a page's rows, and the total number of rows.
async fn paged(
    part: QuerySpec,
    number: u64,
    size: u64,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<(QuerySpec, u64)> {
    if number == 0 || size == 0 {
        return Err(Error::invalid_query(
            "pages count from 1 and have at least one row",
        ));
    }
    if part.is_grouped() || part.state.distinct {
        return Err(Error::invalid_query(
            "a grouped or distinct query has no total order to page by; use limit and offset with an order of your own",
        ));
    }
    let total = count(part.clone(), target, site).await?;
    let rows = part.totally_ordered().with(|state| {
        let before = (number - 1).saturating_mul(size);
        let left = match state.limit {
            // After the last row there is nothing to read.
            _ if before >= total => 0,
            Some(limit) => limit.saturating_sub(before),
            None => size,
        };
        state.offset = Some(state.offset.unwrap_or(0).saturating_add(before));
        state.limit = Some(left.min(size));
    });
    Ok((rows, total))
}

/// A page by number; the typed layer and the dynamic one each read its rows in their own way.
pub(crate) async fn page<P: ReadRow>(
    part: QuerySpec,
    number: u64,
    size: u64,
    reader: P,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<Page<P::Output>> {
    let (rows, total) = paged(part, number, size, target, site).await?;
    let items = read(rows, None, reader, target, site).await?;
    Ok(Page {
        items,
        number,
        size,
        total,
    })
}

pub(crate) async fn explain(
    sql: Result<Sql>,
    target: Target<'_>,
    site: &'static Location<'static>,
) -> Result<String> {
    let mut sql = sql?;
    sql.text
        .insert_str(0, target.database().dialect().explain());
    let command = aludel_engine::spi::command::Command::new(
        sql,
        aludel_engine::spi::command::Access::Unknown,
    )
    .at(site);
    let rows = target.fetch(command, CollectDynamic::new()).await?.0.rows;
    let lines: Vec<String> = rows
        .iter()
        .map(|row| {
            let shown = |value: &aludel_sql::Value| {
                value
                    .as_str()
                    .map(str::to_owned)
                    .or_else(|| value.as_i64().map(|n| n.to_string()))
            };
            let cells = row
                .iter()
                .filter(|(name, _)| !matches!(*name, "id" | "parent" | "notused"));
            cells
                .filter_map(|(_, value)| shown(value))
                .collect::<Vec<_>>()
                .join("  ")
        })
        .collect();
    Ok(lines.join("\n"))
}
