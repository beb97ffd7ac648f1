-- Condensed from the constructs of a Django project on SQLite and SpatiaLite:
-- quoted lower-case types, AUTOINCREMENT everywhere, deferred foreign keys,
-- CHECKs of positive and JSON fields, and a few tables with legacy names.

CREATE TABLE "django_migrations" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app" varchar(255) NOT NULL, "name" varchar(255) NOT NULL, "applied" datetime NOT NULL DEFAULT CURRENT_TIMESTAMP);

CREATE TABLE "django_content_type" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "app_label" varchar(100) NOT NULL, "model" varchar(100) NOT NULL);

CREATE UNIQUE INDEX "django_content_type_app_label_model_uniq" ON "django_content_type" ("app_label", "model");

CREATE TABLE "auth_group" ("id" integer NOT NULL PRIMARY KEY AUTOINCREMENT, "name" varchar(150) NOT NULL UNIQUE);

CREATE TABLE "auth_user" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "password" varchar(128) NOT NULL,
    "last_login" datetime NULL,
    "is_superuser" bool NOT NULL,
    "username" varchar(150) NOT NULL UNIQUE,
    "email" varchar(254) NOT NULL,
    "is_active" bool NOT NULL DEFAULT TRUE,
    "date_joined" datetime NOT NULL
);

CREATE UNIQUE INDEX "auth_user_email_ci_uniq" ON "auth_user" (LOWER("email")) WHERE NOT "email" = '';

CREATE TABLE "auth_user_groups" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "group_id" integer NOT NULL REFERENCES "auth_group" ("id") DEFERRABLE INITIALLY DEFERRED
);

CREATE UNIQUE INDEX "auth_user_groups_user_id_group_id_94350c0c_uniq" ON "auth_user_groups" ("user_id", "group_id");
CREATE INDEX "auth_user_groups_group_id_97559544" ON "auth_user_groups" ("group_id");

CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL);

CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date");

CREATE TABLE "django_admin_log" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "object_id" text NULL,
    "object_repr" varchar(200) NOT NULL,
    "action_flag" smallint unsigned NOT NULL CHECK ("action_flag" >= 0),
    "change_message" text NOT NULL CHECK ((JSON_VALID("change_message") OR "change_message" IS NULL)),
    "content_type_id" integer NULL REFERENCES "django_content_type" ("id") ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED,
    "user_id" integer NOT NULL REFERENCES "auth_user" ("id") DEFERRABLE INITIALLY DEFERRED,
    "action_time" datetime NOT NULL
);

CREATE INDEX "django_admin_log_recent" ON "django_admin_log" ("user_id", "action_time" DESC);

CREATE TABLE "shop_customer" (
    "uuid" char(32) NOT NULL PRIMARY KEY,
    "code" varchar(20) NOT NULL UNIQUE,
    "user name" varchar(60) NULL COLLATE NOCASE,
    "self" char(32) NULL REFERENCES "shop_customer" ("uuid") ON DELETE SET NULL,
    "type" varchar(8) DEFAULT 'it''s' NOT NULL,
    "match" integer unsigned NULL CHECK ("match" >= 0),
    "prefs" text NULL CHECK ((JSON_VALID("prefs") OR "prefs" IS NULL)),
    "born" date NULL,
    "photo" BLOB NULL,
    CONSTRAINT "shop_customer_type_valid" CHECK ("type" IN ('it''s', 'b2b', 'b2c;'))
);

CREATE TABLE "order" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "customer_code" varchar(20) NOT NULL REFERENCES "shop_customer" ("code") ON UPDATE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "group" varchar(10) NULL,
    "placed" datetime NOT NULL,
    "discount" decimal DEFAULT 0.5 NOT NULL,
    "paid" bool NOT NULL,
    "duration" bigint NULL,
    CONSTRAINT "order_discount_range" CHECK (("discount" >= 0 AND "discount" <= 100))
);

CREATE INDEX "order-by customer" ON "order" ("customer_code" COLLATE NOCASE, "placed" DESC);
CREATE UNIQUE INDEX "order_one_open" ON "order" ("customer_code") WHERE NOT "paid";

CREATE TABLE "shop_orderline" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "order_id" bigint NOT NULL REFERENCES "order" ("id") ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED,
    "quantity" integer unsigned NOT NULL CHECK ("quantity" >= 0),
    "price" decimal NOT NULL,
    "total" decimal GENERATED ALWAYS AS ((CAST("quantity" AS NUMERIC) * "price")) STORED,
    "label" varchar(40) GENERATED ALWAYS AS (COALESCE(CAST("quantity" AS text), '') || ' × ' || "price") VIRTUAL
);

CREATE INDEX "shop_orderline_total" ON "shop_orderline" ("total");

CREATE TABLE "shop_store" ("id" integer NOT NULL PRIMARY KEY, "name" varchar(80) NOT NULL, "lon" real NULL, "lat" real NULL);

CREATE VIRTUAL TABLE "idx_shop_store_area" USING rtree(pkid, xmin, xmax, ymin, ymax);

CREATE TRIGGER "gii_shop_store_area" AFTER INSERT ON "shop_store"
FOR EACH ROW WHEN NEW."lon" IS NOT NULL AND NEW."lat" IS NOT NULL
BEGIN
    INSERT INTO "idx_shop_store_area" (pkid, xmin, xmax, ymin, ymax)
    VALUES (NEW."id", NEW."lon" - 0.5, NEW."lon" + 0.5, NEW."lat" - 0.5, NEW."lat" + 0.5);
END;

CREATE TRIGGER "gid_shop_store_area" AFTER DELETE ON "shop_store"
FOR EACH ROW
BEGIN
    DELETE FROM "idx_shop_store_area" WHERE pkid = OLD."id";
END;

CREATE TABLE "blog-entry" (
    "id" integer NOT NULL PRIMARY KEY AUTOINCREMENT,
    "slug-name" varchar(50) NOT NULL,
    "Body" text DEFAULT '' NOT NULL,
    "parent_id" integer NULL REFERENCES "blog-entry" ("id") DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT "unique-slug" UNIQUE ("slug-name", "parent_id")
);

CREATE VIEW "open orders" AS
SELECT "order"."id", "shop_customer"."user name" AS "who", SUM("shop_orderline"."total") AS "sum"
FROM "order" INNER JOIN "shop_customer" ON ("order"."customer_code" = "shop_customer"."code")
LEFT OUTER JOIN "shop_orderline" ON ("order"."id" = "shop_orderline"."order_id")
WHERE NOT "order"."paid" GROUP BY "order"."id";
