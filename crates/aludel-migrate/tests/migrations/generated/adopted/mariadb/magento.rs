//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "catalog_product_entity",
    comment = "Catalog Product Table",
    options = "COLLATE=utf8mb4_general_ci",
    unique(sku, name = "CATALOG_PRODUCT_ENTITY_SKU"),
    index(sku_length, name = "CATALOG_PRODUCT_ENTITY_SKU_LENGTH")
)]
pub struct CatalogProductEntity {
    #[field(
        primary_key,
        sql_type = "int(10) unsigned",
        auto,
        comment = "Entity ID"
    )]
    pub entity_id: i64,
    #[field(
        sql_type = "enum('simple','virtual','configurable','bundle')",
        default = "simple",
        collation = "utf8mb4_general_ci",
        comment = "Type ID"
    )]
    pub type_id: String,
    #[field(max_length = 64, collation = "utf8mb4_bin", comment = "SKU")]
    pub sku: String,
    #[field(
        sql_type = "boolean",
        default = aludel::expr::Expr::<(), AnyText>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(false))),
        comment = "Has Options"
    )]
    pub has_options: AnyText,
    #[field(
        sql_type = "set('gift','backorder','download')",
        collation = "utf8mb4_general_ci",
        comment = "Options"
    )]
    pub options: Option<String>,
    #[field(
        generated = raw_sql::<CatalogProductEntity, Option<i32>>("char_length(`sku`)"),
        comment = "Length of SKU"
    )]
    pub sku_length: Option<i32>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "catalog_product_entity_decimal",
    comment = "Catalog Product Decimal Attribute Backend Table",
    options = "COLLATE=utf8mb4_general_ci",
    unique(entity_id, attribute_id, store_id, name = "CAT_PRD_ENTT_DEC_ENTT_ID_ATTR_ID_STORE_ID"),
    foreign_key = aludel::schema::ForeignKey::on("CAT_PRD_ENTT_DEC_ENTT_ID_CAT_PRD_ENTT_ENTT_ID",
        ["entity_id"]).references("catalog_product_entity", ["entity_id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("CAT_PRD_ENTT_DEC_STORE_ID_STORE_STORE_ID",
        ["store_id"]).references("store", ["store_id"]).on_delete(aludel::schema::Action::Cascade)
        .on_update(aludel::schema::Action::Cascade)
)]
pub struct CatalogProductEntityDecimal {
    #[field(primary_key, auto, comment = "Value ID")]
    pub value_id: i32,
    #[field(
        sql_type = "smallint(5) unsigned",
        default = 0,
        comment = "Attribute ID"
    )]
    pub attribute_id: i64,
    #[field(sql_type = "smallint(5) unsigned", default = 0, comment = "Store ID")]
    pub store_id: i64,
    #[field(sql_type = "int(10) unsigned", default = 0, comment = "Entity ID")]
    pub entity_id: i64,
    #[field(decimal(20, 6), comment = "Value")]
    pub value: Option<rust_decimal::Decimal>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "catalog_product_index_price_tmp",
    comment = "Temporary index, gone after a restart",
    options = "ENGINE=MEMORY COLLATE=utf8mb4_general_ci",
    primary_key(website_id, entity_id, customer_group_id),
    index(final_price, name = "PRICE_TMP_FINAL")
)]
pub struct CatalogProductIndexPriceTmp {
    #[field(primary_key, sql_type = "int(10) unsigned")]
    pub entity_id: i64,
    #[field(primary_key, sql_type = "int(10) unsigned")]
    pub customer_group_id: i64,
    #[field(primary_key, sql_type = "smallint(5) unsigned")]
    pub website_id: i64,
    #[field(decimal(20, 6))]
    pub final_price: Option<rust_decimal::Decimal>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "catalog_product_price_cl",
    comment = "Change log",
    options = "COLLATE=utf8mb4_general_ci"
)]
pub struct CatalogProductPriceCl {
    #[field(
        primary_key,
        sql_type = "int(10) unsigned",
        auto,
        comment = "Version ID"
    )]
    pub version_id: i64,
    #[field(sql_type = "int(10) unsigned", default = 0, comment = "Entity ID")]
    pub entity_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "catalog_product_special_price",
    comment = "Special prices by date",
    options = "COLLATE=utf8mb4_general_ci",
    primary_key(entity_id, valid_to, valid_from),
    named_check(name = "price", that = raw_sql::<CatalogProductSpecialPrice, bool>("`price` >= 0"))
)]
pub struct CatalogProductSpecialPrice {
    #[field(primary_key, sql_type = "int(10) unsigned")]
    pub entity_id: i64,
    #[field(primary_key)]
    pub valid_from: jiff::civil::Date,
    #[field(primary_key)]
    pub valid_to: jiff::civil::Date,
    #[field(decimal(20, 4), default = raw_sql::<(), rust_decimal::Decimal>("0.0000"))]
    pub price: rust_decimal::Decimal,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "customer_address_entity",
    comment = "Customer Address Entity",
    options = "COLLATE=utf8mb4_general_ci",
    index(street("(20)"), name = "CUSTOMER_ADDRESS_ENTITY_STREET"),
    foreign_key = aludel::schema::ForeignKey::on("CUSTOMER_ADDRESS_ENTITY_PARENT_ID_CUSTOMER_ENTITY_ENTITY_ID",
        ["parent_id"]).references("customer_entity", ["entity_id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct CustomerAddressEntity {
    #[field(
        primary_key,
        sql_type = "int(10) unsigned",
        auto,
        comment = "Entity ID"
    )]
    pub entity_id: i64,
    #[field(sql_type = "int(10) unsigned", comment = "Parent ID")]
    pub parent_id: Option<i64>,
    #[field(
        sql_type = "text",
        collation = "utf8mb4_general_ci",
        comment = "Street Address"
    )]
    pub street: String,
    #[field(
        sql_type = "char(2)",
        default = "DE",
        collation = "latin1_swedish_ci",
        comment = "Country"
    )]
    pub country_id: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "customer_entity",
    comment = "Customer Entity",
    options = "COLLATE=utf8mb4_general_ci",
    unique(email, store_id, name = "CUSTOMER_ENTITY_EMAIL_STORE_ID"),
    index(-created_at, name = "CUSTOMER_ENTITY_CREATED_AT", options = "COMMENT 'newest customers first'"),
    foreign_key = aludel::schema::ForeignKey::on("CUSTOMER_DEFAULT_BILLING", ["default_billing"])
        .references("customer_address_entity", ["entity_id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("CUSTOMER_ENTITY_STORE_ID_STORE_STORE_ID",
        ["store_id"]).references("store", ["store_id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct CustomerEntity {
    #[field(
        primary_key,
        sql_type = "int(10) unsigned",
        auto,
        comment = "Entity ID"
    )]
    pub entity_id: i64,
    #[field(max_length = 255, collation = "utf8mb4_general_ci", comment = "Email")]
    pub email: Option<String>,
    #[field(
        sql_type = "smallint(5) unsigned",
        default = raw_sql::<(), Option<i64>>("0"),
        comment = "Store ID"
    )]
    pub store_id: Option<i64>,
    #[field(
        sql_type = "timestamp",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        comment = "Created At"
    )]
    pub created_at: jiff::civil::DateTime,
    #[field(
        sql_type = "timestamp",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        options = "ON UPDATE current_timestamp()",
        comment = "Updated At"
    )]
    pub updated_at: jiff::civil::DateTime,
    #[field(sql_type = "timestamp", comment = "First Failure")]
    pub first_failure: Option<jiff::civil::DateTime>,
    #[field(comment = "Date of Birth")]
    pub dob: Option<jiff::civil::Date>,
    #[field(
        max_length = 128,
        collation = "ascii_bin",
        comment = "Reset password token"
    )]
    pub rp_token: Option<String>,
    #[field(sql_type = "smallint(5) unsigned", comment = "Gender")]
    pub gender: Option<i64>,
    #[field(sql_type = "int(10) unsigned", comment = "Default Billing Address")]
    pub default_billing: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "report_viewed_product_index",
    comment = "Reports Viewed Product Index Table",
    options = "COLLATE=utf8mb4_general_ci PARTITION BY RANGE (year(`added_at`)) (PARTITION `p2023` VALUES \
        LESS THAN (2024) ENGINE = InnoDB, PARTITION `p2024` VALUES LESS THAN (2025) ENGINE = InnoDB, \
        PARTITION `p_rest` VALUES LESS THAN MAXVALUE ENGINE = InnoDB)",
    index(added_at, name = "REPORT_VIEWED_ADDED_AT")
)]
pub struct ReportViewedProductIndex {
    #[field(
        primary_key,
        sql_type = "bigint(20) unsigned",
        auto,
        comment = "Index ID"
    )]
    pub index_id: AnyText,
    #[field(sql_type = "int(10) unsigned", comment = "Product ID")]
    pub product_id: i64,
    #[field(sql_type = "uuid", comment = "Visitor")]
    pub visitor: Option<String>,
    #[field(
        primary_key,
        sql_type = "datetime",
        default = aludel::expr::Expr::<(), jiff::civil::DateTime>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![])),
        comment = "Added At"
    )]
    pub added_at: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "sales_order",
    comment = "Sales Flat Order",
    options = "COLLATE=utf8mb4_general_ci row_format=DYNAMIC",
    unique(increment_id, store_id, name = "SALES_ORDER_INCREMENT_ID_STORE_ID"),
    index(state, name = "SALES_ORDER_STATE", options = "IGNORED"),
    named_check(name = "SALES_ORDER_TOTALS", that = raw_sql::<SalesOrder, bool>("`grand_total` is null or `grand_total` > -1000000 and `state` <> ''")),
    foreign_key = aludel::schema::ForeignKey::on("SALES_ORDER_CUSTOMER_ID_CUSTOMER_ENTITY_ENTITY_ID",
        ["customer_id"]).references("customer_entity", ["entity_id"]).on_delete(aludel::schema::Action::SetNull),
    foreign_key = aludel::schema::ForeignKey::on("SALES_ORDER_ORIGINAL", ["original"]).references("sales_order",
        ["entity_id"]),
    foreign_key = aludel::schema::ForeignKey::on("SALES_ORDER_STORE_ID_STORE_STORE_ID", ["store_id"])
        .references("store", ["store_id"]).on_update(aludel::schema::Action::Cascade)
)]
pub struct SalesOrder {
    #[field(
        primary_key,
        sql_type = "int(10) unsigned",
        auto,
        comment = "Entity ID"
    )]
    pub entity_id: i64,
    #[field(
        default = raw_sql::<(), Option<i64>>("nextval(`sequence_order_1`)"),
        comment = "Number that the customer sees"
    )]
    pub increment_id: Option<i64>,
    #[field(default = raw_sql::<(), i64>("nextval(`sequence-invoice`)"))]
    pub invoice_no: i64,
    #[field(max_length = 32, collation = "utf8mb4_general_ci", comment = "State")]
    pub state: Option<String>,
    #[field(sql_type = "smallint(5) unsigned", comment = "Store ID")]
    pub store_id: Option<i64>,
    #[field(sql_type = "int(10) unsigned", comment = "Customer ID")]
    pub customer_id: Option<i64>,
    #[field(decimal(20, 4), comment = "Grand Total")]
    pub grand_total: Option<rust_decimal::Decimal>,
    #[field(sql_type = "decimal(65, 30)", comment = "Tax before rounding")]
    pub tax_exact: Option<AnyText>,
    #[field(
        sql_type = "decimal(12,4) unsigned",
        default = raw_sql::<(), Option<rust_decimal::Decimal>>("0.0000"),
        comment = "Weight"
    )]
    pub weight: Option<rust_decimal::Decimal>,
    #[field(sql_type = "int(10) unsigned", comment = "Order that was edited")]
    pub original: Option<i64>,
    #[field(sql_type = "inet6", comment = "Remote IP")]
    pub remote_ip: Option<String>,
    #[field(
        sql_type = "char(32)",
        default = raw_sql::<(), String>("md5(uuid())"),
        collation = "utf8mb4_general_ci",
        comment = "Protect Code"
    )]
    pub protect_code: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "store",
    comment = "Stores",
    options = "COLLATE=utf8mb3_general_ci",
    unique(code, name = "STORE_CODE"),
    index(is_active, sort_order, name = "STORE_IS_ACTIVE_SORT_ORDER")
)]
pub struct Store {
    #[field(
        primary_key,
        sql_type = "smallint(5) unsigned",
        auto,
        comment = "Store ID"
    )]
    pub store_id: i64,
    #[field(max_length = 32, collation = "utf8mb3_general_ci", comment = "Code")]
    pub code: Option<String>,
    #[field(sql_type = "smallint(5) unsigned", default = 0, comment = "Website ID")]
    pub website_id: i64,
    #[field(
        max_length = 255,
        collation = "utf8mb3_general_ci",
        comment = "Store Name, shown in the shop's header"
    )]
    pub name: String,
    #[field(sql_type = "smallint(5) unsigned", default = 0, comment = "Sort Order")]
    pub sort_order: i64,
    #[field(sql_type = "smallint(5) unsigned", default = 0, comment = "Is Active")]
    pub is_active: i64,
}

