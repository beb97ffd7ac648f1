//! The same program for each peer: models of eight fields on SQLite, a query and an insert for each.

/// How a program with models is written for a peer. `NUMBER` is the model's, `TURN` a literal of its query.
pub struct Project {
    pub peer: &'static str,
    pub dependencies: &'static str,
    pub main: &'static str,
    /// A function `GROUP` that calls what some models have, and its call: one function of all would cost as much as the square
    /// of their number, in the borrow checker.
    pub group: &'static str,
    pub group_call: &'static str,
    pub call: &'static str,
    pub model: &'static str,
    /// What is replaced in the model to add a field to it, `EXTRA`.
    pub field: &'static [(&'static str, &'static str)],
}

impl Project {
    /// The text of a model's file, with a number in its query that can be changed.
    pub fn model_file(&self, at: usize, turn: usize) -> String {
        self.model.replace("NUMBER", &at.to_string()).replace("TURN", &turn.to_string())
    }

    /// The text of `main.rs`, which calls the functions of every model.
    pub fn main_file(&self, models: usize) -> String {
        const GROUP: usize = 10;
        let modules: String = (0..models).map(|at| format!("mod m{at};\n")).collect();
        let (mut functions, mut groups) = (String::new(), String::new());
        for first in (0..models).step_by(GROUP) {
            let name = format!("from_{first}");
            let calls: String = (first..models.min(first + GROUP))
                .map(|at| self.call.replace("NUMBER", &at.to_string()))
                .collect();
            groups.push_str(&self.group_call.replace("GROUP", &name));
            functions.push('\n');
            functions.push_str(&self.group.replace("GROUP", &name).replace("CALLS", &calls));
        }
        self.main
            .replace("MODULES", &modules)
            .replace("GROUPS", &groups)
            .replace("FUNCTIONS", functions.trim_start())
    }
}

/// The last field of a struct, and one more.
const STRUCT: (&str, &str) = ("    pub visits: i64,\n}", "    pub visits: i64,\n    pub EXTRA: i64,\n}");
/// The same in SQL.
const SELECT: (&str, &str) = ("visits from", "visits, EXTRA from");
const INSERT: (&str, &str) = (
    "visits) values (?1, ?2, 1, 1.0, true, 1)",
    "visits, EXTRA) values (?1, ?2, 1, 1.0, true, 1, 1)",
);

pub const PROJECTS: [Project; 6] = [RUSQLITE, ALUDEL, DIESEL, SQLX, SEA_ORM, TOASTY];

