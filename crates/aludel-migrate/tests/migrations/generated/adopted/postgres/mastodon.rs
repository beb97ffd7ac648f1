//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "filter_context")]
pub enum FilterContextKind {
    #[db_enum(label = "home")]
    Home,
    #[db_enum(label = "notifications")]
    Notifications,
    #[db_enum(label = "public thread")]
    PublicThread,
    #[db_enum(label = "café")]
    Café,
}

#[derive(DbEnum, Debug, Clone, Copy, PartialEq, Eq)]
#[db_enum(name = "status_visibility")]
pub enum StatusVisibilityKind {
    #[db_enum(label = "public")]
    Public,
    #[db_enum(label = "unlisted")]
    Unlisted,
    #[db_enum(label = "private")]
    Private,
    #[db_enum(label = "direct")]
    Direct,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "accounts",
    index(moved_to_account_id, name = "index_accounts_on_moved_to", filter = raw_sql::<Account,
        bool>("(moved_to_account_id IS NOT NULL)")),
    index(uri("text_pattern_ops"), name = "index_accounts_on_uri", filter = raw_sql::<Account,
        bool>("(uri IS NOT NULL)")),
    index(on = raw_sql::<Account, String>("lower(username::text)"), on = raw_sql::<Account,
        String>("COALESCE(lower(domain::text), ''::text)"), unique, name = "index_accounts_on_username_and_domain_lower"),
    index(on = raw_sql::<Account, String>("(setweight(to_tsvector('simple'::regconfig, display_name::text), 'A'::\"char\") || setweight(to_tsvector('simple'::regconfig, \
        username::text), 'B'::\"char\")) || setweight(to_tsvector('simple'::regconfig, COALESCE(domain, \
        ''::character varying)::text), 'C'::\"char\")"), name = "search_index", using = "gin"),
    foreign_key = aludel::schema::ForeignKey::on("fk_moved_186aff66", ["moved_to_account_id"])
        .references("accounts", ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Account {
    #[field(given, default = raw_sql::<(), i64>("timestamp_id('accounts'::text)"))]
    pub id: i64,
    #[field(sql_type = "character varying", default = "")]
    pub username: String,
    #[field(sql_type = "character varying")]
    pub domain: Option<String>,
    pub private_key: Option<String>,
    #[field(default = "")]
    pub public_key: String,
    #[field(sql_type = "character varying", default = "")]
    pub display_name: String,
    #[field(sql_type = "character varying", default = "")]
    pub uri: String,
    #[field(sql_type = "character varying[]")]
    pub also_known_as: Option<AnyText>,
    pub moved_to_account_id: Option<i64>,
    pub avatar_updated_at: Option<jiff::civil::DateTime>,
    pub suspended_at: Option<jiff::civil::DateTime>,
    pub fields: Option<serde_json::Value>,
    pub discoverable: Option<bool>,
    #[field(sql_type = "timestamp(6) without time zone")]
    pub created_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "conversations",
    index(uri("text_pattern_ops"), unique, name = "index_conversations_on_uri", filter = raw_sql::<Conversation,
        bool>("(uri IS NOT NULL)"))
)]
pub struct Conversation {
    pub id: i64,
    #[field(sql_type = "character varying")]
    pub uri: Option<String>,
    #[field(
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub created_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "custom_filters",
    constraint(name = "custom_filters_phrase", raw = "UNIQUE NULLS NOT DISTINCT (account_id, phrase)"),
    foreign_key = aludel::schema::ForeignKey::on("custom_filters_account_id_fkey", ["account_id"])
        .references("accounts", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct CustomFilter {
    pub id: i64,
    pub account_id: Option<i64>,
    #[field(default = "")]
    pub phrase: String,
    #[field(default = raw_sql::<(), Vec<FilterContextKind>>("'{home}'::filter_context[]"))]
    pub context: Vec<FilterContextKind>,
    pub expires_at: Option<jiff::civil::DateTime>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "follows",
    index(account_id, target_account_id, unique, name = "index_follows_on_both"),
    named_check(name = "not_oneself", that = raw_sql::<Follow, bool>("(account_id <> target_account_id)")),
    foreign_key = aludel::schema::ForeignKey::on("fk_followed", ["target_account_id"]).references("accounts",
        ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("fk_follower", ["account_id"]).references("accounts",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Follow {
    pub id: i64,
    pub account_id: i64,
    pub target_account_id: i64,
    #[field(sql_type = "character varying[]")]
    pub languages: Option<AnyText>,
    #[field(default = true)]
    pub show_reblogs: bool,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "invites",
    unique(code, name = "invites_code_key"),
    named_check(name = "invites_max_uses_check", that = raw_sql::<Invite, bool>("(max_uses > 0)")),
    foreign_key = aludel::schema::ForeignKey::on("invites_user_id_fkey", ["user_id"]).references("users",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Invite {
    pub id: i64,
    pub user_id: i64,
    #[field(max_length = 16, default = "")]
    pub code: String,
    pub max_uses: Option<i32>,
    #[field(default = 0)]
    pub uses: i32,
    pub expires_at: Option<jiff::civil::DateTime>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "media_attachments",
    index(remote_url, name = "index_media_attachments_on_remote_url", using = "hash"),
    foreign_key = aludel::schema::ForeignKey::on("media_attachments_account_id_fkey", ["account_id"])
        .references("accounts", ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("media_attachments_status_id_fkey", ["status_id"])
        .references("statuses", ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct MediaAttachment {
    #[field(given, default = raw_sql::<(), i64>("nextval('media_attachments_id_seq'::regclass)"))]
    pub id: i64,
    pub status_id: Option<i64>,
    pub account_id: Option<i64>,
    #[field(sql_type = "character varying", default = "")]
    pub remote_url: String,
    #[field(sql_type = "json")]
    pub file_meta: Option<serde_json::Value>,
    #[field(sql_type = "point")]
    pub focus: Option<String>,
    #[field(sql_type = "character varying")]
    pub blurhash: Option<String>,
    #[field(column = "type", default = 0)]
    pub type_: i32,
    pub description: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "session_activations",
    options = "WITH (fillfactor=60)",
    foreign_key = aludel::schema::ForeignKey::on("session_activations_user_id_fkey", ["user_id"])
        .references("users", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct SessionActivation {
    #[field(primary_key, sql_type = "character varying")]
    pub session_id: String,
    pub user_id: i64,
    #[field(sql_type = "inet")]
    pub ip: Option<String>,
    #[field(sql_type = "character varying", default = "")]
    pub user_agent: String,
    pub updated_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "statuses",
    index(account_id, -id, visibility, edited_at, name = "index_statuses_by_account", filter = raw_sql::<Statuse,
        bool>("(deleted_at IS NULL)")),
    index(uri, unique, name = "index_statuses_on_uri", filter = raw_sql::<Statuse, bool>("(uri IS NOT NULL)")),
    index(-id, name = "index_statuses_public", include(account_id, language), filter = raw_sql::<Statuse,
        bool>("((deleted_at IS NULL) AND (visibility = 'public'::status_visibility) AND (reblog_of_id IS NULL))")),
    foreign_key = aludel::schema::ForeignKey::on("statuses_account_id_fkey", ["account_id"])
        .references("accounts", ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("statuses_conversation_id_fkey", ["conversation_id"])
        .references("conversations", ["id"]),
    foreign_key = aludel::schema::ForeignKey::on("statuses_in_reply_to_id_fkey", ["in_reply_to_id"])
        .references("statuses", ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("statuses_reblog_of_id_fkey", ["reblog_of_id"])
        .references("statuses", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Statuse {
    #[field(given, default = raw_sql::<(), i64>("timestamp_id('statuses'::text)"))]
    pub id: i64,
    #[field(sql_type = "character varying")]
    pub uri: Option<String>,
    #[field(default = "")]
    pub text: String,
    pub in_reply_to_id: Option<i64>,
    pub reblog_of_id: Option<i64>,
    pub account_id: i64,
    pub conversation_id: Option<i64>,
    #[field(default = raw_sql::<(), StatusVisibilityKind>("'public'::status_visibility"))]
    pub visibility: StatusVisibilityKind,
    #[field(default = false)]
    pub sensitive: bool,
    #[field(sql_type = "character varying")]
    pub language: Option<String>,
    pub ordered_media_attachment_ids: Option<Vec<Option<i64>>>,
    pub edited_at: Option<jiff::civil::DateTime>,
    pub deleted_at: Option<jiff::civil::DateTime>,
    #[field(
        sql_type = "timestamp(6) without time zone",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub created_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "statuses_tags",
    primary_key(tag_id, status_id),
    index(status_id, name = "index_statuses_tags_on_status_id"),
    foreign_key = aludel::schema::ForeignKey::on("statuses_tags_status_id_fkey", ["status_id"])
        .references("statuses", ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("statuses_tags_tag_id_fkey", ["tag_id"]).references("tags",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct StatusesTag {
    #[field(primary_key)]
    pub status_id: i64,
    #[field(primary_key)]
    pub tag_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tags",
    index(on(raw_sql::<Tag, String>("lower(name::text)"), "text_pattern_ops"), unique, name = "index_tags_on_name_lower_btree"),
    index(-max_score("NULLS LAST"), id, name = "index_tags_trending", filter = raw_sql::<Tag,
        bool>("(max_score > (0.5)::double precision)"))
)]
pub struct Tag {
    pub id: i64,
    #[field(sql_type = "character varying", default = "")]
    pub name: String,
    pub usable: Option<bool>,
    pub max_score: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "users",
    unique(email, name = "index_users_on_email"),
    index(on = raw_sql::<User, String>("lower(email::text)"), -on(raw_sql::<User, String>("\"current_sign_in_at\"")),
        name = "index_users_on_unconfirmed", filter = raw_sql::<User, bool>("(NOT disabled)")),
    foreign_key = aludel::schema::ForeignKey::on("fk_users_invite", ["invite_id"]).references("invites",
        ["id"]).on_delete(aludel::schema::Action::SetNull).options("NOT VALID"),
    foreign_key = aludel::schema::ForeignKey::on("users_account_id_fkey", ["account_id"]).references("accounts",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct User {
    pub id: i64,
    #[field(sql_type = "character varying", default = "")]
    pub email: String,
    pub account_id: i64,
    #[field(sql_type = "inet")]
    pub sign_up_ip: Option<String>,
    #[field(sql_type = "character varying[]")]
    pub chosen_languages: Option<AnyText>,
    #[field(sql_type = "character varying[]", default = raw_sql::<(), Option<AnyText>>("'{}'"))]
    pub otp_backup_codes: Option<AnyText>,
    pub settings: Option<String>,
    pub invite_id: Option<i64>,
    pub current_sign_in_at: Option<jiff::civil::DateTime>,
    #[field(default = false)]
    pub disabled: bool,
}

// Beside the models: App::view(View::new("account_summaries", "SELECT a.id AS account_id,\n    mode() WITHIN GROUP (ORDER BY s.language) AS language,\n    \
//     count(s.id) AS statuses\n   FROM (accounts a\n     LEFT JOIN statuses s ON (((s.account_id \
//     = a.id) AND (s.deleted_at IS NULL))))\n  WHERE ((a.suspended_at IS NULL) AND (a.moved_to_account_id \
//     IS NULL))\n  GROUP BY a.id").materialized())
// Beside the models: App::view(View::new("instances", "SELECT accounts.domain,\n    count(*) AS accounts_count,\n    max(accounts.created_at) AS newest\n   \
//     FROM accounts\n  WHERE (accounts.domain IS NOT NULL)\n  GROUP BY accounts.domain").materialized())
// Beside the models: App::view(View::new("user_ips", "SELECT u.user_id,\n    u.ip,\n    max(u.used_at) AS used_at\n   FROM ( SELECT users.id AS user_id,\n            \
//     users.sign_up_ip AS ip,\n            users.current_sign_in_at AS used_at\n           FROM users\n          \
//     WHERE (users.sign_up_ip IS NOT NULL)\n        UNION ALL\n         SELECT s.user_id,\n            \
//     s.ip,\n            s.updated_at\n           FROM session_activations s) u\n  GROUP BY u.user_id, \
//     u.ip"))
// Not managed: UNLOGGED session_activations
// Not managed: function timestamp_id(table_name text)
// Not managed: index index_account_summaries_on_account_id on account_summaries
// Not managed: index index_account_summaries_on_language on account_summaries
// Not managed: index index_instances_on_domain on instances
// Not managed: index index_instances_on_reverse_domain on instances
// Not managed: sequence accounts_id_seq
// Not managed: sequence media_attachments_id_seq
// Not managed: sequence statuses_id_seq
// Not managed: serial id of conversations
// Not managed: serial id of custom_filters
// Not managed: serial id of follows
// Not managed: serial id of invites
// Not managed: serial id of tags
// Not managed: serial id of users
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Account,
        Conversation,
        CustomFilter,
        Follow,
        Invite,
        MediaAttachment,
        SessionActivation,
        Statuse,
        StatusesTag,
        Tag,
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
        (Account::meta().table.to_string(), Account::query().all(db).await?.len()),
        (Conversation::meta().table.to_string(), Conversation::query().all(db).await?.len()),
        (CustomFilter::meta().table.to_string(), CustomFilter::query().all(db).await?.len()),
        (Follow::meta().table.to_string(), Follow::query().all(db).await?.len()),
        (Invite::meta().table.to_string(), Invite::query().all(db).await?.len()),
        (MediaAttachment::meta().table.to_string(), MediaAttachment::query().all(db).await?.len()),
        (SessionActivation::meta().table.to_string(), SessionActivation::query().all(db).await?.len()),
        (Statuse::meta().table.to_string(), Statuse::query().all(db).await?.len()),
        (StatusesTag::meta().table.to_string(), StatusesTag::query().all(db).await?.len()),
        (Tag::meta().table.to_string(), Tag::query().all(db).await?.len()),
        (User::meta().table.to_string(), User::query().all(db).await?.len()),
    ])
}
