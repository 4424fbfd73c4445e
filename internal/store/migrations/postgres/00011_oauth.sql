-- +goose Up
-- The OAuth 2.0 server. Secrets, codes and tokens are here as SHA-256 only.
CREATE TABLE oauth_clients (
  id                text PRIMARY KEY,
  name              text NOT NULL,
  body              bytea NOT NULL,
  secret_hash       text NOT NULL,
  registration_hash text NOT NULL,
  created_at        bigint NOT NULL,
  used_at           bigint NOT NULL
);
CREATE INDEX oauth_clients_created ON oauth_clients (created_at);

CREATE TABLE oauth_requests (
  id_hash    text PRIMARY KEY,
  client_id  text NOT NULL REFERENCES oauth_clients (id),
  body       bytea NOT NULL,
  expires_at bigint NOT NULL
);
CREATE INDEX oauth_requests_client ON oauth_requests (client_id, expires_at);
CREATE INDEX oauth_requests_expiry ON oauth_requests (expires_at);

CREATE TABLE oauth_grants (
  id             text PRIMARY KEY,
  client_id      text NOT NULL REFERENCES oauth_clients (id),
  institution_id text NOT NULL REFERENCES institutions (id),
  account_id     text NOT NULL REFERENCES accounts (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  scopes         text NOT NULL,
  body           bytea NOT NULL,
  code_hash      text NOT NULL,
  refresh_hash   text NOT NULL,
  created_at     bigint NOT NULL,
  used_at        bigint NOT NULL,
  expires_at     bigint NOT NULL,
  revoked_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE UNIQUE INDEX oauth_grants_code ON oauth_grants (code_hash) WHERE code_hash <> '';
CREATE UNIQUE INDEX oauth_grants_refresh ON oauth_grants (refresh_hash) WHERE refresh_hash <> '';
CREATE INDEX oauth_grants_account ON oauth_grants (account_id, created_at);
CREATE INDEX oauth_grants_client ON oauth_grants (client_id);
CREATE INDEX oauth_grants_expiry ON oauth_grants (expires_at);

-- Refresh tokens that made room for the next: one that comes again was copied.
CREATE TABLE oauth_spent (
  token_hash text PRIMARY KEY,
  grant_id   text NOT NULL REFERENCES oauth_grants (id),
  spent_at   bigint NOT NULL
);
CREATE INDEX oauth_spent_grant ON oauth_spent (grant_id);

CREATE TABLE oauth_tokens (
  token_hash text PRIMARY KEY,
  grant_id   text NOT NULL REFERENCES oauth_grants (id),
  client_id  text NOT NULL REFERENCES oauth_clients (id),
  scopes     text NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  revoked_at bigint NOT NULL
);
CREATE INDEX oauth_tokens_grant ON oauth_tokens (grant_id);
CREATE INDEX oauth_tokens_client ON oauth_tokens (client_id);
CREATE INDEX oauth_tokens_expiry ON oauth_tokens (expires_at);
