package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// accountColumns read an account; nobody of a suspended institution may come in, so that to every door its accounts are
// disabled.
const accountColumns = `id, institution_id, email, name, roles, learner_id, password_hash,
	disabled OR (SELECT suspended_at FROM institutions WHERE institutions.id = accounts.institution_id) <> 0`

func scanAccount(s scanner) (*record.Account, error) {
	var a record.Account
	var roles []byte
	var learner sql.NullString
	if err := s.Scan(&a.ID, &a.Institution, &a.Email, &a.Name, &roles, &learner, &a.PasswordHash, &a.Disabled); err != nil {
		return nil, err
	}
	a.Learner = record.LearnerID(learner.String)
	return &a, json.Unmarshal(roles, &a.Roles)
}

// AddAccount writes a new account; emailKey is the address in the form by which it is unique.
func (tx *Tx) AddAccount(ctx context.Context, a *record.Account, emailKey string, now time.Time) error {
	_, err := tx.exec(ctx, "store.AddAccount",
		`INSERT INTO accounts (id, institution_id, email, email_key, name, roles, learner_id, password_hash, disabled, created_at)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
		a.ID, a.Institution, a.Email, emailKey, a.Name, text(a.Roles), nullable(string(a.Learner)), a.PasswordHash, a.Disabled, micros(now))
	return err
}

// nullable is text that may be absent under a partial unique index.
func nullable(s string) sql.NullString { return sql.NullString{String: s, Valid: s != ""} }

// ChangeAccount writes an account's name, roles, password and whether it is disabled.
func (tx *Tx) ChangeAccount(ctx context.Context, a *record.Account) error {
	return tx.one(ctx, "store.ChangeAccount",
		`UPDATE accounts SET name = $1, roles = $2, password_hash = $3, disabled = $4 WHERE id = $5`,
		a.Name, text(a.Roles), a.PasswordHash, a.Disabled, a.ID)
}

// Account reads one account.
func (tx *Tx) Account(ctx context.Context, id record.AccountID) (*record.Account, error) {
	return get(ctx, tx, "store.Account", scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE id = $1`, id)
}

// AccountsByEmail reads the accounts with this address, one per institution at most.
func (tx *Tx) AccountsByEmail(ctx context.Context, emailKey string) ([]*record.Account, error) {
	return list(ctx, tx, "store.AccountsByEmail", scanAccount,
		`SELECT `+accountColumns+` FROM accounts WHERE email_key = $1 ORDER BY institution_id`, emailKey)
}

// Accounts reads an institution's accounts.
func (tx *Tx) Accounts(ctx context.Context, institution record.InstitutionID) ([]*record.Account, error) {
	return list(ctx, tx, "store.Accounts", scanAccount,
		`SELECT `+accountColumns+` FROM accounts WHERE institution_id = $1 ORDER BY name, id`, institution)
}

// AddLink writes a sign-in link.
func (tx *Tx) AddLink(ctx context.Context, tokenHash string, account record.AccountID, reusable bool, expires time.Time) error {
	_, err := tx.exec(ctx, "store.AddLink",
		`INSERT INTO signin_links (token_hash, account_id, reusable, expires_at, used_at) VALUES ($1, $2, $3, $4, 0)`,
		tokenHash, account, reusable, micros(expires))
	return err
}

// UseLink marks a link as used and returns its account. A link that is unknown, expired or used up is NotFound: of
// any number of simultaneous uses of a link for one use, one succeeds.
func (tx *Tx) UseLink(ctx context.Context, tokenHash string, now time.Time) (record.AccountID, error) {
	return get(ctx, tx, "store.UseLink", func(s scanner) (id record.AccountID, err error) { err = s.Scan(&id); return },
		`UPDATE signin_links SET used_at = $1 WHERE token_hash = $2 AND expires_at > $3 AND (reusable OR used_at = 0) RETURNING account_id`,
		micros(now), tokenHash, micros(now))
}

// Session reads a session's data.
func (tx *Tx) Session(ctx context.Context, tokenHash string, now time.Time) ([]byte, error) {
	return get(ctx, tx, "store.Session", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return },
		`SELECT data FROM sessions WHERE token_hash = $1 AND expires_at > $2`, tokenHash, micros(now))
}

// PutSession writes a session.
func (tx *Tx) PutSession(ctx context.Context, tokenHash string, data []byte, expires time.Time) error {
	_, err := tx.exec(ctx, "store.PutSession",
		`INSERT INTO sessions (token_hash, data, expires_at) VALUES ($1, $2, $3)
		 ON CONFLICT (token_hash) DO UPDATE SET data = excluded.data, expires_at = excluded.expires_at`,
		tokenHash, data, micros(expires))
	return err
}

// DropSession deletes a session.
func (tx *Tx) DropSession(ctx context.Context, tokenHash string) error {
	_, err := tx.exec(ctx, "store.DropSession", `DELETE FROM sessions WHERE token_hash = $1`, tokenHash)
	return err
}

// DropExpired deletes sessions and links that nobody can use any more.
func (tx *Tx) DropExpired(ctx context.Context, now time.Time) error {
	if _, err := tx.exec(ctx, "store.DropExpired", `DELETE FROM sessions WHERE expires_at <= $1`, micros(now)); err != nil {
		return err
	}
	_, err := tx.exec(ctx, "store.DropExpired", `DELETE FROM signin_links WHERE expires_at <= $1`, micros(now))
	return err
}
