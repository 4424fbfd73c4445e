-- +goose Up
-- Passkeys, and steps of signing in that are under way: each is for one browser, for one use and for minutes.
ALTER TABLE accounts ADD COLUMN sessions_from bigint NOT NULL DEFAULT 0;

CREATE TABLE passkeys (
  id            text PRIMARY KEY,
  account_id    text NOT NULL REFERENCES accounts (id),
  name          text NOT NULL,
  credential_id text NOT NULL UNIQUE,
  body          text NOT NULL,
  created_at    bigint NOT NULL,
  used_at       bigint NOT NULL
);
CREATE INDEX passkeys_account ON passkeys (account_id, created_at);

CREATE TABLE signin_steps (
  token_hash text PRIMARY KEY,
  kind       text NOT NULL,
  account_id text NOT NULL,
  data       text NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX signin_steps_expiry ON signin_steps (expires_at);
