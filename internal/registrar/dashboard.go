package registrar

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// The dashboard counts what the office did and what became of it. It knows how often links were opened and never by whom
// or whose, and says nothing where so few people are behind a number that one could be told.

const (
	// dashboardMonths is what fits a page and shows a year.
	dashboardMonths = 12
	// fewPeople is below how many people a count of openings is hidden.
	fewPeople = 10
)

// MonthRow is one month of the dashboard.
type MonthRow struct {
	Month                           time.Time // its first day
	Issued, Learners                int
	Told, Claimed, Bounced, Waiting int // of what was sent in the month
	Opened                          int // share links, of those who share
	Hidden                          bool
}

// Dashboard is what an institution counts.
type Dashboard struct {
	Months      []MonthRow // newest first
	Corrections int        // that wait
	Drafts      int
	Open, Late  int // what learners ask
}

// Dashboard counts the last twelve months.
func (d *Desk) Dashboard(ctx context.Context, actor record.Actor) (*Dashboard, error) {
	const op = "registrar.Dashboard"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleOperator); err != nil {
		return nil, err
	}
	out := &Dashboard{}
	now := d.now()
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		for back := range dashboardMonths {
			from := time.Date(now.Year(), now.Month()-time.Month(back), 1, 0, 0, 0, 0, time.UTC)
			row, err := countMonth(ctx, tx, actor.Institution, from, from.AddDate(0, 1, 0))
			if err != nil {
				return err
			}
			out.Months = append(out.Months, *row)
		}
		n, err := tx.CountCorrections(ctx, actor.Institution)
		if err != nil {
			return err
		}
		drafts, err := tx.CountAwards(ctx, actor.Institution, record.AwardDraft)
		if err != nil {
			return err
		}
		open, late, err := tx.CountInquiries(ctx, actor.Institution, now)
		out.Corrections, out.Drafts, out.Open, out.Late = int(n), int(drafts), int(open), int(late)
		return err
	})
	return out, record.Wrap(op, err)
}

func countMonth(ctx context.Context, tx *store.Tx, i record.InstitutionID, from, to time.Time) (*MonthRow, error) {
	c, err := tx.CountMonth(ctx, i, from, to)
	if err != nil {
		return nil, err
	}
	sent, err := tx.CountLetters(ctx, i, record.DeliverClaim, "", from, to)
	if err != nil {
		return nil, err
	}
	row := &MonthRow{Month: from, Issued: int(c.Issued), Learners: int(c.Learners), Opened: int(c.Opened),
		Claimed: int(sent[record.DeliveryDone]), Bounced: int(sent[record.DeliveryFailed] + sent[record.DeliveryBounced]), Waiting: int(sent[record.DeliveryQueued] + sent[record.DeliveryPaper])}
	for _, n := range sent {
		row.Told += int(n)
	}
	if c.Opened > 0 && c.Openers < fewPeople {
		row.Opened, row.Hidden = 0, true
	}
	return row, nil
}
