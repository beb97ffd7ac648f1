//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "ir_act_server",
    options = "WITH (fillfactor=70)",
    named_check(name = "ir_actions_named", that = raw_sql::<IrActServer, bool>("(name <> '{}'::jsonb)"))
)]
pub struct IrActServer {
    #[field(given, default = raw_sql::<(), i32>("nextval('ir_actions_id_seq'::regclass)"))]
    pub id: i32,
    #[field(column = "type", sql_type = "character varying")]
    pub type_: String,
    #[field(sql_type = "character varying", default = "action")]
    pub binding_type: String,
    pub name: serde_json::Value,
    pub help: Option<serde_json::Value>,
    pub code: Option<String>,
    #[field(default = raw_sql::<(), Option<i16>>("5"))]
    pub sequence: Option<i16>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "ir_act_window",
    named_check(name = "ir_actions_named", that = raw_sql::<IrActWindow, bool>("(name <> '{}'::jsonb)"))
)]
pub struct IrActWindow {
    #[field(given, default = raw_sql::<(), i32>("nextval('ir_actions_id_seq'::regclass)"))]
    pub id: i32,
    #[field(column = "type", sql_type = "character varying")]
    pub type_: String,
    #[field(sql_type = "character varying", default = "action")]
    pub binding_type: String,
    pub name: serde_json::Value,
    pub help: Option<serde_json::Value>,
    #[field(sql_type = "character varying")]
    pub res_model: String,
    #[field(default = raw_sql::<(), Option<i32>>("80"))]
    pub limit: Option<i32>,
    #[field(sql_type = "character varying", default = "{}")]
    pub context: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "ir_actions",
    named_check(name = "ir_actions_named", that = raw_sql::<IrAction, bool>("(name <> '{}'::jsonb)"))
)]
pub struct IrAction {
    pub id: i32,
    #[field(column = "type", sql_type = "character varying")]
    pub type_: String,
    #[field(sql_type = "character varying", default = "action")]
    pub binding_type: String,
    pub name: serde_json::Value,
    pub help: Option<serde_json::Value>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "ir_logging", options = "WITH (autovacuum_enabled=false)")]
