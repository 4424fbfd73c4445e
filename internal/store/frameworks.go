package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// PutFramework writes a framework, once per content; whether it is public may change.
func (tx *Tx) PutFramework(ctx context.Context, f *record.Framework) error {
	_, err := tx.exec(ctx, "store.PutFramework",
		`INSERT INTO frameworks (id, institution_id, iri, title, kind, body, sha256, is_public, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
		 ON CONFLICT (institution_id, iri, sha256) DO UPDATE SET is_public = excluded.is_public`,
		f.ID, f.Institution, f.IRI, f.Title, f.Kind, f.Body, f.SHA256, f.Public, micros(f.CreatedAt))
	return err
}

func scanFramework(s scanner) (*record.Framework, error) {
	var f record.Framework
	var created int64
	err := s.Scan(&f.ID, &f.Institution, &f.IRI, &f.Title, &f.Kind, &f.Body, &f.SHA256, &f.Public, &created)
	f.CreatedAt = at(created)
	return &f, err
}

// Frameworks reads an institution's frameworks with their documents.
func (tx *Tx) Frameworks(ctx context.Context, institution record.InstitutionID) ([]*record.Framework, error) {
	return list(ctx, tx, "store.Frameworks", scanFramework,
		`SELECT id, institution_id, iri, title, kind, body, sha256, is_public, created_at FROM frameworks WHERE institution_id = $1 ORDER BY title, id`, institution)
}

// FrameworkList reads an institution's frameworks without their documents, newest of each identifier first.
func (tx *Tx) FrameworkList(ctx context.Context, institution record.InstitutionID) ([]*record.Framework, error) {
	return list(ctx, tx, "store.FrameworkList", func(s scanner) (*record.Framework, error) {
		var f record.Framework
		var created int64
		err := s.Scan(&f.ID, &f.Institution, &f.IRI, &f.Title, &f.Kind, &f.SHA256, &f.Public, &created)
		f.CreatedAt = at(created)
		return &f, err
	}, `SELECT id, institution_id, iri, title, kind, sha256, is_public, created_at FROM frameworks WHERE institution_id = $1
		 ORDER BY title, iri, created_at DESC, id`, institution)
}

// Framework reads one framework with its document.
func (tx *Tx) Framework(ctx context.Context, id record.FrameworkID) (*record.Framework, error) {
	return get(ctx, tx, "store.Framework", scanFramework,
		`SELECT id, institution_id, iri, title, kind, body, sha256, is_public, created_at FROM frameworks WHERE id = $1`, id)
}

// ShowFramework says whether everybody may see a framework.
func (tx *Tx) ShowFramework(ctx context.Context, id record.FrameworkID, public bool) error {
	return tx.one(ctx, "store.ShowFramework", `UPDATE frameworks SET is_public = $1 WHERE id = $2`, public, id)
}

// DeleteFramework takes a framework away.
func (tx *Tx) DeleteFramework(ctx context.Context, id record.FrameworkID) error {
	return tx.one(ctx, "store.DeleteFramework", `DELETE FROM frameworks WHERE id = $1`, id)
}
