package store

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

// Reach counts who else has a credential: other hosts to which its learner sent the record, and wallets with a copy.
func (tx *Tx) Reach(ctx context.Context, c *record.Credential) (hosts, copies int64, err error) {
	const op = "store.Reach"
	if hosts, err = get(ctx, tx, op, number, `SELECT count(*) FROM hosts WHERE learner_id = $1 AND state = 'pushed'`, c.Learner); err != nil {
		return 0, 0, err
	}
	copies, err = get(ctx, tx, op, number, `SELECT count(*) FROM wallet_copies w JOIN credentials c ON c.id = w.credential_id WHERE c.path_id = $1`, c.PathID)
	return hosts, copies, err
}

// maxVersions bounds the versions of one credential that a page shows.
const maxVersions = 100

// CredentialVersions reads the versions of a credential, newest first, without their bytes.
func (tx *Tx) CredentialVersions(ctx context.Context, pathID string) ([]*record.Credential, error) {
	return list(ctx, tx, "store.CredentialVersions", scanCredentialIndex,
		`SELECT `+credentialIndex+` FROM credentials WHERE path_id = $1 ORDER BY revision DESC LIMIT $2`, pathID, maxVersions)
}

func scanCredentialIndex(s scanner) (*record.Credential, error) {
	var c record.Credential
	var from, until, created int64
	err := s.Scan(credentialFields(&c, &from, &until, &created)...)
	c.ValidFrom, c.ValidUntil, c.CreatedAt = at(from), at(until), at(created)
	return &c, err
}

// EventsOfCredential reads what happened to an award and its corrections, oldest first.
func (tx *Tx) EventsOfCredential(ctx context.Context, institution record.InstitutionID, credential string) ([]*record.Event, error) {
	return list(ctx, tx, "store.EventsOfCredential", scanEvent,
		`SELECT `+eventColumns+` FROM audit_events WHERE institution_id = $1 AND (object IN (SELECT 'award/' || id FROM awards WHERE credential_id = $2)
		 OR action IN ('award.issued', 'award.corrected', 'award.signed_anew') AND object IN (SELECT 'credential/' || id FROM credentials WHERE path_id = $2)) ORDER BY seq`, institution, credential)
}
