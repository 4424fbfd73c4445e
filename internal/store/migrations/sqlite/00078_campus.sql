-- +goose Up
-- Campus sign-in: the services that institutions trust, and which account is whose there.
CREATE TABLE campus_services (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  kind           text NOT NULL,
  name           text NOT NULL,
  enabled        boolean NOT NULL,
  settings       text NOT NULL,
  sealed         blob NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX campus_services_institution ON campus_services (institution_id, created_at);

CREATE TABLE campus_subjects (
  service_id text NOT NULL REFERENCES campus_services (id),
  subject    text NOT NULL,
  account_id text NOT NULL REFERENCES accounts (id),
  created_at bigint NOT NULL,
  used_at    bigint NOT NULL,
  PRIMARY KEY (service_id, subject)
);
CREATE INDEX campus_subjects_account ON campus_subjects (account_id);
