-- +goose Up
CREATE TABLE item_answers (
  learner_id text NOT NULL REFERENCES learners (id),
  about      text NOT NULL,
  answer     text NOT NULL,
  at         bigint NOT NULL,
  PRIMARY KEY (learner_id, about)
);

CREATE TABLE curations (
  id         text PRIMARY KEY,
  learner_id text NOT NULL REFERENCES learners (id),
  name       text NOT NULL,
  body       text NOT NULL,
  created_at bigint NOT NULL,
  updated_at bigint NOT NULL,
  version    bigint NOT NULL
);
CREATE INDEX curations_learner ON curations (learner_id, name, id);
