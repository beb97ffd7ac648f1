//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "Mixed Case_25",
    unique(label, size, name = "x_Mixed Case_25_pair"),
    index(boss_id, name = "ix_Mixed Case_25_boss_id"),
    index(size, name = "ix_Mixed Case_25_size"),
    foreign_key = aludel::schema::ForeignKey::on("own_25", ["boss_id"]).references("order_17",
        ["id"])
)]
pub struct MixedCase25 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    pub plain_one: Option<String>,
    pub x2: f64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Mixed Case_41",
    unique(label, size, name = "x_Mixed Case_41_pair"),
    index(size, name = "ix_Mixed Case_41_size")
)]
pub struct MixedCase41 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    #[field(
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    pub plain_one: Option<String>,
    pub x2: f64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<Order33>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Mixed Case_57",
    unique(label, size, name = "x_Mixed Case_57_pair"),
    index(size, name = "ix_Mixed Case_57_size"),
    index(label, -size, name = "x_Mixed Case_57_down"),
    index(on = raw_sql::<MixedCase57, String>("(aludel_lower(\"label\"))"), name = "x_Mixed Case_57_lower"),
    index(label, unique, name = "x_Mixed Case_57_part", filter = raw_sql::<MixedCase57, bool>("\"size\" > 3"))
)]
pub struct MixedCase57 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    pub plain_one: Option<String>,
    pub x2: f64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<MixedCase57, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    #[field(on_delete = cascade)]
    pub parent: BelongsTo<Order49>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "Mixed Cases",
    unique(label, size, name = "x_Mixed Cases_pair"),
    index(size, name = "ix_Mixed Cases_size"),
    index(on = raw_sql::<MixedCase, String>("(aludel_lower(\"label\"))"), name = "x_Mixed Cases_lower"),
    index(label, unique, name = "x_Mixed Cases_part", filter = raw_sql::<MixedCase, bool>("\"size\" > 3"))
)]
pub struct MixedCase {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    pub plain_one: Option<String>,
    pub x2: f64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = cascade)]
    pub parent: BelongsTo<Order>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "address_21",
    unique(label, size, name = "x_address_21_pair"),
    index(size, name = "ix_address_21_size"),
    index(on = raw_sql::<Address21, String>("(aludel_lower(\"label\"))"), name = "x_address_21_lower"),
    index(label, unique, name = "x_address_21_part", filter = raw_sql::<Address21, bool>("\"size\" > 3"))
)]
pub struct Address21 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: f64,
    pub select: Option<bool>,
    #[field(column = "Upper")]
    pub upper: i64,
    #[field(default = raw_sql::<(), Option<i64>>("7"))]
    pub plain_one: Option<i64>,
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = cascade)]
    pub parent: BelongsTo<Photo>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "address_37",
    unique(label, size, name = "x_address_37_pair"),
    index(size, name = "ix_address_37_size"),
    index(label, -size, name = "x_address_37_down")
)]
pub struct Address37 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: f64,
    pub select: Option<bool>,
    #[field(column = "Upper", default = 7)]
    pub upper: i64,
    pub plain_one: Option<i64>,
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Address37, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub boss: BelongsTo<Photo29>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "address_53",
    unique(label, size, name = "x_address_53_pair"),
    index(size, name = "ix_address_53_size")
)]
pub struct Address53 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: f64,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub select: Option<bool>,
    #[field(column = "Upper")]
    pub upper: i64,
    pub plain_one: Option<i64>,
    #[field(default = 7)]
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<Photo45>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "addresss",
    unique(label, size, name = "x_addresss_pair"),
    index(size, name = "ix_addresss_size")
)]
pub struct Addresss {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: f64,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub select: Option<bool>,
    #[field(column = "Upper")]
    pub upper: i64,
    pub plain_one: Option<i64>,
    #[field(default = 7)]
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[model(table = "box_18")]
pub struct Box18 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper", decimal(28, 10))]
    pub upper: Option<rust_decimal::Decimal>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Newss>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "box_34")]
pub struct Box34 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper", decimal(28, 10))]
    pub upper: Option<rust_decimal::Decimal>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<News26>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "box_50",
    index(boss_id, name = "ix_box_50_boss_id"),
    foreign_key = aludel::schema::ForeignKey::on("own_50", ["boss_id"]).references("news_42",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Box50 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper", decimal(28, 10))]
    pub upper: Option<rust_decimal::Decimal>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "boxs", index(label, -size, name = "x_boxs_down"))]
