//! [`App`]: the modules of a program, each with its models and its migrations.

use crate::exclude::{Exclusions, Kind, Pattern};
use crate::id::MigrationId;
use crate::migration::Migration;
use crate::state::State;
use aludel_engine::{Error, Result, Tables};
use aludel_orm::Registry;
use aludel_sql::schema::{Schema, View};
use aludel_sql::statement::TableName;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// What the migration tools know of a program.
///
/// ```text
/// let app = App::new(models![User, Post], migrations::all());
/// aludel::manage::main(app)
/// ```
#[derive(Debug, Clone, Default)]
pub struct App {
    pub(crate) modules: Vec<Module>,
    pub(crate) url: Option<String>,
    pub(crate) exclusions: Exclusions,
    pub(crate) external: BTreeSet<TableName>,
}

/// Models that belong together, and their migrations. A small program has one, without a name.
#[derive(Debug, Clone, Default)]
pub struct Module {
    pub(crate) name: String,
    pub(crate) models: Registry,
    pub(crate) tables: Vec<aludel_sql::schema::Table>,
    pub(crate) migrations: Vec<Migration>,
    pub(crate) folder: PathBuf,
    pub(crate) views: Vec<View>,
    pub(crate) extensions: Vec<String>,
}

impl Module {
    /// A module with that name.
    pub fn new(name: impl Into<String>, models: Registry, migrations: Vec<Migration>) -> Module {
        let name = name.into();
        let folder = if name.is_empty() {
            PathBuf::from("src/migrations")
        } else {
            Path::new("src").join(&name).join("migrations")
        };
        Module {
            name,
            models,
            migrations,
            folder,
            ..Module::default()
        }
    }

    /// Its name; empty for the module of a small program.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The [folder](Module::folder) of its migrations.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Where its migrations are written; by default `src/NAME/migrations`, or `src/migrations` for the unnamed module. Relative
    /// to the folder in which the program is run.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Module {
        self.folder = folder.into();
        self
    }

    /// A view that belongs to the schema.
    #[must_use]
    pub fn view(mut self, view: View) -> Module {
        self.views.push(view);
        self
    }

    /// An extension that the schema needs (PostgreSQL).
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>) -> Module {
        self.extensions.push(name.into());
        self
    }

    /// Tables in addition to those of the models.
    #[must_use]
    pub fn tables(mut self, tables: Vec<aludel_sql::schema::Table>) -> Module {
        self.tables.extend(tables);
        self
    }
}

impl App {
    /// A program with one module, whose migrations are in `src/migrations`.
    pub fn new(models: Registry, migrations: Vec<Migration>) -> App {
        App::default().module(Module::new("", models, migrations))
    }

    /// Adds a module.
    #[must_use]
    pub fn module(mut self, module: Module) -> App {
        self.modules.push(module);
        self
    }

    /// A view of the first module.
    #[must_use]
    pub fn view(mut self, view: View) -> App {
        if let Some(first) = self.modules.first_mut() {
            first.views.push(view);
        }
        self
    }

    /// An extension of the first module (PostgreSQL).
    #[must_use]
    pub fn extension(mut self, name: impl Into<String>) -> App {
        if let Some(first) = self.modules.first_mut() {
            first.extensions.push(name.into());
        }
        self
    }

    /// Tables of the first module in addition to those of its models: tables without a key, for instance.
    #[must_use]
    pub fn tables(mut self, tables: Vec<aludel_sql::schema::Table>) -> App {
        if let Some(first) = self.modules.first_mut() {
            first.tables.extend(tables);
        }
        self
    }

    /// Leaves alone what other programs own in the database: `check`, `baseline` and `inspectdb` skip it. `"django_*"` is a
    /// name, `"cron.*"` everything in a schema; [`Pattern`] also has kinds and owners.
    ///
    /// ```text
    /// App::new(models![User], migrations::all())
    ///     .ignore("django_*")
    ///     .ignore("cron.*")
    ///     .ignore(Pattern::named("pg_stat_statements").kind(Kind::Extension))
    /// ```
    #[must_use]
    pub fn ignore(mut self, pattern: impl Into<Pattern>) -> App {
        self.exclusions.ignored.push(pattern.into());
        self
    }

    /// Leaves alone all tables and views except these, and those of further calls.
    #[must_use]
    pub fn manage(mut self, pattern: impl Into<Pattern>) -> App {
        self.exclusions.only.push(pattern.into());
        self
    }

    /// A table of another program, to which foreign keys of the models may refer. It is neither created nor compared.
    #[must_use]
    pub fn external(mut self, table: impl Into<TableName>) -> App {
        self.external.insert(table.into());
        self
    }

    /// Where the first module's migrations are written.
    #[must_use]
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> App {
        if let Some(first) = self.modules.first_mut() {
            first.folder = folder.into();
        }
        self
    }

    /// The database URL, used if neither the command line nor `DATABASE_URL` gives one.
    #[must_use]
    pub fn url(mut self, url: impl Into<String>) -> App {
        self.url = Some(url.into());
        self
    }

    /// The URL that was [set](App::url).
    pub fn default_url(&self) -> Option<&str> {
        self.url.as_deref()
    }

    /// Of a live schema, what this program owns: not what is [ignored](App::ignore), here or by these patterns.
    pub fn owned(&self, live: Schema, also_ignored: &[Pattern]) -> Schema {
        let mut exclusions = self.exclusions.clone();
        exclusions.ignored.extend(also_ignored.iter().cloned());
        exclusions.managed(live, &self.external)
    }

