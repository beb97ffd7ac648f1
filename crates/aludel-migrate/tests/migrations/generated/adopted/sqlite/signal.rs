//! Models of a database, as `inspectdb` has read them.

use aludel::prelude::*;

#[derive(Model, Debug, Clone)]
#[model(
    table = "conversations",
    index(active_at, name = "conversations_active", filter = raw_sql::<Conversation, bool>("active_at IS NOT NULL"))
)]
pub struct Conversation {
    #[field(sql_type = "STRING")]
    pub id: AnyText,
    pub json: Option<String>,
    pub active_at: Option<i64>,
    #[field(column = "type", sql_type = "STRING")]
    pub type_: Option<String>,
    pub members: Option<String>,
    #[field(collation = "NOCASE")]
    pub name: Option<String>,
    #[field(column = "serviceId", unique)]
    pub service_id: Option<String>,
    #[field(column = "expireTimerVersion", default = 1)]
    pub expire_timer_version: i64,
    #[field(column = "profileLastFetchedAt")]
    pub profile_last_fetched_at: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "group_membership",
    unique(group_id, recipient_id),
    foreign_key = aludel::schema::ForeignKey::on("", ["recipient_id"]).references("conversations",
        ["id"]).on_update(aludel::schema::Action::Cascade).deferrable(aludel::schema::Deferrability::Deferred)
)]
pub struct GroupMembership {
    #[field(primary_key, auto)]
    pub _id: i64,
    pub group_id: String,
    #[field(sql_type = "STRING")]
    pub recipient_id: AnyText,
    #[field(default = raw_sql::<(), Option<Bytes>>("X'00'"))]
    pub endorsement: Option<Bytes>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "items", options = "STRICT, WITHOUT ROWID")]
pub struct Item {
    pub id: String,
    #[field(sql_type = "ANY")]
    pub value: Option<AnyText>,
    #[field(default = raw_sql::<(), f64>("1.5e3"))]
    pub updated: f64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "message_attachments",
    options = "STRICT",
    primary_key(message_id, edit_history_index, attachment_type, order_in_message),
    index(plaintext_hash, name = "message_attachments_hash", filter = raw_sql::<MessageAttachment,
        bool>("plaintextHash IS NOT NULL")),
    named_check(name = "ck_message_attachments_1", that = raw_sql::<MessageAttachment, bool>("attachmentType IN ('attachment', 'quote', 'sticker')")),
    named_check(name = "nonNegative", that = raw_sql::<MessageAttachment, bool>("width IS NULL OR width >= 0"))
)]
pub struct MessageAttachment {
    #[field(column = "messageId", primary_key)]
    pub message_id: String,
    #[field(column = "attachmentType", primary_key)]
    pub attachment_type: String,
    #[field(column = "orderInMessage", primary_key)]
    pub order_in_message: i64,
    #[field(column = "editHistoryIndex", primary_key, sql_type = "INT", default = -1)]
    pub edit_history_index: i64,
    #[field(column = "plaintextHash")]
    pub plaintext_hash: Option<Bytes>,
    pub width: Option<i64>,
    #[field(sql_type = "ANY")]
    pub extra: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "messages",
    index(conversation_id, is_story, -sent_at, -rowid, name = "messages_conversation"),
    index(expires_at, name = "messages_expires", filter = raw_sql::<Message, bool>("storyId IS NULL")),
    index(on = raw_sql::<Message, String>("json_extract(json, '$.quote.id')"), -on(raw_sql::<Message,
        String>("\"type\""), "COLLATE NOCASE"), name = "messages_quote"),
    foreign_key = aludel::schema::ForeignKey::on("", ["storyId"]).references("messages", ["id"])
        .on_delete(aludel::schema::Action::SetNull)
)]
pub struct Message {
    #[field(primary_key, auto)]
    pub rowid: i64,
    #[field(sql_type = "STRING", unique)]
    pub id: Option<AnyText>,
    pub json: Option<String>,
    #[field(column = "readStatus")]
    pub read_status: Option<i64>,
    pub sent_at: Option<i64>,
    #[field(column = "conversationId", on_delete = cascade)]
    pub conversation_id: Option<BelongsTo<Conversation>>,
    pub body: Option<String>,
    #[field(column = "type", sql_type = "STRING")]
    pub type_: Option<String>,
    #[field(column = "isErased", default = false)]
    pub is_erased: bool,
    #[field(column = "storyId", sql_type = "STRING")]
    pub story_id: Option<String>,
    #[field(
        column = "isStory",
        generated = raw_sql::<Message, Option<i64>>("type IS 'story'"),
        virtual
    )]
    pub is_story: Option<i64>,
    #[field(column = "expirationStartTimestamp")]
    pub expiration_start_timestamp: Option<i64>,
    #[field(column = "expireTimer")]
    pub expire_timer: Option<i64>,
    #[field(
        column = "expiresAt",
        sql_type = "INT",
        generated = raw_sql::<Message, Option<i64>>("ifnull(expirationStartTimestamp + (expireTimer * 1000), 9007199254740991)"),
        virtual
    )]
    pub expires_at: Option<i64>,
    #[field(
        column = "editCount",
        sql_type = "INTEGER",
        generated = raw_sql::<Message, Option<AnyText>>("json_extract(json, '$.edits')")
    )]
    pub edit_count: Option<AnyText>,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "reactions",
    unique(message_id, from_id),
    named_check(name = "ck_reactions_1", that = raw_sql::<Reaction, bool>("unread IN (0, 1)"))
)]
pub struct Reaction {
    #[field(primary_key, auto, options = "AUTOINCREMENT")]
    pub _id: i64,
    #[field(column = "messageId", sql_type = "STRING")]
    pub message_id: String,
    #[field(column = "fromId")]
    pub from_id: String,
    pub emoji: Option<String>,
    #[field(sql_type = "NUMERIC")]
    pub timestamp: Option<AnyText>,
    #[field(default = raw_sql::<(), Option<bool>>("1"))]
    pub unread: Option<bool>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "sendLogPayloads")]
