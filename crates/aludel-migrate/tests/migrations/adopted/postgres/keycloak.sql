-- Condensed from the constructs of Keycloak (made by Liquibase): keys of 36 characters, constraints with numbered names,
-- keys whose columns come in another order than the table's, times in milliseconds, a table without a key.
-- Our own words, MIT licence.

CREATE TABLE realm (
    id varchar(36) NOT NULL,
    access_code_lifespan integer,
    name varchar(255),
    ssl_required varchar(255),
    events_expiration millis,
    password_policy varchar(2550) DEFAULT NULL::character varying,
    default_role varchar(255),
    enabled boolean DEFAULT false NOT NULL,
    login_window time without time zone,
    allowed_macs macaddr[],
    internal_number bigint GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 5),
    CONSTRAINT constraint_4a PRIMARY KEY (id),
    CONSTRAINT uk_91a970d021e176da4409bd4a UNIQUE (name) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX idx_realm_master_adm_cli ON realm (lower((name)::text) COLLATE "C" varchar_pattern_ops);

CREATE TABLE keycloak_role (
    id varchar(36) NOT NULL,
    client_realm_constraint varchar(255),
    client_role boolean DEFAULT false NOT NULL,
    description varchar(255),
    name varchar(255) COLLATE "und-x-icu",
    realm_id varchar(255),
    client varchar(36),
    CONSTRAINT constraint_a PRIMARY KEY (id),
    CONSTRAINT "UK_BD3555FABDAA085843BAF6-2" UNIQUE NULLS NOT DISTINCT (name, client_realm_constraint),
    CONSTRAINT fk_0d79cd34daa0622c341da2a8 FOREIGN KEY (realm_id) REFERENCES realm (id) ON UPDATE CASCADE ON DELETE CASCADE
);
-- A realm has roles and one that everybody has.
ALTER TABLE realm ADD CONSTRAINT fk_realm_default_role FOREIGN KEY (default_role) REFERENCES keycloak_role (id)
    ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE client (
    id varchar(36) CONSTRAINT constraint_7 PRIMARY KEY,
    enabled boolean DEFAULT false NOT NULL,
    client_id varchar(255),
    not_before integer,
    secret varchar(255),
    realm_id varchar(36) NOT NULL CONSTRAINT fk_client_realm REFERENCES realm (id),
    saml_descriptor xml,
    flags bit varying(16),
    "baseUrl" text DEFAULT 'https://'::text
) WITH (fillfactor=95);
CREATE UNIQUE INDEX uk_02e79eff012b5df5b4d3ee89 ON client (realm_id, client_id);
CREATE INDEX idx_client_id ON client (client_id NULLS FIRST) INCLUDE (enabled, realm_id);
ALTER TABLE keycloak_role ADD CONSTRAINT fk_role_client FOREIGN KEY (client) REFERENCES client (id) NOT VALID;

CREATE TABLE composite_role (
    composite varchar(36) NOT NULL REFERENCES keycloak_role (id),
    child_role varchar(36) NOT NULL REFERENCES keycloak_role (id),
    CONSTRAINT constraint_composite_role PRIMARY KEY (child_role, composite),
    CONSTRAINT composite_role_other CHECK (composite::text <> child_role::text)
);
CREATE INDEX idx_composite ON composite_role USING btree (composite);

CREATE TABLE user_entity (
    id identifier,
    email varchar(255),
    email_constraint varchar(255),
    realm_id varchar(255),
    username varchar(255),
    created_timestamp millis DEFAULT now_millis(),
    service_account_client_link varchar(255),
    manager_id varchar(36),
    not_before integer DEFAULT 0 NOT NULL,
    CONSTRAINT constraint_fb PRIMARY KEY (id),
    CONSTRAINT uk_038fa696f0874b62c196ee5b UNIQUE (realm_id, email_constraint),
    CONSTRAINT uk_fbc3520e76c3269bdc85ad62 UNIQUE (realm_id, username),
    CONSTRAINT user_manager FOREIGN KEY (manager_id) REFERENCES user_entity (id) ON DELETE SET NULL
);
CREATE INDEX idx_user_email ON user_entity (email) WHERE email IS NOT NULL;
CREATE INDEX idx_user_service_account ON user_entity (realm_id, service_account_client_link);

ALTER TABLE user_entity ENABLE ROW LEVEL SECURITY;
CREATE POLICY users_of_realm ON user_entity
    USING (realm_id::text = current_setting('keycloak.realm'::text, true));
CREATE POLICY users_made_in_realm ON user_entity AS RESTRICTIVE FOR INSERT TO PUBLIC
    WITH CHECK (realm_id IS NOT NULL);

CREATE TABLE user_attribute (
    name varchar(255) NOT NULL,
    value varchar(255),
    user_id varchar(36) NOT NULL,
    id varchar(36) DEFAULT 'not-yet-numbered'::varchar NOT NULL,
    long_value_hash bytea,
    long_value text COMPRESSION pglz,
    CONSTRAINT constraint_user_attribute_pk PRIMARY KEY (id),
    CONSTRAINT fk_7b66094eb873e3ff30474382 FOREIGN KEY (user_id) REFERENCES user_entity (id) ON DELETE CASCADE
);
ALTER TABLE user_attribute ALTER COLUMN long_value SET STORAGE EXTERNAL, ALTER COLUMN name SET STATISTICS 0;
CREATE INDEX idx_user_attribute_name ON user_attribute (name, value COLLATE "C" DESC);
CREATE INDEX user_attr_long_values_lower ON user_attribute (md5(lower(long_value)), name);
CREATE INDEX user_attr_long_values ON user_attribute USING hash (long_value_hash);

