-- Condensed from the constructs of Odoo: translated names as jsonb, comments on most columns, tables that inherit actions,
-- rows of partners, users and companies that refer to each other, tables of pairs, reports as views, fields that
-- customers have named. Our own words, MIT licence.

CREATE TABLE res_company (
    id serial PRIMARY KEY,
    name varchar COLLATE case_insensitive NOT NULL,
    partner_id integer NOT NULL,
    currency char(10) DEFAULT 'EUR' NOT NULL,
    currency_symbol varchar,
    rounding numeric(20,6) DEFAULT 0.01,
    parent_id integer REFERENCES res_company (id) ON DELETE RESTRICT,
    parent_path varchar,
    create_uid integer,
    create_date timestamp without time zone,
    CONSTRAINT res_company_name_uniq UNIQUE (name),
    CONSTRAINT res_company_rounding_gt_zero CHECK (rounding > 0)
);
COMMENT ON TABLE res_company IS 'Companies';
COMMENT ON COLUMN res_company.currency_symbol IS 'The sign on invoices: € or $';
COMMENT ON CONSTRAINT res_company_name_uniq ON res_company IS 'unique (name)';
CREATE INDEX res_company__parent_path_index ON res_company (parent_path text_pattern_ops);

CREATE TABLE res_partner (
    id serial PRIMARY KEY,
    company_id integer CONSTRAINT res_partner_company_id_fkey REFERENCES res_company (id) ON DELETE SET NULL,
    parent_id integer REFERENCES res_partner (id) ON DELETE SET NULL,
    name varchar,
    complete_name varchar COLLATE "C",
    email email_address,
    ref varchar(64),
    "type" varchar DEFAULT 'contact',
    "date" date,
    credit_limit money DEFAULT 0.00,
    discount percentage,
    place "geoPosition",
    area box,
    active boolean DEFAULT true,
    barcode jsonb,
    create_date timestamp without time zone DEFAULT (now() AT TIME ZONE 'UTC'),
    CONSTRAINT res_partner_check_name CHECK ((("type")::text = 'contact'::text AND name IS NOT NULL) OR ("type")::text <> 'contact'::text)
);
CREATE INDEX res_partner__complete_name_index ON res_partner USING gin (immutable_unaccent((complete_name)::text) gin_trgm_ops);
CREATE INDEX res_partner__ref_index ON res_partner (ref) WHERE ref IS NOT NULL;
CREATE INDEX res_partner_order ON res_partner (complete_name ASC NULLS FIRST, id DESC);
CREATE INDEX res_partner_area ON res_partner USING gist (area);
COMMENT ON COLUMN res_partner."date" IS 'Date; "Datum" – it''s a reserved word elsewhere';

CREATE TABLE res_users (
    id serial PRIMARY KEY,
    login varchar NOT NULL CONSTRAINT res_users_login_key UNIQUE,
    password varchar,
    company_id integer NOT NULL REFERENCES res_company (id) ON DELETE RESTRICT,
    partner_id integer NOT NULL REFERENCES res_partner (id) ON DELETE RESTRICT DEFERRABLE INITIALLY IMMEDIATE,
    signature text,
    share boolean
);
ALTER TABLE res_company ADD CONSTRAINT res_company_partner_id_fkey FOREIGN KEY (partner_id) REFERENCES res_partner (id) DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE res_company ADD CONSTRAINT res_company_create_uid_fkey FOREIGN KEY (create_uid) REFERENCES res_users (id) ON DELETE SET NULL NOT VALID;

-- Actions of all kinds are numbered together, each kind in a table that inherits.
CREATE TABLE ir_actions (
    id serial,
    "type" varchar NOT NULL,
    binding_type varchar DEFAULT 'action' NOT NULL,
    name jsonb NOT NULL,
    help jsonb,
    CONSTRAINT ir_actions_named CHECK (name <> '{}'::jsonb),
    PRIMARY KEY (id)
);
CREATE TABLE ir_act_window (
    res_model varchar NOT NULL,
    "limit" integer DEFAULT 80,
    context varchar DEFAULT '{}' NOT NULL,
    PRIMARY KEY (id)
) INHERITS (ir_actions);
CREATE TABLE ir_act_server (
    code text,
    sequence smallint DEFAULT 5,
    PRIMARY KEY (id)
) INHERITS (ir_actions) WITH (fillfactor=70);

CREATE TABLE product_template (
    id serial PRIMARY KEY,
    name jsonb NOT NULL,
    default_code varchar,
    list_price numeric DEFAULT 1.0,
    weight numeric(20,6),
    quantities int4range,
    store_hours timerange,
    opens_at time without time zone DEFAULT '08:00:00',
    image oid,
    thumbnail bytea,
    priority "char" DEFAULT '0'
);
ALTER TABLE product_template ALTER COLUMN thumbnail SET STORAGE EXTERNAL, ALTER COLUMN name SET COMPRESSION pglz;
CREATE INDEX product_template__name_index ON product_template USING gin (((jsonb_path_query_array(name, '$.*'::jsonpath))::text) gin_trgm_ops);
CREATE INDEX product_template_name_en ON product_template ((name ->> 'en_US'::text)) WHERE default_code IS NOT NULL;

