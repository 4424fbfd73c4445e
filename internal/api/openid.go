package api

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/key"
)

// WalletDeps is what the door of wallets opens on to. Now, Log and RequestID may be nil.
type WalletDeps struct {
	Learner  *learner.Desk
	Employer *employer.Desk
	// Institutions lists whose names the issuer metadata shows.
	Institutions func(context.Context) ([]*record.Institution, error)
	// BaseURL is the public address of this server: the credential issuer of OpenID4VCI.
	BaseURL string
	// Key signs requests to wallets, and nothing else; a P-256 key in memory, the same on every node.
	Key       crypto.Signer
	RequestID func(*http.Request) string
	Now       func() time.Time
	Log       *slog.Logger
}

// walletDoor speaks OpenID4VCI 1.0 (issuing) and OpenID4VP 1.0 (asking).
type walletDoor struct {
	WalletDeps
	secret []byte // what nonces, states and the keys of answers are derived from
	client string // our client_id at wallets
	did    string // the DID in it
	kid    string
}

const (
	maxWalletBody   = 1 << 20  // a request with five proofs has 10,000 bytes
	maxWalletAnswer = 48 << 20 // a record of 32 MB in base64 inside a form
	nonceLife       = 5 * time.Minute
	proofSkew       = 5 * time.Minute // how far a wallet's clock may be off
)

// NewWallets builds the door.
func NewWallets(d WalletDeps) (http.Handler, error) {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	private, err := key.MarshalPrivateJWK(d.Key)
	if err != nil {
		return nil, err
	}
	door := &walletDoor{WalletDeps: d}
	if door.secret, err = hkdf.Key(sha256.New, private, nil, "laurel wallets", sha256.Size); err != nil {
		return nil, err
	}
	door.name()
	mux := http.NewServeMux()
	for _, rt := range door.routes() {
		mux.HandleFunc(rt.pattern, door.serve(rt.limit, rt.handle))
	}
	mux.HandleFunc("OPTIONS /oid4vci/", func(w http.ResponseWriter, _ *http.Request) { // wallets run in browsers, too
		h := w.Header()
		h.Set("Access-Control-Allow-Origin", "*")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type")
		h.Set("Access-Control-Allow-Methods", "GET, POST")
		w.WriteHeader(http.StatusNoContent)
	})
	return mux, nil
}

// walletRoute is one address of the door.
type walletRoute struct {
	pattern string
	limit   int64
	handle  func(*walletCall) error
}

// routes is the whole door of wallets.
func (door *walletDoor) routes() []walletRoute {
	return []walletRoute{
		{"GET /.well-known/openid-credential-issuer", 0, door.issuerMetadata},
		{"GET /.well-known/oauth-authorization-server/oid4vci", 0, door.serverMetadata},
		{"GET /oid4vci/offers/{token}", 0, door.offer},
		{"POST /oid4vci/token", maxWalletBody, door.token},
		{"POST /oid4vci/nonce", maxWalletBody, door.nonce},
		{"POST /oid4vci/credential", maxWalletBody, door.credential},
		{"POST /oid4vci/deferred", maxWalletBody, door.deferred},
		{"POST /oid4vci/notification", maxWalletBody, door.notification},
		{"GET /oid4vp/did.json", 0, door.didDocument},
		{"GET /oid4vp/requests/{id}", 0, door.requestObject},
		{"POST /oid4vp/requests/{id}", maxWalletBody, door.requestObject},
		{"POST /oid4vp/responses/{id}", maxWalletAnswer, door.response},
		{"POST /api/presentation-requests", maxWalletBody, door.ask},
		{"GET /api/presentation-requests/{secret}", 0, door.answer},
		{"DELETE /api/presentation-requests/{secret}", 0, door.endAsk},
	}
}

// WalletPaths are the addresses under which the door is mounted.
var WalletPaths = []string{"/.well-known/openid-credential-issuer", "/.well-known/oauth-authorization-server/oid4vci", "/oid4vci/", "/oid4vp/",
	"POST /api/presentation-requests", "/api/presentation-requests/{secret}"}

// name chooses the identifier that wallets know us by (OpenID4VP 1.0, 5.9.3, decentralized_identifier): a did:web of
// our own address, whose document is oid4vp/did.json, or, where there is no domain name, a did:jwk.
func (d *walletDoor) name() {
	if web, err := record.WebDID(d.BaseURL); err == nil && strings.HasPrefix(d.BaseURL, "https://") {
		if u, err := did.WebURL(web + ":oid4vp"); err == nil && u == d.BaseURL+"/oid4vp/did.json" {
			d.did = web + ":oid4vp"
			d.kid = d.did + "#key-1"
		}
	}
	if d.did == "" {
		d.did = did.JWK(d.Key.Public())
		d.kid = d.did + "#0"
	}
	d.client = "decentralized_identifier:" + d.did
}

