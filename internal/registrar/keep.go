package registrar

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// keep writes what was signed, if nobody else did.
func (d *Desk) keep(ctx context.Context, tx *store.Tx, t *ticket, documents []signed) error {
	if err := tx.LockLearner(ctx, t.learner.ID); err != nil {
		return err
	}
	key, err := d.signingKey(ctx, tx, t.institution)
	if err != nil {
		return err
	}
	if key.ID != t.key.ID {
		return record.Errorf(record.Conflict, "registrar.keep", "the signing key was changed while this was being signed")
	}
	t.item.State, t.item.Error = "done", ""
	if err := tx.SettleItem(ctx, t.item); err != nil {
		return err
	}
	lists := map[record.StatusListID]bool{}
	for _, s := range documents {
		if err := d.keepOne(ctx, tx, t, s, lists); err != nil {
			return err
		}
		if s.base == nil {
			continue
		}
		if err := tx.AddBase(ctx, s.credential.ID, s.base); err != nil {
			return err
		}
	}
	if len(documents) == 0 && t.record.previous != nil {
		if err := d.endVersion(ctx, tx, t.record.previous, record.CredentialRevoked, "nothing of this record is in force any more", lists); err != nil {
			return err
		}
	}
	for id := range lists {
		if err := d.publishStatus(ctx, tx, t.institution, id); err != nil {
			return err
		}
	}
	d.at("issue.keeping")
	return d.tell(ctx, tx, t, documents)
}

func (d *Desk) keepOne(ctx context.Context, tx *store.Tx, t *ticket, s signed, lists map[record.StatusListID]bool) error {
	if s.ticket == nil { // a CLR: the version before it is not wrong, only older
		previous := t.record.previous
		if s.assembled != nil {
			previous = s.assembled
		}
		if previous != nil {
			if err := tx.MoveCredential(ctx, previous.ID, record.CredentialSuperseded); err != nil {
				return err
			}
		}
		if err := tx.AddCredential(ctx, s.credential); err != nil || s.assembled == nil {
			return err
		}
		return d.keepSuspended(ctx, tx, s.credential, s.assembled, lists)
	}
	a := s.ticket.award
	s.credential.Award = a.ID
	if s.ticket.again {
		if err := d.endVersion(ctx, tx, s.ticket.place.previous, record.CredentialSuperseded, "signed anew with another key", lists); err != nil {
			return err
		}
		if err := tx.AddCredential(ctx, s.credential); err != nil {
			return err
		}
		return d.keepSuspended(ctx, tx, s.credential, s.ticket.place.previous, lists)
	}
	if prev := s.ticket.place.previous; prev != nil { // a correction: what it corrects must not be relied on any more
		if err := d.endVersion(ctx, tx, prev, record.CredentialSuperseded, "replaced by a correction: "+a.Reason, lists); err != nil {
			return err
		}
		old, err := tx.Award(ctx, prev.Award)
		if err != nil {
			return err
		}
		old.State, old.UpdatedAt = record.AwardSuperseded, d.now()
		if err := tx.MoveAward(ctx, old, record.AwardIssued); err != nil {
			return err
		}
	}
	a.State, a.UpdatedAt = record.AwardIssued, d.now()
	if err := tx.MoveAward(ctx, a, record.AwardApproved); err != nil {
		return err
	}
	return tx.AddCredential(ctx, s.credential)
}

// endVersion takes one version of a credential out of force and sets its bit.
func (d *Desk) endVersion(ctx context.Context, tx *store.Tx, c *record.Credential, state record.CredentialState, reason string, lists map[record.StatusListID]bool) error {
	if err := tx.MoveCredential(ctx, c.ID, state); err != nil {
		return err
	}
	e, err := tx.StatusOf(ctx, c.URI, c.Revision)
	if err != nil {
		return err
	}
	e.Revoked, e.Reason, e.ChangedAt = true, reason, d.now()
	lists[e.List] = true
	return tx.SetStatus(ctx, e)
}

// tell writes the audit events of an issued record.
func (d *Desk) tell(ctx context.Context, tx *store.Tx, t *ticket, documents []signed) error {
	system := record.System(t.institution.ID)
	for _, s := range documents {
		action, object := "record.issued", "credential/"+string(s.credential.ID)
		if s.assembled != nil {
			action = "record.signed_anew"
		}
		detail := map[string]string{"sha256": s.credential.SHA256, "uri": s.credential.URI, "revision": formatInt(s.credential.Revision),
			"run": string(t.item.Run), "key": string(t.key.ID)}
		if s.ticket != nil {
			action = "award.issued"
			detail["award"], detail["approvedBy"] = string(s.ticket.award.ID), string(s.ticket.award.ApprovedBy)
			switch {
			case s.ticket.again:
				action = "award.signed_anew"
			case s.ticket.place.previous != nil:
				action = "award.corrected"
				detail["reason"] = s.ticket.award.Reason
			}
		}
		if err := d.event(ctx, tx, system, t.institution, action, object, t.learner.ID, detail); err != nil {
			return err
		}
	}
	return nil
}