CREATE TABLE sale_order (
    id serial PRIMARY KEY,
    name varchar DEFAULT ('S'::text || lpad((nextval('ir_sequence_001'::regclass))::text, 5, '0'::text)) NOT NULL,
    delivery integer DEFAULT nextval('"ir_sequence_Lieferung"'::regclass) NOT NULL,
    partner_id integer NOT NULL REFERENCES res_partner (id) ON DELETE RESTRICT,
    user_id integer REFERENCES res_users (id) ON DELETE SET NULL,
    state varchar DEFAULT 'draft',
    amount_total numeric,
    "x_studio_Farbe des Kunden" text,
    access_token uuid DEFAULT gen_random_uuid(),
    date_order timestamp without time zone DEFAULT LOCALTIMESTAMP NOT NULL,
    CONSTRAINT sale_order_date_order_conditional_required CHECK (state::text <> 'sale'::text OR date_order IS NOT NULL) NO INHERIT
);
CREATE INDEX sale_order_date_order_id_idx ON sale_order (date_order DESC, id DESC);
CREATE INDEX sale_order_date_brin ON sale_order USING brin (date_order) WITH (pages_per_range=16, autosummarize=true);

CREATE TABLE sale_order_line (
    id bigserial PRIMARY KEY,
    order_id integer NOT NULL REFERENCES sale_order (id) ON DELETE CASCADE,
    product_id integer REFERENCES product_template (id) ON DELETE RESTRICT,
    name text NOT NULL,
    quantity numeric(16,4) DEFAULT 1 NOT NULL,
    price_unit numeric NOT NULL,
    discount percentage NOT NULL,
    subtotal numeric GENERATED ALWAYS AS ((quantity * price_unit)) STORED
);
COMMENT ON COLUMN sale_order_line.subtotal IS 'Quantity × unit price';

CREATE TABLE res_company_users_rel (
    cid integer NOT NULL REFERENCES res_company (id) ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES res_users (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, cid)
);
CREATE INDEX res_company_users_rel_cid_user_id_idx ON res_company_users_rel (cid, user_id);
COMMENT ON TABLE res_company_users_rel IS 'Which users work for which companies';

-- Made by a customer with the studio; nothing in it is required.
CREATE TABLE "x_Order" (
    "Order" integer,
    "user name" varchar,
    "match" text,
    "self" integer[],
    "größe in cm" real
);

CREATE TABLE ir_logging (
    id serial PRIMARY KEY,
    create_date timestamp without time zone,
    level varchar,
    message text NOT NULL
) WITH (autovacuum_enabled=false, toast.autovacuum_enabled=false);
CREATE RULE ir_logging_keep AS ON DELETE TO ir_logging WHERE (old.level)::text = 'ERROR'::text DO INSTEAD NOTHING;

CREATE FUNCTION note_login() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO ir_logging (level, message) VALUES ('INFO', 'login ' || NEW.login);
    PERFORM pg_notify('imbus', NEW.id::text);
    RETURN NULL;
END
$$;
CREATE CONSTRAINT TRIGGER note_login AFTER INSERT OR UPDATE OF login ON res_users
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION note_login();

CREATE VIEW sale_report AS
 SELECT l.id, o.name, o.partner_id, o.date_order AS date, t.name ->> 'en_US'::text AS product, l.subtotal AS price_total
   FROM sale_order_line l
     JOIN sale_order o ON o.id = l.order_id
     LEFT JOIN product_template t ON t.id = l.product_id;
CREATE VIEW sale_report_by_partner AS
 SELECT r.partner_id, p.complete_name, sum(r.price_total) AS price_total, count(*) AS nbr
   FROM sale_report r JOIN res_partner p ON p.id = r.partner_id GROUP BY r.partner_id, p.complete_name;
CREATE MATERIALIZED VIEW sale_report_month AS
 SELECT date_trunc('month'::text, r.date) AS month, sum(r.price_total) AS price_total FROM sale_report r GROUP BY 1;
CREATE UNIQUE INDEX sale_report_month_idx ON sale_report_month (month);
-- A view that is written through a rule.
CREATE VIEW active_partner AS
 SELECT res_partner.id, res_partner.name, res_partner.email FROM res_partner WHERE res_partner.active;
CREATE RULE active_partner_archive AS ON DELETE TO active_partner DO INSTEAD
 UPDATE res_partner SET active = false WHERE res_partner.id = old.id;
