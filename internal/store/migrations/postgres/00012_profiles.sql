-- +goose Up
-- The profile that a program gave for a learner over the 1EdTech interfaces.
CREATE TABLE learner_profiles (
  learner_id text PRIMARY KEY REFERENCES learners (id),
  body       bytea NOT NULL,
  updated_at bigint NOT NULL
);
