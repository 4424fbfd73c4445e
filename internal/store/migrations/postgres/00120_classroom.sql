-- +goose Up
-- Systems of the classroom that the house is connected with, what their activities lead to, and the results read from them.
CREATE TABLE classroom_systems (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  kind           text NOT NULL,
  name           text NOT NULL,
  issuer         text NOT NULL,
  client_id      text NOT NULL,
  settings       text NOT NULL,
  sealed         bytea NOT NULL,
  off            boolean NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE UNIQUE INDEX classroom_systems_client ON classroom_systems (kind, issuer, client_id);
CREATE INDEX classroom_systems_institution ON classroom_systems (institution_id, created_at, id);

CREATE TABLE classroom_links (
  id         text PRIMARY KEY,
  system_id  text NOT NULL REFERENCES classroom_systems (id),
  rule_id    text NOT NULL REFERENCES award_rules (id),
  course     text NOT NULL,
  chosen_by  text NOT NULL,
  least      bigint NOT NULL,
  line_item  text NOT NULL,
  members    text NOT NULL,
  read_at    bigint NOT NULL,
  trouble    text NOT NULL,
  created_at bigint NOT NULL,
  version    bigint NOT NULL
);
CREATE INDEX classroom_links_system ON classroom_links (system_id, created_at, id);
CREATE INDEX classroom_links_due ON classroom_links (read_at);

CREATE TABLE classroom_results (
  link_id    text NOT NULL REFERENCES classroom_links (id),
  subject    text NOT NULL,
  learner_id text NOT NULL,
  award_id   text NOT NULL,
  who        text NOT NULL,
  said       text NOT NULL,
  state      text NOT NULL,
  seen_at    bigint NOT NULL,
  PRIMARY KEY (link_id, subject)
);
CREATE INDEX classroom_results_learner ON classroom_results (learner_id);
