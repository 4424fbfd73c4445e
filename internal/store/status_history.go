package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// StatusEntry reads one place of a list.
func (tx *Tx) StatusEntry(ctx context.Context, list record.StatusListID, index int64) (*record.StatusEntry, error) {
	return get(ctx, tx, "store.StatusEntry", scanStatusEntry,
		`SELECT `+statusEntryColumns+` FROM status_entries WHERE list_id = $1 AND idx = $2`, list, index)
}
