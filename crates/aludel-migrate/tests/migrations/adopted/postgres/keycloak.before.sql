-- What Keycloak's tables refer to and a model can't make. MIT licence, our own words.
CREATE DOMAIN identifier AS varchar(36) COLLATE "C" NOT NULL CONSTRAINT identifier_not_empty CHECK (length(VALUE) > 0);
CREATE DOMAIN millis AS bigint CONSTRAINT millis_not_before_epoch CHECK (VALUE >= 0);

CREATE FUNCTION now_millis() RETURNS bigint LANGUAGE sql VOLATILE AS $$
    SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint
$$;
