package account

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Kinds of steps. An answer to a step of one kind answers no other.
const (
	stepPasskeyAdd    = "passkey.add"
	stepPasskeySignIn = "passkey.sign-in"
	stepOIDC          = "oidc"
	stepSAML          = "saml"
	stepSAMLDone      = "saml.done"
)

// StepLife is how long a browser has to answer a step: time to find a device or to sign in elsewhere.
const StepLife = 10 * time.Minute

// begin writes a step down and returns the secret by which one browser answers it.
func (d *Desk) begin(ctx context.Context, kind string, account record.AccountID, data any) (string, error) {
	token := rand.Text()
	return token, d.beginAs(ctx, record.Sum([]byte(token)), kind, account, data)
}

// beginAs is begin for a secret that its browser has already.
func (d *Desk) beginAs(ctx context.Context, hash, kind string, account record.AccountID, data any) error {
	const op = "account.begin"
	b, err := json.Marshal(data)
	if err != nil {
		return record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.AddSignInStep(ctx, hash, &record.SignInStep{Kind: kind, Account: account, Data: b}, d.now().Add(StepLife))
	})
	return record.Wrap(op, err)
}

// take uses a step up, before anybody looks at the answer: a wrong answer ends it as a right one does.
func (d *Desk) take(ctx context.Context, kind, token string, data any) (*record.SignInStep, error) {
	const op = "account.take"
	gone := coded("step.gone", record.Errorf(record.Invalid, op, "this sign-in was answered already, or it took too long, or it was begun in another browser; begin again"))
	if token == "" || len(token) > maxPassword {
		return nil, gone
	}
	var step *record.SignInStep
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		step, err = tx.TakeSignInStep(ctx, record.Sum([]byte(token)), kind, d.now())
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil, gone
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return step, record.Wrap(op, ijson.Unmarshal(step.Data, data))
}
