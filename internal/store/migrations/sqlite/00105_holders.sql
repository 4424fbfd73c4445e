-- +goose Up
-- The keys with which learners sign what they share. This server keeps them, sealed, and signs when the learner says so.
CREATE TABLE learner_keys (
  learner_id text PRIMARY KEY REFERENCES learners (id),
  multikey   text NOT NULL,
  sealed     blob NOT NULL,
  created_at bigint NOT NULL
);
-- What a share shows, as one presentation that its learner signed.
CREATE TABLE share_presentations (
  share_id text PRIMARY KEY REFERENCES shares (id),
  holder   text NOT NULL,
  bytes    blob NOT NULL
);
