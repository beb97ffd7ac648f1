//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_activity",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC PARTITION BY KEY (`affecteduser`) PARTITIONS 3",
    index(affecteduser, timestamp, name = "activity_user_time")
)]
pub struct OcActivity {
    #[field(primary_key, auto)]
    pub activity_id: i64,
    #[field(default = 0)]
    pub timestamp: i32,
    #[field(primary_key, max_length = 64, collation = "utf8mb4_bin")]
    pub affecteduser: String,
    #[field(sql_type = "mediumtext", collation = "utf8mb4_bin")]
    pub subjectparams: String,
    #[field(decimal(4, 1), default = raw_sql::<(), rust_decimal::Decimal>("-1.5"))]
    pub priority: rust_decimal::Decimal,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_authtoken",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    unique(token, name = "authtoken_token_index"),
    index(last_activity, -type_, name = "authtoken_last_activity_idx"),
    named_check(name = "no empty token", that = raw_sql::<OcAuthtoken, bool>("`token` <> '' or `type` = 0"))
)]
pub struct OcAuthtoken {
    #[field(sql_type = "bigint(20) unsigned", auto)]
    pub id: AnyText,
    #[field(max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub uid: String,
    #[field(sql_type = "text", default = "", collation = "utf8mb4_bin")]
    pub name: String,
    #[field(max_length = 200, default = "", collation = "utf8mb4_bin")]
    pub token: String,
    #[field(
        column = "type",
        sql_type = "smallint(5) unsigned",
        default = raw_sql::<(), Option<i64>>("0")
    )]
    pub type_: Option<i64>,
    #[field(sql_type = "int(10) unsigned", default = raw_sql::<(), Option<i64>>("0"))]
    pub last_activity: Option<i64>,
    #[field(sql_type = "varbinary(255)")]
    pub password_hash: Option<Bytes>,
    #[field(collation = "utf8mb4_bin", options = "COMPRESSED")]
    pub private_key: Option<String>,
    #[field(sql_type = "inet4")]
    pub seen_v4: Option<String>,
    #[field(sql_type = "inet6", default = raw_sql::<(), Option<String>>("'::1'"))]
    pub seen_v6: Option<String>,
    #[field(
        sql_type = "set('filesystem','no-password')",
        default = "filesystem",
        collation = "latin1_swedish_ci"
    )]
    pub scope: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_calendarobjects",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    unique(calendarid, uri, name = "calobjects_index"),
    index(uid, name = "calobj_uid")
)]
pub struct OcCalendarobject {
    #[field(sql_type = "bigint(20) unsigned", auto)]
    pub id: AnyText,
    pub calendardata: Option<Bytes>,
    #[field(max_length = 255, collation = "utf8mb4_bin")]
    pub uri: Option<String>,
    #[field(sql_type = "bigint(20) unsigned")]
    pub calendarid: AnyText,
    #[field(max_length = 8, collation = "utf8mb4_bin")]
    pub componenttype: Option<String>,
    #[field(sql_type = "bigint(20) unsigned")]
    pub firstoccurence: Option<AnyText>,
    #[field(sql_type = "time(6)")]
    pub duration: Option<AnyText>,
    #[field(default = raw_sql::<(), Option<i32>>("0"))]
    pub classification: Option<i32>,
    #[field(sql_type = "uuid", default = raw_sql::<(), String>("uuid()"))]
    pub uid: String,
    #[field(
        default = raw_sql::<(), uuid::Uuid>("'\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0'"),
        options = "INVISIBLE"
    )]
    pub secret: uuid::Uuid,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_comments",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC WITH SYSTEM VERSIONING",
    index(message, name = "comments_message", using = "fulltext"),
    named_check(name = "reactions", that = raw_sql::<OcComment, bool>("json_valid(`reactions`)"))
)]
pub struct OcComment {
    #[field(sql_type = "bigint(20) unsigned", auto)]
    pub id: AnyText,
    #[field(sql_type = "bigint(20) unsigned", default = raw_sql::<(), AnyText>("0"))]
    pub topmost_parent_id: AnyText,
    #[field(max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub actor_id: String,
    #[field(collation = "utf8mb4_bin")]
    pub message: Option<String>,
    #[field(max_length = 64, collation = "utf8mb4_bin")]
    pub verb: Option<String>,
    #[field(
        sql_type = "datetime",
        default = aludel::expr::Expr::<(), Option<jiff::civil::DateTime>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub creation_timestamp: Option<jiff::civil::DateTime>,
    #[field(max_length = 4000, collation = "utf8mb4_bin")]
    pub reactions: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_filecache",
    options = "COLLATE=utf8mb4_bin stats_persistent=1 row_format=DYNAMIC",
    unique(storage, path_hash, name = "fs_storage_path_hash"),
    index(extension, name = "fs_extension"),
    index(-mtime, name = "fs_mtime"),
    index(parent, name, name = "fs_parent_name_hash"),
    index(size, name = "fs_size", options = "COMMENT 'for the \"largest files\" list'"),
    index(storage, path("(64)"), name = "fs_storage_path_prefix"),
    named_check(name = "fs_size_ck", that = raw_sql::<OcFilecache, bool>("`size` >= -4")),
    foreign_key = aludel::schema::ForeignKey::on("fs_parent", ["parent"]).references("oc_filecache",
        ["fileid"]),
    foreign_key = aludel::schema::ForeignKey::on("fs_storage", ["storage"]).references("oc_storages",
        ["numeric_id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct OcFilecache {
    #[field(primary_key, auto)]
    pub fileid: i64,
    #[field(default = 0)]
    pub storage: i64,
    #[field(max_length = 4000, collation = "utf8mb4_bin")]
    pub path: Option<String>,
    #[field(max_length = 32, default = "", collation = "utf8mb4_bin")]
    pub path_hash: String,
    pub parent: Option<i64>,
    #[field(max_length = 250, collation = "utf8mb4_unicode_ci")]
    pub name: Option<String>,
    #[field(default = 0)]
    pub mimetype: i64,
    #[field(default = 0)]
    pub size: i64,
    #[field(default = 0)]
    pub mtime: i64,
    #[field(default = 0)]
    pub encrypted: i32,
    #[field(max_length = 40, collation = "utf8mb4_bin")]
    pub etag: Option<String>,
    #[field(default = raw_sql::<(), Option<i32>>("0"))]
    pub permissions: Option<i32>,
    #[field(max_length = 255, collation = "utf8mb4_bin")]
    pub checksum: Option<String>,
    #[field(
        max_length = 32,
        generated = raw_sql::<OcFilecache, Option<String>>("substring_index(`name`,'.',-1)"),
        virtual,
        collation = "utf8mb4_bin"
    )]
    pub extension: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_group_user",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    primary_key(uid, gid),
    index(uid, name = "gu_uid_index"),
    foreign_key = aludel::schema::ForeignKey::on("gu_uid", ["uid"]).references("oc_users", ["uid"])
        .on_delete(aludel::schema::Action::Cascade).on_update(aludel::schema::Action::Cascade)
)]
pub struct OcGroupUser {
    #[field(primary_key, max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub gid: String,
    #[field(primary_key, max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub uid: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_share",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    index(uid_owner, name = "owner_index", options = "IGNORED"),
    index(token, name = "token_index"),
    foreign_key = aludel::schema::ForeignKey::on("share_file", ["file_source"]).references("oc_filecache",
        ["fileid"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("share_parent", ["parent"]).references("oc_share",
        ["id"]).on_delete(aludel::schema::Action::SetNull).on_update(aludel::schema::Action::SetNull)
)]
pub struct OcShare {
    pub id: i64,
    #[field(default = 0)]
    pub share_type: i16,
    #[field(max_length = 255, collation = "utf8mb4_bin")]
    pub share_with: Option<String>,
    #[field(max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub uid_owner: String,
    pub parent: Option<i64>,
    pub file_source: Option<i64>,
    #[field(default = 0)]
    pub permissions: i16,
    #[field(default = 0)]
    pub stime: i64,
    #[field(sql_type = "datetime")]
    pub expiration: Option<jiff::civil::DateTime>,
    #[field(max_length = 32, collation = "ascii_bin")]
    pub token: Option<String>,
    #[field(default = 0)]
    pub mail_send: i16,
    #[field(
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), Option<AnyText>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(false)))
    )]
    pub hide_download: Option<AnyText>,
    pub attributes: Option<serde_json::Value>,
    #[field(collation = "utf8mb4_bin")]
    pub note: Option<String>,
    #[field(sql_type = "mediumint(9)")]
    pub order: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_storages",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    unique(id, name = "storages_id_index"),
    foreign_key = aludel::schema::ForeignKey::on("storages_root", ["root"]).references("oc_filecache",
        ["fileid"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct OcStorage {
    #[field(primary_key, auto)]
    pub numeric_id: i64,
    #[field(max_length = 64, collation = "utf8mb4_bin")]
    pub id: Option<String>,
    #[field(default = 1)]
    pub available: i32,
    pub last_checked: Option<i32>,
    #[field(comment = "the folder at its top")]
    pub root: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "oc_trash", options = "ENGINE=Aria COLLATE=utf8mb4_bin")]
pub struct OcTrash {
    #[field(primary_key, max_length = 64, collation = "latin1_bin")]
    pub user: String,
    #[field(primary_key, sql_type = "varbinary(512)", default = raw_sql::<(), Bytes>("''"))]
    pub location: Bytes,
    #[field(primary_key, sql_type = "smallint(5) unsigned", auto)]
    pub n: i64,
    #[field(
        sql_type = "timestamp",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        options = "ON UPDATE current_timestamp()"
    )]
    pub deleted_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "oc_users",
    options = "COLLATE=utf8mb4_bin row_format=DYNAMIC",
    index(uid_lower, name = "user_uid_lower")
)]
pub struct OcUser {
    #[field(primary_key, max_length = 64, default = "", collation = "utf8mb4_bin")]
    pub uid: String,
    #[field(max_length = 64, collation = "utf8mb4_bin")]
    pub displayname: Option<String>,
    #[field(max_length = 255, default = "", collation = "utf8mb4_bin")]
    pub password: String,
    #[field(
        max_length = 64,
        generated = raw_sql::<OcUser, Option<String>>("lcase(`uid`)"),
        collation = "utf8mb4_bin"
    )]
    pub uid_lower: Option<String>,
    #[field(column = "lastSeen", sql_type = "datetime")]
    pub last_seen: Option<jiff::civil::DateTime>,
}

