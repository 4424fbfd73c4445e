package learner

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const maxCurations = 100 // kept choices of one learner: a list that can still be looked through

// Curations lists the choices that the actor keeps, by name.
func (d *Desk) Curations(ctx context.Context, actor record.Actor) ([]*record.Curation, error) {
	const op = "learner.Curations"
	var out []*record.Curation
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		out, err = tx.CurationsOf(ctx, l.ID)
		return err
	})
	return out, record.Wrap(op, err)
}

// Curation reads one of the choices that the actor keeps.
func (d *Desk) Curation(ctx context.Context, actor record.Actor, id record.CurationID) (*record.Curation, error) {
	const op = "learner.Curation"
	var out *record.Curation
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		out, err = tx.Curation(ctx, l.ID, id)
		return err
	})
	return out, record.Wrap(op, err)
}

// Curate keeps a choice under a name: a new one, or another content for the version of one that was read. What was shared
// from it stays as it was shared.
func (d *Desk) Curate(ctx context.Context, actor record.Actor, id record.CurationID, version int64, name string, req ShareRequest) (record.CurationID, error) {
	const op = "learner.Curate"
	if name = tidy(name); name == "" || longer(name, maxLabel) {
		return "", record.Errorf(record.Invalid, op, "give the choice a name of at most %d characters", maxLabel)
	}
	req.Label, req.Audience, req.Passcode = "", "", ""
	if err := d.checkShare(op, &req); err != nil {
		return "", err
	}
	c := &record.Curation{ID: id, Learner: actor.Learner, Name: name, Version: version, CreatedAt: d.now(), UpdatedAt: d.now(), Body: record.CurationBody{Whole: req.Whole, Note: req.Note}}
	if !req.Whole {
		c.Body.Items = req.Items
		for _, p := range req.LeaveOut {
			c.Body.LeftOut = append(c.Body.LeftOut, record.CurationPart{Item: p.Ref, Part: p.Part})
		}
	}
	seen, err := d.judge(ctx, op, actor, &req)
	if err != nil {
		return "", record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if _, err := d.choose(ctx, tx, op, l, &req, seen); err != nil { // only what can be shared is kept for sharing
			return err
		}
		if id != "" {
			if _, err := tx.Curation(ctx, l.ID, id); err != nil {
				return err
			}
			if err := changedElsewhere(op, tx.ChangeCuration(ctx, c)); err != nil {
				return err
			}
			return d.private(ctx, tx, actor, "curation.changed", "curation/"+string(c.ID))
		}
		there, err := tx.CurationsOf(ctx, l.ID)
		if err != nil {
			return err
		}
		if len(there) >= maxCurations {
			return record.Errorf(record.TooLarge, op, "there are already %d kept choices; delete one that is no longer needed", maxCurations)
		}
		c.ID = record.CurationID(record.NewID())
		if err := tx.AddCuration(ctx, c); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "curation.kept", "curation/"+string(c.ID))
	})
	return c.ID, record.Wrap(op, err)
}

// DropCuration deletes a kept choice. What was shared from it stays shared.
func (d *Desk) DropCuration(ctx context.Context, actor record.Actor, id record.CurationID) error {
	const op = "learner.DropCuration"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if _, err := tx.Curation(ctx, l.ID, id); err != nil {
			return err
		}
		if err := tx.DropCuration(ctx, l.ID, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "curation.dropped", "curation/"+string(id))
	})
	return record.Wrap(op, err)
}

// Request is the choice as a wish to share it.
func Request(c *record.Curation) ShareRequest {
	req := ShareRequest{Whole: c.Body.Whole, Items: c.Body.Items, Note: c.Body.Note, AllowDownload: true}
	for _, p := range c.Body.LeftOut {
		req.LeaveOut = append(req.LeaveOut, LeftOut{Ref: p.Item, Part: p.Part})
	}
	return req
}
