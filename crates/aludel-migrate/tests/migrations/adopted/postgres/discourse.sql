-- Condensed from the constructs of Discourse (a Rails forum): search columns, partial and expression indexes, views of
-- visible posts, a column that a trigger keeps from being written. Our own words, MIT licence.

CREATE TABLE users (
    id serial PRIMARY KEY,
    username varchar(60) NOT NULL,
    username_lower varchar(60) NOT NULL,
    name varchar,
    admin boolean DEFAULT false NOT NULL,
    trust_level smallint NOT NULL,
    ip_address inet,
    registration_ip_address inet,
    last_seen_at timestamp without time zone,
    uploaded_avatar_id integer,
    location point,
    preferences hstore DEFAULT ''::hstore NOT NULL,
    seen_notices bit varying DEFAULT B'0' NOT NULL,
    created_at timestamp(6) without time zone DEFAULT now() NOT NULL,
    CONSTRAINT users_trust_level_check CHECK (trust_level BETWEEN 0 AND 4)
);
CREATE UNIQUE INDEX index_users_on_username_lower ON users (username_lower);
CREATE INDEX index_users_on_username_like ON users (username_lower text_pattern_ops);
CREATE INDEX index_users_on_name_trgm ON users USING gin (lower(name) gin_trgm_ops);
CREATE INDEX index_users_on_last_seen_at ON users (last_seen_at DESC NULLS LAST);
CREATE INDEX index_users_on_admin ON users (id) WHERE admin;
CREATE INDEX index_users_on_preferences ON users USING gin (preferences);

CREATE TABLE uploads (
    id serial PRIMARY KEY,
    user_id integer NOT NULL,
    original_filename varchar NOT NULL,
    filesize bigint NOT NULL,
    sha1 varchar(40),
    thumbnail bytea,
    extension varchar(10),
    secure boolean DEFAULT false NOT NULL,
    selection box
);
ALTER TABLE uploads ALTER COLUMN thumbnail SET STORAGE EXTERNAL;
CREATE UNIQUE INDEX index_uploads_on_sha1 ON uploads (sha1);
CREATE INDEX index_uploads_on_extension ON uploads (lower((extension)::text)) WHERE extension IS NOT NULL;
CREATE INDEX index_uploads_on_sha1_hash ON uploads USING hash (sha1);

-- Users have an upload and uploads have a user.
ALTER TABLE users ADD CONSTRAINT fk_users_avatar FOREIGN KEY (uploaded_avatar_id) REFERENCES uploads (id) ON DELETE SET NULL;
ALTER TABLE uploads ADD CONSTRAINT fk_uploads_user FOREIGN KEY (user_id) REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED;

CREATE TABLE categories (
    id serial PRIMARY KEY,
    name varchar(50) NOT NULL,
    slug varchar NOT NULL,
    color varchar(6) DEFAULT '0088CC' NOT NULL,
    parent_category_id integer REFERENCES categories (id),
    "position" integer,
    allowed_tags text[] DEFAULT '{}'::text[] NOT NULL,
    auto_close_hours double precision,
    read_restricted boolean DEFAULT false NOT NULL
);
CREATE UNIQUE INDEX unique_index_categories_on_name ON categories (COALESCE(parent_category_id, '-1'::integer), lower((name)::text));
CREATE UNIQUE INDEX unique_index_categories_on_slug ON categories (COALESCE(parent_category_id, '-1'::integer), lower((slug)::text))
    WHERE (slug)::text <> ''::text;

