//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "alertStatus")]
pub enum AlertStatusKind {
    #[db_enum(label = "open")]
    Open,
    #[db_enum(label = "in review")]
    InReview,
    #[db_enum(label = "résolu")]
    Résolu,
    #[db_enum(label = "won't fix")]
    WonTFix,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "weekday")]
pub enum WeekdayKind {
    #[db_enum(label = "mon")]
    Mon,
    #[db_enum(label = "tue")]
    Tue,
    #[db_enum(label = "wed")]
    Wed,
    #[db_enum(label = "thu")]
    Thu,
    #[db_enum(label = "fri")]
    Fri,
    #[db_enum(label = "sat")]
    Sat,
    #[db_enum(label = "sun")]
    Sun,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_user",
    unique(username, name = "auth_user_username_key"),
    index(on = raw_sql::<AuthUser, String>("upper(email::text)"), on = raw_sql::<AuthUser, String>("\"id\""),
        name = "auth_user_email_upper"),
    index(username("varchar_pattern_ops"), name = "auth_user_username_bdf3c44f_like")
)]
pub struct AuthUser {
    pub id: i64,
    #[field(max_length = 128)]
    pub username: String,
    #[field(sql_type = "citext")]
    pub email: String,
    pub is_superuser: bool,
    pub last_login: Option<jiff::Timestamp>,
    #[field(sql_type = "character(12)")]
    pub session_nonce: Option<String>,
    #[field(sql_type = "time with time zone")]
    pub quiet_from: Option<String>,
    #[field(sql_type = "time with time zone")]
    pub quiet_to: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_alertrule",
    index(owner_id, organization_id, unique, name = "sentry_alertrule_Owner_idx", filter = raw_sql::<SentryAlertrule,
        bool>("(\"currentStatus\" <> 'won''t fix'::\"alertStatus\")")),
    foreign_key = aludel::schema::ForeignKey::on("alertrule_latest_fk", ["latest_incident_id"])
        .references("sentry_incident", ["id"]).deferrable(aludel::schema::Deferrability::Deferred),
    foreign_key = aludel::schema::ForeignKey::on("sentry_alertrule_organization_id_fkey", ["organization_id"])
        .references("sentry_organization", ["id"]).deferrable(aludel::schema::Deferrability::Deferred),
    foreign_key = aludel::schema::ForeignKey::on("sentry_alertrule_ownerId_fkey", ["ownerId"])
        .references("auth_user", ["id"]).on_delete(aludel::schema::Action::SetNull).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryAlertrule {
    pub id: i64,
    #[field(column = "ownerId")]
    pub owner_id: Option<i64>,
    pub organization_id: i64,
    #[field(
        column = "currentStatus",
        default = raw_sql::<(), AlertStatusKind>("'in review'::\"alertStatus\""),
        comment = "Zustand"
    )]
    pub current_status: AlertStatusKind,
    #[field(
        default = raw_sql::<(), Option<Vec<Option<WeekdayKind>>>>("ARRAY['mon'::weekday, 'fri'::weekday]")
    )]
    pub active_days: Option<Vec<Option<WeekdayKind>>>,
    #[field(sql_type = "numeric[]")]
    pub thresholds: Option<AnyText>,
    pub latest_incident_id: Option<i64>,
    #[field(column = "match", max_length = 3, default = "all")]
    pub match_: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_deploy",
    constraint(name = "one_deploy_at_a_time", raw = "EXCLUDE USING gist (project_id WITH =, environment WITH =, running WITH &&)"),
    foreign_key = aludel::schema::ForeignKey::on("sentry_deploy_project_id_fkey", ["project_id"])
        .references("sentry_project", ["id"]).on_delete(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryDeploy {
    pub id: i64,
    pub project_id: i64,
    #[field(max_length = 64, default = "production")]
    pub environment: String,
    #[field(sql_type = "tstzrange")]
    pub running: String,
    #[field(
        sql_type = "tstzmultirange",
        default = raw_sql::<(), Option<String>>("'{}'::tstzmultirange")
    )]
    pub pauses: Option<String>,
    #[field(sql_type = "interval(3)")]
    pub took: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_eventattachment",
    index(on = raw_sql::<SentryEventattachment, String>("tags ->> 'env'::text"), name = "sentry_eventattachment_env",
        filter = raw_sql::<SentryEventattachment, bool>("(tags ? 'env'::text)")),
    index(event_id, name = "sentry_eventattachment_event", using = "hash"),
    index(client_ip("inet_ops"), name = "sentry_eventattachment_ip", using = "gist"),
    index(tags("jsonb_path_ops"), name = "sentry_eventattachment_tags", using = "gin"),
    foreign_key = aludel::schema::ForeignKey::on("sentry_eventattachment_group_id_fkey", ["group_id"])
        .references("sentry_groupedmessage", ["id"]).on_delete(aludel::schema::Action::SetNull)
        .deferrable(aludel::schema::Deferrability::Immediate)
)]
pub struct SentryEventattachment {
    #[field(default = raw_sql::<(), uuid::Uuid>("uuid_generate_v4()"))]
    pub id: uuid::Uuid,
    pub group_id: Option<i64>,
    #[field(sql_type = "character(32)")]
    pub event_id: String,
    #[field(default = raw_sql::<(), Option<uuid::Uuid>>("gen_random_uuid()"))]
    pub guid: Option<uuid::Uuid>,
    pub blob: Option<Bytes>,
    #[field(
        column = "type",
        sql_type = "\"char\"",
        default = raw_sql::<(), String>("'a'::\"char\"")
    )]
    pub type_: String,
    #[field(sql_type = "jsonb", default = raw_sql::<(), AnyText>("'{\"env\": \"prod\"}'::jsonb"))]
    pub tags: AnyText,
    #[field(sql_type = "macaddr")]
    pub device_mac: Option<String>,
    #[field(sql_type = "inet")]
    pub client_ip: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_groupedmessage",
    comment = "An \"issue\": what many events have in common",
    index(first_seen("timestamptz_minmax_multi_ops"), score, name = "sentry_group_first_seen_brin",
        using = "brin"),
    index(project_id, -score, -first_seen("NULLS LAST"), name = "sentry_group_score"),
    index(on = raw_sql::<SentryGroupedmessage, String>("to_tsvector('english'::regconfig, message)"),
        name = "sentry_group_search", using = "gin"),
    named_check(name = "sentry_groupedmessage_level_check", that = raw_sql::<SentryGroupedmessage,
        bool>("((level >= 0) AND (level <= 100))")),
    named_check(name = "sentry_groupedmessage_times_seen_check", that = raw_sql::<SentryGroupedmessage,
        bool>("(times_seen >= 0)")),
    constraint(name = "sentry_groupedmessage_short", raw = "UNIQUE (project_id, short_id) INCLUDE (level)"),
    foreign_key = aludel::schema::ForeignKey::on("sentry_group_project_fk", ["project_id"])
        .references("sentry_project", ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryGroupedmessage {
    pub id: i64,
    pub project_id: i64,
    pub message: String,
    #[field(max_length = 200)]
    pub culprit: Option<String>,
    pub level: i32,
    #[field(
        generated = raw_sql::<SentryGroupedmessage, Option<String>>("sentry_severity(level)")
    )]
    pub severity: Option<String>,
    #[field(default = 1)]
    pub times_seen: i32,
    #[field(default = raw_sql::<(), f64>("'-1.5'::double precision"))]
    pub score: f64,
    pub first_seen: Option<jiff::Timestamp>,
    pub is_public: Option<bool>,
    pub data: Option<String>,
    pub short_id: Option<i64>,
    #[field(sql_type = "frame_place")]
    pub place: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_incident",
    named_check(name = "closed_after", that = raw_sql::<SentryIncident, bool>("((date_closed IS NULL) OR (date_closed >= date_started))")),
    named_check(name = "sentry_incident_identifier_check", that = raw_sql::<SentryIncident,
        bool>("(identifier >= 0)")),
    constraint(name = "incident_number", raw = "UNIQUE (alert_rule_id, identifier) DEFERRABLE INITIALLY DEFERRED"),
    foreign_key = aludel::schema::ForeignKey::on("sentry_incident_alert_rule_id_fkey", ["alert_rule_id"])
        .references("sentry_alertrule", ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryIncident {
    pub id: i64,
    pub alert_rule_id: i64,
    pub identifier: i32,
    #[field(default = raw_sql::<(), jiff::Timestamp>("statement_timestamp()"))]
    pub date_started: jiff::Timestamp,
    #[field(sql_type = "timestamptz")]
    pub date_closed: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_organization",
    unique(slug, name = "sentry_organization_slug_key"),
    index(slug("varchar_pattern_ops"), name = "sentry_organization_slug_1c5261_like"),
    index(on = raw_sql::<SentryOrganization, String>("upper(slug::text)"), unique, name = "sentry_organization_slug_upper_idx"),
    named_check(name = "sentry_organization_status_check", that = raw_sql::<SentryOrganization,
        bool>("(status >= 0)"))
)]
pub struct SentryOrganization {
    pub id: i64,
    #[field(max_length = 64)]
    pub name: String,
    #[field(max_length = 50)]
    pub slug: String,
    pub status: i32,
    #[field(max_length = 32)]
    pub default_role: String,
    #[field(sql_type = "timestamptz")]
    pub date_added: AnyText,
    #[field(sql_type = "bit(8)", default = raw_sql::<(), String>("'00000001'::\"bit\""))]
    pub flags: String,
    #[field(sql_type = "cidr[]")]
    pub trusted_networks: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_project",
    unique(organization_id, slug, name = "sentry_project_organization_id_slug_uniq"),
    index(platform, -slug("COLLATE \"POSIX\""), name = "sentry_project_platform_c"),
    index(slug("varchar_pattern_ops"), name = "sentry_project_slug_like", filter = raw_sql::<SentryProject,
        bool>("(slug IS NOT NULL)")),
    foreign_key = aludel::schema::ForeignKey::on("sentry_project_organization_fk", ["organization_id"])
        .references("sentry_organization", ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryProject {
    pub id: i64,
    #[field(max_length = 50)]
    pub slug: Option<String>,
    pub organization_id: i64,
    #[field(max_length = 64, collation = "C")]
    pub platform: Option<String>,
    #[field(max_length = 6)]
    pub forced_color: Option<String>,
    #[field(column = "self", max_length = 200)]
    pub self_: Option<String>,
    pub flags: Option<i64>,
    #[field(decimal(20, 6), default = raw_sql::<(), rust_decimal::Decimal>("0.0"))]
    pub resolved_share: rust_decimal::Decimal,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sentry_projectcounter",
    options = "WITH (fillfactor=50, autovacuum_enabled=false)",
    unique(project_id, name = "sentry_projectcounter_project_id_key"),
    foreign_key = aludel::schema::ForeignKey::on("sentry_projectcounter_project_id_fkey", ["project_id"])
        .references("sentry_project", ["id"]).on_delete(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct SentryProjectcounter {
    pub project_id: i64,
    pub value: i64,
    #[field(auto(always))]
    pub id: i64,
}

// Beside the models: App::view(View::new("openIncidents", "SELECT i.id,\n    r.\"ownerId\",\n    r.\"currentStatus\",\n    i.date_started AS \"startedAt\"\n   \
//     FROM (sentry_incident i\n     JOIN sentry_alertrule r ON ((r.id = i.alert_rule_id)))\n  WHERE \
//     (i.date_closed IS NULL)"))
// Beside the models: App::extension("btree_gist")
// Beside the models: App::extension("citext")
// Beside the models: App::extension("uuid-ossp")
// Not managed: column settings data of sentry_groupedmessage
// Not managed: column settings message of sentry_groupedmessage
// Not managed: composite type frame_place
// Not managed: function sentry_increment_project_counter()
// Not managed: function sentry_severity(level integer)
// Not managed: identity options id of sentry_groupedmessage: MINVALUE -100 CACHE 10
// Not managed: identity options id of sentry_projectcounter: START 1000 INCREMENT 5 CYCLE
// Not managed: storage parameters sentry_groupedmessage_short of sentry_groupedmessage
// Not managed: trigger number_group on sentry_groupedmessage
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        AuthUser,
        SentryAlertrule,
        SentryDeploy,
        SentryEventattachment,
        SentryGroupedmessage,
        SentryIncident,
        SentryOrganization,
        SentryProject,
        SentryProjectcounter
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
        (AuthUser::meta().table.to_string(), AuthUser::query().all(db).await?.len()),
        (SentryAlertrule::meta().table.to_string(), SentryAlertrule::query().all(db).await?.len()),
        (SentryDeploy::meta().table.to_string(), SentryDeploy::query().all(db).await?.len()),
        (SentryEventattachment::meta().table.to_string(), SentryEventattachment::query().all(db).await?.len()),
        (SentryGroupedmessage::meta().table.to_string(), SentryGroupedmessage::query().all(db).await?.len()),
        (SentryIncident::meta().table.to_string(), SentryIncident::query().all(db).await?.len()),
        (SentryOrganization::meta().table.to_string(), SentryOrganization::query().all(db).await?.len()),
        (SentryProject::meta().table.to_string(), SentryProject::query().all(db).await?.len()),
        (SentryProjectcounter::meta().table.to_string(), SentryProjectcounter::query().all(db).await?.len()),
    ])
}
