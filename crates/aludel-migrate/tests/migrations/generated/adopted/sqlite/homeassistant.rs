//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(table = "event_data", index(hash, name = "ix_event_data_hash"))]
pub struct EventData {
    #[field(primary_key, auto)]
    pub data_id: i64,
    #[field(sql_type = "BIGINT")]
    pub hash: Option<i64>,
    pub shared_data: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "event_types",
    index(event_type, unique, name = "ix_event_types_event_type")
)]
pub struct EventType {
    #[field(primary_key, auto)]
    pub event_type_id: i64,
    #[field(max_length = 64)]
    pub event_type: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "events",
    index(context_id_bin, name = "ix_events_context_id_bin"),
    index(event_type_id, time_fired_ts, name = "ix_events_event_type_id_time_fired_ts"),
    foreign_key = aludel::schema::ForeignKey::on("", ["data_id"]).references("event_data", ["data_id"])
)]
pub struct Event {
    #[field(primary_key, auto)]
    pub event_id: i64,
    #[field(sql_type = "CHAR(0)")]
    pub event_type: Option<String>,
    #[field(sql_type = "CHAR(0)")]
    pub time_fired: Option<String>,
    #[field(sql_type = "FLOAT")]
    pub time_fired_ts: Option<f64>,
    #[field(sql_type = "SMALLINT")]
    pub origin_idx: Option<i64>,
    pub data_id: Option<i64>,
    pub context_id_bin: Option<Bytes>,
    #[field(column = "event_type_id")]
    pub event_type_id: Option<BelongsTo<EventType>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "ltss",
    primary_key(time, entity_id),
    index(entity_id, -time, name = "ltss_entityid_time_composite_idx")
)]
pub struct Ltss {
    #[field(primary_key, max_length = 255)]
    pub entity_id: String,
    #[field(primary_key, sql_type = "DATETIME")]
    pub time: AnyText,
    #[field(max_length = 255)]
    pub state: Option<String>,
    #[field(sql_type = "JSON")]
    pub attributes: Option<AnyText>,
    #[field(
        generated = raw_sql::<Ltss, Option<String>>("json_extract(attributes, '$.friendly_name')"),
        virtual
    )]
    pub friendly_name: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "migration_changes", options = "WITHOUT ROWID")]
pub struct MigrationChange {
    #[field(primary_key, max_length = 255)]
    pub migration_id: String,
    #[field(sql_type = "SMALLINT")]
    pub version: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "recorder_runs",
    index(start, end, name = "ix_recorder_runs_start_end")
)]
pub struct RecorderRun {
    #[field(primary_key, auto)]
    pub run_id: i64,
    #[field(
        sql_type = "DATETIME",
        default = raw_sql::<(), jiff::civil::DateTime>("strftime('%Y-%m-%d %H:%M:%f', 'now')")
    )]
    pub start: jiff::civil::DateTime,
    #[field(sql_type = "DATETIME")]
    pub end: Option<jiff::civil::DateTime>,
    #[field(default = raw_sql::<(), bool>("0"))]
    pub closed_incorrect: bool,
    #[field(sql_type = "DATETIME", default = raw_sql::<(), AnyText>("CURRENT_TIMESTAMP"))]
    pub created: AnyText,
}

