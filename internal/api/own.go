package api

import (
	"bytes"
	"context"
	"encoding/json"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// visit is a request of the own API with who makes it.
type visit struct {
	*call
	actor record.Actor
	key   *record.APIKey // nil where no key is asked for
}

// serve takes a request through the door: key, scope, body, the promise of an idempotency key, the handler.
func serve(d Deps, rt *route, w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, max(rt.limit, maxSmall))
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cache-Control", "no-store")
	v := &visit{call: &call{d, w, r}}
	if err := v.enter(rt); err != nil {
		v.problem(err)
		return
	}
	var err error
	if promised := r.Header.Get("Idempotency-Key"); promised != "" && rt.method == http.MethodPost && rt.scope != "" {
		err = v.once(rt, promised)
	} else {
		err = rt.handle(v)
	}
	if err != nil {
		v.problem(err)
	}
}

// maxSmall bounds the body of what needs none.
const maxSmall = 64 << 10

// enter finds out who is at the door and whether they may do this.
func (v *visit) enter(rt *route) error {
	if rt.scope == "" {
		return nil
	}
	const op = "api.enter"
	scheme, token, _ := strings.Cut(v.r.Header.Get("Authorization"), " ")
	token = strings.TrimSpace(token)
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		return &record.Error{Kind: record.Forbidden, Op: op, Code: "key.missing", Message: "an API key is needed: send the header Authorization: Bearer lrl_…"}
	}
	var err error
	if v.actor, v.key, err = v.Keys.Actor(v.r.Context(), token); err != nil {
		return err
	}
	if v.RequestID != nil {
		v.actor.RequestID = strings.TrimSpace(v.RequestID(v.r) + " " + v.key.Prefix) // the audit names the person and the key
	}
	if !v.key.May(rt.scope) {
		return &record.Error{Kind: record.Forbidden, Op: op, Code: "scope.missing", Message: "this key has not the scope " + string(rt.scope) + "; make one that has"}
	}
	return nil
}

// object reads the request as a JSON object.
func (v *visit) object() (ijson.Value, error) {
	const op = "api.object"
	if t, _, err := mime.ParseMediaType(v.r.Header.Get("Content-Type")); err != nil || t != "application/json" {
		return ijson.Value{}, &record.Error{Kind: record.Invalid, Op: op, Code: "content-type.unsupported", Message: "this address takes JSON; send Content-Type: application/json"}
	}
	body, err := v.body()
	if err != nil {
		return ijson.Value{}, err
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return ijson.Value{}, record.Errorf(record.Invalid, op, "the request is not JSON that can be read: %v", err)
	}
	if doc.Root().Kind() != ijson.Object {
		return ijson.Value{}, record.Errorf(record.Invalid, op, "the request must be a JSON object")
	}
	return doc.Root(), nil
}

// read fills a struct from the request and refuses members that it does not have: a mistyped name must not pass.
func (v *visit) read(into any) error {
	root, err := v.object()
	if err != nil {
		return err
	}
	return readStrict(root.Raw(), into)
}

func readStrict(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b)) // ijson has read it: no duplicate name is left
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return record.Errorf(record.Invalid, "api.read", "the request does not fit: %s; /openapi.json says what it may hold", strings.TrimPrefix(err.Error(), "json: "))
	}
	return nil
}

const (
	maxPromise = 255
	// promiseKept is how long the answer to a request with an idempotency key is kept.
	promiseKept = 24 * time.Hour
	// promiseStale is when a request that never ended is taken to be dead: no request lives that long.
	promiseStale = 5 * time.Minute
)

// once does what the request asks once for one idempotency key, and gives the same answer to whoever asks again with
// the same request.
func (v *visit) once(rt *route, promised string) error {
	const op = "api.once"
	if len(promised) > maxPromise {
		return record.Errorf(record.Invalid, op, "an idempotency key has at most %d characters", maxPromise)
	}
	body, err := v.body()
	if err != nil {
		return err
	}
	v.r.Body = http.NoBody
	ctx, now := v.r.Context(), v.Keys.now()
	asked := record.Sum([]byte(v.r.Method + " " + v.r.URL.RequestURI() + "\n" + v.r.Header.Get("Content-Type") + "\n" + string(body)))
	reply := &record.Reply{Key: record.Sum([]byte(v.key.ID + "\n" + promised)), RequestHash: asked, CreatedAt: now}
	held, started, err := v.begin(ctx, reply)
	if err != nil {
		return err
	}
	if !started {
		return v.repeat(held, asked)
	}
	kept := &keeping{ResponseWriter: v.w}
	again := *v.call
	again.w, again.r = kept, v.r.Clone(ctx)
	again.r.Body = readCloser{bytes.NewReader(body)}
	inner := &visit{&again, v.actor, v.key}
	if err := rt.handle(inner); err != nil {
		inner.problem(err)
	}
	// The answer is kept even when the caller has gone meanwhile; faults of ours are not, so that a repetition tries again.
	ctx = context.WithoutCancel(ctx)
	return v.Keys.DB.Update(ctx, func(tx *store.Tx) error {
		if kept.status >= http.StatusInternalServerError {
			return tx.DropReply(ctx, reply.Key)
		}
		reply.Status, reply.ContentType, reply.Body = kept.status, v.w.Header().Get("Content-Type"), kept.body.Bytes()
		return tx.EndReply(ctx, reply)
	})
}

