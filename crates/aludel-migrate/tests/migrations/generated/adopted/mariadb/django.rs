//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_permission",
    options = "COLLATE=utf8mb4_general_ci",
    unique(content_type_id, codename, name = "auth_permission_content_type_id_codename_01ab375a_uniq"),
    foreign_key = aludel::schema::ForeignKey::on("auth_permission_content_type_id_2f476e4b_fk_django_co",
        ["content_type_id"]).references("django_content_type", ["id"])
)]
pub struct AuthPermission {
    pub id: i32,
    #[field(max_length = 255, collation = "utf8mb4_general_ci")]
    pub name: String,
    pub content_type_id: i32,
    #[field(max_length = 100, collation = "utf8mb4_general_ci")]
    pub codename: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_user",
    options = "COLLATE=utf8mb4_general_ci",
    unique(profile_id, name = "profile_id"),
    unique(username, name = "username"),
    foreign_key = aludel::schema::ForeignKey::on("auth_user_profile_id_fk", ["profile_id"])
        .references("people_profile", ["id"]).on_delete(aludel::schema::Action::SetNull).on_update(aludel::schema::Action::Cascade)
)]
pub struct AuthUser {
    pub id: i32,
    #[field(max_length = 128, collation = "utf8mb4_general_ci")]
    pub password: String,
    pub last_login: Option<jiff::civil::DateTime>,
    #[field(sql_type = "boolean")]
    pub is_superuser: AnyText,
    #[field(max_length = 150, collation = "utf8mb4_general_ci")]
    pub username: String,
    #[field(max_length = 254, default = "", collation = "utf8mb4_uca1400_as_cs")]
    pub email: String,
    #[field(default = true)]
    pub is_active: bool,
    #[field(
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub date_joined: jiff::civil::DateTime,
    pub profile_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "auth_user_user_permissions",
    options = "COLLATE=utf8mb4_general_ci",
    unique(user_id, permission_id, name = "auth_user_user_permissions_user_id_permission_id_14a6b632_uniq"),
    foreign_key = aludel::schema::ForeignKey::on("auth_user_user_permissions_user_id_a95ead1b_fk_auth_user_id",
        ["user_id"]).references("auth_user", ["id"]),
    foreign_key = aludel::schema::ForeignKey::on("auth_user_user_permi_permission_id_1fbb5f2c_fk_auth_perm",
        ["permission_id"]).references("auth_permission", ["id"])
)]
pub struct AuthUserUserPermission {
    pub id: i64,
    pub user_id: i32,
    pub permission_id: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_admin_log",
    options = "COLLATE=utf8mb4_general_ci",
    named_check(name = "action_flag", that = raw_sql::<DjangoAdminLog, bool>("`action_flag` >= 0")),
    foreign_key = aludel::schema::ForeignKey::on("django_admin_log_content_type_id_c4bce8eb_fk_django_co",
        ["content_type_id"]).references("django_content_type", ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("django_admin_log_user_id_c564eba6_fk_auth_user_id",
        ["user_id"]).references("auth_user", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct DjangoAdminLog {
    pub id: i32,
    pub action_time: jiff::civil::DateTime,
    #[field(collation = "utf8mb4_general_ci")]
    pub object_id: Option<String>,
    #[field(max_length = 200, collation = "utf8mb4_general_ci")]
    pub object_repr: String,
    #[field(sql_type = "smallint(5) unsigned")]
    pub action_flag: i64,
    #[field(collation = "utf8mb4_general_ci")]
    pub change_message: String,
    pub content_type_id: Option<i32>,
    pub user_id: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_content_type",
    options = "COLLATE=utf8mb4_general_ci",
    unique(
        app_label,
        model,
        name = "django_content_type_app_label_model_76bd3d3b_uniq"
    )
)]
pub struct DjangoContentType {
    pub id: i32,
    #[field(max_length = 100, collation = "utf8mb4_general_ci")]
    pub app_label: String,
    #[field(max_length = 100, collation = "utf8mb4_general_ci")]
    pub model: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "django_session",
    options = "ENGINE=MyISAM COLLATE=utf8mb4_bin delay_key_write=1",
    index(expire_date, name = "django_session_expire_date_a5c62663")
)]
pub struct DjangoSession {
    #[field(primary_key, max_length = 40, collation = "utf8mb4_bin")]
    pub session_key: String,
    #[field(collation = "utf8mb4_bin")]
    pub session_data: String,
    pub expire_date: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "geo_city",
    options = "COLLATE=utf8mb4_general_ci",
    index(area, name = "geo_city_area"),
    index(point, name = "geo_city_point_7d1c_id", using = "spatial")
)]
pub struct GeoCity {
    pub id: i64,
    #[field(max_length = 30, collation = "utf8mb4_general_ci")]
    pub name: String,
    #[field(sql_type = "point")]
    pub point: Bytes,
    #[field(sql_type = "polygon")]
    pub border: Option<Bytes>,
    #[field(sql_type = "geometry")]
    pub extra: Option<Bytes>,
    #[field(generated = raw_sql::<GeoCity, Option<f64>>("st_area(`border`)"))]
    pub area: Option<f64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "pages_history",
    options = "COLLATE=utf8mb4_general_ci WITH SYSTEM VERSIONING PARTITION BY SYSTEM_TIME (PARTITION `was` \
        HISTORY ENGINE = InnoDB, PARTITION `is` CURRENT ENGINE = InnoDB)"
)]
pub struct PagesHistory {
    #[field(given)]
    pub id: i64,
    #[field(max_length = 50, collation = "utf8mb4_general_ci")]
    pub slug: String,
    #[field(sql_type = "text", collation = "utf8mb4_general_ci")]
    pub body: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "people_profile",
    comment = "Extends \"auth_user\"; it's 1:1",
    options = "COLLATE=utf8mb4_general_ci",
    unique(public_id, name = "public_id"),
    unique(user_id, name = "user_id"),
    index(-points, born, name = "people_profile_points_desc"),
    index(theme, name = "people_profile_theme_idx"),
    named_check(name = "born_in_the_past", that = raw_sql::<PeopleProfile, bool>("`born` is null or `born` >= '1000-01-01' and `height` is not null")),
    named_check(name = "points", that = raw_sql::<PeopleProfile, bool>("`points` >= 0")),
    foreign_key = aludel::schema::ForeignKey::on("people_profile_user_id_3b1c5a2e_fk", ["user_id"])
        .references("auth_user", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct PeopleProfile {
    pub id: i64,
    #[field(sql_type = "char(32)", collation = "ascii_general_ci")]
    pub public_id: String,
    #[field(
        sql_type = "uuid",
        default = raw_sql::<(), String>("uuid()"),
        comment = "since MariaDB 10.7"
    )]
    pub token: String,
    pub user_id: i32,
    #[field(default = raw_sql::<(), serde_json::Value>("'{}'"))]
    pub settings: serde_json::Value,
    #[field(
        max_length = 20,
        generated = raw_sql::<PeopleProfile, Option<String>>("json_value(`settings`,'$.theme')"),
        virtual,
        collation = "utf8mb4_general_ci"
    )]
    pub theme: Option<String>,
    pub height: Option<f64>,
    pub born: Option<jiff::civil::Date>,
    #[field(sql_type = "time(6)")]
    pub wakes: Option<AnyText>,
    #[field(comment = "a duration in microseconds; \"timedelta\" in Python")]
    pub worked: Option<i64>,
    pub photo: Option<Bytes>,
    #[field(sql_type = "char(39)", collation = "utf8mb4_general_ci")]
    pub ip: Option<String>,
    #[field(sql_type = "int(10) unsigned", default = 0)]
    pub points: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "shop order",
    options = "COLLATE=utf8mb4_general_ci",
    unique(type_, user_name, name = "type-and user"),
    foreign_key = aludel::schema::ForeignKey::on("self is self", ["self"]).references("shop order",
        ["order"]).on_update(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("user name", ["user name"]).references("auth_user",
        ["username"]).on_update(aludel::schema::Action::Cascade)
)]
pub struct ShopOrder {
    #[field(primary_key, auto)]
    pub order: i32,
    #[field(
        column = "type",
        max_length = 10,
        default = "new",
        collation = "utf8mb4_general_ci"
    )]
    pub type_: String,
    #[field(column = "self")]
    pub self_: Option<i32>,
    #[field(
        column = "user name",
        max_length = 150,
        collation = "utf8mb4_general_ci"
    )]
    pub user_name: Option<String>,
    #[field(column = "isGift")]
    pub is_gift: Option<bool>,
    #[field(
        column = "vat-rate",
        decimal(5, 4),
        default = raw_sql::<(), rust_decimal::Decimal>("1 + 1")
    )]
    pub vat_rate: rust_decimal::Decimal,
    #[field(column = "price$", sql_type = "decimal(65, 30)")]
    pub price_: Option<AnyText>,
    #[field(default = -1)]
    pub select: i16,
    #[field(sql_type = "tinyint(3) unsigned")]
    pub group: Option<i64>,
    #[field(max_length = 5, collation = "utf8mb4_general_ci")]
    pub größe: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tenants_room",
    options = "COLLATE=utf8mb4_general_ci",
    primary_key(tenant_id, number),
    foreign_key = aludel::schema::ForeignKey::on("room_annex_fk", ["annex_tenant", "annex_number"])
        .references("tenants_room", ["tenant_id", "number"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct TenantsRoom {
    #[field(primary_key)]
    pub number: i16,
    #[field(primary_key)]
    pub tenant_id: i32,
    pub annex_tenant: Option<i32>,
    pub annex_number: Option<i16>,
    pub booked_from: jiff::civil::Date,
    pub booked_to: jiff::civil::Date,
    #[field(sql_type = "year(4)")]
    pub opened: Option<i64>,
}

// Beside the models: App::view(View::new("active_users", "select `auth_user`.`id` AS `id`,`auth_user`.`username` AS `username`,`auth_user`.`email` AS \
//     `e-mail`,`auth_user`.`is_active` AS `is_active` from `auth_user` where `auth_user`.`is_active` \
//     = 1").options("WITH CASCADED CHECK OPTION"))
// Beside the models: App::view(View::new("order_counts", "select `user_orders`.`username` AS `username`,count(`user_orders`.`order`) AS `orders` from \
//     `user_orders` group by `user_orders`.`username`").options("SQL SECURITY INVOKER"))
// Beside the models: App::view(View::new("user_orders", "select `u`.`id` AS `id`,`u`.`username` AS `username`,`o`.`order` AS `order`,`o`.`vat-rate` \
//     * 100 AS `vat %` from (`active_users` `u` left join `shop order` `o` on(`o`.`user name` = `u`.`username`))"))
// Not managed: period booking of tenants_room
// Not managed: procedure clearsessions
// Not managed: trigger lower-mail on auth_user
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("legacy_import")
            .column(column("line", integer()).nullable())
            .column(column("raw", custom("blob")).nullable())
            .column(column("amount", real()).nullable())
            .column(
                column("note", varchar(20))
                    .nullable()
                    .collation("latin1_swedish_ci"),
            )
            .options("ENGINE=Aria COLLATE=latin1_swedish_ci")
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        AuthPermission,
        AuthUser,
        AuthUserUserPermission,
        DjangoAdminLog,
        DjangoContentType,
        DjangoSession,
        GeoCity,
        PagesHistory,
        PeopleProfile,
        ShopOrder,
        TenantsRoom
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (AuthPermission::meta().table.to_string(), AuthPermission::query().all(db).await?.len()),
        (AuthUser::meta().table.to_string(), AuthUser::query().all(db).await?.len()),
        (AuthUserUserPermission::meta().table.to_string(), AuthUserUserPermission::query().all(db).await?.len()),
        (DjangoAdminLog::meta().table.to_string(), DjangoAdminLog::query().all(db).await?.len()),
        (DjangoContentType::meta().table.to_string(), DjangoContentType::query().all(db).await?.len()),
        (DjangoSession::meta().table.to_string(), DjangoSession::query().all(db).await?.len()),
        (GeoCity::meta().table.to_string(), GeoCity::query().all(db).await?.len()),
        (PagesHistory::meta().table.to_string(), PagesHistory::query().all(db).await?.len()),
        (PeopleProfile::meta().table.to_string(), PeopleProfile::query().all(db).await?.len()),
        (ShopOrder::meta().table.to_string(), ShopOrder::query().all(db).await?.len()),
        (TenantsRoom::meta().table.to_string(), TenantsRoom::query().all(db).await?.len()),
    ])
}
