package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const shareColumns = `id, institution_id, learner_id, token_hash, label, audience, note, whole, passcode_hash, allow_download,
 expires_at, revoked_at, created_at, openings, last_opened, version`

func scanShare(s scanner) (*record.Share, error) {
	var v record.Share
	var expires, revoked, created, last int64
	err := s.Scan(&v.ID, &v.Institution, &v.Learner, &v.TokenHash, &v.Label, &v.Audience, &v.Note, &v.Whole, &v.PasscodeHash, &v.AllowDownload,
		&expires, &revoked, &created, &v.Openings, &last, &v.Version)
	v.ExpiresAt, v.RevokedAt, v.CreatedAt, v.LastOpened = at(expires), at(revoked), at(created), at(last)
	return &v, err
}

// AddShare writes a new share.
func (tx *Tx) AddShare(ctx context.Context, s *record.Share) error {
	_, err := tx.exec(ctx, "store.AddShare",
		`INSERT INTO shares (id, institution_id, learner_id, token_hash, label, audience, note, whole, passcode_hash, wrong_passcodes, allow_download,
		 expires_at, revoked_at, created_at, openings, last_opened, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10, $11, 0, $12, 0, 0, 1)`,
		s.ID, s.Institution, s.Learner, s.TokenHash, s.Label, s.Audience, s.Note, s.Whole, s.PasscodeHash, s.AllowDownload,
		micros(s.ExpiresAt), micros(s.CreatedAt))
	s.Version = 1
	return err
}

// AddShareItem copies a document into a share.
func (tx *Tx) AddShareItem(ctx context.Context, share record.ShareID, i *record.ShareItem) error {
	_, err := tx.exec(ctx, "store.AddShareItem",
		`INSERT INTO share_items (share_id, position, uri, name, sha256, bytes) VALUES ($1, $2, $3, $4, $5, $6)`,
		share, i.Position, i.URI, i.Name, i.SHA256, i.Bytes)
	return err
}

// ShareByToken reads the share with the hash of a token.
func (tx *Tx) ShareByToken(ctx context.Context, tokenHash string) (*record.Share, error) {
	return get(ctx, tx, "store.ShareByToken", scanShare, `SELECT `+shareColumns+` FROM shares WHERE token_hash = $1`, tokenHash)
}

// Share reads one share.
func (tx *Tx) Share(ctx context.Context, id record.ShareID) (*record.Share, error) {
	return get(ctx, tx, "store.Share", scanShare, `SELECT `+shareColumns+` FROM shares WHERE id = $1`, id)
}

// SharesOfLearner reads a learner's shares, newest first.
func (tx *Tx) SharesOfLearner(ctx context.Context, learner record.LearnerID) ([]*record.Share, error) {
	return list(ctx, tx, "store.SharesOfLearner", scanShare,
		`SELECT `+shareColumns+` FROM shares WHERE learner_id = $1 ORDER BY created_at DESC, id`, learner)
}

// ShareItems reads the documents of a share.
func (tx *Tx) ShareItems(ctx context.Context, share record.ShareID) ([]record.ShareItem, error) {
	return list(ctx, tx, "store.ShareItems", func(s scanner) (i record.ShareItem, err error) {
		err = s.Scan(&i.Position, &i.URI, &i.Name, &i.SHA256, &i.Bytes)
		return
	}, `SELECT position, uri, name, sha256, bytes FROM share_items WHERE share_id = $1 ORDER BY position`, share)
}

// ShareItemNames reads the documents of a share without their bytes.
func (tx *Tx) ShareItemNames(ctx context.Context, share record.ShareID) ([]record.ShareItem, error) {
	return list(ctx, tx, "store.ShareItemNames", func(s scanner) (i record.ShareItem, err error) {
		err = s.Scan(&i.Position, &i.URI, &i.Name, &i.SHA256)
		return
	}, `SELECT position, uri, name, sha256 FROM share_items WHERE share_id = $1 ORDER BY position`, share)
}

// ChangeShare writes label, audience, note, expiry and download of the version that was read, unless it was revoked.
func (tx *Tx) ChangeShare(ctx context.Context, s *record.Share) error {
	err := tx.one(ctx, "store.ChangeShare",
		`UPDATE shares SET label = $1, audience = $2, note = $3, expires_at = $4, allow_download = $5, version = version + 1
		 WHERE id = $6 AND version = $7 AND revoked_at = 0`,
		s.Label, s.Audience, s.Note, micros(s.ExpiresAt), s.AllowDownload, s.ID, s.Version)
	if err == nil {
		s.Version++
	}
	return err
}

// RevokeShare ends a share and deletes its documents. Ending it again is no error.
func (tx *Tx) RevokeShare(ctx context.Context, id record.ShareID, now time.Time) error {
	if _, err := tx.exec(ctx, "store.RevokeShare",
		`UPDATE shares SET revoked_at = $1, version = version + 1 WHERE id = $2 AND revoked_at = 0`, micros(now), id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.RevokeShare", `DELETE FROM share_items WHERE share_id = $1`, id)
	return err
}

// LogOpening counts a look at a share and keeps when it was.
func (tx *Tx) LogOpening(ctx context.Context, o *record.ShareOpening) error {
	seq, err := get(ctx, tx, "store.LogOpening", number,
		`UPDATE shares SET openings = openings + 1, last_opened = $1 WHERE id = $2 RETURNING openings`, micros(o.At), o.Share)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, "store.LogOpening", `INSERT INTO share_openings (share_id, seq, at, act) VALUES ($1, $2, $3, $4)`,
		o.Share, seq, micros(o.At), o.Act)
	return err
}

// ShareOpenings reads the newest looks at a share.
func (tx *Tx) ShareOpenings(ctx context.Context, share record.ShareID, limit int) ([]record.ShareOpening, error) {
	return list(ctx, tx, "store.ShareOpenings", func(s scanner) (o record.ShareOpening, err error) {
		var when int64
		err = s.Scan(&o.Share, &when, &o.Act)
		o.At = at(when)
		return
	}, `SELECT share_id, at, act FROM share_openings WHERE share_id = $1 ORDER BY seq DESC LIMIT $2`, share, limit)
}

// TryPasscode counts a try before it is judged, so that no number of simultaneous tries exceeds the limit. It reports
// false when the tries are used up.
func (tx *Tx) TryPasscode(ctx context.Context, id record.ShareID, limit int) (bool, error) {
	n, err := tx.exec(ctx, "store.TryPasscode",
		`UPDATE shares SET wrong_passcodes = wrong_passcodes + 1 WHERE id = $1 AND wrong_passcodes < $2`, id, limit)
	return n == 1, err
}

// RightPasscode starts the count of tries anew: the last one was right.
func (tx *Tx) RightPasscode(ctx context.Context, id record.ShareID) error {
	_, err := tx.exec(ctx, "store.RightPasscode", `UPDATE shares SET wrong_passcodes = 0 WHERE id = $1 AND wrong_passcodes > 0`, id)
	return err
}

// OpenSharesWith counts a learner's open shares that hold a copy of a credential.
func (tx *Tx) OpenSharesWith(ctx context.Context, learner record.LearnerID, uri string, now time.Time) (int64, error) {
	return get(ctx, tx, "store.OpenSharesWith", number,
		`SELECT count(*) FROM shares s WHERE s.learner_id = $1 AND s.revoked_at = 0 AND (s.expires_at = 0 OR s.expires_at > $2)
		 AND (s.whole OR EXISTS (SELECT 1 FROM share_items i WHERE i.share_id = s.id AND i.uri = $3))`, learner, micros(now), uri)
}