pub struct SendLogPayload {
    #[field(options = "AUTOINCREMENT")]
    pub id: i64,
    pub timestamp: i64,
    #[field(default = raw_sql::<(), Bytes>("zeroblob(2)"))]
    pub proto: Bytes,
    pub urgent: Option<i64>,
}

#[derive(Model, Debug, Clone)]
#[model(table = "sticker_packs")]
pub struct StickerPack {
    pub id: String,
    pub key: String,
    #[field(sql_type = "STRING")]
    pub title: Option<AnyText>,
    #[field(sql_type = "STRING", default = raw_sql::<(), Option<String>>("'known'"))]
    pub status: Option<String>,
    #[field(
        column = "createdAt",
        sql_type = "TIMESTAMP",
        default = raw_sql::<(), Option<AnyText>>("strftime('%s', 'now')")
    )]
    pub created_at: Option<AnyText>,
    #[field(default = 0)]
    pub position: i64,
}

#[derive(Model, Debug, Clone)]
#[model(
    table = "stickers",
    primary_key(id, pack_id),
    foreign_key = aludel::schema::ForeignKey::on("stickers_fk", ["packId"]).references("sticker_packs",
        ["id"]).on_delete(aludel::schema::Action::Cascade)
)]
pub struct Sticker {
    #[field(column = "packId", primary_key)]
    pub pack_id: String,
    #[field(sql_type = "STRING")]
    pub emoji: Option<String>,
    #[field(primary_key)]
    pub id: i64,
    #[field(column = "isCoverOnly")]
    pub is_cover_only: Option<i64>,
    #[field(sql_type = "STRING")]
    pub path: Option<String>,
    #[field(sql_type = "BIGINT")]
    pub size: Option<i64>,
}

// Beside the models: App::view(View::new("unreadStories", "SELECT id, sent_at FROM messages WHERE isStory IS 1 AND readStatus IS NOT 2")
//     .options("(messageId, \"sent at\")"))
// Not managed: ON CONFLICT of group_membership
// Not managed: ON CONFLICT of reactions
// Not managed: trigger fts_follows_delete on messages
// Not managed: trigger fts_follows_insert on messages
// Not managed: trigger fts_follows_update on messages
// Not managed: virtual table messages_fts
/// Tables without a primary key, which a model needs: `App::tables(tables())`.
pub fn tables() -> Vec<aludel::schema::Table> {
    use aludel::migrate::prelude::*;
    vec![
        new_table("mentions")
            .column(column("messageId", custom("")).nullable())
            .column(column("mentionAci", custom("STRING")).nullable())
            .column(column("start", big_int()).nullable())
            .column(column("length", big_int()).nullable())
            .foreign_key(
                foreign_key("", ["messageId"])
                    .references("messages", ["id"])
                    .on_delete(Action::Cascade),
            )
            .index(index(
                "mentions_aci",
                ["mentionAci", "messageId", "start", "length"],
            ))
            .into(),
        new_table("sticker_references")
            .column(column("messageId", custom("STRING")).nullable())
            .column(column("packId", text()).nullable())
            .column(column("stickerId", big_int()).nullable())
            .foreign_key(
                foreign_key("", ["stickerId", "packId"])
                    .references("stickers", ["id", "packId"])
                    .on_delete(Action::Restrict)
                    .on_update(Action::Cascade),
            )
            .into(),
    ]
}

/// All of the models.
pub fn registry() -> aludel::Registry {
    models![
        Conversation,
        GroupMembership,
        Item,
        MessageAttachment,
        Message,
        Reaction,
        SendLogPayload,
        StickerPack,
        Sticker
    ]
}

/// Reads every row, and counts them.
#[rustfmt::skip]
pub async fn read(db: &Database) -> aludel::Result<Vec<(String, usize)>> {
    Ok(vec![
        (Conversation::meta().table.to_string(), Conversation::query().all(db).await?.len()),
        (GroupMembership::meta().table.to_string(), GroupMembership::query().all(db).await?.len()),
        (Item::meta().table.to_string(), Item::query().all(db).await?.len()),
        (MessageAttachment::meta().table.to_string(), MessageAttachment::query().all(db).await?.len()),
        (Message::meta().table.to_string(), Message::query().all(db).await?.len()),
        (Reaction::meta().table.to_string(), Reaction::query().all(db).await?.len()),
        (SendLogPayload::meta().table.to_string(), SendLogPayload::query().all(db).await?.len()),
        (StickerPack::meta().table.to_string(), StickerPack::query().all(db).await?.len()),
        (Sticker::meta().table.to_string(), Sticker::query().all(db).await?.len()),
    ])
}
