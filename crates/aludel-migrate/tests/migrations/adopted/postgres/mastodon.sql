-- Condensed from the constructs of Mastodon (a Rails application): ids made by a function of the time, partial indexes,
-- self references, arrays, materialized views of instances and summaries. Our own words, MIT licence.

CREATE TYPE status_visibility AS ENUM ('public', 'unlisted', 'private', 'direct');
CREATE TYPE filter_context AS ENUM ('home', 'notifications', 'public thread', 'café');

CREATE TABLE accounts (
    id bigint DEFAULT timestamp_id('accounts'::text) NOT NULL,
    username varchar DEFAULT ''::varchar NOT NULL,
    domain varchar,
    private_key text,
    public_key text DEFAULT ''::text NOT NULL,
    display_name varchar DEFAULT ''::varchar NOT NULL,
    uri varchar DEFAULT ''::varchar NOT NULL,
    also_known_as varchar[],
    moved_to_account_id bigint,
    avatar_updated_at timestamp without time zone,
    suspended_at timestamp without time zone,
    fields jsonb,
    discoverable boolean,
    created_at timestamp(6) without time zone NOT NULL,
    CONSTRAINT accounts_pkey PRIMARY KEY (id)
);
ALTER TABLE accounts ADD CONSTRAINT fk_moved_186aff66 FOREIGN KEY (moved_to_account_id) REFERENCES accounts (id) ON DELETE SET NULL;
CREATE UNIQUE INDEX index_accounts_on_username_and_domain_lower ON accounts (lower((username)::text), COALESCE(lower((domain)::text), ''::text));
CREATE INDEX index_accounts_on_uri ON accounts (uri text_pattern_ops) WHERE uri IS NOT NULL;
CREATE INDEX index_accounts_on_moved_to ON accounts (moved_to_account_id) WHERE moved_to_account_id IS NOT NULL;
CREATE INDEX search_index ON accounts USING gin ((
    setweight(to_tsvector('simple'::regconfig, (display_name)::text), 'A'::"char") ||
    setweight(to_tsvector('simple'::regconfig, (username)::text), 'B'::"char") ||
    setweight(to_tsvector('simple'::regconfig, (COALESCE(domain, ''::varchar))::text), 'C'::"char")));

CREATE TABLE users (
    id bigserial PRIMARY KEY,
    email varchar DEFAULT ''::varchar NOT NULL,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    sign_up_ip inet,
    chosen_languages varchar[],
    otp_backup_codes varchar[] DEFAULT '{}'::varchar[],
    settings text,
    invite_id bigint,
    current_sign_in_at timestamp without time zone,
    disabled boolean DEFAULT false NOT NULL,
    CONSTRAINT index_users_on_email UNIQUE (email)
);
CREATE INDEX index_users_on_unconfirmed ON users (lower(email), current_sign_in_at DESC) WHERE NOT disabled;

CREATE TABLE invites (
    id bigserial PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    code varchar(16) DEFAULT '' NOT NULL UNIQUE,
    max_uses integer CHECK (max_uses > 0),
    uses integer DEFAULT 0 NOT NULL,
    expires_at timestamp without time zone
);
-- An invited user knows the invitation, an invitation its user.
ALTER TABLE users ADD CONSTRAINT fk_users_invite FOREIGN KEY (invite_id) REFERENCES invites (id) ON DELETE SET NULL NOT VALID;

CREATE TABLE conversations (
    id bigserial PRIMARY KEY,
    uri varchar,
    created_at timestamp without time zone DEFAULT now() NOT NULL
);
CREATE UNIQUE INDEX index_conversations_on_uri ON conversations (uri text_pattern_ops) WHERE uri IS NOT NULL;

CREATE TABLE statuses (
    id bigint DEFAULT timestamp_id('statuses'::text) PRIMARY KEY,
    uri varchar,
    text text DEFAULT ''::text NOT NULL,
    in_reply_to_id bigint REFERENCES statuses (id) ON DELETE SET NULL,
    reblog_of_id bigint REFERENCES statuses (id) ON DELETE CASCADE,
    account_id bigint NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
    conversation_id bigint REFERENCES conversations (id),
    visibility status_visibility DEFAULT 'public'::status_visibility NOT NULL,
    sensitive boolean DEFAULT false NOT NULL,
    language varchar,
    ordered_media_attachment_ids bigint[],
    edited_at timestamp without time zone,
    deleted_at timestamp without time zone,
    created_at timestamp(6) without time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);