#[derive(Model, Debug, Clone)]
#[model(table = "schema_changes")]
pub struct SchemaChange {
    #[field(primary_key, auto)]
    pub change_id: i64,
    pub schema_version: Option<i64>,
    #[field(sql_type = "DATETIME")]
    pub changed: jiff::civil::DateTime,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "states",
    index(metadata_id, -last_updated_ts, name = "ix_states_metadata_id_last_updated_ts"),
    index(old_state_id, name = "ix_states_old_state_id", filter = raw_sql::<State, bool>("old_state_id IS NOT NULL")),
    index(on = raw_sql::<State, String>("json_extract(shared_attrs, '$.unit_of_measurement')"),
        -on(raw_sql::<State, String>("(last_updated_ts - last_changed_ts)")), name = "ix_states_unit"),
    foreign_key = aludel::schema::ForeignKey::on("", ["old_state_id"]).references("states",
        ["state_id"]).on_delete(aludel::schema::Action::SetNull)
)]
pub struct State {
    #[field(primary_key, auto)]
    pub state_id: i64,
    #[field(sql_type = "CHAR(0)")]
    pub entity_id: Option<String>,
    #[field(max_length = 255)]
    pub state: Option<String>,
    #[field(sql_type = "FLOAT")]
    pub last_changed_ts: Option<f64>,
    #[field(sql_type = "DOUBLE")]
    pub last_updated_ts: Option<f64>,
    pub old_state_id: Option<i64>,
    #[field(sql_type = "JSON")]
    pub shared_attrs: Option<AnyText>,
    pub context_id_bin: Option<Bytes>,
    #[field(sql_type = "SMALLINT", default = raw_sql::<(), Option<i64>>("0"))]
    pub origin_idx: Option<i64>,
    #[field(column = "metadata_id")]
    pub metadata_id: Option<BelongsTo<StatesMeta>>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "states_meta",
    index(entity_id("COLLATE NOCASE"), unique, name = "ix_states_meta_entity_id")
)]
pub struct StatesMeta {
    #[field(primary_key, auto)]
    pub metadata_id: i64,
    #[field(max_length = 255)]
    pub entity_id: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "statistics",
    index(start_ts, name = "ix_statistics_start_ts"),
    index(metadata, start_ts, unique, name = "ix_statistics_statistic_id_start_ts"),
    named_check(name = "ck_statistics_1", that = raw_sql::<Statistic, bool>("min IS NULL OR max IS NULL OR min <= max"))
)]
pub struct Statistic {
    pub id: i64,
    #[field(sql_type = "DATETIME")]
    pub created: Option<AnyText>,
    #[field(sql_type = "FLOAT")]
    pub created_ts: Option<f64>,
    #[field(on_delete = cascade)]
    pub metadata: Option<BelongsTo<StatisticsMeta>>,
    #[field(sql_type = "FLOAT")]
    pub start_ts: Option<f64>,
    #[field(sql_type = "DOUBLE PRECISION")]
    pub mean: Option<f64>,
    #[field(sql_type = "DOUBLE")]
    pub min: Option<f64>,
    pub max: Option<f64>,
    #[field(sql_type = "NUMERIC(10, 2)")]
    pub state: Option<AnyText>,
    #[field(sql_type = "DECIMAL(20, 6)")]
    pub sum: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "statistics_alias",
    foreign_key = aludel::schema::ForeignKey::on("", ["statistic"]).references("statistics_meta",
        ["statistic_id"]).on_delete(aludel::schema::Action::Restrict).on_update(aludel::schema::Action::Cascade)
)]
pub struct StatisticsAlia {
    #[field(primary_key, max_length = 50, collation = "NOCASE")]
    pub alias: String,
    #[field(max_length = 255)]
    pub statistic: String,
    #[field(default = raw_sql::<(), Option<i64>>("+1"))]
    pub order: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "statistics_meta",
    named_check(name = "ck_statistics_meta_has_sum", that = raw_sql::<StatisticsMeta, bool>("has_sum IN (0, 1)"))
)]
pub struct StatisticsMeta {
    pub id: i64,
    #[field(max_length = 255, unique)]
    pub statistic_id: Option<String>,
    #[field(max_length = 32, default = "recorder")]
    pub source: String,
    #[field(max_length = 255)]
    pub unit_of_measurement: Option<String>,
    pub has_mean: Option<bool>,
    pub has_sum: Option<bool>,
    #[field(max_length = 255)]
    pub name: Option<String>,
    #[field(sql_type = "SMALLINT", default = raw_sql::<(), i64>("'0'"))]
    pub mean_type: i64,
}

// Beside the models: App::view(View::new("states_latest", "SELECT entity_id, max(last_updated_ts) FROM states_named GROUP BY entity_id")
//     .options("(entity, \"last-seen\")"))
// Beside the models: App::view(View::new("states_named", "SELECT s.state_id, m.entity_id, s.state, s.last_updated_ts FROM states AS s JOIN states_meta \
//     AS m ON m.metadata_id = s.metadata_id"))
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        EventData,
        EventType,
        Event,
        Ltss,
        MigrationChange,
        RecorderRun,
        SchemaChange,
        State,
        StatesMeta,
        Statistic,
        StatisticsAlia,
        StatisticsMeta
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
        (EventData::meta().table.to_string(), EventData::query().all(db).await?.len()),
        (EventType::meta().table.to_string(), EventType::query().all(db).await?.len()),
        (Event::meta().table.to_string(), Event::query().all(db).await?.len()),
        (Ltss::meta().table.to_string(), Ltss::query().all(db).await?.len()),
        (MigrationChange::meta().table.to_string(), MigrationChange::query().all(db).await?.len()),
        (RecorderRun::meta().table.to_string(), RecorderRun::query().all(db).await?.len()),
        (SchemaChange::meta().table.to_string(), SchemaChange::query().all(db).await?.len()),
        (State::meta().table.to_string(), State::query().all(db).await?.len()),
        (StatesMeta::meta().table.to_string(), StatesMeta::query().all(db).await?.len()),
        (Statistic::meta().table.to_string(), Statistic::query().all(db).await?.len()),
        (StatisticsAlia::meta().table.to_string(), StatisticsAlia::query().all(db).await?.len()),
        (StatisticsMeta::meta().table.to_string(), StatisticsMeta::query().all(db).await?.len()),
    ])
}
