//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "auth_group")]
pub struct AuthGroup {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(max_length = 150, unique)]
    pub name: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_user",
    index(on = raw_sql::<AuthUser, String>("LOWER(\"email\")"), unique, name = "auth_user_email_ci_uniq",
        filter = raw_sql::<AuthUser, bool>("NOT \"email\" = ''"))
)]
pub struct AuthUser {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(max_length = 128)]
    pub password: String,
    #[field(sql_type = "datetime")]
    pub last_login: Option<jiff::civil::DateTime>,
    #[field(sql_type = "bool")]
    pub is_superuser: bool,
    #[field(max_length = 150, unique)]
    pub username: String,
    #[field(max_length = 254)]
    pub email: String,
    #[field(sql_type = "bool", default = true)]
    pub is_active: bool,
    #[field(sql_type = "datetime")]
    pub date_joined: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_user_groups",
    index(group, name = "auth_user_groups_group_id_97559544"),
    index(
        user,
        group,
        unique,
        name = "auth_user_groups_user_id_group_id_94350c0c_uniq"
    )
)]
pub struct AuthUserGroup {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(deferred)]
    pub user: BelongsTo<AuthUser>,
    #[field(deferred)]
    pub group: BelongsTo<AuthGroup>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "blog-entry",
    unique(slug_name, parent_id, name = "unique-slug"),
    foreign_key = aludel::schema::ForeignKey::on("", ["parent_id"]).references("blog-entry",
        ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct BlogEntry {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(column = "slug-name", max_length = 50)]
    pub slug_name: String,
    #[field(column = "Body", default = "")]
    pub body: String,
    pub parent_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_admin_log",
    index(user, -action_time, name = "django_admin_log_recent"),
    named_check(name = "ck_django_admin_log_1", that = raw_sql::<DjangoAdminLog, bool>("\"action_flag\" >= 0")),
    named_check(name = "ck_django_admin_log_2", that = raw_sql::<DjangoAdminLog, bool>("(JSON_VALID(\"change_message\") OR \"change_message\" IS NULL)")),
    foreign_key = aludel::schema::ForeignKey::on("", ["content_type_id"]).references("django_content_type",
        ["id"]).on_delete(aludel::schema::Action::SetNull).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct DjangoAdminLog {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    pub object_id: Option<String>,
    #[field(max_length = 200)]
    pub object_repr: String,
    #[field(sql_type = "smallint unsigned")]
    pub action_flag: i64,
    pub change_message: String,
    pub content_type_id: Option<i64>,
    #[field(deferred)]
    pub user: BelongsTo<AuthUser>,
    #[field(sql_type = "datetime")]
    pub action_time: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_content_type",
    index(
        app_label,
        model,
        unique,
        name = "django_content_type_app_label_model_uniq"
    )
)]
pub struct DjangoContentType {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(max_length = 100)]
    pub app_label: String,
    #[field(max_length = 100)]
    pub model: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "django_migrations")]
