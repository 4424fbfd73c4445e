-- +goose Up
-- What a learner said yes to: that each new record goes to a host by itself; and which one the host has taken.
ALTER TABLE hosts ADD COLUMN follow bigint NOT NULL DEFAULT 0;
ALTER TABLE hosts ADD COLUMN delivered text NOT NULL DEFAULT '';