CREATE TABLE user_role_mapping (
    role_id varchar(255) NOT NULL,
    user_id varchar(36) NOT NULL CONSTRAINT fk_1863ea6e9174d4d36025016f REFERENCES user_entity (id),
    CONSTRAINT constraint_c PRIMARY KEY (user_id, role_id)
);

CREATE TABLE realm_attribute (
    name varchar(255) NOT NULL,
    realm_id varchar(36) NOT NULL,
    value text,
    CONSTRAINT constraint_9 PRIMARY KEY (realm_id, name),
    CONSTRAINT fk_b9b50e8e433d1b2df2c0907e FOREIGN KEY (realm_id) REFERENCES realm (id)
);

CREATE TABLE event_entity (
    id uuid DEFAULT gen_random_uuid() NOT NULL CONSTRAINT constraint_event_entity PRIMARY KEY,
    client_id varchar(255),
    details_json json,
    ip_address inet,
    realm_id varchar(255),
    event_time millis,
    "type" varchar(255),
    recorded timestamp(3) without time zone DEFAULT CURRENT_TIMESTAMP(3),
    valid_for interval day to second
);
CREATE INDEX idx_event_time ON event_entity (realm_id, event_time DESC NULLS LAST);
CREATE INDEX idx_event_recorded ON event_entity USING brin (recorded);
ALTER TABLE event_entity ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
CREATE POLICY "Ereignisse lesen" ON event_entity FOR SELECT USING (client_id IS NULL OR length(client_id) >= 0);
CREATE POLICY events_written ON event_entity FOR INSERT WITH CHECK (true);

CREATE TABLE offline_user_session (
    user_session_id varchar(36) NOT NULL,
    user_id varchar(255),
    realm_id varchar(36) NOT NULL,
    created_on integer NOT NULL,
    offline_flag varchar(4) NOT NULL,
    data text,
    version integer DEFAULT 0,
    CONSTRAINT constraint_offl_us_ses_pk2 PRIMARY KEY (user_session_id, offline_flag) WITH (fillfactor=80)
) WITH (fillfactor=80, autovacuum_analyze_threshold=100);
CREATE TABLE offline_client_session (
    client_id varchar(255) NOT NULL,
    session_flag varchar(4),
    session_id varchar(36),
    "timestamp" integer,
    data text,
    external_client_id varchar(255) DEFAULT 'local'::varchar NOT NULL,
    CONSTRAINT constraint_offl_cl_ses_pk3 PRIMARY KEY (external_client_id, client_id),
    CONSTRAINT offline_client_session_of_user FOREIGN KEY (session_id, session_flag)
        REFERENCES offline_user_session (user_session_id, offline_flag) MATCH FULL ON UPDATE CASCADE ON DELETE CASCADE
        DEFERRABLE INITIALLY DEFERRED
);

-- Liquibase's own; it has no key.
CREATE TABLE databasechangelog (
    id varchar(255) NOT NULL,
    author varchar(255) NOT NULL,
    filename varchar(255) NOT NULL,
    dateexecuted timestamp without time zone NOT NULL,
    orderexecuted integer NOT NULL,
    exectype varchar(10) NOT NULL,
    md5sum char(35),
    comments varchar(255),
    tag varchar(255)
);

CREATE FUNCTION keep_email_constraint() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.email_constraint := COALESCE(NEW.email, NEW.id::text);
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_email_constraint BEFORE INSERT OR UPDATE ON user_entity
    FOR EACH ROW WHEN (new.email_constraint IS NULL) EXECUTE FUNCTION keep_email_constraint();

CREATE VIEW role_tree WITH (security_barrier=true, security_invoker=true) AS
 WITH RECURSIVE tree(role, child, depth) AS (
     SELECT c.composite, c.child_role, 1 FROM composite_role c
    UNION ALL
     SELECT t.role, c.child_role, t.depth + 1 FROM tree t JOIN composite_role c ON c.composite::text = t.child::text WHERE t.depth < 9
 )
 SELECT tree.role, tree.child, min(tree.depth) AS depth FROM tree GROUP BY tree.role, tree.child;
CREATE VIEW enabled_client AS
 SELECT client.id, client.client_id, client.enabled FROM client WHERE client.enabled
  WITH CASCADED CHECK OPTION;
COMMENT ON TABLE user_entity IS 'Users of all realms; a row''s realm decides who sees it';
COMMENT ON COLUMN user_entity.created_timestamp IS 'Milliseconds, µs are cut off';
COMMENT ON INDEX idx_user_email IS 'For a login by e-mail';
COMMENT ON CONSTRAINT constraint_9 ON realm_attribute IS 'The realm comes first';