CREATE TABLE topics (
    id serial PRIMARY KEY,
    title varchar NOT NULL,
    fancy_title varchar,
    category_id integer REFERENCES categories (id) ON DELETE RESTRICT,
    user_id integer REFERENCES users (id) ON UPDATE CASCADE ON DELETE SET NULL,
    archetype varchar DEFAULT 'regular'::varchar NOT NULL,
    posts_count integer DEFAULT 0 NOT NULL,
    score double precision,
    percent_rank real DEFAULT 1.0 NOT NULL,
    bumped_at timestamp without time zone NOT NULL,
    pinned_until timestamp without time zone,
    deleted_at timestamp without time zone,
    avg_time interval,
    CONSTRAINT has_category_id CHECK (category_id IS NOT NULL OR archetype::text <> 'regular'::text),
    CONSTRAINT pm_has_no_category CHECK (category_id IS NULL OR archetype::text <> 'private_message'::text)
);
ALTER TABLE topics ALTER COLUMN title SET STATISTICS 500;
CREATE INDEX index_topics_on_bumped_at_public ON topics (bumped_at) WHERE deleted_at IS NULL AND archetype::text <> 'private_message'::text;
CREATE INDEX index_topics_on_id_and_deleted_at ON topics (id, deleted_at);
CREATE INDEX index_forum_topics ON topics (category_id NULLS FIRST, bumped_at DESC) INCLUDE (title);

CREATE TABLE posts (
    id serial PRIMARY KEY,
    user_id integer REFERENCES users (id) ON DELETE SET NULL,
    topic_id integer NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    post_number integer NOT NULL,
    raw text COMPRESSION pglz NOT NULL,
    cooked text NOT NULL,
    reply_to_post_number integer,
    avg_time integer,
    locale varchar(20),
    deleted_at timestamp without time zone,
    search_data tsvector GENERATED ALWAYS AS (to_tsvector('forum_search'::regconfig, raw)) STORED,
    CONSTRAINT posts_number_in_topic UNIQUE (topic_id, post_number) DEFERRABLE INITIALLY DEFERRED
);
CREATE INDEX index_posts_on_search_data ON posts USING gin (search_data) WITH (fastupdate=off);
CREATE INDEX index_posts_on_reply_to ON posts (reply_to_post_number) WHERE reply_to_post_number IS NOT NULL;
COMMENT ON COLUMN posts.avg_time IS 'Not written any more; it''s to be dropped';

-- As Discourse does before it drops a column.
CREATE FUNCTION raise_posts_avg_time_readonly() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'posts.avg_time is about to go';
END
$$;
CREATE TRIGGER posts_avg_time_readonly BEFORE INSERT OR UPDATE OF avg_time ON posts
    FOR EACH ROW WHEN (new.avg_time IS NOT NULL) EXECUTE FUNCTION raise_posts_avg_time_readonly();

CREATE TABLE tags (
    id serial PRIMARY KEY,
    name varchar COLLATE "C" NOT NULL,
    topic_count integer DEFAULT 0 NOT NULL,
    target_tag_id integer REFERENCES tags (id)
);
CREATE UNIQUE INDEX index_tags_on_lower_name ON tags (lower(name));

CREATE TABLE topic_tags (
    topic_id integer NOT NULL REFERENCES topics (id) ON DELETE CASCADE,
    tag_id integer NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    created_at timestamp without time zone,
    PRIMARY KEY (tag_id, topic_id)
);

-- It has no key, as in the application.
CREATE TABLE category_users_seen (
    category_id integer NOT NULL,
    user_id integer NOT NULL,
    "user name" text,
    seen_on date
);
CREATE UNIQUE INDEX idx_category_users_seen ON category_users_seen (user_id, category_id);

CREATE UNLOGGED TABLE scheduler_stats (
    id bigserial PRIMARY KEY,
    name varchar NOT NULL,
    "match" text,
    payload json,
    started_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,
    live_slots_start integer
) WITH (autovacuum_enabled=false);
CREATE INDEX index_scheduler_stats_brin ON scheduler_stats USING brin (started_at) WITH (pages_per_range=32);

CREATE VIEW visible_posts AS
 SELECT p.id, p.user_id, p.topic_id, p.post_number, p.cooked, t.title, t.category_id
   FROM posts p
     JOIN topics t ON t.id = p.topic_id
     JOIN categories c ON c.id = t.category_id
  WHERE p.deleted_at IS NULL AND t.deleted_at IS NULL AND NOT c.read_restricted;
CREATE VIEW badge_posts AS
 SELECT v.user_id, count(*) AS posts, max(v.post_number) AS highest
   FROM visible_posts v
  GROUP BY v.user_id;
COMMENT ON VIEW badge_posts IS 'What a badge counts';
COMMENT ON TABLE topics IS 'A thread: „Thema“';
