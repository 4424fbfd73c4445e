-- +goose Up
-- What passes between the house and wallets: offers, what was handed over, copies signed for a wallet's key, requests
-- to show something. Secrets are hashes.
CREATE TABLE wallet_offers (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  offer_hash     text NOT NULL UNIQUE,
  code_hash      text NOT NULL,
  code_expires   bigint NOT NULL,
  tx_hash        text NOT NULL,
  tries          bigint NOT NULL,
  token_hash     text NOT NULL,
  items          text NOT NULL,
  bind           boolean NOT NULL,
  created_at     bigint NOT NULL,
  expires_at     bigint NOT NULL,
  collected_at   bigint NOT NULL,
  ended_at       bigint NOT NULL,
  outcome        text NOT NULL
);
CREATE INDEX wallet_offers_learner ON wallet_offers (learner_id, created_at);
CREATE UNIQUE INDEX wallet_offers_code ON wallet_offers (code_hash) WHERE code_hash <> '';
CREATE UNIQUE INDEX wallet_offers_token ON wallet_offers (token_hash) WHERE token_hash <> '';

CREATE TABLE wallet_deliveries (
  notification   text PRIMARY KEY,
  offer_id       text NOT NULL REFERENCES wallet_offers (id),
  transaction_id text NOT NULL,
  config         text NOT NULL,
  item           text NOT NULL,
  holders        text NOT NULL,
  created_at     bigint NOT NULL,
  delivered_at   bigint NOT NULL
);
CREATE INDEX wallet_deliveries_offer ON wallet_deliveries (offer_id);
CREATE UNIQUE INDEX wallet_deliveries_transaction ON wallet_deliveries (transaction_id) WHERE transaction_id <> '';

CREATE TABLE wallet_copies (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  credential_id  text NOT NULL REFERENCES credentials (id),
  suite          text NOT NULL,
  sha256         text NOT NULL,
  created_at     bigint NOT NULL
);
CREATE INDEX wallet_copies_credential ON wallet_copies (credential_id);

-- A nonce that a wallet has signed, until it would have run out by itself: it is good once, on every node.
CREATE TABLE wallet_nonces (
  hash       text PRIMARY KEY,
  expires_at bigint NOT NULL
);
CREATE INDEX wallet_nonces_expiry ON wallet_nonces (expires_at);

CREATE TABLE wallet_asks (
  id          text PRIMARY KEY,
  secret_hash text NOT NULL UNIQUE,
  name        text NOT NULL,
  purpose     text NOT NULL,
  kind        text NOT NULL,
  achievement text NOT NULL,
  bind        boolean NOT NULL,
  nonce       text NOT NULL,
  created_at  bigint NOT NULL,
  expires_at  bigint NOT NULL,
  answered_at bigint NOT NULL,
  refusal     text NOT NULL,
  binding     text NOT NULL,
  holder      text NOT NULL
);
CREATE INDEX wallet_asks_expiry ON wallet_asks (expires_at);

CREATE TABLE wallet_answers (
  ask_id   text NOT NULL REFERENCES wallet_asks (id) ON DELETE CASCADE,
  position bigint NOT NULL,
  bytes    bytea NOT NULL,
  PRIMARY KEY (ask_id, position)
);

-- The key with which requests to wallets are signed, sealed by the keyring; the same on every node.
CREATE TABLE wallet_keys (
  name       text PRIMARY KEY,
  sealed     bytea NOT NULL,
  created_at bigint NOT NULL
);
