-- +goose Up
-- Endorsements that an institution signed. learner_id is set where the thing endorsed is somebody's award.
CREATE TABLE endorsements (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  kind           text NOT NULL,
  about          text NOT NULL,
  learner_id     text NOT NULL,
  name           text NOT NULL,
  body           text NOT NULL,
  state          text NOT NULL,
  reason         text NOT NULL,
  bytes          blob NOT NULL,
  sha256         text NOT NULL,
  key_id         text NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  ended_at       bigint NOT NULL
);
CREATE INDEX endorsements_about ON endorsements (about, state);
CREATE INDEX endorsements_recent ON endorsements (institution_id, created_at, id);
