package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const identityColumns = `id, learner_id, account_id, email, token_hash, other_id, asked_at, confirmed_at, expires_at`

func scanIdentity(s scanner) (*record.Identity, error) {
	var i record.Identity
	var asked, confirmed, expires int64
	err := s.Scan(&i.ID, &i.Learner, &i.Account, &i.Email, &i.TokenHash, &i.Other, &asked, &confirmed, &expires)
	i.AskedAt, i.Confirmed, i.ExpiresAt = at(asked), at(confirmed), at(expires)
	return &i, err
}

// AddIdentity writes an address that is to be proven, or that was proven before.
func (tx *Tx) AddIdentity(ctx context.Context, i *record.Identity, emailKey string) error {
	_, err := tx.exec(ctx, "store.AddIdentity",
		`INSERT INTO identities (id, learner_id, account_id, email, email_key, token_hash, other_id, asked_at, confirmed_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		i.ID, i.Learner, i.Account, i.Email, emailKey, i.TokenHash, i.Other, micros(i.AskedAt), micros(i.Confirmed), micros(i.ExpiresAt))
	return err
}

// ConfirmIdentity writes that an address is proven, and the record that was joined. Its link works no more.
func (tx *Tx) ConfirmIdentity(ctx context.Context, id string, other record.LearnerID, now time.Time) error {
	return tx.one(ctx, "store.ConfirmIdentity", `UPDATE identities SET confirmed_at = $1, other_id = $2, token_hash = '' WHERE id = $3 AND confirmed_at = 0`, micros(now), other, id)
}

// IdentityByToken reads the address whose link has this token's hash.
func (tx *Tx) IdentityByToken(ctx context.Context, tokenHash string) (*record.Identity, error) {
	return get(ctx, tx, "store.IdentityByToken", scanIdentity, `SELECT `+identityColumns+` FROM identities WHERE token_hash = $1 AND token_hash <> ''`, tokenHash)
}

// IdentitiesOf reads a learner's other addresses, oldest first.
func (tx *Tx) IdentitiesOf(ctx context.Context, learner record.LearnerID) ([]*record.Identity, error) {
	return list(ctx, tx, "store.IdentitiesOf", scanIdentity, `SELECT `+identityColumns+` FROM identities WHERE learner_id = $1 ORDER BY asked_at, id`, learner)
}

// JoinedTo reads the learners to whose record another one was joined.
func (tx *Tx) JoinedTo(ctx context.Context, other record.LearnerID) ([]record.LearnerID, error) {
	return list(ctx, tx, "store.JoinedTo", func(s scanner) (l record.LearnerID, err error) { err = s.Scan(&l); return },
		`SELECT learner_id FROM identities WHERE other_id = $1 AND confirmed_at > 0 ORDER BY learner_id`, other)
}

// DropIdentity deletes one of a learner's other addresses.
func (tx *Tx) DropIdentity(ctx context.Context, learner record.LearnerID, id string) error {
	n, err := tx.exec(ctx, "store.DropIdentity", `DELETE FROM identities WHERE learner_id = $1 AND id = $2`, learner, id)
	if err == nil && n == 0 {
		return record.Errorf(record.NotFound, "store.DropIdentity", "there is nothing here for you; sign in with the account that may see it")
	}
	return err
}

// ChangeAccountEmail writes the address by which an account signs in; Conflict: another account of the institution has it.
func (tx *Tx) ChangeAccountEmail(ctx context.Context, id record.AccountID, email, emailKey string) error {
	return tx.one(ctx, "store.ChangeAccountEmail", `UPDATE accounts SET email = $1, email_key = $2 WHERE id = $3`, email, emailKey, id)
}