func (d *walletDoor) now() time.Time {
	if d.Now != nil {
		return record.Time(d.Now())
	}
	return record.Time(time.Now())
}

// actor is whoever holds the secret that the request carries; the audit names the request.
func (c *walletCall) actor() record.Actor {
	a := record.Actor{}
	if c.RequestID != nil {
		a.RequestID = c.RequestID(c.r)
	}
	return a
}

// walletCall is one request of a wallet.
type walletCall struct {
	call
	door *walletDoor
}

// refusal is an error in the words of OAuth 2.0 (RFC 6749, 5.2), which both protocols use.
type refusal struct {
	status      int
	code, words string
}

func (e *refusal) Error() string { return e.code + ": " + e.words }

func badRequest(code, words string) error { return &refusal{http.StatusBadRequest, code, words} }

func (d *walletDoor) serve(limit int64, handle func(*walletCall) error) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, limit)
		h := w.Header()
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Cache-Control", "no-store")
		h.Set("Access-Control-Allow-Origin", "*") // nothing here goes by cookies
		c := &walletCall{call{Deps{RequestID: d.RequestID, Log: d.Log}, w, r}, d}
		if err := handle(c); err != nil {
			c.refuse(err)
		}
	}
}

// refusals turn the desks' codes into those of the protocols.
var refusals = map[string]refusal{
	"wallet.token":        {http.StatusUnauthorized, "invalid_token", ""},
	"wallet.code":         {http.StatusBadRequest, "invalid_grant", ""},
	"wallet.tx":           {http.StatusBadRequest, "invalid_grant", ""},
	"wallet.tx-missing":   {http.StatusBadRequest, "invalid_request", ""},
	"wallet.identifier":   {http.StatusBadRequest, "unknown_credential_identifier", ""},
	"wallet.format":       {http.StatusBadRequest, "unknown_credential_configuration", ""},
	"wallet.ambiguous":    {http.StatusBadRequest, "invalid_credential_request", ""},
	"wallet.proof":        {http.StatusBadRequest, "invalid_proof", ""},
	"wallet.withdrawn":    {http.StatusBadRequest, "credential_request_denied", ""},
	"wallet.held":         {http.StatusBadRequest, "credential_request_denied", ""},
	"wallet.too-often":    {http.StatusBadRequest, "credential_request_denied", ""},
	"wallet.transaction":  {http.StatusBadRequest, "invalid_transaction_id", ""},
	"wallet.notification": {http.StatusBadRequest, "invalid_notification_id", ""},
	"wallet.event":        {http.StatusBadRequest, "invalid_notification_request", ""},
}

// byKind are the codes for everything else.
var byKind = map[record.Kind]string{
	record.Invalid: "invalid_request", record.NotFound: "invalid_request", record.Forbidden: "credential_request_denied", record.Conflict: "invalid_request",
	record.Gone: "invalid_request", record.TooLarge: "invalid_request", record.Unavailable: "temporarily_unavailable", record.Internal: "server_error",
}

