-- What GitLab's tables refer to and a model can't make. MIT licence, our own words.
CREATE EXTENSION btree_gist WITH SCHEMA public;
CREATE EXTENSION pg_trgm WITH SCHEMA public;
CREATE EXTENSION ltree WITH SCHEMA public;

-- Rows of several tables are numbered together.
CREATE SEQUENCE shared_audit_event_id_seq AS bigint START WITH 1000 INCREMENT BY 5 MINVALUE 10 MAXVALUE 900000000000 CACHE 20;

CREATE FUNCTION next_partition() RETURNS bigint LANGUAGE sql STABLE AS $$ SELECT 100::bigint $$;
