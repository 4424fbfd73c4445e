package registrar

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/verify"
)

// PreviewRecord builds a learner's record as it would be signed if every draft were approved now, and says what the
// linter would refuse. Nothing is reserved and nothing is written.
func (d *Desk) PreviewRecord(ctx context.Context, actor record.Actor, id record.LearnerID) (*RecordPreview, error) {
	const op = "registrar.PreviewRecord"
	var out *RecordPreview
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, l.Institution, staff...); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		out = &RecordPreview{Learner: *l}
		return d.previewParts(ctx, tx, i, l, out)
	})
	return out, record.Wrap(op, err)
}

func (d *Desk) previewParts(ctx context.Context, tx *store.Tx, i *record.Institution, l *record.Learner, out *RecordPreview) error {
	now := d.now().Truncate(time.Second)
	entry := &record.StatusEntry{List: "preview", Index: 0}
	var parts []part
	for _, state := range []record.AwardState{record.AwardIssued, record.AwardApproved, record.AwardDraft} {
		awards, err := tx.AwardsOfLearner(ctx, l.ID, state)
		if err != nil {
			return err
		}
		for _, a := range awards {
			about, err := tx.Achievement(ctx, a.Achievement)
			if err != nil {
				return err
			}
			body, err := readBody(about)
			if err != nil {
				return err
			}
			c := awardCredential(i, l, &awardTicket{award: a, about: about, body: body, place: place{validFrom: now, entry: entry}})
			b, err := issue.Award(c)
			if err != nil {
				return err
			}
			for _, f := range issue.Lint(ctx, b, nil) {
				if f.Outcome == verify.Fails {
					out.Findings = append(out.Findings, f)
				}
			}
			parts = append(parts, part{bytes: b, uri: c.ID, name: c.Name, achievement: body.ID, awardedOn: a.Detail.AwardedOn})
		}
	}
	if len(parts) == 0 {
		return record.Errorf(record.NotFound, "registrar.PreviewRecord", "there is nothing in this learner's record yet")
	}
	b, err := issue.CLR(recordCredential(i, l, place{validFrom: now, entry: entry}, parts, nil, nil))
	out.Unsigned = b
	return err
}
