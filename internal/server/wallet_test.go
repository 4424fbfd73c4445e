package server

import (
	"bytes"
	"crypto"
	"fmt"
	"html"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/present"
	"github.com/openlaurel/laurel/verify"
)

// wallet is a small wallet of our own: it knows nothing of the house but what the two protocols tell it.
type wallet struct {
	t      *testing.T
	signer crypto.Signer
	did    string
	kid    string
	issuer ijson.Value // credential issuer metadata
	token  string      // access token
	ids    map[string][]string
}

func newWallet(t *testing.T, alg string) *wallet {
	t.Helper()
	signer, err := key.Generate(alg)
	if err != nil {
		t.Fatal(err)
	}
	id := did.Key(signer.Public())
	return &wallet{t: t, signer: signer, did: id, kid: id + "#" + strings.TrimPrefix(id, "did:key:"), ids: map[string][]string{}}
}

// send makes a request; what comes back is JSON, or nothing.
func (w *wallet) send(method, address, contentType, body string) (int, ijson.Value) {
	w.t.Helper()
	status, b := w.raw(method, address, contentType, body)
	if len(b) == 0 {
		return status, ijson.Value{}
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		w.t.Fatalf("%s: %d, no JSON: %s", address, status, b)
	}
	return status, doc.Root()
}

