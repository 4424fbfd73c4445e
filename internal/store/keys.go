package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// KeyCounts is what depends on an issuing key.
type KeyCounts struct {
	Credentials int64     // in force and signed with it
	Ended       int64     // signed with it and in force no more
	Records     int64     // whole records in force that it signed, or that contain something it signed
	Learners    int64     // about whom something in force is signed with it
	Shares      int64     // open links that show something signed with it
	Copies      int64     // of wallets, signed while it was the one that signs
	Hosts       int64     // other hosts to which such a learner sent a record
	Lists       int64     // status lists of the institution
	Waiting     int64     // learners who wait in a run
	First, Last time.Time // signings
}

// inForceOf are the learners about whom something in force is signed with the key $1.
const inForceOf = `(SELECT learner_id FROM credentials WHERE key_id = $1 AND state IN ('current', 'suspended'))`

// KeyCounts counts what depends on a key.
func (tx *Tx) KeyCounts(ctx context.Context, k *record.Key, now time.Time) (*KeyCounts, error) {
	const op = "store.KeyCounts"
	var first, last int64
	c, err := get(ctx, tx, op, func(s scanner) (*KeyCounts, error) {
		var c KeyCounts
		err := s.Scan(&c.Credentials, &c.Ended, &c.Learners, &first, &last)
		return &c, err
	}, `SELECT coalesce(sum(CASE WHEN state IN ('current', 'suspended') THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state IN ('current', 'suspended') THEN 0 ELSE 1 END), 0),
		 count(DISTINCT CASE WHEN state IN ('current', 'suspended') THEN learner_id END), coalesce(min(created_at), 0), coalesce(max(created_at), 0)
		 FROM credentials WHERE key_id = $1`, k.ID)
	if err != nil {
		return nil, err
	}
	c.First, c.Last = at(first), at(last)
	until := int64(1<<63 - 1)
	if !k.EndedAt.IsZero() {
		until = micros(k.EndedAt)
	}
	for _, n := range []struct {
		into  *int64
		query string
		args  []any
	}{
		{&c.Records, `SELECT count(*) FROM credentials WHERE kind = 'ClrCredential' AND state IN ('current', 'suspended') AND learner_id IN ` + inForceOf, []any{k.ID}},
		{&c.Shares, `SELECT count(*) FROM shares s WHERE s.revoked_at = 0 AND (s.expires_at = 0 OR s.expires_at > $2) AND s.learner_id IN ` + inForceOf + `
		 AND (s.whole OR EXISTS (SELECT 1 FROM share_items i JOIN credentials c ON c.uri = i.uri WHERE i.share_id = s.id AND c.key_id = $1))`, []any{k.ID, micros(now)}},
		{&c.Copies, `SELECT count(*) FROM wallet_copies WHERE institution_id = $1 AND created_at >= $2 AND created_at <= $3`, []any{k.Institution, micros(k.CreatedAt), until}},
		{&c.Hosts, `SELECT count(*) FROM hosts WHERE state = 'pushed' AND learner_id IN ` + inForceOf, []any{k.ID}},
		{&c.Lists, `SELECT count(*) FROM status_lists WHERE institution_id = $1`, []any{k.Institution}},
		{&c.Waiting, `SELECT count(*) FROM run_items i JOIN runs r ON r.id = i.run_id WHERE r.institution_id = $1 AND i.state = 'pending'`, []any{k.Institution}},
	} {
		if *n.into, err = get(ctx, tx, op, number, n.query, n.args...); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// KeyLine is one credential that depends on a key, with whom it is about.
type KeyLine struct {
	ID          record.CredentialID
	Learner     record.LearnerID
	URI         string
	Revision    int64
	Kind, Name  string
	State       record.CredentialState
	SHA256      string
	SignedAt    time.Time
	LearnerName record.Name
	LearnerKey  string
	Contains    bool // signed with another key, around something signed with this one
}

// carriesOf holds for a credential c that was signed while an endorsement by the key $1 stood beside it, whether or not that
// endorsement was signed anew since then, and for a record in force around such a one.
const carriesOf = `EXISTS (SELECT 1 FROM endorsements e LEFT JOIN endorsement_versions v ON v.endorsement_id = e.id AND v.key_id = $1
  JOIN credentials p ON p.institution_id = e.institution_id LEFT JOIN awards a ON a.id = p.award_id LEFT JOIN achievements h ON h.id = a.achievement_id
 WHERE (e.key_id = $1 OR v.key_id = $1) AND p.learner_id = c.learner_id
 AND (p.id = c.id OR c.kind = 'ClrCredential' AND c.state IN ('current', 'suspended') AND p.state IN ('current', 'suspended'))
 AND e.created_at <= p.created_at AND (v.key_id IS NULL OR v.ended_at >= p.created_at) AND (e.ended_at = 0 OR e.ended_at >= p.created_at)
 AND (e.about IN (p.uri, p.issuer) OR e.about = h.iri))`

func scanKeyLine(s scanner) (KeyLine, error) {
	var l KeyLine
	var signed int64
	var name []byte
	if err := s.Scan(&l.ID, &l.Learner, &l.URI, &l.Revision, &l.Kind, &l.Name, &l.State, &l.SHA256, &signed, &name, &l.LearnerKey, &l.Contains); err != nil {
		return l, err
	}
	l.SignedAt = at(signed)
	return l, json.Unmarshal(name, &l.LearnerName)
}

// KeyLines reads a page of everything that a key signed, learner by learner, and of what carries something of it: the records in
// force around it, and what was signed with an endorsement by it.
func (tx *Tx) KeyLines(ctx context.Context, key record.KeyID, learner record.LearnerID, after record.CredentialID, limit int) ([]KeyLine, error) {
	return list(ctx, tx, "store.KeyLines", scanKeyLine,
		`SELECT c.id, c.learner_id, c.uri, c.revision, c.kind, c.name, c.state, c.sha256, c.created_at, l.name, l.source_key, c.key_id <> $1
		 FROM credentials c JOIN learners l ON l.id = c.learner_id
		 WHERE (c.key_id = $1 OR c.kind = 'ClrCredential' AND c.state IN ('current', 'suspended') AND c.learner_id IN `+inForceOf+`
		  OR `+carriesOf+`)
		 AND (c.learner_id > $2 OR c.learner_id = $2 AND c.id > $3) ORDER BY c.learner_id, c.id LIMIT $4`, key, learner, after, limit)
}
