-- +goose Up
-- Programs at the door: keys (as SHA-256 only), answers to repeated requests, and web hooks.
CREATE TABLE api_keys (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  account_id     text NOT NULL,
  learner_id     text NOT NULL,
  name           text NOT NULL,
  prefix         text NOT NULL,
  hash           text NOT NULL UNIQUE,
  scopes         text NOT NULL,
  created_at     bigint NOT NULL,
  expires_at     bigint NOT NULL,
  last_used_at   bigint NOT NULL,
  revoked_at     bigint NOT NULL
);
CREATE INDEX api_keys_institution ON api_keys (institution_id, created_at);

CREATE TABLE api_replies (
  key          text PRIMARY KEY,
  request_hash text NOT NULL,
  status       bigint NOT NULL,
  content_type text NOT NULL,
  body         blob NOT NULL,
  created_at   bigint NOT NULL
);
CREATE INDEX api_replies_created ON api_replies (created_at);

CREATE TABLE hooks (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  url            text NOT NULL,
  events         text NOT NULL,
  sealed         blob NOT NULL,
  sealed_before  blob NOT NULL,
  rotated_at     bigint NOT NULL,
  seen           bigint NOT NULL,
  failing_since  bigint NOT NULL,
  disabled_at    bigint NOT NULL,
  reason         text NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL
);
CREATE INDEX hooks_institution ON hooks (institution_id, created_at);

CREATE TABLE hook_deliveries (
  id           text PRIMARY KEY,
  hook_id      text NOT NULL REFERENCES hooks (id),
  event        text NOT NULL,
  body         blob NOT NULL,
  attempts     bigint NOT NULL,
  status       bigint NOT NULL,
  error        text NOT NULL,
  delivered_at bigint NOT NULL,
  created_at   bigint NOT NULL
);
CREATE INDEX hook_deliveries_hook ON hook_deliveries (hook_id, created_at);
CREATE INDEX hook_deliveries_created ON hook_deliveries (created_at);
