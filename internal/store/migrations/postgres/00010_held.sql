-- +goose Up
-- What others issued and a learner keeps here. same_key is issuer and id of a credential that has both.
CREATE TABLE held (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  sha256         text NOT NULL,
  bytes          bytea NOT NULL,
  media_type     text NOT NULL,
  kind           text NOT NULL,
  name           text NOT NULL,
  credential     text NOT NULL,
  issuer         text NOT NULL,
  issuer_name    text NOT NULL,
  subject        text NOT NULL,
  valid_from     bigint NOT NULL,
  source         text NOT NULL,
  verdict        text NOT NULL,
  received_at    bigint NOT NULL,
  changed_at     bigint NOT NULL,
  same_key       text NOT NULL,
  UNIQUE (learner_id, sha256)
);
CREATE UNIQUE INDEX held_same ON held (learner_id, same_key) WHERE same_key <> '';
CREATE INDEX held_order ON held (learner_id, received_at, id);
