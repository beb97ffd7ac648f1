//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "actor",
    options = "COLLATE=binary",
    unique(actor_name, name = "actor_name"),
    unique(actor_user, name = "actor_user")
)]
pub struct Actor {
    #[field(primary_key, sql_type = "bigint(20) unsigned", auto)]
    pub actor_id: AnyText,
    #[field(sql_type = "int(10) unsigned")]
    pub actor_user: Option<i64>,
    #[field(sql_type = "varbinary(255)")]
    pub actor_name: Bytes,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "categorylinks",
    options = "COLLATE=binary",
    index(cl_to, cl_type, cl_sortkey, cl_from, name = "cl_sortkey"),
    index(
        cl_to,
        cl_timestamp,
        name = "cl_timestamp",
        options = "COMMENT 'recently added'"
    )
)]
pub struct Categorylink {
    #[field(primary_key, sql_type = "int(10) unsigned", default = 0)]
    pub cl_from: i64,
    #[field(primary_key, sql_type = "varbinary(255)", default = raw_sql::<(), Bytes>("''"))]
    pub cl_to: Bytes,
    #[field(sql_type = "varbinary(230)", default = raw_sql::<(), Bytes>("''"))]
    pub cl_sortkey: Bytes,
    #[field(
        sql_type = "timestamp",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        options = "ON UPDATE current_timestamp()"
    )]
    pub cl_timestamp: jiff::civil::DateTime,
    #[field(sql_type = "varbinary(32)", default = raw_sql::<(), Bytes>("''"))]
    pub cl_collation: Bytes,
    #[field(
        sql_type = "enum('page','subcat','file')",
        default = "page",
        collation = "binary"
    )]
    pub cl_type: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "ip_changes",
    options = "COLLATE=binary PARTITION BY HASH (`ipc_rev_id`) (PARTITION `ip-0` ENGINE = InnoDB, PARTITION \
        `ip_1` COMMENT = 'odd ones' ENGINE = InnoDB)",
    index(ipc_address, ipc_rev_timestamp, name = "ipc_address_time")
)]
pub struct IpChange {
    #[field(primary_key, sql_type = "int(10) unsigned", default = 0)]
    pub ipc_rev_id: i64,
    #[field(sql_type = "binary(14)")]
    pub ipc_rev_timestamp: Bytes,
    #[field(sql_type = "inet6")]
    pub ipc_address: String,
    #[field(sql_type = "inet4")]
    pub ipc_v4: Option<String>,
    #[field(
        sql_type = "varbinary(35)",
        generated = raw_sql::<IpChange, Option<Bytes>>("unhex(hex(`ipc_rev_id`))")
    )]
    pub ipc_hex: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "objectcache",
    options = "COLLATE=binary PARTITION BY KEY (`keyname`) PARTITIONS 4",
    index(exptime, name = "exptime")
)]
pub struct Objectcache {
    #[field(primary_key, sql_type = "varbinary(255)", default = raw_sql::<(), Bytes>("''"))]
    pub keyname: Bytes,
    #[field(options = "COMPRESSED")]
    pub value: Option<Bytes>,
    #[field(sql_type = "binary(14)")]
    pub exptime: Bytes,
    #[field(
        max_length = 17,
        default = "00000000000000000",
        collation = "ascii_general_ci"
    )]
    pub modtoken: String,
    #[field(sql_type = "int(10) unsigned")]
    pub flags: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "page",
    options = "COLLATE=binary",
    unique(page_namespace, page_title, name = "page_name_title"),
    index(page_random, name = "page_random"),
    index(page_is_redirect, page_namespace, -page_len, name = "page_redirect_namespace_len"),
    foreign_key = aludel::schema::ForeignKey::on("page_latest_fk", ["page_latest"]).references("revision",
        ["rev_id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Page {
    #[field(primary_key, sql_type = "int(10) unsigned", auto)]
    pub page_id: i64,
    pub page_namespace: i32,
    #[field(sql_type = "varbinary(255)")]
    pub page_title: Bytes,
    #[field(sql_type = "tinyint(3) unsigned", default = 0)]
    pub page_is_redirect: i64,
    #[field(sql_type = "tinyint(3) unsigned", default = 0)]
    pub page_is_new: i64,
    #[field(sql_type = "double unsigned")]
    pub page_random: f64,
    #[field(sql_type = "binary(14)")]
    pub page_touched: Bytes,
    #[field(sql_type = "bigint(20) unsigned")]
    pub page_latest: Option<i64>,
    #[field(sql_type = "int(10) unsigned")]
    pub page_len: i64,
    #[field(sql_type = "varbinary(32)")]
    pub page_content_model: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "revision",
    options = "COLLATE=binary max_rows=10000000 avg_row_length=1024",
    index(rev_actor, -rev_timestamp, -rev_id, name = "rev_actor_timestamp"),
    index(rev_page, rev_timestamp, name = "rev_page_timestamp"),
    foreign_key = aludel::schema::ForeignKey::on("rev_actor_fk", ["rev_actor"]).references("actor",
        ["actor_id"]),
    foreign_key = aludel::schema::ForeignKey::on("rev_page_fk", ["rev_page"]).references("page",
        ["page_id"]).on_delete(aludel::schema::Action::Cascade).on_update(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("rev_parent_fk", ["rev_parent_id"]).references("revision",
        ["rev_id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Revision {
    #[field(primary_key, sql_type = "bigint(20) unsigned", auto)]
    pub rev_id: AnyText,
    #[field(sql_type = "int(10) unsigned")]
    pub rev_page: i64,
    #[field(sql_type = "bigint(20) unsigned", default = raw_sql::<(), AnyText>("0"))]
    pub rev_actor: AnyText,
    #[field(sql_type = "binary(14)")]
    pub rev_timestamp: Bytes,
    #[field(sql_type = "bit(1)", default = raw_sql::<(), Bytes>("b'0'"))]
    pub rev_minor_edit: Bytes,
    #[field(sql_type = "bit(8)", default = raw_sql::<(), Bytes>("b'1010'"))]
    pub rev_deleted: Bytes,
    #[field(sql_type = "int(10) unsigned")]
    pub rev_len: Option<i64>,
    #[field(sql_type = "bigint(20) unsigned")]
    pub rev_parent_id: Option<i64>,
    #[field(sql_type = "varbinary(32)", default = raw_sql::<(), Bytes>("''"))]
    pub rev_sha1: Bytes,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "site_stats",
    options = "COLLATE=binary",
    named_check(name = "one_row_each", that = raw_sql::<SiteStat, bool>("`ss_row_id` between 1 and 3"))
)]
pub struct SiteStat {
    #[field(primary_key, sql_type = "int(10) unsigned")]
    pub ss_row_id: i64,
    #[field(sql_type = "bigint(20) unsigned")]
    pub ss_total_edits: Option<AnyText>,
    #[field(sql_type = "bigint(20) unsigned")]
    pub ss_good_articles: Option<AnyText>,
    #[field(default = raw_sql::<(), f32>("1.5"))]
    pub ss_ratio: f32,
    #[field(sql_type = "time", default = raw_sql::<(), AnyText>("'00:00:00'"))]
    pub ss_busiest: AnyText,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "slots",
    options = "COLLATE=binary",
    primary_key(slot_revision_id, slot_role_id),
    index(slot_content_id, name = "slot_content_id"),
    index(slot_revision_id, slot_origin, slot_role_id, name = "slot_revision_origin_role"),
    foreign_key = aludel::schema::ForeignKey::on("slots_ibfk_1", ["slot_content_id"]).references("text",
        ["old_id"]),
    foreign_key = aludel::schema::ForeignKey::on("slots_ibfk_2", ["slot_revision_id"]).references("revision",
        ["rev_id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Slot {
    #[field(primary_key, sql_type = "smallint(5) unsigned")]
    pub slot_role_id: i64,
    #[field(sql_type = "int(10) unsigned")]
    pub slot_content_id: i64,
    #[field(primary_key, sql_type = "bigint(20) unsigned")]
    pub slot_revision_id: i64,
    #[field(sql_type = "bigint(20) unsigned")]
    pub slot_origin: AnyText,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "text",
    options = "COLLATE=binary row_format=COMPRESSED key_block_size=8"
)]
pub struct Text {
    #[field(primary_key, sql_type = "int(10) unsigned", auto)]
    pub old_id: i64,
    #[field(sql_type = "mediumblob")]
    pub old_text: Bytes,
    #[field(sql_type = "tinyblob")]
    pub old_flags: Bytes,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user",
    options = "COLLATE=binary",
    unique(user_name, name = "user_name"),
    index(user_email("(50)"), name = "user_email")
)]
pub struct User {
    #[field(primary_key, sql_type = "int(10) unsigned", auto)]
    pub user_id: i64,
    #[field(sql_type = "varbinary(255)", default = raw_sql::<(), Bytes>("''"))]
    pub user_name: Bytes,
    #[field(max_length = 255, default = "", collation = "utf8mb4_uca1400_ai_ci")]
    pub user_real_name: String,
    #[field(sql_type = "tinyblob")]
    pub user_password: Bytes,
    #[field(sql_type = "binary(14)")]
    pub user_newpass_time: Option<Bytes>,
    #[field(sql_type = "tinytext", collation = "utf8mb3_general_ci")]
    pub user_email: String,
    #[field(sql_type = "binary(14)")]
    pub user_touched: Bytes,
    #[field(
        sql_type = "binary(32)",
        default = raw_sql::<(), Bytes>("'\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'")
    )]
    pub user_token: Bytes,
    #[field(sql_type = "int(10) unsigned")]
    pub user_editcount: Option<i64>,
    #[field(
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), AnyText>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(false)))
    )]
    pub user_is_temp: AnyText,
}

