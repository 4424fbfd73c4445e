package employer

import (
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// A history answers for the status lists that this server keeps: since when an entry is as it is. A published list says
// only how things stand.
type history struct{ db *store.DB }

var _ verify.StatusHistory = history{}

// Since implements verify.StatusHistory. What cannot be read is not known, and is said so.
func (h history) Since(ctx context.Context, list string, index uint64) (since time.Time, ok bool) {
	i := strings.LastIndexByte(list, '/')
	if index > 1<<40 {
		return since, false
	}
	err := h.db.View(ctx, func(tx *store.Tx) error {
		l, err := tx.StatusList(ctx, record.StatusListID(list[i+1:]))
		if err != nil {
			return err
		}
		of, err := tx.Institution(ctx, l.Institution)
		if err != nil || withoutScheme(of.StatusURL(l.ID)) != withoutScheme(list) {
			return err
		}
		e, err := tx.StatusEntry(ctx, l.ID, int64(index))
		if err != nil {
			return err
		}
		since, ok = e.ChangedAt, true
		return nil
	})
	return since, ok && err == nil
}

// withoutScheme: a demonstration serves http what its documents name by https.
func withoutScheme(address string) string {
	_, rest, _ := strings.Cut(address, "://")
	return rest
}
