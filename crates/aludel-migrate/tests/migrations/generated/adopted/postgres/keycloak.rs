//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "client",
    options = "WITH (fillfactor=95)",
    index(client_id("NULLS FIRST"), name = "idx_client_id", include(enabled, realm_id)),
    index(realm_id, client_id, unique, name = "uk_02e79eff012b5df5b4d3ee89"),
    foreign_key = aludel::schema::ForeignKey::on("fk_client_realm", ["realm_id"]).references("realm",
        ["id"])
)]
pub struct Client {
    #[field(max_length = 36)]
    pub id: String,
    #[field(default = false)]
    pub enabled: bool,
    #[field(max_length = 255)]
    pub client_id: Option<String>,
    pub not_before: Option<i32>,
    #[field(max_length = 255)]
    pub secret: Option<String>,
    #[field(max_length = 36)]
    pub realm_id: String,
    #[field(sql_type = "xml")]
    pub saml_descriptor: Option<String>,
    #[field(sql_type = "bit varying(16)")]
    pub flags: Option<String>,
    #[field(column = "baseUrl", default = raw_sql::<(), Option<String>>("'https://'"))]
    pub base_url: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "composite_role",
    primary_key(child_role, composite),
    index(composite, name = "idx_composite"),
    named_check(name = "composite_role_other", that = raw_sql::<CompositeRole, bool>("((composite)::text <> (child_role)::text)")),
    foreign_key = aludel::schema::ForeignKey::on("composite_role_child_role_fkey", ["child_role"])
        .references("keycloak_role", ["id"]),
    foreign_key = aludel::schema::ForeignKey::on("composite_role_composite_fkey", ["composite"])
        .references("keycloak_role", ["id"])
)]
pub struct CompositeRole {
    #[field(primary_key, max_length = 36)]
    pub composite: String,
    #[field(primary_key, max_length = 36)]
    pub child_role: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "event_entity",
    index(recorded, name = "idx_event_recorded", using = "brin"),
    index(realm_id, -event_time("NULLS LAST"), name = "idx_event_time")
)]
pub struct EventEntity {
    #[field(default = raw_sql::<(), uuid::Uuid>("gen_random_uuid()"))]
    pub id: uuid::Uuid,
    #[field(max_length = 255)]
    pub client_id: Option<String>,
    #[field(sql_type = "json")]
    pub details_json: Option<serde_json::Value>,
    #[field(sql_type = "inet")]
    pub ip_address: Option<String>,
    #[field(max_length = 255)]
    pub realm_id: Option<String>,
    #[field(sql_type = "millis")]
    pub event_time: Option<AnyText>,
    #[field(column = "type", max_length = 255)]
    pub type_: Option<String>,
    #[field(
        sql_type = "timestamp(3) without time zone",
        default = raw_sql::<(), Option<jiff::civil::DateTime>>("CURRENT_TIMESTAMP(3)")
    )]
    pub recorded: Option<jiff::civil::DateTime>,
    #[field(sql_type = "interval day to second")]
    pub valid_for: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "keycloak_role",
    constraint(name = "UK_BD3555FABDAA085843BAF6-2", raw = "UNIQUE NULLS NOT DISTINCT (name, client_realm_constraint)"),
    foreign_key = aludel::schema::ForeignKey::on("fk_0d79cd34daa0622c341da2a8", ["realm_id"])
        .references("realm", ["id"]).on_delete(aludel::schema::Action::Cascade).on_update(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("fk_role_client", ["client"]).references("client",
        ["id"]).options("NOT VALID")
)]
pub struct KeycloakRole {
    #[field(max_length = 36)]
    pub id: String,
    #[field(max_length = 255)]
    pub client_realm_constraint: Option<String>,
    #[field(default = false)]
    pub client_role: bool,
    #[field(max_length = 255)]
    pub description: Option<String>,
    #[field(max_length = 255, collation = "und-x-icu")]
    pub name: Option<String>,
    #[field(max_length = 255)]
    pub realm_id: Option<String>,
    #[field(max_length = 36)]
    pub client: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "offline_client_session",
    primary_key(external_client_id, client_id),
    foreign_key = aludel::schema::ForeignKey::on("offline_client_session_of_user", ["session_id",
        "session_flag"]).references("offline_user_session", ["user_session_id", "offline_flag"])
        .on_delete(aludel::schema::Action::Cascade).on_update(aludel::schema::Action::Cascade)
        .deferrable(aludel::schema::Deferrability::Deferred).options("MATCH FULL")
)]
pub struct OfflineClientSession {
    #[field(primary_key, max_length = 255)]
    pub client_id: String,
    #[field(max_length = 4)]
    pub session_flag: Option<String>,
    #[field(max_length = 36)]
    pub session_id: Option<String>,
    pub timestamp: Option<i32>,
    pub data: Option<String>,
    #[field(primary_key, max_length = 255, default = "local")]
    pub external_client_id: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "offline_user_session",
    options = "WITH (fillfactor=80, autovacuum_analyze_threshold=100)"
)]
pub struct OfflineUserSession {
    #[field(primary_key, max_length = 36)]
    pub user_session_id: String,
    #[field(max_length = 255)]
    pub user_id: Option<String>,
    #[field(max_length = 36)]
    pub realm_id: String,
    pub created_on: i32,
    #[field(primary_key, max_length = 4)]
    pub offline_flag: String,
    pub data: Option<String>,
    #[field(default = raw_sql::<(), Option<i32>>("0"))]
    pub version: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "realm",
    index(on(raw_sql::<Realm, String>("lower(name::text)"), "COLLATE \"C\" varchar_pattern_ops"),
        name = "idx_realm_master_adm_cli"),
    constraint(name = "uk_91a970d021e176da4409bd4a", raw = "UNIQUE (name) DEFERRABLE INITIALLY DEFERRED"),
    foreign_key = aludel::schema::ForeignKey::on("fk_realm_default_role", ["default_role"])
        .references("keycloak_role", ["id"]).on_delete(aludel::schema::Action::SetNull).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct Realm {
    #[field(max_length = 36)]
    pub id: String,
    pub access_code_lifespan: Option<i32>,
    #[field(max_length = 255)]
    pub name: Option<String>,
    #[field(max_length = 255)]
    pub ssl_required: Option<String>,
    #[field(sql_type = "millis")]
    pub events_expiration: Option<AnyText>,
    #[field(
        max_length = 2550,
        default = raw_sql::<(), Option<String>>("NULL::character varying")
    )]
    pub password_policy: Option<String>,
    #[field(max_length = 255)]
    pub default_role: Option<String>,
    #[field(default = false)]
    pub enabled: bool,
    pub login_window: Option<jiff::civil::Time>,
    #[field(sql_type = "macaddr[]")]
    pub allowed_macs: Option<AnyText>,
    #[field(auto(always))]
    pub internal_number: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "realm_attribute",
    primary_key(realm_id, name),
    foreign_key = aludel::schema::ForeignKey::on("fk_b9b50e8e433d1b2df2c0907e", ["realm_id"])
        .references("realm", ["id"])
)]
pub struct RealmAttribute {
    #[field(primary_key, max_length = 255)]
    pub name: String,
    #[field(primary_key, max_length = 36)]
    pub realm_id: String,
    pub value: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_attribute",
    index(name, -value("COLLATE \"C\""), name = "idx_user_attribute_name"),
    index(long_value_hash, name = "user_attr_long_values", using = "hash"),
    index(on = raw_sql::<UserAttribute, String>("md5(lower(long_value))"), on = raw_sql::<UserAttribute,
        String>("\"name\""), name = "user_attr_long_values_lower"),
    foreign_key = aludel::schema::ForeignKey::on("fk_7b66094eb873e3ff30474382", ["user_id"])
        .references("user_entity", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct UserAttribute {
    #[field(max_length = 255)]
    pub name: String,
    #[field(max_length = 255)]
    pub value: Option<String>,
    #[field(max_length = 36)]
    pub user_id: String,
    #[field(max_length = 36, default = "not-yet-numbered")]
    pub id: String,
    pub long_value_hash: Option<Bytes>,
    #[field(options = "COMPRESSION pglz")]
    pub long_value: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_entity",
    comment = "Users of all realms; a row's realm decides who sees it",
    unique(realm_id, email_constraint, name = "uk_038fa696f0874b62c196ee5b"),
    unique(realm_id, username, name = "uk_fbc3520e76c3269bdc85ad62"),
    index(email, name = "idx_user_email", filter = raw_sql::<UserEntity, bool>("(email IS NOT NULL)")),
    index(realm_id, service_account_client_link, name = "idx_user_service_account"),
    foreign_key = aludel::schema::ForeignKey::on("user_manager", ["manager_id"]).references("user_entity",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct UserEntity {
    #[field(sql_type = "identifier")]
    pub id: String,
    #[field(max_length = 255)]
    pub email: Option<String>,
    #[field(max_length = 255)]
    pub email_constraint: Option<String>,
    #[field(max_length = 255)]
    pub realm_id: Option<String>,
    #[field(max_length = 255)]
    pub username: Option<String>,
    #[field(
        sql_type = "millis",
        default = raw_sql::<(), Option<AnyText>>("now_millis()"),
        comment = "Milliseconds, µs are cut off"
    )]
    pub created_timestamp: Option<AnyText>,
    #[field(max_length = 255)]
    pub service_account_client_link: Option<String>,
    #[field(max_length = 36)]
    pub manager_id: Option<String>,
    #[field(default = 0)]
    pub not_before: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_role_mapping",
    primary_key(user_id, role_id),
    foreign_key = aludel::schema::ForeignKey::on("fk_1863ea6e9174d4d36025016f", ["user_id"])
        .references("user_entity", ["id"])
)]
pub struct UserRoleMapping {
    #[field(primary_key, max_length = 255)]
    pub role_id: String,
    #[field(primary_key, max_length = 36)]
    pub user_id: String,
}

// Beside the models: App::view(View::new("enabled_client", "SELECT client.id,\n    client.client_id,\n    client.enabled\n   FROM client\n  WHERE client.enabled")
//     .options("WITH (check_option=cascaded)"))
// Beside the models: App::view(View::new("role_tree", "WITH RECURSIVE tree(role, child, depth) AS (\n         SELECT c.composite,\n            c.child_role,\n            \
//     1 AS \"?column?\"\n           FROM composite_role c\n        UNION ALL\n         SELECT t.role,\n            \
//     c.child_role,\n            (t.depth + 1)\n           FROM (tree t\n             JOIN composite_role \
//     c ON (((c.composite)::text = (t.child)::text)))\n          WHERE (t.depth < 9)\n        )\n \
//     SELECT tree.role,\n    tree.child,\n    min(tree.depth) AS depth\n   FROM tree\n  GROUP BY \
//     tree.role, tree.child").options("WITH (security_barrier=true, security_invoker=true)"))
// Not managed: column settings long_value of user_attribute
// Not managed: column settings name of user_attribute
// Not managed: comment on constraint_9 of realm_attribute
// Not managed: comment on idx_user_email of user_entity
// Not managed: domain identifier
// Not managed: domain millis
// Not managed: function keep_email_constraint()
// Not managed: function now_millis()
// Not managed: identity options internal_number of realm: START 1000 INCREMENT 5
// Not managed: policy Ereignisse lesen on event_entity
// Not managed: policy events_written on event_entity
// Not managed: policy users_made_in_realm on user_entity
// Not managed: policy users_of_realm on user_entity
// Not managed: primary key name constraint_4a of realm
// Not managed: primary key name constraint_7 of client
// Not managed: primary key name constraint_9 of realm_attribute
// Not managed: primary key name constraint_a of keycloak_role
// Not managed: primary key name constraint_c of user_role_mapping
// Not managed: primary key name constraint_composite_role of composite_role
// Not managed: primary key name constraint_event_entity of event_entity
// Not managed: primary key name constraint_fb of user_entity
// Not managed: primary key name constraint_offl_cl_ses_pk3 of offline_client_session
// Not managed: primary key name constraint_offl_us_ses_pk2 of offline_user_session
// Not managed: primary key name constraint_user_attribute_pk of user_attribute
// Not managed: row security of event_entity
// Not managed: row security of user_entity
// Not managed: storage parameters constraint_offl_us_ses_pk2 of offline_user_session
// Not managed: trigger keep_email_constraint on user_entity
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("databasechangelog")
            .column(column("id", varchar(255)))
            .column(column("author", varchar(255)))
            .column(column("filename", varchar(255)))
            .column(column("dateexecuted", date_time()))
            .column(column("orderexecuted", integer()))
            .column(column("exectype", varchar(10)))
            .column(column("md5sum", custom("character(35)")).nullable())
            .column(column("comments", varchar(255)).nullable())
            .column(column("tag", varchar(255)).nullable())
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Client,
        CompositeRole,
        EventEntity,
        KeycloakRole,
        OfflineClientSession,
        OfflineUserSession,
        Realm,
        RealmAttribute,
        UserAttribute,
        UserEntity,
        UserRoleMapping
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Client::meta().table.to_string(), Client::query().all(db).await?.len()),
        (CompositeRole::meta().table.to_string(), CompositeRole::query().all(db).await?.len()),
        (EventEntity::meta().table.to_string(), EventEntity::query().all(db).await?.len()),
        (KeycloakRole::meta().table.to_string(), KeycloakRole::query().all(db).await?.len()),
        (OfflineClientSession::meta().table.to_string(), OfflineClientSession::query().all(db).await?.len()),
        (OfflineUserSession::meta().table.to_string(), OfflineUserSession::query().all(db).await?.len()),
        (Realm::meta().table.to_string(), Realm::query().all(db).await?.len()),
        (RealmAttribute::meta().table.to_string(), RealmAttribute::query().all(db).await?.len()),
        (UserAttribute::meta().table.to_string(), UserAttribute::query().all(db).await?.len()),
        (UserEntity::meta().table.to_string(), UserEntity::query().all(db).await?.len()),
        (UserRoleMapping::meta().table.to_string(), UserRoleMapping::query().all(db).await?.len()),
    ])
}
