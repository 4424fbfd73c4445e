-- +goose Up
CREATE TABLE receipts (
  share_id   text PRIMARY KEY REFERENCES shares (id),
  learner_id text NOT NULL REFERENCES learners (id),
  body       text NOT NULL,
  at         bigint NOT NULL
);
CREATE INDEX receipts_learner ON receipts (learner_id, at, share_id);
