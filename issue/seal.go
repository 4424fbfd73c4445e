package issue

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"fmt"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
)

const suiteSelective = "ecdsa-sd-2023"

// seal signs the document with the key's suite.
func seal(unsigned []byte, k Key, o *Options) ([]byte, error) {
	if alg, ok := strings.CutPrefix(o.Suite, jwtPrefix); ok {
		return vcjose.Sign(unsigned, k.Signer, &vcjose.SignOptions{Algorithm: alg, KeyID: k.VerificationMethod})
	}
	opts := &dataintegrity.SignOptions{
		Suite: o.Suite, Signer: k.Signer, VerificationMethod: k.VerificationMethod, Created: o.Created, Documents: o.Documents,
		Record: o.record,
	}
	if o.Suite == suiteSelective {
		opts.Mandatory = mandatory(unsigned, o)
	}
	return dataintegrity.Sign(unsigned, opts)
}

// mandatory are the pointers that every disclosure shows: what a viewer must display (Open Badges 3.0 certification,
// displayer; "with ecdsa-sd-2023 all fields needed for display are disclosed").
func mandatory(unsigned []byte, o *Options) []string {
	if o.Mandatory != nil {
		return o.Mandatory
	}
	doc, err := ijson.Parse(unsigned, nil)
	if err != nil {
		return nil // Lint has refused it already
	}
	var out []string
	for _, p := range []string{"/id", "/type", "/name", "/issuer", "/validFrom", "/validUntil", "/credentialStatus", "/termsOfUse",
		"/credentialSubject/type", "/credentialSubject/achievement"} {
		if doc.Root().At(p).IsValid() {
			out = append(out, p)
		}
	}
	return out
}

// presentable is what a stranger gets to see: the secured bytes, or a derivation of everything when the bytes are a base
// proof, which stays between issuer and holder (Data Integrity ECDSA, 3.5).
func presentable(secured []byte, o *Options) ([]byte, error) {
	if o.Suite != suiteSelective {
		return secured, nil
	}
	doc, err := ijson.Parse(secured, nil)
	if err != nil {
		return nil, err
	}
	var all []string
	for name := range doc.Root().Members() {
		if name != "@context" && name != "proof" {
			all = append(all, ijson.Pointer(name))
		}
	}
	return dataintegrity.DeriveWith(secured, all, o.Documents)
}

// rehearse signs with a throwaway key of the same kind and verifies the result with its public half.
func rehearse(unsigned []byte, k Key, o *Options) error {
	signer, err := throwaway(k.Signer.Public())
	if err != nil {
		return err
	}
	multikey, err := key.Multikey(signer.Public())
	if err != nil { // RSA has none
		multikey = "throwaway"
	}
	trial := Key{Signer: signer, VerificationMethod: "did:key:" + multikey + "#" + multikey, Suite: o.Suite}
	secured, err := seal(unsigned, trial, o)
	if dropped, ok := errors.AsType[*dataintegrity.DroppedError](err); ok {
		var findings findings
		for _, d := range dropped.Dropped {
			findings.add("issue.uncovered", d.Pointer, d.Term)
		}
		return &Refusal{Findings: findings}
	}
	if err != nil {
		return fmt.Errorf("issue: the document cannot be signed: %w", err)
	}
	if o.jwt() {
		return rehearseToken(secured, signer.Public())
	}
	shown, err := presentable(secured, o)
	if err != nil {
		return fmt.Errorf("issue: the signed document cannot be disclosed: %w", err)
	}
	doc, err := ijson.Parse(shown, nil)
	if err != nil {
		return fmt.Errorf("issue: the signed document cannot be read: %w", err)
	}
	proofs := dataintegrity.Proofs(doc.Root())
	if len(proofs) == 0 {
		return fmt.Errorf("issue: the signed document has no proof")
	}
	result, err := dataintegrity.Verify(doc.Root(), proofs[len(proofs)-1], signer.Public(), &dataintegrity.Options{Documents: o.Documents})
	if err != nil {
		return fmt.Errorf("issue: the signed document does not verify: %w", err)
	}
	var findings findings
	for _, at := range result.Uncovered {
		findings.add("issue.uncovered", at, at)
	}
	if len(findings) > 0 {
		return &Refusal{Findings: findings}
	}
	return nil
}

func rehearseToken(token []byte, pub crypto.PublicKey) error {
	parsed, err := vcjose.Parse(token)
	if err != nil {
		return fmt.Errorf("issue: the token cannot be read: %w", err)
	}
	if err := jose.Verify(parsed.JWS, pub, nil); err != nil {
		return fmt.Errorf("issue: the token does not verify: %w", err)
	}
	var findings findings
	for _, p := range parsed.Problems {
		if p.Severity == vcjose.Invalid {
			findings.add("issue.token", p.Pointer, p.Message)
		}
	}
	if len(findings) > 0 {
		return &Refusal{Findings: findings}
	}
	return nil
}

// throwaways are keys that sign nothing that leaves; one of a kind is enough, and RSA keys take a while to make.
var throwaways = map[string]func() (crypto.Signer, error){
	"ed25519": throwawayOf("ed25519"),
	"p256":    throwawayOf("p256"),
	"p384":    throwawayOf("p384"),
	"rsa2048": throwawayOf("rsa2048"),
}

func throwawayOf(alg string) func() (crypto.Signer, error) {
	return sync.OnceValues(func() (crypto.Signer, error) { return key.Generate(alg) })
}

func throwaway(pub crypto.PublicKey) (crypto.Signer, error) {
	alg := ""
	switch pub := pub.(type) {
	case ed25519.PublicKey:
		alg = "ed25519"
	case *ecdsa.PublicKey:
		alg = map[int]string{256: "p256", 384: "p384"}[pub.Curve.Params().BitSize]
	case *rsa.PublicKey:
		alg = "rsa2048"
	}
	if throwaways[alg] == nil {
		return nil, fmt.Errorf("issue: the key is a %T, which no suite signs with; give an Ed25519, P-256, P-384 or RSA key", pub)
	}
	return throwaways[alg]()
}
