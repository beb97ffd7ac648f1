//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "categories",
    index(on = raw_sql::<Category, String>("COALESCE(parent_category_id, '-1'::integer)"), on = raw_sql::<Category,
        String>("lower(name::text)"), unique, name = "unique_index_categories_on_name"),
    index(on = raw_sql::<Category, String>("COALESCE(parent_category_id, '-1'::integer)"), on = raw_sql::<Category,
        String>("lower(slug::text)"), unique, name = "unique_index_categories_on_slug", filter = raw_sql::<Category,
        bool>("((slug)::text <> ''::text)")),
    foreign_key = aludel::schema::ForeignKey::on("categories_parent_category_id_fkey", ["parent_category_id"])
        .references("categories", ["id"])
)]
pub struct Category {
    pub id: i32,
    #[field(max_length = 50)]
    pub name: String,
    #[field(sql_type = "character varying")]
    pub slug: String,
    #[field(max_length = 6, default = "0088CC")]
    pub color: String,
    pub parent_category_id: Option<i32>,
    pub position: Option<i32>,
    #[field(default = raw_sql::<(), Vec<Option<String>>>("'{}'"))]
    pub allowed_tags: Vec<Option<String>>,
    pub auto_close_hours: Option<f64>,
    #[field(default = false)]
    pub read_restricted: bool,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "posts",
    index(reply_to_post_number, name = "index_posts_on_reply_to", filter = raw_sql::<Post, bool>("(reply_to_post_number IS NOT NULL)")),
    index(search_data, name = "index_posts_on_search_data", using = "gin", options = "WITH (fastupdate=off)"),
    constraint(name = "posts_number_in_topic", raw = "UNIQUE (topic_id, post_number) DEFERRABLE INITIALLY DEFERRED"),
    foreign_key = aludel::schema::ForeignKey::on("posts_topic_id_fkey", ["topic_id"]).references("topics",
        ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("posts_user_id_fkey", ["user_id"]).references("users",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Post {
    pub id: i32,
    pub user_id: Option<i32>,
    pub topic_id: i32,
    pub post_number: i32,
    #[field(options = "COMPRESSION pglz")]
    pub raw: String,
    pub cooked: String,
    pub reply_to_post_number: Option<i32>,
    #[field(comment = "Not written any more; it's to be dropped")]
    pub avg_time: Option<i32>,
    #[field(max_length = 20)]
    pub locale: Option<String>,
    pub deleted_at: Option<jiff::civil::DateTime>,
    #[field(
        sql_type = "tsvector",
        generated = raw_sql::<Post, Option<String>>("to_tsvector('forum_search'::regconfig, raw)")
    )]
    pub search_data: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "scheduler_stats",
    options = "WITH (autovacuum_enabled=false)",
    index(
        started_at,
        name = "index_scheduler_stats_brin",
        using = "brin",
        options = "WITH (pages_per_range='32')"
    )
)]
pub struct SchedulerStat {
    pub id: i64,
    #[field(sql_type = "character varying")]
    pub name: String,
    #[field(column = "match")]
    pub match_: Option<String>,
    #[field(sql_type = "json")]
    pub payload: Option<serde_json::Value>,
    #[field(default = now())]
    pub started_at: jiff::Timestamp,
    pub live_slots_start: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tags",
    index(on = raw_sql::<Tag, String>("lower(name::text)"), unique, name = "index_tags_on_lower_name"),
    foreign_key = aludel::schema::ForeignKey::on("tags_target_tag_id_fkey", ["target_tag_id"])
        .references("tags", ["id"])
)]
pub struct Tag {
    pub id: i32,
    #[field(sql_type = "character varying", collation = "C")]
    pub name: String,
    #[field(default = 0)]
    pub topic_count: i32,
    pub target_tag_id: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "topic_tags",
    primary_key(tag_id, topic_id),
    foreign_key = aludel::schema::ForeignKey::on("topic_tags_tag_id_fkey", ["tag_id"]).references("tags",
        ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("topic_tags_topic_id_fkey", ["topic_id"]).references("topics",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct TopicTag {
    #[field(primary_key)]
    pub topic_id: i32,
    #[field(primary_key)]
    pub tag_id: i32,
    pub created_at: Option<jiff::civil::DateTime>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "topics",
    comment = "A thread: „Thema“",
    index(category_id("NULLS FIRST"), -bumped_at, name = "index_forum_topics", include(title)),
    index(bumped_at, name = "index_topics_on_bumped_at_public", filter = raw_sql::<Topic, bool>("((deleted_at IS NULL) AND ((archetype)::text <> 'private_message'::text))")),
    index(id, deleted_at, name = "index_topics_on_id_and_deleted_at"),
    named_check(name = "has_category_id", that = raw_sql::<Topic, bool>("((category_id IS NOT NULL) OR ((archetype)::text <> 'regular'::text))")),
    named_check(name = "pm_has_no_category", that = raw_sql::<Topic, bool>("((category_id IS NULL) OR ((archetype)::text <> 'private_message'::text))")),
    foreign_key = aludel::schema::ForeignKey::on("topics_category_id_fkey", ["category_id"])
        .references("categories", ["id"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("topics_user_id_fkey", ["user_id"]).references("users",
        ["id"]).on_delete(aludel::schema::Action::SetNull).on_update(aludel::schema::Action::Cascade)
)]
pub struct Topic {
    pub id: i32,
    #[field(sql_type = "character varying")]
    pub title: String,
    #[field(sql_type = "character varying")]
    pub fancy_title: Option<String>,
    pub category_id: Option<i32>,
    pub user_id: Option<i32>,
    #[field(sql_type = "character varying", default = "regular")]
    pub archetype: String,
    #[field(default = 0)]
    pub posts_count: i32,
    pub score: Option<f64>,
    #[field(default = raw_sql::<(), f32>("1.0"))]
    pub percent_rank: f32,
    pub bumped_at: jiff::civil::DateTime,
    pub pinned_until: Option<jiff::civil::DateTime>,
    pub deleted_at: Option<jiff::civil::DateTime>,
    #[field(sql_type = "interval")]
    pub avg_time: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "uploads",
    index(on = raw_sql::<Upload, String>("lower(extension::text)"), name = "index_uploads_on_extension",
        filter = raw_sql::<Upload, bool>("(extension IS NOT NULL)")),
    index(sha1, unique, name = "index_uploads_on_sha1"),
    index(sha1, name = "index_uploads_on_sha1_hash", using = "hash"),
    foreign_key = aludel::schema::ForeignKey::on("fk_uploads_user", ["user_id"]).references("users",
        ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct Upload {
    pub id: i32,
    pub user_id: i32,
    #[field(sql_type = "character varying")]
    pub original_filename: String,
    pub filesize: i64,
    #[field(max_length = 40)]
    pub sha1: Option<String>,
    pub thumbnail: Option<Bytes>,
    #[field(max_length = 10)]
    pub extension: Option<String>,
    #[field(default = false)]
    pub secure: bool,
    #[field(sql_type = "box")]
    pub selection: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "users",
    index(id, name = "index_users_on_admin", filter = raw_sql::<User, bool>("admin")),
    index(-last_seen_at("NULLS LAST"), name = "index_users_on_last_seen_at"),
    index(on(raw_sql::<User, String>("lower(name::text)"), "gin_trgm_ops"), name = "index_users_on_name_trgm",
        using = "gin"),
    index(preferences, name = "index_users_on_preferences", using = "gin"),
    index(username_lower("text_pattern_ops"), name = "index_users_on_username_like"),
    index(username_lower, unique, name = "index_users_on_username_lower"),
    named_check(name = "users_trust_level_check", that = raw_sql::<User, bool>("((trust_level >= 0) AND (trust_level <= 4))")),
    foreign_key = aludel::schema::ForeignKey::on("fk_users_avatar", ["uploaded_avatar_id"])
        .references("uploads", ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct User {
    pub id: i32,
    #[field(max_length = 60)]
    pub username: String,
    #[field(max_length = 60)]
    pub username_lower: String,
    #[field(sql_type = "character varying")]
    pub name: Option<String>,
    #[field(default = false)]
    pub admin: bool,
    pub trust_level: i16,
    #[field(sql_type = "inet")]
    pub ip_address: Option<String>,
    #[field(sql_type = "inet")]
    pub registration_ip_address: Option<String>,
    pub last_seen_at: Option<jiff::civil::DateTime>,
    pub uploaded_avatar_id: Option<i32>,
    #[field(sql_type = "point")]
    pub location: Option<String>,
    #[field(sql_type = "hstore", default = raw_sql::<(), String>("''::hstore"))]
    pub preferences: String,
    #[field(sql_type = "bit varying", default = raw_sql::<(), String>("'0'::\"bit\""))]
    pub seen_notices: String,
    #[field(
        sql_type = "timestamp(6) without time zone",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub created_at: jiff::civil::DateTime,
}

// Beside the models: App::view(View::new("badge_posts", "SELECT v.user_id,\n    count(*) AS posts,\n    max(v.post_number) AS highest\n   FROM visible_posts \
//     v\n  GROUP BY v.user_id"))
// Beside the models: App::view(View::new("visible_posts", "SELECT p.id,\n    p.user_id,\n    p.topic_id,\n    p.post_number,\n    p.cooked,\n    t.title,\n    \
//     t.category_id\n   FROM ((posts p\n     JOIN topics t ON ((t.id = p.topic_id)))\n     JOIN categories \
//     c ON ((c.id = t.category_id)))\n  WHERE ((p.deleted_at IS NULL) AND (t.deleted_at IS NULL) \
//     AND (NOT c.read_restricted))"))
// Beside the models: App::extension("hstore")
// Beside the models: App::extension("pg_trgm")
// Not managed: UNLOGGED scheduler_stats
// Not managed: column settings thumbnail of uploads
// Not managed: column settings title of topics
// Not managed: comment on view badge_posts
// Not managed: function raise_posts_avg_time_readonly()
// Not managed: serial id of categories
// Not managed: serial id of posts
// Not managed: serial id of scheduler_stats
// Not managed: serial id of tags
// Not managed: serial id of topics
// Not managed: serial id of uploads
// Not managed: serial id of users
// Not managed: text search configuration forum_search
// Not managed: trigger posts_avg_time_readonly on posts
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("category_users_seen")
            .column(column("category_id", integer()))
            .column(column("user_id", integer()))
            .column(column("user name", text()).nullable())
            .column(column("seen_on", date()).nullable())
            .index(index("idx_category_users_seen", ["user_id", "category_id"]).unique())
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Category,
        Post,
        SchedulerStat,
        Tag,
        TopicTag,
        Topic,
        Upload,
        User
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Category::meta().table.to_string(), Category::query().all(db).await?.len()),
        (Post::meta().table.to_string(), Post::query().all(db).await?.len()),
        (SchedulerStat::meta().table.to_string(), SchedulerStat::query().all(db).await?.len()),
        (Tag::meta().table.to_string(), Tag::query().all(db).await?.len()),
        (TopicTag::meta().table.to_string(), TopicTag::query().all(db).await?.len()),
        (Topic::meta().table.to_string(), Topic::query().all(db).await?.len()),
        (Upload::meta().table.to_string(), Upload::query().all(db).await?.len()),
        (User::meta().table.to_string(), User::query().all(db).await?.len()),
    ])
}
