package account

import (
	"context"
	"encoding/json"
	"net"
	"net/url"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	// maxPasskeys bounds one account's passkeys: a person has a few devices, and each is sent to be excluded.
	maxPasskeys = 20
	// maxPasskeyName bounds the person's word for a passkey.
	maxPasskeyName = 100
	// MaxPasskeyAnswer bounds what a browser says about a passkey; with the longest key and no attestation it is below 8 kB.
	MaxPasskeyAnswer = 32 << 10
)

// PasskeysOffered reports whether passkeys can be used here: they are bound to a domain name, which a bare address is not
// (Web Authentication Level 3, "RP ID").
func (d *Desk) PasskeysOffered() bool {
	u, err := url.Parse(d.PublicURL)
	return err == nil && u.Hostname() != "" && net.ParseIP(u.Hostname()) == nil
}

// relyingParty is this server as authenticators know it. A passkey asks for the person (user verification), because it
// stands in for the password too, and is found without an address being typed.
func (d *Desk) relyingParty() (*webauthn.WebAuthn, error) {
	const op = "account.relyingParty"
	if !d.PasskeysOffered() {
		return nil, coded("passkey.no-domain", record.Errorf(record.Invalid, op, "passkeys need a server with a domain name"))
	}
	u, err := url.Parse(d.PublicURL)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	rp, err := webauthn.New(&webauthn.Config{
		RPID: u.Hostname(), RPDisplayName: "Laurel", RPOrigins: []string{u.Scheme + "://" + u.Host},
		AttestationPreference:  protocol.PreferNoAttestation,
		AuthenticatorSelection: protocol.AuthenticatorSelection{ResidentKey: protocol.ResidentKeyRequirementRequired, UserVerification: protocol.VerificationRequired},
		Timeouts:               webauthn.TimeoutsConfig{Login: webauthn.TimeoutConfig{Timeout: StepLife}, Registration: webauthn.TimeoutConfig{Timeout: StepLife}},
	})
	return rp, record.Wrap(op, err)
}

// holder is an account as the library sees it. Its handle is the account's id, which says nothing about anybody.
type holder struct {
	account  *record.Account
	passkeys []*record.Passkey
}

func (h *holder) WebAuthnID() []byte          { return []byte(h.account.ID) }
func (h *holder) WebAuthnName() string        { return h.account.Email }
func (h *holder) WebAuthnDisplayName() string { return h.account.Name }

func (h *holder) WebAuthnCredentials() []webauthn.Credential {
	var out []webauthn.Credential
	for _, p := range h.passkeys {
		var c webauthn.Credential
		if json.Unmarshal(p.Body, &c) == nil { // what does not read is no key; removing it is all that is left
			out = append(out, c)
		}
	}
	return out
}

func (d *Desk) holder(ctx context.Context, id record.AccountID) (*holder, error) {
	h := &holder{}
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if h.account, err = tx.Account(ctx, id); err != nil {
			return err
		}
		h.passkeys, err = tx.Passkeys(ctx, id)
		return err
	})
	return h, err
}

// Passkeys lists the actor's own passkeys, without their keys.
func (d *Desk) Passkeys(ctx context.Context, actor record.Actor) ([]record.Passkey, error) {
	const op = "account.Passkeys"
	if actor.Account == "" {
		return nil, record.Errorf(record.NotFound, op, "sign in first")
	}
	h, err := d.holder(ctx, actor.Account)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	var out []record.Passkey
	for _, p := range h.passkeys {
		out = append(out, record.Passkey{ID: p.ID, Account: p.Account, Name: p.Name, CreatedAt: p.CreatedAt, UsedAt: p.UsedAt})
	}
	return out, nil
}

