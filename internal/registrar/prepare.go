package registrar

import (
	"context"
	"crypto/rand"
	"math/big"
	"slices"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/statuslist"
)

// prepare reads what an item needs and reserves its places. Called again, it finds the places that are reserved.
func (d *Desk) prepare(ctx context.Context, tx *store.Tx, item *record.RunItem) (*ticket, error) {
	if err := tx.LockLearner(ctx, item.Learner); err != nil {
		return nil, err
	}
	now, err := tx.RunItem(ctx, item.Run, item.Learner)
	if err != nil {
		return nil, err
	}
	if now.State != "pending" { // another node was faster; what we reserved now would stay without an owner
		return nil, record.Errorf(record.Conflict, "registrar.prepare", "this learner was issued already")
	}
	l, err := tx.Learner(ctx, item.Learner)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, l.Institution)
	if err != nil {
		return nil, err
	}
	t := &ticket{item: item, institution: i, learner: l}
	if t.key, err = d.signingKey(ctx, tx, i); err != nil {
		return nil, err
	}
	if t.keys, err = tx.Keys(ctx, i.ID); err != nil {
		return nil, err
	}
	earned := map[string]bool{}
	if err := d.prepareAwards(ctx, tx, t, earned); err != nil {
		return nil, err
	}
	if err := d.prepareHeld(ctx, tx, t, earned); err != nil {
		return nil, err
	}
	if t.record, err = d.reserve(ctx, tx, i, i.RecordURL(l.RecordID), l.RecordID, item.IssuedAt); err != nil {
		return nil, err
	}
	t.record.refresh = t.refreshURL(l.RecordID, t.record.revision)
	if t.related, t.links, err = related(ctx, tx, i, earned); err != nil {
		return nil, err
	}
	return t, d.prepareAssemblies(ctx, tx, t)
}

func (d *Desk) prepareAwards(ctx context.Context, tx *store.Tx, t *ticket, earned map[string]bool) error {
	awards, err := tx.AwardsOfLearner(ctx, t.learner.ID, record.AwardApproved)
	if err != nil {
		return err
	}
	for _, a := range awards {
		if err := d.prepareAward(ctx, tx, t, a, earned); err != nil {
			return err
		}
	}
	return nil
}

func (d *Desk) prepareAward(ctx context.Context, tx *store.Tx, t *ticket, a *record.Award, earned map[string]bool) error {
	about, err := tx.Achievement(ctx, a.Achievement)
	if err != nil {
		return err
	}
	body, err := readBody(about)
	if err != nil {
		return err
	}
	before, err := optional(tx.NewestCredential(ctx, a.CredentialID))
	if err != nil {
		return err
	}
	// An award's end is set when it is first signed: a lifetime that came later is not for it.
	if before == nil {
		err = endByLifetime(ctx, tx, a, about)
	} else if a.Detail.Expires == "" && !before.ValidUntil.IsZero() {
		a.Detail.Expires = before.ValidUntil.UTC().Format(time.DateOnly)
	}
	if err != nil {
		return err
	}
	v, err := readVouched(ctx, tx, t.institution, about.IRI, t.institution.RecordURL(a.CredentialID))
	if err != nil {
		return err
	}
	p, err := d.reserve(ctx, tx, t.institution, t.institution.RecordURL(a.CredentialID), a.CredentialID, validFrom(&a.Detail, t.item.IssuedAt))
	if err != nil {
		return err
	}
	p.refresh = t.refreshURL(a.CredentialID, p.revision)
	earned[about.IRI] = true
	t.awards = append(t.awards, awardTicket{award: a, about: about, body: body, place: p, vouched: v})
	return nil
}

// validFrom is when an award's credential begins to hold: when it is issued. What had run out before we issued it, a
// licence of years ago that still belongs in the record, held from when it was awarded: a credential cannot end before it
// begins.
func validFrom(detail *record.AwardDetail, issuedAt time.Time) time.Time {
	until, ok := dateTime(detail.Expires, true).Time()
	if !ok || until.After(issuedAt) {
		return issuedAt
	}
	if awarded, ok := dateTime(detail.AwardedOn, false).Time(); ok {
		return awarded
	}
	return issuedAt
}

