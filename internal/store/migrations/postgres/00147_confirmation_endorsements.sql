-- +goose Up
-- What the server signed of a confirmation (Open Badges 3.0, EndorsementCredential); '' where it signed nothing.
ALTER TABLE confirmations ADD COLUMN endorsement text NOT NULL DEFAULT '';
