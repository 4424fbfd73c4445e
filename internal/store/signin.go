package store

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const passkeyColumns = `id, account_id, name, credential_id, body, created_at, used_at`

func scanPasskey(s scanner) (*record.Passkey, error) {
	var p record.Passkey
	var credential string
	var created, used int64
	if err := s.Scan(&p.ID, &p.Account, &p.Name, &credential, &p.Body, &created, &used); err != nil {
		return nil, err
	}
	p.CreatedAt, p.UsedAt = at(created), at(used)
	var err error
	p.CredentialID, err = base64.RawURLEncoding.DecodeString(credential)
	return &p, err
}

// AddPasskey writes a new passkey; one that is somebody's already is a Conflict.
func (tx *Tx) AddPasskey(ctx context.Context, p *record.Passkey) error {
	_, err := tx.exec(ctx, "store.AddPasskey",
		`INSERT INTO passkeys (id, account_id, name, credential_id, body, created_at, used_at) VALUES ($1, $2, $3, $4, $5, $6, 0)`,
		p.ID, p.Account, p.Name, base64.RawURLEncoding.EncodeToString(p.CredentialID), string(p.Body), micros(p.CreatedAt))
	return err
}

// Passkeys reads an account's passkeys, oldest first.
func (tx *Tx) Passkeys(ctx context.Context, account record.AccountID) ([]*record.Passkey, error) {
	return list(ctx, tx, "store.Passkeys", scanPasskey, `SELECT `+passkeyColumns+` FROM passkeys WHERE account_id = $1 ORDER BY created_at, id`, account)
}

// UsePasskey writes what a sign-in changed in a passkey, if nobody used it since it was read.
func (tx *Tx) UsePasskey(ctx context.Context, p *record.Passkey, before []byte) error {
	return tx.one(ctx, "store.UsePasskey", `UPDATE passkeys SET body = $1, used_at = $2 WHERE id = $3 AND body = $4`,
		string(p.Body), micros(p.UsedAt), p.ID, string(before))
}

// DropPasskey deletes a passkey of an account.
func (tx *Tx) DropPasskey(ctx context.Context, account record.AccountID, id record.PasskeyID) error {
	return tx.one(ctx, "store.DropPasskey", `DELETE FROM passkeys WHERE id = $1 AND account_id = $2`, id, account)
}

// SessionsFrom is since when an account's sessions count: those begun before are over.
func (tx *Tx) SessionsFrom(ctx context.Context, account record.AccountID) (time.Time, error) {
	n, err := get(ctx, tx, "store.SessionsFrom", number, `SELECT sessions_from FROM accounts WHERE id = $1`, account)
	return at(n), err
}

// EndSessions ends the sessions of an account that began before a moment.
func (tx *Tx) EndSessions(ctx context.Context, account record.AccountID, before time.Time) error {
	return tx.one(ctx, "store.EndSessions", `UPDATE accounts SET sessions_from = $1 WHERE id = $2`, micros(before), account)
}

// AddSignInStep writes a step under the hash of its secret.
func (tx *Tx) AddSignInStep(ctx context.Context, tokenHash string, s *record.SignInStep, expires time.Time) error {
	_, err := tx.exec(ctx, "store.AddSignInStep", `INSERT INTO signin_steps (token_hash, kind, account_id, data, expires_at) VALUES ($1, $2, $3, $4, $5)`,
		tokenHash, s.Kind, s.Account, string(s.Data), micros(expires))
	return err
}

// TakeSignInStep takes a step out: of any number of answers to it one finds it.
func (tx *Tx) TakeSignInStep(ctx context.Context, tokenHash, kind string, now time.Time) (*record.SignInStep, error) {
	return get(ctx, tx, "store.TakeSignInStep", func(s scanner) (*record.SignInStep, error) {
		var step record.SignInStep
		err := s.Scan(&step.Kind, &step.Account, &step.Data)
		return &step, err
	}, `DELETE FROM signin_steps WHERE token_hash = $1 AND kind = $2 AND expires_at > $3 RETURNING kind, account_id, data`, tokenHash, kind, micros(now))
}

// DropSignInSteps deletes steps that nobody can answer any more.
func (tx *Tx) DropSignInSteps(ctx context.Context, now time.Time) error {
	_, err := tx.exec(ctx, "store.DropSignInSteps", `DELETE FROM signin_steps WHERE expires_at <= $1`, micros(now))
	return err
}

const campusColumns = `id, institution_id, kind, name, enabled, settings, sealed, created_at, updated_at, version`

func scanCampus(s scanner) (*record.CampusService, error) {
	var c record.CampusService
	var settings []byte
	var created, updated int64
	if err := s.Scan(&c.ID, &c.Institution, &c.Kind, &c.Name, &c.Enabled, &settings, &c.Sealed, &created, &updated, &c.Version); err != nil {
		return nil, err
	}
	c.CreatedAt, c.UpdatedAt = at(created), at(updated)
	return &c, json.Unmarshal(settings, &c.Settings)
}

// AddCampusService writes a new campus sign-in service.
func (tx *Tx) AddCampusService(ctx context.Context, c *record.CampusService) error {
	_, err := tx.exec(ctx, "store.AddCampusService",
		`INSERT INTO campus_services (id, institution_id, kind, name, enabled, settings, sealed, created_at, updated_at, version) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)`,
		c.ID, c.Institution, c.Kind, c.Name, c.Enabled, text(c.Settings), append([]byte{}, c.Sealed...), micros(c.CreatedAt), micros(c.UpdatedAt))
	c.Version = 1
	return err
}

