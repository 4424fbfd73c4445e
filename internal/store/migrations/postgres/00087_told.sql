-- +goose Up
CREATE TABLE notice_marks (
  institution_id text PRIMARY KEY REFERENCES institutions (id),
  seq            bigint NOT NULL
);

CREATE TABLE notices_told (
  learner_id text NOT NULL REFERENCES learners (id),
  about      text NOT NULL,
  at         bigint NOT NULL,
  PRIMARY KEY (learner_id, about)
);
CREATE INDEX notices_told_about ON notices_told (about);
CREATE INDEX shares_last_opened ON shares (last_opened) WHERE last_opened > 0;
CREATE INDEX credentials_valid_until ON credentials (valid_until) WHERE valid_until > 0;
