package store

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const clientColumns = `id, name, body, secret_hash, registration_hash, created_at, used_at`

func scanClient(s scanner) (*record.Client, error) {
	var c record.Client
	var created, used int64
	err := s.Scan(&c.ID, &c.Name, &c.Body, &c.SecretHash, &c.RegistrationHash, &created, &used)
	c.CreatedAt, c.UsedAt = at(created), at(used)
	return &c, err
}

// PutClient writes a program's registration, new or changed.
func (tx *Tx) PutClient(ctx context.Context, c *record.Client) error {
	_, err := tx.exec(ctx, "store.PutClient",
		`INSERT INTO oauth_clients (id, name, body, secret_hash, registration_hash, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)
		 ON CONFLICT (id) DO UPDATE SET name = $2, body = $3, secret_hash = $4, registration_hash = $5`,
		c.ID, c.Name, c.Body, c.SecretHash, c.RegistrationHash, micros(c.CreatedAt))
	return err
}

// Client reads a program's registration.
func (tx *Tx) Client(ctx context.Context, id record.ClientID) (*record.Client, error) {
	return get(ctx, tx, "store.Client", scanClient, `SELECT `+clientColumns+` FROM oauth_clients WHERE id = $1`, id)
}

// CountClients counts the registrations made since a moment.
func (tx *Tx) CountClients(ctx context.Context, since time.Time) (int64, error) {
	return get(ctx, tx, "store.CountClients", number, `SELECT count(*) FROM oauth_clients WHERE created_at >= $1`, micros(since))
}

// DeleteClient deletes a program's registration and everything it was allowed.
func (tx *Tx) DeleteClient(ctx context.Context, id record.ClientID) error {
	const op = "store.DeleteClient"
	for _, query := range []string{
		`DELETE FROM oauth_tokens WHERE client_id = $1`,
		`DELETE FROM oauth_spent WHERE grant_id IN (SELECT id FROM oauth_grants WHERE client_id = $1)`,
		`DELETE FROM oauth_grants WHERE client_id = $1`,
		`DELETE FROM oauth_requests WHERE client_id = $1`,
	} {
		if _, err := tx.exec(ctx, op, query, id); err != nil {
			return err
		}
	}
	return tx.one(ctx, op, `DELETE FROM oauth_clients WHERE id = $1`, id)
}

// PutRequest writes a program's request for access, which waits for the learner's answer.
func (tx *Tx) PutRequest(ctx context.Context, hash string, client record.ClientID, body []byte, expires time.Time) error {
	_, err := tx.exec(ctx, "store.PutRequest",
		`INSERT INTO oauth_requests (id_hash, client_id, body, expires_at) VALUES ($1, $2, $3, $4)
		 ON CONFLICT (id_hash) DO UPDATE SET body = $3, expires_at = $4`, hash, client, body, micros(expires))
	return err
}

// Request reads a program's request for access that still waits.
func (tx *Tx) Request(ctx context.Context, hash string, now time.Time) ([]byte, error) {
	return get(ctx, tx, "store.Request", func(s scanner) (b []byte, err error) { err = s.Scan(&b); return },
		`SELECT body FROM oauth_requests WHERE id_hash = $1 AND expires_at > $2`, hash, micros(now))
}

// TakeRequest deletes a request that was answered. Only one of two answers at the same moment finds it.
func (tx *Tx) TakeRequest(ctx context.Context, hash string) error {
	return tx.one(ctx, "store.TakeRequest", `DELETE FROM oauth_requests WHERE id_hash = $1`, hash)
}

// CountRequests counts the requests of a program that wait.
func (tx *Tx) CountRequests(ctx context.Context, client record.ClientID, now time.Time) (int64, error) {
	return get(ctx, tx, "store.CountRequests", number,
		`SELECT count(*) FROM oauth_requests WHERE client_id = $1 AND expires_at > $2`, client, micros(now))
}

const grantColumns = `g.id, g.client_id, c.name, g.institution_id, g.account_id, g.learner_id, g.scopes, g.body, g.code_hash, g.refresh_hash,
 g.created_at, g.used_at, g.expires_at, g.revoked_at, g.version, a.disabled`

const fromGrants = ` FROM oauth_grants g JOIN oauth_clients c ON c.id = g.client_id JOIN accounts a ON a.id = g.account_id `

func scanGrant(s scanner) (*record.Grant, error) {
	var g record.Grant
	var scopes string
	var created, used, expires, revoked int64
	err := s.Scan(&g.ID, &g.Client, &g.ClientName, &g.Institution, &g.Account, &g.Learner, &scopes, &g.Body, &g.CodeHash, &g.RefreshHash,
		&created, &used, &expires, &revoked, &g.Version, &g.Closed)
	g.Scopes = strings.Fields(scopes)
	g.CreatedAt, g.UsedAt, g.ExpiresAt, g.RevokedAt = at(created), at(used), at(expires), at(revoked)
	return &g, err
}

