package verify

import (
	"bytes"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// hosted serves the vector's own document at its own address, as its issuer would.
func hosted(t *testing.T, c *vectors.Case) (fetch.Static, string) {
	t.Helper()
	documents := fetch.Static{}
	for url, body := range c.Needs(t) {
		documents[url] = body
	}
	r := Verify(t.Context(), c.Input(t), nil)
	at := r.ID
	documents[at] = r.Credential
	return documents, at
}

func TestHosted(t *testing.T) {
	for _, c := range vectors.Open(t, "ob20").Cases {
		if disagreements[c.ID] != notHosted {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			documents, address := hosted(t, c)
			want := Verified
			if c.ID == "ob20/warning-issuer-non-http" {
				want = Indeterminate // a urn has no origin under which a record could lie
			}
			if c.ID == "ob20/assertion-with-extension-node-basic" {
				address = "http://example.org/assertion"
			}
			r := Verify(t.Context(), c.Input(t), &Options{Fetcher: documents, Now: at(c)})
			if r.Verdict != want {
				t.Fatalf("hosted at %s: got %s, want %s\n%s", address, r.Verdict, want, told(r, ""))
			}

			documents[address] = bytes.Replace(documents[address], []byte("2016"), []byte("2015"), 1)
			if r := Verify(t.Context(), c.Input(t), &Options{Fetcher: documents, Now: at(c)}); r.Verdict != Failed {
				t.Errorf("another document at the address: got %s, want failed\n%s", r.Verdict, told(r, ""))
			}
		})
	}
}

// TestHostedElsewhere: a badge of a known issuer that lies at somebody else's address is not the issuer's, whatever
// the issuer's profile inside it allows.
func TestHostedElsewhere(t *testing.T) {
	const address = "https://evil.example/assertion.json"
	badge := []byte(`{"@context":"https://w3id.org/openbadges/v2","type":"Assertion","id":"` + address + `",
	"recipient":{"type":"email","hashed":false,"identity":"a@example.edu"},"issuedOn":"2020-01-01T00:00:00Z","verification":{"type":"hosted"},
	"badge":{"type":"BadgeClass","id":"https://victim.example/badge","name":"B","description":"D","image":"https://victim.example/i.png","criteria":"https://victim.example/c",
	"issuer":{"type":"Issuer","id":"https://victim.example/issuer","name":"Victim","url":"https://victim.example","email":"v@victim.example","verification":{"allowedOrigins":"evil.example"}}}}`)
	r := Verify(t.Context(), badge, &Options{Fetcher: fetch.Static{address: badge}})
	if _, ok := r.Find("issuer.origin-differs"); !ok || r.Verdict != Failed {
		t.Errorf("got %s\n%s", r.Verdict, told(r, ""))
	}

	// The same with the profile at an address of the attacker that claims to be the victim's.
	const profile = "https://evil.example/profile"
	doc, err := ijson.Parse(badge, nil)
	if err != nil {
		t.Fatal(err)
	}
	issuer := doc.Root().At("/badge/issuer").Raw()
	moved := bytes.Replace(badge, issuer, []byte(`"`+profile+`"`), 1)
	r = Verify(t.Context(), moved, &Options{Fetcher: fetch.Static{address: moved, profile: issuer}})
	if _, ok := r.Find("issuer.key-not-the-issuers"); !ok || r.Verdict != Failed {
		t.Errorf("got %s\n%s", r.Verdict, told(r, ""))
	}
}
