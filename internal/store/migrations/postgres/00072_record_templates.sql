-- +goose Up
CREATE TABLE record_templates (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  name           text NOT NULL,
  kind           text NOT NULL,
  types          text NOT NULL,
  created_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX record_templates_institution ON record_templates (institution_id, name, id);
