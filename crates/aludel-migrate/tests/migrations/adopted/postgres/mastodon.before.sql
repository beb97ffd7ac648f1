-- What Mastodon's tables refer to and a model can't make: ids that begin with the time. MIT licence, our own words.
CREATE SEQUENCE accounts_id_seq;
CREATE SEQUENCE statuses_id_seq;
CREATE SEQUENCE media_attachments_id_seq START WITH 500 INCREMENT BY 10 CACHE 5;

-- Milliseconds in the upper bits, a hash of table and counter in the lower sixteen.
CREATE FUNCTION timestamp_id(table_name text) RETURNS bigint LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    millis bigint := floor(extract(epoch FROM clock_timestamp()) * 1000);
    counter bigint := nextval((table_name || '_id_seq')::regclass);
BEGIN
    RETURN (millis << 16) | ((('x' || substr(md5(table_name || counter::text), 1, 4))::bit(16))::bigint + counter) % 65536;
END
$$;
