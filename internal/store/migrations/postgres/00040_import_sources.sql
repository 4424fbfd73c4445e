-- +goose Up
CREATE TABLE import_sources (
  institution_id text NOT NULL REFERENCES institutions (id),
  name           text NOT NULL,
  format         text NOT NULL,
  headers        text NOT NULL,
  mapping        text NOT NULL,
  updated_by     text NOT NULL,
  updated_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, name)
);
CREATE INDEX import_sources_headers ON import_sources (institution_id, headers);

CREATE TABLE import_mappings (
  batch_id text PRIMARY KEY,
  headers  text NOT NULL,
  mapping  text NOT NULL
);

CREATE TABLE import_rejects (
  batch_id   text PRIMARY KEY,
  data       bytea NOT NULL,
  created_at bigint NOT NULL
);

CREATE TABLE import_progress (
  batch_id  text PRIMARY KEY,
  rows_done bigint NOT NULL
);

CREATE TABLE import_keys (
  batch_id   text NOT NULL,
  kind       text NOT NULL,
  source_key text NOT NULL,
  row_number bigint NOT NULL,
  PRIMARY KEY (batch_id, kind, source_key)
);