// AddGrant writes a new consent.
func (tx *Tx) AddGrant(ctx context.Context, g *record.Grant) error {
	_, err := tx.exec(ctx, "store.AddGrant",
		`INSERT INTO oauth_grants (id, client_id, institution_id, account_id, learner_id, scopes, body, code_hash, refresh_hash,
		 created_at, used_at, expires_at, revoked_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, 0, $11, 0, 1)`,
		g.ID, g.Client, g.Institution, g.Account, g.Learner, strings.Join(g.Scopes, " "), g.Body, g.CodeHash, g.RefreshHash,
		micros(g.CreatedAt), micros(g.ExpiresAt))
	if err != nil {
		return err
	}
	g.Version = 1
	_, err = tx.exec(ctx, "store.AddGrant", `UPDATE oauth_clients SET used_at = $1 WHERE id = $2`, micros(g.CreatedAt), g.Client)
	return err
}

// ChangeGrant writes the version that was read: a second change from the same version is a Conflict, and a revoked consent
// stays revoked. A refresh token that makes room for another is remembered, so that its reuse is known for what it is.
func (tx *Tx) ChangeGrant(ctx context.Context, g *record.Grant, now time.Time) error {
	const op = "store.ChangeGrant"
	if _, err := tx.exec(ctx, op,
		`INSERT INTO oauth_spent (token_hash, grant_id, spent_at) SELECT refresh_hash, id, $1 FROM oauth_grants
		 WHERE id = $2 AND version = $3 AND refresh_hash <> '' AND refresh_hash <> $4`, micros(now), g.ID, g.Version, g.RefreshHash); err != nil {
		return err
	}
	err := tx.one(ctx, op,
		`UPDATE oauth_grants SET body = $1, code_hash = $2, refresh_hash = $3, used_at = $4, revoked_at = $5, version = version + 1
		 WHERE id = $6 AND version = $7 AND revoked_at = 0`,
		g.Body, g.CodeHash, g.RefreshHash, micros(now), micros(g.RevokedAt), g.ID, g.Version)
	if err == nil {
		g.Version++
	}
	return err
}

// RevokeGrant ends a consent with all its tokens. Ending it again is no error; it reports whether it was open.
func (tx *Tx) RevokeGrant(ctx context.Context, id record.GrantID, now time.Time) (bool, error) {
	const op = "store.RevokeGrant"
	n, err := tx.exec(ctx, op, `UPDATE oauth_grants SET revoked_at = $1, version = version + 1 WHERE id = $2 AND revoked_at = 0`, micros(now), id)
	if err != nil {
		return false, err
	}
	_, err = tx.exec(ctx, op, `DELETE FROM oauth_tokens WHERE grant_id = $1`, id)
	return n == 1, err
}

// Grant reads one consent.
func (tx *Tx) Grant(ctx context.Context, id record.GrantID) (*record.Grant, error) {
	return get(ctx, tx, "store.Grant", scanGrant, `SELECT `+grantColumns+fromGrants+`WHERE g.id = $1`, id)
}

// GrantByCode reads the consent with the hash of an authorization code.
func (tx *Tx) GrantByCode(ctx context.Context, hash string) (*record.Grant, error) {
	return get(ctx, tx, "store.GrantByCode", scanGrant, `SELECT `+grantColumns+fromGrants+`WHERE g.code_hash = $1`, hash)
}

// GrantByRefresh reads the consent with the hash of its present refresh token.
func (tx *Tx) GrantByRefresh(ctx context.Context, hash string) (*record.Grant, error) {
	return get(ctx, tx, "store.GrantByRefresh", scanGrant, `SELECT `+grantColumns+fromGrants+`WHERE g.refresh_hash = $1`, hash)
}

// SpentRefresh reads which consent a refresh token belonged to that has made room for another, and when it did.
func (tx *Tx) SpentRefresh(ctx context.Context, hash string) (record.GrantID, time.Time, error) {
	type spent struct {
		id   record.GrantID
		when int64
	}
	v, err := get(ctx, tx, "store.SpentRefresh", func(s scanner) (v spent, err error) { err = s.Scan(&v.id, &v.when); return },
		`SELECT grant_id, spent_at FROM oauth_spent WHERE token_hash = $1`, hash)
	return v.id, at(v.when), err
}

