//! [`ErrorKind`]: one table of all kinds, from which the enum, the words of messages and the guide's page of errors are made.

/// Defines the kinds: what happened, the words of a message, and what to do about it.
macro_rules! kinds {
    ($($(#[$attribute:meta])* $name:ident: $what:literal, $words:literal, $way:literal;)+) => {
        /// The kind of an error: what happened, and what to do about it. New kinds may be added.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum ErrorKind {
            $(
                #[doc = $what]
                #[doc = ""]
                #[doc = $way]
                $(#[$attribute])*
                $name,
            )+
        }

        impl ErrorKind {
            /// Every kind.
            pub const ALL: &'static [ErrorKind] = &[$(ErrorKind::$name,)+];

            /// What happened: a sentence.
            pub fn meaning(self) -> &'static str {
                match self { $(ErrorKind::$name => $what,)+ }
            }

            /// What to do about it: a sentence or two.
            pub fn way_out(self) -> &'static str {
                match self { $(ErrorKind::$name => $way,)+ }
            }

            /// The words of a message.
            pub(super) fn words(self) -> &'static str {
                match self { $(ErrorKind::$name => $words,)+ }
            }
        }
    };
}

kinds! {
    UniqueViolation:
        "A row with the same key already exists.",
        "a row with this key exists already",
        "`Error::constraint` names the constraint, its columns and the model's fields. `get_or_create` and `update_or_create` find the row or insert it; `insert_many(..).on_conflict(..)` writes over it.";
    ForeignKeyViolation:
        "A row refers to one that does not exist, or other rows refer to it.",
        "a foreign key is violated",
        "Insert the other row before, in the same transaction, or delete the rows that refer to it. `#[field(on_delete = ..)]` says what becomes of them.";
    NotNullViolation:
        "NULL in a NOT NULL column.",
        "NULL in a column that takes none",
        "`Error::constraint` names the column. Give it a value or a default, or make the field an `Option`.";
    CheckViolation:
        "A CHECK constraint failed.",
        "a CHECK is violated",
        "`Error::constraint` names the CHECK. Rules of the model (`#[field(min = ..)]`, `#[model(check = ..)]`) are checked before anything is sent.";
    ValueTooLong:
        "A text is longer than its column.",
        "a value is too long for its column",
        "Shorten it, or raise the field's `max_length` and migrate.";
    OutOfRange:
        "A number does not fit into its column or type.",
        "a number is out of range",
        "Check it before, or give the column, or the type that it is read into, more digits.";
    InvalidValue:
        "A value that is invalid for its column's type.",
        "a value is not valid for its column's type",
        "The message says what the column takes.";
    SerializationFailure:
        "A transaction could not be serialized with others; try it again.",
        "the transaction could not be ordered with others; try it again",
        "`db.transaction(..).retries(..)` and `db.session_retrying(..)` do; `Error::is_retryable` is true.";
    Deadlock:
        "Two transactions waited for each other; try it again.",
        "deadlock; try the transaction again",
        "`db.transaction(..).retries(..)` and `db.session_retrying(..)` do. If it happens often, lock rows in the same order everywhere.";
    LockTimeout:
        "Timed out waiting for a lock.",
        "timed out waiting for a lock",
        "Another transaction holds it for long: find and shorten it, or wait longer (`Options::busy_timeout` for SQLite, the server's own setting elsewhere).";
    Cancelled:
        "The statement was cancelled.",
        "the statement was cancelled",
        "It took longer than `Options::statement_timeout`, somebody cancelled it on the server, or the runtime shut down. `QUERY.explain(db)` shows what it does.";
    ReadOnly:
        "A write where only reads are allowed.",
        "a write where only reads are allowed",
        "The transaction, the file, the server or the role only reads: write elsewhere, or begin a transaction that may write.";
    PermissionDenied:
        "The database denies permission for the statement.",
        "permission denied",
        "Grant it to the role that the URL names, or connect as another.";
    InvalidStatement:
        "The statement names a table, column or function that does not exist, or is not SQL.",
        "the database does not understand the statement",
        "Run the migrations: `check` compares the models with the database. `Error::statement` is the text that was sent.";
    ConnectionFailed:
        "The connection could not be made.",
        "can't connect",
        "The message names host and port. Check that the server runs and can be reached, and the URL's `sslmode`.";
    AuthenticationFailed:
        "User or password are wrong.",
        "the database does not accept user and password",
        "Check the URL; characters such as `@` and `/` in a password are written `%40` and `%2F`.";
    ConnectionLost:
        "The connection is gone.",
        "the connection is lost",
        "The pool makes another for the next statement. `Error::is_outcome_unknown` is true if a write may have happened: look before it is written again.";
    PoolTimeout:
        "Timed out waiting for a connection; [`Error::holders`](crate::Error::holders) says who holds them.",
        "no connection came free in time",
        "Look for a transaction that waits for something else, or for a second connection while it holds one; or raise `Options::max_connections`.";
    Closed:
        "The database was closed.",
        "the database handle is closed",
        "Connect again; `Database::close` is for the end of a program.";
    NotFound:
        "The row was not found.",
        "no row was found",
        "`find`, `optional` and `first` return an `Option` instead.";
    ManyFound:
        "Expected one row, found several.",
        "more than one row was found",
        "Narrow the query, or take `first` of an order.";
    Decode:
        "A column could not be read as the type it was read as.",
        "a column can't be read",
        "The message names the column, the type that was wanted and what was found: make the field's type fit, an `Option` for NULL.";
    Unsupported:
        "The database does not support it. Nothing was sent.",
        "the database can't do this",
        "The message says what it lacks; the guide's page of meanings has a table of what each database can't do.";
    InvalidQuery:
        "The query is invalid. Nothing was sent.",
        "invalid query",
        "The message says what is wrong with the query, and the way out.";
    InvalidModel:
        "Models contradict each other, or themselves. Nothing was sent.",
        "the models are not valid",
        "The message names models and fields, and what to declare. `models![..].check()` finds it at start.";
    InvalidOptions:
        "Options that make no sense.",
        "the options are not valid",
        "The message names the option, and what it may be.";
    TransactionState:
        "The connection or transaction is in another state than the call needs, or would be after it: a nested transaction or a stream is open, raw SQL begins or ends a transaction.",
        "that does not fit the state of the transaction",
        "End what is open first, or use what the message names: `tx.begin()` for a savepoint.";
    SessionState:
        "A session can't do that with its rows as they are: a key of another session, rows that need each other, a row that is not written yet. What a flush had done is undone.",
        "the session can't do that now",
        "The message names the rows. Flush before, set another value, or use the session that the key is of.";
    InvalidUrl:
        "The URL is invalid.",
        "the database URL is not valid",
        "The message names the part; the guide lists the parameters.";
    Validation:
        "A row violates its model's rules; [`Error::fields`](crate::Error::fields) says which. Nothing was sent.",
        "the row is not valid",
        "Show the messages beside their fields. Rules are declared in `#[field(..)]` and `#[model(..)]`.";
    #[doc(alias = "optimistic")]
    StaleData:
        "Another writer has changed or removed a row since it was read.",
        "a row was changed or removed by another writer since it was read",
        "Read it again and repeat the change; `db.session_retrying(..)` does. In a form, show both versions.";
    SchemaChanged:
        "The schema has changed since the statement was prepared on this connection; nothing was run. Try the transaction again.",
        "the schema has changed since the statement was prepared; try the transaction again",
        "Outside of transactions it is prepared again by itself; `db.transaction(..).retries(..)` repeats a transaction.";
    TransactionAborted:
        "An earlier error has aborted the transaction.",
        "the transaction was aborted by an earlier error",
        "Roll it back. To go on after an error that is expected, run that part in a savepoint: `tx.transaction(..)`.";
    TransactionFinished:
        "The transaction is over.",
        "the transaction is over",
        "Begin another: `commit` and `rollback` end it, and a deadlock or raw SQL may have.";
    Rollback:
        "The caller rolled back.",
        "rolled back",
        "It is the program's own: the message is the reason that was given to `Error::rollback`.";
    NotLoaded:
        "A relation that was not loaded was read.",
        "the relation was not loaded",
        "Add `.with(MODEL::relation)` to the query, or `session.load(..)`; the message says which.";
    OutOfScope:
        "The row of a relation exists, and the default scope of its model leaves it out.",
        "the related row is out of scope",
        "Load it without its scope: `.with(MODEL::relation.unscoped())`.";
    Migration:
        "Migrations, their files, or what a database records of them, are inconsistent.",
        "",
        "The message says what is inconsistent and how to go on; `showmigrations` and `check` show where the database is.";
    DiskFull:
        "The server has no room left on its disk, or a table is full.",
        "the database has no room left",
        "Free space on the server. A transaction that was not committed is rolled back.";
    Database:
        "Another error of the database.",
        "the database reports an error",
        "The message and `Error::source` are the database's own; its code is in `DatabaseMessage`.";
    Internal:
        "A bug in this library; please report it.",
        "an internal promise was broken (please report it)",
        "Report it with the message and, if possible, the statement (`Error::detailed`).";
}
