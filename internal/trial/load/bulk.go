package main

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/trial/check"
	"github.com/openlaurel/laurel/internal/trial/office"
)

// Bulk is what a run over one file took.
type Bulk struct {
	Awards, Signed  int // signed are the credentials and the records that hold them
	Import, Issuing time.Duration
}

func (b *Bulk) String() string {
	return fmt.Sprintf("bulk: %d awards imported in %v; %d credentials and records signed in %v (%.0f/s)", b.Awards, b.Import.Round(time.Millisecond), b.Signed, b.Issuing.Round(time.Millisecond), float64(b.Signed)/b.Issuing.Seconds())
}

// awardsOfOne is how many awards each person of a bulk run has.
const awardsOfOne = 5

// bulk brings in a file, approves and issues it, and waits for the last signature.
func (t *trial) bulk(ctx context.Context) error {
	var sheet strings.Builder
	var rows []check.Row
	sheet.WriteString("learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\n")
	for n := range t.Bulk {
		id := fmt.Sprintf("bulk-%d", n/awardsOfOne)
		if n%awardsOfOne == 0 {
			rows = append(rows, check.Row{File: "bulk.csv", Email: id + "@trial.example"})
		}
		fmt.Fprintf(&sheet, "Trial Person %s,%s@trial.example,%s,Trial Course %d,Course,2026-05-20\n", id, id, id, n%awardsOfOne)
	}
	j, err := check.Open(t.database(), t.server.Base, t.office.Public)
	if err != nil {
		return err
	}
	defer j.Close()
	before, err := j.Credentials(ctx)
	if err != nil {
		return err
	}
	b := &Bulk{Awards: t.Bulk}
	began := time.Now()
	batch, status := t.office.Import(ctx, "bulk.csv", sheet.String(), rows)
	if status != 200 {
		return fmt.Errorf("the bulk import is answered with %d", status)
	}
	b.Import = time.Since(began)
	began = time.Now()
	if status := t.office.ApproveAndIssue(ctx, batch); status != 200 {
		return fmt.Errorf("issuing in bulk is answered with %d", status)
	}
	if err := office.Settle(ctx, j); err != nil {
		return err
	}
	b.Issuing = time.Since(began)
	after, err := j.Credentials(ctx)
	b.Signed = after - before
	t.report.Bulk = b
	return err
}
