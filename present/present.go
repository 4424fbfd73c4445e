// Package present implements the holder's act of the VC Data Model 2.0 (4.13, Verifiable Presentations): it chooses
// credentials from a record, discloses parts of them, and wraps them in a presentation made for one verifier and one
// occasion; and it reads such a presentation on the other side.
//
// The rules of the act:
//
//   - What is presented is the credential byte for byte, or what its issuer made separately disclosable; the holder
//     changes nothing.
//   - A presentation that is signed names its occasion: a challenge, and the verifier it is for. Without both it could
//     be shown again by whoever saw it.
//   - Signing shows that somebody holds a key now. Only a credential whose subject is that key's owner says that it is
//     about the one who presents ([Binding]).
package present

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/vc"
)

// MaxCredentials bounds the credentials of one presentation: a whole record, item by item.
const MaxCredentials = 1000

// ErrNotThere is wrapped by errors about a credential that was chosen and is not in the record.
var ErrNotThere = errors.New("present: the record has no such credential")

// Item is a credential inside a record.
type Item struct {
	ID, Name string
	Kind     vc.Kind
	Bytes    []byte // exactly as it stands in the record; a token where the record holds a token
}

// Items lists the credentials that a record (CLR 2.0, ClrSubject.verifiableCredential) or a presentation carries.
func Items(record []byte) ([]Item, error) {
	d, err := vc.Parse(record)
	if err != nil {
		return nil, fmt.Errorf("present: %w", err)
	}
	var out []Item
	for _, n := range d.Credentials() {
		out = append(out, itemOf(n.Value))
	}
	return out, nil
}

func itemOf(v ijson.Value) Item {
	if v.IsString() {
		return Item{Bytes: []byte(v.Text())}
	}
	d := vc.FromValue(v)
	i := Item{ID: d.ID, Name: d.Name, Kind: d.Kind, Bytes: v.Raw()}
	if _, token, ok := d.EnvelopedToken(); ok && d.Kind == vc.KindEnvelopedCredential {
		i.Bytes = []byte(token)
	}
	return i
}

// Choose takes credentials out of a record by their ids, in the order asked for. A record vouches for what is inside it;
// what is taken out stands on its own seal alone.
func Choose(record []byte, ids ...string) ([][]byte, error) {
	items, err := Items(record)
	if err != nil {
		return nil, err
	}
	var out [][]byte
	for _, id := range ids {
		n := slices.IndexFunc(items, func(i Item) bool { return i.ID == id && id != "" })
		if n < 0 {
			return nil, fmt.Errorf("%w: %q", ErrNotThere, id)
		}
		out = append(out, items[n].Bytes)
	}
	return out, nil
}

// Disclose makes of a credential with an ecdsa-sd-2023 base proof one that shows what the issuer made mandatory and what
// the JSON pointers name. Credentials sealed otherwise can only be shown whole: the error says so.
func Disclose(credential []byte, pointers ...string) ([]byte, error) {
	return dataintegrity.Derive(credential, pointers)
}

// Key is what a holder presents with.
type Key struct {
	Signer             crypto.Signer
	Holder             string // the DID whose key it is
	VerificationMethod string // DID URL of the key
}

// Occasion is what a presentation is made for.
type Occasion struct {
	Challenge string // the verifier's nonce
	Domain    string // the verifier: the audience of a token
	Token     bool   // a JWT instead of JSON with a Data Integrity proof
	Created   time.Time
	Lifetime  time.Duration // of a token; zero: five minutes
}

const defaultLifetime = 5 * time.Minute

// Present wraps credentials in a presentation that is signed for one occasion.
func Present(credentials [][]byte, k Key, o Occasion) ([]byte, error) {
	if k.Signer == nil || k.Holder == "" || k.VerificationMethod == "" {
		return nil, errors.New("present: a signed presentation needs the holder's key, its DID and the DID URL of the key")
	}
	if o.Challenge == "" || o.Domain == "" {
		return nil, errors.New("present: a presentation is signed for one occasion; give the verifier's challenge and domain")
	}
	if o.Created.IsZero() {
		o.Created = time.Now()
	}
	if o.Token {
		return token(credentials, k, o)
	}
	unsigned, err := Wrap(credentials, k.Holder)
	if err != nil {
		return nil, err
	}
	suite := "ecdsa-rdfc-2019"
	if jose.AlgorithmFor(k.Signer.Public()) == "EdDSA" {
		suite = "eddsa-rdfc-2022"
	}
	return dataintegrity.Sign(unsigned, &dataintegrity.SignOptions{Suite: suite, Signer: k.Signer, VerificationMethod: k.VerificationMethod,
		Created: o.Created, Purpose: "authentication", Challenge: o.Challenge, Domain: o.Domain})
}

// Wrap puts credentials into an unsigned presentation (VC 2.0, 4.13). A token becomes an EnvelopedVerifiableCredential.
func Wrap(credentials [][]byte, holder string) ([]byte, error) {
	if err := count(credentials); err != nil {
		return nil, err
	}
	out := []byte(`{"@context":[`)
	out = ijson.AppendQuoted(out, vc.ContextV2)
	out = append(out, `],"type":["VerifiablePresentation"]`...)
	if holder != "" {
		out = ijson.AppendQuoted(append(out, `,"holder":`...), holder)
	}
	out = append(out, `,"verifiableCredential":[`...)
	for n, c := range credentials {
		if n > 0 {
			out = append(out, ',')
		}
		c = bytes.TrimSpace(c)
		if isObject(c) {
			out = append(out, c...)
			continue
		}
		out = append(out, `{"@context":`...)
		out = ijson.AppendQuoted(out, vc.ContextV2)
		out = append(out, `,"type":"EnvelopedVerifiableCredential","id":`...)
		out = ijson.AppendQuoted(out, "data:application/vc+jwt,"+string(c))
		out = append(out, '}')
	}
	return append(out, `]}`...), nil
}

// token makes a presentation as wallets of OpenID4VP send it for jwt_vc_json: the claim vp of the VC Data Model 1.1
// around tokens, with the nonce and the audience as claims.
func token(credentials [][]byte, k Key, o Occasion) ([]byte, error) {
	if err := count(credentials); err != nil {
		return nil, err
	}
	inside := make([]any, len(credentials))
	for n, c := range credentials {
		c = bytes.TrimSpace(c)
		inside[n] = string(c)
		if isObject(c) {
			inside[n] = exact(c)
		}
	}
	if o.Lifetime <= 0 {
		o.Lifetime = defaultLifetime
	}
	payload, err := ijson.Marshal(map[string]any{
		"iss": k.Holder, "aud": o.Domain, "nonce": o.Challenge, "iat": o.Created.Unix(), "nbf": o.Created.Unix(), "exp": o.Created.Add(o.Lifetime).Unix(),
		"vp": map[string]any{"@context": []string{vc.ContextV1}, "type": []string{"VerifiablePresentation"}, "holder": k.Holder, "verifiableCredential": inside},
	})
	if err != nil {
		return nil, err
	}
	return jose.Sign(k.Signer, jose.AlgorithmFor(k.Signer.Public()), map[string]any{"typ": "JWT", "kid": k.VerificationMethod}, payload)
}

// exact is JSON that is written as it is.
type exact []byte

func (e exact) MarshalJSON() ([]byte, error) { return e, nil }

func count(credentials [][]byte) error {
	if len(credentials) == 0 || len(credentials) > MaxCredentials {
		return fmt.Errorf("present: a presentation carries 1 to %d credentials, not %d", MaxCredentials, len(credentials))
	}
	return nil
}

func isObject(b []byte) bool { return len(b) > 0 && b[0] == '{' }