// BeginPasskey asks the actor's browser for a new passkey: options for navigator.credentials.create as JSON, and the
// secret by which this browser answers.
func (d *Desk) BeginPasskey(ctx context.Context, actor record.Actor) (options []byte, token string, err error) {
	const op = "account.BeginPasskey"
	if actor.Account == "" {
		return nil, "", record.Errorf(record.NotFound, op, "sign in first")
	}
	rp, err := d.relyingParty()
	if err != nil {
		return nil, "", err
	}
	h, err := d.holder(ctx, actor.Account)
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	if len(h.passkeys) >= maxPasskeys {
		return nil, "", record.Errorf(record.Invalid, op, "an account has at most %d passkeys; remove one first", maxPasskeys)
	}
	created, session, err := rp.BeginRegistration(h, webauthn.WithExclusions(webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()))
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	return d.ask(ctx, stepPasskeyAdd, actor.Account, created, session)
}

func (d *Desk) ask(ctx context.Context, kind string, account record.AccountID, options any, session *webauthn.SessionData) ([]byte, string, error) {
	token, err := d.begin(ctx, kind, account, session)
	if err != nil {
		return nil, "", err
	}
	b, err := json.Marshal(options)
	return b, token, record.Wrap("account.ask", err)
}

// readAnswer holds a browser's answer to strict JSON before the library sees it.
func readAnswer(op string, answer []byte) error {
	if len(answer) > MaxPasskeyAnswer {
		return record.Errorf(record.TooLarge, op, "the browser's answer is larger than %d bytes", MaxPasskeyAnswer)
	}
	if _, err := ijson.Parse(answer, nil); err != nil {
		return &record.Error{Kind: record.Invalid, Op: op, Message: "the browser gave no passkey; try again, or use another way to sign in", Err: err}
	}
	return nil
}

// AddPasskey keeps the passkey that the actor's browser made, and ends every other session of the account.
func (d *Desk) AddPasskey(ctx context.Context, actor record.Actor, token, name string, answer []byte) error {
	const op = "account.AddPasskey"
	if actor.Account == "" {
		return record.Errorf(record.NotFound, op, "sign in first")
	}
	if name = strings.TrimSpace(name); name == "" || len([]rune(name)) > maxPasskeyName {
		return coded("passkey.name", record.Errorf(record.Invalid, op, "give the passkey a name of at most %d characters, such as the device it is on", maxPasskeyName))
	}
	rp, err := d.relyingParty()
	if err != nil {
		return err
	}
	var session webauthn.SessionData
	step, err := d.take(ctx, stepPasskeyAdd, token, &session)
	if err != nil {
		return err
	}
	if step.Account != actor.Account {
		return record.Errorf(record.Invalid, op, "this passkey was begun by somebody else; begin again")
	}
	if err := readAnswer(op, answer); err != nil {
		return err
	}
	h, err := d.holder(ctx, actor.Account)
	if err != nil {
		return record.Wrap(op, err)
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes(answer)
	if err != nil {
		return refusedPasskey(op, err)
	}
	credential, err := rp.CreateCredential(h, session, parsed)
	if err != nil {
		return refusedPasskey(op, err)
	}
	credential.Attestation = webauthn.CredentialAttestation{} // none was asked for; what came is nobody's business
	body, err := json.Marshal(credential)
	if err != nil {
		return record.Wrap(op, err)
	}
	p := &record.Passkey{ID: record.PasskeyID(record.NewOrderedID()), Account: actor.Account, Name: name, CredentialID: credential.ID, Body: body, CreatedAt: d.now()}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		err := tx.AddPasskey(ctx, p)
		if record.KindOf(err) == record.Conflict {
			return coded("passkey.used", record.Errorf(record.Conflict, op, "this passkey is in use already"))
		}
		if err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, actor.Account, d.now()); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, h.account, "account.passkey_added", "passkey", string(p.ID))
	})
	return record.Wrap(op, err)
}

// refusedPasskey is one answer for every way in which a passkey can be wrong; the log has the cause.
func refusedPasskey(op string, err error) error {
	return &record.Error{Kind: record.Forbidden, Op: op, Code: "passkey.refused", Message: "this passkey cannot be used here; try again, or use another way to sign in", Err: err}
}

// BeginPasskeySignIn asks a stranger's browser for any passkey of this server.
func (d *Desk) BeginPasskeySignIn(ctx context.Context) (options []byte, token string, err error) {
	const op = "account.BeginPasskeySignIn"
	rp, err := d.relyingParty()
	if err != nil {
		return nil, "", err
	}
	assertion, session, err := rp.BeginDiscoverableLogin(webauthn.WithUserVerification(protocol.VerificationRequired))
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	return d.ask(ctx, stepPasskeySignIn, "", assertion, session)
}

