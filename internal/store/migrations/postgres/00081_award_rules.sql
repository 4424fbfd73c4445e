-- +goose Up
-- Rules that make drafts, and whom they made one for: once for each person, on every node.
CREATE TABLE award_rules (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  name           text NOT NULL,
  target         text NOT NULL,
  least          bigint NOT NULL,
  not_before     bigint NOT NULL,
  off            boolean NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX award_rules_institution ON award_rules (institution_id, created_at, id);

CREATE TABLE award_rule_parts (
  rule_id text NOT NULL REFERENCES award_rules (id),
  iri     text NOT NULL,
  PRIMARY KEY (rule_id, iri)
);

CREATE TABLE award_rule_hits (
  rule_id    text NOT NULL REFERENCES award_rules (id),
  learner_id text NOT NULL REFERENCES learners (id),
  award_id   text NOT NULL,
  why        text NOT NULL,
  created_at bigint NOT NULL,
  PRIMARY KEY (rule_id, learner_id)
);
CREATE INDEX award_rule_hits_learner ON award_rule_hits (learner_id);