CREATE INDEX index_statuses_by_account ON statuses (account_id, id DESC, visibility, edited_at) WHERE deleted_at IS NULL;
CREATE INDEX index_statuses_public ON statuses (id DESC) INCLUDE (account_id, language)
    WHERE deleted_at IS NULL AND visibility = 'public'::status_visibility AND reblog_of_id IS NULL;
CREATE UNIQUE INDEX index_statuses_on_uri ON statuses (uri) WHERE uri IS NOT NULL;

CREATE TABLE media_attachments (
    id bigint DEFAULT nextval('media_attachments_id_seq'::regclass) NOT NULL PRIMARY KEY,
    status_id bigint REFERENCES statuses (id) ON DELETE SET NULL,
    account_id bigint REFERENCES accounts (id) ON DELETE SET NULL,
    remote_url varchar DEFAULT ''::varchar NOT NULL,
    file_meta json,
    focus point,
    blurhash varchar,
    "type" integer DEFAULT 0 NOT NULL,
    description text
);
CREATE INDEX index_media_attachments_on_remote_url ON media_attachments USING hash (remote_url);

CREATE TABLE follows (
    id bigserial,
    account_id bigint NOT NULL,
    target_account_id bigint NOT NULL,
    languages varchar[],
    show_reblogs boolean DEFAULT true NOT NULL,
    PRIMARY KEY (id),
    CONSTRAINT fk_follower FOREIGN KEY (account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT fk_followed FOREIGN KEY (target_account_id) REFERENCES accounts (id) ON DELETE CASCADE,
    CONSTRAINT not_oneself CHECK (account_id <> target_account_id) NOT VALID
);
CREATE UNIQUE INDEX index_follows_on_both ON follows (account_id, target_account_id);

CREATE TABLE tags (
    id bigserial PRIMARY KEY,
    name varchar DEFAULT ''::varchar NOT NULL,
    usable boolean,
    max_score double precision
);
CREATE UNIQUE INDEX index_tags_on_name_lower_btree ON tags (lower((name)::text) text_pattern_ops);
CREATE INDEX index_tags_trending ON tags (max_score DESC NULLS LAST, id) WHERE max_score > 0.5::double precision;

CREATE TABLE statuses_tags (
    status_id bigint NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
    tag_id bigint NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    CONSTRAINT statuses_tags_pkey PRIMARY KEY (tag_id, status_id)
);
CREATE INDEX index_statuses_tags_on_status_id ON statuses_tags (status_id);

CREATE TABLE custom_filters (
    id bigserial PRIMARY KEY,
    account_id bigint REFERENCES accounts (id) ON DELETE CASCADE,
    phrase text DEFAULT ''::text NOT NULL,
    context filter_context[] DEFAULT '{home}'::filter_context[] NOT NULL,
    expires_at timestamp without time zone,
    CONSTRAINT custom_filters_phrase UNIQUE NULLS NOT DISTINCT (account_id, phrase)
);

CREATE UNLOGGED TABLE session_activations (
    session_id varchar NOT NULL PRIMARY KEY,
    user_id bigint NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    ip inet,
    user_agent varchar DEFAULT ''::varchar NOT NULL,
    updated_at timestamp without time zone NOT NULL
) WITH (fillfactor=60);

CREATE VIEW user_ips AS
 SELECT u.user_id, u.ip, max(u.used_at) AS used_at
   FROM ( SELECT users.id AS user_id, users.sign_up_ip AS ip, users.current_sign_in_at AS used_at FROM users
           WHERE users.sign_up_ip IS NOT NULL
        UNION ALL
         SELECT s.user_id, s.ip, s.updated_at FROM session_activations s) u
  GROUP BY u.user_id, u.ip;
CREATE MATERIALIZED VIEW account_summaries AS
 SELECT a.id AS account_id, mode() WITHIN GROUP (ORDER BY s.language) AS language, count(s.id) AS statuses
   FROM accounts a LEFT JOIN statuses s ON s.account_id = a.id AND s.deleted_at IS NULL
  WHERE a.suspended_at IS NULL AND a.moved_to_account_id IS NULL
  GROUP BY a.id;
CREATE UNIQUE INDEX index_account_summaries_on_account_id ON account_summaries (account_id);
CREATE INDEX index_account_summaries_on_language ON account_summaries (language, statuses DESC);
CREATE MATERIALIZED VIEW instances AS
 SELECT accounts.domain, count(*) AS accounts_count, max(accounts.created_at) AS newest
   FROM accounts WHERE accounts.domain IS NOT NULL GROUP BY accounts.domain;
CREATE UNIQUE INDEX index_instances_on_domain ON instances (domain);
CREATE INDEX index_instances_on_reverse_domain ON instances (reverse(('.'::text || (domain)::text)), domain);
