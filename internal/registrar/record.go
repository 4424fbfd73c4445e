package registrar

import (
	"context"
	"slices"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// PreviewRecord builds a learner's record as it would be signed if every draft were approved now, and says what the
// linter would refuse. Nothing is reserved and nothing is written.
func (d *Desk) PreviewRecord(ctx context.Context, actor record.Actor, id record.LearnerID) (*RecordPreview, error) {
	return d.PreviewWith(ctx, actor, id, nil)
}

// PreviewWith builds a learner's record as PreviewRecord does, of what a template takes; nil takes everything;
// of the chosen credentials alone, where any are named.
func (d *Desk) PreviewWith(ctx context.Context, actor record.Actor, id record.LearnerID, by *record.Template, chosen ...string) (*RecordPreview, error) {
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
		for back, into := range map[bool]*record.LearnerID{true: &out.Before, false: &out.After} {
			beside, err := optional(tx.NextLearner(ctx, i.ID, l.Name.Display, l.ID, back))
			if err != nil {
				return err
			}
			if beside != nil {
				*into = beside.ID
			}
		}
		return d.previewParts(ctx, tx, i, l, out, by, chosen)
	})
	return out, record.Wrap(op, err)
}

func (d *Desk) previewParts(ctx context.Context, tx *store.Tx, i *record.Institution, l *record.Learner, out *RecordPreview, by *record.Template, chosen []string) error {
	now := d.now().Truncate(time.Second)
	entry := &record.StatusEntry{List: "preview", Index: 0}
	var parts []part
	earned := map[string]bool{}
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
			if by != nil && !by.Takes(about.Type) || len(chosen) > 0 && (state != record.AwardIssued || !slices.Contains(chosen, a.CredentialID)) {
				out.LeftOut++
				continue
			}
			body, err := readBody(about)
			if err != nil {
				return err
			}
			if err := endByLifetime(ctx, tx, a, about); err != nil {
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
			earned[body.ID] = true
			parts = append(parts, part{bytes: b, uri: c.ID, name: c.Name, achievement: body.ID, awardedOn: a.Detail.AwardedOn})
		}
	}
	if len(parts) == 0 && by != nil {
		return nil // nothing of this kind: the page says so, and goes on to the next person
	}
	if len(parts) == 0 {
		return record.Errorf(record.NotFound, "registrar.PreviewRecord", "there is nothing in this learner's record yet")
	}
	related, links, err := related(ctx, tx, i, earned)
	if err != nil {
		return err
	}
	out.Unsigned, err = issue.CLR(recordCredential(i, l, place{validFrom: now, entry: entry}, parts, related, links))
	return err
}

// related reads the relations of what was earned, and the achievements at their other ends.
func related(ctx context.Context, tx *store.Tx, i *record.Institution, earned map[string]bool) ([]ob.Achievement, []clr.Association, error) {
	all, err := tx.Associations(ctx, i.ID)
	if err != nil {
		return nil, nil, err
	}
	return relations(earned, all, func(iri string) (*ob.Achievement, error) {
		a, err := optional(tx.AchievementByIRI(ctx, i.ID, iri))
		if a == nil || err != nil {
			return nil, err
		}
		body, err := readBody(a)
		return &body, err
	})
}
