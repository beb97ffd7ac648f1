//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "issue_state")]
pub enum IssueStateKind {
    #[db_enum(label = "opened")]
    Opened,
    #[db_enum(label = "closed")]
    Closed,
    #[db_enum(label = "locked")]
    Locked,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "audit_events",
    options = "PARTITION BY RANGE (created_at)",
    index(author_id, -created_at, name = "idx_audit_events_part_on_author"),
    named_check(name = "check_28047490c9", that = raw_sql::<AuditEvent, bool>("(char_length(details) <= 5500)")),
    foreign_key = aludel::schema::ForeignKey::on("audit_events_author_id_fkey", ["author_id"])
        .references("users", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct AuditEvent {
    #[field(
        primary_key,
        default = raw_sql::<(), i64>("nextval('shared_audit_event_id_seq'::regclass)")
    )]
    pub id: i64,
    pub author_id: i64,
    pub details: Option<String>,
    #[field(sql_type = "inet")]
    pub ip_address: Option<String>,
    #[field(primary_key)]
    pub created_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "issues",
    index(-closed_at, name = "index_issues_closed", filter = raw_sql::<Issue, bool>("(state = 'closed'::issue_state)")),
    index(description("gist_trgm_ops (siglen='32')"), name = "index_issues_on_description_trigram",
        using = "gist"),
    index(project_id, relative_position("NULLS FIRST"), -id, name = "index_issues_on_relative_position"),
    constraint(name = "issues_number", raw = "UNIQUE (project_id, iid) DEFERRABLE"),
    foreign_key = aludel::schema::ForeignKey::on("fk_issues_iteration", ["iteration_id"]).references("iterations",
        ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("issues_duplicated_to_id_fkey", ["duplicated_to_id"])
        .references("issues", ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("issues_project_id_fkey", ["project_id"]).references("projects",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Issue {
    pub id: i64,
    #[field(sql_type = "character varying")]
    pub title: Option<String>,
    #[field(options = "COMPRESSION lz4")]
    pub description: Option<String>,
    pub project_id: Option<i32>,
    pub iteration_id: Option<i64>,
    pub duplicated_to_id: Option<i64>,
    pub iid: Option<i32>,
    #[field(default = raw_sql::<(), IssueStateKind>("'opened'::issue_state"))]
    pub state: IssueStateKind,
    pub relative_position: Option<i32>,
    pub weight: Option<f32>,
    #[field(sql_type = "interval")]
    pub time_estimate: Option<String>,
    #[field(generated = raw_sql::<Issue, Option<String>>("lower((title)::text)"))]
    pub title_lower: Option<String>,
    #[field(sql_type = "timestamptz")]
    pub closed_at: Option<AnyText>,
    #[field(
        sql_type = "timestamp(3) with time zone",
        default = aludel::expr::Expr::<(), Option<jiff::Timestamp>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub created_at: Option<jiff::Timestamp>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "iterations",
    named_check(name = "check_order", that = raw_sql::<Iteration, bool>("(start_date <= due_date)")),
    constraint(name = "iteration_dates_no_overlap", raw = "EXCLUDE USING gist (namespace_id WITH =, daterange(start_date, due_date, '[]'::text) WITH &&) \
        WHERE ((namespace_id IS NOT NULL)) DEFERRABLE INITIALLY DEFERRED"),
    foreign_key = aludel::schema::ForeignKey::on("iterations_namespace_id_fkey", ["namespace_id"])
        .references("namespaces", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Iteration {
    pub id: i64,
    pub start_date: Option<jiff::civil::Date>,
    pub due_date: Option<jiff::civil::Date>,
    pub namespace_id: i64,
    pub iid: i32,
    #[field(
        sql_type = "int4range",
        default = raw_sql::<(), Option<String>>("'[1,9)'::int4range")
    )]
    pub points: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "loose_foreign_keys_deleted_records",
    index(id, name = "index_loose_brin", using = "brin")
)]
pub struct LooseForeignKeysDeletedRecord {
    #[field(auto(always))]
    pub id: i64,
    pub fully_qualified_table_name: String,
    pub primary_key_value: i64,
    #[field(default = 1)]
    pub status: i16,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "namespaces",
    unique(organization_id, id, name = "namespaces_of_organization"),
    index(traversal_ids, name = "index_btree_namespaces_traversal_ids"),
    index(on = raw_sql::<Namespace, String>("traversal_ids[1]"), on = raw_sql::<Namespace, String>("\"type\""),
        on = raw_sql::<Namespace, String>("\"id\""), name = "index_namespaces_on_first_traversal"),
    index(full_path, name = "index_namespaces_on_full_path", using = "gist"),
    index(traversal_ids, name = "index_namespaces_on_traversal_ids", using = "gin"),
    foreign_key = aludel::schema::ForeignKey::on("fk_namespaces_organization", ["organization_id"])
        .references("organizations", ["id"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("fk_namespaces_owner", ["owner_id"]).references("users",
        ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("fk_namespaces_parent", ["parent_id"]).references("namespaces",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Namespace {
    pub id: i64,
    #[field(sql_type = "character varying")]
    pub name: String,
    pub owner_id: Option<i64>,
    #[field(
        column = "type",
        sql_type = "character varying",
        default = "User",
        collation = "C"
    )]
    pub type_: String,
    pub parent_id: Option<i64>,
    #[field(default = raw_sql::<(), Vec<i64>>("'{}'::bigint[]"))]
    pub traversal_ids: Vec<i64>,
    #[field(sql_type = "ltree")]
    pub full_path: Option<String>,
    pub organization_id: i64,
    #[field(sql_type = "cidr")]
    pub allowed: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "organizations",
    unique(path, name = "unique_organizations_on_path"),
    index(name("gin_trgm_ops"), name = "index_organizations_on_name_trigram", using = "gin"),
    named_check(name = "check_3229aa1da6", that = raw_sql::<Organization, bool>("(char_length(path) <= 255)"))
)]
pub struct Organization {
    pub id: i64,
    #[field(default = "")]
    pub name: String,
    pub path: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "p_ci_builds",
    options = "PARTITION BY LIST (partition_id)",
    index(status, project_id, name = "p_ci_builds_status_idx")
)]
pub struct PCiBuild {
    #[field(sql_type = "character varying")]
    pub status: Option<String>,
    #[field(primary_key)]
    pub id: i64,
    #[field(primary_key, default = raw_sql::<(), i64>("next_partition()"))]
    pub partition_id: i64,
    pub project_id: Option<i32>,
    pub options: Option<serde_json::Value>,
    pub coverage: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "projects",
    index(-star_count("NULLS LAST"), -id, name = "index_projects_by_stars", include(name)),
    index(namespace_id, on = raw_sql::<Project, String>("lower(name::text)"), unique, name = "index_projects_on_name",
        options = "NULLS NOT DISTINCT"),
    index(statistics("jsonb_path_ops"), name = "index_projects_on_statistics", using = "gin"),
    named_check(name = "check_topics", that = raw_sql::<Project, bool>("(cardinality(topics) <= 20)"),
        options = "NO INHERIT"),
    constraint(name = "fk_projects_namespace", raw = "FOREIGN KEY (organization_id, namespace_id) REFERENCES namespaces(organization_id, id) ON UPDATE \
        CASCADE ON DELETE SET NULL (namespace_id)")
)]
pub struct Project {
    pub id: i32,
    #[field(sql_type = "character varying")]
    pub name: Option<String>,
    pub organization_id: Option<i64>,
    pub namespace_id: Option<i64>,
    #[field(default = 0, comment = "Number of ★")]
    pub star_count: i32,
    pub runners_token_encrypted: Option<Bytes>,
    pub topics: Option<Vec<Option<String>>>,
    #[field(default = raw_sql::<(), serde_json::Value>("'{}'::jsonb"))]
    pub statistics: serde_json::Value,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "search_namespace_index",
    options = "PARTITION BY HASH (namespace_id)",
    primary_key(zoekt_index_id, namespace_id)
)]
pub struct SearchNamespaceIndex {
    #[field(primary_key)]
    pub namespace_id: i64,
    #[field(primary_key)]
    pub zoekt_index_id: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "users",
    options = "WITH (fillfactor=90, autovacuum_vacuum_scale_factor=0.01)",
    index(on(raw_sql::<User, String>("lower(username::text)"), "varchar_pattern_ops"), name = "index_on_users_lower_username"),
    index(id, name = "index_users_for_active", filter = raw_sql::<User, bool>("(((state)::text = 'active'::text) AND (user_type = ANY (ARRAY[0, 6, 4])))")),
    index(email, unique, name = "index_users_on_email"),
    index(username("gin_trgm_ops"), email("gin_trgm_ops"), name = "index_users_on_username_trigram",
        using = "gin", options = "WITH (fastupdate='false')"),
    named_check(name = "check_17d6338958", that = raw_sql::<User, bool>("(char_length((static_object_token)::text) <= 255)")),
    foreign_key = aludel::schema::ForeignKey::on("fk_users_namespace", ["namespace_id"]).references("namespaces",
        ["id"]).deferrable(aludel::schema::Deferrability::Deferred).options("NOT VALID")
)]
pub struct User {
    pub id: i64,
    #[field(sql_type = "character varying", default = "")]
    pub email: String,
    #[field(sql_type = "character varying")]
    pub username: Option<String>,
    #[field(sql_type = "character varying", default = "active")]
    pub state: String,
    #[field(default = 0)]
    pub user_type: i16,
    #[field(sql_type = "inet")]
    pub current_sign_in_ip: Option<String>,
    #[field(max_length = 255)]
    pub static_object_token: Option<String>,
    pub otp_grace_period_started_at: Option<jiff::Timestamp>,
    pub namespace_id: Option<i64>,
}

// Beside the models: App::view(View::new("open_issues", "SELECT i.id,\n    i.iid,\n    i.title,\n    p.name AS project,\n    i.created_at\n   FROM (issues \
//     i\n     JOIN projects p ON ((p.id = i.project_id)))\n  WHERE (i.state = 'opened'::issue_state)")
//     .options("WITH (security_barrier=true)"))
// Beside the models: App::view(View::new("postgres_indexes", "SELECT c.oid AS indexrelid,\n    c.relname AS name,\n    c.relkind AS kind,\n    pg_get_indexdef(c.oid) \
//     AS definition\n   FROM pg_class c\n  WHERE (c.relkind = ANY (ARRAY['i'::\"char\", 'I'::\"char\"]))"))
// Beside the models: App::extension("btree_gist")
// Beside the models: App::extension("ltree")
// Beside the models: App::extension("pg_trgm")
// Not managed: comment on issues_number of issues
// Not managed: function insert_into_loose_foreign_keys_deleted_records()
// Not managed: function next_partition()
// Not managed: identity options id of loose_foreign_keys_deleted_records: START 1000 INCREMENT 5
// Not managed: identity options id of organizations: START 1000
// Not managed: partition audit_events_000000 of audit_events
// Not managed: partition audit_events_202401 of audit_events
// Not managed: partition audit_events_202402 of audit_events
// Not managed: partition ci_builds of p_ci_builds
// Not managed: partition ci_builds_101 of p_ci_builds
// Not managed: partition ci_builds_rest of p_ci_builds
// Not managed: partition search_namespace_index_00 of search_namespace_index
// Not managed: partition search_namespace_index_01 of search_namespace_index
// Not managed: sequence shared_audit_event_id_seq
// Not managed: serial id of issues
// Not managed: serial id of iterations
// Not managed: serial id of namespaces
// Not managed: serial id of projects
// Not managed: serial id of users
// Not managed: statistics projects_stars
// Not managed: trigger issues_loose_fk_trigger on issues
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        AuditEvent,
        Issue,
        Iteration,
        LooseForeignKeysDeletedRecord,
        Namespace,
        Organization,
        PCiBuild,
        Project,
        SearchNamespaceIndex,
        User
    ]
}

/// There are none without a key.
pub fn tables() -> Vec<aludel::schema::Table> {
    vec![]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (AuditEvent::meta().table.to_string(), AuditEvent::query().all(db).await?.len()),
        (Issue::meta().table.to_string(), Issue::query().all(db).await?.len()),
        (Iteration::meta().table.to_string(), Iteration::query().all(db).await?.len()),
        (LooseForeignKeysDeletedRecord::meta().table.to_string(), LooseForeignKeysDeletedRecord::query().all(db).await?.len()),
        (Namespace::meta().table.to_string(), Namespace::query().all(db).await?.len()),
        (Organization::meta().table.to_string(), Organization::query().all(db).await?.len()),
        (PCiBuild::meta().table.to_string(), PCiBuild::query().all(db).await?.len()),
        (Project::meta().table.to_string(), Project::query().all(db).await?.len()),
        (SearchNamespaceIndex::meta().table.to_string(), SearchNamespaceIndex::query().all(db).await?.len()),
        (User::meta().table.to_string(), User::query().all(db).await?.len()),
    ])
}
