package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

const statusListColumns = `id, institution_id, number, size, used`

func scanStatusList(s scanner) (*record.StatusList, error) {
	var l record.StatusList
	err := s.Scan(&l.ID, &l.Institution, &l.Number, &l.Size, &l.Used)
	return &l, err
}

// AddStatusList writes a new list.
func (tx *Tx) AddStatusList(ctx context.Context, l *record.StatusList) error {
	_, err := tx.exec(ctx, "store.AddStatusList",
		`INSERT INTO status_lists (id, institution_id, number, size, used) VALUES ($1, $2, $3, $4, 0)`,
		l.ID, l.Institution, l.Number, l.Size)
	return err
}

// NewestStatusList reads the list that new credentials go into.
func (tx *Tx) NewestStatusList(ctx context.Context, institution record.InstitutionID) (*record.StatusList, error) {
	return get(ctx, tx, "store.NewestStatusList", scanStatusList,
		`SELECT `+statusListColumns+` FROM status_lists WHERE institution_id = $1 ORDER BY number DESC LIMIT 1`, institution)
}

// StatusList reads one list.
func (tx *Tx) StatusList(ctx context.Context, id record.StatusListID) (*record.StatusList, error) {
	return get(ctx, tx, "store.StatusList", scanStatusList, `SELECT `+statusListColumns+` FROM status_lists WHERE id = $1`, id)
}

// StatusLists reads all lists of an institution.
func (tx *Tx) StatusLists(ctx context.Context, institution record.InstitutionID) ([]*record.StatusList, error) {
	return list(ctx, tx, "store.StatusLists", scanStatusList,
		`SELECT `+statusListColumns+` FROM status_lists WHERE institution_id = $1 ORDER BY number`, institution)
}

// LockStatusList makes this transaction the only one that publishes a list until it ends.
func (tx *Tx) LockStatusList(ctx context.Context, id record.StatusListID) error {
	return tx.one(ctx, "store.LockStatusList", `UPDATE status_lists SET size = size WHERE id = $1`, id)
}

const statusEntryColumns = `list_id, idx, uri, revision, revoked, suspended, reason, changed_at`

func scanStatusEntry(s scanner) (*record.StatusEntry, error) {
	var e record.StatusEntry
	var changed int64
	err := s.Scan(&e.List, &e.Index, &e.URI, &e.Revision, &e.Revoked, &e.Suspended, &e.Reason, &changed)
	e.ChangedAt = at(changed)
	return &e, err
}

// ReserveStatus takes a place in a list for one version of a credential. It reports false when the place is taken; the
// unique constraints, not the caller, decide.
func (tx *Tx) ReserveStatus(ctx context.Context, e *record.StatusEntry) (bool, error) {
	n, err := tx.exec(ctx, "store.ReserveStatus",
		`INSERT INTO status_entries (list_id, idx, uri, revision, revoked, suspended, reason, changed_at) VALUES ($1, $2, $3, $4, $5, $6, '', 0)
		 ON CONFLICT (list_id, idx) DO NOTHING`, e.List, e.Index, e.URI, e.Revision, false, false)
	if err != nil || n == 0 {
		return false, err
	}
	return true, tx.one(ctx, "store.ReserveStatus", `UPDATE status_lists SET used = used + 1 WHERE id = $1`, e.List)
}

// StatusOf reads the place of one version of a credential.
func (tx *Tx) StatusOf(ctx context.Context, uri string, revision int64) (*record.StatusEntry, error) {
	return get(ctx, tx, "store.StatusOf", scanStatusEntry,
		`SELECT `+statusEntryColumns+` FROM status_entries WHERE uri = $1 AND revision = $2`, uri, revision)
}

// SetStatus writes the bits of a place. A revocation is for good: no call clears it.
func (tx *Tx) SetStatus(ctx context.Context, e *record.StatusEntry) error {
	return tx.one(ctx, "store.SetStatus",
		`UPDATE status_entries SET revoked = $1, suspended = $2, reason = $3, changed_at = $4 WHERE list_id = $5 AND idx = $6 AND (NOT revoked OR $1)`,
		e.Revoked, e.Suspended, e.Reason, micros(e.ChangedAt), e.List, e.Index)
}

// SetEntries reads the places of a list that are revoked or suspended.
func (tx *Tx) SetEntries(ctx context.Context, list_ record.StatusListID) ([]*record.StatusEntry, error) {
	return list(ctx, tx, "store.SetEntries", scanStatusEntry,
		`SELECT `+statusEntryColumns+` FROM status_entries WHERE list_id = $1 AND (revoked OR suspended) ORDER BY idx`, list_)
}

// PutDocument publishes a document at its address.
func (tx *Tx) PutDocument(ctx context.Context, d *record.Document) error {
	_, err := tx.exec(ctx, "store.PutDocument",
		`INSERT INTO documents (url, institution_id, content_type, bytes, sha256, updated_at) VALUES ($1, $2, $3, $4, $5, $6)
		 ON CONFLICT (url) DO UPDATE SET content_type = excluded.content_type, bytes = excluded.bytes, sha256 = excluded.sha256, updated_at = excluded.updated_at`,
		d.URL, d.Institution, d.ContentType, d.Bytes, d.SHA256, micros(d.UpdatedAt))
	return err
}

const documentColumns = `url, institution_id, content_type, bytes, sha256, updated_at`

func scanDocument(s scanner) (*record.Document, error) {
	var d record.Document
	var updated int64
	err := s.Scan(&d.URL, &d.Institution, &d.ContentType, &d.Bytes, &d.SHA256, &updated)
	d.UpdatedAt = at(updated)
	return &d, err
}

// Document reads the published document at an address.
func (tx *Tx) Document(ctx context.Context, url string) (*record.Document, error) {
	return get(ctx, tx, "store.Document", scanDocument, `SELECT `+documentColumns+` FROM documents WHERE url = $1`, url)
}

// Documents reads everything that an institution publishes.
func (tx *Tx) Documents(ctx context.Context, institution record.InstitutionID) ([]*record.Document, error) {
	return list(ctx, tx, "store.Documents", scanDocument,
		`SELECT `+documentColumns+` FROM documents WHERE institution_id = $1 ORDER BY url`, institution)
}
