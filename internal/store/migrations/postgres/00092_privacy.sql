-- +goose Up
-- What an event says in words can be taken out of the chain without breaking it: the chain's hash is over detail_hash,
-- which is over a salt and the words. Events from before have neither and are hashed with their words.
ALTER TABLE audit_events ADD COLUMN salt text NOT NULL DEFAULT '';
ALTER TABLE audit_events ADD COLUMN detail_hash text NOT NULL DEFAULT '';

-- A learner's record held back: 'directory' from everybody without an account, 'release' from every third party.
CREATE TABLE holds (
  learner_id     text NOT NULL REFERENCES learners (id),
  kind           text NOT NULL,
  institution_id text NOT NULL REFERENCES institutions (id),
  reason         text NOT NULL,
  set_by         text NOT NULL,
  set_at         bigint NOT NULL,
  PRIMARY KEY (learner_id, kind)
);

-- What the office gave to whom on what ground (34 CFR 99.32). What learners give themselves is in their own log.
CREATE TABLE disclosures (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  party          text NOT NULL,
  what           text NOT NULL,
  ground         text NOT NULL,
  made_by        text NOT NULL,
  made_at        bigint NOT NULL
);
CREATE INDEX disclosures_learner ON disclosures (learner_id, made_at);

-- Who was erased, by the id that meant something only here. An older backup is cleaned by this list.
CREATE TABLE erasures (
  learner_id     text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  ground         text NOT NULL,
  erased_by      text NOT NULL,
  erased_at      bigint NOT NULL
);
