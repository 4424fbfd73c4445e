package store

import "context"

// SetSchemaVersion pretends that a newer program migrated the database.
func SetSchemaVersion(ctx context.Context, db *DB, version int64) error {
	_, err := db.write.ExecContext(ctx, `INSERT INTO goose_db_version (version_id, is_applied) VALUES ($1, $2)`, version, true)
	return err
}

// Exec is what somebody with the database's shell could do.
func Exec(ctx context.Context, db *DB, query string) error {
	_, err := db.write.ExecContext(ctx, query)
	return err
}
