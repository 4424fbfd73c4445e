package registrar

import (
	"context"
	"errors"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// What is awarded may run out: the award says so, or its achievement does, for everything that is signed from then on.
// Its holder is told once, before the end.

const (
	// noticeDays is how long before the end a holder is told at the latest; an achievement may say that it is earlier.
	noticeDays    = 30
	maxMonths     = 600
	maxNoticeDays = 730
	// warnAtOnce bounds the notices of one sweep; the next goes on.
	warnAtOnce = 500
)

// endByLifetime gives an award the end that its achievement has, unless it has one of its own. The award's row stays as it
// was approved: the credential's validUntil is what counts.
func endByLifetime(ctx context.Context, tx *store.Tx, a *record.Award, about *record.Achievement) error {
	if a.Detail.Expires != "" {
		return nil
	}
	life, err := optional(tx.LifetimeOf(ctx, a.Institution, about.SourceKey))
	if err != nil || life == nil || life.Months == 0 {
		return err
	}
	a.Detail.Expires = monthsLater(a.Detail.AwardedOn, life.Months)
	return nil
}

// monthsLater is the last day of a period of months that begins on a day: the day before the same day of the month, or
// the month's last where it has no such day. What is no date has no end.
func monthsLater(day string, months int) string {
	if len(day) > len(time.DateOnly) {
		day = day[:len(time.DateOnly)]
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	end := time.Date(t.Year(), t.Month()+time.Month(months), 1, 0, 0, 0, 0, time.UTC)
	last := end.AddDate(0, 1, -1).Day()
	return end.AddDate(0, 0, min(t.Day(), last)-1).Format(time.DateOnly)
}

// SetLifetime says how long what is awarded for an achievement is valid from now on. Zero months: for ever.
func (d *Desk) SetLifetime(ctx context.Context, actor record.Actor, achievement string, months, notice int) error {
	const op = "registrar.SetLifetime"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return err
	}
	if months < 0 || months > maxMonths || notice < noticeDays || notice > maxNoticeDays {
		return record.Errorf(record.Invalid, op, "a validity is from 0 (for ever) to %d months, a notice from %d to %d days before its end", maxMonths, noticeDays, maxNoticeDays)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		en := &entering{d: d, tx: tx, actor: actor, institution: i, seen: map[string]bool{}}
		a, refused, err := en.achievement(ctx, achievement)
		if err != nil {
			return err
		}
		if refused != "" {
			return record.Errorf(record.Invalid, op, "%s", refused)
		}
		if err := tx.PutLifetime(ctx, &record.Lifetime{Institution: i.ID, SourceKey: a.SourceKey, Months: months, NoticeDays: notice, ChangedBy: actor.Account, ChangedAt: d.now()}); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "lifetime.changed", "achievement/"+string(a.ID), "", map[string]string{"months": formatInt(int64(months)), "noticeDays": formatInt(int64(notice))})
	})
	return record.Wrap(op, err)
}

// LifetimeView is how long what is awarded for an achievement is valid.
type LifetimeView struct {
	record.Lifetime
	Name string
}

// EndingView is what runs out.
type EndingView struct {
	Rows      []store.EndingRow
	Lifetimes []LifetimeView
	More      bool
}

// Ending lists what runs out within some days, and what ran out in as many days before, the first to end first.
func (d *Desk) Ending(ctx context.Context, actor record.Actor, days int) (*EndingView, error) {
	const op = "registrar.Ending"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	if days < 1 || days > maxNoticeDays {
		return nil, record.Errorf(record.Invalid, op, "look from 1 to %d days ahead", maxNoticeDays)
	}
	out := &EndingView{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		span := time.Duration(days) * 24 * time.Hour
		rows, err := tx.Ending(ctx, actor.Institution, d.now().Add(-span), d.now().Add(span), MaxPage+1)
		if err != nil {
			return err
		}
		for _, r := range rows[:min(len(rows), MaxPage)] {
			out.Rows = append(out.Rows, *r)
		}
		out.More = len(rows) > MaxPage
		lives, err := tx.Lifetimes(ctx, actor.Institution)
		if err != nil {
			return err
		}
		for _, l := range lives {
			a, err := optional(tx.AchievementByKey(ctx, actor.Institution, l.SourceKey))
			if err != nil {
				return err
			}
			if a != nil {
				out.Lifetimes = append(out.Lifetimes, LifetimeView{*l, a.Name})
			}
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// Warn queues a notice about everything that runs out soon and that nobody was told about; the server calls it now and
// then. Any number of nodes may do so at once: a notice is queued once.
func (d *Desk) Warn(ctx context.Context) error {
	const op = "registrar.Warn"
	var all []*record.Institution
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	var trouble []error
	for _, i := range all {
		trouble = append(trouble, d.DB.Update(ctx, func(tx *store.Tx) error { return d.warn(ctx, tx, i) }))
	}
	trouble = append(trouble, d.DB.Update(ctx, func(tx *store.Tx) error { return tx.DropExpiredCodes(ctx, d.now()) }))
	return record.Wrap(op, errors.Join(trouble...))
}

func (d *Desk) warn(ctx context.Context, tx *store.Tx, i *record.Institution) error {
	due, err := tx.Unwarned(ctx, i.ID, d.now(), noticeDays, warnAtOnce)
	if err != nil {
		return err
	}
	told := 0
	for _, c := range due {
		l, err := tx.Learner(ctx, c.Learner)
		if err != nil {
			return err
		}
		made, err := d.deliver(ctx, tx, &record.Delivery{Institution: i.ID, Learner: l.ID, Kind: record.DeliverRenewal, About: string(c.ID), Address: l.Email})
		if err != nil {
			return err
		}
		// The learner's desk tells of what runs out, too, within thirty days: not of this any more.
		if err := tx.Tell(ctx, store.ToTell{Learner: l.ID, About: "credential/" + string(c.ID)}, d.now()); err != nil {
			return err
		}
		if made {
			told++
		}
	}
	if told == 0 {
		return nil
	}
	return d.event(ctx, tx, record.System(i.ID), i, "renewals.told", "institution/"+string(i.ID), "", map[string]string{"count": formatInt(int64(told))})
}
