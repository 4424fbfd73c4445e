-- +goose Up
-- What an endorsement was before it was signed anew, because its key was compromised.
CREATE TABLE endorsement_versions (
  endorsement_id text NOT NULL REFERENCES endorsements (id) ON DELETE CASCADE,
  sha256         text NOT NULL,
  key_id         text NOT NULL,
  bytes          blob NOT NULL,
  ended_at       bigint NOT NULL,
  PRIMARY KEY (endorsement_id, sha256)
);
