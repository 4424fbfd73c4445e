package registrar

import (
	"context"
	"encoding/csv"
	"io"
	"time"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// KeyDependence is what depends on a key, for whoever is about to end it.
type KeyDependence struct {
	Key record.Key // without its private half
	store.KeyCounts
	Successor bool // another key signs
}

// KeyDependence says what depends on a key.
func (d *Desk) KeyDependence(ctx context.Context, actor record.Actor, id record.KeyID) (*KeyDependence, error) {
	const op = "registrar.KeyDependence"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleOperator); err != nil {
		return nil, err
	}
	var out *KeyDependence
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		k, err := ownKey(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		counts, err := tx.KeyCounts(ctx, k, d.now())
		if err != nil {
			return err
		}
		active, err := optional(tx.ActiveKey(ctx, actor.Institution))
		k.Token, k.Sealed = keyring.Token(k.Sealed), nil
		out = &KeyDependence{Key: *k, KeyCounts: *counts, Successor: active != nil && active.ID != id}
		return err
	})
	return out, record.Wrap(op, err)
}

// signedPage is how many lines of a key's list are read at once.
const signedPage = 1000

// WriteKeyCredentials writes everything that a key ever signed, whatever became of it, and the records that contain
// something of it, as CSV, as it stands when the writing begins.
func (d *Desk) WriteKeyCredentials(ctx context.Context, actor record.Actor, id record.KeyID, w io.Writer) error {
	const op = "registrar.WriteKeyCredentials"
	// Names of learners are no business of an operator alone.
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		if _, err := ownKey(ctx, tx, op, actor, id); err != nil {
			return err
		}
		if err := out.Write([]string{"credential", "version", "kind", "name", "person", "person_key", "state", "signed_at", "because", "sha256"}); err != nil {
			return err
		}
		after := store.KeyLine{}
		for {
			page, err := tx.KeyLines(ctx, id, after.Learner, after.ID, signedPage)
			if err != nil {
				return err
			}
			for _, l := range page {
				if err := out.Write(disarmAll(keyLine(&l))); err != nil {
					return err
				}
			}
			if len(page) < signedPage {
				return writeKeyEndorsements(ctx, tx, id, out)
			}
			after = page[len(page)-1]
		}
	})
	out.Flush()
	if err == nil {
		err = out.Error()
	}
	return record.Wrap(op, err)
}

// writeKeyEndorsements ends the list with what the key signed about things, not people.
func writeKeyEndorsements(ctx context.Context, tx *store.Tx, id record.KeyID, out *csv.Writer) error {
	all, err := tx.KeyEndorsements(ctx, id)
	if err != nil {
		return err
	}
	for _, e := range all {
		if err := out.Write(disarmAll([]string{"endorsement/" + string(e.ID), "", "EndorsementCredential", e.Name, "", "", string(e.State), e.At.Format(time.RFC3339), "signed with this key", e.SHA256})); err != nil {
			return err
		}
	}
	return nil
}

func keyLine(l *store.KeyLine) []string {
	because := "signed with this key"
	if l.Contains {
		because = "contains something signed with this key"
	}
	return []string{l.URI, formatInt(l.Revision), l.Kind, l.Name, l.LearnerName.Display, l.LearnerKey, string(l.State), l.SignedAt.Format(time.RFC3339), because, l.SHA256}
}
