package learner

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// An institution's address ends with the time there; a record does not. Whoever is signed in may add an address, and it is
// theirs when the link that was mailed to it is opened by them. It may then take the place of the first for signing in. When
// the address belongs to another record of this server, both are proven to be one person's: what was issued to the other is
// kept here too, each under its own seal.

const (
	maxAddresses = 20
	addressLife  = 7 * 24 * time.Hour
)

// Addresses are a learner's: the one by which they sign in, and the others.
type Addresses struct {
	SignIn string
	Others []record.Identity // without token hashes
}

// addressKey is an address in the form by which accounts are unique.
func addressKey(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// Addresses lists the actor's addresses.
func (d *Desk) Addresses(ctx context.Context, actor record.Actor) (*Addresses, error) {
	const op = "learner.Addresses"
	out := &Addresses{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		a, err := tx.LearnersAccount(ctx, l.ID)
		if err != nil {
			return err
		}
		out.SignIn = a.Email
		all, err := tx.IdentitiesOf(ctx, l.ID)
		for _, i := range all {
			shown := *i
			shown.TokenHash = ""
			out.Others = append(out.Others, shown)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// AddAddress mails a link to another address of the actor's.
func (d *Desk) AddAddress(ctx context.Context, actor record.Actor, typed string) error {
	const op = "learner.AddAddress"
	to, err := mail.Address(strings.TrimSpace(typed))
	if err != nil {
		return record.Errorf(record.Invalid, op, "this is not a mail address, such as name@example.org")
	}
	token := rand.Text()
	var letter *mail.Letter
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		a, err := tx.LearnersAccount(ctx, l.ID)
		if err != nil {
			return err
		}
		all, err := tx.IdentitiesOf(ctx, l.ID)
		if err != nil {
			return err
		}
		if len(all) >= maxAddresses {
			return record.Errorf(record.TooLarge, op, "a record has at most %d addresses; delete one first", maxAddresses)
		}
		for _, i := range all {
			switch {
			case addressKey(i.Email) != addressKey(to):
			case !i.Confirmed.IsZero():
				return record.Errorf(record.Conflict, op, "this address is yours already")
			default: // asked again: the older link ends
				if err := tx.DropIdentity(ctx, l.ID, i.ID); err != nil {
					return err
				}
			}
		}
		if addressKey(a.Email) == addressKey(to) {
			return record.Errorf(record.Conflict, op, "this address is yours already")
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		id := &record.Identity{ID: record.NewID(), Learner: l.ID, Account: a.ID, Email: to, TokenHash: record.Sum([]byte(token)), AskedAt: d.now(), ExpiresAt: d.now().Add(addressLife)}
		if err := tx.AddIdentity(ctx, id, addressKey(to)); err != nil {
			return err
		}
		letter = &mail.Letter{ID: id.ID, Name: "mail.address", To: to, Language: l.Language, House: i.Name, Link: i.Root() + "/my/address/" + token, Args: map[string]string{"Name": l.Name.Display}}
		return d.private(ctx, tx, actor, "address.asked", "learner/"+string(l.ID))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return d.post(ctx, op, letter)
}

// AddressAsked reads whose address a mailed link proves, for the learner who asked for it alone. Joins tells whether
// another record would be joined.
func (d *Desk) AddressAsked(ctx context.Context, actor record.Actor, token string) (email string, joins bool, err error) {
	const op = "learner.AddressAsked"
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		i, others, err := d.asked(ctx, tx, op, actor, token)
		if err == nil {
			email, joins = i.Email, len(others) > 0
		}
		return err
	})
	return email, joins, record.Wrap(op, err)
}

// asked finds an open link of the actor's, and the other records of this server whose account has its address.
func (d *Desk) asked(ctx context.Context, tx *store.Tx, op string, actor record.Actor, token string) (*record.Identity, []*record.Account, error) {
	closed := record.Errorf(record.Gone, op, "this link does not work here: it was used, it is too old, or somebody else asked for it; sign in as the one who asked, or ask again")
	l, err := self(ctx, tx, op, actor)
	if err != nil {
		return nil, nil, err
	}
	i, err := tx.IdentityByToken(ctx, record.Sum([]byte(token)))
	if record.KindOf(err) == record.NotFound || err == nil && (i.Learner != l.ID || !i.ExpiresAt.After(d.now())) {
		return nil, nil, closed
	}
	if err != nil {
		return nil, nil, err
	}
	accounts, err := tx.AccountsByEmail(ctx, addressKey(i.Email))
	return i, slices.DeleteFunc(accounts, func(a *record.Account) bool { return a.Learner == "" || a.Learner == l.ID || a.Disabled }), err
}

// ConfirmAddress proves an address: the mail reached it, and the actor is who asked. The records of this server whose
// accounts have the address are joined to the actor's.
func (d *Desk) ConfirmAddress(ctx context.Context, actor record.Actor, token string) error {
	const op = "learner.ConfirmAddress"
	var joined []record.LearnerID
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, others, err := d.asked(ctx, tx, op, actor, token)
		if err != nil {
			return err
		}
		for n, a := range others {
			joined = append(joined, a.Learner)
			if n == 0 {
				continue
			}
			more := &record.Identity{ID: record.NewID(), Learner: i.Learner, Account: i.Account, Email: i.Email, Other: a.Learner, AskedAt: i.AskedAt, Confirmed: d.now(), ExpiresAt: i.ExpiresAt}
			if err := tx.AddIdentity(ctx, more, addressKey(i.Email)); err != nil {
				return err
			}
		}
		first := record.LearnerID("")
		if len(joined) > 0 {
			first = joined[0]
		}
		if err := tx.ConfirmIdentity(ctx, i.ID, first, d.now()); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "address.confirmed", "learner/"+string(i.Learner))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	for _, other := range joined {
		if err := d.join(ctx, actor.Learner, other); err != nil {
			return record.Wrap(op, err)
		}
	}
	return nil
}

// join keeps for a learner what is in force of another record that is theirs too. What is kept already stays one.
func (d *Desk) join(ctx context.Context, to, from record.LearnerID) error {
	var l *record.Learner
	var all []*record.Credential
	var bases map[record.CredentialID][]byte
	house := ""
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if l, err = tx.Learner(ctx, to); err != nil {
			return err
		}
		other, err := tx.Learner(ctx, from)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, other.Institution)
		if err != nil {
			return err
		}
		house = i.Name
		if all, err = tx.CurrentOfLearner(ctx, from, "AchievementCredential"); err != nil {
			return err
		}
		bases, err = tx.Bases(ctx, from)
		return err
	})
	for _, c := range all {
		if err != nil {
			return err
		}
		b := c.Bytes
		if base := bases[c.ID]; base != nil {
			b = base
		}
		rep, _ := d.verifyFor(ctx, l, b)
		h := d.heldOf(l, &File{Type: "application/vc+ld+json", Data: b}, rep, "joined from "+house)
		err = d.DB.Update(ctx, func(tx *store.Tx) error {
			outcome, err := tx.KeepHeld(ctx, &h)
			if err != nil || outcome == record.HeldSame || outcome == record.HeldOlder {
				return err
			}
			return tx.Append(ctx, &record.Event{Institution: l.Institution, At: d.now(), Actor: "system", Action: "credential.joined", Object: "held/" + string(h.ID), Learner: l.ID})
		})
	}
	return err
}