// ChangeCampusService writes the version that was read.
func (tx *Tx) ChangeCampusService(ctx context.Context, c *record.CampusService) error {
	err := tx.one(ctx, "store.ChangeCampusService",
		`UPDATE campus_services SET name = $1, enabled = $2, settings = $3, sealed = $4, updated_at = $5, version = version + 1 WHERE id = $6 AND version = $7`,
		c.Name, c.Enabled, text(c.Settings), append([]byte{}, c.Sealed...), micros(c.UpdatedAt), c.ID, c.Version)
	if err == nil {
		c.Version++
	}
	return err
}

// CampusService reads one campus sign-in service.
func (tx *Tx) CampusService(ctx context.Context, id record.CampusServiceID) (*record.CampusService, error) {
	return get(ctx, tx, "store.CampusService", scanCampus, `SELECT `+campusColumns+` FROM campus_services WHERE id = $1`, id)
}

// CampusServices reads an institution's campus sign-in services, oldest first.
func (tx *Tx) CampusServices(ctx context.Context, institution record.InstitutionID) ([]*record.CampusService, error) {
	return list(ctx, tx, "store.CampusServices", scanCampus, `SELECT `+campusColumns+` FROM campus_services WHERE institution_id = $1 ORDER BY created_at, id`, institution)
}

// CampusServicesOpen reads the services that anybody may choose on the sign-in page.
func (tx *Tx) CampusServicesOpen(ctx context.Context) ([]*record.CampusService, error) {
	return list(ctx, tx, "store.CampusServicesOpen", scanCampus,
		`SELECT c.id, c.institution_id, c.kind, c.name, c.enabled, c.settings, c.sealed, c.created_at, c.updated_at, c.version
		 FROM campus_services c JOIN institutions i ON i.id = c.institution_id WHERE c.enabled AND i.suspended_at = 0 ORDER BY c.name, c.id`)
}

// DropCampusService deletes a service and what it knew of people.
func (tx *Tx) DropCampusService(ctx context.Context, id record.CampusServiceID) error {
	if _, err := tx.exec(ctx, "store.DropCampusService", `DELETE FROM campus_subjects WHERE service_id = $1`, id); err != nil {
		return err
	}
	return tx.one(ctx, "store.DropCampusService", `DELETE FROM campus_services WHERE id = $1`, id)
}

// AddCampusSubject notes whose account a person of a service has; a second account for the same person is a Conflict.
func (tx *Tx) AddCampusSubject(ctx context.Context, s *record.CampusSubject) error {
	_, err := tx.exec(ctx, "store.AddCampusSubject", `INSERT INTO campus_subjects (service_id, subject, account_id, created_at, used_at) VALUES ($1, $2, $3, $4, $5)`,
		s.Service, s.Subject, s.Account, micros(s.CreatedAt), micros(s.UsedAt))
	return err
}

// UseCampusSubject finds the account of a person of a service, and notes that it was used.
func (tx *Tx) UseCampusSubject(ctx context.Context, service record.CampusServiceID, subject string, now time.Time) (record.AccountID, error) {
	return get(ctx, tx, "store.UseCampusSubject", func(s scanner) (id record.AccountID, err error) { err = s.Scan(&id); return },
		`UPDATE campus_subjects SET used_at = $1 WHERE service_id = $2 AND subject = $3 RETURNING account_id`, micros(now), service, subject)
}

// CountCampusSubjects counts the services by which somebody comes to an account.
func (tx *Tx) CountCampusSubjects(ctx context.Context, account record.AccountID) (int64, error) {
	return get(ctx, tx, "store.CountCampusSubjects", number, `SELECT count(*) FROM campus_subjects WHERE account_id = $1`, account)
}

// Standing reads how an institution stands.
func (tx *Tx) Standing(ctx context.Context, id record.InstitutionID) (record.Standing, error) {
	return get(ctx, tx, "store.Standing", func(s scanner) (st record.Standing, err error) {
		var since int64
		err = s.Scan(&since, &st.SuspendedWhy, &st.MaxAccounts)
		st.SuspendedAt = at(since)
		return st, err
	}, `SELECT suspended_at, suspended_why, max_accounts FROM institutions WHERE id = $1`, id)
}

// PutStanding writes how an institution stands.
func (tx *Tx) PutStanding(ctx context.Context, id record.InstitutionID, st record.Standing) error {
	return tx.one(ctx, "store.PutStanding", `UPDATE institutions SET suspended_at = $1, suspended_why = $2, max_accounts = $3 WHERE id = $4`,
		micros(st.SuspendedAt), st.SuspendedWhy, st.MaxAccounts, id)
}

// CountAccounts counts the accounts of an institution that are open.
func (tx *Tx) CountAccounts(ctx context.Context, institution record.InstitutionID) (int64, error) {
	return get(ctx, tx, "store.CountAccounts", number, `SELECT count(*) FROM accounts WHERE institution_id = $1 AND NOT disabled`, institution)
}

// LearnersAccount reads the account of a learner.
func (tx *Tx) LearnersAccount(ctx context.Context, learner record.LearnerID) (*record.Account, error) {
	return get(ctx, tx, "store.LearnersAccount", scanAccount, `SELECT `+accountColumns+` FROM accounts WHERE learner_id = $1`, learner)
}
