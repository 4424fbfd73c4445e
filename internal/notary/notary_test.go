package notary

import (
	"bytes"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/verify"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var noon = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// TestOneKeyForAllNodes: nodes that share a database speak with one key, which the document names for reports and for
// presentations, and never with an institution's.
func TestOneKeyForAllNodes(t *testing.T) {
	db := storetest.SQLite(t)
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	var docs [2][]byte
	for i := range docs {
		n := &Notary{DB: db, Keys: keys, BaseURL: "https://records.example", Now: func() time.Time { return noon }}
		doc, err := n.Document(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if doc.URL != "https://records.example/verifier/did.json" {
			t.Errorf("the document is at %s", doc.URL)
		}
		docs[i] = doc.Bytes
	}
	if !bytes.Equal(docs[0], docs[1]) {
		t.Errorf("two nodes have two keys:\n%s\n%s", docs[0], docs[1])
	}
}

// TestSign: the notary signs what is its own and refuses to sign in another's name; what it signed is checked by a stranger
// with nothing but its document.
func TestSign(t *testing.T) {
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	for base, want := range map[string]string{
		"https://records.example": "did:web:records.example:verifier", "http://127.0.0.1:8080": "did:web:laurel.invalid:verifier", "http://localhost": "did:web:laurel.invalid:verifier",
	} {
		n := &Notary{DB: storetest.SQLite(t), Keys: keys, BaseURL: base, Now: func() time.Time { return noon }}
		id, err := n.DID()
		if err != nil || id != want {
			t.Errorf("%s is %s (%v), want %s", base, id, err, want)
		}
		statement := func(issuer string) []byte {
			return fmt.Appendf(nil, `{"@context":["https://www.w3.org/ns/credentials/v2"],"id":"urn:uuid:6d9fbd4e-2a7c-4f0e-9a53-0d6c8a1f0009","type":["VerifiableCredential"],"issuer":%q,"validFrom":"2026-06-01T00:00:00Z","credentialSubject":{"id":"urn:x:1"}}`, issuer)
		}
		signed, err := n.Sign(t.Context(), statement(id))
		if err != nil {
			t.Fatal(err)
		}
		opts := &verify.Options{Fetcher: n.Over(nil), Now: noon}
		if rep := verify.Verify(t.Context(), signed, opts); rep.Verdict != verify.Verified {
			t.Errorf("%s: %s %+v", base, rep.Verdict, rep.Findings)
		}
		if _, err := n.Sign(t.Context(), statement("did:web:university.example")); err == nil {
			t.Error("it signs in another's name")
		}
		both, err := n.Present(t.Context(), [][]byte{signed, []byte(" " + string(signed) + "\n")})
		if err != nil {
			t.Fatal(err)
		}
		if rep := verify.Verify(t.Context(), both, opts); rep.Verdict != verify.Verified || rep.Summary.Total != 3 {
			t.Errorf("a presentation of two: %s, %+v", rep.Verdict, rep.Summary)
		}
		if rep := verify.Verify(t.Context(), bytes.Replace(both, []byte("urn:x:1"), []byte("urn:x:2"), 1), opts); rep.Verdict != verify.Failed {
			t.Errorf("a changed presentation: %s", rep.Verdict)
		}
	}
}

// TestOver: only the notary's own document is answered for.
func TestOver(t *testing.T) {
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	n := &Notary{DB: storetest.SQLite(t), Keys: keys, BaseURL: "https://records.example"}
	other := "https://other.example/verifier/did.json"
	if _, err := n.Over(nil).Fetch(t.Context(), other, fetch.AcceptDID); err == nil {
		t.Error("another server's document was answered for")
	}
	got, err := n.Over(fetch.Static{other: []byte("{}")}).Fetch(t.Context(), other, fetch.AcceptDID)
	if err != nil || string(got.Body) != "{}" {
		t.Errorf("%v, %v", got, err)
	}
}
