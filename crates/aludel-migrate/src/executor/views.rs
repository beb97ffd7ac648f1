//! What depends on a view that is dropped and re-created: triggers, rules, privileges, comments, indexes, its owner. The
//! history does not know it; it is read before the view is dropped and restored afterwards.

use aludel_engine::{Error, Executor, Result, Sql, sql};
use aludel_sql::dialect::DialectKind;
use aludel_sql::schema::{View, same_words};

/// The statements that restore what depends on a view.
///
/// # Errors
/// What can't be restored; any database error.
pub(super) async fn dependents(db: &dyn Executor, known: &View) -> Result<Vec<String>> {
    match db.dialect().kind() {
        Some(DialectKind::Postgres) => on_postgres(db, known).await,
        // Privileges outlive a view here, and it has neither triggers nor comments.
        Some(DialectKind::Mariadb | DialectKind::Mysql) => refuse_to_lose(db, known).await.map(|()| Vec::new()),
        None => Ok(Vec::new()),
        Some(DialectKind::Sqlite) => {
            sql("SELECT sql FROM sqlite_master WHERE type = 'trigger' AND sql IS NOT NULL AND tbl_name = ")
                .bind(known.name.name.to_string())
                .push(" ORDER BY name")
                .all(db)
                .await
        }
    }
}

async fn on_postgres(db: &dyn Executor, known: &View) -> Result<Vec<String>> {
    let name = &known.name;
    let quote = |text: &str| format!("\"{}\"", text.replace('"', "\"\""));
    let view = match &name.schema {
        Some(schema) => format!("{}.{}", quote(schema), quote(&name.name)),
        None => quote(&name.name),
    };
    let kind = match known.materialized {
        true => "MATERIALIZED VIEW",
        false => "VIEW",
    };
    let oid = format!("to_regclass('{}')", view.replace('\'', "''"));
    let text = view.replace('\'', "''");
    // In this order, because the owner grants the privileges.
    let parts = [
        format!(
            "SELECT 1, format('ALTER {kind} %s SET (%s)', '{text}', array_to_string(c.reloptions, ', ')) \
             FROM pg_class c WHERE c.oid = {oid} AND c.reloptions IS NOT NULL AND {}",
            match known.options {
                Some(_) => "false",
                None => "true",
            }
        ),
        format!(
            "SELECT 2, format('ALTER VIEW %s ALTER COLUMN %I SET DEFAULT %s', '{text}', a.attname, pg_get_expr(d.adbin, d.adrelid)) \
             FROM pg_attrdef d JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum WHERE d.adrelid = {oid}"
        ),
        format!("SELECT 3, pg_get_indexdef(x.indexrelid) FROM pg_index x WHERE x.indrelid = {oid}"),
        format!(
            "SELECT 4, pg_get_ruledef(w.oid) FROM pg_rewrite w WHERE w.ev_class = {oid} AND w.rulename <> '_RETURN'"
        ),
        format!(
            "SELECT 5, pg_get_triggerdef(g.oid) FROM pg_trigger g WHERE g.tgrelid = {oid} AND NOT g.tgisinternal"
        ),
        format!(
            "SELECT 6, format('COMMENT ON {kind} %s IS %L', '{text}', obj_description({oid}, 'pg_class')) \
             WHERE obj_description({oid}, 'pg_class') IS NOT NULL"
        ),
        format!(
            "SELECT 7, format('COMMENT ON COLUMN %s.%I IS %L', '{text}', a.attname, col_description({oid}, a.attnum)) \
             FROM pg_attribute a WHERE a.attrelid = {oid} AND a.attnum > 0 AND col_description({oid}, a.attnum) IS NOT NULL"
        ),
        format!(
            "SELECT 8, format('ALTER {kind} %s OWNER TO %I', '{text}', pg_get_userbyid(c.relowner)) FROM pg_class c \
             WHERE c.oid = {oid} AND pg_get_userbyid(c.relowner) <> current_user"
        ),
        // The owner's default privileges return by themselves, so they are revoked first: some may have been taken away.
        format!(
            "SELECT 9, format('REVOKE ALL ON %s FROM %I', '{text}', pg_get_userbyid(c.relowner)) FROM pg_class c \
             WHERE c.oid = {oid} AND c.relacl IS NOT NULL"
        ),
        format!(
            "SELECT 10, format('GRANT %s ON %s TO %s%s', p.privilege_type, '{text}', \
             CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END, \
             CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
             FROM pg_class c, aclexplode(c.relacl) p WHERE c.oid = {oid}"
        ),
        format!(
            "SELECT 11, format('GRANT %s (%I) ON %s TO %s%s', p.privilege_type, a.attname, '{text}', \
             CASE WHEN p.grantee = 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(p.grantee)) END, \
             CASE WHEN p.is_grantable THEN ' WITH GRANT OPTION' ELSE '' END) \
             FROM pg_attribute a, aclexplode(a.attacl) p WHERE a.attrelid = {oid} AND a.attnum > 0"
        ),
    ];
    let texts: Vec<String> = { parts.iter() }
        .map(|part| {
            format!("SELECT u.place::int, u.statement::text FROM ({part}) AS u(place, statement)")
        })
        .collect();
    let rows: Vec<(i32, String)> =
        Sql::trusted(format!("{} ORDER BY 1, 2", texts.join(" UNION ALL ")))
            .all(db)
            .await?;
    Ok(rows.into_iter().map(|(_, statement)| statement).collect())
}

/// Refuses where options or the definer would be lost: the view is re-created by the current user, with the options that the
/// history knows.
async fn refuse_to_lose(db: &dyn Executor, known: &View) -> Result<()> {
    let schema = aludel_engine::inspect(db).await?;
    let Some(live) = schema.view(&known.name) else {
        return Ok(());
    };
    if live.options.is_some() && !same_words(live.options.as_deref(), known.options.as_deref()) {
        let options = live.options.as_deref().unwrap_or_default();
        return Err(Error::migration(format!(
            "the view {} is made with {options:?}, which the history does not know and making it again would lose; say so \
             (`View::new(..).options({options:?})`), or drop the view with `run_sql`",
            known.name
        )));
    }
    let definer: Option<String> = sql(
        "SELECT definer FROM information_schema.views WHERE table_schema = database() \
         AND definer <> current_user() AND table_name = ",
    )
    .bind(known.name.name.to_string())
    .optional(db)
    .await?;
    match definer {
        None => Ok(()),
        Some(definer) => Err(Error::migration(format!(
            "the view {} runs with the rights of {definer}, and made again it would run with those of this user; run the \
             migration as {definer}, or drop the view with `run_sql`",
            known.name
        ))),
    }
}
