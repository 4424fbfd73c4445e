package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const pullColumns = `id, system_id, account_id, state, collection, page_offset, pages, rows_read, attempts, not_before, trouble, batch_id, created_at, version`

func scanPull(s scanner) (*record.Pull, error) {
	var p record.Pull
	var before, created int64
	err := s.Scan(&p.ID, &p.System, &p.Account, &p.State, &p.Collection, &p.Offset, &p.Pages, &p.Rows, &p.Attempts, &before, &p.Trouble, &p.Batch, &created, &p.Version)
	p.NotBefore, p.CreatedAt = at(before), at(created)
	return &p, err
}

// AddPull writes a new fetching of a roster.
func (tx *Tx) AddPull(ctx context.Context, p *record.Pull) error {
	_, err := tx.exec(ctx, "store.AddPull",
		`INSERT INTO classroom_pulls (id, system_id, account_id, state, collection, page_offset, pages, rows_read, attempts, not_before, trouble, batch_id, created_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, 1)`,
		p.ID, p.System, p.Account, p.State, p.Collection, p.Offset, p.Pages, p.Rows, p.Attempts, micros(p.NotBefore), p.Trouble, p.Batch, micros(p.CreatedAt))
	p.Version = 1
	return err
}

// ChangePull writes how far a fetching is, of the version that was read.
func (tx *Tx) ChangePull(ctx context.Context, p *record.Pull) error {
	err := tx.one(ctx, "store.ChangePull",
		`UPDATE classroom_pulls SET state = $1, collection = $2, page_offset = $3, pages = $4, rows_read = $5, attempts = $6, not_before = $7, trouble = $8, batch_id = $9, version = version + 1
		 WHERE id = $10 AND version = $11`,
		p.State, p.Collection, p.Offset, p.Pages, p.Rows, p.Attempts, micros(p.NotBefore), p.Trouble, p.Batch, p.ID, p.Version)
	if err == nil {
		p.Version++
	}
	return err
}

// Pull reads one fetching.
func (tx *Tx) Pull(ctx context.Context, id record.PullID) (*record.Pull, error) {
	return get(ctx, tx, "store.Pull", scanPull, `SELECT `+pullColumns+` FROM classroom_pulls WHERE id = $1`, id)
}

// Pulls reads a system's fetchings, newest first.
func (tx *Tx) Pulls(ctx context.Context, system record.ClassroomSystemID, limit int) ([]*record.Pull, error) {
	return list(ctx, tx, "store.Pulls", scanPull, `SELECT `+pullColumns+` FROM classroom_pulls WHERE system_id = $1 ORDER BY created_at DESC, id LIMIT $2`, system, limit)
}

// PullsDue reads fetchings that wait for their next page.
func (tx *Tx) PullsDue(ctx context.Context, now time.Time, limit int) ([]*record.Pull, error) {
	return list(ctx, tx, "store.PullsDue", scanPull, `SELECT `+pullColumns+` FROM classroom_pulls WHERE state = 'running' AND not_before <= $1 ORDER BY not_before, id LIMIT $2`, micros(now), limit)
}

// PullPage is a page that came.
type PullPage struct {
	Collection int
	Body       []byte
}

// AddPullPage keeps a page.
func (tx *Tx) AddPullPage(ctx context.Context, pull record.PullID, seq int, p PullPage) error {
	_, err := tx.exec(ctx, "store.AddPullPage", `INSERT INTO classroom_pages (pull_id, seq, collection, body) VALUES ($1, $2, $3, $4)`, pull, seq, p.Collection, p.Body)
	return err
}

// PullPages reads what came, in its order.
func (tx *Tx) PullPages(ctx context.Context, pull record.PullID) ([]PullPage, error) {
	return list(ctx, tx, "store.PullPages", func(s scanner) (p PullPage, err error) { err = s.Scan(&p.Collection, &p.Body); return },
		`SELECT collection, body FROM classroom_pages WHERE pull_id = $1 ORDER BY seq`, pull)
}

// DropPullPages deletes what came, when it is staged or not wanted any more.
func (tx *Tx) DropPullPages(ctx context.Context, pull record.PullID) error {
	_, err := tx.exec(ctx, "store.DropPullPages", `DELETE FROM classroom_pages WHERE pull_id = $1`, pull)
	return err
}
