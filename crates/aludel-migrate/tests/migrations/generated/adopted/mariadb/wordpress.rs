//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_gmp_markers",
    options = "ENGINE=Aria COLLATE=utf8mb4_general_ci page_checksum=1",
    index(coord, name = "coord", using = "spatial")
)]
pub struct WpGmpMarker {
    #[field(sql_type = "int(11) unsigned")]
    pub id: i64,
    #[field(max_length = 125, collation = "utf8mb4_general_ci")]
    pub title: String,
    #[field(sql_type = "point")]
    pub coord: Bytes,
    #[field(sql_type = "polygon")]
    pub area: Option<Bytes>,
    #[field(sql_type = "geometry")]
    pub params: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_ngg_pictures",
    comment = "Pictures; a gallery's are numbered from 1",
    options = "ENGINE=MyISAM COLLATE=latin1_swedish_ci",
    index(description, name = "description", using = "fulltext")
)]
pub struct WpNggPicture {
    #[field(primary_key, max_length = 40, collation = "latin1_swedish_ci")]
    pub gallery: String,
    #[field(primary_key, sql_type = "mediumint(8) unsigned", auto)]
    pub pid: i64,
    #[field(max_length = 255, collation = "latin1_swedish_ci")]
    pub filename: String,
    #[field(sql_type = "mediumtext", collation = "latin1_swedish_ci")]
    pub description: Option<String>,
    #[field(max_length = 100, collation = "utf8mb3_general_ci")]
    pub alttext: Option<String>,
    #[field(default = raw_sql::<(), jiff::civil::Date>("'1970-01-01'"))]
    pub imagedate: jiff::civil::Date,
    #[field(
        column = "exclude",
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), AnyText>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(false)))
    )]
    pub exclude_field: AnyText,
    #[field(
        sql_type = "set('sticky','private','grün')",
        default = "sticky",
        collation = "latin1_swedish_ci"
    )]
    pub flags: String,
    pub exposure: Option<f32>,
    #[field(sql_type = "tinyblob")]
    pub thumb: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_options",
    options = "COLLATE=utf8mb4_unicode_ci",
    unique(option_name, name = "option_name"),
    index(autoload, name = "autoload")
)]
pub struct WpOption {
    #[field(primary_key, sql_type = "bigint(20) unsigned", auto)]
    pub option_id: i64,
    #[field(max_length = 191, default = "", collation = "utf8mb4_unicode_ci")]
    pub option_name: String,
    #[field(collation = "utf8mb4_unicode_ci")]
    pub option_value: String,
    #[field(max_length = 20, default = "yes", collation = "utf8mb4_unicode_ci")]
    pub autoload: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_posts",
    options = "COLLATE=utf8mb4_unicode_520_ci",
    index(post_author, name = "post_author", options = "IGNORED"),
    index(post_name("(191)"), name = "post_name"),
    index(post_parent, name = "post_parent"),
    index(post_title("(10)"), name = "post_title_start", options = "COMMENT 'for the list of titles, by letter'"),
    index(post_title, post_content, name = "search", using = "fulltext"),
    index(post_type, post_status, -post_date, id, name = "type_status_date")
)]
pub struct WpPost {
    #[field(column = "ID", sql_type = "bigint(20) unsigned")]
    pub id: i64,
    #[field(sql_type = "bigint(20) unsigned", default = 0)]
    pub post_author: i64,
    #[field(sql_type = "datetime", default = raw_sql::<(), AnyText>("'0000-00-00 00:00:00'"))]
    pub post_date: AnyText,
    #[field(collation = "utf8mb4_unicode_520_ci")]
    pub post_content: String,
    #[field(sql_type = "text", collation = "utf8mb4_unicode_520_ci")]
    pub post_title: String,
    #[field(sql_type = "tinytext", collation = "utf8mb4_unicode_520_ci")]
    pub post_excerpt: Option<String>,
    #[field(
        max_length = 20,
        default = "publish",
        collation = "utf8mb4_unicode_520_ci"
    )]
    pub post_status: String,
    #[field(
        sql_type = "enum('open','closed','it''s complicated')",
        default = "open",
        collation = "utf8mb4_unicode_520_ci"
    )]
    pub comment_status: String,
    #[field(max_length = 200, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub post_name: String,
    #[field(
        sql_type = "timestamp",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        options = "ON UPDATE current_timestamp()"
    )]
    pub post_modified: jiff::civil::DateTime,
    #[field(collation = "utf8mb4_unicode_520_ci", options = "COMPRESSED")]
    pub post_content_filtered: Option<String>,
    #[field(sql_type = "bigint(20) unsigned", default = raw_sql::<(), AnyText>("0"))]
    pub post_parent: AnyText,
    #[field(max_length = 255, default = "", collation = "latin1_general_cs")]
    pub guid: String,
    #[field(default = 0)]
    pub menu_order: i32,
    #[field(
        max_length = 20,
        default = "post",
        collation = "utf8mb4_unicode_520_ci"
    )]
    pub post_type: String,
    #[field(default = 0)]
    pub comment_count: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_session_cache",
    options = "ENGINE=MEMORY COLLATE=utf8mb4_general_ci max_rows=100000",
    index(session_expiry, name = "expiry"),
    index(user_id, name = "user_id")
)]
pub struct WpSessionCache {
    #[field(primary_key, sql_type = "char(32)", collation = "ascii_bin")]
    pub session_key: String,
    #[field(sql_type = "bigint(20) unsigned")]
    pub session_expiry: AnyText,
    #[field(sql_type = "bigint(20) unsigned")]
    pub user_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_term_relationships",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(term_taxonomy_id, name = "term_taxonomy_id")
)]
pub struct WpTermRelationship {
    #[field(primary_key, sql_type = "bigint(20) unsigned", default = raw_sql::<(), AnyText>("0"))]
    pub object_id: AnyText,
    #[field(primary_key, sql_type = "bigint(20) unsigned", default = 0)]
    pub term_taxonomy_id: i64,
    #[field(default = 0)]
    pub term_order: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_term_taxonomy",
    options = "COLLATE=utf8mb4_unicode_ci",
    index(name("(100)"), taxonomy, unique, name = "name_taxonomy"),
    foreign_key = aludel::schema::ForeignKey::on("wp_term_parent", ["parent"]).references("wp_term_taxonomy",
        ["term_taxonomy_id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct WpTermTaxonomy {
    #[field(primary_key, sql_type = "bigint(20) unsigned", auto)]
    pub term_taxonomy_id: i64,
    #[field(max_length = 32, default = "", collation = "utf8mb4_unicode_ci")]
    pub taxonomy: String,
    #[field(max_length = 200, default = "", collation = "utf8mb4_bin")]
    pub name: String,
    #[field(default = "", collation = "utf8mb4_unicode_ci")]
    pub description: String,
    #[field(sql_type = "bigint(20) unsigned")]
    pub parent: Option<i64>,
    #[field(default = 0)]
    pub count: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_usermeta",
    options = "COLLATE=utf8mb4_unicode_520_ci",
    index(meta_key("(191)"), name = "meta_key"),
    index(user_id, name = "user_id")
)]
pub struct WpUsermeta {
    #[field(primary_key, sql_type = "bigint(20) unsigned", auto)]
    pub umeta_id: i64,
    #[field(sql_type = "bigint(20) unsigned", default = raw_sql::<(), AnyText>("0"))]
    pub user_id: AnyText,
    #[field(max_length = 255, collation = "utf8mb4_unicode_520_ci")]
    pub meta_key: Option<String>,
    #[field(collation = "utf8mb4_unicode_520_ci")]
    pub meta_value: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_users",
    options = "COLLATE=utf8mb4_unicode_520_ci",
    unique(user_login, name = "user_login_key"),
    index(user_email, name = "user_email"),
    index(user_nicename, name = "user_nicename")
)]
pub struct WpUser {
    #[field(column = "ID", sql_type = "bigint(20) unsigned", auto)]
    pub id: AnyText,
    #[field(max_length = 60, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub user_login: String,
    #[field(max_length = 255, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub user_pass: String,
    #[field(max_length = 50, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub user_nicename: String,
    #[field(max_length = 100, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub user_email: String,
    #[field(max_length = 100, default = "", collation = "ascii_general_ci")]
    pub user_url: String,
    #[field(sql_type = "datetime", default = raw_sql::<(), AnyText>("'0000-00-00 00:00:00'"))]
    pub user_registered: AnyText,
    #[field(default = 0)]
    pub user_status: i32,
    #[field(max_length = 250, default = "", collation = "utf8mb4_unicode_520_ci")]
    pub display_name: String,
    #[field(sql_type = "tinyint(2)", default = 0)]
    pub spam: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "wp_wc_orders",
    options = "COLLATE=utf8mb4_unicode_520_ci",
    index(customer_id, status, name = "customer_id_status"),
    index(is_paid, name = "is_paid"),
    foreign_key = aludel::schema::ForeignKey::on("fk_wc_customer", ["customer_id"]).references("wp_users",
        ["ID"]).on_update(aludel::schema::Action::Cascade)
)]
pub struct WpWcOrder {
    #[field(sql_type = "bigint(20) unsigned")]
    pub id: AnyText,
    #[field(max_length = 20, collation = "utf8mb4_unicode_520_ci")]
    pub status: Option<String>,
    #[field(max_length = 10, collation = "utf8mb4_unicode_520_ci")]
    pub currency: Option<String>,
    #[field(decimal(26, 8))]
    pub total_amount: Option<rust_decimal::Decimal>,
    #[field(sql_type = "bigint(20) unsigned")]
    pub customer_id: Option<AnyText>,
    #[field(max_length = 100, collation = "utf8mb4_unicode_520_ci")]
    pub ip_address: Option<String>,
    #[field(sql_type = "text", collation = "utf8mb4_unicode_520_ci")]
    pub customer_note: Option<String>,
    #[field(
        generated = raw_sql::<WpWcOrder, Option<bool>>("`status` in ('wc-completed','wc-processing')"),
        virtual
    )]
    pub is_paid: Option<bool>,
}

