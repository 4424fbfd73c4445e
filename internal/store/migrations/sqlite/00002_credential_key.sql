-- +goose Up
-- Which key signed: what a compromise asks for.
ALTER TABLE credentials ADD COLUMN key_id text NOT NULL DEFAULT '';
CREATE INDEX credentials_key ON credentials (key_id, state, learner_id);