// Beside the models: App::view(View::new("oc_recent-files", "select `oc_filecache`.`fileid` AS `fileid`,`oc_filecache`.`name` AS `name`,`oc_filecache`.`extension` \
//     AS `extension`,`oc_filecache`.`mtime` AS `mtime` from `oc_filecache` where `oc_filecache`.`mtime` \
//     > 0"))
// Beside the models: App::view(View::new("oc_recent_pictures", "select `oc_recent-files`.`fileid` AS `fileId`,`oc_recent-files`.`name` AS `name` from `oc_recent-files` \
//     where `oc_recent-files`.`extension` in ('jpg','png')").options("ALGORITHM=MERGE SQL SECURITY INVOKER WITH CASCADED CHECK OPTION"))
// Not managed: function oc_human_size
// Not managed: primary key's length location(100) of oc_trash
// Not managed: sequence oc_job_seq
// Not managed: trigger oc_filecache_etag on oc_filecache
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("oc_filecache_extended$old")
            .column(column("fileid", custom("bigint(20) unsigned")).nullable())
            .column(
                column("metadata-etag", varchar(40))
                    .nullable()
                    .collation("utf8mb4_bin"),
            )
            .column(column("creationTime", double()).default(0))
            .column(column("where", custom("point")).nullable())
            .options("COLLATE=utf8mb4_bin")
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        OcActivity,
        OcAuthtoken,
        OcCalendarobject,
        OcComment,
        OcFilecache,
        OcGroupUser,
        OcShare,
        OcStorage,
        OcTrash,
        OcUser
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (OcActivity::meta().table.to_string(), OcActivity::query().all(db).await?.len()),
        (OcAuthtoken::meta().table.to_string(), OcAuthtoken::query().all(db).await?.len()),
        (OcCalendarobject::meta().table.to_string(), OcCalendarobject::query().all(db).await?.len()),
        (OcComment::meta().table.to_string(), OcComment::query().all(db).await?.len()),
        (OcFilecache::meta().table.to_string(), OcFilecache::query().all(db).await?.len()),
        (OcGroupUser::meta().table.to_string(), OcGroupUser::query().all(db).await?.len()),
        (OcShare::meta().table.to_string(), OcShare::query().all(db).await?.len()),
        (OcStorage::meta().table.to_string(), OcStorage::query().all(db).await?.len()),
        (OcTrash::meta().table.to_string(), OcTrash::query().all(db).await?.len()),
        (OcUser::meta().table.to_string(), OcUser::query().all(db).await?.len()),
    ])
}
