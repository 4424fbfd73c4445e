-- +goose Up
CREATE TABLE goals (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  name           text NOT NULL,
  origin         text NOT NULL,
  source         text NOT NULL,
  target         text NOT NULL,
  ground         text NOT NULL,
  says           text NOT NULL,
  estimates      text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX goals_learner ON goals (learner_id, created_at, id);

CREATE TABLE reflections (
  learner_id text NOT NULL REFERENCES learners (id),
  about      text NOT NULL,
  body       text NOT NULL,
  updated_at bigint NOT NULL,
  version    bigint NOT NULL,
  PRIMARY KEY (learner_id, about)
);
