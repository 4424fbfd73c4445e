package registrar

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// A result of the classroom drafts by the same rule as parts that were earned: the rule has no parts, and whoever is handed
// a result by the system of the classroom fulfils it.

// AddResultRule makes the rule of an activity of the classroom for an achievement that is called by code, name or address.
// r has institution, name and who connected the system.
func (d *Desk) AddResultRule(ctx context.Context, tx *store.Tx, r *record.AwardRule, target string) error {
	const op = "registrar.AddResultRule"
	r.ID, r.Name, r.CreatedAt = record.RuleID(record.NewOrderedID()), strings.TrimSpace(r.Name), d.now()
	institution := r.Institution
	if err := checkRule(op, r, ""); err != nil {
		return err
	}
	i, err := tx.Institution(ctx, institution)
	if err != nil {
		return err
	}
	held, err := tx.Rules(ctx, institution)
	if err != nil {
		return err
	}
	if len(held) >= maxRules {
		return record.Errorf(record.TooLarge, op, "there are already %d rules", maxRules)
	}
	e := &entering{d: d, tx: tx, actor: record.System(institution), institution: i}
	a, refused, err := e.achievement(ctx, strings.TrimSpace(target))
	if err != nil {
		return err
	}
	if refused != "" {
		return record.Errorf(record.Invalid, op, "“%s”: %s", strings.TrimSpace(target), refused)
	}
	r.Target = a.IRI
	if err := tx.AddRule(ctx, r); err != nil {
		return err
	}
	return d.event(ctx, tx, record.System(institution), i, "rule.added", "rule/"+string(r.ID), "", map[string]string{"name": r.Name, "from": "classroom"})
}

// ClassResult is a result as a system of the classroom says it.
type ClassResult struct {
	Who      []string // how the person may be called in the register: the student system's key, an e-mail
	Score    float64
	Best     float64 // the best score there is; above zero
	Said     string  // the result in words, for people
	SaidThen string  // what was said at the last reading; empty: nothing

	detail record.AwardDetail
}

// DraftByResult drafts the rule's achievement for whoever has the result, or brings the draft that waits up to date. What
// a person has agreed to is not touched: the state says that it changed.
func (d *Desk) DraftByResult(ctx context.Context, tx *store.Tx, r *record.AwardRule, in *ClassResult) (record.LearnerID, record.AwardID, record.ClassroomState, error) {
	l, err := d.resultPerson(ctx, tx, r.Institution, in.Who)
	if err != nil || l == nil {
		return "", "", record.ClassroomUnmatched, err
	}
	if err := tx.LockLearner(ctx, l.ID); err != nil {
		return "", "", "", err
	}
	about, err := tx.AchievementByIRI(ctx, r.Institution, r.Target)
	if err != nil {
		return "", "", "", err
	}
	in.detail = record.AwardDetail{AwardedOn: d.now().Format(time.DateOnly)}
	if err := resultDetail(about, in); err != nil {
		return "", "", "", err
	}
	fresh, err := d.draftOf(ctx, tx, r, l.ID, in.detail, in.Said)
	if err != nil {
		return "", "", "", err
	}
	id, err := tx.HitAward(ctx, r.ID, l.ID)
	switch {
	case record.KindOf(err) == record.NotFound: // held by other ways, or taken away by a person
		return l.ID, "", record.ClassroomHeld, nil
	case err != nil || fresh || in.Said == in.SaidThen:
		return l.ID, id, record.ClassroomDrafted, err
	}
	state, err := d.updateResult(ctx, tx, r, id, in)
	return l.ID, id, state, err
}

func (d *Desk) resultPerson(ctx context.Context, tx *store.Tx, institution record.InstitutionID, who []string) (*record.Learner, error) {
	e := &entering{d: d, tx: tx, actor: record.System(institution), institution: &record.Institution{ID: institution}}
	for _, name := range who {
		if name == "" {
			continue
		}
		l, _, err := e.person(ctx, &Entry{Person: name})
		if err != nil || l != nil {
			return l, err
		}
	}
	return nil, nil
}

// updateResult changes the result of a draft that nobody has agreed to yet.
func (d *Desk) updateResult(ctx context.Context, tx *store.Tx, r *record.AwardRule, id record.AwardID, in *ClassResult) (record.ClassroomState, error) {
	a, err := tx.Award(ctx, id)
	if err != nil {
		return "", err
	}
	if a.State != record.AwardDraft {
		return record.ClassroomChanged, nil
	}
	a.Detail.Results, a.Reason, a.UpdatedAt = in.detail.Results, reasonOf(r, in.Said), d.now()
	if err := tx.ChangeDraft(ctx, a); err != nil {
		return "", err
	}
	return record.ClassroomDrafted, d.event(ctx, tx, record.System(r.Institution), &record.Institution{ID: r.Institution}, "award.changed_by_result", "award/"+string(id), a.Learner, map[string]string{"rule": string(r.ID)})
}

// resultDetail puts the score where the catalogue has a place for it, and nowhere else: a percentage into a result of type
// Percent, points into one whose best value is the best score (Open Badges 3.0, ResultDescription, valueMax).
func resultDetail(a *record.Achievement, in *ClassResult) error {
	body, err := readBody(a)
	if err != nil {
		return err
	}
	var about []ob.ResultDescription
	for _, rd := range body.ResultDescription {
		if rd.ResultType != ob.ResultStatus {
			about = append(about, rd)
		}
	}
	if len(about) != 1 || in.Best <= 0 {
		return nil
	}
	value := ""
	switch rd := &about[0]; {
	case rd.ResultType == "Percent":
		value = score(100 * in.Score / in.Best)
	case rd.ValueMax != "":
		if best, err := strconv.ParseFloat(rd.ValueMax, 64); err == nil && best == in.Best {
			value = score(in.Score)
		}
	}
	if value == "" {
		return nil
	}
	_, err = grade(a, value, &in.detail) // a value that is not in the scale is left out: the draft's reason says the score
	return err
}

func score(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
