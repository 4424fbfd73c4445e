-- +goose Up
-- The base proof of a credential that its holder may show in part. It stays between issuer and holder: what is published
-- is a derivation of everything.
CREATE TABLE credential_bases (
  credential_id text PRIMARY KEY REFERENCES credentials (id),
  bytes         bytea NOT NULL
);
-- What of a shared document was left out, by the holder's names for it, separated by spaces; and what kind of thing it is:
-- '' is ours, 'kept' was issued by others, 'stated' is unsigned.
ALTER TABLE share_items ADD COLUMN left_out text NOT NULL DEFAULT '';
ALTER TABLE share_items ADD COLUMN origin text NOT NULL DEFAULT '';
