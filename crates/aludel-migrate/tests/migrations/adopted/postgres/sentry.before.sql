-- What Sentry's tables refer to and a model can't make. MIT licence, our own words.
CREATE EXTENSION citext WITH SCHEMA public;
CREATE EXTENSION btree_gist WITH SCHEMA public;
CREATE EXTENSION "uuid-ossp" WITH SCHEMA public;

CREATE TYPE frame_place AS (
    filename text,
    lineno integer,
    "inApp" boolean
);

CREATE FUNCTION sentry_severity(level integer) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT CASE WHEN level >= 40 THEN 'error' WHEN level >= 30 THEN 'warning' ELSE 'info' END
$$;
