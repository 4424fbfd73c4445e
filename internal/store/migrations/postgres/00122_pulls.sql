-- +goose Up
-- What is being fetched from a roster system: how far it is, and the pages that came, until they are staged as an import.
CREATE TABLE classroom_pulls (
  id          text PRIMARY KEY,
  system_id   text NOT NULL REFERENCES classroom_systems (id),
  account_id  text NOT NULL,
  state       text NOT NULL,
  collection  bigint NOT NULL,
  page_offset bigint NOT NULL,
  pages       bigint NOT NULL,
  rows_read   bigint NOT NULL,
  attempts    bigint NOT NULL,
  not_before  bigint NOT NULL,
  trouble     text NOT NULL,
  batch_id    text NOT NULL,
  created_at  bigint NOT NULL,
  version     bigint NOT NULL
);
CREATE INDEX classroom_pulls_system ON classroom_pulls (system_id, created_at);
CREATE INDEX classroom_pulls_due ON classroom_pulls (state, not_before);

CREATE TABLE classroom_pages (
  pull_id    text NOT NULL REFERENCES classroom_pulls (id),
  seq        bigint NOT NULL,
  collection bigint NOT NULL,
  body       bytea NOT NULL,
  PRIMARY KEY (pull_id, seq)
);
