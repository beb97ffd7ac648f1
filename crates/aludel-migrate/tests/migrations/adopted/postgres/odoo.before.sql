-- What Odoo's tables refer to and a model can't make. MIT licence, our own words.
CREATE EXTENSION pg_trgm WITH SCHEMA public;
CREATE EXTENSION unaccent WITH SCHEMA public;

-- Numbers of documents: each kind has a sequence without a column that owns it.
CREATE SEQUENCE ir_sequence_001 START WITH 42 INCREMENT BY 2;
CREATE SEQUENCE "ir_sequence_Lieferung" AS integer INCREMENT BY -1 MINVALUE -5000 MAXVALUE -1 CYCLE;

CREATE DOMAIN percentage AS numeric(5,2) DEFAULT 0 CONSTRAINT percentage_range CHECK (VALUE >= -100 AND VALUE <= 100);
CREATE DOMAIN email_address AS text CHECK (VALUE ~ '^[^@[:space:]]+@[^@[:space:]]+$');
CREATE TYPE timerange AS RANGE (subtype = time);
CREATE TYPE "geoPosition" AS (latitude double precision, longitude double precision);
CREATE COLLATION case_insensitive (provider = icu, locale = 'und-u-ks-level2', deterministic = false);

CREATE FUNCTION immutable_unaccent(value text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT public.unaccent('public.unaccent'::regdictionary, value)
$$;
