package account

import (
	"context"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// maxTyped bounds a code as it is typed: its letters, and what people put between them.
const maxTyped = 64

// typedCode reads a code as people type it: in any case, with dashes and spaces, and with the digits that look like
// letters of base 32, which has none of them.
func typedCode(s string) string {
	if len(s) > maxTyped {
		return ""
	}
	return strings.NewReplacer("-", "", " ", "", "0", "O", "1", "I", "8", "B").Replace(strings.ToUpper(strings.TrimSpace(s)))
}

// Claimable reports whether a code opens something, and uses nothing up: mail programs follow links before people do.
func (d *Desk) Claimable(ctx context.Context, typed string) (bool, error) {
	code, ok := typedCode(typed), false
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		id, err := tx.CodeOf(ctx, record.Sum([]byte(code)), d.now())
		if err != nil {
			return err
		}
		v, err := tx.Letter(ctx, id)
		ok = err == nil && v.Kind == record.DeliverClaim
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return false, nil
	}
	return ok, record.Wrap("account.Claimable", err)
}

// Claim opens a learner's record by a code that the institution sent or printed: it makes the learner's account, or finds
// it, and ends every code of that learner. A code that was used, has ended or never was is NotFound, all alike.
func (d *Desk) Claim(ctx context.Context, typed string) (*record.Account, error) {
	const op = "account.Claim"
	refused := coded("claim.refused", record.Errorf(record.NotFound, op, "this code does not open anything: it was used, it has ended, or it is not written so; ask your institution for a new one"))
	code := typedCode(typed)
	if code == "" {
		return nil, refused
	}
	var a *record.Account
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		id, err := tx.UseCode(ctx, record.Sum([]byte(code)), d.now())
		if err != nil {
			return err
		}
		v, err := tx.Letter(ctx, id)
		if err != nil {
			return err
		}
		if v.Kind != record.DeliverClaim { // a code of another kind is no key to an account; nothing of this is kept
			return refused
		}
		l, err := tx.Learner(ctx, v.Learner)
		if err != nil {
			return err
		}
		if a, err = d.claimed(ctx, tx, op, l); err != nil {
			return err
		}
		if a.Disabled {
			return refused
		}
		if err := d.endClaims(ctx, tx, l.ID); err != nil {
			return err
		}
		return d.event(ctx, tx, a.Actor(), a, "account.claimed", "delivery", string(v.ID))
	})
	if record.KindOf(err) == record.NotFound {
		return nil, refused
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return a, nil
}

// claimed finds or makes a learner's account. Its name at the door is the address that the register has; who has none, as
// whoever got the code in a letter, is known by the student's number.
func (d *Desk) claimed(ctx context.Context, tx *store.Tx, op string, l *record.Learner) (*record.Account, error) {
	a, err := tx.LearnersAccount(ctx, l.ID)
	if record.KindOf(err) != record.NotFound {
		return a, err
	}
	a = &record.Account{ID: record.AccountID(record.NewOrderedID()), Institution: l.Institution, Email: strings.TrimSpace(l.Email), Name: l.Name.Display, Roles: []record.Role{record.RoleLearner}, Learner: l.ID}
	if checkEmail(op, a.Email) != nil {
		a.Email = l.SourceKey
	}
	err = tx.AddAccount(ctx, a, emailKey(a.Email), d.now())
	if record.KindOf(err) == record.Conflict {
		return nil, coded("claim.taken", record.Errorf(record.Conflict, op, "another account of your institution has your address; ask the office which of them is yours"))
	}
	if err != nil {
		return nil, err
	}
	return a, d.event(ctx, tx, record.System(l.Institution), a, "account.added")
}

// endClaims ends every code of a learner who is in: a mail that lies in a box opens nothing any more.
func (d *Desk) endClaims(ctx context.Context, tx *store.Tx, l record.LearnerID) error {
	all, err := tx.ClaimsOf(ctx, l)
	if err != nil {
		return err
	}
	for _, c := range all {
		if err := tx.DropCodes(ctx, c.ID); err != nil {
			return err
		}
		if c.State == record.DeliveryDone {
			continue
		}
		c.State, c.DoneAt = record.DeliveryDone, d.now()
		if err := tx.ChangeLetter(ctx, c); err != nil {
			return err
		}
	}
	return nil
}
