-- +goose Up
-- What somebody did outside the classroom, and what the person who saw it said.
CREATE TABLE experiences (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  achievement_id text NOT NULL REFERENCES achievements (id),
  body           text NOT NULL,
  state          text NOT NULL,
  answer         text NOT NULL,
  award_id       text NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  answered_at    bigint NOT NULL,
  expires_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX experiences_recent ON experiences (institution_id, created_at, id);
CREATE INDEX experiences_learner ON experiences (learner_id);
