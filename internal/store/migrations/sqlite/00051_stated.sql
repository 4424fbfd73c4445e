-- +goose Up
CREATE TABLE statements (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  body           text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX statements_learner ON statements (learner_id, created_at, id);

CREATE TABLE confirmations (
  id           text PRIMARY KEY,
  statement_id text NOT NULL REFERENCES statements (id),
  learner_id   text NOT NULL REFERENCES learners (id),
  email        text NOT NULL,
  token_hash   text NOT NULL UNIQUE,
  about        text NOT NULL,
  answer       text NOT NULL,
  name         text NOT NULL,
  role         text NOT NULL,
  body         text NOT NULL,
  asked_at     bigint NOT NULL,
  expires_at   bigint NOT NULL,
  answered_at  bigint NOT NULL
);
CREATE INDEX confirmations_learner ON confirmations (learner_id, asked_at, id);
CREATE INDEX confirmations_statement ON confirmations (statement_id);
