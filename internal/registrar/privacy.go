package registrar

import (
	"bytes"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Privacy is what an office looks after for one learner beside the record.
type Privacy struct {
	Learner     record.Learner
	Holds       []record.Hold
	Disclosures []record.Disclosure
	Rows        map[string]int64 // how many rows of each table are about the learner: what an erasure takes
	Issued      int              // signed credentials that are out in the world and cannot be called back
	MayErase    bool
}

const (
	maxPrivacyText = 1000
	maxDisclosures = 1000
	maxErasures    = 100_000
)

// Privacy reads what is kept back of a learner's record, and what was given away.
func (d *Desk) Privacy(ctx context.Context, actor record.Actor, id record.LearnerID) (*Privacy, error) {
	const op = "registrar.Privacy"
	var out *Privacy
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := ofHouse(ctx, tx, op, actor, id, staff...)
		if err != nil {
			return err
		}
		out = &Privacy{Learner: *l, MayErase: actor.Has(record.RoleRegistrar)}
		if out.Holds, err = tx.Holds(ctx, id); err != nil {
			return err
		}
		if out.Disclosures, err = tx.Disclosures(ctx, id, maxDisclosures); err != nil {
			return err
		}
		if out.Rows, err = tx.CountPersonal(ctx, id); err != nil {
			return err
		}
		out.Issued = int(out.Rows["credentials"])
		return nil
	})
	return out, record.Wrap(op, err)
}

// ofHouse reads a learner of the actor's own institution.
func ofHouse(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.LearnerID, roles ...record.Role) (*record.Learner, error) {
	l, err := tx.Learner(ctx, id)
	if err != nil {
		return nil, err
	}
	return l, actor.Require(op, l.Institution, roles...)
}

// SetHold keeps a learner's record back; LiftHold ends that. A reason is part of it: the next person at the desk must
// know why.
func (d *Desk) SetHold(ctx context.Context, actor record.Actor, id record.LearnerID, kind record.HoldKind, reason string) error {
	const op = "registrar.SetHold"
	reason = strings.TrimSpace(reason)
	if !slices.Contains(record.HoldKinds, kind) {
		return record.Errorf(record.Invalid, op, "choose what is held back")
	}
	if reason == "" || len(reason) > maxPrivacyText {
		return record.Errorf(record.Invalid, op, "say why, in at most %d bytes", maxPrivacyText)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := ofHouse(ctx, tx, op, actor, id, record.RoleRegistrar)
		if err != nil {
			return err
		}
		if err := tx.PutHold(ctx, &record.Hold{Learner: id, Kind: kind, Institution: l.Institution, Reason: reason, SetBy: actor.ID(), SetAt: d.now()}); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: l.Institution}, "hold.set", "learner/"+string(id), id, map[string]string{"kind": string(kind), "reason": reason})
	})
	return record.Wrap(op, err)
}

// LiftHold ends a hold.
func (d *Desk) LiftHold(ctx context.Context, actor record.Actor, id record.LearnerID, kind record.HoldKind) error {
	const op = "registrar.LiftHold"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := ofHouse(ctx, tx, op, actor, id, record.RoleRegistrar)
		if err != nil {
			return err
		}
		was, err := tx.DropHold(ctx, id, kind)
		if err != nil {
			return err
		}
		if !was {
			return record.Errorf(record.Conflict, op, "this was lifted already")
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: l.Institution}, "hold.lifted", "learner/"+string(id), id, map[string]string{"kind": string(kind)})
	})
	return record.Wrap(op, err)
}

// Disclose writes down that the office gave something about a learner to a party outside (34 CFR 99.32).
func (d *Desk) Disclose(ctx context.Context, actor record.Actor, n record.Disclosure) error {
	const op = "registrar.Disclose"
	n.Party, n.What = strings.TrimSpace(n.Party), strings.TrimSpace(n.What)
	switch {
	case n.Party == "" || n.What == "":
		return record.Errorf(record.Invalid, op, "say who got it and what of the record it was")
	case len(n.Party) > maxPrivacyText || len(n.What) > maxPrivacyText:
		return record.Errorf(record.TooLarge, op, "who and what have at most %d bytes each", maxPrivacyText)
	case !slices.Contains(record.Grounds, n.Ground):
		return record.Errorf(record.Invalid, op, "choose on what ground it was given")
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := ofHouse(ctx, tx, op, actor, n.Learner, staff...)
		if err != nil {
			return err
		}
		held, err := tx.OnHold(ctx, l.ID, record.HoldRelease)
		if err != nil {
			return err
		}
		if held && n.Ground == "other" {
			return record.Errorf(record.Conflict, op, "this record is held back from everybody outside; lift the hold first, or name the ground that goes before it")
		}
		n.ID, n.Institution, n.MadeBy, n.MadeAt = record.NewID(), l.Institution, actor.ID(), d.now()
		if err := tx.AddDisclosure(ctx, &n); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: l.Institution}, "disclosure.made", "learner/"+string(l.ID), l.ID, map[string]string{"ground": string(n.Ground)})
	})
	return record.Wrap(op, err)
}

