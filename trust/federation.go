package trust

import (
	"crypto"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/verify"
)

// The typ of an entity statement and of a trust mark (OpenID Federation 1.0, 3.1 and 7.1).
const (
	statementType = "entity-statement+jwt"
	markType      = "trust-mark+jwt"
)

// An anchor is a trust anchor of an OpenID Federation, and the keys under which the operator knows it.
type anchor struct {
	id   string
	keys *did.Document
}

// parseFederation reads a list whose entries are entity statements of a trust anchor about issuers, each a signed token.
// What vouches for them is the anchor's key set, which the operator wrote into the list.
func parseFederation(v ijson.Value) (*List, error) {
	f := v.Get("federation")
	l := &List{Name: v.Get("name").Text(), URL: v.Get("url").Text(), byID: map[string]Issuer{}}
	a := anchor{id: f.Get("anchor").Text()}
	switch {
	case l.Name == "":
		return nil, errors.New(`trust: the list has no "name"; readers are told which list knows the issuer`)
	case a.id == "":
		return nil, errors.New(`trust: /federation has no "anchor", the id of the trust anchor`)
	case f.Get("statements").Kind() != ijson.Array:
		return nil, errors.New(`trust: /federation has no "statements", a list of entity statements as tokens`)
	}
	var err error
	if a.keys, err = did.ParseDocument(f.Get("jwks").Raw()); err != nil || a.keys.Form != did.KeySet {
		return nil, errors.New(`trust: /federation/jwks is no key set of the trust anchor; write {"keys": [...]}`)
	}
	for i, s := range f.Get("statements").Each() {
		issuer, err := a.statement(s.Text())
		if err != nil {
			return nil, fmt.Errorf("trust: /federation/statements/%d: %w", i, err)
		}
		if _, twice := l.byID[issuer.ID]; twice {
			return nil, fmt.Errorf("trust: /federation/statements/%d is about %s again; keep one", i, issuer.ID)
		}
		l.byID[issuer.ID] = issuer
	}
	for i, m := range f.Get("marks").Each() {
		of, mark, err := a.mark(m.Text())
		if err != nil {
			return nil, fmt.Errorf("trust: /federation/marks/%d: %w", i, err)
		}
		issuer, ok := l.byID[of]
		if !ok {
			return nil, fmt.Errorf("trust: /federation/marks/%d is about %s, of which there is no statement", i, of)
		}
		issuer.Marks = append(issuer.Marks, mark)
		l.byID[of] = issuer
	}
	return l, nil
}

// statement checks one entity statement: typ, algorithm, the anchor's signature, issuer, subject and times. Whether it
// has run out is asked when it is used, because a list may stay loaded for months.
func (a *anchor) statement(token string) (Issuer, error) {
	v, err := a.open(token, statementType)
	if err != nil {
		return Issuer{}, err
	}
	issued, okIssued := v.Get("iat").Int()
	expires, okExpires := v.Get("exp").Int()
	switch {
	case v.Get("sub").Text() == "" || v.Get("sub").Text() == a.id:
		return Issuer{}, errors.New("it is about nobody else than the trust anchor (sub)")
	case !okIssued || !okExpires || expires <= issued:
		return Issuer{}, errors.New("it does not say from when to when it holds (iat, exp)")
	case v.Has("crit"):
		return Issuer{}, errors.New("it has critical members, which are not known here")
	}
	name := v.At("/metadata/federation_entity/organization_name").Text()
	return Issuer{ID: v.Get("sub").Text(), Name: name, URL: v.At("/metadata/federation_entity/homepage_uri").Text(),
		Stated: time.Unix(issued, 0).UTC(), Until: time.Unix(expires, 0).UTC()}, nil
}

// open checks a token of the anchor's: typ, algorithm, signature and iss.
func (a *anchor) open(token, typ string) (ijson.Value, error) {
	jws, err := jose.Parse([]byte(token))
	if err != nil {
		return ijson.Value{}, err
	}
	if t := jws.Header.Get("typ").Text(); t != typ {
		return ijson.Value{}, fmt.Errorf("the token's typ is %q, not %s", t, typ)
	}
	pub, algorithm, err := a.key(jws.KeyID)
	if err != nil {
		return ijson.Value{}, err
	}
	if err := jose.Verify(jws, pub, &jose.Policy{KeyAlgorithm: algorithm}); err != nil {
		return ijson.Value{}, err
	}
	doc, err := ijson.Parse(jws.Payload, nil)
	if err != nil {
		return ijson.Value{}, err
	}
	if by := doc.Root().Get("iss").Text(); by != a.id {
		return ijson.Value{}, fmt.Errorf("it is by %q, not by the trust anchor %s", by, a.id)
	}
	return doc.Root(), nil
}

// mark checks one trust mark and says whom it is about. One without exp has no end (OpenID Federation 1.0, 7.1).
func (a *anchor) mark(token string) (of string, m verify.Mark, err error) {
	v, err := a.open(token, markType)
	if err != nil {
		return "", m, err
	}
	m.Type = v.Get("trust_mark_type").Text()
	if m.Type == "" {
		return "", m, errors.New("it does not say which mark it is (trust_mark_type)")
	}
	if v.Has("exp") {
		ends, ok := v.Get("exp").Int()
		if !ok {
			return "", m, errors.New("its end (exp) is no time")
		}
		m.Until = time.Unix(ends, 0).UTC()
	}
	return v.Get("sub").Text(), m, nil
}

// key finds the anchor's key by its kid, which every statement names (OpenID Federation 1.0, 3.1).
func (a *anchor) key(kid string) (crypto.PublicKey, string, error) {
	i := slices.IndexFunc(a.keys.Methods, func(m did.Method) bool { return m.KeyID == kid && kid != "" })
	if i < 0 {
		return nil, "", fmt.Errorf("the trust anchor's key set has no key %q", kid)
	}
	m := &a.keys.Methods[i]
	if m.Key == nil {
		return nil, "", fmt.Errorf("the trust anchor's key %q is of no supported kind", kid)
	}
	if err := key.Check(m.Key); err != nil {
		return nil, "", err
	}
	return m.Key, m.Algorithm, nil
}
