package present_test

import (
	"bytes"
	"crypto"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/present"
	"github.com/openlaurel/laurel/verify"
)

var now = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

type person struct {
	signer crypto.Signer
	id, vm string
}

func somebody(t *testing.T, alg string) person {
	t.Helper()
	signer, err := key.Generate(alg)
	if err != nil {
		t.Fatal(err)
	}
	id := did.Key(signer.Public())
	return person{signer, id, id + "#" + strings.TrimPrefix(id, "did:key:")}
}

func (p person) key() present.Key {
	return present.Key{Signer: p.signer, Holder: p.id, VerificationMethod: p.vm}
}

// issued is a credential about a subject, sealed by somebody.
func issued(t *testing.T, by person, id, subject, suite string) []byte {
	t.Helper()
	unsigned := `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"` + id + `","type":["VerifiableCredential"],"name":"Welding","issuer":"` + by.id +
		`","validFrom":"2026-01-01T00:00:00Z","credentialSubject":{"id":"` + subject + `"}}`
	opts := &issue.Options{Created: now}
	if suite == "ecdsa-sd-2023" {
		opts.Mandatory = []string{"/issuer"}
	}
	b, _, err := issue.Secure(t.Context(), []byte(unsigned), issue.Key{Signer: by.signer, VerificationMethod: by.vm, Suite: suite}, opts)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func asked() *present.Asked {
	return &present.Asked{Challenge: "n-0S6_WzA2Mj", Domain: "https://verifier.example", Verify: verify.Options{Now: now}}
}

var occasion = present.Occasion{Challenge: "n-0S6_WzA2Mj", Domain: "https://verifier.example", Created: now}

// TestPresent: what a holder wraps is verified, byte for byte, for the occasion it was made for, in both forms.
func TestPresent(t *testing.T) {
	school := somebody(t, "ed25519")
	for _, alg := range []string{"ed25519", "p256"} {
		for _, asToken := range []bool{false, true} {
			holder := somebody(t, alg)
			suite := map[bool]string{false: "eddsa-rdfc-2022", true: "jwt:EdDSA"}[asToken]
			mine := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", holder.id, suite)
			o := occasion
			o.Token = asToken
			b, err := present.Present([][]byte{mine}, holder.key(), o)
			if err != nil {
				t.Fatal(err)
			}
			got := present.Check(t.Context(), b, asked())
			if got.Binding != present.Bound || got.Holder != holder.id || got.Problem != nil {
				t.Errorf("%s, token %v: binding %q, holder %q, problem %+v", alg, asToken, got.Binding, got.Holder, got.Problem)
			}
			if len(got.Parts) != 1 || !bytes.Equal(got.Parts[0].Bytes, mine) || got.Parts[0].Report.Own != verify.Verified {
				t.Fatalf("%s, token %v: %d parts: %+v", alg, asToken, len(got.Parts), got.Parts)
			}
			somebodyElses := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a002", somebody(t, alg).id, suite)
			if b, err = present.Present([][]byte{mine, somebodyElses}, holder.key(), o); err != nil {
				t.Fatal(err)
			}
			if got = present.Check(t.Context(), b, asked()); got.Binding != present.Signed || len(got.Parts) != 2 {
				t.Errorf("%s, token %v: somebody else's credential: binding %q, %d parts", alg, asToken, got.Binding, len(got.Parts))
			}
		}
	}
}

// TestOtherOccasion: a presentation is good once, for one verifier, until it runs out, and nobody can take another's.
func TestOtherOccasion(t *testing.T) {
	school, holder, thief := somebody(t, "ed25519"), somebody(t, "ed25519"), somebody(t, "ed25519")
	for _, asToken := range []bool{false, true} {
		suite := map[bool]string{false: "eddsa-rdfc-2022", true: "jwt:EdDSA"}[asToken]
		mine := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", holder.id, suite)
		wrap := func(change func(*present.Occasion, *present.Key)) []byte {
			o, k := occasion, holder.key()
			o.Token = asToken
			change(&o, &k)
			b, err := present.Present([][]byte{mine}, k, o)
			if err != nil {
				t.Fatal(err)
			}
			return b
		}
		for name, b := range map[string][]byte{
			"another challenge": wrap(func(o *present.Occasion, _ *present.Key) { o.Challenge = "another" }),
			"another verifier":  wrap(func(o *present.Occasion, _ *present.Key) { o.Domain = "https://other.example" }),
			"a thief's key":     wrap(func(_ *present.Occasion, k *present.Key) { k.Signer = thief.signer }),
			"a thief's method": wrap(func(_ *present.Occasion, k *present.Key) {
				k.Signer, k.VerificationMethod = thief.signer, thief.vm
			}),
			"from the future": wrap(func(o *present.Occasion, _ *present.Key) { o.Created = now.Add(time.Hour) }),
		} {
			if got := present.Check(t.Context(), b, asked()); got.Problem == nil || got.Binding != present.None || got.Holder != "" {
				t.Errorf("token %v, %s: binding %q, holder %q, problem %v", asToken, name, got.Binding, got.Holder, got.Problem)
			}
		}
		honest := wrap(func(_ *present.Occasion, k *present.Key) { *k = thief.key() })
		if got := present.Check(t.Context(), honest, asked()); got.Binding != present.Signed || got.Holder != thief.id {
			t.Errorf("token %v: another holder's own presentation: binding %q, holder %q", asToken, got.Binding, got.Holder)
		}
		if asToken {
			old := wrap(func(o *present.Occasion, _ *present.Key) { o.Created = now.Add(-time.Hour) })
			if got := present.Check(t.Context(), old, asked()); got.Problem == nil {
				t.Error("a token that has run out is accepted")
			}
		}
	}
}

func TestUnsigned(t *testing.T) {
	school := somebody(t, "ed25519")
	one := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", "did:example:holder", "eddsa-rdfc-2022")
	wrapped, err := present.Wrap([][]byte{one}, "did:example:holder")
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"alone": one, "in a wrapper": wrapped} {
		got := present.Check(t.Context(), b, asked())
		if got.Binding != present.None || got.Holder != "" || len(got.Parts) != 1 || got.Parts[0].Report.Own != verify.Verified {
			t.Errorf("%s: binding %q, holder %q, %d parts", name, got.Binding, got.Holder, len(got.Parts))
		}
	}
	if got := present.Check(t.Context(), []byte("none.of.this"), asked()); got.Report.Verdict != verify.Failed || got.Binding != present.None {
		t.Errorf("rubbish: %s, %s", got.Report.Verdict, got.Binding)
	}
}

