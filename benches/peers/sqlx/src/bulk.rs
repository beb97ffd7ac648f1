//! Where the databases' ways differ: many rows in, and rows by a list of keys.

use crate::rows::{Comment, Post};
use sqlx::postgres::{PgBindIterExt, PgConnection};
use sqlx::{AssertSqlSafe, Connection, MySql, MySqlConnection, QueryBuilder, Sqlite, SqliteConnection};

pub type New = (String, Option<String>);

const POSTS: &str = "select id, user_id, title, body from posts where user_id ";
const COMMENTS: &str = "select id, post_id, text from comments where post_id ";

pub async fn insert_postgres(connection: &mut PgConnection, rows: Vec<New>) {
    let mut tx = connection.begin().await.expect("begins");
    sqlx::query("insert into users (name, hair_color) select * from unnest($1::text[], $2::text[])")
        .bind(rows.iter().map(|row| row.0.as_str()).bind_iter())
        .bind(rows.iter().map(|row| row.1.as_deref()).bind_iter())
        .execute(&mut *tx)
        .await
        .expect("inserts");
    tx.commit().await.expect("commits");
}

/// The binary COPY, whose rows sqlx leaves to be written by hand.
pub async fn load_postgres(connection: &mut PgConnection, rows: Vec<New>) {
    const FULL: usize = 256 * 1024;
    let mut copy = connection
        .copy_in_raw("copy users (name, hair_color) from stdin (format binary)")
        .await
        .expect("begins");
    let mut buffer: Vec<u8> = Vec::with_capacity(FULL + 4096);
    buffer.extend_from_slice(b"PGCOPY\n\xff\r\n\0\0\0\0\0\0\0\0\0");
    for row in &rows {
        buffer.extend_from_slice(&2_i16.to_be_bytes());
        for field in [Some(row.0.as_str()), row.1.as_deref()] {
            match field {
                None => buffer.extend_from_slice(&(-1_i32).to_be_bytes()),
                Some(text) => {
                    buffer.extend_from_slice(&(text.len() as i32).to_be_bytes());
                    buffer.extend_from_slice(text.as_bytes());
                }
            }
        }
        if buffer.len() >= FULL {
            copy.send(&buffer[..]).await.expect("sends");
            buffer.clear();
        }
    }
    buffer.extend_from_slice(&(-1_i16).to_be_bytes());
    copy.send(&buffer[..]).await.expect("sends");
    copy.finish().await.expect("ends");
}

pub async fn posts_postgres(connection: &mut PgConnection, keys: &[i64]) -> Vec<Post> {
    let text = format!("{POSTS} = any($1)");
    sqlx::query_as(AssertSqlSafe(text))
        .bind(keys)
        .fetch_all(connection)
        .await
        .expect("rows")
}

pub async fn comments_postgres(connection: &mut PgConnection, keys: &[i64]) -> Vec<Comment> {
    let text = format!("{COMMENTS} = any($1)");
    sqlx::query_as(AssertSqlSafe(text))
        .bind(keys)
        .fetch_all(connection)
        .await
        .expect("rows")
}

/// Multi-row statements of a thousand rows, and IN lists, by the query builder.
macro_rules! by_query_builder {
    ($database:ident, $connection:ident, $insert:ident, $load:ident, $posts:ident, $comments:ident) => {
        pub async fn $insert(connection: &mut $connection, rows: Vec<New>) {
            let mut tx = connection.begin().await.expect("begins");
            for chunk in rows.chunks(1000) {
                let mut query = QueryBuilder::<$database>::new("insert into users (name, hair_color) ");
                query.push_values(chunk, |mut values, row| {
                    values.push_bind(row.0.as_str()).push_bind(row.1.as_deref());
                });
                query.build().execute(&mut *tx).await.expect("inserts");
            }
            tx.commit().await.expect("commits");
        }

        pub async fn $load(connection: &mut $connection, rows: Vec<New>) {
            $insert(connection, rows).await;
        }

        pub async fn $posts(connection: &mut $connection, keys: &[i64]) -> Vec<Post> {
            listed::<$database>(POSTS, keys)
                .build_query_as()
                .fetch_all(connection)
                .await
                .expect("rows")
        }

        pub async fn $comments(connection: &mut $connection, keys: &[i64]) -> Vec<Comment> {
            listed::<$database>(COMMENTS, keys)
                .build_query_as()
                .fetch_all(connection)
                .await
                .expect("rows")
        }
    };
}

fn listed<D>(text: &str, keys: &[i64]) -> QueryBuilder<D>
where
    D: sqlx::Database,
    i64: sqlx::Type<D> + for<'q> sqlx::Encode<'q, D>,
{
    let mut query = QueryBuilder::<D>::new(text);
    query.push("in (");
    let mut list = query.separated(", ");
    for key in keys {
        list.push_bind(*key);
    }
    list.push_unseparated(")");
    query
}

by_query_builder!(Sqlite, SqliteConnection, insert_sqlite, load_sqlite, posts_sqlite, comments_sqlite);
by_query_builder!(MySql, MySqlConnection, insert_mysql, load_mysql, posts_mysql, comments_mysql);