// AccessRequest gives everything that the house has about a learner, as one JSON document: table names to rows, without
// secrets (34 CFR 99.10; GDPR, Articles 15 and 20). The looking is an event itself.
func (d *Desk) AccessRequest(ctx context.Context, actor record.Actor, id record.LearnerID) ([]byte, error) {
	const op = "registrar.AccessRequest"
	var out bytes.Buffer
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		out.Reset()
		l, err := ofHouse(ctx, tx, op, actor, id, record.RoleRegistrar)
		if err != nil {
			return err
		}
		if err := d.event(ctx, tx, actor, &record.Institution{ID: l.Institution}, "learner.data_taken", "learner/"+string(id), id, nil); err != nil {
			return err
		}
		last := ""
		out.WriteByte('{')
		err = tx.PersonalData(ctx, id, func(table string, row json.RawMessage) error {
			switch {
			case table == last:
				out.WriteString(",\n")
			case last != "":
				out.WriteString("],\n")
			}
			if table != last {
				out.WriteString(`"` + table + "\":[\n")
			}
			last = table
			out.Write(row)
			return nil
		})
		if last != "" {
			out.WriteByte(']')
		}
		out.WriteString("}\n")
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return out.Bytes(), nil
}

// Erase deletes everything about a learner; sure must be the learner's number in the student system, typed by hand, and
// ground says on what. What was signed and given out stays good with whoever has it: its place in the status list
// remains, without a name. The audit chain keeps ids and hashes (GDPR, Article 17).
func (d *Desk) Erase(ctx context.Context, actor record.Actor, id record.LearnerID, sure, ground string) error {
	const op = "registrar.Erase"
	ground = strings.TrimSpace(ground)
	if ground == "" || len(ground) > maxPrivacyText {
		return record.Errorf(record.Invalid, op, "say on what ground, in at most %d bytes and without the person's name", maxPrivacyText)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := ofHouse(ctx, tx, op, actor, id, record.RoleRegistrar)
		if err != nil {
			return err
		}
		if strings.TrimSpace(sure) != l.SourceKey {
			return record.Errorf(record.Invalid, op, "type the person's number exactly, to be sure that it is this one; nothing was erased")
		}
		for _, w := range wordsOf(l) {
			if strings.Contains(ground, w) {
				return record.Errorf(record.Invalid, op, "the ground names the person, and it is what remains; say it without name, number and address")
			}
		}
		busy, err := tx.WaitsToBeSigned(ctx, id)
		if err != nil {
			return err
		}
		if busy {
			return record.Errorf(record.Conflict, op, "the record is being signed just now; wait until that has ended, or stop it")
		}
		e := &record.Erasure{Learner: id, Institution: l.Institution, Ground: ground, ErasedBy: actor.ID(), ErasedAt: d.now()}
		if err := d.event(ctx, tx, actor, &record.Institution{ID: l.Institution}, "learner.erased", "learner/"+string(id), "", map[string]string{"ground": ground}); err != nil {
			return err
		}
		return tx.EraseLearner(ctx, e, wordsOf(l))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return record.Wrap(op, d.DB.Scrub(ctx))
}

// wordsOf are texts that name a learner in files and waiting work. A name of one short word would be found in everybody's
// files.
func wordsOf(l *record.Learner) []string {
	const shortest = 5
	out := []string{l.Email, l.SubjectID}
	for _, w := range []string{l.SourceKey, l.Name.Display} {
		if len(w) >= shortest {
			out = append(out, w)
		}
	}
	return slices.DeleteFunc(out, func(w string) bool { return strings.TrimSpace(w) == "" })
}

// Erasures lists who was erased.
func (d *Desk) Erasures(ctx context.Context, actor record.Actor) ([]record.Erasure, error) {
	const op = "registrar.Erasures"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []record.Erasure
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Erasures(ctx, actor.Institution, maxErasures)
		return err
	})
	return out, record.Wrap(op, err)
}

// EraseAgain erases those of a list who are here: after a backup from before was restored, whoever was erased since then
// must not come back (K13 in the catalogue of attacks). It returns how many were.
func (d *Desk) EraseAgain(ctx context.Context, actor record.Actor, ids []record.LearnerID, ground string) (int, error) {
	const op = "registrar.EraseAgain"
	n := 0
	for _, id := range ids {
		var l *record.Learner
		err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
			l, err = ofHouse(ctx, tx, op, actor, id, record.RoleRegistrar)
			return err
		})
		if k := record.KindOf(err); k == record.NotFound || k == record.Forbidden {
			continue // not in this database, or another house's
		}
		if err != nil {
			return n, record.Wrap(op, err)
		}
		if err := d.Erase(ctx, actor, id, l.SourceKey, ground); err != nil {
			return n, record.Wrap(op, err)
		}
		n++
	}
	return n, nil
}
