-- +goose Up
CREATE TABLE definitions (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  source_key     text NOT NULL,
  iri            text NOT NULL,
  state          text NOT NULL,
  body           text NOT NULL,
  texts          text NOT NULL,
  links          text NOT NULL,
  base           text NOT NULL,
  note           text NOT NULL,
  prepared_by    text NOT NULL,
  approved_by    text NOT NULL,
  created_at     bigint NOT NULL,
  updated_at     bigint NOT NULL,
  version        bigint NOT NULL,
  UNIQUE (institution_id, source_key)
);

CREATE TABLE achievement_texts (
  achievement_id text NOT NULL REFERENCES achievements (id),
  lang           text NOT NULL,
  body           text NOT NULL,
  PRIMARY KEY (achievement_id, lang)
);

CREATE TABLE pictures (
  id             text PRIMARY KEY,
  institution_id text NOT NULL REFERENCES institutions (id),
  media          text NOT NULL,
  bytes          bytea NOT NULL,
  created_at     bigint NOT NULL
);