// begin takes the promise's key; a dead request's is taken over.
func (v *visit) begin(ctx context.Context, reply *record.Reply) (held *record.Reply, started bool, err error) {
	err = v.Keys.DB.Update(ctx, func(tx *store.Tx) (err error) {
		held, started, err = tx.BeginReply(ctx, reply)
		if err != nil || started || held.Status != 0 || reply.CreatedAt.Sub(held.CreatedAt) < promiseStale || held.RequestHash != reply.RequestHash {
			return err
		}
		started = true
		return tx.TakeReply(ctx, reply.Key, held.CreatedAt, reply.CreatedAt)
	})
	return held, started, err
}

// repeat answers a request whose key was used before.
func (v *visit) repeat(held *record.Reply, asked string) error {
	switch {
	case held.RequestHash != asked:
		return &record.Error{Kind: record.Conflict, Op: "api.once", Code: "idempotency.mismatch", Message: "this idempotency key was used for another request; take a new key for a new request"}
	case held.Status == 0:
		v.w.Header().Set("Retry-After", "1")
		return &record.Error{Kind: record.Conflict, Op: "api.once", Code: "idempotency.running", Message: "the first request with this idempotency key is still under way; ask again in a moment"}
	}
	h := v.w.Header()
	h.Set("Content-Type", held.ContentType)
	h.Set("Idempotent-Replayed", "true")
	v.w.WriteHeader(held.Status)
	_, _ = v.w.Write(held.Body) // the caller has gone
	return nil
}

// keeping is an answer that is sent and kept.
type keeping struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (k *keeping) WriteHeader(status int) {
	k.status = status
	k.ResponseWriter.WriteHeader(status)
}

func (k *keeping) Write(b []byte) (int, error) {
	if k.status == 0 {
		k.status = http.StatusOK
	}
	k.body.Write(b)
	return k.ResponseWriter.Write(b)
}

type readCloser struct{ *bytes.Reader }

func (readCloser) Close() error { return nil }

// tag makes an entity tag of a version.
func tag(version int64) string { return `"` + strconv.FormatInt(version, 10) + `"` }

// version reads the version that a change names (RFC 9110, If-Match): without it, two programs could undo each other.
func (v *visit) version() (int64, error) {
	text := v.r.Header.Get("If-Match")
	if text == "" {
		return 0, &record.Error{Kind: record.Invalid, Op: "api.version", Code: "version.missing", Message: "send If-Match with the ETag that was read, so that no other change is lost"}
	}
	n, err := strconv.ParseInt(strings.Trim(strings.TrimPrefix(text, "W/"), `"`), 10, 64)
	if err != nil {
		return 0, &record.Error{Kind: record.Conflict, Op: "api.version", Code: "version.changed", Message: "If-Match names a version that this never had; read it again"}
	}
	return n, nil
}

// page is what every list answers with.
type page struct {
	Items any    `json:"items"`
	Next  string `json:"next,omitempty"` // the address of the next page
}

// limit reads how many items a page may have.
func (v *visit) limit(most int) (int, error) {
	text := v.r.URL.Query().Get("limit")
	if text == "" {
		return min(50, most), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > most {
		return 0, record.Errorf(record.Invalid, "api.limit", "limit must be a number from 1 to %d", most)
	}
	return n, nil
}

// list answers one page; last is the id of its last item, empty when no other page follows (RFC 8288).
func (v *visit) list(items any, last string) error {
	p := page{Items: items}
	if last != "" {
		u := *v.r.URL
		q := u.Query()
		q.Set("after", last)
		u.RawQuery = q.Encode()
		p.Next = v.BaseURL + u.RequestURI()
		v.w.Header().Set("Link", "<"+p.Next+`>; rel="next"`)
	}
	return v.answer(http.StatusOK, "application/json", p)
}

// noRoute answers what no route has, with what the address does take.
func noRoute(d Deps, w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, rt := range table {
		if pathFits(rt.path, r.URL.Path) {
			allowed = append(allowed, rt.method)
		}
	}
	if len(allowed) > 0 {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		Problem(w, http.StatusMethodNotAllowed, "method.unknown", "this address takes "+strings.Join(allowed, " and "))
		return
	}
	Problem(w, http.StatusNotFound, string(record.NotFound), "there is no such address; "+d.BaseURL+"/openapi.json lists them")
}

// pathFits reports whether a path is one of a pattern's.
func pathFits(pattern, path string) bool {
	want, got := strings.Split(pattern, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] != got[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}
