package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const sourceColumns = `institution_id, name, format, headers, mapping, updated_by, updated_at`

func scanSource(s scanner) (*record.ImportSource, error) {
	var out record.ImportSource
	var mapping []byte
	var updated int64
	if err := s.Scan(&out.Institution, &out.Name, &out.Format, &out.Headers, &mapping, &out.UpdatedBy, &updated); err != nil {
		return nil, err
	}
	out.UpdatedAt = at(updated)
	return &out, json.Unmarshal(mapping, &out.Mapping)
}

// PutImportSource writes a source, new or changed.
func (tx *Tx) PutImportSource(ctx context.Context, s *record.ImportSource) error {
	_, err := tx.exec(ctx, "store.PutImportSource",
		`INSERT INTO import_sources (institution_id, name, format, headers, mapping, updated_by, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		 ON CONFLICT (institution_id, name) DO UPDATE SET format = excluded.format, headers = excluded.headers, mapping = excluded.mapping,
		 updated_by = excluded.updated_by, updated_at = excluded.updated_at`,
		s.Institution, s.Name, s.Format, s.Headers, text(s.Mapping), s.UpdatedBy, micros(s.UpdatedAt))
	return err
}

// ImportSource reads a source by its name.
func (tx *Tx) ImportSource(ctx context.Context, institution record.InstitutionID, name string) (*record.ImportSource, error) {
	return get(ctx, tx, "store.ImportSource", scanSource, `SELECT `+sourceColumns+` FROM import_sources WHERE institution_id = $1 AND name = $2`, institution, name)
}

// ImportSourceByHeaders reads the source that last had a file with these columns.
func (tx *Tx) ImportSourceByHeaders(ctx context.Context, institution record.InstitutionID, headers string) (*record.ImportSource, error) {
	return get(ctx, tx, "store.ImportSourceByHeaders", scanSource,
		`SELECT `+sourceColumns+` FROM import_sources WHERE institution_id = $1 AND headers = $2 ORDER BY updated_at DESC, name LIMIT 1`, institution, headers)
}

// ImportSources reads an institution's sources by name.
func (tx *Tx) ImportSources(ctx context.Context, institution record.InstitutionID) ([]*record.ImportSource, error) {
	return list(ctx, tx, "store.ImportSources", scanSource, `SELECT `+sourceColumns+` FROM import_sources WHERE institution_id = $1 ORDER BY name`, institution)
}

// BatchMapping is how a staged import is to be read.
type BatchMapping struct {
	Headers string
	Mapping record.Mapping
}

// PutBatchMapping keeps how a staged import is to be read.
func (tx *Tx) PutBatchMapping(ctx context.Context, batch record.BatchID, m *BatchMapping) error {
	_, err := tx.exec(ctx, "store.PutBatchMapping",
		`INSERT INTO import_mappings (batch_id, headers, mapping) VALUES ($1, $2, $3)
		 ON CONFLICT (batch_id) DO UPDATE SET headers = excluded.headers, mapping = excluded.mapping`, batch, m.Headers, text(m.Mapping))
	return err
}

// BatchMapping reads how an import is to be read.
func (tx *Tx) BatchMapping(ctx context.Context, batch record.BatchID) (*BatchMapping, error) {
	return get(ctx, tx, "store.BatchMapping", func(s scanner) (*BatchMapping, error) {
		var m BatchMapping
		var mapping []byte
		if err := s.Scan(&m.Headers, &mapping); err != nil {
			return nil, err
		}
		return &m, json.Unmarshal(mapping, &m.Mapping)
	}, `SELECT headers, mapping FROM import_mappings WHERE batch_id = $1`, batch)
}

// PutRejects keeps the rows of an import that wait for a person, as the file that they download.
func (tx *Tx) PutRejects(ctx context.Context, batch record.BatchID, data []byte, at time.Time) error {
	_, err := tx.exec(ctx, "store.PutRejects",
		`INSERT INTO import_rejects (batch_id, data, created_at) VALUES ($1, $2, $3) ON CONFLICT (batch_id) DO UPDATE SET data = excluded.data`, batch, data, micros(at))
	return err
}

