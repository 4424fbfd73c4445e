package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const batchColumns = `id, institution_id, format, source, file_name, sha256, state, counts, findings, created_by, created_at, committed_at, undone_at`

func scanBatch(s scanner) (*record.Batch, error) {
	var b record.Batch
	var counts, findings []byte
	var created, committed, undone int64
	if err := s.Scan(&b.ID, &b.Institution, &b.Format, &b.Source, &b.FileName, &b.SHA256, &b.State, &counts, &findings, &b.CreatedBy, &created, &committed, &undone); err != nil {
		return nil, err
	}
	b.CreatedAt, b.CommittedAt, b.UndoneAt = at(created), at(committed), at(undone)
	if err := json.Unmarshal(counts, &b.Counts); err != nil {
		return nil, err
	}
	return &b, json.Unmarshal(findings, &b.Findings)
}

// AddBatch writes an import.
func (tx *Tx) AddBatch(ctx context.Context, b *record.Batch) error {
	_, err := tx.exec(ctx, "store.AddBatch",
		`INSERT INTO batches (id, institution_id, format, source, file_name, sha256, state, counts, findings, created_by, created_at, committed_at, undone_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`,
		b.ID, b.Institution, b.Format, b.Source, b.FileName, b.SHA256, b.State, text(b.Counts), text(b.Findings), b.CreatedBy,
		micros(b.CreatedAt), micros(b.CommittedAt), micros(b.UndoneAt))
	return err
}

// SettleBatch moves a batch from one state to another and writes what it came to; a batch that is not in the state from
// is a Conflict, so that of two people who press the button one does it.
func (tx *Tx) SettleBatch(ctx context.Context, b *record.Batch, from record.BatchState) error {
	return tx.one(ctx, "store.SettleBatch",
		`UPDATE batches SET state = $1, format = $2, source = $3, counts = $4, findings = $5, committed_at = $6, undone_at = $7 WHERE id = $8 AND state = $9`,
		b.State, b.Format, b.Source, text(b.Counts), text(b.Findings), micros(b.CommittedAt), micros(b.UndoneAt), b.ID, from)
}

// Batch reads one import.
func (tx *Tx) Batch(ctx context.Context, id record.BatchID) (*record.Batch, error) {
	return get(ctx, tx, "store.Batch", scanBatch, `SELECT `+batchColumns+` FROM batches WHERE id = $1`, id)
}

// Batches reads an institution's newest imports.
func (tx *Tx) Batches(ctx context.Context, institution record.InstitutionID, limit int) ([]*record.Batch, error) {
	return list(ctx, tx, "store.Batches", scanBatch,
		`SELECT `+batchColumns+` FROM batches WHERE institution_id = $1 ORDER BY created_at DESC, id LIMIT $2`, institution, limit)
}

// BatchFile is a file of a staged import.
type BatchFile struct {
	Name string
	Data []byte
}

// AddBatchFile keeps a file of a staged import.
func (tx *Tx) AddBatchFile(ctx context.Context, batch record.BatchID, position int, f BatchFile) error {
	if f.Data == nil {
		f.Data = []byte{} // an empty file is a file
	}
	_, err := tx.exec(ctx, "store.AddBatchFile", `INSERT INTO batch_files (batch_id, position, name, data) VALUES ($1, $2, $3, $4)`,
		batch, position, f.Name, f.Data)
	return err
}

// BatchFiles reads the files of a staged import.
func (tx *Tx) BatchFiles(ctx context.Context, batch record.BatchID) ([]BatchFile, error) {
	return list(ctx, tx, "store.BatchFiles", func(s scanner) (f BatchFile, err error) { err = s.Scan(&f.Name, &f.Data); return },
		`SELECT name, data FROM batch_files WHERE batch_id = $1 ORDER BY position`, batch)
}

// DropBatchFiles deletes the files of an import: it was committed, or nobody came back for it.
func (tx *Tx) DropBatchFiles(ctx context.Context, batch record.BatchID) error {
	_, err := tx.exec(ctx, "store.DropBatchFiles", `DELETE FROM batch_files WHERE batch_id = $1`, batch)
	return err
}

// DropStaged deletes uploads that nobody committed since the given time.
func (tx *Tx) DropStaged(ctx context.Context, before time.Time) error {
	if _, err := tx.exec(ctx, "store.DropStaged",
		`DELETE FROM batch_files WHERE batch_id IN (SELECT id FROM batches WHERE state = 'staged' AND created_at < $1)`, micros(before)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.DropStaged", `DELETE FROM batches WHERE state = 'staged' AND created_at < $1`, micros(before))
	return err
}