func (w *wallet) raw(method, address, contentType, body string) (int, []byte) {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, address, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if w.token != "" {
		req.Header.Set("Authorization", "Bearer "+w.token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	return res.StatusCode, b
}

const formType = "application/x-www-form-urlencoded"

// open reads an offer link and the metadata it leads to, and returns the code.
func (w *wallet) open(link string) string {
	w.t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "openid-credential-offer" {
		w.t.Fatalf("no offer link: %q", link)
	}
	status, offer := w.send("GET", u.Query().Get("credential_offer_uri"), "", "")
	if status != http.StatusOK {
		w.t.Fatalf("offer: %d %s", status, offer.Raw())
	}
	_, w.issuer = w.send("GET", offer.Get("credential_issuer").Text()+"/.well-known/openid-credential-issuer", "", "")
	if w.issuer.Get("credential_issuer").Text() != offer.Get("credential_issuer").Text() {
		w.t.Fatalf("the metadata is of another issuer: %s", w.issuer.Raw())
	}
	for id := range offer.Get("credential_configuration_ids").Elements() {
		if !w.issuer.Get("credential_configurations_supported").Has(id.Text()) {
			w.t.Errorf("the metadata does not know %s", id.Text())
		}
	}
	return offer.Get("grants").Get("urn:ietf:params:oauth:grant-type:pre-authorized_code").Get("pre-authorized_code").Text()
}

// redeem asks for a token.
func (w *wallet) redeem(code, txCode string) (int, ijson.Value) {
	w.t.Helper()
	server := w.issuer.At("/authorization_servers/0").Text()
	u, err := url.Parse(server)
	if err != nil {
		w.t.Fatal(err)
	}
	_, meta := w.send("GET", u.Scheme+"://"+u.Host+"/.well-known/oauth-authorization-server"+u.Path, "", "")
	form := url.Values{"grant_type": {"urn:ietf:params:oauth:grant-type:pre-authorized_code"}, "pre-authorized_code": {code}}
	if txCode != "" {
		form.Set("tx_code", txCode)
	}
	status, res := w.send("POST", meta.Get("token_endpoint").Text(), formType, form.Encode())
	if status == http.StatusOK {
		w.token = res.Get("access_token").Text()
		for d := range res.Get("authorization_details").Elements() {
			for id := range d.Get("credential_identifiers").Elements() {
				name := d.Get("credential_configuration_id").Text()
				w.ids[name] = append(w.ids[name], id.Text())
			}
		}
	}
	return status, res
}

func (w *wallet) nonce() string {
	w.t.Helper()
	_, res := w.send("POST", w.issuer.Get("nonce_endpoint").Text(), "", "")
	return res.Get("c_nonce").Text()
}

// proof signs a proof of the wallet's key; change may spoil it.
func (w *wallet) proof(nonce string, change func(header, claims map[string]any)) string {
	w.t.Helper()
	header := map[string]any{"typ": "openid4vci-proof+jwt", "kid": w.kid}
	claims := map[string]any{"aud": w.issuer.Get("credential_issuer").Text(), "iat": time.Now().Unix(), "nonce": nonce}
	if change != nil {
		change(header, claims)
	}
	payload, err := ijson.Marshal(claims)
	if err != nil {
		w.t.Fatal(err)
	}
	b, err := jose.Sign(w.signer, jose.AlgorithmFor(w.signer.Public()), header, payload)
	if err != nil {
		w.t.Fatal(err)
	}
	return string(b)
}

// ask asks for a credential by identifier.
func (w *wallet) ask(identifier string, proofs ...string) (int, ijson.Value) {
	w.t.Helper()
	req := map[string]any{"credential_identifier": identifier}
	if len(proofs) > 0 {
		req["proofs"] = map[string]any{"jwt": proofs}
	}
	b, err := ijson.Marshal(req)
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send("POST", w.issuer.Get("credential_endpoint").Text(), "application/json", string(b))
}

// credentialOf is the nth credential of an answer, as the wallet stores it.
func credentialOf(v ijson.Value, n int) []byte {
	c := v.Get("credentials").Index(n).Get("credential")
	if c.IsString() {
		return []byte(c.Text())
	}
	return c.Raw()
}

// answer answers a request link with credentials; change may spoil the occasion. It returns what the verifier said.
func (w *wallet) answer(link string, credentials [][]byte, change func(*present.Occasion, *present.Key)) (int, ijson.Value) {
	w.t.Helper()
	r := w.request(link)
	query := "ldp"
	o := present.Occasion{Challenge: r.Get("nonce").Text(), Domain: r.Get("client_id").Text(), Token: credentials[0][0] != '{'}
	if o.Token {
		query = "jwt"
	}
	k := present.Key{Signer: w.signer, Holder: w.did, VerificationMethod: w.kid}
	if change != nil {
		change(&o, &k)
	}
	b, err := present.Present(credentials, k, o)
	if err != nil {
		w.t.Fatal(err)
	}
	if o.Token {
		b = ijson.AppendQuoted(nil, string(b))
	}
	return w.reply(r, `{"vp_token":{"`+query+`":[`+string(b)+`]},"state":"`+r.Get("state").Text()+`"}`, nil)
}

// request reads and checks a signed request object.
func (w *wallet) request(link string) ijson.Value {
	w.t.Helper()
	u, err := url.Parse(link)
	if err != nil || u.Scheme != "openid4vp" {
		w.t.Fatalf("no request link: %q", link)
	}
	status, b := w.raw("POST", u.Query().Get("request_uri"), formType, "wallet_nonce=abc")
	if status != http.StatusOK {
		w.t.Fatalf("request object: %d %s", status, b)
	}
	jws, err := jose.Parse(b)
	if err != nil {
		w.t.Fatal(err)
	}
	doc, err := ijson.Parse(jws.Payload, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	r := doc.Root()
	client, ok := strings.CutPrefix(r.Get("client_id").Text(), "decentralized_identifier:")
	if !ok || r.Get("client_id").Text() != u.Query().Get("client_id") || !strings.HasPrefix(jws.KeyID, client+"#") || r.Get("wallet_nonce").Text() != "abc" {
		w.t.Fatalf("the request is not of the client it names: kid %s, %s", jws.KeyID, r.Raw())
	}
	m, _, err := (&did.Resolver{}).Dereference(w.t.Context(), jws.KeyID)
	if err == nil {
		err = jose.Verify(jws, m.Key, nil)
	}
	if err != nil || jws.Type != "oauth-authz-req+jwt" {
		w.t.Fatalf("the request's signature: %v, typ %q", err, jws.Type)
	}
	return r
}

// reply encrypts an answer for the verifier, or for whoever's key is given, and posts it.
func (w *wallet) reply(r ijson.Value, plain string, to any) (int, ijson.Value) {
	w.t.Helper()
	if to == nil {
		pub, err := key.ParseJWK(withoutUse(w.t, r.At("/client_metadata/jwks/keys/0")))
		if err != nil {
			w.t.Fatal(err)
		}
		to = pub
	}
	enc, err := gojose.NewEncrypter(gojose.A128GCM, gojose.Recipient{Algorithm: gojose.ECDH_ES, Key: to, KeyID: "answer"}, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	jwe, err := enc.Encrypt([]byte(plain))
	if err != nil {
		w.t.Fatal(err)
	}
	sealed, err := jwe.CompactSerialize()
	if err != nil {
		w.t.Fatal(err)
	}
	return w.send("POST", r.Get("response_uri").Text(), formType, url.Values{"response": {sealed}}.Encode())
}

// withoutUse is a key for encryption as one that our own reader takes, which reads keys for signatures alone.
func withoutUse(t *testing.T, v ijson.Value) ijson.Value {
	t.Helper()
	if v.Get("use").Text() != "enc" || v.Get("alg").Text() != "ECDH-ES" {
		t.Fatalf("the request's key is not for encryption: %s", v.Raw())
	}
	doc, err := ijson.Parse(fmt.Appendf(nil, `{"kty":"EC","crv":%q,"x":%q,"y":%q}`, v.Get("crv").Text(), v.Get("x").Text(), v.Get("y").Text()), nil)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Root()
}

var (
	linkIn = regexp.MustCompile(`id="wallet-link" href="([^"]+)"`)
	codeIn = regexp.MustCompile(`id="tx-code">(\d{6})<`)
	itemIn = regexp.MustCompile(`name="item" value="([^"]+)"`)
)

// offered makes an offer on the learner's page and reads what stands there.
func offered(t *testing.T, p *person, form url.Values) (link, txCode string) {
	t.Helper()
	status, page := p.post("/my/wallet", form)
	l, c := linkIn.FindStringSubmatch(page), codeIn.FindStringSubmatch(page)
	if status != http.StatusOK || l == nil || c == nil {
		t.Fatalf("offer page: %d\n%s", status, page)
	}
	return html.UnescapeString(l[1]), c[1]
}

// asked makes a request on the public page; it returns the wallet's link and the address of the page that waits.
func asked(t *testing.T, p *person, form url.Values) (link, page string) {
	t.Helper()
	p.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error { page = req.URL.Path; return nil }
	status, body := p.post("/ask", form)
	l := linkIn.FindStringSubmatch(body)
	if status != http.StatusOK || l == nil || page == "" {
		t.Fatalf("request page: %d\n%s", status, body)
	}
	return html.UnescapeString(l[1]), page
}

// TestWalletBothWays: what a learner offers on a page arrives in a wallet and verifies; what a wallet answers to a
// request appears on the page of whoever asked, and says whose it is.
func TestWalletBothWays(t *testing.T) {
	d := startDemo(t)
	ruth := d.signedIn(t, d.places.Learner.URL)
	_, page := ruth.get("/my/wallet")
	items := itemIn.FindAllStringSubmatch(page, -1)
	if len(items) < 2 {
		t.Fatalf("the page offers %d items", len(items))
	}
	check := func(name string, b []byte) *verify.Report {
		t.Helper()
		rep := verify.Verify(t.Context(), b, &verify.Options{Fetcher: &store.Published{DB: d.DB}})
		if rep.Own != verify.Verified {
			text, _ := rep.JSON() // for the message alone
			t.Errorf("%s: %s: %s", name, rep.Own, text)
		}
		return rep
	}

	w := newWallet(t, "p256")
	link, tx := offered(t, ruth, url.Values{"item": {items[0][1]}})
	if status, res := w.redeem(w.open(link), tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	status, res := w.ask(w.ids["ob3_ldp"][0])
	if status != http.StatusOK {
		t.Fatalf("credential: %d %s", status, res.Raw())
	}
	plain := bytes.Clone(credentialOf(res, 0))
	check("as issued", plain)
	_, issued := ruth.get("/records/"+items[0][1], "Accept", "application/vc")
	if issued != string(plain) {
		t.Error("the credential is not byte for byte the one that was issued")
	}
	if status, _ := w.send("POST", w.issuer.Get("notification_endpoint").Text(), "application/json",
		`{"notification_id":"`+res.Get("notification_id").Text()+`","event":"credential_accepted"}`); status != http.StatusNoContent {
		t.Errorf("notification: %d", status)
	}
	if _, page = ruth.get("/my/wallet"); !strings.Contains(page, "added to a wallet") {
		t.Error("the learner's page does not say that it was added")
	}

	bound := newWallet(t, "ed25519")
	second := newWallet(t, "p256")
	link, tx = offered(t, ruth, url.Values{"item": {items[0][1], items[1][1]}, "bind": {"yes"}})
	if status, res := bound.redeem(bound.open(link), tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	nonce := bound.nonce()
	second.issuer = bound.issuer
	held := map[string][]byte{}
	status, res = bound.ask(bound.ids["ob3_ldp_bound"][0], bound.proof(nonce, nil), second.proof(nonce, func(h, _ map[string]any) {
		jwk, err := key.JWK(second.signer.Public())
		if err != nil {
			t.Fatal(err)
		}
		delete(h, "kid")
		h["jwk"] = jwk
	}))
	if status != http.StatusOK || res.Get("credentials").Len() != 2 {
		t.Fatalf("batch: %d %s", status, res.Raw())
	}
	held["ldp"] = bytes.Clone(credentialOf(res, 0))
	if r := check("bound", held["ldp"]); r.Subject != bound.did {
		t.Errorf("the copy is about %s, not the wallet's %s", r.Subject, bound.did)
	}
	if r := check("bound to a jwk", credentialOf(res, 1)); r.Subject != did.JWK(second.signer.Public()) {
		t.Errorf("the second copy is about %s", r.Subject)
	}
	if status, res = bound.ask(bound.ids["ob3_jwt_bound"][1], bound.proof(bound.nonce(), nil)); status != http.StatusOK {
		t.Fatalf("token form: %d %s", status, res.Raw())
	}
	held["jwt"] = bytes.Clone(credentialOf(res, 0))
	check("bound token", held["jwt"])

	stranger := d.visitor(t)
	for _, c := range []struct {
		form       string
		w          *wallet
		credential []byte
		bind       string
		says       string
	}{{"ldp", bound, held["ldp"], "yes", "Shown by its holder."}, {"jwt", bound, held["jwt"], "yes", "Shown by its holder."}, {"unbound", w, plain, "", "Signed by a wallet, but not bound to it."}} {
		form := url.Values{"name": {"City Transit"}, "purpose": {"analyst"}, "kind": {"award"}}
		if c.bind != "" {
			form.Set("bind", c.bind)
		}
		link, page := asked(t, stranger, form)
		if _, body := stranger.get(page); !strings.Contains(body, "Waiting for the answer") {
			t.Errorf("%s: the page does not wait", c.form)
		}
		if status, res := c.w.answer(link, [][]byte{c.credential}, nil); status != http.StatusOK || res.Get("redirect_uri").Text() != d.base+"/ask/sent" {
			t.Fatalf("%s: answer: %d %s", c.form, status, res.Raw())
		}
		if _, body := stranger.get(page); !strings.Contains(body, c.says) {
			t.Errorf("%s: the page does not say %q\n%s", c.form, c.says, body)
		}
		if status, _ := c.w.send("GET", link2request(link), "", ""); status != http.StatusNotFound {
			t.Errorf("%s: the request can be opened again: %d", c.form, status)
		}
		if _, body := stranger.post(page+"/end", nil); !strings.Contains(body, "deleted") {
			t.Errorf("%s: the answer was not deleted", c.form)
		}
	}
}

func link2request(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return ""
	}
	return u.Query().Get("request_uri")
}

// TestWalletDeferred: while the record is being signed anew, a wallet is promised the new one and gets it once.
func TestWalletDeferred(t *testing.T) {
	d := startDemo(t)
	ruth := d.signedIn(t, d.places.Learner.URL)
	link, tx := offered(t, ruth, url.Values{"whole": {"yes"}})
	w := newWallet(t, "p256")
	if status, res := w.redeem(w.open(link), tx); status != http.StatusOK {
		t.Fatalf("token: %d %s", status, res.Raw())
	}
	run := d.waitingRun(t)
	status, res := w.ask(w.ids["clr2_ldp"][0])
	if status != http.StatusAccepted || res.Get("transaction_id").Text() == "" {
		t.Fatalf("while signing: %d %s", status, res.Raw())
	}
	again := `{"transaction_id":"` + res.Get("transaction_id").Text() + `"}`
	deferred := w.issuer.Get("deferred_credential_endpoint").Text()
	if status, res = w.send("POST", deferred, "application/json", again); status != http.StatusAccepted {
		t.Errorf("still signing: %d %s", status, res.Raw())
	}
	d.endRun(t, run)
	if status, res = w.send("POST", deferred, "application/json", again); status != http.StatusOK || len(credentialOf(res, 0)) == 0 {
		t.Fatalf("signed: %d %s", status, res.Raw())
	}
	if status, res = w.send("POST", deferred, "application/json", again); status != http.StatusBadRequest || res.Get("error").Text() != "invalid_transaction_id" {
		t.Errorf("a promise is kept twice: %d %s", status, res.Raw())
	}
}

// waitingRun writes a run over the demonstration's learner in which nothing moves: its state is one that no worker takes.
func (d *demoServer) waitingRun(t *testing.T) record.RunID {
	t.Helper()
	run := &record.Run{ID: record.RunID(record.NewOrderedID()), State: record.RunStopped, Total: 1, CreatedAt: time.Now()}
	a := d.actor(t, strings.ToLower(strings.ReplaceAll(d.places.Learner.Name, " ", "."))+"@rowanvalley.example")
	run.Institution = a.Institution
	err := d.DB.Update(t.Context(), func(tx *store.Tx) error {
		if err := tx.AddRun(t.Context(), run); err != nil {
			return err
		}
		return tx.AddRunItem(t.Context(), run.ID, a.Learner, time.Now().Truncate(time.Second))
	})
	if err != nil {
		t.Fatal(err)
	}
	return run.ID
}

func (d *demoServer) endRun(t *testing.T, id record.RunID) {
	t.Helper()
	if err := d.DB.Update(t.Context(), func(tx *store.Tx) error { return tx.DropPending(t.Context(), id) }); err != nil {
		t.Fatal(err)
	}
}
