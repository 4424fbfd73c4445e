-- +goose Up
-- Statements of learning systems (xAPI, Caliper) that are kept as evidence, as they came.
CREATE TABLE activity_statements (
  institution_id text NOT NULL REFERENCES institutions (id),
  id             text NOT NULL,
  kind           text NOT NULL,
  learner_id     text NOT NULL REFERENCES learners (id),
  award_id       text NOT NULL,
  verb           text NOT NULL,
  object         text NOT NULL,
  object_name    text NOT NULL,
  happened_at    bigint NOT NULL,
  received_at    bigint NOT NULL,
  received_by    text NOT NULL,
  sha256         text NOT NULL,
  bytes          blob NOT NULL,
  PRIMARY KEY (institution_id, id)
);
CREATE INDEX activity_statements_learner ON activity_statements (learner_id, happened_at);
CREATE INDEX activity_statements_award ON activity_statements (award_id);
