-- +goose Up
-- Learners' connections with other hosts, and our registrations there. What is secret is sealed.
CREATE TABLE hosts (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  account_id     text NOT NULL REFERENCES accounts (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  address        text NOT NULL,
  name           text NOT NULL,
  endpoints      text NOT NULL,
  client         text NOT NULL,
  sealed         bytea NOT NULL,
  state_hash     text NOT NULL,
  state          text NOT NULL,
  trouble        text NOT NULL,
  next_page      text NOT NULL,
  done           bigint NOT NULL,
  total          bigint NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX hosts_learner ON hosts (learner_id, created_at);
CREATE UNIQUE INDEX hosts_state ON hosts (state_hash) WHERE state_hash <> '';

CREATE TABLE host_clients (
  register_url text PRIMARY KEY,
  client       text NOT NULL,
  sealed       bytea NOT NULL,
  created_at   bigint NOT NULL
);
