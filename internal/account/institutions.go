package account

import (
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// House is one institution as whoever runs the server sees it: how it stands and how many come to it, and nobody's record.
type House struct {
	Institution record.Institution
	Standing    record.Standing
	Accounts    int64
	Learners    int64
	Staff       []record.Account // without password hashes
}

// Houses lists every institution of the server, for a steward.
func (d *Desk) Houses(ctx context.Context, actor record.Actor) ([]House, error) {
	const op = "account.Houses"
	if err := actor.Require(op, actor.Institution, record.RoleSteward); err != nil {
		return nil, err
	}
	var out []House
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Institutions(ctx)
		for _, i := range all {
			if err != nil {
				break
			}
			h := House{Institution: *i}
			if h.Standing, err = tx.Standing(ctx, i.ID); err != nil {
				break
			}
			if h.Accounts, err = tx.CountAccounts(ctx, i.ID); err != nil {
				break
			}
			h.Learners, err = tx.CountLearners(ctx, i.ID)
			out = append(out, h)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// House reads one institution and its staff, for a steward.
func (d *Desk) House(ctx context.Context, actor record.Actor, slug string) (*House, error) {
	const op = "account.House"
	if err := actor.Require(op, actor.Institution, record.RoleSteward); err != nil {
		return nil, err
	}
	h := &House{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		i, err := tx.InstitutionBySlug(ctx, slug)
		if err != nil {
			return err
		}
		h.Institution = *i
		if h.Standing, err = tx.Standing(ctx, i.ID); err != nil {
			return err
		}
		if h.Learners, err = tx.CountLearners(ctx, i.ID); err != nil {
			return err
		}
		all, err := tx.Accounts(ctx, i.ID)
		for _, a := range all {
			if a.PasswordHash = ""; a.Learner == "" {
				h.Staff = append(h.Staff, *a)
			}
		}
		h.Accounts = int64(len(all))
		return err
	})
	return h, record.Wrap(op, err)
}

const maxWhy = 1_000 // of a suspension

// SetStanding suspends an institution or ends that, and sets its limits. Of a suspended institution nobody comes in by any
// door and nothing is signed; what it issued stays published and verifies.
func (d *Desk) SetStanding(ctx context.Context, actor record.Actor, slug string, suspended bool, why string, maxAccounts int64) error {
	const op = "account.SetStanding"
	if err := actor.Require(op, actor.Institution, record.RoleSteward); err != nil {
		return err
	}
	why = strings.TrimSpace(why)
	switch {
	case suspended && why == "":
		return record.Errorf(record.Invalid, op, "say why the institution is suspended; its audit keeps the reason")
	case len(why) > maxWhy:
		return record.Errorf(record.Invalid, op, "the reason has at most %d bytes", maxWhy)
	case maxAccounts < 0:
		return record.Errorf(record.Invalid, op, "the bound is a number of accounts, or 0 for none")
	}
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.InstitutionBySlug(ctx, slug)
		if err != nil {
			return err
		}
		if suspended && i.ID == actor.Institution {
			return record.Errorf(record.Conflict, op, "this is your own institution: nobody could end the suspension")
		}
		before, err := tx.Standing(ctx, i.ID)
		if err != nil {
			return err
		}
		after, action := record.Standing{MaxAccounts: maxAccounts}, "institution.limits_set"
		switch {
		case suspended && before.Suspended():
			after.SuspendedAt, after.SuspendedWhy = before.SuspendedAt, why
		case suspended:
			after.SuspendedAt, after.SuspendedWhy, action = d.now(), why, "institution.suspended"
		case before.Suspended():
			action = "institution.restored"
		}
		if err := tx.PutStanding(ctx, i.ID, after); err != nil {
			return err
		}
		return d.houseEvent(ctx, tx, actor, i.ID, action, "institution/"+string(i.ID), "why", why)
	}))
}

// Invite makes an account for a colleague and a sign-in link that works once. A steward invites to any institution its
// first people; an operator invites to their own.
func (d *Desk) Invite(ctx context.Context, actor record.Actor, slug, email, name string, roles []record.Role) (*record.Account, *Link, error) {
	const op = "account.Invite"
	by := actor
	id := actor.Institution
	if slug != "" {
		if err := actor.Require(op, actor.Institution, record.RoleSteward); err != nil {
			return nil, nil, err
		}
		err := d.DB.View(ctx, func(tx *store.Tx) error {
			i, err := tx.InstitutionBySlug(ctx, slug)
			if err == nil {
				id = i.ID
			}
			return err
		})
		if err != nil {
			return nil, nil, record.Wrap(op, err)
		}
	}
	if err := mayManage(op, by, id, roles); err != nil {
		return nil, nil, err
	}
	a, err := d.Add(ctx, by, NewAccount{Institution: id, Email: email, Name: name, Roles: roles})
	if err != nil {
		return nil, nil, err
	}
	link, err := d.NewLink(ctx, by, a.ID, maxLinkLife, false)
	return a, link, err
}

// mailedLinkLife is how long a mailed sign-in link lives: long enough for a slow mail server, and no longer.
const mailedLinkLife = 15 * time.Minute

// MailedLink is a sign-in link on its way to the one who asked for it.
type MailedLink struct {
	Email, House string
	Link         *Link
}

// LinksFor makes a sign-in link for each open account with an address, for a mail to that address as it is kept. That there
// is none is told to nobody.
func (d *Desk) LinksFor(ctx context.Context, email string) ([]MailedLink, error) {
	const op = "account.LinksFor"
	var all []*record.Account
	houses := map[record.InstitutionID]string{}
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if all, err = tx.AccountsByEmail(ctx, emailKey(email)); err != nil {
			return err
		}
		for _, a := range all {
			i, err := tx.Institution(ctx, a.Institution)
			if err != nil {
				return err
			}
			houses[i.ID] = i.Name
		}
		return nil
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	var out []MailedLink
	for _, a := range all {
		if a.Disabled {
			continue
		}
		link, err := d.NewLink(ctx, record.System(a.Institution), a.ID, mailedLinkLife, false)
		if err != nil {
			return nil, err
		}
		out = append(out, MailedLink{Email: a.Email, House: houses[a.Institution], Link: link})
	}
	return out, nil
}

// LinkFor makes a new sign-in link for a colleague who has lost every other way in: their account and all that is in it
// stay as they are.
func (d *Desk) LinkFor(ctx context.Context, actor record.Actor, id record.AccountID) (*record.Account, *Link, error) {
	const op = "account.LinkFor"
	link, err := d.NewLink(ctx, actor, id, maxLinkLife, false)
	if err != nil {
		return nil, nil, err
	}
	h, err := d.holder(ctx, id)
	return h.account, link, record.Wrap(op, err)
}
