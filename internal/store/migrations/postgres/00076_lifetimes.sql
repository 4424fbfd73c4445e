-- +goose Up
-- How long what is awarded for an achievement is valid, and how long before its end its holder is told.
CREATE TABLE lifetimes (
  institution_id text NOT NULL REFERENCES institutions (id),
  source_key     text NOT NULL,
  months         bigint NOT NULL,
  notice_days    bigint NOT NULL,
  changed_by     text NOT NULL,
  changed_at     bigint NOT NULL,
  PRIMARY KEY (institution_id, source_key)
);
CREATE INDEX credentials_ending ON credentials (institution_id, valid_until) WHERE valid_until > 0 AND state IN ('current', 'suspended');
CREATE INDEX credentials_made ON credentials (institution_id, created_at) WHERE kind = 'AchievementCredential';
