package learner

import (
	"context"
	"sync"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

const (
	reportsKept = 8                // of large records: each report is some megabytes
	reportLife  = 2 * time.Minute  // a learner who searches a record sees when it was checked
	reportFrom  = 100              // credentials; a smaller record is checked in less time than a page needs
	reportBytes = reportFrom * 1e3 // a credential is larger than this
)

// reports remembers what verification found in large records of this house, for as long as nothing that the house
// publishes has changed: a revocation changes a status list, and the record is checked anew. The zero value is ready.
type reports struct {
	mu  sync.Mutex
	all map[string]*verify.Report
}

// verifyOurs is verify for a record that carries nothing but what its own house publishes.
func (d *Desk) verifyOurs(ctx context.Context, c *record.Credential, published string) *verify.Report {
	if len(c.Bytes) < reportBytes {
		return d.verify(ctx, c.Bytes)
	}
	key := c.SHA256 + " " + published
	now := d.now()
	d.reports.mu.Lock()
	rep := d.reports.all[key]
	d.reports.mu.Unlock()
	if rep != nil {
		if at, err := time.Parse(time.RFC3339, rep.CheckedAt); err == nil && now.Sub(at).Abs() < reportLife {
			return rep
		}
	}
	rep = d.verify(ctx, c.Bytes)
	d.reports.mu.Lock()
	defer d.reports.mu.Unlock()
	if len(d.reports.all) >= reportsKept || d.reports.all == nil {
		d.reports.all = map[string]*verify.Report{}
	}
	d.reports.all[key] = rep
	return rep
}

// published is a digest of everything that the learner's institution publishes now.
func published(ctx context.Context, tx *store.Tx, id record.InstitutionID) (string, error) {
	sums, err := tx.DocumentSums(ctx, id)
	if err != nil {
		return "", err
	}
	all := ""
	for _, s := range sums {
		all += s.URL + " " + s.SHA256 + "\n"
	}
	return record.Sum([]byte(all)), nil
}
