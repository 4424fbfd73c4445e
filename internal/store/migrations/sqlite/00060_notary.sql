-- +goose Up
-- The keys with which the server itself signs what its verifier found. They issue nothing about anybody.
CREATE TABLE notary_keys (
  fragment   text PRIMARY KEY,
  multikey   text NOT NULL,
  sealed     blob NOT NULL,
  created_at bigint NOT NULL
);
