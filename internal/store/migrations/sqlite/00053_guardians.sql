-- +goose Up
-- Where the office says a minor's guardian is reached. It is in no credential.
CREATE TABLE guardians (
  learner_id text PRIMARY KEY REFERENCES learners (id),
  email      text NOT NULL
);