// GrantsOfAccount reads the consents of a person that hold, newest first.
func (tx *Tx) GrantsOfAccount(ctx context.Context, account record.AccountID, now time.Time) ([]*record.Grant, error) {
	return list(ctx, tx, "store.GrantsOfAccount", scanGrant,
		`SELECT `+grantColumns+fromGrants+`WHERE g.account_id = $1 AND g.revoked_at = 0 AND g.expires_at > $2 ORDER BY g.created_at DESC, g.id`,
		account, micros(now))
}

// PutToken writes an access token, new or revoked.
func (tx *Tx) PutToken(ctx context.Context, t *record.Token) error {
	_, err := tx.exec(ctx, "store.PutToken",
		`INSERT INTO oauth_tokens (token_hash, grant_id, client_id, scopes, created_at, expires_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		 ON CONFLICT (token_hash) DO UPDATE SET revoked_at = $7`,
		t.Hash, t.Grant, t.Client, strings.Join(t.Scopes, " "), micros(t.CreatedAt), micros(t.ExpiresAt), micros(t.RevokedAt))
	return err
}

// Token reads an access token by its hash.
func (tx *Tx) Token(ctx context.Context, hash string) (*record.Token, error) {
	return get(ctx, tx, "store.Token", func(s scanner) (*record.Token, error) {
		var t record.Token
		var scopes string
		var created, expires, revoked int64
		err := s.Scan(&t.Hash, &t.Grant, &t.Client, &scopes, &created, &expires, &revoked)
		t.Scopes = strings.Fields(scopes)
		t.CreatedAt, t.ExpiresAt, t.RevokedAt = at(created), at(expires), at(revoked)
		return &t, err
	}, `SELECT token_hash, grant_id, client_id, scopes, created_at, expires_at, revoked_at FROM oauth_tokens WHERE token_hash = $1`, hash)
}

// Access reads what an access token opens: the token, its consent and its account in one question, because every request
// of the interfaces asks it. Whatever ended, a token, a consent, an account, is NotFound.
func (tx *Tx) Access(ctx context.Context, hash string, now time.Time) (*record.Access, error) {
	return get(ctx, tx, "store.Access", func(s scanner) (*record.Access, error) {
		var a record.Access
		var scopes, roles string
		var expires int64
		err := s.Scan(&a.Grant, &a.Client, &a.ClientName, &scopes, &expires, &a.Actor.Account, &a.Actor.Institution, &a.Actor.Learner, &a.Actor.Name, &roles)
		if err != nil {
			return nil, err
		}
		a.Scopes, a.ExpiresAt = strings.Fields(scopes), at(expires)
		return &a, json.Unmarshal([]byte(roles), &a.Actor.Roles)
	}, `SELECT g.id, g.client_id, c.name, t.scopes, t.expires_at, a.id, a.institution_id, coalesce(a.learner_id, ''), a.name, a.roles
	 FROM oauth_tokens t JOIN oauth_grants g ON g.id = t.grant_id JOIN oauth_clients c ON c.id = g.client_id JOIN accounts a ON a.id = g.account_id
	 WHERE t.token_hash = $1 AND t.expires_at > $2 AND t.revoked_at = 0 AND g.expires_at > $2 AND g.revoked_at = 0 AND NOT a.disabled`, hash, micros(now))
}

// SweepOAuth deletes what nobody can use any more: requests and tokens past their end, consents that ended before a moment,
// and programs registered before a moment that no learner ever allowed.
func (tx *Tx) SweepOAuth(ctx context.Context, now, ended, unused time.Time) error {
	const op = "store.SweepOAuth"
	for _, q := range []struct {
		query string
		when  time.Time
	}{
		{`DELETE FROM oauth_requests WHERE expires_at <= $1`, now},
		{`DELETE FROM oauth_tokens WHERE expires_at <= $1`, now},
		{`DELETE FROM oauth_spent WHERE grant_id IN (SELECT id FROM oauth_grants WHERE expires_at <= $1 OR revoked_at > 0 AND revoked_at <= $1)`, ended},
		{`DELETE FROM oauth_tokens WHERE grant_id IN (SELECT id FROM oauth_grants WHERE expires_at <= $1 OR revoked_at > 0 AND revoked_at <= $1)`, ended},
		{`DELETE FROM oauth_grants WHERE expires_at <= $1 OR revoked_at > 0 AND revoked_at <= $1`, ended},
		{`DELETE FROM oauth_requests WHERE client_id IN (SELECT id FROM oauth_clients WHERE used_at = 0 AND created_at <= $1)`, unused},
		{`DELETE FROM oauth_clients WHERE used_at = 0 AND created_at <= $1`, unused},
	} {
		if _, err := tx.exec(ctx, op, q.query, micros(q.when)); err != nil {
			return err
		}
	}
	return nil
}