pub struct DjangoMigration {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(max_length = 255)]
    pub app: String,
    #[field(max_length = 255)]
    pub name: String,
    #[field(
        sql_type = "datetime",
        default = raw_sql::<(), jiff::civil::DateTime>("CURRENT_TIMESTAMP")
    )]
    pub applied: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_session",
    index(expire_date, name = "django_session_expire_date_a5c62663")
)]
pub struct DjangoSession {
    #[field(primary_key, max_length = 40)]
    pub session_key: String,
    pub session_data: String,
    #[field(sql_type = "datetime")]
    pub expire_date: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "order",
    index(customer_code("COLLATE NOCASE"), -placed, name = "order-by customer"),
    index(customer_code, unique, name = "order_one_open", filter = raw_sql::<Order, bool>("NOT \"paid\"")),
    named_check(name = "order_discount_range", that = raw_sql::<Order, bool>("(\"discount\" >= 0 AND \"discount\" <= 100)")),
    foreign_key = aludel::schema::ForeignKey::on("", ["customer_code"]).references("shop_customer",
        ["code"]).on_update(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct Order {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(max_length = 20)]
    pub customer_code: String,
    #[field(max_length = 10)]
    pub group: Option<String>,
    #[field(sql_type = "datetime")]
    pub placed: jiff::civil::DateTime,
    #[field(sql_type = "decimal", default = raw_sql::<(), f64>("0.5"))]
    pub discount: f64,
    #[field(sql_type = "bool")]
    pub paid: bool,
    #[field(sql_type = "bigint")]
    pub duration: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "shop_customer",
    named_check(name = "ck_shop_customer_1", that = raw_sql::<ShopCustomer, bool>("\"match\" >= 0")),
    named_check(name = "ck_shop_customer_2", that = raw_sql::<ShopCustomer, bool>("(JSON_VALID(\"prefs\") OR \"prefs\" IS NULL)")),
    named_check(name = "shop_customer_type_valid", that = raw_sql::<ShopCustomer, bool>("\"type\" IN ('it''s', 'b2b', 'b2c;')")),
    foreign_key = aludel::schema::ForeignKey::on("", ["self"]).references("shop_customer", ["uuid"])
        .on_delete(aludel::schema::Action::SetNull)
)]
pub struct ShopCustomer {
    #[field(primary_key, sql_type = "char(32)")]
    pub uuid: String,
    #[field(max_length = 20, unique)]
    pub code: String,
    #[field(column = "user name", max_length = 60, collation = "NOCASE")]
    pub user_name: Option<String>,
    #[field(column = "self", sql_type = "char(32)")]
    pub self_: Option<String>,
    #[field(column = "type", max_length = 8, default = "it's")]
    pub type_: String,
    #[field(column = "match", sql_type = "integer unsigned")]
    pub match_: Option<i64>,
    pub prefs: Option<String>,
    #[field(sql_type = "date")]
    pub born: Option<jiff::civil::Date>,
    pub photo: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "shop_orderline",
    index(total, name = "shop_orderline_total"),
    named_check(name = "ck_shop_orderline_1", that = raw_sql::<ShopOrderline, bool>("\"quantity\" >= 0")),
    foreign_key = aludel::schema::ForeignKey::on("", ["order_id"]).references("order", ["id"])
        .on_delete(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct ShopOrderline {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(sql_type = "bigint")]
    pub order_id: i64,
    #[field(sql_type = "integer unsigned")]
    pub quantity: i64,
    #[field(sql_type = "decimal")]
    pub price: f64,
    #[field(
        sql_type = "decimal",
        generated = raw_sql::<ShopOrderline, Option<f64>>("(CAST(\"quantity\" AS NUMERIC) * \"price\")")
    )]
    pub total: Option<f64>,
    #[field(
        max_length = 40,
        generated = raw_sql::<ShopOrderline, Option<String>>("COALESCE(CAST(\"quantity\" AS text), '') || ' × ' || \"price\""),
        virtual
    )]
    pub label: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "shop_store")]
pub struct ShopStore {
    pub id: i64,
    #[field(max_length = 80)]
    pub name: String,
    pub lon: Option<f64>,
    pub lat: Option<f64>,
}

// Beside the models: App::view(View::new("open orders", "SELECT \"order\".\"id\", \"shop_customer\".\"user name\" AS \"who\", SUM(\"shop_orderline\".\"total\") \
//     AS \"sum\"\nFROM \"order\" INNER JOIN \"shop_customer\" ON (\"order\".\"customer_code\" = \"shop_customer\".\"code\")\n\
//     LEFT OUTER JOIN \"shop_orderline\" ON (\"order\".\"id\" = \"shop_orderline\".\"order_id\")\n\
//     WHERE NOT \"order\".\"paid\" GROUP BY \"order\".\"id\""))
// Not managed: trigger gid_shop_store_area on shop_store
// Not managed: trigger gii_shop_store_area on shop_store
// Not managed: virtual table idx_shop_store_area
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        AuthGroup,
        AuthUser,
        AuthUserGroup,
        BlogEntry,
        DjangoAdminLog,
        DjangoContentType,
        DjangoMigration,
        DjangoSession,
        Order,
        ShopCustomer,
        ShopOrderline,
        ShopStore
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
        (AuthGroup::meta().table.to_string(), AuthGroup::query().all(db).await?.len()),
        (AuthUser::meta().table.to_string(), AuthUser::query().all(db).await?.len()),
        (AuthUserGroup::meta().table.to_string(), AuthUserGroup::query().all(db).await?.len()),
        (BlogEntry::meta().table.to_string(), BlogEntry::query().all(db).await?.len()),
        (DjangoAdminLog::meta().table.to_string(), DjangoAdminLog::query().all(db).await?.len()),
        (DjangoContentType::meta().table.to_string(), DjangoContentType::query().all(db).await?.len()),
        (DjangoMigration::meta().table.to_string(), DjangoMigration::query().all(db).await?.len()),
        (DjangoSession::meta().table.to_string(), DjangoSession::query().all(db).await?.len()),
        (Order::meta().table.to_string(), Order::query().all(db).await?.len()),
        (ShopCustomer::meta().table.to_string(), ShopCustomer::query().all(db).await?.len()),
        (ShopOrderline::meta().table.to_string(), ShopOrderline::query().all(db).await?.len()),
        (ShopStore::meta().table.to_string(), ShopStore::query().all(db).await?.len()),
    ])
}