// refuse answers an error.
func (c *walletCall) refuse(err error) {
	e, ok := errors.AsType[*refusal](err)
	if !ok {
		known := refusals[record.CodeOf(err)]
		e = &refusal{known.status, known.code, record.MessageOf(err)}
		if e.status == 0 {
			kind := record.KindOf(err)
			e.status, e.code = statuses[kind], byKind[kind]
		}
	}
	if e.status >= http.StatusInternalServerError {
		c.Log.Error("wallet", "request", c.actor().RequestID, "error", err)
	}
	if e.status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer error="`+e.code+`"`)
	}
	if err := c.call.answer(e.status, "application/json", map[string]string{"error": e.code, "error_description": e.words}); err != nil {
		c.Log.Error("wallet refusal not written", "error", err)
	}
}

func (c *walletCall) json(status int, v any) error {
	return c.call.answer(status, "application/json", v)
}

// form reads a form: a member that comes twice is refused (RFC 6749, 3.1).
func (c *walletCall) form() (url.Values, error) {
	if mt, _, _ := strings.Cut(c.r.Header.Get("Content-Type"), ";"); strings.TrimSpace(strings.ToLower(mt)) != "application/x-www-form-urlencoded" {
		return nil, badRequest("invalid_request", "send a form: application/x-www-form-urlencoded")
	}
	if err := c.r.ParseForm(); err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			return nil, &refusal{http.StatusRequestEntityTooLarge, "invalid_request", "the request is larger than this address takes"}
		}
		return nil, badRequest("invalid_request", "the form cannot be read")
	}
	for name, values := range c.r.PostForm {
		if len(values) > 1 {
			return nil, badRequest("invalid_request", "the parameter "+clipped(name)+" comes more than once")
		}
	}
	return c.r.PostForm, nil
}

func clipped(s string) string {
	const most = 60
	if len(s) > most {
		s = s[:most] + "…"
	}
	return strings.ToValidUTF8(s, "�")
}

// object reads a body that is a JSON object.
func (c *walletCall) object(code string) (ijson.Value, error) {
	b, err := c.body()
	if record.KindOf(err) == record.TooLarge {
		return ijson.Value{}, &refusal{http.StatusRequestEntityTooLarge, code, record.MessageOf(err)}
	}
	if err != nil {
		return ijson.Value{}, badRequest(code, record.MessageOf(err))
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil || doc.Root().Kind() != ijson.Object {
		return ijson.Value{}, badRequest(code, "the body must be one JSON object")
	}
	return doc.Root(), nil
}

// bearer is the access token of the request (RFC 6750, 2.1), checked before anything else is said.
func (c *walletCall) bearer() (string, error) {
	scheme, token, ok := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if !ok || !strings.EqualFold(scheme, "Bearer") || len(c.r.Header.Values("Authorization")) > 1 {
		return "", &refusal{http.StatusUnauthorized, "invalid_token", "the request needs an access token: Authorization: Bearer …"}
	}
	token = strings.TrimSpace(token)
	return token, c.door.Learner.CheckWalletToken(c.r.Context(), c.actor(), token)
}

// tag is a keyed hash for one use.
func (d *walletDoor) tag(use string, b []byte) []byte {
	m := hmac.New(sha256.New, d.secret)
	m.Write([]byte(use + "\x1f"))
	m.Write(b)
	return m.Sum(nil)[:16]
}

// newNonce makes a nonce that every node recognises and that runs out by itself; only its use takes a row.
func (d *walletDoor) newNonce() string {
	b := binary.BigEndian.AppendUint64(nil, uint64(d.now().Add(nonceLife).Unix()))
	b = append(b, make([]byte, 12)...)
	_, _ = rand.Read(b[8:]) // never fails
	return base64.RawURLEncoding.EncodeToString(append(b, d.tag("nonce", b)...))
}

// readNonce tells until when a nonce of ours is good; false for any other and for one that has run out.
func (d *walletDoor) readNonce(nonce string) (time.Time, bool) {
	b, err := base64.RawURLEncoding.Strict().DecodeString(nonce)
	if err != nil || len(b) != 36 || !hmac.Equal(b[20:], d.tag("nonce", b[:20])) {
		return time.Time{}, false
	}
	until := time.Unix(int64(binary.BigEndian.Uint64(b)), 0).UTC()
	return until, d.now().Before(until)
}

// state is what a wallet must send back with its answer to a request.
func (d *walletDoor) state(id record.WalletAskID) string {
	return base64.RawURLEncoding.EncodeToString(d.tag("state", []byte(id)))
}

// answerKey is the key that a wallet encrypts its answer to one request for. It is derived and never kept.
func (d *walletDoor) answerKey(id record.WalletAskID) (*ecdsa.PrivateKey, error) {
	for n := byte(0); ; n++ { // a draw beyond the curve's order happens once in 2^32
		b, err := hkdf.Key(sha256.New, d.secret, []byte{n}, "answer "+string(id), 32)
		if err != nil {
			return nil, err
		}
		k, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), b)
		if err == nil || n == 255 {
			return k, err
		}
	}
}

// didDocument publishes the key that signs requests, where the identifier is a did:web.
func (d *walletDoor) didDocument(c *walletCall) error {
	if strings.HasPrefix(d.did, "did:jwk:") {
		return &refusal{http.StatusNotFound, "invalid_request", "this server is known to wallets by a did:jwk, which needs no document"}
	}
	jwk, err := key.JWK(d.Key.Public())
	if err != nil {
		return record.Wrap("api.didDocument", err)
	}
	c.w.Header().Set("Cache-Control", "public, max-age=300")
	return c.call.answer(http.StatusOK, "application/did+json", map[string]any{
		"@context": []string{"https://www.w3.org/ns/did/v1", "https://w3id.org/security/jwk/v1"}, "id": d.did,
		"verificationMethod": []any{map[string]any{"id": d.kid, "type": "JsonWebKey", "controller": d.did, "publicKeyJwk": jwk}},
		"authentication":     []string{d.kid}, "assertionMethod": []string{d.kid}})
}