// Beside the models: App::view(View::new("wp_authors", "select `u`.`ID` AS `author id`,`u`.`display_name` AS `display_name`,`p`.`post_title` AS `post_title` \
//     from (`wp_users` `u` left join `wp_published` `p` on(`p`.`post_author` = `u`.`ID`))").options("ALGORITHM=MERGE SQL SECURITY INVOKER"))
// Beside the models: App::view(View::new("wp_published", "select `wp_posts`.`ID` AS `ID`,`wp_posts`.`post_author` AS `post_author`,`wp_posts`.`post_title` \
//     AS `post_title`,`wp_posts`.`post_date` AS `post_date` from `wp_posts` where `wp_posts`.`post_status` \
//     = 'publish' and `wp_posts`.`post_type` = 'post'"))
// Not managed: USING BTREE expiry of wp_session_cache
// Not managed: event wp_session_cleanup
// Not managed: trigger wp_wc_orders_note on wp_wc_orders
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("wp-stats$daily")
            .column(column("day", date()))
            .column(
                column("user agent", varchar(190))
                    .default("")
                    .collation("utf8mb4_general_ci"),
            )
            .column(
                column("referred-by", custom("text"))
                    .nullable()
                    .collation("utf8mb4_general_ci"),
            )
            .column(column("hits", custom("int(10) unsigned")).default(raw::<Dyn>("1 + 1")))
            .column(column("bounce_rate", double()).nullable())
            .check(check("CONSTRAINT_1", raw::<bool>("`hits` > 0")))
            .index(index("day-desc", [] as [&str; 0]).descending("day"))
            .options("COLLATE=utf8mb4_general_ci")
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        WpGmpMarker,
        WpNggPicture,
        WpOption,
        WpPost,
        WpSessionCache,
        WpTermRelationship,
        WpTermTaxonomy,
        WpUsermeta,
        WpUser,
        WpWcOrder
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (WpGmpMarker::meta().table.to_string(), WpGmpMarker::query().all(db).await?.len()),
        (WpNggPicture::meta().table.to_string(), WpNggPicture::query().all(db).await?.len()),
        (WpOption::meta().table.to_string(), WpOption::query().all(db).await?.len()),
        (WpPost::meta().table.to_string(), WpPost::query().all(db).await?.len()),
        (WpSessionCache::meta().table.to_string(), WpSessionCache::query().all(db).await?.len()),
        (WpTermRelationship::meta().table.to_string(), WpTermRelationship::query().all(db).await?.len()),
        (WpTermTaxonomy::meta().table.to_string(), WpTermTaxonomy::query().all(db).await?.len()),
        (WpUsermeta::meta().table.to_string(), WpUsermeta::query().all(db).await?.len()),
        (WpUser::meta().table.to_string(), WpUser::query().all(db).await?.len()),
        (WpWcOrder::meta().table.to_string(), WpWcOrder::query().all(db).await?.len()),
    ])
}