    /// The modules.
    pub fn modules(&self) -> &[Module] {
        &self.modules
    }

    /// The module with that name.
    ///
    /// # Errors
    /// A name that no module has; the error lists the known ones.
    pub fn find(&self, name: &str) -> Result<&Module> {
        { self.modules.iter() }
            .find(|module| module.name == name)
            .ok_or_else(|| {
                let known: Vec<String> = { self.modules.iter() }
                    .map(|module| format!("{:?}", module.name))
                    .collect();
                Error::migration(format!(
                    "there is no module {name:?}; there is {}",
                    known.join(", ")
                ))
            })
    }

    /// The schema of the models, and which module owns what.
    ///
    /// # Errors
    /// Models that contradict each other, and a table in two modules.
    pub fn target(&self) -> Result<State> {
        // Relations cross modules, so they are checked together.
        let all = Registry::new(
            self.modules
                .iter()
                .flat_map(|module| module.models.models()),
        );
        let mut tables = all.tables()?;
        let mut state = State::default();
        for module in &self.modules {
            for model in module.models.models() {
                state
                    .owners
                    .insert(model.table.clone(), module.name.clone());
            }
            for table in &module.tables {
                if tables.iter().any(|known| known.name == table.name) {
                    return Err(Error::migration(format!(
                        "two modules have a table {}",
                        table.name
                    )));
                }
                let mut table = table.clone();
                table.apply_naming(&Default::default());
                state.owners.insert(table.name.clone(), module.name.clone());
                tables.push(table);
            }
        }
        // A join table that was created for a relation belongs to the model that comes first in its name.
        for table in &tables {
            if !state.owners.contains_key(&table.name) {
                let first = table.foreign_keys.first().map(|key| key.target.clone());
                let owner = first.and_then(|target| state.owners.get(&target).cloned());
                state
                    .owners
                    .insert(table.name.clone(), owner.unwrap_or_default());
            }
        }
        for table in &tables {
            if self.exclusions.leave_out(Kind::Table, &table.name, None) {
                return Err(Error::migration(format!(
                    "{} is a table of the models, and `ignore` or `manage` leaves it alone; change the pattern, or take the model out",
                    table.name
                )));
            }
        }
        state.external.clone_from(&self.external);
        state.schema = Schema::of(tables);
        for module in &self.modules {
            for view in &module.views {
                state.owners.insert(view.name.clone(), module.name.clone());
            }
            state.schema.views.extend(module.views.iter().cloned());
            for name in &module.extensions {
                if !state.schema.extensions.contains(name) {
                    state.schema.extensions.push(name.clone());
                }
            }
        }
        Ok(state)
    }

    /// Earlier names that models declare: of tables, and of columns.
    pub(crate) fn declared_renames(&self) -> Renames {
        let mut renames = Renames::default();
        for model in self
            .modules
            .iter()
            .flat_map(|module| module.models.models())
        {
            if let Some(from) = model.renamed_from {
                let from = TableName {
                    schema: model.table.schema.clone(),
                    name: from.into(),
                    kinds: Default::default(),
                };
                renames.tables.push((from, model.table.clone()));
            }
            for field in &model.fields {
                if let Some(from) = field.renamed_from {
                    renames.columns.push((
                        model.table.clone(),
                        from.to_string(),
                        field.column.clone(),
                    ));
                }
            }
        }
        let models: Vec<_> = { self.modules.iter() }
            .flat_map(|module| module.models.models())
            .collect();
        let all = Registry::new(models.iter().copied());
        // Models that contradict each other are refused in `target`.
        for table in all.tables().unwrap_or_default() {
            if !models.iter().any(|model| model.table == table.name) {
                renames.joins.insert(table.name);
            }
        }
        renames
    }

    /// The migrations, with their modules.
    pub fn migrations(&self) -> impl Iterator<Item = (MigrationId, &Migration)> {
        self.modules.iter().flat_map(|module| {
            module
                .migrations
                .iter()
                .map(|migration| (MigrationId::new(&module.name, &migration.name), migration))
        })
    }
}

impl Renames {
    /// Adds the renames that were given beforehand: `users=people`, `users.mail=users.email`.
    pub(crate) fn with(&self, given: &[(String, String)]) -> Renames {
        let name = |text: &str| match text.split_once('.') {
            Some((schema, name)) => TableName::in_schema(schema.to_string(), name.to_string()),
            None => TableName::new(text.to_string()),
        };
        let mut all = self.clone();
        for (from, to) in given {
            if let (Some((_, old)), Some((table, new))) =
                (from.rsplit_once('.'), to.rsplit_once('.'))
            {
                all.columns
                    .push((name(table), old.to_string(), new.to_string()));
            }
            all.tables.push((name(from), name(to)));
        }
        all
    }
}

/// Earlier names: what was renamed, and must not be dropped and re-created.
#[derive(Debug, Clone, Default)]
pub struct Renames {
    /// Tables, from and to.
    pub tables: Vec<(TableName, TableName)>,
    /// Columns: the table's current name, from and to.
    pub columns: Vec<(TableName, String, String)>,
    /// Join tables without a model: they and their columns are named after the models that they join, and are renamed with
    /// those.
    pub joins: BTreeSet<TableName>,
}
