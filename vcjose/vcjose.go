// Package vcjose implements credentials as JSON Web Tokens: the VC-JWT proof format of Open Badges 3.0 ("Proofs",
// JSON Web Token Proof Format), Securing Verifiable Credentials using JOSE and COSE (VC-JOSE-COSE 1.0) with its SD-JWT
// and COSE_Sign1 forms, and the vc claim of the VC Data Model 1.1.
//
// Parse says what a token carries and in what its claims disagree with it; the signature is for jose.Verify, and whose
// the key is for did.Resolver.Bind.
package vcjose

import (
	"bytes"
	"crypto"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

// Form is the way in which a token carries its credential.
type Form string

// The forms.
const (
	VCJWT Form = "ob-vc-jwt"    // OB 3.0: the payload is the credential, with registered claims that repeat it
	JOSE  Form = "vc-jose-cose" // the payload is the credential, claims are optional (typ vc+jwt)
	VC11  Form = "vc-1.1"       // the credential is the claim vc
	COSE  Form = "cose"         // the payload of a COSE_Sign1 is the credential (VC-JOSE-COSE 3.3)
	SDJWT Form = "sd-jwt"       // any of these with disclosures appended (VC-JOSE-COSE 3.2, RFC 9901)
)

// Severity says what a problem means for the verdict.
type Severity uint8

// The severities.
const (
	Warning Severity = iota + 1 // accept and say why
	Invalid                     // the credential is invalid
)

// The codes of problems.
const (
	TypeHeader         = "typ"              // typ or cty is not that of a credential
	HeaderMember       = "header-member"    // a header member that OB 3.0 does not allow
	KeyHeader          = "jwk"              // the header's jwk is malformed, private or weak
	ClaimType          = "claim-type"       // a registered claim of another JSON type
	IssuerMissing      = "iss-missing"      // the token does not name its issuer
	IssuerMismatch     = "iss-mismatch"     // iss is not the credential's issuer
	SubjectMissing     = "sub-missing"      // OB 3.0 demands sub; tokens in the field leave it out
	SubjectMismatch    = "sub-mismatch"     // sub is not the credential's subject
	IDMissing          = "jti-missing"      // the token does not repeat the credential's id
	IDMismatch         = "jti-mismatch"     // jti is not the credential's id
	NotBeforeMissing   = "nbf-missing"      // the token does not repeat validFrom
	NotBeforeMismatch  = "nbf-mismatch"     // nbf is not validFrom
	ExpiresMissing     = "exp-missing"      // the credential has an end that the token does not repeat
	ExpiresMismatch    = "exp-mismatch"     // exp is not validUntil
	ModelMismatch      = "model-mismatch"   // the claim vc around a VC 2.0 credential, or a VC 1.1 one without it
	TwoCredentials     = "two-credentials"  // the claim vc beside members of a credential
	KeyBindingPresent  = "sd-key-binding"   // a key binding token, which is for presentations and was not checked
	DisclosureUnsealed = "sd-missing-tilde" // the last disclosure is not closed by a tilde
)

// Problem is a disagreement between a token and the credential in it, or a rule of the format that the token breaks.
type Problem struct {
	Severity Severity
	Code     string
	Pointer  string // into the payload; problems of the header have "#/" and the member's name
	Message  string
}

// Credential is what a token carries. Nothing in it is to be believed before jose.Verify has accepted JWS.
type Credential struct {
	// JWS is the signed token. For a COSE_Sign1 it is the message in the terms of JOSE: the same algorithm and key by their
	// names there, the Sig_structure as what is signed, and no header.
	JWS  *jose.JWS
	Form Form
	// Value is the credential: the payload or its claim vc, exactly as it stands in the token, unless Supplied says more.
	Value ijson.Value
	// Supplied are the pointers of members that Value has from the registered claims, because the credential left them
	// out (VC Data Model 1.1, 6.3.1, JWT decoding).
	Supplied []string
	// Presentation is set when the token carries a presentation.
	Presentation bool
	// Issuer, Subject and ID are the claims iss, sub and jti; "" when absent.
	Issuer, Subject, ID string
	// NotBefore and Expires are the claims nbf and exp; zero when absent. A token is not good before the one or after
	// the other, whatever the credential says.
	NotBefore, Expires time.Time
	// Disclosures is the number of disclosed claims of an SD-JWT.
	Disclosures int
	// Problems are the rules that the token breaks, besides the signature.
	Problems []Problem

	header      crypto.PublicKey
	hasVC, isVP bool
}

// Bytes returns the credential's JSON.
func (c *Credential) Bytes() []byte { return c.Value.Raw() }

// HeaderKey returns the public key that the header's jwk holds, nil without one. It can show that a token is intact,
// never who issued it.
func (c *Credential) HeaderKey() crypto.PublicKey { return c.header }

// ErrNotCredential is returned for a well-formed token that is none of a credential or presentation, such as an access
// token. ErrIDToken and ErrSDJWTVC say more and are also it.
var ErrNotCredential = errors.New("vcjose: the token carries no W3C verifiable credential or presentation")

// Tokens of neighbouring standards that people take for credentials.
var (
	ErrIDToken = fmt.Errorf("%w; it is a token for signing in, such as an ID token of OpenID Connect", ErrNotCredential)
	ErrSDJWTVC = fmt.Errorf("%w; it is an SD-JWT VC of the IETF, which is another data model", ErrNotCredential)
)

// notCredential names a token by its claims: vct is what every SD-JWT VC has (draft-ietf-oauth-sd-jwt-vc, 2.2.2.1), and an
// ID token has these five (OpenID Connect Core 1.0, 2), as many a token for access has.
func notCredential(payload ijson.Value, typ string) error {
	if payload.Get("vct").IsString() {
		return ErrSDJWTVC
	}
	for _, claim := range [...]string{"iss", "sub", "aud", "exp", "iat"} {
		if !payload.Has(claim) {
			return ErrNotCredential
		}
	}
	if typ != "" && typ != "jwt" {
		return ErrNotCredential
	}
	return ErrIDToken
}

// maxPayload bounds the JSON that a token may carry.
const maxPayload = jose.MaxToken

// Parse takes a token apart: a compact JWS, an SD-JWT with its disclosures, or a COSE_Sign1 as bytes or in base64. White
// space around text is ignored, as files have it. It compares the registered claims with the credential and reports what is wrong in Problems; the error
// is for what cannot be read at all.
func Parse(token []byte) (*Credential, error) {
	if IsCOSE(token) {
		return parseCOSE(token)
	}
	token = bytes.TrimSpace(token)
	signed, disclosures, selective := bytes.Cut(token, []byte{'~'})
	jws, err := jose.Parse(signed)
	if err != nil {
		return nil, err
	}
	c := &Credential{JWS: jws}
	payload, err := ijson.Parse(jws.Payload, &ijson.Options{MaxBytes: maxPayload})
	if err != nil {
		return nil, fmt.Errorf("vcjose: the payload is not the JSON of a credential: %w", err)
	}
	root := payload.Root()
	if selective {
		if root, err = c.disclose(root, disclosures); err != nil {
			return nil, err
		}
	}
	if err := c.choose(root); err != nil {
		return nil, err
	}
	c.checkHeader()
	c.readClaims(root)
	c.compare(root)
	return c, nil
}

// choose finds the credential in the payload.
func (c *Credential) choose(root ijson.Value) error {
	sd := c.Form == SDJWT
	c.Value, c.Form = root, VCJWT
	for _, claim := range [...]string{"vc", "vp"} {
		if v := root.Get(claim); v.Kind() == ijson.Object {
			c.Value, c.Form, c.hasVC = v, VC11, true
			c.isVP = claim == "vp"
			if root.Has("@context") || root.Has("credentialSubject") || root.Has("vc") && root.Has("vp") {
				c.problem(Invalid, TwoCredentials, "/"+claim, "the payload holds a credential of its own beside the claim %s; which one is signed for is not clear", claim)
			}
			break
		}
	}
	if !c.Value.Has("@context") || !c.Value.Has("type") {
		return notCredential(root, mediaType(c.JWS.Type))
	}
	if !c.hasVC && strings.HasSuffix(mediaType(c.JWS.Type), "+jwt") {
		c.Form = JOSE
	}
	for _, t := range c.Value.Get("type").Each() {
		c.Presentation = c.Presentation || t.Text() == "VerifiablePresentation"
	}
	c.Presentation = c.Presentation || c.isVP
	if sd {
		c.Form = SDJWT
	}
	return nil
}

func (c *Credential) problem(s Severity, code, pointer, format string, args ...any) {
	c.Problems = append(c.Problems, Problem{s, code, pointer, fmt.Sprintf(format, args...)})
}

// mediaType strips what RFC 7515 section 4.1.9 lets a typ leave out, and folds case.
func mediaType(typ string) string {
	return strings.TrimPrefix(strings.ToLower(typ), "application/")
}

// Media types that a credential or presentation may come under. OB 3.0 allows typ JWT or none; the others are those of
// VC-JOSE-COSE 1.0 and its drafts, which are in the field.
var (
	tokenTypes = []string{
		"", "jwt", "vc+jwt", "vp+jwt", "vc+ld+jwt", "vp+ld+jwt", "vc+ld+json+jwt", "vp+ld+json+jwt", "vc-ld+jwt", "vp-ld+jwt",
		"vc+jws", "vp+jws", "jose",
	}
	sdTypes      = []string{"", "jwt", "vc+sd-jwt", "vp+sd-jwt", "dc+sd-jwt", "vc+ld+json+sd-jwt", "vp+ld+json+sd-jwt", "sd-jwt"}
	contentTypes = []string{"", "vc", "vp", "vc+ld+json", "vp+ld+json", "vc+json", "json", "ld+json"}
)

// headerMembers are those that OB 3.0 lists; iss and the like in a header are tolerated, and never read.
var headerMembers = []string{"alg", "kid", "jwk", "typ", "cty"}

func (c *Credential) checkHeader() {
	types := tokenTypes
	if c.Form == SDJWT {
		types = sdTypes
	}
	if !slices.Contains(types, mediaType(c.JWS.Type)) {
		c.problem(Invalid, TypeHeader, "#/typ", "the header's typ %q is not that of a credential", clip(c.JWS.Type))
	}
	if cty := c.JWS.Header.Get("cty"); cty.IsValid() && (!cty.IsString() || !slices.Contains(contentTypes, mediaType(cty.Text()))) {
		c.problem(Invalid, TypeHeader, "#/cty", "the header's cty %s is not that of a credential", clip(string(cty.Raw())))
	}
	for name := range c.JWS.Header.Members() {
		if !slices.Contains(headerMembers, name) {
			c.problem(Warning, HeaderMember, "#"+ijson.Pointer(name), "the header member %q is not one that Open Badges allows; it was ignored", clip(name))
		}
	}
	jwk := c.JWS.Header.Get("jwk")
	if !jwk.IsValid() {
		return
	}
	pub, err := key.ParseJWK(jwk)
	if err != nil {
		c.problem(Invalid, KeyHeader, "#/jwk", "the header's jwk cannot be used: %v", err)
		return
	}
	c.header = pub
}

// clip keeps a stranger's text short enough for a message.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return s[:most] + "…"
	}
	return s
}
