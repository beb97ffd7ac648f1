-- What Discourse's tables refer to and a model can't make. MIT licence, our own words.
CREATE EXTENSION hstore WITH SCHEMA public;
CREATE EXTENSION pg_trgm WITH SCHEMA public;

CREATE TEXT SEARCH CONFIGURATION public.forum_search (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION public.forum_search ALTER MAPPING FOR hword, word, hword_part WITH simple;
