package store

import (
	"context"
	"strings"
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
		`INSERT INTO share_items (share_id, position, uri, name, sha256, bytes, left_out, origin) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`,
		share, i.Position, i.URI, i.Name, i.SHA256, i.Bytes, strings.Join(i.LeftOut, " "), i.Origin)
	return err
}

// OrderShareItems puts a share's documents into another order: the document at positions[n] comes to place n.
func (tx *Tx) OrderShareItems(ctx context.Context, share record.ShareID, positions []int) error {
	const op = "store.OrderShareItems"
	if _, err := tx.exec(ctx, op, `UPDATE share_items SET position = -1 - position WHERE share_id = $1`, share); err != nil {
		return err
	}
	for n, p := range positions {
		if err := tx.one(ctx, op, `UPDATE share_items SET position = $1 WHERE share_id = $2 AND position = $3`, n, share, -1-p); err != nil {
			return err
		}
	}
	return nil
}

// AddBase keeps the base proof of a credential, for its holder alone.
func (tx *Tx) AddBase(ctx context.Context, id record.CredentialID, bytes []byte) error {
	_, err := tx.exec(ctx, "store.AddBase", `INSERT INTO credential_bases (credential_id, bytes) VALUES ($1, $2)`, id, bytes)
	return err
}

// Bases reads the base proofs of a learner's credentials in force.
func (tx *Tx) Bases(ctx context.Context, learner record.LearnerID) (map[record.CredentialID][]byte, error) {
	type base struct {
		id    record.CredentialID
		bytes []byte
	}
	all, err := list(ctx, tx, "store.Bases", func(s scanner) (b base, err error) {
		err = s.Scan(&b.id, &b.bytes)
		return
	}, `SELECT b.credential_id, b.bytes FROM credential_bases b JOIN credentials c ON c.id = b.credential_id
	 WHERE c.learner_id = $1 AND c.state IN ('current', 'suspended')`, learner)
	out := map[record.CredentialID][]byte{}
	for _, b := range all {
		out[b.id] = b.bytes
	}
	return out, err
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
		var left string
		err = s.Scan(&i.Position, &i.URI, &i.Name, &i.SHA256, &i.Bytes, &left, &i.Origin)
		i.LeftOut = strings.Fields(left)
		return
	}, `SELECT position, uri, name, sha256, bytes, left_out, origin FROM share_items WHERE share_id = $1 ORDER BY position`, share)
}

// ShareItemNames reads the documents of a share without their bytes.
func (tx *Tx) ShareItemNames(ctx context.Context, share record.ShareID) ([]record.ShareItem, error) {
	return list(ctx, tx, "store.ShareItemNames", func(s scanner) (i record.ShareItem, err error) {
		var left string
		err = s.Scan(&i.Position, &i.URI, &i.Name, &i.SHA256, &left, &i.Origin)
		i.LeftOut = strings.Fields(left)
		return
	}, `SELECT position, uri, name, sha256, left_out, origin FROM share_items WHERE share_id = $1 ORDER BY position`, share)
}

// ChangeShare writes label, audience, note, expiry, passcode and download of the version that was read, unless it was revoked.
func (tx *Tx) ChangeShare(ctx context.Context, s *record.Share) error {
	err := tx.one(ctx, "store.ChangeShare",
		`UPDATE shares SET label = $1, audience = $2, note = $3, expires_at = $4, allow_download = $5, version = version + 1,
		 wrong_passcodes = CASE WHEN passcode_hash = $6 THEN wrong_passcodes ELSE 0 END, passcode_hash = $6
		 WHERE id = $7 AND version = $8 AND revoked_at = 0`,
		s.Label, s.Audience, s.Note, micros(s.ExpiresAt), s.AllowDownload, s.PasscodeHash, s.ID, s.Version)
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
	if _, err := tx.exec(ctx, "store.RevokeShare", `DELETE FROM share_presentations WHERE share_id = $1`, id); err != nil {
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

// ShareOpenings reads the newest looks at a share, after those that are skipped.
func (tx *Tx) ShareOpenings(ctx context.Context, share record.ShareID, limit, skip int) ([]record.ShareOpening, error) {
	return list(ctx, tx, "store.ShareOpenings", func(s scanner) (o record.ShareOpening, err error) {
		var when int64
		err = s.Scan(&o.Share, &when, &o.Act)
		o.At = at(when)
		return
	}, `SELECT share_id, at, act FROM share_openings WHERE share_id = $1 ORDER BY seq DESC LIMIT $2 OFFSET $3`, share, limit, skip)
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
