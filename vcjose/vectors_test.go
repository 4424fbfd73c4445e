package vcjose_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/vcjose"
)

// judge gives a token the verdict that this package and its neighbours can give: form, claims, signature, binding.
func judge(t *testing.T, token []byte, c *vectors.Case) (string, string) {
	t.Helper()
	cred, err := vcjose.Parse(token)
	if err != nil {
		return "invalid", err.Error()
	}
	for _, p := range cred.Problems {
		if p.Severity == vcjose.Invalid {
			return "invalid", p.Code + ": " + p.Message
		}
	}
	r := &did.Resolver{Fetcher: fetch.Never}
	issuer := cred.Value.Get("issuer").Get("id").Text()
	m, d, err := r.FindKey(t.Context(), issuer, cred.JWS.KeyID)
	if did.CodeOf(err) == did.Unreachable {
		return "indeterminate", err.Error()
	}
	if err != nil {
		return "invalid", err.Error()
	}
	if err := jose.Verify(cred.JWS, m.Key, &jose.Policy{KeyAlgorithm: m.Algorithm}); err != nil {
		return "invalid", err.Error()
	}
	if err := r.Bind(t.Context(), did.Claim{Issuer: issuer, Method: m, Document: d, Key: m.Key}); err != nil {
		return "invalid", err.Error()
	}
	if !cred.Expires.IsZero() && cred.Expires.Before(c.At) || cred.NotBefore.After(c.At) {
		return "invalid", "not valid now"
	}
	return "valid", ""
}

func TestJWTVC(t *testing.T) {
	for _, c := range vectors.Open(t, "jwt-vc").Cases {
		got, why := judge(t, vectors.File(t, "jwt-vc/"+c.Filename), c)
		if got != c.Expect {
			t.Errorf("%s: %s (%s), want %s (%s)", c.ID, got, why, c.Expect, c.Reason)
		}
	}
}

// TestJOSE runs the tokens and messages of the VC-JOSE-COSE suite with the key that each case hands over.
func TestJOSE(t *testing.T) {
	ran := 0
	for _, c := range vectors.Open(t, "jose").Cases {
		kind, what, _ := strings.Cut(c.Kind, " ")
		vm, err := ijson.Parse(vectors.File(t, "jose/"+c.Raw.Get("key").Text()), nil)
		if err != nil {
			t.Fatal(err)
		}
		input := vectors.File(t, "jose/"+c.Filename)
		if kind == "issue" {
			if what == "credential_jose" && c.Expect == "valid" {
				ran++
				issueJOSE(t, c, input, vm.Root())
			}
			continue
		}
		ran++
		pub, err := key.ParseJWK(vm.Root().Get("publicKeyJwk"))
		if err != nil {
			t.Fatal(err)
		}
		got, why := "valid", ""
		switch cred, err := vcjose.Parse(input); {
		case err != nil:
			got, why = "invalid", err.Error()
		case jose.Verify(cred.JWS, pub, &jose.Policy{KeyAlgorithm: key.JWKAlgorithm(vm.Root().Get("publicKeyJwk"))}) != nil:
			got, why = "invalid", "signature"
		case slices.ContainsFunc(cred.Problems, func(p vcjose.Problem) bool { return p.Severity == vcjose.Invalid }):
			got, why = "invalid", cred.Problems[0].Message
		case cred.Presentation != strings.HasPrefix(what, "presentation"):
			t.Errorf("%s: presentation %v", c.ID, cred.Presentation)
		}
		if got != c.Expect {
			t.Errorf("%s: %s (%s), want %s (%s)", c.ID, got, why, c.Expect, c.Reason)
		}
	}
	if ran < 17 {
		t.Errorf("ran %d cases", ran)
	}
}

func issueJOSE(t *testing.T, c *vectors.Case, input []byte, vm ijson.Value) {
	t.Helper()
	signer, err := key.ParsePrivateJWK(vm.Get("secretKeyJwk").Raw())
	if err != nil {
		t.Fatal(err)
	}
	token, err := vcjose.Sign(input, signer, &vcjose.SignOptions{KeyID: vm.Get("id").Text(), Form: vcjose.JOSE})
	if err != nil {
		t.Errorf("%s: %v", c.ID, err)
		return
	}
	cred, err := vcjose.Parse(token)
	if err != nil || len(cred.Problems) != 0 || jose.Verify(cred.JWS, signer.Public(), nil) != nil {
		t.Errorf("%s: the token is not good: %v, %v", c.ID, err, cred)
	}
}

// TestCLRSample: a CLR token whose key comes in its own header. It is intact, and nobody's.
func TestJ03_CLRSample(t *testing.T) {
	cred, err := vcjose.Parse(vectors.Sample(t, "clr-2.0/simple.jwt"))
	if err != nil || len(cred.Problems) != 0 || cred.Form != vcjose.VC11 {
		t.Fatalf("%+v, %v", cred, err)
	}
	if err := jose.Verify(cred.JWS, cred.HeaderKey(), nil); err != nil {
		t.Errorf("with the header's key: %v", err)
	}
	r := &did.Resolver{Fetcher: fetch.Static{"https://example.edu/issuers/565049": vectors.File(t, "documents/controllers/example.edu_issuers_565049.json")}}
	err = r.Bind(t.Context(), did.Claim{Issuer: cred.Issuer, Key: cred.HeaderKey()})
	if did.CodeOf(err) == "" {
		t.Errorf("Bind: %v, want a refusal", err)
	}
	var e *did.Error
	if !errors.As(err, &e) {
		t.Errorf("%T", err)
	}
}
