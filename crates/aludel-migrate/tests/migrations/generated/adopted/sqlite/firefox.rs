//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_bookmarks",
    index(guid, unique, name = "moz_bookmarks_guid_uniqueindex"),
    index(fk, type_, name = "moz_bookmarks_itemindex"),
    index(parent, position, name = "moz_bookmarks_parentindex")
)]
pub struct MozBookmark {
    pub id: i64,
    #[field(column = "type")]
    pub type_: Option<i64>,
    pub fk: Option<i64>,
    pub parent: Option<i64>,
    pub position: Option<i64>,
    #[field(sql_type = "LONGVARCHAR")]
    pub title: Option<String>,
    #[field(
        column = "dateAdded",
        default = raw_sql::<(), Option<i64>>("strftime('%s', 'now') * 1000000")
    )]
    pub date_added: Option<i64>,
    #[field(column = "lastModified")]
    pub last_modified: Option<i64>,
    pub guid: Option<String>,
    #[field(column = "syncStatus", default = 0)]
    pub sync_status: i64,
    #[field(column = "syncChangeCounter", default = 1)]
    pub sync_change_counter: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "moz_bookmarks_deleted")]
pub struct MozBookmarksDeleted {
    #[field(primary_key)]
    pub guid: String,
    #[field(column = "dateRemoved", default = 0)]
    pub date_removed: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_historyvisits",
    index(from_visit, name = "moz_historyvisits_fromindex"),
    index(place_id, visit_date, name = "moz_historyvisits_placedateindex")
)]
pub struct MozHistoryvisit {
    pub id: i64,
    pub from_visit: Option<i64>,
    pub place_id: Option<i64>,
    pub visit_date: Option<i64>,
    pub visit_type: Option<i64>,
    pub session: Option<i64>,
    #[field(default = 0)]
    pub source: i64,
    #[field(column = "triggeringPlaceId")]
    pub triggering_place_id: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_icons",
    index(fixed_icon_url_hash, name = "moz_icons_iconurlhashindex")
)]
pub struct MozIcon {
    pub id: i64,
    pub icon_url: String,
    pub fixed_icon_url_hash: i64,
    #[field(default = 0)]
    pub width: i64,
    #[field(default = 0)]
    pub root: i64,
    pub color: Option<i64>,
    #[field(default = 0)]
    pub expire_ms: i64,
    #[field(default = raw_sql::<(), i64>("0x10"))]
    pub flags: i64,
    pub data: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_icons_to_pages",
    options = "WITHOUT ROWID",
    primary_key(icon_id, page_id),
    foreign_key = aludel::schema::ForeignKey::on("", ["page_id"]).references("moz_pages_w_icons",
        ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("", ["icon_id"]).references("moz_icons", ["id"])
        .on_delete(aludel::schema::Action::Cascade)
)]
pub struct MozIconsToPage {
    #[field(primary_key)]
    pub page_id: i64,
    #[field(primary_key)]
    pub icon_id: i64,
    #[field(default = 0)]
    pub expire_ms: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "moz_inputhistory")]
pub struct MozInputhistory {
    #[field(primary_key)]
    pub place_id: i64,
    #[field(primary_key, sql_type = "LONGVARCHAR")]
    pub input: String,
    #[field(sql_type = "")]
    pub use_count: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_keywords",
    index(
        place_id,
        post_data,
        unique,
        name = "moz_keywords_placepostdata_uniqueindex"
    )
)]
pub struct MozKeyword {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    #[field(unique)]
    pub keyword: Option<String>,
    pub place_id: Option<i64>,
    pub post_data: Option<String>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "moz_meta", options = "WITHOUT ROWID")]
pub struct MozMeta {
    #[field(primary_key)]
    pub key: String,
    #[field(sql_type = "")]
    pub value: AnyText,
}

#[derive(Model, Debug, Clone)]
#[model(table = "moz_origins", unique(prefix, host))]
pub struct MozOrigin {
    pub id: i64,
    pub prefix: String,
    pub host: String,
    pub frecency: i64,
    #[field(default = 0)]
    pub recalc: i64,
}

