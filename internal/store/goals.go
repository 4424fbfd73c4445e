package store

import (
	"context"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

const goalColumns = `id, institution_id, learner_id, name, origin, source, target, ground, says, estimates, created_at, updated_at, version`

func scanGoal(s scanner) (*record.Goal, error) {
	var g record.Goal
	var target, ground, says, estimates []byte
	var created, updated int64
	if err := s.Scan(&g.ID, &g.Institution, &g.Learner, &g.Name, &g.Origin, &g.Source, &target, &ground, &says, &estimates, &created, &updated, &g.Version); err != nil {
		return nil, err
	}
	g.Target, g.Ground, g.CreatedAt, g.UpdatedAt = target, ground, at(created), at(updated)
	if err := json.Unmarshal(says, &g.Says); err != nil {
		return nil, err
	}
	return &g, json.Unmarshal(estimates, &g.Estimates)
}

// AddGoal writes a new goal.
func (tx *Tx) AddGoal(ctx context.Context, g *record.Goal) error {
	_, err := tx.exec(ctx, "store.AddGoal",
		`INSERT INTO goals (id, institution_id, learner_id, name, origin, source, target, ground, says, estimates, created_at, updated_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1)`,
		g.ID, g.Institution, g.Learner, g.Name, g.Origin, g.Source, string(g.Target), string(g.Ground), text(g.Says), text(g.Estimates),
		micros(g.CreatedAt), micros(g.UpdatedAt))
	g.Version = 1
	return err
}

// ChangeGoal writes a goal's name and estimates, of the version that was read.
func (tx *Tx) ChangeGoal(ctx context.Context, g *record.Goal) error {
	err := tx.one(ctx, "store.ChangeGoal",
		`UPDATE goals SET name = $1, estimates = $2, updated_at = $3, version = version + 1 WHERE id = $4 AND version = $5`,
		g.Name, text(g.Estimates), micros(g.UpdatedAt), g.ID, g.Version)
	if err == nil {
		g.Version++
	}
	return err
}

// Goal reads one goal of a learner.
func (tx *Tx) Goal(ctx context.Context, learner record.LearnerID, id record.GoalID) (*record.Goal, error) {
	return get(ctx, tx, "store.Goal", scanGoal, `SELECT `+goalColumns+` FROM goals WHERE learner_id = $1 AND id = $2`, learner, id)
}

// GoalsOf reads a learner's goals, oldest first.
func (tx *Tx) GoalsOf(ctx context.Context, learner record.LearnerID) ([]*record.Goal, error) {
	return list(ctx, tx, "store.GoalsOf", scanGoal, `SELECT `+goalColumns+` FROM goals WHERE learner_id = $1 ORDER BY created_at, id`, learner)
}

// DeleteGoal deletes a goal and what the learner wrote beside it.
func (tx *Tx) DeleteGoal(ctx context.Context, learner record.LearnerID, id record.GoalID) error {
	n, err := tx.exec(ctx, "store.DeleteGoal", `DELETE FROM goals WHERE learner_id = $1 AND id = $2`, learner, id)
	if err != nil {
		return err
	}
	if n == 0 {
		return record.Errorf(record.NotFound, "store.DeleteGoal", "there is no such goal")
	}
	_, err = tx.exec(ctx, "store.DeleteGoal", `DELETE FROM reflections WHERE learner_id = $1 AND about = $2`, learner, "goal/"+string(id))
	return err
}

// Reflections reads what a learner wrote for themselves.
func (tx *Tx) Reflections(ctx context.Context, learner record.LearnerID) ([]record.Reflection, error) {
	return list(ctx, tx, "store.Reflections", func(s scanner) (r record.Reflection, err error) {
		var updated int64
		err = s.Scan(&r.Learner, &r.About, &r.Text, &updated, &r.Version)
		r.UpdatedAt = at(updated)
		return r, err
	}, `SELECT learner_id, about, body, updated_at, version FROM reflections WHERE learner_id = $1 ORDER BY about`, learner)
}

// PutReflection writes a note of the version that was read, zero for a new one; the empty text deletes it. A note that
// somebody changed in another tab is a Conflict.
func (tx *Tx) PutReflection(ctx context.Context, r *record.Reflection) error {
	const op = "store.PutReflection"
	if r.Text == "" {
		n, err := tx.exec(ctx, op, `DELETE FROM reflections WHERE learner_id = $1 AND about = $2 AND version = $3`, r.Learner, r.About, r.Version)
		if err == nil && n == 0 && r.Version > 0 {
			return record.Errorf(record.Conflict, op, "this note was changed in another window; look again and repeat")
		}
		return err
	}
	if r.Version == 0 {
		r.Version = 1
		_, err := tx.exec(ctx, op, `INSERT INTO reflections (learner_id, about, body, updated_at, version) VALUES ($1, $2, $3, $4, 1)`,
			r.Learner, r.About, r.Text, micros(r.UpdatedAt))
		return err
	}
	err := tx.one(ctx, op, `UPDATE reflections SET body = $1, updated_at = $2, version = version + 1 WHERE learner_id = $3 AND about = $4 AND version = $5`,
		r.Text, micros(r.UpdatedAt), r.Learner, r.About, r.Version)
	r.Version++
	return err
}

// FrameworkHeads reads an institution's frameworks without their documents, the newest of each identifier.
func (tx *Tx) FrameworkHeads(ctx context.Context, institution record.InstitutionID) ([]*record.Framework, error) {
	return list(ctx, tx, "store.FrameworkHeads", func(s scanner) (*record.Framework, error) {
		var f record.Framework
		var created int64
		err := s.Scan(&f.ID, &f.Institution, &f.IRI, &f.Title, &f.Kind, &f.SHA256, &created)
		f.CreatedAt = at(created)
		return &f, err
	}, `SELECT id, institution_id, iri, title, kind, sha256, created_at FROM frameworks f WHERE institution_id = $1
		 AND NOT EXISTS (SELECT 1 FROM frameworks n WHERE n.institution_id = f.institution_id AND n.iri = f.iri AND (n.created_at > f.created_at OR (n.created_at = f.created_at AND n.id > f.id)))
		 ORDER BY title, id`, institution)
}

// FrameworkBody reads one framework's document.
func (tx *Tx) FrameworkBody(ctx context.Context, institution record.InstitutionID, id record.FrameworkID) ([]byte, error) {
	return get(ctx, tx, "store.FrameworkBody", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return },
		`SELECT body FROM frameworks WHERE institution_id = $1 AND id = $2`, institution, id)
}
