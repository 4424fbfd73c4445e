package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// listed is everything of a learner that the 1EdTech interfaces list: what was issued here and is in force, and what others
// issued and came as JSON or as a token. A new version keeps the place of the first.
const listed = ` FROM (
  SELECT c.bytes AS bytes, (SELECT min(p.created_at) FROM credentials p WHERE p.uri = c.uri) AS place, c.uri AS name, c.created_at AS changed, c.valid_from AS valid_from
  FROM credentials c WHERE c.learner_id = $1 AND c.kind = $2 AND c.state IN ('current', 'suspended')
  UNION ALL
  SELECT h.bytes, h.received_at, h.id, h.changed_at, h.valid_from
  FROM held h WHERE h.learner_id = $1 AND h.kind = $2 AND h.media_type NOT LIKE 'image/%' AND h.media_type <> 'application/pdf'
 ) t WHERE t.changed > $3 OR t.valid_from > $3`

// Listed reads one page of a learner's credentials of a kind that changed here, or became valid, after a moment.
func (tx *Tx) Listed(ctx context.Context, learner record.LearnerID, kind string, since time.Time, limit, offset int) ([][]byte, error) {
	return list(ctx, tx, "store.Listed", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return },
		`SELECT t.bytes`+listed+` ORDER BY t.place, t.name LIMIT $4 OFFSET $5`, learner, kind, micros(since), limit, offset)
}

// CountListed counts them.
func (tx *Tx) CountListed(ctx context.Context, learner record.LearnerID, kind string, since time.Time) (int64, error) {
	return get(ctx, tx, "store.CountListed", number, `SELECT count(*)`+listed, learner, kind, micros(since))
}

// IssuedHere counts a learner's credentials with these bytes that were issued here and are in force.
func (tx *Tx) IssuedHere(ctx context.Context, learner record.LearnerID, sha256 string) (int64, error) {
	return get(ctx, tx, "store.IssuedHere", number,
		`SELECT count(*) FROM credentials WHERE learner_id = $1 AND sha256 = $2 AND state IN ('current', 'suspended')`, learner, sha256)
}

// PutProfile writes the profile that a program gave for a learner.
func (tx *Tx) PutProfile(ctx context.Context, learner record.LearnerID, body []byte, now time.Time) error {
	_, err := tx.exec(ctx, "store.PutProfile",
		`INSERT INTO learner_profiles (learner_id, body, updated_at) VALUES ($1, $2, $3)
		 ON CONFLICT (learner_id) DO UPDATE SET body = $2, updated_at = $3`, learner, body, micros(now))
	return err
}

// Profile reads it.
func (tx *Tx) Profile(ctx context.Context, learner record.LearnerID) ([]byte, error) {
	return get(ctx, tx, "store.Profile", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return },
		`SELECT body FROM learner_profiles WHERE learner_id = $1`, learner)
}
