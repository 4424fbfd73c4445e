package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

const credentialIndex = `id, path_id, uri, revision, institution_id, learner_id, award_id, kind, name, issuer, subject, suite,
 valid_from, valid_until, sha256, state, status_list, status_index, run_id, key_id, created_at`

func credentialFields(c *record.Credential, from, until, created *int64) []any {
	return []any{&c.ID, &c.PathID, &c.URI, &c.Revision, &c.Institution, &c.Learner, &c.Award, &c.Kind, &c.Name, &c.Issuer, &c.Subject, &c.Suite,
		from, until, &c.SHA256, &c.State, &c.StatusList, &c.StatusIndex, &c.Run, &c.Key, created}
}

func scanCredential(s scanner) (*record.Credential, error) {
	var c record.Credential
	var from, until, created int64
	if err := s.Scan(append(credentialFields(&c, &from, &until, &created), &c.Bytes)...); err != nil {
		return nil, err
	}
	c.ValidFrom, c.ValidUntil, c.CreatedAt = at(from), at(until), at(created)
	return &c, nil
}

// AddCredential writes a signed credential. A second current version of the same credential, a second use of a status
// place and a second credential with the same id and validFrom are Conflicts.
func (tx *Tx) AddCredential(ctx context.Context, c *record.Credential) error {
	_, err := tx.exec(ctx, "store.AddCredential",
		`INSERT INTO credentials (id, path_id, uri, revision, institution_id, learner_id, award_id, kind, name, issuer, subject, suite,
		 valid_from, valid_until, sha256, state, status_list, status_index, run_id, key_id, created_at, bytes)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22)`,
		c.ID, c.PathID, c.URI, c.Revision, c.Institution, c.Learner, c.Award, c.Kind, c.Name, c.Issuer, c.Subject, c.Suite,
		micros(c.ValidFrom), micros(c.ValidUntil), c.SHA256, c.State, c.StatusList, c.StatusIndex, c.Run, c.Key, micros(c.CreatedAt), c.Bytes)
	return err
}

// MoveCredential changes the state of one version when it is in a state from which that may happen: what was revoked or
// superseded stays so.
func (tx *Tx) MoveCredential(ctx context.Context, id record.CredentialID, to record.CredentialState) error {
	return tx.one(ctx, "store.MoveCredential",
		`UPDATE credentials SET state = $1 WHERE id = $2 AND state IN ('current', 'suspended')`, to, id)
}

// CurrentCredential reads the version of a credential that is in force, suspended ones included.
func (tx *Tx) CurrentCredential(ctx context.Context, pathID string) (*record.Credential, error) {
	return get(ctx, tx, "store.CurrentCredential", scanCredential,
		`SELECT `+credentialIndex+`, bytes FROM credentials WHERE path_id = $1 AND state IN ('current', 'suspended')`, pathID)
}

// NewestCredential reads the newest version of a credential, whatever its state.
func (tx *Tx) NewestCredential(ctx context.Context, pathID string) (*record.Credential, error) {
	return get(ctx, tx, "store.NewestCredential", scanCredential,
		`SELECT `+credentialIndex+`, bytes FROM credentials WHERE path_id = $1 ORDER BY revision DESC LIMIT 1`, pathID)
}

// CurrentOfLearner reads a learner's credentials of a kind that are in force, suspended ones included, oldest first.
func (tx *Tx) CurrentOfLearner(ctx context.Context, learner record.LearnerID, kind string) ([]*record.Credential, error) {
	return list(ctx, tx, "store.CurrentOfLearner", scanCredential,
		`SELECT `+credentialIndex+`, bytes FROM credentials WHERE learner_id = $1 AND kind = $2 AND state IN ('current', 'suspended') ORDER BY created_at, id`,
		learner, kind)
}

// CredentialsAfter reads one page of all credentials of an institution with their bytes, in the order of their ids.
func (tx *Tx) CredentialsAfter(ctx context.Context, institution record.InstitutionID, after record.CredentialID, limit int) ([]*record.Credential, error) {
	return list(ctx, tx, "store.CredentialsAfter", scanCredential,
		`SELECT `+credentialIndex+`, bytes FROM credentials WHERE institution_id = $1 AND id > $2 ORDER BY id LIMIT $3`, institution, after, limit)
}

// CountRunCredentials counts what a run signed for a learner.
func (tx *Tx) CountRunCredentials(ctx context.Context, run record.RunID, learner record.LearnerID) (int64, error) {
	return get(ctx, tx, "store.CountRunCredentials", number,
		`SELECT count(*) FROM credentials WHERE learner_id = $1 AND run_id = $2`, learner, run)
}

// LearnersOfKey reads the learners about whom something in force is signed with a key, or carries an endorsement that it
// signed, and who wait in no run.
func (tx *Tx) LearnersOfKey(ctx context.Context, key record.KeyID) ([]record.LearnerID, error) {
	return list(ctx, tx, "store.LearnersOfKey", func(s scanner) (id record.LearnerID, err error) { err = s.Scan(&id); return },
		`SELECT DISTINCT c.learner_id FROM credentials c WHERE c.state IN ('current', 'suspended') AND (c.key_id = $1
		  OR EXISTS (SELECT 1 FROM endorsements e WHERE e.key_id = $1 AND e.about IN (c.uri, c.issuer) AND e.created_at <= c.created_at)
		  OR EXISTS (SELECT 1 FROM awards a JOIN achievements h ON h.id = a.achievement_id JOIN endorsements e ON e.about = h.iri
		   WHERE a.id = c.award_id AND e.key_id = $1 AND e.institution_id = c.institution_id AND e.created_at <= c.created_at))
		 AND NOT EXISTS (SELECT 1 FROM run_items r WHERE r.learner_id = c.learner_id AND r.state = 'pending') ORDER BY c.learner_id`, key)
}