// Beside the models: App::view(View::new("inventory_out", "select `inventory_stock_1`.`sku` AS `sku` from `inventory_stock_1` where `inventory_stock_1`.`quantity` \
//     <= 0"))
// Beside the models: App::view(View::new("inventory_stock_1", "select `p`.`entity_id` AS `product_id`,`p`.`sku` AS `sku`,coalesce(sum(`d`.`value`),0) AS `quantity` \
//     from (`catalog_product_entity` `p` left join `catalog_product_entity_decimal` `d` on(`d`.`entity_id` \
//     = `p`.`entity_id`)) group by `p`.`entity_id`,`p`.`sku`").options("SQL SECURITY INVOKER"))
// Not managed: USING BTREE PRICE_TMP_FINAL of catalog_product_index_price_tmp
// Not managed: WITHOUT OVERLAPS in a key of catalog_product_special_price
// Not managed: period validity of catalog_product_special_price
// Not managed: sequence sequence-invoice
// Not managed: sequence sequence_order_1
// Not managed: trigger trg_catalog_product_entity_decimal_after_delete on catalog_product_entity_decimal
// Not managed: trigger trg_catalog_product_entity_decimal_after_insert on catalog_product_entity_decimal
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        CatalogProductEntity,
        CatalogProductEntityDecimal,
        CatalogProductIndexPriceTmp,
        CatalogProductPriceCl,
        CatalogProductSpecialPrice,
        CustomerAddressEntity,
        CustomerEntity,
        ReportViewedProductIndex,
        SalesOrder,
        Store
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
        (CatalogProductEntity::meta().table.to_string(), CatalogProductEntity::query().all(db).await?.len()),
        (CatalogProductEntityDecimal::meta().table.to_string(), CatalogProductEntityDecimal::query().all(db).await?.len()),
        (CatalogProductIndexPriceTmp::meta().table.to_string(), CatalogProductIndexPriceTmp::query().all(db).await?.len()),
        (CatalogProductPriceCl::meta().table.to_string(), CatalogProductPriceCl::query().all(db).await?.len()),
        (CatalogProductSpecialPrice::meta().table.to_string(), CatalogProductSpecialPrice::query().all(db).await?.len()),
        (CustomerAddressEntity::meta().table.to_string(), CustomerAddressEntity::query().all(db).await?.len()),
        (CustomerEntity::meta().table.to_string(), CustomerEntity::query().all(db).await?.len()),
        (ReportViewedProductIndex::meta().table.to_string(), ReportViewedProductIndex::query().all(db).await?.len()),
        (SalesOrder::meta().table.to_string(), SalesOrder::query().all(db).await?.len()),
        (Store::meta().table.to_string(), Store::query().all(db).await?.len()),
    ])
}
