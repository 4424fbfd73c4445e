package verify

import (
	"crypto"
	"errors"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
)

// checkToken: the token's signature holds and its claims agree with the credential in it (Open Badges 3.0, VC-JWT;
// VC-JOSE-COSE). Where the key comes from the token itself, this says that the token is intact, not who made it.
func (c *credential) checkToken() {
	c.seal = sealBroken
	bad := c.addTokenProblems()
	k := c.tokenKey()
	if k == nil {
		if !bad && !c.has("proof", Fails) {
			c.seal = sealUnknown
		}
		return
	}
	if !c.keyInTime(k, c.token.notBefore) {
		return
	}
	if err := jose.Verify(c.token.JWS, k.pub, &jose.Policy{KeyAlgorithm: k.algorithm()}); err != nil {
		c.addJOSEError(err)
		return
	}
	if bad {
		return
	}
	c.seal = sealIntact
	c.add("proof.valid", "", c.report.Proof)
	c.keys = append(c.keys, *k)
}

// addTokenProblems tells what the token and its credential disagree about; true when that makes it invalid.
func (c *credential) addTokenProblems() bool {
	bad := false
	for _, p := range c.token.Problems {
		header := strings.HasPrefix(p.Pointer, "#")
		switch {
		case p.Severity == vcjose.Invalid && header:
			c.add("proof.header", p.Pointer, p.Message)
			bad = true
		case p.Severity == vcjose.Invalid && strings.Contains(p.Code, "disclos"):
			c.add("proof.disclosure", p.Pointer, p.Message)
			bad = true
		case p.Severity == vcjose.Invalid:
			c.add("proof.claims", p.Pointer, p.Message)
			bad = true
		case strings.Contains(p.Code, "missing"):
			c.add("proof.claims-missing", p.Pointer, p.Message)
		default:
			c.add("proof.claims-odd", p.Pointer, p.Message)
		}
	}
	return bad
}

// tokenKey finds the key that the header names: kid as a DID URL, an https URL or a plain name in what the issuer
// publishes; or jwk, which shows that the token is intact and nothing else.
func (c *credential) tokenKey() *keyUse {
	kid, jwk, ok := c.token.JWS.KeyID, crypto.PublicKey(nil), true
	if v := c.token.JWS.Header.Get("jwk"); v.IsValid() {
		if jwk, ok = c.headerKey(); !ok {
			return nil
		}
	}
	if kid == "" && jwk != nil {
		return c.checkedKey(&keyUse{pub: jwk, name: c.issuerID(), at: "#/jwk"})
	}
	if kid == "" && !c.maySkipKid() {
		c.add("proof.key-missing", "#/kid")
		return nil
	}
	method, doc, err := c.dids.FindKey(c.ctx, c.issuerID(), kid)
	switch {
	case err == nil && jwk != nil && !key.Equal(method.Key, jwk):
		c.add("proof.header", "#/jwk", "kid and jwk name different keys")
		return nil
	case err == nil:
		return c.checkedKey(&keyUse{pub: method.Key, method: method, doc: doc, name: first(kid, c.issuerID()), at: "#/kid"})
	case jwk != nil && did.CodeOf(err) == did.Unreachable:
		return c.checkedKey(&keyUse{pub: jwk, name: kid, at: "#/kid"})
	case did.CodeOf(err) == did.ControllerMismatch:
		c.add("proof.key-not-asked", "#/kid")
		c.foreign = append(c.foreign, keyUse{name: kid, at: "#/kid"})
		return nil
	}
	c.addKeyError(err, first(kid, c.issuerID()), "#/kid")
	return nil
}

// maySkipKid: Open Badges 3.0 demands kid or jwk; VC-JOSE-COSE does not, and an issuer that is a key names itself.
func (c *credential) maySkipKid() bool {
	issuer := c.issuerID()
	return c.token.Form == vcjose.JOSE || c.token.Form == vcjose.SDJWT || c.token.Form == vcjose.COSE ||
		strings.HasPrefix(issuer, "did:key:") || strings.HasPrefix(issuer, "did:jwk:")
}

func (c *credential) headerKey() (crypto.PublicKey, bool) {
	pub, err := key.ParseJWK(c.token.JWS.Header.Get("jwk"))
	if err == nil {
		return pub, true
	}
	var ke *key.Error
	if errors.As(err, &ke) && ke.Reason == key.Private {
		c.add("proof.header", "#/jwk", "it carries a private key, which everybody now knows")
		return nil, false
	}
	c.addKeyError(err, "jwk", "#/jwk")
	return nil, false
}

// registered are algorithms of the IANA registry that this verifier does not check; a token with one of them is not
// forged for that.
var registered = []string{"RS384", "RS512", "PS384", "PS512", "ES512", "ES256K", "Ed448", "ML-DSA-44", "ML-DSA-65", "ML-DSA-87"}

func (c *credential) addJOSEError(err error) {
	var je *jose.Error
	if !errors.As(err, &je) {
		c.add("proof.signature-mismatch", "")
		return
	}
	switch je.Reason {
	case jose.Algorithm:
		if slices.Contains(registered, c.token.JWS.Algorithm) {
			c.seal = sealUnknown
			c.add("proof.unknown-suite", "#/alg", c.report.Proof)
			return
		}
		c.add("proof.algorithm", "#/alg", je.Msg)
	case jose.KeyMismatch:
		c.add("proof.key-type", "#/alg", je.Msg)
	case jose.Header, jose.Critical, jose.Encrypted:
		c.add("proof.header", "", je.Msg)
	default:
		c.add("proof.signature-mismatch", "")
	}
}
