//! Thousands of new rows in one flush on MariaDB: INSERTs answer the keys alone, as long as the table keeps the rows as they
//! are sent; where it does not, they are read back. The other databases have the same tables as far as they can be said
//! in their words, and other ways; everywhere a session holds the rows as the database has them.

use super::thousands_of_rows::{
    Grain, MANY, NewGrain, Sack, add_many, all_without_size, grain, keyed,
};
use crate::harness::{Backend, Fixture};
use aludel::prelude::*;

/// The table, changed by somebody on MariaDB; whether the keys alone are answered.
async fn changed(fixture: &Fixture, changes: &[&str]) -> aludel::Result<bool> {
    let db = &fixture.db;
    db.create_all(&models![Sack, Grain]).await?;
    if fixture.backend == Backend::Mariadb {
        for change in changes {
            aludel::Sql::trusted((*change).to_string())
                .execute(db)
                .await?;
        }
    }
    Ok(keyed(&add_many(db, 0).await?))
}

on_every_database! {
    async fn what_a_trigger_changes_is_read_back(fixture) {
        let change = "CREATE TRIGGER ripen BEFORE INSERT ON grains FOR EACH ROW SET new.size = 1";
        assert!(!changed(fixture, &[change]).await?);
    }

    async fn a_trigger_that_runs_afterwards_changes_nothing(fixture) {
        let changes = [
            "CREATE TABLE counted (n bigint)",
            "CREATE TRIGGER counts AFTER INSERT ON grains FOR EACH ROW INSERT INTO counted VALUES (new.id)",
        ];
        assert_eq!(changed(fixture, &changes).await?, fixture.backend == Backend::Mariadb);
    }

    async fn what_another_type_or_character_set_makes_of_values_is_read_back(fixture) {
        let is_mariadb = fixture.backend == Backend::Mariadb;
        assert_eq!(changed(fixture, &[]).await?, is_mariadb);
        for (change, is_kept) in [
            ("ALTER TABLE grains MODIFY name char(20) NOT NULL", false),
            ("ALTER TABLE grains MODIFY name varchar(20) CHARACTER SET cp1250 NOT NULL", false),
            ("ALTER TABLE grains MODIFY name varchar(20) CHARACTER SET latin1 NOT NULL", true),
            ("ALTER TABLE grains MODIFY name varchar(20) NOT NULL, MODIFY found datetime NOT NULL", false),
            ("ALTER TABLE grains MODIFY found datetime(6) NOT NULL, MODIFY size bigint unsigned", false),
            ("ALTER TABLE grains MODIFY size bigint", true),
        ] {
            Grain::query().unfiltered().delete().execute(&fixture.db).await?;
            if is_mariadb {
                sql(change).execute(&fixture.db).await?;
            }
            assert_eq!(keyed(&add_many(&fixture.db, 0).await?), is_kept && is_mariadb, "{change}");
        }
    }

    /// Rule: a character set that has not all characters has, of those that it has, perhaps others than were sent.
    async fn characters_that_a_column_may_not_have_are_read_back(fixture) {
        let db = &fixture.db;
        changed(fixture, &["ALTER TABLE grains MODIFY name varchar(20) CHARACTER SET latin1 NOT NULL"]).await?;
        Grain::query().unfiltered().delete().execute(db).await?;
        let mut session = db.session();
        let keys = session.add_all((0..MANY).map(|n| NewGrain { name: format!("grün {n}"), ..grain(n) }));
        let watch = db.watch();
        session.commit().await?;
        assert!(!keyed(&watch.texts()));
        assert_eq!(session[keys[3]], Grain::get(session[keys[3]].id, db).await?);
        assert_eq!(session[keys[3]].name, "grün 3");
    }

    async fn what_the_table_puts_into_a_column_is_read_back(fixture) {
        changed(fixture, &["ALTER TABLE grains MODIFY size bigint DEFAULT 5"]).await?;
        all_without_size(&fixture.db).await?;
    }

    /// Rule: spaces that a column has no room for are cut off, and the session sees that.
    async fn spaces_that_are_too_many_are_seen_to_be_cut_off(fixture) {
        let db = &fixture.db;
        let change = "ALTER TABLE grains MODIFY name varchar(12) NOT NULL";
        assert_eq!(changed(fixture, &[change]).await?, fixture.backend == Backend::Mariadb);
        Grain::query().unfiltered().delete().execute(db).await?;
        let mut session = db.session();
        let keys = session.add_all((0..MANY).map(|n| NewGrain { name: format!("{n:<14}"), ..grain(n) }));
        let watch = db.watch();
        session.commit().await?;
        assert!(!keyed(&watch.texts()));
        assert_eq!(session[keys[3]], Grain::get(session[keys[3]].id, db).await?);
    }

    /// Rule: who may not see triggers takes nothing for granted.
    async fn who_may_not_see_triggers_reads_rows_back(fixture) {
        let db = &fixture.db;
        assert_eq!(changed(fixture, &[]).await?, fixture.backend == Backend::Mariadb);
        if fixture.backend != Backend::Mariadb {
            return Ok(());
        }
        let name = fixture.url.rsplit_once('/').expect("a database").1;
        for statement in [
            format!("CREATE USER '{name}'@'%' IDENTIFIED BY 'pass'"),
            format!("GRANT SELECT, INSERT ON {name}.* TO '{name}'@'%'"),
        ] {
            aludel::Sql::trusted(statement).execute(db).await?;
        }
        let guest = Database::connect(&fixture.url.replace("aludel:aludel@", &format!("{name}:pass@"))).await?;
        let texts = add_many(&guest, MANY).await?;
        guest.close();
        aludel::Sql::trusted(format!("GRANT TRIGGER ON {name}.* TO '{name}'@'%'")).execute(db).await?;
        let trusted = Database::connect(&fixture.url.replace("aludel:aludel@", &format!("{name}:pass@"))).await?;
        let again = add_many(&trusted, 2 * MANY).await?;
        trusted.close();
        aludel::Sql::trusted(format!("DROP USER '{name}'@'%'")).execute(db).await?;
        assert!(!keyed(&texts) && keyed(&again));
    }
}
