-- +goose Up
CREATE TABLE identities (
  id           text PRIMARY KEY,
  learner_id   text NOT NULL REFERENCES learners (id),
  account_id   text NOT NULL,
  email        text NOT NULL,
  email_key    text NOT NULL,
  token_hash   text NOT NULL,
  other_id     text NOT NULL,
  asked_at     bigint NOT NULL,
  confirmed_at bigint NOT NULL,
  expires_at   bigint NOT NULL
);
CREATE INDEX identities_learner ON identities (learner_id, asked_at);
CREATE INDEX identities_email ON identities (email_key);
CREATE INDEX identities_other ON identities (other_id);
CREATE UNIQUE INDEX identities_token ON identities (token_hash) WHERE token_hash <> '';
