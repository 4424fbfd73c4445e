-- +goose Up
-- What learners ask the office about their record, each with its thread.
CREATE TABLE inquiries (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  learner_id     text NOT NULL REFERENCES learners (id),
  about          text NOT NULL,
  name           text NOT NULL,
  kind           text NOT NULL,
  state          text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  due_at         bigint NOT NULL,
  version        bigint NOT NULL
);
CREATE INDEX inquiries_state ON inquiries (institution_id, state, created_at, id);
CREATE INDEX inquiries_learner ON inquiries (learner_id, created_at, id);

CREATE TABLE inquiry_messages (
  inquiry_id text NOT NULL REFERENCES inquiries (id),
  seq        bigint NOT NULL,
  office     boolean NOT NULL,
  author     text NOT NULL,
  body       text NOT NULL,
  at         bigint NOT NULL,
  PRIMARY KEY (inquiry_id, seq)
);

-- Which mails a learner does not want. A kind that is not here is wanted.
CREATE TABLE notices_off (
  learner_id text NOT NULL REFERENCES learners (id),
  kind       text NOT NULL,
  PRIMARY KEY (learner_id, kind)
);

-- A guardian's answer to whether a minor may share; the newest counts.
CREATE TABLE consents (
  id           text PRIMARY KEY,
  learner_id   text NOT NULL REFERENCES learners (id),
  email        text NOT NULL,
  token_hash   text NOT NULL UNIQUE,
  answer       text NOT NULL,
  asked_at     bigint NOT NULL,
  answered_at  bigint NOT NULL,
  expires_at   bigint NOT NULL
);
CREATE INDEX consents_learner ON consents (learner_id, asked_at);
