package server

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/web"
)

// published answers for what is public at our addresses.
type published struct {
	db   *store.DB
	desk *registrar.Desk
}

var _ web.Published = published{}

// Institutions implements web.Published.
func (p published) Institutions(ctx context.Context) (out []*record.Institution, err error) {
	err = p.db.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Institutions(ctx)
		return err
	})
	return out, err
}

// Achievement implements web.Published.
func (p published) Achievement(ctx context.Context, id record.AchievementID) (*record.Achievement, error) {
	a, _, err := p.desk.Achievement(ctx, string(id))
	return a, err
}

// Associations implements web.Published.
func (p published) Associations(ctx context.Context, institution record.InstitutionID) (out []record.Association, err error) {
	err = p.db.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Associations(ctx, institution)
		return err
	})
	return out, err
}

// Document implements web.Published.
func (p published) Document(ctx context.Context, url string) (doc *record.Document, err error) {
	err = p.db.View(ctx, func(tx *store.Tx) (err error) {
		doc, err = tx.Document(ctx, url)
		return err
	})
	return doc, err
}