// SignInByPasskey checks what a browser's passkey signed. Every failure looks alike.
func (d *Desk) SignInByPasskey(ctx context.Context, token string, answer []byte) (*record.Account, error) {
	const op = "account.SignInByPasskey"
	rp, err := d.relyingParty()
	if err != nil {
		return nil, err
	}
	var session webauthn.SessionData
	if _, err := d.take(ctx, stepPasskeySignIn, token, &session); err != nil {
		return nil, err
	}
	if err := readAnswer(op, answer); err != nil {
		return nil, err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes(answer)
	if err != nil {
		return nil, refusedPasskey(op, err)
	}
	var h *holder
	_, credential, err := rp.ValidatePasskeyLogin(func(_, handle []byte) (webauthn.User, error) {
		var err error
		h, err = d.holder(ctx, record.AccountID(handle))
		return h, err
	}, session, parsed)
	if err != nil {
		return nil, refusedPasskey(op, err)
	}
	if h.account.Disabled {
		return nil, refusedPasskey(op, nil)
	}
	return d.usePasskey(ctx, h, credential)
}

// usePasskey notes the use. A counter that did not go on tells a copy of the key (step 22 of the ceremony, "signCount"):
// the passkey is refused for ever, and its owner finds it in the audit.
func (d *Desk) usePasskey(ctx context.Context, h *holder, credential *webauthn.Credential) (*record.Account, error) {
	const op = "account.SignInByPasskey"
	copied := credential.Authenticator.CloneWarning
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		for _, p := range h.passkeys {
			if string(p.CredentialID) != string(credential.ID) {
				continue
			}
			changed := *p
			changed.UsedAt = d.now()
			var err error
			if changed.Body, err = json.Marshal(credential); err != nil {
				return err
			}
			if err := tx.UsePasskey(ctx, &changed, p.Body); err != nil {
				return err
			}
			if copied {
				return d.event(ctx, tx, record.Actor{}, h.account, "account.passkey_copied", "passkey", string(p.ID))
			}
			return d.event(ctx, tx, h.account.Actor(), h.account, "account.signed_in", "by", "passkey")
		}
		return record.Errorf(record.NotFound, op, "this passkey was removed")
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if copied {
		return nil, refusedPasskey(op, nil)
	}
	return h.account, nil
}

// RemovePasskey takes one of the actor's own passkeys away and ends every other session. The last way in stays: without a
// password, another passkey or a campus sign-in the person would be locked out.
func (d *Desk) RemovePasskey(ctx context.Context, actor record.Actor, id record.PasskeyID) error {
	const op = "account.RemovePasskey"
	if actor.Account == "" {
		return record.Errorf(record.NotFound, op, "sign in first")
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Account(ctx, actor.Account)
		if err != nil {
			return err
		}
		all, err := tx.Passkeys(ctx, a.ID)
		if err != nil {
			return err
		}
		campus, err := tx.CountCampusSubjects(ctx, a.ID)
		if err != nil {
			return err
		}
		if len(all) == 1 && all[0].ID == id && a.PasswordHash == "" && campus == 0 {
			return coded("passkey.last", record.Errorf(record.Conflict, op, "this is the only way in to your account; add another passkey or set a password first"))
		}
		err = tx.DropPasskey(ctx, a.ID, id)
		if record.KindOf(err) == record.Conflict {
			return record.Errorf(record.NotFound, op, "you have no such passkey")
		}
		if err != nil {
			return err
		}
		if err := tx.EndSessions(ctx, a.ID, d.now()); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, a, "account.passkey_removed", "passkey", string(id))
	})
	return record.Wrap(op, err)
}

// Email is the address of the actor's own account.
func (d *Desk) Email(ctx context.Context, actor record.Actor) (string, error) {
	const op = "account.Email"
	h, err := d.holder(ctx, actor.Account)
	if err != nil {
		return "", record.Wrap(op, err)
	}
	return h.account.Email, nil
}
