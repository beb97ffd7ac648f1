//! What neither models nor migrations can express, by kind and name.

use super::OURS;
use crate::error::Result;
use crate::execute::Executor;
use crate::sql::Sql;
use aludel_sql::schema::Unmanaged;

/// A relation's name, with its schema where that is not the one in which new tables go.
fn named(oid: &str) -> String {
    format!(
        "(SELECT CASE WHEN rn.nspname <> current_schema() THEN rn.nspname || '.' ELSE '' END || r.relname \
         FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace WHERE r.oid = {oid})"
    )
}

/// User objects that have a schema, are no relations and belong to no extension.
fn own(alias: &str, catalog: &str) -> String {
    format!(
        "n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' AND NOT EXISTS \
         (SELECT 1 FROM pg_depend e WHERE e.classid = '{catalog}'::regclass AND e.objid = {alias}.oid AND e.deptype = 'e')"
    )
}

pub(super) async fn unmanaged(db: &dyn Executor) -> Result<Vec<Unmanaged>> {
    let relations = "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace";
    let (c, parent, index) = (named("c.oid"), named("h.inhparent"), named("x.indexrelid"));
    let in_schema = "CASE WHEN n.nspname <> current_schema() THEN n.nspname || '.' ELSE '' END";
    let parts = [
        format!("SELECT 'foreign table', {c} {relations} WHERE c.relkind = 'f' AND {OURS}"),
        format!(
            "SELECT CASE WHEN c.relispartition THEN 'partition' ELSE 'inheritance' END, {c} || ' of ' || {parent} \
             {relations} JOIN pg_inherits h ON h.inhrelid = c.oid WHERE c.relkind IN ('r', 'p', 'f') AND {OURS}"
        ),
        format!(
            "SELECT 'sequence', {c} {relations} WHERE c.relkind = 'S' AND {OURS} AND NOT EXISTS \
             (SELECT 1 FROM pg_depend o WHERE o.classid = 'pg_class'::regclass AND o.objid = c.oid AND o.deptype IN ('a', 'i'))"
        ),
        format!("SELECT 'UNLOGGED', {c} {relations} WHERE c.relkind IN ('r', 'p') AND c.relpersistence = 'u' AND {OURS}"),
        format!("SELECT 'row security', 'of ' || {c} {relations} WHERE c.relrowsecurity AND {OURS}"),
        format!("SELECT 'policy', p.polname || ' on ' || {c} {relations} JOIN pg_policy p ON p.polrelid = c.oid WHERE {OURS}"),
        format!("SELECT 'privileges', 'on ' || {c} {relations} WHERE c.relacl IS NOT NULL AND c.relkind IN ('r', 'p', 'v', 'm') AND {OURS}"),
        format!(
            "SELECT 'trigger', g.tgname || ' on ' || {c} {relations} JOIN pg_trigger g ON g.tgrelid = c.oid \
             WHERE NOT g.tgisinternal AND {OURS}"
        ),
        format!(
            "SELECT 'rule', w.rulename || ' on ' || {c} {relations} JOIN pg_rewrite w ON w.ev_class = c.oid \
             WHERE w.rulename <> '_RETURN' AND {OURS}"
        ),
        format!(
            "SELECT CASE WHEN c.relkind = 'm' THEN 'index' ELSE 'invalid index' END, {index} || ' on ' || {c} {relations} \
             JOIN pg_index x ON x.indrelid = c.oid WHERE (c.relkind = 'm' OR c.relkind IN ('r', 'p') AND NOT x.indisvalid) AND {OURS}"
        ),
        format!(
            "SELECT 'column settings', a.attname || ' of ' || {c} {relations} JOIN pg_attribute a ON a.attrelid = c.oid \
             JOIN pg_type t ON t.oid = a.atttypid WHERE a.attnum > 0 AND NOT a.attisdropped AND c.relkind IN ('r', 'p') AND {OURS} \
             AND (a.attoptions IS NOT NULL OR a.attacl IS NOT NULL OR coalesce(a.attstattarget, -1) <> -1 \
                  OR a.attstorage <> t.typstorage AND current_setting('server_version_num')::int < 160000)"
        ),
        // `serial` is read as an identity column, which numbers rows in the same way but is created differently.
        format!(
            "SELECT 'serial', a.attname || ' of ' || {c} {relations} JOIN pg_attribute a ON a.attrelid = c.oid \
             JOIN pg_depend o ON o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'a' AND o.classid = 'pg_class'::regclass \
             JOIN pg_class q ON q.oid = o.objid AND q.relkind = 'S' WHERE a.attnum > 0 AND c.relkind IN ('r', 'p') AND {OURS}"
        ),
        format!(
            "SELECT 'identity options', concat_ws(' ', a.attname || ' of ' || {c} || ':', \
              CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END THEN 'START ' || s.seqstart END, \
              CASE WHEN s.seqincrement <> 1 THEN 'INCREMENT ' || s.seqincrement END, \
              CASE WHEN s.seqincrement > 0 AND s.seqmin <> 1 THEN 'MINVALUE ' || s.seqmin END, \
              CASE WHEN s.seqcache <> 1 THEN 'CACHE ' || s.seqcache END, CASE WHEN s.seqcycle THEN 'CYCLE' END) \
             {relations} JOIN pg_attribute a ON a.attrelid = c.oid AND a.attidentity <> '' \
             JOIN pg_depend o ON o.refobjid = c.oid AND o.refobjsubid = a.attnum AND o.deptype = 'i' AND o.classid = 'pg_class'::regclass \
             JOIN pg_sequence s ON s.seqrelid = o.objid WHERE c.relkind IN ('r', 'p') AND {OURS} \
             AND (s.seqstart <> 1 OR s.seqincrement <> 1 OR s.seqmin <> 1 OR s.seqcache <> 1 OR s.seqcycle)"
        ),
        format!(
            "SELECT 'primary key name', k.conname || ' of ' || {c} {relations} JOIN pg_constraint k ON k.conrelid = c.oid \
             WHERE k.contype = 'p' AND k.conparentid = 0 AND NOT c.relispartition AND {OURS} \
             AND k.conname <> left(c.relname, 58) || '_pkey'"
        ),
        format!(
            "SELECT 'storage parameters', {index} || ' of ' || {c} {relations} JOIN pg_index x ON x.indrelid = c.oid \
             JOIN pg_class i ON i.oid = x.indexrelid AND i.reloptions IS NOT NULL \
             WHERE EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = x.indexrelid AND k.conrelid = c.oid AND k.contype IN ('p', 'u', 'x')) \
             AND {OURS}"
        ),
        format!(
            "SELECT 'storage parameters', 'of TOAST of ' || {c} {relations} JOIN pg_class i ON i.oid = c.reltoastrelid \
             WHERE i.reloptions IS NOT NULL AND {OURS}"
        ),
        format!(
            "SELECT 'comment', 'on view ' || {c} {relations} WHERE c.relkind IN ('v', 'm') AND {OURS} \
             AND obj_description(c.oid, 'pg_class') IS NOT NULL"
        ),
        format!(
            "SELECT 'comment', 'on ' || k.conname || ' of ' || {c} {relations} JOIN pg_constraint k ON k.conrelid = c.oid \
             JOIN pg_description b ON b.objoid = k.oid AND b.classoid = 'pg_constraint'::regclass WHERE {OURS}"
        ),
        format!(
            "SELECT 'comment', 'on ' || {index} || ' of ' || {c} {relations} JOIN pg_index x ON x.indrelid = c.oid \
             JOIN pg_description b ON b.objoid = x.indexrelid AND b.classoid = 'pg_class'::regclass WHERE {OURS}"
        ),
        format!(
            "SELECT 'statistics', {in_schema} || s.stxname FROM pg_statistic_ext s JOIN pg_namespace n ON n.oid = s.stxnamespace \
             WHERE {}",
            own("s", "pg_statistic_ext")
        ),
        format!(
            "SELECT CASE p.prokind WHEN 'p' THEN 'procedure' WHEN 'a' THEN 'aggregate' ELSE 'function' END, \
             {in_schema} || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' \
             FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {} AND NOT EXISTS \
             (SELECT 1 FROM pg_depend i WHERE i.classid = 'pg_proc'::regclass AND i.objid = p.oid AND i.deptype = 'i')",
            own("p", "pg_proc")
        ),
        format!(
            "SELECT CASE t.typtype WHEN 'd' THEN 'domain' WHEN 'r' THEN 'range type' ELSE 'composite type' END, \
             {in_schema} || t.typname FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace \
             LEFT JOIN pg_class c ON c.oid = t.typrelid \
             WHERE (t.typtype IN ('d', 'r') OR t.typtype = 'c' AND c.relkind = 'c') AND {}",
            own("t", "pg_type")
        ),
        format!(
            "SELECT 'collation', {in_schema} || o.collname FROM pg_collation o JOIN pg_namespace n ON n.oid = o.collnamespace \
             WHERE {}",
            own("o", "pg_collation")
        ),
        format!(
            "SELECT 'text search configuration', {in_schema} || f.cfgname FROM pg_ts_config f \
             JOIN pg_namespace n ON n.oid = f.cfgnamespace WHERE {}",
            own("f", "pg_ts_config")
        ),
        "SELECT 'event trigger', evtname::text FROM pg_event_trigger v WHERE NOT EXISTS \
         (SELECT 1 FROM pg_depend e WHERE e.classid = 'pg_event_trigger'::regclass AND e.objid = v.oid AND e.deptype = 'e')"
            .to_string(),
        "SELECT 'publication', pubname::text FROM pg_publication".to_string(),
    ];
    let texts: Vec<String> = { parts.iter() }
        .map(|part| format!("SELECT u.kind::text, u.name::text FROM ({part}) AS u(kind, name)"))
        .collect();
    let rows: Vec<(String, String)> = Sql::trusted(texts.join(" UNION ALL ")).all(db).await?;
    Ok(rows
        .into_iter()
        .map(|(kind, name)| Unmanaged::new(kind, name))
        .collect())
}