#[derive(Model, Debug, Clone)]
#[model(table = "moz_pages_w_icons")]
pub struct MozPagesWIcon {
    pub id: i64,
    #[field(unique)]
    pub page_url: String,
    pub page_url_hash: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_places",
    index(guid, unique, name = "moz_places_guid_uniqueindex"),
    index(rev_host, name = "moz_places_hostindex"),
    index(-last_visit_date, name = "moz_places_lastvisitdateindex"),
    index(frecency, name = "moz_places_recalc_index", filter = raw_sql::<MozPlace, bool>("frecency < 0 AND hidden = 0")),
    index(url_hash, name = "moz_places_url_hashindex"),
    foreign_key = aludel::schema::ForeignKey::on("", ["origin_id"]).references("moz_origins",
        ["id"])
)]
pub struct MozPlace {
    pub id: i64,
    #[field(sql_type = "LONGVARCHAR")]
    pub url: Option<String>,
    #[field(sql_type = "LONGVARCHAR")]
    pub title: Option<String>,
    #[field(sql_type = "LONGVARCHAR")]
    pub rev_host: Option<String>,
    #[field(default = raw_sql::<(), Option<i64>>("0"))]
    pub visit_count: Option<i64>,
    #[field(default = 0)]
    pub hidden: i64,
    #[field(default = 0)]
    pub typed: i64,
    #[field(default = -1)]
    pub frecency: i64,
    pub last_visit_date: Option<i64>,
    pub guid: Option<String>,
    #[field(default = 0)]
    pub foreign_count: i64,
    #[field(default = 0)]
    pub url_hash: i64,
    pub preview_image_url: Option<String>,
    pub origin_id: Option<i64>,
    pub alt_frecency: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "moz_places_metadata",
    index(place_id, created_at, unique, name = "moz_places_metadata_placecreated_uniqueindex"),
    named_check(name = "ck_moz_places_metadata_1", that = raw_sql::<MozPlacesMetadata, bool>("place_id != referrer_place_id")),
    foreign_key = aludel::schema::ForeignKey::on("", ["place_id"]).references("moz_places",
        ["id"]).on_delete(aludel::schema::Action::Cascade),
    foreign_key = aludel::schema::ForeignKey::on("", ["referrer_place_id"]).references("moz_places",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct MozPlacesMetadata {
    pub id: i64,
    pub place_id: i64,
    pub referrer_place_id: Option<i64>,
    #[field(default = 0)]
    pub created_at: i64,
    #[field(default = 0)]
    pub total_view_time: i64,
    #[field(default = 0)]
    pub document_type: i64,
}

// Beside the models: App::view(View::new("moz_frequent_view", "SELECT * FROM moz_places_view WHERE visit_count > 0"))
// Beside the models: App::view(View::new("moz_places_view", "SELECT p.id, p.url, p.title, o.host, p.visit_count FROM moz_places p LEFT JOIN moz_origins \
//     o ON o.id = p.origin_id"))
// Not managed: ON CONFLICT of moz_bookmarks
// Not managed: ON CONFLICT of moz_pages_w_icons
// Not managed: trigger bookmark_moved_to_place on moz_bookmarks
// Not managed: trigger keyword_removed on moz_keywords
// Not managed: trigger moz_places_view_update on moz_places_view
// Not managed: trigger visits_counted on moz_historyvisits
/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        MozBookmark,
        MozBookmarksDeleted,
        MozHistoryvisit,
        MozIcon,
        MozIconsToPage,
        MozInputhistory,
        MozKeyword,
        MozMeta,
        MozOrigin,
        MozPagesWIcon,
        MozPlace,
        MozPlacesMetadata
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
        (MozBookmark::meta().table.to_string(), MozBookmark::query().all(db).await?.len()),
        (MozBookmarksDeleted::meta().table.to_string(), MozBookmarksDeleted::query().all(db).await?.len()),
        (MozHistoryvisit::meta().table.to_string(), MozHistoryvisit::query().all(db).await?.len()),
        (MozIcon::meta().table.to_string(), MozIcon::query().all(db).await?.len()),
        (MozIconsToPage::meta().table.to_string(), MozIconsToPage::query().all(db).await?.len()),
        (MozInputhistory::meta().table.to_string(), MozInputhistory::query().all(db).await?.len()),
        (MozKeyword::meta().table.to_string(), MozKeyword::query().all(db).await?.len()),
        (MozMeta::meta().table.to_string(), MozMeta::query().all(db).await?.len()),
        (MozOrigin::meta().table.to_string(), MozOrigin::query().all(db).await?.len()),
        (MozPagesWIcon::meta().table.to_string(), MozPagesWIcon::query().all(db).await?.len()),
        (MozPlace::meta().table.to_string(), MozPlace::query().all(db).await?.len()),
        (MozPlacesMetadata::meta().table.to_string(), MozPlacesMetadata::query().all(db).await?.len()),
    ])
}
