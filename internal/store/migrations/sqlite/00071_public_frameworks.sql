-- +goose Up
ALTER TABLE frameworks ADD COLUMN is_public boolean NOT NULL DEFAULT false;
