package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

const activityColumns = `institution_id, id, kind, learner_id, award_id, verb, object, object_name, happened_at, received_at, received_by, sha256, bytes`

func scanActivity(s scanner) (*record.Activity, error) {
	var a record.Activity
	var happened, received int64
	err := s.Scan(&a.Institution, &a.ID, &a.Kind, &a.Learner, &a.Award, &a.Verb, &a.Object, &a.ObjectName, &happened, &received, &a.ReceivedBy, &a.SHA256, &a.Bytes)
	a.HappenedAt, a.ReceivedAt = at(happened), at(received)
	return &a, err
}

// AddActivity keeps a statement. It reports false when one with its id is kept already, by whatever node.
func (tx *Tx) AddActivity(ctx context.Context, a *record.Activity) (bool, error) {
	n, err := tx.exec(ctx, "store.AddActivity",
		`INSERT INTO activity_statements (institution_id, id, kind, learner_id, award_id, verb, object, object_name, happened_at, received_at, received_by, sha256, bytes)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT (institution_id, id) DO NOTHING`,
		a.Institution, a.ID, a.Kind, a.Learner, a.Award, a.Verb, a.Object, a.ObjectName, micros(a.HappenedAt), micros(a.ReceivedAt), a.ReceivedBy, a.SHA256, a.Bytes)
	return n == 1, err
}

// Activity reads one statement.
func (tx *Tx) Activity(ctx context.Context, institution record.InstitutionID, id string) (*record.Activity, error) {
	return get(ctx, tx, "store.Activity", scanActivity,
		`SELECT `+activityColumns+` FROM activity_statements WHERE institution_id = $1 AND id = $2`, institution, id)
}

// ActivityOf reads a page of what is kept about a learner, in the order of the ids.
func (tx *Tx) ActivityOf(ctx context.Context, learner record.LearnerID, after string, limit int) ([]*record.Activity, error) {
	return list(ctx, tx, "store.ActivityOf", scanActivity,
		`SELECT `+activityColumns+` FROM activity_statements WHERE learner_id = $1 AND id > $2 ORDER BY id LIMIT $3`, learner, after, limit)
}
