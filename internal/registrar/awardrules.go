package registrar

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// A rule prepares and no more: what it makes is a draft in the name of whoever made the rule, so that where two people are
// asked for, another approves it. It drafts once for each person, on every node, whatever becomes of the draft.

const (
	ruleSource = "rule" // of the awards that rules draft: their keys do not meet those of files
	maxRules   = 500    // of one institution: a list that can still be looked after
	maxParts   = 200    // of one rule
	rulePage   = 200    // learners looked at in one go
	hitsShown  = 200
)

// NewRule is a rule as a person says it. Achievements are named by id, address, code or name.
type NewRule struct {
	Name   string
	Target string
	Parts  []string // empty: what the catalogue says are the parts of the target
	Least  int
	From   string // day; empty: at once
}

// AddRule makes a rule. It applies from the next look on.
func (d *Desk) AddRule(ctx context.Context, actor record.Actor, n NewRule) (*record.AwardRule, error) {
	const op = "registrar.AddRule"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	r := &record.AwardRule{ID: record.RuleID(record.NewOrderedID()), Institution: actor.Institution, Name: strings.TrimSpace(n.Name),
		Least: n.Least, CreatedBy: actor.Account, CreatedAt: d.now()}
	if err := checkRule(op, r, n.From); err != nil {
		return nil, err
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		held, err := tx.Rules(ctx, i.ID)
		if err != nil {
			return err
		}
		if len(held) >= maxRules {
			return record.Errorf(record.TooLarge, op, "there are already %d rules", maxRules)
		}
		e := &entering{d: d, tx: tx, actor: actor, institution: i}
		if err := e.resolveRule(ctx, op, r, n); err != nil {
			return err
		}
		if err := tx.AddRule(ctx, r); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "rule.added", "rule/"+string(r.ID), "", map[string]string{"name": r.Name})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return r, nil
}

func checkRule(op string, r *record.AwardRule, from string) error {
	switch {
	case r.Name == "" || len(r.Name) > maxName:
		return record.Errorf(record.Invalid, op, "the rule needs a name of at most %d bytes", maxName)
	case r.Least < 0:
		return record.Errorf(record.Invalid, op, "how many parts are needed cannot be less than none")
	}
	if from == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, from)
	if err != nil {
		return record.Errorf(record.Invalid, op, "from: %q is not a date; write it like 2026-05-20", from)
	}
	r.From = day
	return nil
}

// resolveRule finds the achievements that a rule names.
func (e *entering) resolveRule(ctx context.Context, op string, r *record.AwardRule, n NewRule) error {
	find := func(name string) (string, error) {
		a, refused, err := e.achievement(ctx, strings.TrimSpace(name))
		if err != nil {
			return "", err
		}
		if refused != "" {
			return "", record.Errorf(record.Invalid, op, "“%s”: %s", strings.TrimSpace(name), refused)
		}
		return a.IRI, nil
	}
	var err error
	if r.Target, err = find(n.Target); err != nil {
		return err
	}
	for _, name := range n.Parts {
		if strings.TrimSpace(name) == "" {
			continue
		}
		iri, err := find(name)
		if err != nil {
			return err
		}
		r.Parts = append(r.Parts, iri)
	}
	if len(r.Parts) == 0 {
		all, err := e.tx.Associations(ctx, e.institution.ID)
		if err != nil {
			return err
		}
		r.Parts = partsOf(r.Target, all)
	}
	slices.Sort(r.Parts)
	r.Parts = slices.Compact(r.Parts)
	switch {
	case len(r.Parts) == 0:
		return record.Errorf(record.Invalid, op, "the catalogue names no parts of this achievement; say which achievements must be earned")
	case len(r.Parts) > maxParts:
		return record.Errorf(record.TooLarge, op, "a rule looks at %d parts at most", maxParts)
	case slices.Contains(r.Parts, r.Target):
		return record.Errorf(record.Invalid, op, "an achievement cannot be a part of itself")
	case r.Least > len(r.Parts):
		return record.Errorf(record.Invalid, op, "%d parts are needed and only %d are named", r.Least, len(r.Parts))
	}
	return nil
}

