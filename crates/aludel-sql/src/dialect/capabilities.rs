//! What a database can do, as data: [`Capabilities`].

use super::AfterError;

/// Where CREATE INDEX names the index's method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexMethods {
    /// There is one method.
    One,
    /// `CREATE INDEX … USING gin (…)`.
    Using,
    /// `CREATE FULLTEXT INDEX …`, with the methods that there are.
    Kinds(&'static [&'static str]),
}

/// Where a database keeps the comments of tables and columns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comments {
    /// Nowhere.
    None,
    /// `COMMENT ON TABLE … IS …`.
    Statements,
    /// `COMMENT …` in CREATE TABLE.
    Clauses,
}

/// What a database can do, as data. The README's table of databases is this struct in words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Capabilities {
    /// INSERT … RETURNING.
    pub insert_returning: bool,
    /// UPDATE … RETURNING.
    pub update_returning: bool,
    /// DELETE … RETURNING.
    pub delete_returning: bool,
    /// Native enum types; elsewhere text with a CHECK.
    pub native_enums: bool,
    /// Array columns.
    pub arrays: bool,
    /// Schemas (namespaces) within one database.
    pub schemas: bool,
    /// ALTER TABLE … ADD FOREIGN KEY, so that circular foreign keys are added after the tables.
    pub alter_foreign_keys: bool,
    /// Foreign keys that are checked at commit.
    pub deferrable: bool,
    /// ON DELETE SET DEFAULT.
    pub set_default: bool,
    /// Comments of tables and columns.
    pub comments: Comments,
    /// CREATE EXTENSION.
    pub extensions: bool,
    /// CREATE INDEX CONCURRENTLY, outside of a transaction.
    pub concurrent_indexes: bool,
    /// Materialized views.
    pub materialized_views: bool,
    /// Constraints keep the names that they are given. SQLite has no names for most, and ignores those that are given.
    pub constraint_names: bool,
    /// A CHECK of a column may have a name of its own; elsewhere it has the column's name.
    pub column_check_names: bool,
    /// UNIQUE creates an index, and is listed and dropped as one.
    pub uniques_are_indexes: bool,
    /// RESTRICT differs from NO ACTION.
    pub restrict: bool,
    /// What ALTER TABLE calls a foreign key that it drops.
    pub drop_foreign_key: &'static str,
    /// VARCHAR(n) refuses longer text; elsewhere a CHECK does.
    pub enforces_length: bool,
    /// A CHECK may refer to a column that numbers its rows.
    pub check_of_numbers: bool,
    /// Generated columns may be computed when they are read; elsewhere each is stored.
    pub virtual_columns: bool,
    /// NOT NULL on a generated column.
    pub generated_not_null: bool,
    /// GENERATED ALWAYS AS IDENTITY refuses given numbers; elsewhere it is like BY DEFAULT.
    pub identity_always: bool,
    /// An integer that is the whole key numbers its rows, whether declared so or not.
    pub numbers_integer_keys: bool,
    /// Partial indexes.
    pub partial_indexes: bool,
    /// Expression indexes.
    pub expression_indexes: bool,
    /// Index methods.
    pub index_methods: IndexMethods,
    /// Columns that an index stores besides the indexed ones (INCLUDE).
    pub index_include: bool,
    /// A column's options follow its type (`STORAGE external`); elsewhere they follow NOT NULL.
    pub options_after_type: bool,
    /// A column that numbers its rows must be the first of a key, already in CREATE TABLE.
    pub numbered_keys: bool,
    /// SELECT … FOR UPDATE.
    pub row_locks: bool,
    /// SELECT … FOR SHARE, as the database writes it.
    pub share_keyword: &'static str,
    /// FOR UPDATE OF a table; elsewhere the rows of all tables are locked.
    pub lock_of: bool,
    /// DISTINCT ON.
    pub distinct_on: bool,
    /// FULL JOIN.
    pub full_join: bool,
    /// LATERAL.
    pub lateral: bool,
    /// NULLS FIRST / LAST; elsewhere an extra term before it does the same.
    pub nulls_order: bool,
    /// NULL sorts as the greatest value by default; elsewhere as the least.
    pub nulls_greatest: bool,
    /// HAVING takes expressions that the query is grouped by; elsewhere `min` of them does the same.
    pub having_expressions: bool,
    /// LIMIT in the subquery of an IN; elsewhere a derived table does the same.
    pub limit_in_list: bool,
    /// Text around a value in a condition of very many parts. SQLite's compiler compares each constant of a statement with
    /// all constants before it; it does not compare expressions, and still looks them up in an index.
    pub value_among_many: Option<(&'static str, &'static str)>,
    /// Text around a comparison that is not the first in its branch of a very long OR. MariaDB's optimizer combines the
    /// ranges of all branches with each other; it takes none from a comparison that is part of a sum.
    pub comparison_among_many: Option<(&'static str, &'static str)>,
    /// `(a, b) > (x, y)` uses an index over both columns.
    pub row_comparison_by_index: bool,
    /// Placeholders have numbers, so that one may occur in several places.
    pub numbered_placeholders: bool,
    /// The collation by which decimals stored as text compare and sort, with the keyword before it.
    pub decimal_collation: Option<&'static str>,
    /// FILTER on aggregates; elsewhere a CASE does the same.
    pub aggregate_filter: bool,
    /// NaN and the infinities in float columns.
    pub float_nan: bool,
    /// The infinities in float columns.
    pub float_infinity: bool,
    /// A backslash in a string escapes what follows it, and `"` begins a string as `'` does.
    pub backslash_escapes: bool,
    /// `[name]` is an identifier.
    pub bracket_identifiers: bool,
    /// `length` of a text counts its bytes.
    pub length_in_bytes: bool,
    /// `CURRENT_TIMESTAMP(3)` rounds; elsewhere the type of its column decides its precision.
    pub now_rounds: bool,
    /// NUL characters in text.
    pub nul_in_text: bool,
    /// Statements may be sent before the results of earlier ones arrive.
    pub pipelines: bool,
    /// A statement that is prepared once and run for many rows costs next to nothing for each: there is no round trip.
    pub repeats: bool,
    /// The next number of a numbered column is greater than all numbers that rows were given; elsewhere it comes from a
    /// sequence, which ignores those.
    pub numbers_after_given: bool,
    /// 0 in a key that numbers its rows means the next number.
    pub zero_is_next_number: bool,
    /// Many rows may be sent as one array for each column ([`Bulk::rows_of_arrays`](super::Bulk)).
    pub rows_of_arrays: bool,
    /// One UPDATE changes many rows, each to values of its own ([`Bulk::update_many`](super::Bulk)).
    pub updates_many: bool,
    /// Many rows may be sent as a file whenever they are many and not read back (COPY … FROM STDIN).
    pub copy_in: bool,
    /// Many rows may be sent as a file if the user allows it, for it skips checks (LOAD DATA LOCAL INFILE).
    pub load_data: bool,
    /// DO NOTHING with RETURNING returns rows that existed already as if they were new.
    pub returns_ignored: bool,
    /// An upsert counts each row that it changes as two.
    pub upsert_counts_twice: bool,
    /// A transaction keeps reading the state at its first read, unless it locks.
    pub snapshot_reads: bool,
    /// The state of a transaction after an error.
    pub after_error: AfterError,
    /// The server may be a node of a cluster in which each node commits by itself.
    pub clusters: bool,
    /// The database is part of the program: a statement costs no round trip.
    pub embedded: bool,
    /// A subquery of an UPDATE or DELETE may read the table itself.
    pub self_subquery: bool,
    /// ON UPDATE CASCADE of a reference to its own table; elsewhere it is refused there.
    pub self_cascade: bool,
    /// The expressions of an UPDATE's SET all see the old row.
    pub simultaneous_assignment: bool,
    /// UPDATE … FROM.
    pub update_from: bool,
    /// Subqueries of an UPDATE, in SET and WHERE, see the table as it was before any row was changed.
    pub update_sees_before: bool,
    /// DEFAULT in the place of a value.
    pub default_keyword: bool,
    /// IF EXISTS in ALTER TABLE.
    pub alter_if_exists: bool,
    /// A literal default of a text or binary column needs parentheses.
    pub default_parentheses: bool,
    /// The most binds in one statement.
    pub max_binds: usize,
    /// DDL is part of a transaction.
    pub transactional_ddl: bool,
    /// The collation that compares text byte by byte, where it must be named.
    pub binary_collation: &'static str,
}

