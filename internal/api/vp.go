package api

import (
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"

	gojose "github.com/go-jose/go-jose/v4"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

// This file is the verifier of OpenID for Verifiable Presentations 1.0: signed request objects by request_uri, a DCQL
// query, and answers by direct_post, in the open or encrypted.

const (
	requestType   = "oauth-authz-req+jwt"
	requestMedia  = "application/oauth-authz-req+jwt"
	maxWalletText = 200 // of a nonce that a wallet brings
)

// queries are the two forms in which an answer may come, by the id of their credential query.
var queries = []struct {
	id, format string
	token      bool
}{{"ldp", "ldp_vc", false}, {"jwt", "jwt_vc_json", true}}

// Types of credentials as DCQL wants them: expanded (OpenID4VP 1.0, appendix B.1.1).
const (
	iriCredential = "https://www.w3.org/2018/credentials#VerifiableCredential"
	iriRecord     = "https://purl.imsglobal.org/spec/vc/clr/vocab.html#ClrCredential"
	// The context of Open Badges 3.0 maps AchievementCredential and OpenBadgeCredential to this one.
	iriAward = "https://purl.imsglobal.org/spec/vc/ob/vocab.html#OpenBadgeCredential"
)

// dcql is the query of a request: one presentation, in the form that the wallet has.
func dcql(a *record.WalletAsk) map[string]any {
	types := [][]string{{iriCredential, iriRecord}}
	if a.Kind == "award" {
		types = [][]string{{iriCredential, iriAward}}
	}
	var credentials, options []any
	for _, q := range queries {
		one := map[string]any{"id": q.id, "format": q.format, "meta": map[string]any{"type_values": types}, "require_cryptographic_holder_binding": a.Bind}
		if a.Achievement != "" {
			one["claims"] = []any{map[string]any{"path": []string{"credentialSubject", "achievement", "id"}, "values": []string{a.Achievement}}}
		}
		credentials, options = append(credentials, one), append(options, []string{q.id})
	}
	return map[string]any{"credentials": credentials, "credential_sets": []any{map[string]any{"options": options, "required": true}}}
}

// requestObject answers a request_uri, by GET or POST (OpenID4VP 1.0, 5.10; RFC 9101). ?mode=direct_post is for wallets
// that cannot encrypt.
func (d *walletDoor) requestObject(c *walletCall) error {
	a, err := d.Employer.OpenAsk(c.r.Context(), c.actor(), record.WalletAskID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	walletNonce := ""
	if c.r.Method == http.MethodPost {
		f, err := c.form()
		if err != nil {
			return err
		}
		if walletNonce = f.Get("wallet_nonce"); len(walletNonce) > maxWalletText {
			return badRequest("invalid_request", "wallet_nonce is too long")
		}
	}
	claims, err := d.request(a, c.r.URL.Query().Get("mode") == "direct_post")
	if err != nil {
		return err
	}
	if walletNonce != "" {
		claims["wallet_nonce"] = walletNonce
	}
	payload, err := ijson.Marshal(claims)
	if err != nil {
		return record.Wrap("api.requestObject", err)
	}
	token, err := jose.Sign(d.Key, jose.AlgorithmFor(d.Key.Public()), map[string]any{"typ": requestType, "kid": d.kid}, payload)
	if err != nil {
		return record.Wrap("api.requestObject", err)
	}
	c.w.Header().Set("Content-Type", requestMedia)
	if _, err := c.w.Write(token); err != nil {
		c.Log.Debug("request object not sent", "error", err)
	}
	return nil
}

// request is the claims of a request object.
func (d *walletDoor) request(a *record.WalletAsk, open bool) (map[string]any, error) {
	private, err := d.answerKey(a.ID)
	if err != nil {
		return nil, record.Wrap("api.request", err)
	}
	jwk, err := key.JWK(private.Public())
	if err != nil {
		return nil, record.Wrap("api.request", err)
	}
	jwk["kid"], jwk["use"], jwk["alg"] = "answer", "enc", "ECDH-ES"
	meta := map[string]any{
		"client_name": a.Name, "jwks": map[string]any{"keys": []any{jwk}}, "encrypted_response_enc_values_supported": []string{"A128GCM", "A256GCM"},
		"vp_formats_supported": map[string]any{
			"ldp_vc":      map[string]any{"proof_type_values": []string{"DataIntegrityProof", "Ed25519Signature2020"}, "cryptosuite_values": dataintegrity.Names()},
			"jwt_vc_json": map[string]any{"alg_values": jose.DefaultAlgorithms},
		},
	}
	mode := "direct_post.jwt"
	if open {
		mode = "direct_post"
	}
	return map[string]any{
		"client_id": d.client, "iss": d.did, "aud": "https://self-issued.me/v2", "response_type": "vp_token", "response_mode": mode,
		"response_uri": d.BaseURL + "/oid4vp/responses/" + string(a.ID), "nonce": a.Nonce, "state": d.state(a.ID),
		"iat": d.now().Unix(), "exp": a.ExpiresAt.Unix(), "dcql_query": dcql(a), "client_metadata": meta,
	}, nil
}

// response takes a wallet's answer (OpenID4VP 1.0, 8.2 and 8.3).
func (d *walletDoor) response(c *walletCall) error {
	id := record.WalletAskID(c.r.PathValue("id"))
	f, err := c.form()
	if err != nil {
		return err
	}
	if _, err := d.Employer.OpenAsk(c.r.Context(), c.actor(), id); err != nil {
		return err
	}
	answer, err := d.openAnswer(id, f)
	if err != nil {
		return err
	}
	if answer.state != d.state(id) {
		return badRequest("invalid_request", "state is not that of this request")
	}
	if answer.declined != "" {
		if err := d.Employer.DeclineAsk(c.r.Context(), c.actor(), id); err != nil {
			return err
		}
		return c.json(http.StatusOK, map[string]string{"redirect_uri": d.BaseURL + "/ask/sent"})
	}
	presentations, err := presentationsIn(answer.token)
	if err != nil {
		return err
	}
	if err := d.Employer.AnswerAsk(c.r.Context(), c.actor(), id, d.client, presentations); err != nil {
		return err
	}
	return c.json(http.StatusOK, map[string]string{"redirect_uri": d.BaseURL + "/ask/sent"})
}

// sent is an answer in the open.
type sent struct {
	state, declined string
	token           ijson.Value
}

func (d *walletDoor) openAnswer(id record.WalletAskID, f url.Values) (sent, error) {
	token := []byte(f.Get("vp_token"))
	s := sent{state: f.Get("state"), declined: f.Get("error")}
	if sealed := f.Get("response"); sealed != "" {
		if len(token) > 0 || s.state != "" || s.declined != "" {
			return s, badRequest("invalid_request", "an answer is encrypted as a whole or not at all")
		}
		plain, err := d.decrypt(id, sealed)
		if err != nil {
			return s, err
		}
		doc, err := ijson.Parse(plain, nil)
		if err != nil || doc.Root().Kind() != ijson.Object {
			return s, badRequest("invalid_request", "the decrypted answer must be one JSON object")
		}
		return sent{doc.Root().Get("state").Text(), doc.Root().Get("error").Text(), doc.Root().Get("vp_token")}, nil
	}
	if s.declined != "" {
		return s, nil
	}
	doc, err := ijson.Parse(token, nil)
	if err != nil {
		return s, badRequest("invalid_request", "vp_token must be a JSON object: query id → list of presentations")
	}
	s.token = doc.Root()
	return s, nil
}

// decrypt opens an answer: ECDH-ES straight to the content key, AES-GCM, no compression, no other header.
func (d *walletDoor) decrypt(id record.WalletAskID, sealed string) ([]byte, error) {
	refuse := func(words string) ([]byte, error) { return nil, badRequest("invalid_request", words) }
	head, _, _ := strings.Cut(sealed, ".")
	b, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil || len(b) > jose.MaxHeader {
		return refuse("response must be an encrypted token (JWE, compact form)")
	}
	header, err := ijson.Parse(b, nil)
	if err != nil {
		return refuse("the JWE's header is no JSON object")
	}
	if header.Root().Has("zip") || header.Root().Has("crit") {
		return refuse("the JWE must not be compressed and must not carry critical extensions")
	}
	jwe, err := gojose.ParseEncryptedCompact(sealed, []gojose.KeyAlgorithm{gojose.ECDH_ES}, []gojose.ContentEncryption{gojose.A128GCM, gojose.A256GCM})
	if err != nil {
		return refuse("the JWE is not accepted: alg is ECDH-ES, enc is A128GCM or A256GCM, in compact form")
	}
	private, err := d.answerKey(id)
	if err != nil {
		return nil, record.Wrap("api.decrypt", err)
	}
	plain, err := jwe.Decrypt(private)
	if err != nil {
		return refuse("the JWE does not open with the key of this request")
	}
	return plain, nil
}

// presentationsIn reads vp_token: one of the queries, with a list of one presentation in its form.
func presentationsIn(v ijson.Value) ([][]byte, error) {
	if v.Kind() != ijson.Object || v.Len() != 1 {
		return nil, badRequest("invalid_request", "vp_token must hold the answer to one of the credential queries, and nothing else")
	}
	for _, q := range queries {
		list := v.Get(q.id)
		if !list.IsValid() {
			continue
		}
		if list.Kind() != ijson.Array || list.Len() != 1 {
			return nil, badRequest("invalid_request", "each answer in vp_token is a list, here of one presentation")
		}
		p := list.Index(0)
		switch {
		case q.token && p.IsString():
			return [][]byte{[]byte(p.Text())}, nil
		case !q.token && p.Kind() == ijson.Object:
			return [][]byte{p.Raw()}, nil
		}
		return nil, badRequest("invalid_request", "the presentation is not of the format "+q.format)
	}
	return nil, badRequest("invalid_request", "vp_token answers a credential query that was not asked")
}

// ask makes a request for a program (own API).
func (d *walletDoor) ask(c *walletCall) error {
	root, err := c.object("invalid_request")
	if err != nil {
		return err
	}
	for name := range root.Members() {
		switch name {
		case "name", "purpose", "kind", "achievement", "bound":
		default:
			return badRequest("invalid_request", "there is no member "+clipped(name)+"; known are name, purpose, kind, achievement and bound")
		}
	}
	made, err := d.Employer.AskWallet(c.r.Context(), c.actor(), employer.WalletAskRequest{Name: root.Get("name").Text(), Purpose: root.Get("purpose").Text(),
		Kind: root.Get("kind").Text(), Achievement: root.Get("achievement").Text(), Bind: root.Get("bound").Bool()})
	if err != nil {
		return err
	}
	c.w.Header().Set("Location", "/api/presentation-requests/"+made.Secret)
	return c.json(http.StatusCreated, map[string]any{"result": d.BaseURL + "/api/presentation-requests/" + made.Secret, "page": d.BaseURL + "/ask/" + made.Secret,
		"wallet": WalletAskLink(d.BaseURL, d.client, made.ID), "expires": made.ExpiresAt})
}

// ClientID is the identifier under which wallets know a server with this address and key.
func ClientID(d WalletDeps) string {
	door := &walletDoor{WalletDeps: d}
	door.name()
	return door.client
}

// WalletAskLink is what a wallet opens to answer a request.
func WalletAskLink(base, client string, id record.WalletAskID) string {
	return "openid4vp://?" + url.Values{"client_id": {client}, "request_uri": {base + "/oid4vp/requests/" + string(id)}, "request_uri_method": {"post"}}.Encode()
}

// answer tells a program what came of a request.
func (d *walletDoor) answer(c *walletCall) error {
	a, err := d.Employer.WalletAnswer(c.r.Context(), c.actor(), c.r.PathValue("secret"))
	if err != nil {
		return err
	}
	out := map[string]any{"state": a.State, "name": a.Ask.Name, "purpose": a.Ask.Purpose, "expires": a.Ask.ExpiresAt}
	if a.State == "answered" {
		reports := []any{}
		for _, doc := range a.Documents {
			reports = append(reports, doc.Report)
		}
		out["binding"], out["holder"], out["reports"] = a.Ask.Binding, a.Ask.Holder, reports
	}
	return c.json(http.StatusOK, out)
}

// endAsk deletes a request and what was shown.
func (d *walletDoor) endAsk(c *walletCall) error {
	if err := d.Employer.EndAsk(c.r.Context(), c.actor(), c.r.PathValue("secret")); err != nil {
		return err
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}