pub struct BoxRow {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper", decimal(28, 10))]
    pub upper: Option<rust_decimal::Decimal>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<BoxRow, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "bus_22",
    index(boss_a, boss_b, name = "ix_bus_22_boss_a_boss_b"),
    index(label, -size, name = "x_bus_22_down"),
    foreign_key = aludel::schema::ForeignKey::on("fk_bus_22_boss_a_boss_b", ["boss_a", "boss_b"])
        .references("events", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Bus22 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<i64>,
    pub select: i64,
    #[field(column = "Upper", default = raw_sql::<(), Option<f64>>("1.5"))]
    pub upper: Option<f64>,
    #[field(max_length = 40)]
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Bus22, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub boss_a: Option<i64>,
    #[field(max_length = 10)]
    pub boss_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "bus_38",
    index(boss_a, boss_b, name = "ix_bus_38_boss_a_boss_b"),
    foreign_key = aludel::schema::ForeignKey::on("fk_bus_38_boss_a_boss_b", ["boss_a", "boss_b"])
        .references("event_30", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Bus38 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<i64>,
    #[field(default = 7)]
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<f64>,
    #[field(max_length = 40)]
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_a: Option<i64>,
    #[field(max_length = 10)]
    pub boss_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "bus_54",
    index(parent_a, parent_b, name = "ix_bus_54_parent_a_parent_b"),
    foreign_key = aludel::schema::ForeignKey::on("fk_bus_54_parent_a_parent_b", ["parent_a",
        "parent_b"]).references("event_46", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Bus54 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name", default = raw_sql::<(), Option<i64>>("7"))]
    pub first_name: Option<i64>,
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<f64>,
    #[field(max_length = 40, default = "it's")]
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_a: Option<i64>,
    #[field(max_length = 10)]
    pub parent_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "buss")]
pub struct Buss {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name", default = raw_sql::<(), Option<i64>>("7"))]
    pub first_name: Option<i64>,
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<f64>,
    #[field(max_length = 40, default = "it's")]
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "category_20",
    index(boss_id, name = "ix_category_20_boss_id"),
    named_check(name = "x_category_20_ck", that = raw_sql::<Category20, bool>("\"size\" >= 0 AND \"label\" <> ''")),
    foreign_key = aludel::schema::ForeignKey::on("own_20", ["boss_id"]).references("tags", ["id"])
        .on_delete(aludel::schema::Action::SetNull)
)]
pub struct Category20 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: f64,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub x2: Option<bool>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    pub boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "category_36",
    named_check(name = "x_category_36_ck", that = raw_sql::<Category36, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Category36 {
    pub id: i64,
    #[field(
        column = "first name",
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: f64,
    pub x2: Option<bool>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Tag28>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "category_52",
    index(label, -size, name = "x_category_52_down"),
    named_check(name = "x_category_52_ck", that = raw_sql::<Category52, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Category52 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: f64,
    pub x2: Option<bool>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(generated = raw_sql::<Category52, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Tag44>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "categorys",
    named_check(name = "x_categorys_ck", that = raw_sql::<Category, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Category {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: Bytes,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: f64,
    pub x2: Option<bool>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "city_19",
    foreign_key = aludel::schema::ForeignKey::on("fk_city_19_boss_id", ["boss_id"]).references("items",
        ["id"])
)]
pub struct City19 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "city_35",
    foreign_key = aludel::schema::ForeignKey::on("own_35", ["boss_id"]).references("item_27",
        ["id"])
)]
pub struct City35 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "city_51",
    index(on = raw_sql::<City51, String>("(aludel_lower(\"label\"))"), name = "x_city_51_lower"),
    index(label, unique, name = "x_city_51_part", filter = raw_sql::<City51, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("fk_city_51_parent_id", ["parent_id"]).references("item_43",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct City51 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: String,
    #[field(
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "citys",
    index(on = raw_sql::<City, String>("(aludel_lower(\"label\"))"), name = "x_citys_lower"),
    index(label, unique, name = "x_citys_part", filter = raw_sql::<City, bool>("\"size\" > 3"))
)]
pub struct City {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: String,
    #[field(
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "event_30",
    index(parent_a, parent_b, name = "ix_event_30_parent_a_parent_b"),
    foreign_key = aludel::schema::ForeignKey::on("own_30", ["parent_a", "parent_b"]).references("bus_22",
        ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Event30 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_a: Option<i64>,
    #[field(max_length = 10)]
    pub parent_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "event_46",
    index(boss_a, boss_b, name = "ix_event_46_boss_a_boss_b"),
    foreign_key = aludel::schema::ForeignKey::on("fk_event_46_boss_a_boss_b", ["boss_a", "boss_b"])
        .references("bus_38", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Event46 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: String,
    #[field(
        column = "Upper",
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_a: Option<i64>,
    #[field(max_length = 10)]
    pub boss_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "event_62",
    index(boss_a, boss_b, name = "ix_event_62_boss_a_boss_b"),
    index(label, -size, name = "x_event_62_down"),
    foreign_key = aludel::schema::ForeignKey::on("fk_event_62_boss_a_boss_b", ["boss_a", "boss_b"])
        .references("bus_54", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Event62 {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Event62, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub boss_a: Option<i64>,
    #[field(max_length = 10)]
    pub boss_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "events",
    index(boss_a, boss_b, name = "ix_events_boss_a_boss_b"),
    foreign_key = aludel::schema::ForeignKey::on("fk_events_boss_a_boss_b", ["boss_a", "boss_b"])
        .references("buss", ["a", "b"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Event {
    #[field(primary_key)]
    pub a: i64,
    #[field(primary_key, max_length = 10)]
    pub b: String,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_a: Option<i64>,
    #[field(max_length = 10)]
    pub boss_b: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "item_27",
    index(label, -size, name = "x_item_27_down"),
    index(on = raw_sql::<Item27, String>("(aludel_lower(\"label\"))"), name = "x_item_27_lower"),
    index(label, unique, name = "x_item_27_part", filter = raw_sql::<Item27, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("fk_item_27_parent_id", ["parent_id"]).references("city_19",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Item27 {
    pub id: i64,
    #[field(column = "first name", default = 7)]
    pub first_name: i64,
    pub select: Option<i64>,
    #[field(column = "Upper")]
    pub upper: i64,
    #[field(default = raw_sql::<(), Option<f64>>("1.5"))]
    pub plain_one: Option<f64>,
    #[field(max_length = 40)]
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Item27, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub parent_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "item_43",
    foreign_key = aludel::schema::ForeignKey::on("fk_item_43_boss_id", ["boss_id"]).references("city_35",
        ["id"])
)]
pub struct Item43 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    pub select: Option<i64>,
    #[field(column = "Upper", default = 7)]
    pub upper: i64,
    pub plain_one: Option<f64>,
    #[field(max_length = 40)]
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "item_59",
    foreign_key = aludel::schema::ForeignKey::on("fk_item_59_boss_id", ["boss_id"]).references("city_51",
        ["id"])
)]
pub struct Item59 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    #[field(default = raw_sql::<(), Option<i64>>("7"))]
    pub select: Option<i64>,
    #[field(column = "Upper")]
    pub upper: i64,
    pub plain_one: Option<f64>,
    #[field(max_length = 40, default = "it's")]
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "items",
    foreign_key = aludel::schema::ForeignKey::on("fk_items_boss_id", ["boss_id"]).references("citys",
        ["id"])
)]
pub struct Item {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    #[field(default = raw_sql::<(), Option<i64>>("7"))]
    pub select: Option<i64>,
    #[field(column = "Upper")]
    pub upper: i64,
    pub plain_one: Option<f64>,
    #[field(max_length = 40, default = "it's")]
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "key_31",
    foreign_key = aludel::schema::ForeignKey::on("fk_key_31_boss_key", ["boss_key"]).references("status_23",
        ["key"])
)]
pub struct Key31 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name")]
    pub first_name: Bytes,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: f64,
    pub plain_one: Option<bool>,
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "key_47",
    index(label, -size, name = "x_key_47_down"),
    foreign_key = aludel::schema::ForeignKey::on("fk_key_47_boss_key", ["boss_key"]).references("status_39",
        ["key"])
)]
pub struct Key47 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name")]
    pub first_name: Bytes,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: f64,
    pub plain_one: Option<bool>,
    #[field(default = 7)]
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Key47, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub boss_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "key_63",
    index(on = raw_sql::<Key63, String>("(aludel_lower(\"label\"))"), name = "x_key_63_lower"),
    index(label, unique, name = "x_key_63_part", filter = raw_sql::<Key63, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("fk_key_63_parent_key", ["parent_key"]).references("status_55",
        ["key"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Key63 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name")]
    pub first_name: Bytes,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: f64,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub plain_one: Option<bool>,
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "keys",
    index(on = raw_sql::<KeyRow, String>("(aludel_lower(\"label\"))"), name = "x_keys_lower"),
    index(label, unique, name = "x_keys_part", filter = raw_sql::<KeyRow, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("own_15", ["parent_key"]).references("statuss",
        ["key"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct KeyRow {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name")]
    pub first_name: Bytes,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: f64,
    #[field(
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub plain_one: Option<bool>,
    pub x2: i64,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "news_26")]
pub struct News26 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: f64,
    #[field(column = "Upper")]
    pub upper: Option<bool>,
    pub plain_one: i64,
    #[field(default = raw_sql::<(), Option<i64>>("7"))]
    pub x2: Option<i64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Box18>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "news_42", index(label, -size, name = "x_news_42_down"))]
pub struct News42 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: f64,
    #[field(column = "Upper")]
    pub upper: Option<bool>,
    #[field(default = 7)]
    pub plain_one: i64,
    pub x2: Option<i64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<News42, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Box34>>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "news_58")]
pub struct News58 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: f64,
    #[field(
        column = "Upper",
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub upper: Option<bool>,
    pub plain_one: i64,
    pub x2: Option<i64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Box50>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "newss",
    index(boss_id, name = "ix_newss_boss_id"),
    foreign_key = aludel::schema::ForeignKey::on("own_10", ["boss_id"]).references("boxs", ["id"])
        .on_delete(aludel::schema::Action::SetNull)
)]
pub struct Newss {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<String>,
    pub select: f64,
    #[field(
        column = "Upper",
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub upper: Option<bool>,
    pub plain_one: i64,
    pub x2: Option<i64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "order_17",
    unique(label, size, name = "x_order_17_pair"),
    index(size, name = "ix_order_17_size"),
    index(label, -size, name = "x_order_17_down")
)]
pub struct Order17 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    #[field(default = raw_sql::<(), Option<f64>>("1.5"))]
    pub select: Option<f64>,
    #[field(column = "Upper", max_length = 40)]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Order17, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    pub boss: BelongsTo<MixedCase>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "order_33",
    unique(label, size, name = "x_order_33_pair"),
    index(size, name = "ix_order_33_size"),
    index(on = raw_sql::<Order33, String>("(aludel_lower(\"label\"))"), name = "x_order_33_lower"),
    index(label, unique, name = "x_order_33_part", filter = raw_sql::<Order33, bool>("\"size\" > 3"))
)]
pub struct Order33 {
    pub id: i64,
    #[field(column = "first name", default = 7)]
    pub first_name: i64,
    pub select: Option<f64>,
    #[field(column = "Upper", max_length = 40)]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(on_delete = cascade)]
    pub parent: BelongsTo<MixedCase25>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "order_49",
    unique(label, size, name = "x_order_49_pair"),
    index(size, name = "ix_order_49_size")
)]
pub struct Order49 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    pub select: Option<f64>,
    #[field(column = "Upper", max_length = 40, default = "it's")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<MixedCase41>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "orders",
    unique(label, size, name = "x_orders_pair"),
    index(size, name = "ix_orders_size")
)]
pub struct Order {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: i64,
    pub select: Option<f64>,
    #[field(column = "Upper", max_length = 40, default = "it's")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: Bytes,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "photo_29",
    unique(label, size, name = "x_photo_29_pair"),
    index(size, name = "ix_photo_29_size")
)]
pub struct Photo29 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: Bytes,
    #[field(decimal(28, 10))]
    pub select: Option<rust_decimal::Decimal>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<Address21>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "photo_45",
    unique(label, size, name = "x_photo_45_pair"),
    index(parent_code, name = "ix_photo_45_parent_code"),
    index(size, name = "ix_photo_45_size"),
    index(on = raw_sql::<Photo45, String>("(aludel_lower(\"label\"))"), name = "x_photo_45_lower"),
    index(label, unique, name = "x_photo_45_part", filter = raw_sql::<Photo45, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("own_45", ["parent_code"]).references("address_37",
        ["code"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Photo45 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: Bytes,
    #[field(decimal(28, 10))]
    pub select: Option<rust_decimal::Decimal>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(max_length = 12)]
    pub parent_code: String,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "photo_61",
    unique(label, size, name = "x_photo_61_pair"),
    index(size, name = "ix_photo_61_size")
)]
pub struct Photo61 {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: Bytes,
    #[field(decimal(28, 10))]
    pub select: Option<rust_decimal::Decimal>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<Address53>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "photos",
    unique(label, size, name = "x_photos_pair"),
    index(size, name = "ix_photos_size")
)]
pub struct Photo {
    #[field(primary_key, max_length = 12)]
    pub code: String,
    #[field(column = "first name")]
    pub first_name: Bytes,
    #[field(decimal(28, 10))]
    pub select: Option<rust_decimal::Decimal>,
    #[field(column = "Upper")]
    pub upper: String,
    pub plain_one: Option<String>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss: BelongsTo<Addresss>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "status_23",
    foreign_key = aludel::schema::ForeignKey::on("fk_status_23_boss_key", ["boss_key"]).references("keys",
        ["key"])
)]
pub struct Status23 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name", max_length = 40)]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    #[field(decimal(28, 10))]
    pub plain_one: Option<rust_decimal::Decimal>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "status_39",
    index(on = raw_sql::<Status39, String>("(aludel_lower(\"label\"))"), name = "x_status_39_lower"),
    index(label, unique, name = "x_status_39_part", filter = raw_sql::<Status39, bool>("\"size\" > 3")),
    foreign_key = aludel::schema::ForeignKey::on("fk_status_39_parent_key", ["parent_key"])
        .references("key_31", ["key"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Status39 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name", max_length = 40, default = "it's")]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    #[field(decimal(28, 10))]
    pub plain_one: Option<rust_decimal::Decimal>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub parent_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "status_55",
    foreign_key = aludel::schema::ForeignKey::on("own_55", ["boss_key"]).references("key_47",
        ["key"])
)]
pub struct Status55 {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name", max_length = 40)]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    #[field(decimal(28, 10))]
    pub plain_one: Option<rust_decimal::Decimal>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    pub boss_key: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "statuss", index(label, -size, name = "x_statuss_down"))]
