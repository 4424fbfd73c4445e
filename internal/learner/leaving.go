package learner

import (
	"context"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// A learner may delete what is theirs: the account, what they brought, made, chose and let in (GDPR, Article 17(1)). What
// the institution issued and must be able to show is the institution's record and stays (Article 17(3); 34 CFR 99): its
// office decides about that, and is asked for it.

// Leaving is what becomes of what is here when the actor deletes their account.
type Leaving struct {
	Email   string
	House   string
	Goes    map[string]int64 // rows by table
	Stays   map[string]int64
	Refused string // why it cannot be done now; empty: it can
}

// Leaving says what goes, what stays, and whether something is in the way.
func (d *Desk) Leaving(ctx context.Context, actor record.Actor) (*Leaving, error) {
	const op = "learner.Leaving"
	out := &Leaving{Goes: map[string]int64{}, Stays: map[string]int64{}}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		a, err := d.mayLeave(ctx, tx, op, l)
		if k := record.KindOf(err); k == record.Forbidden || k == record.Conflict {
			out.Refused = record.MessageOf(err)
		} else if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		out.Email, out.House = a.Email, i.Name
		all, err := tx.CountPersonal(ctx, l.ID)
		for table, n := range all {
			if store.DeletedByLearner(table) {
				out.Goes[table] = n
			} else {
				out.Stays[table] = n
			}
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// mayLeave reads the account and says what is in the way of deleting it.
func (d *Desk) mayLeave(ctx context.Context, tx *store.Tx, op string, l *record.Learner) (*record.Account, error) {
	a, err := tx.LearnersAccount(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	held, err := tx.OnHold(ctx, l.ID, record.HoldRelease)
	if err != nil {
		return nil, err
	}
	may := true
	if l.Guardian {
		if may, err = allowed(ctx, tx, l); err != nil {
			return nil, err
		}
	}
	switch {
	case held:
		return a, record.Errorf(record.Conflict, op, "your institution has put a hold on this record, and nothing of it is deleted until that is lifted; ask its office")
	case !may:
		return a, record.Errorf(record.Forbidden, op, "your guardian has not allowed sharing yet, and decides about this too; ask them, or the office")
	case len(a.Roles) > 1:
		return a, record.Errorf(record.Conflict, op, "this account also works for the institution; ask whoever runs this server to take that role away first")
	}
	return a, nil
}

// Leave deletes the actor's account and all that is theirs, at once and for good; sure must be the address by which they
// sign in, typed by hand. Every link to something shared ends with it, and no mail comes any more.
func (d *Desk) Leave(ctx context.Context, actor record.Actor, sure string) error {
	const op = "learner.Leave"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		a, err := d.mayLeave(ctx, tx, op, l)
		if err != nil {
			return err
		}
		if !strings.EqualFold(strings.TrimSpace(sure), a.Email) {
			return record.Errorf(record.Invalid, op, "type the address by which you sign in exactly, to be sure; nothing was deleted")
		}
		if err := d.private(ctx, tx, actor, "account.deleted", "learner/"+string(l.ID)); err != nil {
			return err
		}
		if err := tx.SetNotices(ctx, l.ID, record.NoticeKinds); err != nil {
			return err
		}
		return tx.Leave(ctx, l.ID, a.ID)
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return record.Wrap(op, d.DB.Scrub(ctx))
}
