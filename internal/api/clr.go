package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
)

// HostDeps is what the 1EdTech interfaces open on to. Log may be nil.
type HostDeps struct {
	Learner *learner.Desk
	// Check says what an access token opens; one that opens nothing is NotFound.
	Check     func(ctx context.Context, token string) (*record.Access, error)
	PublicURL string // without a trailing slash
	Log       *slog.Logger
}

// standard is one of the two interfaces: the same operations over another kind of credential.
type standard struct {
	prefix, kind, title, version string
	list, upsert, get, put       string // scopes
}

var standards = []standard{
	{"/ims/clr/v2p0", "ClrCredential", "Comprehensive Learner Record Standard 2.0", "2.0", oauth.ReadCLR, oauth.WriteCLR, oauth.ReadCLRProfile, oauth.WriteCLRProfile},
	{"/ims/ob/v3p0", "AchievementCredential", "Open Badges 3.0", "3.0", oauth.ReadBadges, oauth.WriteBadges, oauth.ReadBadgeProfile, oauth.PutBadgeProfile},
}

// maxUpsert bounds what a program may send at once: a record of a long life with its images.
const maxUpsert = 16 << 20

// hostCall is one request to a 1EdTech interface.
type hostCall struct {
	HostDeps
	standard
	w      http.ResponseWriter
	r      *http.Request
	access *record.Access
}

// act is one operation: its method, the scope it needs ("" for none), and what it does.
type act struct {
	method, scope string
	do            func(*hostCall) error
}

// acts is the interface by path.
func (std standard) acts() map[string][]act {
	return map[string][]act{
		"/discovery":   {{http.MethodGet, "", describe}},
		"/credentials": {{http.MethodGet, std.list, getCredentials}, {http.MethodPost, std.upsert, upsertCredential}},
		"/profile":     {{http.MethodGet, std.get, getProfile}, {http.MethodPut, std.put, putProfile}},
	}
}

// NewHost builds the door of the CLR 2.0 and Open Badges 3.0 interfaces. It answers everything under /ims/.
func NewHost(d HostDeps) http.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	for _, std := range standards {
		for path, acts := range std.acts() {
			mux.HandleFunc(std.prefix+path, func(w http.ResponseWriter, r *http.Request) {
				(&hostCall{HostDeps: d, standard: std, w: w, r: r}).serve(acts)
			})
		}
	}
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		(&hostCall{HostDeps: d, w: w, r: r}).status(http.StatusNotFound, "not_found", "there is no such endpoint; see /ims/clr/v2p0/discovery and /ims/ob/v3p0/discovery")
	})
	return mux
}

// serve finds the operation, checks the token, and answers every error as Imsx_StatusInfo.
func (c *hostCall) serve(acts []act) {
	c.r.Body = http.MaxBytesReader(c.w, c.r.Body, maxUpsert)
	h := c.w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cache-Control", "no-store")
	var allowed []string
	for _, a := range acts {
		allowed = append(allowed, a.method)
		if c.r.Method != a.method && (c.r.Method != http.MethodHead || a.method != http.MethodGet) {
			continue
		}
		if a.scope != "" && !c.admit(a.scope) {
			return
		}
		if err := a.do(c); err != nil {
			c.fail(err)
		}
		return
	}
	h.Set("Allow", strings.Join(allowed, ", "))
	c.status(http.StatusMethodNotAllowed, "not_allowed", "this endpoint answers "+strings.Join(allowed, " and "))
}