pub struct Statuss {
    #[field(primary_key, auto)]
    pub key: i64,
    #[field(column = "first name", max_length = 40)]
    pub first_name: String,
    pub select: Option<String>,
    #[field(column = "Upper")]
    pub upper: Bytes,
    #[field(decimal(28, 10))]
    pub plain_one: Option<rust_decimal::Decimal>,
    pub x2: String,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30)]
    pub label: String,
    #[field(generated = raw_sql::<Statuss, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tag_28",
    named_check(name = "x_tag_28_ck", that = raw_sql::<Tag28, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Tag28 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<f64>,
    #[field(max_length = 40)]
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    #[field(decimal(28, 10))]
    pub x2: Option<rust_decimal::Decimal>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Category20>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tag_44",
    named_check(name = "x_tag_44_ck", that = raw_sql::<Tag44, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Tag44 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<f64>,
    #[field(max_length = 40, default = "it's")]
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    #[field(decimal(28, 10))]
    pub x2: Option<rust_decimal::Decimal>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Category36>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tag_60",
    index(parent_id, name = "ix_tag_60_parent_id"),
    named_check(name = "x_tag_60_ck", that = raw_sql::<Tag60, bool>("\"size\" >= 0 AND \"label\" <> ''")),
    foreign_key = aludel::schema::ForeignKey::on("own_60", ["parent_id"]).references("category_52",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Tag60 {
    pub id: i64,
    #[field(column = "first name", default = raw_sql::<(), Option<f64>>("1.5"))]
    pub first_name: Option<f64>,
    #[field(max_length = 40)]
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    #[field(decimal(28, 10))]
    pub x2: Option<rust_decimal::Decimal>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    pub parent_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "tags",
    index(label, -size, name = "x_tags_down"),
    named_check(name = "x_tags_ck", that = raw_sql::<Tag, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Tag {
    pub id: i64,
    #[field(column = "first name", default = raw_sql::<(), Option<f64>>("1.5"))]
    pub first_name: Option<f64>,
    #[field(max_length = 40)]
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: Bytes,
    #[field(decimal(28, 10))]
    pub x2: Option<rust_decimal::Decimal>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(generated = raw_sql::<Tag, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Category>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "type_24",
    named_check(name = "x_type_24_ck", that = raw_sql::<Type24, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Type24 {
    pub id: i64,
    #[field(column = "first name", decimal(28, 10))]
    pub first_name: Option<rust_decimal::Decimal>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<User16>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "type_40",
    index(boss_id, name = "ix_type_40_boss_id"),
    named_check(name = "x_type_40_ck", that = raw_sql::<Type40, bool>("\"size\" >= 0 AND \"label\" <> ''")),
    foreign_key = aludel::schema::ForeignKey::on("own_40", ["boss_id"]).references("user_32",
        ["id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct Type40 {
    pub id: i64,
    #[field(column = "first name", decimal(28, 10))]
    pub first_name: Option<rust_decimal::Decimal>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: String,
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    pub boss_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "type_56",
    named_check(name = "x_type_56_ck", that = raw_sql::<Type56, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Type56 {
    pub id: i64,
    #[field(column = "first name", decimal(28, 10))]
    pub first_name: Option<rust_decimal::Decimal>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: String,
    #[field(
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<User48>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "types",
    named_check(name = "x_types_ck", that = raw_sql::<Type, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct Type {
    pub id: i64,
    #[field(column = "first name", decimal(28, 10))]
    pub first_name: Option<rust_decimal::Decimal>,
    pub select: String,
    #[field(column = "Upper")]
    pub upper: Option<String>,
    pub plain_one: String,
    #[field(
        default = aludel::expr::Expr::<(), Option<String>>::from_node(aludel::expr::Node::Function(aludel::expr::Function::Now,
            vec![]))
    )]
    pub x2: Option<String>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<User>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_16",
    named_check(name = "x_user_16_ck", that = raw_sql::<User16, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct User16 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<bool>,
    pub select: i64,
    #[field(column = "Upper", default = raw_sql::<(), Option<i64>>("7"))]
    pub upper: Option<i64>,
    pub plain_one: i64,
    pub x2: Option<f64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Type>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_32",
    index(label, -size, name = "x_user_32_down"),
    named_check(name = "x_user_32_ck", that = raw_sql::<User32, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct User32 {
    pub id: i64,
    #[field(column = "first name")]
    pub first_name: Option<bool>,
    #[field(default = 7)]
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<i64>,
    pub plain_one: i64,
    #[field(default = raw_sql::<(), Option<f64>>("1.5"))]
    pub x2: Option<f64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(generated = raw_sql::<User32, Option<i64>>("\"size\" * 2"))]
    pub doubled: Option<i64>,
    #[field(on_delete = set_null)]
    pub boss: Option<BelongsTo<Type24>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "user_48",
    named_check(name = "x_user_48_ck", that = raw_sql::<User48, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct User48 {
    pub id: i64,
    #[field(
        column = "first name",
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub first_name: Option<bool>,
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<i64>,
    #[field(default = 7)]
    pub plain_one: i64,
    pub x2: Option<f64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
    #[field(on_delete = set_null)]
    pub parent: Option<BelongsTo<Type40>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "users",
    named_check(name = "x_users_ck", that = raw_sql::<User, bool>("\"size\" >= 0 AND \"label\" <> ''"))
)]
pub struct User {
    pub id: i64,
    #[field(
        column = "first name",
        default = aludel::expr::Expr::<(), Option<bool>>::from_node(aludel::expr::Node::Value(aludel::Value::Bool(true)))
    )]
    pub first_name: Option<bool>,
    pub select: i64,
    #[field(column = "Upper")]
    pub upper: Option<i64>,
    #[field(default = 7)]
    pub plain_one: i64,
    pub x2: Option<f64>,
    #[field(default = 1)]
    pub size: i64,
    #[field(max_length = 30, unique)]
    pub label: String,
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        MixedCase25,
        MixedCase41,
        MixedCase57,
        MixedCase,
        Address21,
        Address37,
        Address53,
        Addresss,
        Box18,
        Box34,
        Box50,
        BoxRow,
        Bus22,
        Bus38,
        Bus54,
        Buss,
        Category20,
        Category36,
        Category52,
        Category,
        City19,
        City35,
        City51,
        City,
        Event30,
        Event46,
        Event62,
        Event,
        Item27,
        Item43,
        Item59,
        Item,
        Key31,
        Key47,
        Key63,
        KeyRow,
        News26,
        News42,
        News58,
        Newss,
        Order17,
        Order33,
        Order49,
        Order,
        Photo29,
        Photo45,
        Photo61,
        Photo,
        Status23,
        Status39,
        Status55,
        Statuss,
        Tag28,
        Tag44,
        Tag60,
        Tag,
        Type24,
        Type40,
        Type56,
        Type,
        User16,
        User32,
        User48,
        User
    ]
}
