//! Creating and dropping tables.

use crate::database::Database;
use crate::error::{Error, ErrorKind, Result};
use crate::execute::{Executor, Sited};
use aludel_sql::dialect::Dialect;
use aludel_sql::schema::Table;
use std::future::Future;
use std::panic::Location;

impl Database {
    /// Creates the tables, with types, indexes and comments, in dependency order; circular foreign keys last.
    ///
    /// # Errors
    /// Anything the database does not support (nothing is created then), and tables that already exist. Where DDL is
    /// transactional (SQLite, PostgreSQL), an error leaves nothing behind.
    #[track_caller]
    pub fn create_all<T: Tables>(
        &self,
        tables: &T,
    ) -> impl Future<Output = Result<()>> + Send + use<'_, T> {
        let (tables, site) = (tables.tables(), Location::caller());
        async move {
            let ddl = aludel_sql::schema::create_all(&tables?, self.dialect());
            self.run_ddl(ddl, site).await
        }
    }

    /// Drops the tables and their types; missing tables are ignored.
    ///
    /// # Errors
    /// Another table still refers to one of them.
    #[track_caller]
    pub fn drop_all<T: Tables>(
        &self,
        tables: &T,
    ) -> impl Future<Output = Result<()>> + Send + use<'_, T> {
        let (tables, site) = (tables.tables(), Location::caller());
        async move {
            let ddl = aludel_sql::schema::drop_all(&tables?, self.dialect());
            match self.dialect().capabilities().alter_foreign_keys {
                true => self.run_ddl(ddl, site).await,
                false => self.drop_unchecked(ddl, site).await,
            }
        }
    }

    /// SQLite can't drop foreign keys first: this disables their checks, and looks for dangling rows before the commit.
    async fn drop_unchecked(
        &self,
        ddl: Vec<aludel_sql::statement::Ddl>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let connection = self.acquire().await?;
        connection
            .set_until_transaction("PRAGMA foreign_keys = OFF", "PRAGMA foreign_keys = ON")
            .await?;
        let tx = connection.target().begin(site).await?;
        let sited = Sited::new(&tx, site);
        for text in render_ddl(ddl, self.dialect())? {
            crate::sql::Sql::trusted(text).execute(&sited).await?;
        }
        let dangling = crate::sql::sql("PRAGMA foreign_key_check")
            .rows(&sited)
            .await?;
        if let Some(table) = dangling.first().and_then(|row| row.get("table")?.as_str()) {
            return Err(Error::new(
                ErrorKind::ForeignKeyViolation,
                format!("rows of {table:?} still refer to the tables; drop it with them"),
            ));
        }
        tx.commit_at(site).await
    }

    async fn run_ddl(
        &self,
        ddl: Vec<aludel_sql::statement::Ddl>,
        site: &'static Location<'static>,
    ) -> Result<()> {
        let dialect = self.dialect();
        let texts = render_ddl(ddl, dialect)?;
        if !dialect.capabilities().transactional_ddl {
            let sited = Sited::new(self, site);
            for text in texts {
                crate::sql::Sql::trusted(text).execute(&sited).await?;
            }
            return Ok(());
        }
        let tx = self.target().begin(site).await?;
        let sited = Sited::new(&tx, site);
        for text in texts {
            crate::sql::Sql::trusted(text).execute(&sited).await?;
        }
        tx.commit_at(site).await
    }
}

/// Renders all texts before any of them is sent.
fn render_ddl(
    ddl: Vec<aludel_sql::statement::Ddl>,
    dialect: &'static dyn Dialect,
) -> Result<Vec<String>> {
    ddl.into_iter()
        .map(|ddl| {
            let statement = aludel_sql::statement::Statement::Ddl(ddl);
            Ok(aludel_sql::render::render(&statement, dialect)?.text)
        })
        .collect()
}

/// A set of tables, as [`Database::create_all`] takes it: a slice of tables, or a set of models.
pub trait Tables {
    /// The tables.
    ///
    /// # Errors
    /// An inconsistent set.
    fn tables(&self) -> Result<Vec<Table>>;
}

impl Tables for [Table] {
    fn tables(&self) -> Result<Vec<Table>> {
        Ok(self.to_vec())
    }
}

impl Tables for Vec<Table> {
    fn tables(&self) -> Result<Vec<Table>> {
        Ok(self.clone())
    }
}
