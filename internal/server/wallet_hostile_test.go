package server

import (
	"bytes"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/present"
)

func wantError(t *testing.T, name string, status int, res ijson.Value, wantStatus int, code string) {
	t.Helper()
	if status != wantStatus || res.Get("error").Text() != code {
		t.Errorf("%s: %d %s; want %d %s", name, status, res.Raw(), wantStatus, code)
	}
}

// TestWalletCodes: a code works once, with the digits beside it, and few guesses; coming again it ends what came of it.
func TestWalletCodes(t *testing.T) {
	d := startDemo(t)
	ruth := d.signedIn(t, d.places.Learner.URL)
	link, tx := offered(t, ruth, url.Values{"whole": {"yes"}})
	w, thief := newWallet(t, "p256"), newWallet(t, "p256")
	old := w.open(link)
	code := w.open(link)
	thief.issuer = w.issuer
	wrong := "000000"
	if tx == wrong {
		wrong = "000001"
	}
	status, res := w.redeem(old, tx)
	wantError(t, "a code that was rotated away", status, res, http.StatusBadRequest, "invalid_grant")
	status, res = w.redeem(code, "")
	wantError(t, "no digits", status, res, http.StatusBadRequest, "invalid_request")
	status, res = w.redeem(code, wrong)
	wantError(t, "wrong digits", status, res, http.StatusBadRequest, "invalid_grant")
	status, res = w.send("POST", d.base+"/oid4vci/token", formType, "grant_type=authorization_code&code=x")
	wantError(t, "another grant", status, res, http.StatusBadRequest, "unsupported_grant_type")
	if status, res = w.redeem(code, tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	status, res = thief.redeem(code, tx)
	wantError(t, "a replayed code", status, res, http.StatusBadRequest, "invalid_grant")
	status, res = w.ask(w.ids["clr2_ldp"][0])
	wantError(t, "the token of a replayed code", status, res, http.StatusUnauthorized, "invalid_token")

	link, tx = offered(t, ruth, url.Values{"whole": {"yes"}})
	w = newWallet(t, "p256")
	code = w.open(link)
	if tx == wrong {
		wrong = "000002"
	}
	for range 5 {
		status, res = w.redeem(code, wrong)
		wantError(t, "a guess", status, res, http.StatusBadRequest, "invalid_grant")
	}
	status, res = w.redeem(code, tx)
	wantError(t, "after five guesses", status, res, http.StatusBadRequest, "invalid_grant")
	u, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ = w.send("GET", u.Query().Get("credential_offer_uri"), "", ""); status != http.StatusNotFound {
		t.Errorf("the offer answers after five guesses: %d", status)
	}
}

// TestWalletProofs: a proof is of one key, for one issuer, for one request, made now, signed by that key.
func TestWalletProofs(t *testing.T) {
	d := startDemo(t)
	ruth := d.signedIn(t, d.places.Learner.URL)
	_, page := ruth.get("/my/wallet")
	link, tx := offered(t, ruth, url.Values{"item": {itemIn.FindStringSubmatch(page)[1]}, "bind": {"yes"}})
	w, other := newWallet(t, "p256"), newWallet(t, "p256")
	if status, res := w.redeem(w.open(link), tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	other.issuer = w.issuer
	id := w.ids["ob3_ldp_bound"][0]
	set := func(part, name string, value any) func(header, claims map[string]any) {
		return func(header, claims map[string]any) {
			if part == "header" {
				header[name] = value
			} else {
				claims[name] = value
			}
		}
	}
	jwk, err := key.JWK(w.signer.Public())
	if err != nil {
		t.Fatal(err)
	}
	unsigned := func() string {
		parts := strings.Split(w.proof(w.nonce(), nil), ".")
		return "eyJhbGciOiJub25lIiwidHlwIjoib3BlbmlkNHZjaS1wcm9vZitqd3QifQ." + parts[1] + "."
	}
	used := w.proof(w.nonce(), nil)
	if status, res := w.ask(id, used); status != http.StatusOK {
		t.Fatalf("an honest proof: %d %s", status, res.Raw())
	}
	same := w.nonce()
	for name, c := range map[string]struct {
		proofs []string
		code   string
	}{
		"no proof":              {nil, "invalid_proof"},
		"a used nonce":          {[]string{used}, "invalid_nonce"},
		"a nonce of our own":    {[]string{w.proof("bm90IG9uZSBvZiB0aGlzIGlzc3Vlciwgbm9yIG9mIGFueQ", nil)}, "invalid_nonce"},
		"no nonce":              {[]string{w.proof("", nil)}, "invalid_nonce"},
		"another issuer":        {[]string{w.proof(w.nonce(), set("claims", "aud", "https://other.example"))}, "invalid_proof"},
		"two issuers":           {[]string{w.proof(w.nonce(), set("claims", "aud", []string{d.base, "https://other.example"}))}, "invalid_proof"},
		"made yesterday":        {[]string{w.proof(w.nonce(), set("claims", "iat", time.Now().Add(-24*time.Hour).Unix()))}, "invalid_proof"},
		"made tomorrow":         {[]string{w.proof(w.nonce(), set("claims", "iat", time.Now().Add(24*time.Hour).Unix()))}, "invalid_proof"},
		"run out":               {[]string{w.proof(w.nonce(), set("claims", "exp", time.Now().Add(-time.Hour).Unix()))}, "invalid_proof"},
		"another type of token": {[]string{w.proof(w.nonce(), set("header", "typ", "JWT"))}, "invalid_proof"},
		"somebody else's key":   {[]string{w.proof(w.nonce(), set("header", "kid", other.kid))}, "invalid_proof"},
		"two keys":              {[]string{w.proof(w.nonce(), set("header", "jwk", jwk))}, "invalid_proof"},
		"a key on the web":      {[]string{w.proof(w.nonce(), set("header", "kid", "did:web:wallet.example#1"))}, "invalid_proof"},
		"alg none":              {[]string{unsigned()}, "invalid_proof"},
		"one key twice":         {[]string{w.proof(same, nil), w.proof(same, nil)}, "invalid_proof"},
		"six proofs":            {[]string{"a", "b", "c", "d", "e", "f"}, "invalid_proof"},
		"huge":                  {[]string{strings.Repeat("a", 20<<10)}, "invalid_proof"},
	} {
		status, res := w.ask(id, c.proofs...)
		wantError(t, name, status, res, http.StatusBadRequest, c.code)
	}
	status, res := w.ask("ob3_ldp_bound.11111111-1111-4111-8111-111111111111", w.proof(w.nonce(), nil))
	wantError(t, "another's credential", status, res, http.StatusBadRequest, "unknown_credential_identifier")
	status, res = w.send("POST", d.base+"/oid4vci/credential", "application/json", strings.Repeat(" ", 2<<20))
	wantError(t, "two megabytes", status, res, http.StatusRequestEntityTooLarge, "invalid_credential_request")
	status, res = w.send("POST", d.base+"/oid4vci/credential", "application/json", `{"credential_identifier":"a","credential_configuration_id":"b"}`)
	wantError(t, "named twice", status, res, http.StatusBadRequest, "invalid_credential_request")
	status, res = w.send("POST", d.base+"/oid4vci/notification", "application/json", `{"notification_id":"x","event":"credential_accepted"}`)
	wantError(t, "another's notification", status, res, http.StatusBadRequest, "invalid_notification_id")
	w.token = "x"
	status, res = w.ask(id)
	wantError(t, "no token", status, res, http.StatusUnauthorized, "invalid_token")
}

// TestWalletAnswers: an answer is for this request, of what was asked, by the holder where that was asked, readable by us
// alone; what is not leaves the request open for the right one.
func TestWalletAnswers(t *testing.T) {
	d := startDemo(t)
	ruth := d.signedIn(t, d.places.Learner.URL)
	_, page := ruth.get("/my/wallet")
	link, tx := offered(t, ruth, url.Values{"item": {itemIn.FindStringSubmatch(page)[1]}, "bind": {"yes"}})
	w, thief := newWallet(t, "p256"), newWallet(t, "p256")
	if status, res := w.redeem(w.open(link), tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	collect := func(config string) []byte {
		status, res := w.ask(w.ids[config][0], w.proof(w.nonce(), nil))
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", config, status, res.Raw())
		}
		return bytes.Clone(credentialOf(res, 0))
	}
	mine, token := collect("ob3_ldp_bound"), collect("ob3_jwt_bound")
	stranger := d.visitor(t)
	ask, waiting := asked(t, stranger, url.Values{"name": {"City Transit"}, "purpose": {"analyst"}, "kind": {"award"}, "bind": {"yes"}})
	refused := func(name string, status int, res ijson.Value) {
		t.Helper()
		wantError(t, name, status, res, http.StatusBadRequest, "invalid_request")
	}
	for form, credential := range map[string][]byte{"JSON": mine, "token": token} {
		for name, change := range map[string]func(*present.Occasion, *present.Key){
			"another nonce":    func(o *present.Occasion, _ *present.Key) { o.Challenge = "another" },
			"another verifier": func(o *present.Occasion, _ *present.Key) { o.Domain = "decentralized_identifier:did:web:other.example" },
			"a stolen key id":  func(_ *present.Occasion, k *present.Key) { k.Signer = thief.signer },
			"another's credential": func(_ *present.Occasion, k *present.Key) {
				*k = present.Key{Signer: thief.signer, Holder: thief.did, VerificationMethod: thief.kid}
			},
		} {
			status, res := w.answer(ask, [][]byte{credential}, change)
			refused(form+", "+name, status, res)
		}
	}
	r := w.request(ask)
	state := r.Get("state").Text()
	private, err := key.Generate("p256")
	if err != nil {
		t.Fatal(err)
	}
	status, res := w.reply(r, `{"vp_token":{},"state":"`+state+`"}`, private.Public())
	refused("encrypted for another key", status, res)
	for name, plain := range map[string]string{
		"another state":      `{"vp_token":{"ldp":[` + string(mine) + `]},"state":"x"}`,
		"no wrapper":         `{"vp_token":{"ldp":[` + string(mine) + `]},"state":"` + state + `"}`,
		"another query":      `{"vp_token":{"mdoc":[{}]},"state":"` + state + `"}`,
		"two answers":        `{"vp_token":{"ldp":[{}],"jwt":["x"]},"state":"` + state + `"}`,
		"two presentations":  `{"vp_token":{"ldp":[{},{}]},"state":"` + state + `"}`,
		"a token as JSON":    `{"vp_token":{"ldp":["a.b.c"]},"state":"` + state + `"}`,
		"no object":          `[]`,
		"twice the same key": `{"state":"` + state + `","state":"` + state + `"}`,
	} {
		status, res := w.reply(r, plain, nil)
		refused(name, status, res)
	}
	at := r.Get("response_uri").Text()
	for name, body := range map[string]string{"a signed token": used(t, w), "PBES2": "eyJhbGciOiJQQkVTMi1IUzI1NitBMTI4S1ciLCJlbmMiOiJBMTI4R0NNIiwicDJjIjoyMTQ3NDgzNjQ3LCJwMnMiOiJBQUFBIn0.AA.AA.AA.AA",
		"compressed": "eyJhbGciOiJFQ0RILUVTIiwiZW5jIjoiQTEyOEdDTSIsInppcCI6IkRFRiJ9.AA.AA.AA.AA", "rubbish": "x"} {
		status, res := w.send("POST", at, formType, url.Values{"response": {body}}.Encode())
		refused(name, status, res)
	}
	status, res = w.send("POST", at, formType, "state=a&state=b")
	refused("a parameter twice", status, res)
	status, res = w.send("POST", at, "application/json", "{}")
	refused("no form", status, res)
	if _, body := stranger.get(waiting); !strings.Contains(body, "Waiting for the answer") {
		t.Error("after all that the request does not wait any more")
	}
	if status, res = w.answer(ask, [][]byte{mine}, nil); status != http.StatusOK {
		t.Errorf("the honest answer: %d %s", status, res.Raw())
	}
	status, res = w.reply(r, `{"vp_token":{"ldp":[{}]},"state":"`+state+`"}`, nil)
	if status != http.StatusNotFound {
		t.Errorf("a second answer: %d %s", status, res.Raw())
	}
	ask, waiting = asked(t, stranger, url.Values{"name": {"City Transit"}, "purpose": {"analyst"}, "kind": {"record"}})
	status, res = w.answer(ask, [][]byte{mine}, nil)
	refused("another kind of credential", status, res)
	r = w.request(ask)
	if status, res = w.send("POST", r.Get("response_uri").Text(), formType, url.Values{"error": {"access_denied"}, "state": {r.Get("state").Text()}}.Encode()); status != http.StatusOK {
		t.Errorf("no, in the open: %d %s", status, res.Raw())
	}
	if _, body := stranger.get(waiting); !strings.Contains(body, "did not want") {
		t.Error("the page does not say that the answer was no")
	}
}

func used(t *testing.T, w *wallet) string {
	t.Helper()
	b, err := jose.Sign(w.signer, jose.AlgorithmFor(w.signer.Public()), map[string]any{"typ": "JWT"}, []byte(`{}`))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
