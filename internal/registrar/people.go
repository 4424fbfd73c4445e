package registrar

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Learners lists learners by name; after is the last learner of the page before, empty for the first page.
func (d *Desk) Learners(ctx context.Context, actor record.Actor, search string, after record.LearnerID) ([]record.Learner, error) {
	const op = "registrar.Learners"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []record.Learner
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		name := ""
		if after != "" {
			last, err := tx.Learner(ctx, after)
			if err != nil {
				return err
			}
			if err := actor.Require(op, last.Institution, staff...); err != nil {
				return err
			}
			name = last.Name.Display
		}
		page, err := tx.Learners(ctx, actor.Institution, search, name, after, MaxPage)
		for _, l := range page {
			out = append(out, *l)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// Learner reads one learner with all awards.
func (d *Desk) Learner(ctx context.Context, actor record.Actor, id record.LearnerID) (*LearnerView, error) {
	const op = "registrar.Learner"
	var out *LearnerView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, l.Institution, staff...); err != nil {
			return err
		}
		out = &LearnerView{Learner: *l}
		v, err := d.viewer(ctx, tx, actor)
		if err != nil {
			return err
		}
		for _, state := range []record.AwardState{record.AwardDraft, record.AwardApproved, record.AwardIssued, record.AwardRevoked, record.AwardSuperseded} {
			rows, err := tx.NamedAwards(ctx, l.Institution, state, "", id, "", "", MaxPage)
			if err != nil {
				return err
			}
			for _, r := range rows {
				a, err := v.view(ctx, r)
				if err != nil {
					return err
				}
				out.Awards = append(out.Awards, *a)
			}
		}
		clr, err := optional(tx.CurrentCredential(ctx, l.RecordID))
		if err != nil {
			return err
		}
		if clr != nil {
			out.RecordURL, out.IssuedAt = clr.URI, clr.ValidFrom
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// Catalogue lists the current achievements by type and name, at most MaxCatalogue.
func (d *Desk) Catalogue(ctx context.Context, actor record.Actor, search string) ([]record.Achievement, error) {
	const op = "registrar.Catalogue"
	if err := actor.Require(op, actor.Institution, record.Roles...); err != nil {
		return nil, err
	}
	var out []record.Achievement
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		page, err := tx.Achievements(ctx, actor.Institution, search, MaxCatalogue)
		for _, a := range page {
			out = append(out, *a)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// MaxCatalogue bounds the catalogue as one list: a large university's course catalogue.
const MaxCatalogue = 10_000

// Relations lists the associations of the catalogue.
func (d *Desk) Relations(ctx context.Context, actor record.Actor) ([]record.Association, error) {
	const op = "registrar.Relations"
	if err := actor.Require(op, actor.Institution, record.Roles...); err != nil {
		return nil, err
	}
	var out []record.Association
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Associations(ctx, actor.Institution)
		return err
	})
	return out, record.Wrap(op, err)
}

// Achievement reads the entry with a path id, as anybody may who follows an achievement's address: the current version
// of the catalogue.
func (d *Desk) Achievement(ctx context.Context, pathID string) (*record.Achievement, *record.Institution, error) {
	const op = "registrar.Achievement"
	var a *record.Achievement
	var i *record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Institutions(ctx)
		if err != nil {
			return err
		}
		for _, i = range all {
			a, err = optional(tx.AchievementByIRI(ctx, i.ID, i.AchievementURL(record.AchievementID(pathID))))
			if a != nil || err != nil {
				return err
			}
		}
		return record.Errorf(record.NotFound, op, "there is no such achievement")
	})
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	return a, i, nil
}
