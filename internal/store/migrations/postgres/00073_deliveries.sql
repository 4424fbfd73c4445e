-- +goose Up
-- Mails to people about a record, each with what became of it. about is the run, the experience or the credential it is
-- about: nobody gets the same twice.
CREATE TABLE deliveries (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  kind           text NOT NULL,
  about          text NOT NULL,
  address        text NOT NULL,
  state          text NOT NULL,
  reason         text NOT NULL,
  attempts       bigint NOT NULL,
  mailing        bigint NOT NULL,
  created_by     text NOT NULL,
  created_at     bigint NOT NULL,
  sent_at        bigint NOT NULL,
  done_at        bigint NOT NULL,
  version        bigint NOT NULL,
  UNIQUE (learner_id, kind, about)
);
CREATE INDEX deliveries_recent ON deliveries (institution_id, created_at, id);
CREATE INDEX deliveries_about ON deliveries (about);

CREATE TABLE delivery_codes (
  code_hash   text PRIMARY KEY,
  delivery_id text NOT NULL REFERENCES deliveries (id),
  expires_at  bigint NOT NULL,
  used_at     bigint NOT NULL
);
CREATE INDEX delivery_codes_delivery ON delivery_codes (delivery_id);

-- An institution's own words for a kind of mail in a language.
CREATE TABLE wordings (
  institution_id text NOT NULL REFERENCES institutions (id),
  name           text NOT NULL,
  lang           text NOT NULL,
  subject        text NOT NULL,
  body           text NOT NULL,
  changed_by     text NOT NULL,
  changed_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, name, lang)
);
