package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const ruleColumns = `id, institution_id, name, target, least, not_before, off, created_by, created_at, version`

func scanRule(s scanner) (*record.AwardRule, error) {
	var r record.AwardRule
	var from, created int64
	err := s.Scan(&r.ID, &r.Institution, &r.Name, &r.Target, &r.Least, &from, &r.Off, &r.CreatedBy, &created, &r.Version)
	r.From, r.CreatedAt = at(from), at(created)
	return &r, err
}

// AddRule writes a new award rule.
func (tx *Tx) AddRule(ctx context.Context, r *record.AwardRule) error {
	const op = "store.AddRule"
	if _, err := tx.exec(ctx, op,
		`INSERT INTO award_rules (id, institution_id, name, target, least, not_before, off, created_by, created_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
		r.ID, r.Institution, r.Name, r.Target, r.Least, micros(r.From), r.Off, r.CreatedBy, micros(r.CreatedAt)); err != nil {
		return err
	}
	for _, iri := range r.Parts {
		if _, err := tx.exec(ctx, op, `INSERT INTO award_rule_parts (rule_id, iri) VALUES ($1, $2)`, r.ID, iri); err != nil {
			return err
		}
	}
	r.Version = 1
	return nil
}

// SwitchRule turns a rule on or off, of the version that was read.
func (tx *Tx) SwitchRule(ctx context.Context, r *record.AwardRule) error {
	return tx.one(ctx, "store.SwitchRule", `UPDATE award_rules SET off = $1, version = version + 1 WHERE id = $2 AND version = $3`, r.Off, r.ID, r.Version)
}

// Rule reads one award rule.
func (tx *Tx) Rule(ctx context.Context, id record.RuleID) (*record.AwardRule, error) {
	r, err := get(ctx, tx, "store.Rule", scanRule, `SELECT `+ruleColumns+` FROM award_rules WHERE id = $1`, id)
	if err != nil {
		return nil, err
	}
	return r, tx.parts(ctx, r)
}

func (tx *Tx) parts(ctx context.Context, r *record.AwardRule) (err error) {
	r.Parts, err = list(ctx, tx, "store.parts", func(s scanner) (iri string, err error) { err = s.Scan(&iri); return },
		`SELECT iri FROM award_rule_parts WHERE rule_id = $1 ORDER BY iri`, r.ID)
	return err
}

// Rules reads an institution's award rules, newest first.
func (tx *Tx) Rules(ctx context.Context, institution record.InstitutionID) ([]*record.AwardRule, error) {
	all, err := list(ctx, tx, "store.Rules", scanRule, `SELECT `+ruleColumns+` FROM award_rules WHERE institution_id = $1 ORDER BY created_at DESC, id`, institution)
	for _, r := range all {
		if err == nil {
			err = tx.parts(ctx, r)
		}
	}
	return all, err
}

// Fulfilling reads a page of the learners who hold enough parts of a rule, whom it has drafted nothing for, and who
// neither have its achievement nor wait for it, nor had it taken away: that was a person's decision.
func (tx *Tx) Fulfilling(ctx context.Context, r *record.AwardRule, after record.LearnerID, limit int) ([]record.LearnerID, error) {
	return list(ctx, tx, "store.Fulfilling", func(s scanner) (id record.LearnerID, err error) { err = s.Scan(&id); return },
		`SELECT a.learner_id FROM awards a JOIN achievements c ON c.id = a.achievement_id JOIN award_rule_parts p ON p.iri = c.iri AND p.rule_id = $1
		 WHERE a.institution_id = $2 AND a.state = 'issued' AND a.learner_id > $3
		 AND NOT EXISTS (SELECT 1 FROM award_rule_hits h WHERE h.rule_id = $1 AND h.learner_id = a.learner_id)
		 AND NOT EXISTS (SELECT 1 FROM awards t JOIN achievements g ON g.id = t.achievement_id WHERE t.learner_id = a.learner_id AND g.iri = $4 AND t.state IN ('draft', 'approved', 'issued', 'revoked'))
		 GROUP BY a.learner_id HAVING count(DISTINCT c.iri) >= $5 ORDER BY a.learner_id LIMIT $6`,
		r.ID, r.Institution, after, r.Target, r.Needed(), limit)
}

// HeldParts reads the awards in force by which a learner fulfils a rule.
func (tx *Tx) HeldParts(ctx context.Context, rule record.RuleID, learner record.LearnerID) ([]*AwardRow, error) {
	return list(ctx, tx, "store.HeldParts", scanNamedAward,
		namedAwards+` JOIN award_rule_parts p ON p.iri = c.iri AND p.rule_id = $1 WHERE a.learner_id = $2 AND a.state = 'issued' ORDER BY c.name, a.id`, rule, learner)
}

// Holding counts a learner's awards of an achievement that are in force, wait or were taken away.
func (tx *Tx) Holding(ctx context.Context, learner record.LearnerID, iri string) (int64, error) {
	return get(ctx, tx, "store.Holding", number,
		`SELECT count(*) FROM awards t JOIN achievements g ON g.id = t.achievement_id WHERE t.learner_id = $1 AND g.iri = $2 AND t.state IN ('draft', 'approved', 'issued', 'revoked')`, learner, iri)
}

// AddHit notes that a rule drafts for a learner. It reports false when it did so before, on whatever node: the caller
// drafts nothing then.
func (tx *Tx) AddHit(ctx context.Context, h *record.RuleHit) (bool, error) {
	n, err := tx.exec(ctx, "store.AddHit",
		`INSERT INTO award_rule_hits (rule_id, learner_id, award_id, why, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (rule_id, learner_id) DO NOTHING`,
		h.Rule, h.Learner, h.Award, h.Why, micros(h.At))
	return n == 1, err
}

// HitRow is a hit with what became of it.
type HitRow struct {
	record.RuleHit
	LearnerName string
	State       record.AwardState
}

// Hits reads whom a rule drafted for, newest first.
func (tx *Tx) Hits(ctx context.Context, rule record.RuleID, limit int) ([]HitRow, error) {
	return list(ctx, tx, "store.Hits", func(s scanner) (h HitRow, err error) {
		var when int64
		var name []byte
		if err = s.Scan(&h.Rule, &h.Learner, &h.Award, &h.Why, &when, &h.State, &name); err != nil {
			return
		}
		h.At = at(when)
		var n record.Name
		err = json.Unmarshal(name, &n)
		h.LearnerName = n.Display
		return
	}, `SELECT h.rule_id, h.learner_id, h.award_id, h.why, h.created_at, a.state, l.name FROM award_rule_hits h JOIN awards a ON a.id = h.award_id JOIN learners l ON l.id = h.learner_id WHERE h.rule_id = $1 ORDER BY h.created_at DESC, h.learner_id LIMIT $2`, rule, limit)
}

// CountHits counts whom a rule drafted for.
func (tx *Tx) CountHits(ctx context.Context, rule record.RuleID) (int64, error) {
	return get(ctx, tx, "store.CountHits", number, `SELECT count(*) FROM award_rule_hits WHERE rule_id = $1`, rule)
}