// TestWithoutHolder: a wallet need not name the holder; the key then says whose it is.
func TestWithoutHolder(t *testing.T) {
	school, holder := somebody(t, "ed25519"), somebody(t, "p256")
	mine := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", holder.id, "eddsa-rdfc-2022")
	b := signUnnamed(t, mine, holder)
	if got := present.Check(t.Context(), b, asked()); got.Binding != present.Bound || got.Holder != holder.id {
		t.Errorf("binding %q, holder %q, problem %+v", got.Binding, got.Holder, got.Problem)
	}
}

func TestChooseAndDisclose(t *testing.T) {
	school := somebody(t, "p256")
	a := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", "did:example:holder", "ecdsa-sd-2023")
	b := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a002", "did:example:holder", "jwt:ES256")
	record, err := present.Wrap([][]byte{a, b}, "")
	if err != nil {
		t.Fatal(err)
	}
	items, err := present.Items(record)
	if err != nil || len(items) != 2 || !bytes.Equal(items[1].Bytes, b) {
		t.Fatalf("%d items, %v", len(items), err)
	}
	chosen, err := present.Choose(record, items[0].ID)
	if err != nil || len(chosen) != 1 || !bytes.Equal(chosen[0], a) {
		t.Fatalf("chosen: %v", err)
	}
	if _, err := present.Choose(record, "urn:uuid:another"); !errors.Is(err, present.ErrNotThere) {
		t.Errorf("an id that is not there: %v", err)
	}
	part, err := present.Disclose(a, "/credentialSubject")
	if err != nil {
		t.Fatal(err)
	}
	got := present.Check(t.Context(), part, asked())
	if got.Report.Own != verify.Verified || strings.Contains(string(part), "Welding") {
		t.Errorf("disclosed in part: %s, %s", got.Report.Own, part)
	}
	if _, err := present.Disclose(issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a003", "did:example:holder", "ecdsa-rdfc-2019"), "/credentialSubject"); err == nil {
		t.Error("a whole seal was cut in parts")
	}
}

func TestPresentRefuses(t *testing.T) {
	k := somebody(t, "ed25519").key()
	for name, try := range map[string]func() error{
		"nothing": func() error { _, err := present.Present(nil, k, occasion); return err },
		"no challenge": func() error {
			_, err := present.Present([][]byte{[]byte("{}")}, k, present.Occasion{Domain: "x"})
			return err
		},
		"no key":    func() error { _, err := present.Present([][]byte{[]byte("{}")}, present.Key{}, occasion); return err },
		"too many":  func() error { _, err := present.Wrap(make([][]byte, present.MaxCredentials+1), ""); return err },
		"no record": func() error { _, err := present.Items([]byte("[")); return err },
	} {
		if try() == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func TestWithhold(t *testing.T) {
	school := somebody(t, "p256")
	a := issued(t, school, "urn:uuid:6b1f5e2e-0a6c-4d0e-9a52-57a3b8f3a001", "did:example:holder", "ecdsa-sd-2023")
	whole, err := present.Withhold(a)
	if err != nil {
		t.Fatal(err)
	}
	if got := present.Check(t.Context(), whole, asked()); got.Report.Own != verify.Verified || !strings.Contains(string(whole), "did:example:holder") {
		t.Errorf("everything: %s, %s", got.Report.Own, whole)
	}
	part, err := present.Withhold(a, "/credentialSubject/id")
	if err != nil {
		t.Fatalf("without the subject's id: %v", err)
	}
	if strings.Contains(string(part), "did:example:holder") {
		t.Errorf("left in: %s", part)
	}
	for _, p := range []string{"", "/nothing", "/issuer"} {
		if _, err := present.Withhold(a, p); err == nil {
			t.Errorf("%q: no error", p)
		}
	}
	if _, err := present.Withhold(whole); err == nil {
		t.Error("disclosed twice")
	}
}