// Rejects reads the rejected rows of an import.
func (tx *Tx) Rejects(ctx context.Context, batch record.BatchID) ([]byte, error) {
	return get(ctx, tx, "store.Rejects", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return }, `SELECT data FROM import_rejects WHERE batch_id = $1`, batch)
}

// DropImportRests deletes rejected rows older than a time, and what is kept about uploads that are gone.
func (tx *Tx) DropImportRests(ctx context.Context, before time.Time) error {
	if _, err := tx.exec(ctx, "store.DropImportRests", `DELETE FROM import_rejects WHERE created_at < $1`, micros(before)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.DropImportRests", `DELETE FROM import_mappings WHERE batch_id NOT IN (SELECT id FROM batches)`)
	return err
}

// PutProgress keeps how many rows of an import in parts are done, and what came of them, in the transaction that did them.
func (tx *Tx) PutProgress(ctx context.Context, b *record.Batch, done int) error {
	if _, err := tx.exec(ctx, "store.PutProgress",
		`INSERT INTO import_progress (batch_id, rows_done) VALUES ($1, $2) ON CONFLICT (batch_id) DO UPDATE SET rows_done = excluded.rows_done`, b.ID, done); err != nil {
		return err
	}
	return tx.one(ctx, "store.PutProgress", `UPDATE batches SET counts = $1, findings = $2 WHERE id = $3 AND state = 'importing'`, text(b.Counts), text(b.Findings), b.ID)
}

// Progress reads how many rows of an import in parts are done.
func (tx *Tx) Progress(ctx context.Context, batch record.BatchID) (int64, error) {
	return get(ctx, tx, "store.Progress", number, `SELECT rows_done FROM import_progress WHERE batch_id = $1`, batch)
}

// UnfinishedImport reads the import in parts of the same bytes from the same source that was stopped.
func (tx *Tx) UnfinishedImport(ctx context.Context, institution record.InstitutionID, source, sha256 string) (*record.Batch, error) {
	return get(ctx, tx, "store.UnfinishedImport", scanBatch,
		`SELECT `+batchColumns+` FROM batches WHERE institution_id = $1 AND source = $2 AND sha256 = $3 AND state = 'importing' ORDER BY created_at DESC LIMIT 1`, institution, source, sha256)
}

// MeetKey notes that a row of an import in parts speaks of a key; the answer is the row that did so first.
func (tx *Tx) MeetKey(ctx context.Context, batch record.BatchID, kind, key string, row int) (first int64, err error) {
	n, err := tx.exec(ctx, "store.MeetKey",
		`INSERT INTO import_keys (batch_id, kind, source_key, row_number) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING`, batch, kind, key, row)
	if err != nil || n == 1 {
		return int64(row), err
	}
	return get(ctx, tx, "store.MeetKey", number, `SELECT row_number FROM import_keys WHERE batch_id = $1 AND kind = $2 AND source_key = $3`, batch, kind, key)
}

// CountVanished counts the live awards of a source that an import in parts did not speak of.
func (tx *Tx) CountVanished(ctx context.Context, institution record.InstitutionID, source string, batch record.BatchID) (int64, error) {
	return get(ctx, tx, "store.CountVanished", number,
		`SELECT count(DISTINCT a.source_key) FROM awards a WHERE a.institution_id = $1 AND a.source = $2 AND a.state IN ('draft', 'approved', 'issued')
		 AND NOT EXISTS (SELECT 1 FROM import_keys k WHERE k.batch_id = $3 AND k.kind = 'award' AND k.source_key = a.source_key)`, institution, source, batch)
}

// ForgetImport deletes what an import in parts needed while it ran.
func (tx *Tx) ForgetImport(ctx context.Context, batch record.BatchID) error {
	if _, err := tx.exec(ctx, "store.ForgetImport", `DELETE FROM import_keys WHERE batch_id = $1`, batch); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.ForgetImport", `DELETE FROM import_progress WHERE batch_id = $1`, batch)
	return err
}