pub struct IrLogging {
    pub id: i32,
    pub create_date: Option<jiff::civil::DateTime>,
    #[field(sql_type = "character varying")]
    pub level: Option<String>,
    pub message: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "product_template",
    index(on(raw_sql::<ProductTemplate, String>("jsonb_path_query_array(name, '$.*'::jsonpath)::text"),
        "gin_trgm_ops"), name = "product_template__name_index", using = "gin"),
    index(on = raw_sql::<ProductTemplate, String>("name ->> 'en_US'::text"), name = "product_template_name_en",
        filter = raw_sql::<ProductTemplate, bool>("(default_code IS NOT NULL)"))
)]
pub struct ProductTemplate {
    pub id: i32,
    #[field(options = "COMPRESSION pglz")]
    pub name: serde_json::Value,
    #[field(sql_type = "character varying")]
    pub default_code: Option<String>,
    #[field(sql_type = "numeric", default = raw_sql::<(), Option<AnyText>>("1.0"))]
    pub list_price: Option<AnyText>,
    #[field(decimal(20, 6))]
    pub weight: Option<rust_decimal::Decimal>,
    #[field(sql_type = "int4range")]
    pub quantities: Option<String>,
    #[field(sql_type = "timerange")]
    pub store_hours: Option<String>,
    #[field(
        default = raw_sql::<(), Option<jiff::civil::Time>>("'08:00:00'::time without time zone")
    )]
    pub opens_at: Option<jiff::civil::Time>,
    #[field(sql_type = "oid")]
    pub image: Option<i64>,
    pub thumbnail: Option<Bytes>,
    #[field(sql_type = "\"char\"", default = raw_sql::<(), Option<String>>("'0'::\"char\""))]
    pub priority: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "res_company",
    comment = "Companies",
    unique(name, name = "res_company_name_uniq"),
    index(parent_path("text_pattern_ops"), name = "res_company__parent_path_index"),
    named_check(name = "res_company_rounding_gt_zero", that = raw_sql::<ResCompany, bool>("(rounding > (0)::numeric)")),
    foreign_key = aludel::schema::ForeignKey::on("res_company_create_uid_fkey", ["create_uid"])
        .references("res_users", ["id"]).on_delete(aludel::schema::Action::SetNull).options("NOT VALID"),
    foreign_key = aludel::schema::ForeignKey::on("res_company_parent_id_fkey", ["parent_id"])
        .references("res_company", ["id"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("res_company_partner_id_fkey", ["partner_id"])
        .references("res_partner", ["id"]).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct ResCompany {
    pub id: i32,
    #[field(sql_type = "character varying", collation = "case_insensitive")]
    pub name: String,
    pub partner_id: i32,
    #[field(sql_type = "character(10)", default = "EUR")]
    pub currency: String,
    #[field(
        sql_type = "character varying",
        comment = "The sign on invoices: € or $"
    )]
    pub currency_symbol: Option<String>,
    #[field(decimal(20, 6), default = raw_sql::<(), Option<rust_decimal::Decimal>>("0.01"))]
    pub rounding: Option<rust_decimal::Decimal>,
    pub parent_id: Option<i32>,
    #[field(sql_type = "character varying")]
    pub parent_path: Option<String>,
    pub create_uid: Option<i32>,
    pub create_date: Option<jiff::civil::DateTime>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "res_company_users_rel",
    comment = "Which users work for which companies",
    primary_key(user_id, cid),
    index(cid, user_id, name = "res_company_users_rel_cid_user_id_idx"),
    foreign_key = aludel::schema::ForeignKey::on("res_company_users_rel_cid_fkey", ["cid"])
        .references("res_company", ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("res_company_users_rel_user_id_fkey", ["user_id"])
        .references("res_users", ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct ResCompanyUsersRel {
    #[field(primary_key)]
    pub cid: i32,
    #[field(primary_key)]
    pub user_id: i32,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "res_partner",
    index(on(raw_sql::<ResPartner, String>("immutable_unaccent(complete_name::text)"), "gin_trgm_ops"),
        name = "res_partner__complete_name_index", using = "gin"),
    index(ref_, name = "res_partner__ref_index", filter = raw_sql::<ResPartner, bool>("(ref IS NOT NULL)")),
    index(area, name = "res_partner_area", using = "gist"),
    index(complete_name("NULLS FIRST"), -id, name = "res_partner_order"),
    named_check(name = "res_partner_check_name", that = raw_sql::<ResPartner, bool>("((((type)::text = 'contact'::text) AND (name IS NOT NULL)) OR ((type)::text <> 'contact'::text))")),
    foreign_key = aludel::schema::ForeignKey::on("res_partner_company_id_fkey", ["company_id"])
        .references("res_company", ["id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("res_partner_parent_id_fkey", ["parent_id"])
        .references("res_partner", ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct ResPartner {
    pub id: i32,
    pub company_id: Option<i32>,
    pub parent_id: Option<i32>,
    #[field(sql_type = "character varying")]
    pub name: Option<String>,
    #[field(sql_type = "character varying", collation = "C")]
    pub complete_name: Option<String>,
    #[field(sql_type = "email_address")]
    pub email: Option<String>,
    #[field(column = "ref", max_length = 64)]
    pub ref_: Option<String>,
    #[field(
        column = "type",
        sql_type = "character varying",
        default = raw_sql::<(), Option<String>>("'contact'")
    )]
    pub type_: Option<String>,
    #[field(comment = "Date; \"Datum\" – it's a reserved word elsewhere")]
    pub date: Option<jiff::civil::Date>,
    #[field(sql_type = "money", default = raw_sql::<(), Option<String>>("0.00"))]
    pub credit_limit: Option<String>,
    #[field(sql_type = "percentage")]
    pub discount: Option<AnyText>,
    #[field(sql_type = "\"geoPosition\"")]
    pub place: Option<String>,
    #[field(sql_type = "box")]
    pub area: Option<String>,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub active: Option<bool>,
    pub barcode: Option<serde_json::Value>,
    #[field(
        default = raw_sql::<(), Option<jiff::civil::DateTime>>("now() AT TIME ZONE 'UTC'::text")
    )]
    pub create_date: Option<jiff::civil::DateTime>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "res_users",
    unique(login, name = "res_users_login_key"),
    foreign_key = aludel::schema::ForeignKey::on("res_users_company_id_fkey", ["company_id"])
        .references("res_company", ["id"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("res_users_partner_id_fkey", ["partner_id"])
        .references("res_partner", ["id"]).on_delete(aludel::schema::Action::Restrict).deferrable(aludel::schema::Deferrability::Immediate)
)]
pub struct ResUser {
    pub id: i32,
    #[field(sql_type = "character varying")]
    pub login: String,
    #[field(sql_type = "character varying")]
    pub password: Option<String>,
    pub company_id: i32,
    pub partner_id: i32,
    pub signature: Option<String>,
    pub share: Option<bool>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sale_order",
    index(date_order, name = "sale_order_date_brin", using = "brin", options = "WITH (pages_per_range='16', autosummarize='true')"),
    index(-date_order, -id, name = "sale_order_date_order_id_idx"),
    named_check(name = "sale_order_date_order_conditional_required", that = raw_sql::<SaleOrder,
        bool>("(((state)::text <> 'sale'::text) OR (date_order IS NOT NULL))"), options = "NO INHERIT"),
    foreign_key = aludel::schema::ForeignKey::on("sale_order_partner_id_fkey", ["partner_id"])
        .references("res_partner", ["id"]).on_delete(aludel::schema::Action::Restrict),
    foreign_key = aludel::schema::ForeignKey::on("sale_order_user_id_fkey", ["user_id"]).references("res_users",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct SaleOrder {
    pub id: i32,
    #[field(
        sql_type = "character varying",
        default = raw_sql::<(), String>("'S'::text || lpad((nextval('ir_sequence_001'::regclass))::text, 5, '0'::text)")
    )]
    pub name: String,
    #[field(default = raw_sql::<(), i32>("nextval('\"ir_sequence_Lieferung\"'::regclass)"))]
    pub delivery: i32,
    pub partner_id: i32,
    pub user_id: Option<i32>,
    #[field(sql_type = "character varying", default = raw_sql::<(), Option<String>>("'draft'"))]
    pub state: Option<String>,
    #[field(sql_type = "numeric")]
    pub amount_total: Option<rust_decimal::Decimal>,
    #[field(column = "x_studio_Farbe des Kunden")]
    pub x_studio_farbe_des_kunden: Option<String>,
    #[field(default = raw_sql::<(), Option<uuid::Uuid>>("gen_random_uuid()"))]
    pub access_token: Option<uuid::Uuid>,
    #[field(default = raw_sql::<(), jiff::civil::DateTime>("LOCALTIMESTAMP"))]
    pub date_order: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sale_order_line",
    foreign_key = aludel::schema::ForeignKey::on("sale_order_line_order_id_fkey", ["order_id"])
        .references("sale_order", ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("sale_order_line_product_id_fkey", ["product_id"])
        .references("product_template", ["id"]).on_delete(aludel::schema::Action::Restrict)
)]
pub struct SaleOrderLine {
    pub id: i64,
    pub order_id: i32,
    pub product_id: Option<i32>,
    pub name: String,
    #[field(decimal(16, 4), default = raw_sql::<(), rust_decimal::Decimal>("1"))]
    pub quantity: rust_decimal::Decimal,
    #[field(sql_type = "numeric")]
    pub price_unit: rust_decimal::Decimal,
    #[field(sql_type = "percentage")]
    pub discount: AnyText,
    #[field(
        sql_type = "numeric",
        generated = raw_sql::<SaleOrderLine, Option<AnyText>>("(quantity * price_unit)"),
        comment = "Quantity × unit price"
    )]
    pub subtotal: Option<AnyText>,
}

// Beside the models: App::view(View::new("active_partner", "SELECT res_partner.id,\n    res_partner.name,\n    res_partner.email\n   FROM res_partner\n  \
//     WHERE res_partner.active"))
// Beside the models: App::view(View::new("sale_report", "SELECT l.id,\n    o.name,\n    o.partner_id,\n    o.date_order AS date,\n    (t.name ->> 'en_US'::text) \
//     AS product,\n    l.subtotal AS price_total\n   FROM ((sale_order_line l\n     JOIN sale_order \
//     o ON ((o.id = l.order_id)))\n     LEFT JOIN product_template t ON ((t.id = l.product_id)))"))
// Beside the models: App::view(View::new("sale_report_by_partner", "SELECT r.partner_id,\n    p.complete_name,\n    sum(r.price_total) AS price_total,\n    count(*) \
//     AS nbr\n   FROM (sale_report r\n     JOIN res_partner p ON ((p.id = r.partner_id)))\n  GROUP \
//     BY r.partner_id, p.complete_name"))
// Beside the models: App::view(View::new("sale_report_month", "SELECT date_trunc('month'::text, r.date) AS month,\n    sum(r.price_total) AS price_total\n   \
//     FROM sale_report r\n  GROUP BY (date_trunc('month'::text, r.date))").materialized())
// Beside the models: App::extension("pg_trgm")
// Beside the models: App::extension("unaccent")
// Not managed: collation case_insensitive
// Not managed: column settings thumbnail of product_template
// Not managed: comment on res_company_name_uniq of res_company
// Not managed: composite type geoPosition
// Not managed: domain email_address
// Not managed: domain percentage
// Not managed: function immutable_unaccent(value text)
// Not managed: function note_login()
// Not managed: index sale_report_month_idx on sale_report_month
// Not managed: inheritance ir_act_server of ir_actions
// Not managed: inheritance ir_act_window of ir_actions
// Not managed: range type timerange
// Not managed: rule active_partner_archive on active_partner
// Not managed: rule ir_logging_keep on ir_logging
// Not managed: sequence ir_sequence_001
// Not managed: sequence ir_sequence_Lieferung
// Not managed: serial id of ir_actions
// Not managed: serial id of ir_logging
// Not managed: serial id of product_template
// Not managed: serial id of res_company
// Not managed: serial id of res_partner
// Not managed: serial id of res_users
// Not managed: serial id of sale_order
// Not managed: serial id of sale_order_line
// Not managed: storage parameters of TOAST of ir_logging
// Not managed: trigger note_login on res_users
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("x_Order")
            .column(column("Order", integer()).nullable())
            .column(column("user name", custom("character varying")).nullable())
            .column(column("match", text()).nullable())
            .column(column("self", array(integer())).nullable())
            .column(column("größe in cm", real()).nullable())
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        IrActServer,
        IrActWindow,
        IrAction,
        IrLogging,
        ProductTemplate,
        ResCompany,
        ResCompanyUsersRel,
        ResPartner,
        ResUser,
        SaleOrder,
        SaleOrderLine
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (IrActServer::meta().table.to_string(), IrActServer::query().all(db).await?.len()),
        (IrActWindow::meta().table.to_string(), IrActWindow::query().all(db).await?.len()),
        (IrAction::meta().table.to_string(), IrAction::query().all(db).await?.len()),
        (IrLogging::meta().table.to_string(), IrLogging::query().all(db).await?.len()),
        (ProductTemplate::meta().table.to_string(), ProductTemplate::query().all(db).await?.len()),
        (ResCompany::meta().table.to_string(), ResCompany::query().all(db).await?.len()),
        (ResCompanyUsersRel::meta().table.to_string(), ResCompanyUsersRel::query().all(db).await?.len()),
        (ResPartner::meta().table.to_string(), ResPartner::query().all(db).await?.len()),
        (ResUser::meta().table.to_string(), ResUser::query().all(db).await?.len()),
        (SaleOrder::meta().table.to_string(), SaleOrder::query().all(db).await?.len()),
        (SaleOrderLine::meta().table.to_string(), SaleOrderLine::query().all(db).await?.len()),
    ])
}