// prepareHeld reads the credentials in force that stay in the record: all but those that this item supersedes.
func (d *Desk) prepareHeld(ctx context.Context, tx *store.Tx, t *ticket, earned map[string]bool) error {
	superseded := map[string]bool{}
	for n := range t.awards {
		superseded[t.awards[n].award.CredentialID] = true
	}
	held, err := tx.CurrentOfLearner(ctx, t.learner.ID, "AchievementCredential")
	if err != nil {
		return err
	}
	for _, c := range held {
		if superseded[c.PathID] {
			continue
		}
		a, err := tx.Award(ctx, c.Award)
		if err != nil {
			return err
		}
		if t.tainted(c) {
			if err := d.prepareAward(ctx, tx, t, a, earned); err != nil {
				return err
			}
			t.awards[len(t.awards)-1].again = true
			continue
		}
		about, err := tx.Achievement(ctx, a.Achievement)
		if err != nil {
			return err
		}
		earned[about.IRI] = true
		t.held = append(t.held, part{bytes: c.Bytes, uri: c.URI, name: c.Name, achievement: about.IRI, awardedOn: a.Detail.AwardedOn})
	}
	return nil
}

// compromised reports whether a key is one of the institution's that must not be believed any more.
func (t *ticket) compromised(id record.KeyID) bool {
	return slices.ContainsFunc(t.keys, func(k *record.Key) bool { return k.ID == id && k.State == record.KeyCompromised })
}

// reserve chooses the next revision of a credential, its moment and its place in a status list. The moment is the run's,
// unless the version before is as young: then it is one second later than that one, because issuer, id and validFrom
// tell which version is newer (Open Badges 3.0 and CLR 2.0, credential equality).
func (d *Desk) reserve(ctx context.Context, tx *store.Tx, i *record.Institution, uri, pathID string, issuedAt time.Time) (place, error) {
	p := place{revision: 1, validFrom: issuedAt}
	newest, err := optional(tx.NewestCredential(ctx, pathID))
	if err != nil {
		return p, err
	}
	if newest != nil {
		p.revision = newest.Revision + 1
		if newest.State == record.CredentialCurrent || newest.State == record.CredentialSuspended {
			p.previous = newest
		}
		if !p.validFrom.After(newest.ValidFrom) {
			p.validFrom = newest.ValidFrom.Add(time.Second)
		}
	}
	p.entry, err = optional(tx.StatusOf(ctx, uri, p.revision))
	if err != nil || p.entry != nil {
		return p, err
	}
	p.entry, err = d.takeStatus(ctx, tx, i, uri, p.revision)
	return p, err
}

const (
	// statusListSize is the least that a list may have, so that asking for it tells nobody which credential is meant
	// (Bitstring Status List 1.0, section 2.2).
	statusListSize = statuslist.MinEntries
	// statusListFill is how full a list gets before the next begins: the places are drawn at random, and above it a
	// draw often hits a taken one.
	statusListFill = statusListSize * 3 / 4
	// statusDraws bounds the draws: at three quarters full, all of them miss once in 10^15 times.
	statusDraws = 120
)

// takeStatus reserves a random free place.
func (d *Desk) takeStatus(ctx context.Context, tx *store.Tx, i *record.Institution, uri string, revision int64) (*record.StatusEntry, error) {
	l, err := optional(tx.NewestStatusList(ctx, i.ID))
	if err != nil {
		return nil, err
	}
	if l == nil || l.Used >= statusListFill {
		number := 1
		if l != nil {
			number = l.Number + 1
		}
		l = &record.StatusList{ID: record.StatusListID(record.NewID()), Institution: i.ID, Number: number, Size: statusListSize}
		if err := tx.AddStatusList(ctx, l); err != nil {
			return nil, err
		}
		if err := d.publishStatus(ctx, tx, i, l.ID); err != nil {
			return nil, err
		}
	}
	for range statusDraws {
		n, err := rand.Int(rand.Reader, big.NewInt(l.Size))
		if err != nil {
			return nil, err
		}
		e := &record.StatusEntry{List: l.ID, Index: n.Int64(), URI: uri, Revision: revision}
		ok, err := tx.ReserveStatus(ctx, e)
		if err != nil {
			return nil, err
		}
		if ok {
			return e, nil
		}
	}
	return nil, record.Errorf(record.Unavailable, "registrar.takeStatus", "no free place was found in the status list; try again")
}