// partsOf are the achievements that the catalogue says are parts of one (CLR 2.0, Association: isPartOf, isChildOf, and
// isParentOf seen from the other end).
func partsOf(target string, all []record.Association) []string {
	var out []string
	for _, a := range all {
		switch {
		case (a.Type == "isPartOf" || a.Type == "isChildOf") && a.Target == target:
			out = append(out, a.Source)
		case a.Type == "isParentOf" && a.Source == target:
			out = append(out, a.Target)
		}
	}
	return out
}

// RuleView is a rule with the words for it.
type RuleView struct {
	record.AwardRule
	TargetName string
	PartNames  []string
	Drafted    int
	Hits       []store.HitRow // of Rule, newest first
}

// Rules lists the institution's rules.
func (d *Desk) Rules(ctx context.Context, actor record.Actor) ([]RuleView, error) {
	const op = "registrar.Rules"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []RuleView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Rules(ctx, actor.Institution)
		if err != nil {
			return err
		}
		for _, r := range all {
			v, err := ruleView(ctx, tx, r)
			if err != nil {
				return err
			}
			out = append(out, *v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// Rule reads one rule and whom it drafted for.
func (d *Desk) Rule(ctx context.Context, actor record.Actor, id record.RuleID) (*RuleView, error) {
	const op = "registrar.Rule"
	var out *RuleView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		r, err := tx.Rule(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, r.Institution, staff...); err != nil {
			return err
		}
		if out, err = ruleView(ctx, tx, r); err != nil {
			return err
		}
		out.Hits, err = tx.Hits(ctx, id, hitsShown)
		return err
	})
	return out, record.Wrap(op, err)
}

func ruleView(ctx context.Context, tx *store.Tx, r *record.AwardRule) (*RuleView, error) {
	v := &RuleView{AwardRule: *r}
	name := func(iri string) (string, error) {
		a, err := optional(tx.AchievementByIRI(ctx, r.Institution, iri))
		if err != nil || a == nil {
			return iri, err
		}
		return strings.TrimSpace(a.Code + " " + a.Name), nil
	}
	var err error
	if v.TargetName, err = name(r.Target); err != nil {
		return nil, err
	}
	for _, iri := range r.Parts {
		n, err := name(iri)
		if err != nil {
			return nil, err
		}
		v.PartNames = append(v.PartNames, n)
	}
	n, err := tx.CountHits(ctx, r.ID)
	v.Drafted = int(n)
	return v, err
}

// SwitchRule turns a rule off or on again. What it drafted stays.
func (d *Desk) SwitchRule(ctx context.Context, actor record.Actor, id record.RuleID, off bool) error {
	const op = "registrar.SwitchRule"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		r, err := tx.Rule(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, r.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if r.Off == off {
			return nil
		}
		r.Off = off
		if err := tx.SwitchRule(ctx, r); err != nil {
			return err
		}
		action := "rule.on"
		if off {
			action = "rule.off"
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: r.Institution}, action, "rule/"+string(id), "", nil)
	})
	return record.Wrap(op, err)
}

// ApplyRules drafts what the rules of every institution ask for, and reports how much. It may run on any number of nodes
// at once.
func (d *Desk) ApplyRules(ctx context.Context) (int, error) {
	var all []*record.Institution
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.Institutions(ctx)
		return err
	}); err != nil {
		return 0, record.Wrap("registrar.ApplyRules", err)
	}
	count, trouble := 0, []error(nil)
	for _, i := range all {
		n, err := d.applyRules(ctx, i)
		count, trouble = count+n, append(trouble, err)
	}
	return count, record.Wrap("registrar.ApplyRules", errors.Join(trouble...))
}

// ApplyOwnRules does so for the actor's institution, because a person asked.
func (d *Desk) ApplyOwnRules(ctx context.Context, actor record.Actor) (int, error) {
	const op = "registrar.ApplyOwnRules"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return 0, err
	}
	n, err := d.applyRules(ctx, &record.Institution{ID: actor.Institution})
	return n, record.Wrap(op, err)
}