impl Capabilities {
    /// A database that does what the SQL standard says, and nothing beyond it. A third-party dialect starts from it and adds
    /// what its database can do.
    pub const LEAST: Capabilities = Capabilities {
        insert_returning: false,
        update_returning: false,
        delete_returning: false,
        native_enums: false,
        arrays: false,
        schemas: false,
        alter_foreign_keys: false,
        deferrable: false,
        set_default: false,
        comments: Comments::None,
        extensions: false,
        concurrent_indexes: false,
        materialized_views: false,
        constraint_names: true,
        column_check_names: true,
        uniques_are_indexes: false,
        restrict: true,
        drop_foreign_key: "DROP CONSTRAINT",
        enforces_length: true,
        check_of_numbers: true,
        virtual_columns: false,
        generated_not_null: true,
        identity_always: false,
        numbers_integer_keys: false,
        partial_indexes: false,
        expression_indexes: false,
        index_methods: IndexMethods::One,
        index_include: false,
        options_after_type: false,
        numbered_keys: false,
        row_locks: false,
        share_keyword: " FOR SHARE",
        lock_of: false,
        distinct_on: false,
        full_join: false,
        lateral: false,
        nulls_order: false,
        nulls_greatest: false,
        having_expressions: true,
        limit_in_list: true,
        value_among_many: None,
        comparison_among_many: None,
        row_comparison_by_index: false,
        numbered_placeholders: false,
        decimal_collation: None,
        aggregate_filter: false,
        float_nan: false,
        float_infinity: false,
        backslash_escapes: false,
        bracket_identifiers: false,
        length_in_bytes: false,
        now_rounds: true,
        nul_in_text: false,
        pipelines: false,
        repeats: false,
        numbers_after_given: false,
        zero_is_next_number: false,
        rows_of_arrays: false,
        updates_many: false,
        copy_in: false,
        load_data: false,
        returns_ignored: false,
        upsert_counts_twice: false,
        snapshot_reads: false,
        after_error: AfterError::Failed,
        clusters: false,
        embedded: false,
        self_subquery: true,
        self_cascade: true,
        simultaneous_assignment: true,
        update_from: false,
        update_sees_before: true,
        default_keyword: true,
        alter_if_exists: false,
        default_parentheses: false,
        max_binds: 999,
        transactional_ddl: false,
        binary_collation: "",
    };
}
