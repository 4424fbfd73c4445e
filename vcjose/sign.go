package vcjose

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/vc"
)

// SignOptions says how to sign; nil and zero mean the form of Open Badges with the key's own algorithm.
type SignOptions struct {
	Algorithm string // "": jose.AlgorithmFor
	// KeyID is the header's kid: a URL or DID URL at which the public key can be found. OB 3.0 demands it unless the
	// key itself is in the header, which Laurel never writes: such a token proves nothing.
	KeyID string
	// Form is VCJWT ("") or JOSE.
	Form Form
}

// Sign makes a token of an unsigned credential of the VC Data Model 2.0. In the form of Open Badges the payload is the
// credential's own bytes with the claims iss, sub, jti, nbf and exp appended; in that of VC-JOSE-COSE it is the bytes
// alone.
func Sign(credential []byte, signer crypto.Signer, opts *SignOptions) ([]byte, error) {
	if opts == nil {
		opts = &SignOptions{}
	}
	alg := opts.Algorithm
	if alg == "" {
		alg = jose.AlgorithmFor(signer.Public())
	}
	if opts.KeyID == "" {
		return nil, errors.New("vcjose: a key id (kid) is needed: the URL or DID URL of the issuer's public key")
	}
	doc, err := ijson.Parse(credential, &ijson.Options{MaxBytes: maxPayload})
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	if first := root.Get("@context"); first.Index(0).Text() != vc.ContextV2 && first.Text() != vc.ContextV2 {
		return nil, fmt.Errorf("vcjose: /@context: only credentials of the VC Data Model 2.0 are signed; the first context must be %s", vc.ContextV2)
	}
	header := map[string]any{"kid": opts.KeyID}
	switch opts.Form {
	case "", VCJWT:
		header["typ"] = "JWT" // OB 3.0: "typ … MUST be JWT"
		if credential, err = withClaims(root); err != nil {
			return nil, err
		}
	case JOSE:
		header["typ"], header["cty"] = "vc+jwt", "vc"
	default:
		return nil, fmt.Errorf("vcjose: tokens of the form %s are read, not written", opts.Form)
	}
	return jose.Sign(signer, alg, header, credential)
}

// withClaims appends the registered claims that OB 3.0 demands to the credential's members.
func withClaims(root ijson.Value) ([]byte, error) {
	for _, name := range [...]string{"iss", "sub", "jti", "nbf", "exp", "iat", "aud", "vc", "vp"} {
		if root.Has(name) {
			return nil, fmt.Errorf("vcjose: /%s: the credential has a member of that name, which is a claim of the token", name)
		}
	}
	subject, single := onlySubject(root.Get("credentialSubject"))
	if !single || subject == "" {
		return nil, errors.New("vcjose: /credentialSubject/id: a token needs one subject with an id; give it a urn:uuid: when the learner has none")
	}
	out := bytes.TrimRight(root.Raw(), " \t\r\n")
	out = append(bytes.Clone(out[:len(out)-1]), ',')
	for _, claim := range [...]struct{ name, member, text string }{
		{"iss", "/issuer/id", textOrID(root.Get("issuer"))},
		{"sub", "/credentialSubject/id", subject},
		{"jti", "/id", root.Get("id").Text()},
	} {
		if claim.text == "" {
			return nil, fmt.Errorf("vcjose: %s: a token needs it for its claim %s", claim.member, claim.name)
		}
		out = append(ijson.AppendQuoted(out, claim.name), ':')
		out = append(ijson.AppendQuoted(out, claim.text), ',')
	}
	nbf, err := wholeSeconds(root, "validFrom")
	if err != nil {
		return nil, err
	}
	out = strconv.AppendInt(append(out, `"nbf":`...), nbf.Unix(), 10)
	if root.Has("validUntil") {
		exp, err := wholeSeconds(root, "validUntil")
		if err != nil {
			return nil, err
		}
		out = strconv.AppendInt(append(out, `,"exp":`...), exp.Unix(), 10)
	}
	return append(out, '}'), nil
}

// wholeSeconds refuses a date that a NumericDate cannot repeat.
func wholeSeconds(root ijson.Value, member string) (time.Time, error) {
	at, err := vc.ParseTime(root.Get(member).Text())
	if err != nil {
		return at, fmt.Errorf("vcjose: /%s: %w", member, err)
	}
	if at.Nanosecond() != 0 {
		return at, fmt.Errorf("vcjose: /%s: a token carries whole seconds; leave the fraction out", member)
	}
	return at, nil
}