func (d *Desk) applyRules(ctx context.Context, i *record.Institution) (int, error) {
	var rules []*record.AwardRule
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		rules, err = tx.Rules(ctx, i.ID)
		return err
	}); err != nil {
		return 0, err
	}
	count, now := 0, d.now()
	for _, r := range rules {
		if r.Off || now.Before(r.From) {
			continue
		}
		n, err := d.applyRule(ctx, r)
		count += n
		if err != nil {
			return count, err
		}
	}
	return count, nil
}

func (d *Desk) applyRule(ctx context.Context, r *record.AwardRule) (int, error) {
	count, after := 0, record.LearnerID("")
	for {
		var page []record.LearnerID
		if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
			page, err = tx.Fulfilling(ctx, r, after, rulePage)
			return err
		}); err != nil {
			return count, err
		}
		for _, l := range page {
			drafted := false
			err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
				drafted, err = d.draftByRule(ctx, tx, r, l)
				return err
			})
			if err != nil {
				return count, err
			}
			if drafted {
				count++
			}
			after = l
		}
		if len(page) < rulePage {
			return count, nil
		}
	}
}

// draftByRule drafts the rule's achievement for a learner, judged again inside the transaction that writes.
func (d *Desk) draftByRule(ctx context.Context, tx *store.Tx, r *record.AwardRule, learner record.LearnerID) (bool, error) {
	if err := tx.LockLearner(ctx, learner); err != nil {
		return false, err
	}
	now, err := tx.Rule(ctx, r.ID)
	if err != nil || now.Off {
		return false, err
	}
	parts, err := tx.HeldParts(ctx, r.ID, learner)
	if err != nil {
		return false, err
	}
	why, earned := earnedParts(parts)
	if earned < r.Needed() {
		return false, nil
	}
	detail := record.AwardDetail{AwardedOn: d.now().Format(time.DateOnly)}
	if !r.From.IsZero() {
		detail.AwardedOn = r.From.Format(time.DateOnly)
	}
	return d.draftOf(ctx, tx, r, learner, detail, why)
}

// earnedParts says the different parts that were earned, in words, and how many they are. What was begun and not finished
// counts for nothing.
func earnedParts(rows []*store.AwardRow) (string, int) {
	var words []string
	seen := map[string]bool{}
	for _, a := range rows {
		if s := a.Detail.Status; seen[a.AchievementIRI] || s != "" && s != "Completed" && s != "Satisfied" {
			continue
		}
		seen[a.AchievementIRI] = true
		words = append(words, strings.TrimSpace(a.AchievementCode+" "+a.AchievementName))
	}
	return strings.Join(words, "; "), len(words)
}

func reasonOf(r *record.AwardRule, why string) string {
	return "by the rule “" + r.Name + "”: " + why
}

// draftOf writes the draft of a rule, unless the rule drafted for this learner before.
func (d *Desk) draftOf(ctx context.Context, tx *store.Tx, r *record.AwardRule, learner record.LearnerID, detail record.AwardDetail, why string) (bool, error) {
	about, err := tx.AchievementByIRI(ctx, r.Institution, r.Target)
	if err != nil {
		return false, err
	}
	holding, err := tx.Holding(ctx, learner, r.Target)
	if err != nil || holding > 0 {
		return false, err
	}
	now := d.now()
	a := &record.Award{ID: record.AwardID(record.NewOrderedID()), Institution: r.Institution, Learner: learner, Achievement: about.ID,
		SourceKey: sourceKey(ruleSource, string(r.ID)+":"+string(learner)), Source: ruleSource, Revision: 1, Hash: hashOf([]any{r.ID, learner}),
		State: record.AwardDraft, Detail: detail, CredentialID: record.NewID(), Reason: reasonOf(r, why),
		PreparedBy: r.CreatedBy, CreatedAt: now, UpdatedAt: now}
	fresh, err := tx.AddHit(ctx, &record.RuleHit{Rule: r.ID, Learner: learner, Award: a.ID, Why: why, At: now})
	if err != nil || !fresh {
		return false, err
	}
	if err := tx.AddAward(ctx, a); err != nil {
		return false, err
	}
	return true, d.event(ctx, tx, record.System(r.Institution), &record.Institution{ID: r.Institution}, "award.drafted_by_rule", "award/"+string(a.ID), learner, map[string]string{"rule": string(r.ID)})
}
