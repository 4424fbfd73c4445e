package learner

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Answers are what a learner said about what was issued to them, by its address.
type Answers map[string]record.ItemAnswer

// Hidden reports whether the learner wants something neither shown nor shared.
func (a Answers) Hidden(uri string) bool { return uri != "" && a[uri] == record.ItemDeclined }

// Declined counts what the learner declined.
func (a Answers) Declined() int {
	n := 0
	for _, answer := range a {
		if answer == record.ItemDeclined {
			n++
		}
	}
	return n
}

// Waiting lists what was issued and has no answer yet.
func (m *MyRecord) Waiting() []*Item {
	var out []*Item
	for i := range m.Items {
		if m.Answers[m.Items[i].URI] == "" {
			out = append(out, &m.Items[i])
		}
	}
	return out
}

// AnswerItems keeps or declines things that were issued to the actor, by their path ids; none of them means all that have
// no answer yet. The institution's record stays as it is, and so does what was shared already.
func (d *Desk) AnswerItems(ctx context.Context, actor record.Actor, refs []string, answer record.ItemAnswer) error {
	const op = "learner.AnswerItems"
	if answer != record.ItemKept && answer != record.ItemDeclined {
		return record.Errorf(record.Invalid, op, "keep it, or decline it")
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		held, err := tx.CurrentOfLearner(ctx, l.ID, "AchievementCredential")
		if err != nil {
			return err
		}
		before, err := tx.ItemAnswers(ctx, l.ID)
		if err != nil {
			return err
		}
		answered := 0
		for _, c := range held {
			if chosen := len(refs) == 0 && before[c.URI] == "" || slices.Contains(refs, c.PathID); !chosen {
				continue
			}
			answered++
			if before[c.URI] == answer {
				continue
			}
			if err := tx.AnswerItem(ctx, l.ID, c.URI, answer, d.now()); err != nil {
				return err
			}
			if err := d.private(ctx, tx, actor, "item."+string(answer), "credential/"+c.PathID); err != nil {
				return err
			}
		}
		if answered < len(refs) {
			return record.Errorf(record.NotFound, op, "an item is not in your record any more; look at your record again")
		}
		return nil
	})
	return record.Wrap(op, err)
}

// declined refuses to share what the learner declined.
func declined(op string, answers Answers, whole bool, c *record.ShareItem) error {
	if whole && answers.Declined() > 0 {
		return record.Errorf(record.Invalid, op, "the whole record holds what you declined; choose items instead, or keep it again")
	}
	if answers.Hidden(c.URI) {
		return record.Errorf(record.Invalid, op, "you declined “%s”; keep it again before you share it", strings.TrimSpace(c.Name))
	}
	return nil
}
