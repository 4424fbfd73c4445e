package registrar

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// A copy for a wallet is a new credential: it says the same of the same person, names the wallet's key as its subject,
// and has an id of its own, because a credential with the same issuer and id would supersede the first (Open Badges 3.0
// and CLR 2.0, credential equality). It carries the same credentialStatus as what it copies, so that whatever is revoked,
// suspended or corrected in the record is so in every wallet, with nothing to remember.

// SignWalletCopy signs a copy of a credential in force for the DID of a wallet's key. The institution's policy must
// allow it; the learner's desk asks for it, as the program itself.
func (d *Desk) SignWalletCopy(ctx context.Context, actor record.Actor, pathID, holder string, token bool) ([]byte, error) {
	const op = "registrar.SignWalletCopy"
	var c *record.Credential
	var i *record.Institution
	var pen *penhold
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if c, i, err = d.copyable(ctx, tx, actor, pathID); err != nil {
			return err
		}
		pen, _, err = d.penInForce(ctx, tx, i)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if pen.key.Suite, err = copySuite(pen, token); err != nil {
		return nil, err
	}
	note := &record.WalletCopy{ID: "urn:uuid:" + record.NewID(), Institution: i.ID, Learner: c.Learner, Credential: c.ID, Suite: pen.key.Suite, CreatedAt: d.now()}
	unsigned, err := rewrite(verify.Verify(ctx, c.Bytes, nil).Credential, note.ID, holder)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	b, err := pen.secure(ctx, unsigned, d.now())
	if err != nil {
		return nil, record.Wrap(op, explain(err, "a copy of “"+c.Name+"” for a wallet"))
	}
	note.SHA256 = record.Sum(b)
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		now, _, err := d.copyable(ctx, tx, actor, pathID)
		if err != nil {
			return err
		}
		if now.ID != c.ID {
			return record.Errorf(record.Conflict, op, "the credential was corrected while its copy was signed; ask again")
		}
		if err := tx.AddWalletCopy(ctx, note); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, i, "wallet.copy-signed", "credential/"+string(c.ID), c.Learner, map[string]string{"suite": note.Suite, "sha256": note.SHA256})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return b, nil
}

// copyable reads a credential in force whose institution signs copies.
func (d *Desk) copyable(ctx context.Context, tx *store.Tx, actor record.Actor, pathID string) (*record.Credential, *record.Institution, error) {
	const op = "registrar.SignWalletCopy"
	c, err := tx.CurrentCredential(ctx, pathID)
	if err != nil {
		return nil, nil, err
	}
	if err := actor.Require(op, c.Institution, record.RoleRegistrar); err != nil {
		return nil, nil, err
	}
	i, err := tx.Institution(ctx, c.Institution)
	if err != nil {
		return nil, nil, err
	}
	if !i.Policy.WalletCopies {
		return nil, nil, record.Errorf(record.Forbidden, op, "this institution does not sign copies for wallets; take the credential as it was issued")
	}
	return c, i, nil
}

// copySuite is the key's own suite for JSON, and its algorithm for a token.
func copySuite(pen *penhold, token bool) (string, error) {
	isToken := strings.HasPrefix(pen.key.Suite, "jwt:")
	if token == isToken {
		return pen.key.Suite, nil
	}
	if !token {
		return "", nil // issue chooses by the key
	}
	switch pub := pen.key.Signer.Public().(type) {
	case ed25519.PublicKey:
		return "jwt:EdDSA", nil
	case *rsa.PublicKey:
		return "jwt:RS256", nil
	case *ecdsa.PublicKey:
		return "jwt:ES" + formatInt(int64(pub.Params().BitSize)), nil
	}
	return "", record.Errorf(record.Unavailable, "registrar.SignWalletCopy", "the signing key cannot sign a token; use another key")
}

// claimsOfToken are what the Open Badges form of a token appends to a credential.
var claimsOfToken = map[string]bool{"iss": true, "sub": true, "jti": true, "nbf": true, "exp": true, "iat": true}

// rewrite gives an unsigned credential another id and another subject. Every other member stays byte for byte.
func rewrite(credential []byte, id, subject string) ([]byte, error) {
	doc, err := ijson.Parse(credential, nil)
	if err != nil {
		return nil, err
	}
	out := []byte{'{'}
	member := func(out []byte, name string, value []byte) []byte {
		if len(out) > 1 && out[len(out)-1] != '{' {
			out = append(out, ',')
		}
		return append(append(ijson.AppendQuoted(out, name), ':'), value...)
	}
	for name, v := range doc.Root().Members() {
		switch {
		case name == "proof" || name == "refreshService" || claimsOfToken[name]: // what is refreshed has another id than the copy
		case name == "id":
			out = member(out, name, ijson.AppendQuoted(nil, id))
		case name == "credentialSubject" && v.Kind() == ijson.Object:
			out = append(member(out, name, nil), '{')
			out = member(out, "id", ijson.AppendQuoted(nil, subject))
			for inner, w := range v.Members() {
				if inner != "id" {
					out = member(out, inner, w.Raw())
				}
			}
			out = append(out, '}')
		default:
			out = member(out, name, v.Raw())
		}
	}
	return append(out, '}'), nil
}
