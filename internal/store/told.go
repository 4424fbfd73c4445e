package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// NoticeMark reads up to which audit event an institution's learners were told what happened; NotFound: nobody was ever told.
func (tx *Tx) NoticeMark(ctx context.Context, institution record.InstitutionID) (int64, error) {
	return get(ctx, tx, "store.NoticeMark", number, `SELECT seq FROM notice_marks WHERE institution_id = $1`, institution)
}

// MoveNoticeMark moves the mark on; it never goes back.
func (tx *Tx) MoveNoticeMark(ctx context.Context, institution record.InstitutionID, seq int64) error {
	_, err := tx.exec(ctx, "store.MoveNoticeMark",
		`INSERT INTO notice_marks (institution_id, seq) VALUES ($1, $2)
		 ON CONFLICT (institution_id) DO UPDATE SET seq = CASE WHEN excluded.seq > notice_marks.seq THEN excluded.seq ELSE notice_marks.seq END`, institution, seq)
	return err
}

// ToTell is somebody who has not been told of something yet.
type ToTell struct {
	Learner record.LearnerID
	About   string // the same for the same thing at every time
}

func scanToTell(s scanner) (t ToTell, err error) { err = s.Scan(&t.Learner, &t.About); return }

// OpenedUntold lists the shares that were opened after a moment and whose learners do not know yet.
func (tx *Tx) OpenedUntold(ctx context.Context, since time.Time, limit int) ([]ToTell, error) {
	return list(ctx, tx, "store.OpenedUntold", scanToTell,
		`SELECT s.learner_id, 'share/' || s.id FROM shares s WHERE s.last_opened > $1 AND s.revoked_at = 0
		 AND EXISTS (SELECT 1 FROM share_openings o WHERE o.share_id = s.id AND o.act = 'opened')
		 AND NOT EXISTS (SELECT 1 FROM notices_told t WHERE t.learner_id = s.learner_id AND t.about = 'share/' || s.id)
		 ORDER BY s.last_opened, s.id LIMIT $2`, micros(since), limit)
}

// ExpiringUntold lists the credentials in force that run out between two moments and whose learners do not know yet.
func (tx *Tx) ExpiringUntold(ctx context.Context, from, to time.Time, limit int) ([]ToTell, error) {
	return list(ctx, tx, "store.ExpiringUntold", scanToTell,
		`SELECT c.learner_id, 'credential/' || c.id FROM credentials c WHERE c.valid_until > $1 AND c.valid_until <= $2 AND c.kind = 'AchievementCredential' AND c.state = 'current'
		 AND NOT EXISTS (SELECT 1 FROM notices_told t WHERE t.learner_id = c.learner_id AND t.about = 'credential/' || c.id)
		 ORDER BY c.valid_until, c.id LIMIT $3`, micros(from), micros(to), limit)
}

// Tell keeps that a learner was told of something.
func (tx *Tx) Tell(ctx context.Context, t ToTell, now time.Time) error {
	_, err := tx.exec(ctx, "store.Tell", `INSERT INTO notices_told (learner_id, about, at) VALUES ($1, $2, $3) ON CONFLICT (learner_id, about) DO NOTHING`, t.Learner, t.About, micros(now))
	return err
}
