package store

import "database/sql"

// Writer is the handle that writes, for the jobs room alone: the queue keeps its own tables in the same database, and on
// SQLite only one connection may write.
func (db *DB) Writer() *sql.DB { return db.write }

// Raw is the transaction as database/sql knows it, for the jobs room alone: work is queued in the transaction that makes
// it necessary, so that neither exists without the other.
func (tx *Tx) Raw() *sql.Tx { return tx.tx }