const RUSQLITE: Project = Project {
    peer: "rusqlite",
    dependencies: "rusqlite = { version = \"0.43\", default-features = false, features = [\"bundled\", \"cache\"] }",
    main: "MODULES\nfn main() {\n    let db = rusqlite::Connection::open_in_memory().unwrap();\nGROUPS}\n\nFUNCTIONS",
    group: "fn GROUP(db: &rusqlite::Connection) {\nCALLS}\n",
    group_call: "    GROUP(&db);\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).unwrap().len());\n    mNUMBER::add(db, \"a\", \"b\").unwrap();\n",
    model: r#"
#[derive(Debug, Clone)]
#[allow(dead_code)]
pub struct ModelNUMBER {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

pub fn busy(db: &rusqlite::Connection) -> rusqlite::Result<Vec<ModelNUMBER>> {
    let mut select = db.prepare_cached("select id, name, email, note, age, score, active, visits from modelNUMBER where visits > ?1 order by name")?;
    let rows = select.query_map([TURN], |row| {
        Ok(ModelNUMBER {
            id: row.get(0)?,
            name: row.get(1)?,
            email: row.get(2)?,
            note: row.get(3)?,
            age: row.get(4)?,
            score: row.get(5)?,
            active: row.get(6)?,
            visits: row.get(7)?,
        })
    })?;
    rows.collect()
}

pub fn add(db: &rusqlite::Connection, name: &str, email: &str) -> rusqlite::Result<usize> {
    db.prepare_cached("insert into modelNUMBER (name, email, age, score, active, visits) values (?1, ?2, 1, 1.0, true, 1)")?.execute([name, email])
}
"#,
    field: &[
        STRUCT,
        SELECT,
        INSERT,
        ("visits: row.get(7)?,", "visits: row.get(7)?,\n            EXTRA: row.get(8)?,"),
    ],
};

const ALUDEL: Project = Project {
    peer: "aludel",
    dependencies: "aludel = { path = \"ALUDEL\" }\ntokio = { version = \"1\", default-features = false, features = [\"rt\"] }",
    main: "MODULES\nuse aludel::prelude::*;\n\nasync fn run() -> aludel::Result<()> {\n    let db = Database::connect(\"sqlite::memory:\").await?;\nGROUPS    Ok(())\n}\n\nfn main() {\n    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();\n}\n\nFUNCTIONS",
    group: "async fn GROUP(db: &Database) -> aludel::Result<()> {\nCALLS    Ok(())\n}\n",
    group_call: "    GROUP(&db).await?;\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).await?.len());\n    mNUMBER::add(db, \"a\", \"b\").await?;\n",
    model: r#"
use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
pub struct ModelNUMBER {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

pub async fn busy(db: &Database) -> aludel::Result<Vec<ModelNUMBER>> {
    ModelNUMBER::filter(ModelNUMBER::visits.gt(TURN)).order_by(ModelNUMBER::name).all(db).await
}

pub async fn add(db: &Database, name: &str, email: &str) -> aludel::Result<ModelNUMBER> {
    NewModelNUMBER { name: name.into(), email: email.into(), note: None, age: 1, score: 1.0, active: true, visits: 1 }.insert(db).await
}
"#,
    field: &[STRUCT, ("visits: 1 }", "visits: 1, EXTRA: 1 }")],
};

const DIESEL: Project = Project {
    peer: "diesel",
    dependencies: "diesel = { version = \"2.3\", default-features = false, features = [\"sqlite\", \"returning_clauses_for_sqlite_3_35\"] }\nlibsqlite3-sys = { version = \"*\", features = [\"bundled\"] }",
    main: "MODULES\nuse diesel::Connection;\n\nfn main() {\n    let db = &mut diesel::SqliteConnection::establish(\":memory:\").unwrap();\nGROUPS}\n\nFUNCTIONS",
    group: "fn GROUP(db: &mut diesel::SqliteConnection) {\nCALLS}\n",
    group_call: "    GROUP(db);\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).unwrap().len());\n    mNUMBER::add(db, \"a\", \"b\").unwrap();\n",
    model: r#"
use diesel::prelude::*;

diesel::table! {
    modelNUMBER (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        note -> Nullable<Text>,
        age -> BigInt,
        score -> Double,
        active -> Bool,
        visits -> BigInt,
    }
}

#[derive(Queryable, Identifiable, Debug, Clone)]
#[diesel(table_name = modelNUMBER)]
#[allow(dead_code)]
pub struct ModelNUMBER {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

#[derive(Insertable)]
#[diesel(table_name = modelNUMBER)]
pub struct NewModelNUMBER<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub note: Option<&'a str>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

pub fn busy(db: &mut SqliteConnection) -> QueryResult<Vec<ModelNUMBER>> {
    modelNUMBER::table.filter(modelNUMBER::visits.gt(TURN)).order_by(modelNUMBER::name).load(db)
}

pub fn add(db: &mut SqliteConnection, name: &str, email: &str) -> QueryResult<ModelNUMBER> {
    let new = NewModelNUMBER { name, email, note: None, age: 1, score: 1.0, active: true, visits: 1 };
    diesel::insert_into(modelNUMBER::table).values(new).get_result(db)
}
"#,
    field: &[
        STRUCT,
        ("visits -> BigInt,", "visits -> BigInt,\n        EXTRA -> BigInt,"),
        ("visits: 1 }", "visits: 1, EXTRA: 1 }"),
    ],
};

const SQLX: Project = Project {
    peer: "sqlx",
    dependencies: "sqlx = { version = \"0.9\", default-features = false, features = [\"sqlite\", \"runtime-tokio\", \"derive\"] }\ntokio = { version = \"1\", default-features = false, features = [\"rt\"] }",
    main: "MODULES\nasync fn run() -> sqlx::Result<()> {\n    let db = &sqlx::SqlitePool::connect(\"sqlite::memory:\").await?;\nGROUPS    Ok(())\n}\n\nfn main() {\n    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();\n}\n\nFUNCTIONS",
    group: "async fn GROUP(db: &sqlx::SqlitePool) -> sqlx::Result<()> {\nCALLS    Ok(())\n}\n",
    group_call: "    GROUP(db).await?;\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).await?.len());\n    mNUMBER::add(db, \"a\", \"b\").await?;\n",
    model: r#"
#[derive(sqlx::FromRow, Debug, Clone)]
#[allow(dead_code)]
pub struct ModelNUMBER {
    pub id: i64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

pub async fn busy(db: &sqlx::SqlitePool) -> sqlx::Result<Vec<ModelNUMBER>> {
    sqlx::query_as("select id, name, email, note, age, score, active, visits from modelNUMBER where visits > ?1 order by name")
        .bind(TURN)
        .fetch_all(db)
        .await
}

pub async fn add(db: &sqlx::SqlitePool, name: &str, email: &str) -> sqlx::Result<i64> {
    let insert = "insert into modelNUMBER (name, email, age, score, active, visits) values (?1, ?2, 1, 1.0, true, 1)";
    Ok(sqlx::query(insert).bind(name).bind(email).execute(db).await?.last_insert_rowid())
}
"#,
    field: &[STRUCT, SELECT, INSERT],
};

const SEA_ORM: Project = Project {
    peer: "sea-orm",
    dependencies: "sea-orm = { version = \"2\", default-features = false, features = [\"macros\", \"sqlite-use-returning-for-3_35\", \"sqlx-sqlite\", \"runtime-tokio\"] }\ntokio = { version = \"1\", default-features = false, features = [\"rt\"] }",
    main: "MODULES\nasync fn run() -> Result<(), sea_orm::DbErr> {\n    let db = &sea_orm::Database::connect(\"sqlite::memory:\").await?;\nGROUPS    Ok(())\n}\n\nfn main() {\n    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();\n}\n\nFUNCTIONS",
    group: "async fn GROUP(db: &sea_orm::DatabaseConnection) -> Result<(), sea_orm::DbErr> {\nCALLS    Ok(())\n}\n",
    group_call: "    GROUP(db).await?;\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).await?.len());\n    mNUMBER::add(db, \"a\", \"b\").await?;\n",
    model: r#"
use sea_orm::entity::prelude::*;
use sea_orm::{QueryOrder, Set};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "modelNUMBER")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

impl ActiveModelBehavior for ActiveModel {}

pub async fn busy(db: &DatabaseConnection) -> Result<Vec<Model>, DbErr> {
    Entity::find().filter(Column::Visits.gt(TURN)).order_by_asc(Column::Name).all(db).await
}

pub async fn add(db: &DatabaseConnection, name: &str, email: &str) -> Result<Model, DbErr> {
    let new = ActiveModel {
        name: Set(name.into()),
        email: Set(email.into()),
        age: Set(1),
        score: Set(1.0),
        active: Set(true),
        visits: Set(1),
        ..Default::default()
    };
    new.insert(db).await
}
"#,
    field: &[STRUCT, ("visits: Set(1),", "visits: Set(1),\n        EXTRA: Set(1),")],
};

const TOASTY: Project = Project {
    peer: "toasty",
    dependencies: "toasty = { version = \"0.11\", default-features = false, features = [\"sqlite\"] }\ntokio = { version = \"1\", default-features = false, features = [\"rt\"] }",
    main: "MODULES\nasync fn run() -> toasty::Result<()> {\n    let db = &mut toasty::Db::builder().models(toasty::models!(crate::*)).connect(\"sqlite::memory:\").await?;\nGROUPS    Ok(())\n}\n\nfn main() {\n    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(run()).unwrap();\n}\n\nFUNCTIONS",
    group: "async fn GROUP(db: &mut toasty::Db) -> toasty::Result<()> {\nCALLS    Ok(())\n}\n",
    group_call: "    GROUP(db).await?;\n",
    call: "    println!(\"{}\", mNUMBER::busy(db).await?.len());\n    mNUMBER::add(db, \"a\", \"b\").await?;\n",
    model: r#"
#[derive(Debug, Clone, toasty::Model)]
#[table = "modelNUMBER"]
#[allow(dead_code)]
pub struct ModelNUMBER {
    #[key]
    #[auto]
    pub id: u64,
    pub name: String,
    pub email: String,
    pub note: Option<String>,
    pub age: i64,
    pub score: f64,
    pub active: bool,
    pub visits: i64,
}

pub async fn busy(db: &mut toasty::Db) -> toasty::Result<Vec<ModelNUMBER>> {
    ModelNUMBER::filter(ModelNUMBER::fields().visits().gt(TURN)).order_by(ModelNUMBER::fields().name().asc()).exec(db).await
}

pub async fn add(db: &mut toasty::Db, name: &str, email: &str) -> toasty::Result<ModelNUMBER> {
    ModelNUMBER::create().name(name).email(email).age(1).score(1.0).active(true).visits(1).exec(db).await
}
"#,
    field: &[STRUCT, (".visits(1)", ".visits(1).EXTRA(1)")],
};