// UseAddress makes a proven address the one by which the actor signs in. The one before stays theirs until they delete it.
func (d *Desk) UseAddress(ctx context.Context, actor record.Actor, id string) error {
	const op = "learner.UseAddress"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		all, err := tx.IdentitiesOf(ctx, l.ID)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(i *record.Identity) bool { return i.ID == id && !i.Confirmed.IsZero() })
		if n < 0 {
			return record.Errorf(record.NotFound, op, "there is no such address; add it and open the link in the mail first")
		}
		a, err := tx.LearnersAccount(ctx, l.ID)
		if err != nil {
			return err
		}
		if other := all[n].Other; other != "" { // the joined record's account gives the address up
			if err := d.yield(ctx, tx, other, all[n].Email); err != nil {
				return err
			}
		}
		before := &record.Identity{ID: id, Learner: l.ID, Account: a.ID, Email: a.Email, AskedAt: d.now(), Confirmed: d.now(), ExpiresAt: d.now()}
		if err := tx.DropIdentity(ctx, l.ID, id); err != nil {
			return err
		}
		if all[n].Other != "" { // what was joined stays joined, under an entry without an address
			before.Other = all[n].Other
		}
		if err := tx.AddIdentity(ctx, before, addressKey(before.Email)); err != nil {
			return err
		}
		if err := tx.ChangeAccountEmail(ctx, a.ID, all[n].Email, addressKey(all[n].Email)); err != nil {
			if record.KindOf(err) == record.Conflict {
				return record.Errorf(record.Conflict, op, "somebody else of your institution signs in with this address; ask the office")
			}
			return err
		}
		return d.private(ctx, tx, actor, "address.used", "learner/"+string(l.ID))
	})
	return record.Wrap(op, err)
}

// yield closes the account of a record that was joined to another, so that its address leads to one place alone.
func (d *Desk) yield(ctx context.Context, tx *store.Tx, other record.LearnerID, email string) error {
	a, err := tx.LearnersAccount(ctx, other)
	if record.KindOf(err) == record.NotFound {
		return nil
	}
	if err != nil || addressKey(a.Email) != addressKey(email) {
		return err
	}
	a.Disabled = true
	if err := tx.ChangeAccount(ctx, a); err != nil {
		return err
	}
	if err := tx.ChangeAccountEmail(ctx, a.ID, a.Email, addressKey(a.Email)+" joined "+string(a.ID)); err != nil {
		return err
	}
	return tx.Append(ctx, &record.Event{Institution: a.Institution, At: d.now(), Actor: "system", Action: "account.joined", Object: "account/" + string(a.ID), Learner: other})
}

// DropAddress deletes an address by which the actor does not sign in. What was joined with it stays kept.
func (d *Desk) DropAddress(ctx context.Context, actor record.Actor, id string) error {
	const op = "learner.DropAddress"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if err := tx.DropIdentity(ctx, l.ID, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "address.dropped", "learner/"+string(l.ID))
	})
	return record.Wrap(op, err)
}

// recipientsOf are all that a learner is known by: what their institution knows, the addresses that they proved, and the
// records that are theirs too.
func (d *Desk) recipientsOf(ctx context.Context, l *record.Learner) []verify.Recipient {
	out := recipients(l)
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.IdentitiesOf(ctx, l.ID)
		if err != nil {
			return err
		}
		for _, i := range all {
			if i.Confirmed.IsZero() {
				continue
			}
			out = append(out, verify.Recipient{Type: "emailAddress", Value: i.Email})
			if i.Other == "" {
				continue
			}
			other, err := tx.Learner(ctx, i.Other)
			if err == nil {
				out = append(out, recipients(other)...)
			} else if record.KindOf(err) != record.NotFound {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return recipients(l) // fewer names: what is not recognised says "unknown" or "other", never falsely "same"
	}
	return out
}
