package verify

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// joseDocuments publishes the keys of the suite where its tokens say that their issuer is: as a controller document and
// as the key set of the origin. The suite hands its keys over by other means.
func joseDocuments(t testing.TB) fetch.Static {
	t.Helper()
	const issuer = "https://example.issuer/vc-jose-cose"
	var methods, keys []json.RawMessage
	var names []string
	for _, name := range []string{"vm-p256", "vm-p384", "vm-p521", "vm-ed25519"} {
		doc, err := ijson.Parse(vectors.File(t, "jose/keys/"+name+".json"), nil)
		if err != nil {
			t.Fatal(err)
		}
		v := doc.Root()
		id := issuer + "#" + name
		m, _ := json.Marshal(map[string]any{"id": id, "type": "JsonWebKey", "controller": issuer, "publicKeyJwk": json.RawMessage(v.Get("publicKeyJwk").Raw())})
		methods, names = append(methods, m), append(names, id)
		keys = append(keys, json.RawMessage(v.Get("publicKeyJwk").Raw()))
	}
	controller, _ := json.Marshal(map[string]any{"id": issuer, "verificationMethod": methods, "assertionMethod": names, "authentication": names})
	set, _ := json.Marshal(map[string]any{"keys": keys})
	return fetch.Static{issuer: controller, "https://example.issuer/.well-known/jwks.json": set}
}

func TestJOSEVectors(t *testing.T) {
	documents := joseDocuments(t)
	for _, c := range vectors.Open(t, "jose").Cases {
		if !strings.HasPrefix(c.Kind, "verify ") {
			continue
		}
		t.Run(c.ID, func(t *testing.T) {
			r := Verify(t.Context(), c.Input(t), &Options{Fetcher: documents, Now: at(c)})
			expect(t, c, r)
		})
	}
}
