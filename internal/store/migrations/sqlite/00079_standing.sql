-- +goose Up
-- How an institution stands with whoever runs the server: suspended or not, and its limits.
ALTER TABLE institutions ADD COLUMN suspended_at bigint NOT NULL DEFAULT 0;
ALTER TABLE institutions ADD COLUMN suspended_why text NOT NULL DEFAULT '';
ALTER TABLE institutions ADD COLUMN max_accounts bigint NOT NULL DEFAULT 0;