// Beside the models: App::view(View::new("page_main", "select `page`.`page_id` AS `page_id`,`page`.`page_namespace` AS `page_namespace`,`page`.`page_title` \
//     AS `page_title` from `page` where `page`.`page_namespace` = 0").options("ALGORITHM=MERGE WITH LOCAL CHECK OPTION"))
// Beside the models: App::view(View::new("revision_userindex", "select `r`.`rev_id` AS `rev_id`,`r`.`rev_page` AS `rev_page`,if(`r`.`rev_deleted` & 4,NULL,`r`.`rev_actor`) \
//     AS `rev_actor`,`r`.`rev_timestamp` AS `rev_timestamp` from `revision` `r` where `r`.`rev_actor` \
//     > 0"))
// Beside the models: App::view(View::new("user contributions", "select `a`.`actor_name` AS `actor_name`,count(0) AS `edit count` from (`revision_userindex` \
//     `r` join `actor` `a` on(`a`.`actor_id` = `r`.`rev_actor`)) group by `a`.`actor_name`")
//     .options("SQL SECURITY INVOKER"))
// Not managed: procedure purge_objectcache
// Not managed: trigger page_len_guard on page
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("searchindex")
            .column(column("si_page", custom("int(10) unsigned")))
            .column(
                column("si_title", varchar(255))
                    .default("")
                    .collation("utf8mb4_general_ci"),
            )
            .column(column("si_text", custom("mediumtext")).collation("utf8mb4_general_ci"))
            .unique(unique("si_page", ["si_page"]))
            .index(index("si_text", ["si_text"]).using("fulltext"))
            .index(index("si_title", ["si_title"]).using("fulltext"))
            .options("ENGINE=MyISAM COLLATE=utf8mb4_general_ci")
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Actor,
        Categorylink,
        IpChange,
        Objectcache,
        Page,
        Revision,
        SiteStat,
        Slot,
        Text,
        User
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Actor::meta().table.to_string(), Actor::query().all(db).await?.len()),
        (Categorylink::meta().table.to_string(), Categorylink::query().all(db).await?.len()),
        (IpChange::meta().table.to_string(), IpChange::query().all(db).await?.len()),
        (Objectcache::meta().table.to_string(), Objectcache::query().all(db).await?.len()),
        (Page::meta().table.to_string(), Page::query().all(db).await?.len()),
        (Revision::meta().table.to_string(), Revision::query().all(db).await?.len()),
        (SiteStat::meta().table.to_string(), SiteStat::query().all(db).await?.len()),
        (Slot::meta().table.to_string(), Slot::query().all(db).await?.len()),
        (Text::meta().table.to_string(), Text::query().all(db).await?.len()),
        (User::meta().table.to_string(), User::query().all(db).await?.len()),
    ])
}
