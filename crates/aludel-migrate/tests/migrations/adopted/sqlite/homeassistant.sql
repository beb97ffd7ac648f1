-- Condensed from the constructs of Home Assistant's recorder (SQLAlchemy's DDL)
-- and of its long-time state storage add-on: FLOAT time stamps, CHAR(0) columns
-- out of use, BLOB contexts, a self reference, JSON, statistics.

CREATE TABLE event_types (
	event_type_id INTEGER NOT NULL, 
	event_type VARCHAR(64), 
	PRIMARY KEY (event_type_id)
);

CREATE UNIQUE INDEX ix_event_types_event_type ON event_types (event_type);

CREATE TABLE event_data (
	data_id INTEGER NOT NULL, 
	hash BIGINT, 
	shared_data TEXT, 
	PRIMARY KEY (data_id)
);

CREATE INDEX ix_event_data_hash ON event_data (hash);

CREATE TABLE events (
	event_id INTEGER NOT NULL, 
	event_type CHAR(0), 
	time_fired CHAR(0), 
	time_fired_ts FLOAT, 
	origin_idx SMALLINT, 
	data_id INTEGER, 
	context_id_bin BLOB, 
	event_type_id INTEGER, 
	PRIMARY KEY (event_id), 
	FOREIGN KEY(data_id) REFERENCES event_data (data_id), 
	FOREIGN KEY(event_type_id) REFERENCES event_types (event_type_id)
);

CREATE INDEX ix_events_event_type_id_time_fired_ts ON events (event_type_id, time_fired_ts);
CREATE INDEX ix_events_context_id_bin ON events (context_id_bin);

CREATE TABLE states_meta (metadata_id INTEGER NOT NULL, entity_id VARCHAR(255), PRIMARY KEY (metadata_id));

CREATE UNIQUE INDEX ix_states_meta_entity_id ON states_meta (entity_id COLLATE NOCASE);

CREATE TABLE states (
	state_id INTEGER NOT NULL, 
	entity_id CHAR(0), 
	state VARCHAR(255), 
	last_changed_ts FLOAT, 
	last_updated_ts DOUBLE, 
	old_state_id INTEGER, 
	shared_attrs JSON, 
	context_id_bin BLOB, 
	origin_idx SMALLINT DEFAULT 0, 
	metadata_id INTEGER, 
	PRIMARY KEY (state_id), 
	FOREIGN KEY(old_state_id) REFERENCES states (state_id) ON DELETE SET NULL, 
	FOREIGN KEY(metadata_id) REFERENCES states_meta (metadata_id)
);

CREATE INDEX ix_states_metadata_id_last_updated_ts ON states (metadata_id, last_updated_ts DESC);
CREATE INDEX ix_states_old_state_id ON states (old_state_id) WHERE old_state_id IS NOT NULL;
CREATE INDEX ix_states_unit ON states (json_extract(shared_attrs, '$.unit_of_measurement'), (last_updated_ts - last_changed_ts) DESC);

CREATE TABLE statistics_meta (
	id INTEGER NOT NULL, 
	statistic_id VARCHAR(255), 
	source VARCHAR(32) DEFAULT 'recorder' NOT NULL, 
	unit_of_measurement VARCHAR(255), 
	has_mean BOOLEAN, 
	has_sum BOOLEAN, 
	name VARCHAR(255), 
	mean_type SMALLINT DEFAULT '0' NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT ck_statistics_meta_has_sum CHECK (has_sum IN (0, 1)), 
	CONSTRAINT uq_statistics_meta_statistic_id UNIQUE (statistic_id)
);

CREATE TABLE statistics (
	id INTEGER NOT NULL, 
	created DATETIME, 
	created_ts FLOAT, 
	metadata_id INTEGER, 
	start_ts FLOAT, 
	mean DOUBLE PRECISION, 
	min DOUBLE, 
	max REAL, 
	state NUMERIC(10, 2), 
	sum DECIMAL(20, 6), 
	PRIMARY KEY (id), 
	CHECK (min IS NULL OR max IS NULL OR min <= max), 
	FOREIGN KEY(metadata_id) REFERENCES statistics_meta (id) ON DELETE CASCADE
);

CREATE UNIQUE INDEX ix_statistics_statistic_id_start_ts ON statistics (metadata_id, start_ts);
CREATE INDEX ix_statistics_start_ts ON statistics (start_ts);

CREATE TABLE statistics_alias (
	alias VARCHAR(50) NOT NULL COLLATE NOCASE, 
	statistic VARCHAR(255) NOT NULL, 
	"order" INTEGER DEFAULT +1, 
	PRIMARY KEY (alias DESC), 
	FOREIGN KEY(statistic) REFERENCES statistics_meta (statistic_id) ON UPDATE CASCADE ON DELETE RESTRICT
);

CREATE TABLE recorder_runs (
	run_id INTEGER NOT NULL PRIMARY KEY, 
	start DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%d %H:%M:%f', 'now')), 
	"end" DATETIME, 
	closed_incorrect BOOLEAN NOT NULL DEFAULT 0, 
	created DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

CREATE INDEX ix_recorder_runs_start_end ON recorder_runs (start, "end");

CREATE TABLE schema_changes (change_id INTEGER NOT NULL, schema_version INTEGER, changed DATETIME NOT NULL, PRIMARY KEY (change_id));

CREATE TABLE migration_changes (migration_id VARCHAR(255) NOT NULL, version SMALLINT NOT NULL, PRIMARY KEY (migration_id)) WITHOUT ROWID;

CREATE TABLE ltss (
	entity_id VARCHAR(255) NOT NULL, 
	time DATETIME NOT NULL, 
	state VARCHAR(255), 
	attributes JSON, 
	friendly_name TEXT GENERATED ALWAYS AS (json_extract(attributes, '$.friendly_name')) VIRTUAL, 
	PRIMARY KEY (time, entity_id)
);

CREATE INDEX ltss_entityid_time_composite_idx ON ltss (entity_id, time DESC);

CREATE VIEW states_named AS
	SELECT s.state_id, m.entity_id, s.state, s.last_updated_ts FROM states AS s JOIN states_meta AS m ON m.metadata_id = s.metadata_id;

CREATE VIEW states_latest (entity, "last-seen") AS
	SELECT entity_id, max(last_updated_ts) FROM states_named GROUP BY entity_id;