// admit checks the token and its scope (RFC 6750).
func (c *hostCall) admit(scope string) bool {
	if c.r.URL.Query().Has("access_token") {
		c.status(http.StatusBadRequest, "invalid_query_parameter", "a token is sent in the Authorization header and never in the address")
		return false
	}
	kind, token, _ := strings.Cut(c.r.Header.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(kind, "Bearer") || token == "" {
		c.w.Header().Set("WWW-Authenticate", `Bearer scope="`+scope+`"`)
		c.status(http.StatusUnauthorized, "unauthorizedrequest", "send an access token: Authorization: Bearer …")
		return false
	}
	access, err := c.Check(c.r.Context(), token)
	if record.KindOf(err) == record.NotFound {
		c.w.Header().Set("WWW-Authenticate", `Bearer error="invalid_token", scope="`+scope+`"`)
		c.status(http.StatusUnauthorized, "unauthorizedrequest", record.MessageOf(err))
		return false
	}
	if err != nil {
		c.fail(err)
		return false
	}
	for _, s := range access.Scopes {
		if s == scope {
			c.access = access
			return true
		}
	}
	c.w.Header().Set("WWW-Authenticate", `Bearer error="insufficient_scope", scope="`+scope+`"`)
	c.status(http.StatusForbidden, "forbidden", "the learner did not allow this: the token lacks the scope "+scope)
	return false
}

// getCredentials lists the learner's credentials (CLR 2.0 API, getCredentials).
func getCredentials(c *hostCall) error {
	q, err := url.ParseQuery(c.r.URL.RawQuery)
	if err != nil {
		return badQuery("the query cannot be read")
	}
	limit, err1 := count(q, "limit", 1)
	offset, err2 := count(q, "offset", 0)
	since, err3 := moment(q)
	if err := errors.Join(err1, err2, err3); err != nil {
		return badQuery(err.Error())
	}
	page, size, err := c.Learner.ListFor(c.r.Context(), c.access.Actor, c.kind, since, limit, offset)
	if err != nil {
		return err
	}
	var objects, tokens [][]byte
	for _, b := range page.Credentials {
		if b = bytes.TrimSpace(b); bytes.HasPrefix(b, []byte("{")) {
			objects = append(objects, b)
		} else {
			tokens = append(tokens, ijson.AppendQuoted(nil, string(b)))
		}
	}
	var parts [][]byte
	if objects != nil {
		parts = append(parts, append(append([]byte(`"credential":[`), bytes.Join(objects, []byte(","))...), ']'))
	}
	if tokens != nil {
		parts = append(parts, append(append([]byte(`"compactJwsString":[`), bytes.Join(tokens, []byte(","))...), ']'))
	}
	h := c.w.Header()
	h.Set("X-Total-Count", strconv.Itoa(page.Total))
	h.Set("Link", c.links(q.Get("since"), size, offset, page.Total, len(page.Credentials)))
	return c.send(http.StatusOK, "application/json", append(append([]byte("{"), bytes.Join(parts, []byte(","))...), '}'))
}

// links names the other pages (RFC 8288): first and last always, next while there is more, prev after the first.
func (c *hostCall) links(since string, limit, offset, total, here int) string {
	var out []string
	add := func(rel string, at int) {
		q := url.Values{"limit": {strconv.Itoa(limit)}, "offset": {strconv.Itoa(at)}}
		if since != "" {
			q.Set("since", since)
		}
		out = append(out, `<`+c.PublicURL+c.prefix+`/credentials?`+q.Encode()+`>; rel="`+rel+`"`)
	}
	if offset+here < total {
		add("next", offset+here)
	}
	add("last", max(0, (total-1)/limit*limit))
	add("first", 0)
	if offset > 0 {
		add("prev", max(0, offset-limit))
	}
	return strings.Join(out, ", ")
}

// count reads a whole number of the query.
func count(q url.Values, name string, least int) (int, error) {
	v := q[name]
	if len(v) == 0 {
		return 0, nil
	}
	n, err := strconv.ParseInt(v[0], 10, 32)
	if err != nil || len(v) > 1 || int(n) < least {
		return 0, errors.New(name + " is one whole number, " + strconv.Itoa(least) + " or more")
	}
	return int(n), nil
}

// moment reads since: RFC 3339, or the form without a zone that the standard's text shows, which is UTC.
func moment(q url.Values) (time.Time, error) {
	v := q["since"]
	if len(v) == 0 {
		return time.Time{}, nil
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, v[0]); err == nil && len(v) == 1 {
			return t, nil
		}
	}
	return time.Time{}, errors.New("since is one date and time, such as 2026-01-31T00:00:00Z")
}

// upsertCredential takes a credential in (CLR 2.0 API, upsertCredential) and answers with the bytes that came.
func upsertCredential(c *hostCall) error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	media := map[string]string{"application/json": "application/vc+ld+json", "application/vc+ld+json": "application/vc+ld+json", "application/ld+json": "application/vc+ld+json",
		"application/vc": "application/vc", "text/plain": "application/jwt"}[kind]
	if err != nil || media == "" {
		return record.Errorf(record.Invalid, "api.upsert", "the Content-Type is application/json for a credential with its proof inside and text/plain for a compact JWS")
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	kept, answer := body, "application/json"
	if media == "application/jwt" {
		kept, answer = bytes.TrimSpace(body), "text/plain"
	}
	outcome, err := c.Learner.Receive(c.r.Context(), c.access.Actor, c.kind, media, kept, c.access.ClientName)
	if err != nil {
		return err
	}
	switch outcome {
	case record.HeldOlder:
		c.w.WriteHeader(http.StatusNotModified)
		return nil
	case record.HeldNew:
		return c.send(http.StatusCreated, answer, kept)
	default:
		return c.send(http.StatusOK, answer, kept)
	}
}

// getProfile reads the learner's profile.
func getProfile(c *hostCall) error {
	body, err := c.Learner.ProfileFor(c.r.Context(), c.access.Actor)
	if err != nil {
		return err
	}
	return c.send(http.StatusOK, "application/json", body)
}

// putProfile replaces the learner's profile, whole.
func putProfile(c *hostCall) error {
	if kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type")); err != nil || kind != "application/json" && kind != "application/ld+json" {
		return record.Errorf(record.Invalid, "api.putProfile", "the Content-Type is application/json")
	}
	body, err := c.body()
	if err != nil {
		return err
	}
	if err := c.Learner.PutProfile(c.r.Context(), c.access.Actor, body); err != nil {
		return err
	}
	return c.send(http.StatusOK, "application/json", body)
}

func (c *hostCall) body() ([]byte, error) {
	b, err := io.ReadAll(c.r.Body)
	if _, large := errors.AsType[*http.MaxBytesError](err); large {
		return nil, record.Errorf(record.TooLarge, "api.body", "at most 16 MiB are taken at once")
	}
	if err != nil {
		return nil, record.Errorf(record.Invalid, "api.body", "the request broke off before its end; send it again")
	}
	return b, nil
}

func (c *hostCall) send(status int, contentType string, body []byte) error {
	c.w.Header().Set("Content-Type", contentType)
	c.w.WriteHeader(status)
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(body) // the program has gone
	}
	return nil
}
