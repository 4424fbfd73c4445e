package api

import (
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
)

// statuses is the one table of what a caller is answered, by the kind of error.
var statuses = map[record.Kind]int{
	record.Invalid: http.StatusBadRequest, record.NotFound: http.StatusNotFound, record.Forbidden: http.StatusForbidden, record.Conflict: http.StatusConflict,
	record.Gone: http.StatusGone, record.TooLarge: http.StatusRequestEntityTooLarge, record.Unavailable: http.StatusServiceUnavailable, record.Internal: http.StatusInternalServerError,
}

// codes are the errors whose status their kind does not tell.
var codes = map[string]int{
	"key.missing": http.StatusUnauthorized, "key.unknown": http.StatusUnauthorized, "scope.missing": http.StatusForbidden,
	"content-type.unsupported": http.StatusUnsupportedMediaType, "idempotency.mismatch": http.StatusUnprocessableEntity,
	"version.missing": http.StatusPreconditionRequired, "version.changed": http.StatusPreconditionFailed, "rate.limited": http.StatusTooManyRequests,
}

// Codes lists the codes beside those of the kinds of errors.
func Codes() []string {
	return append(slices.Sorted(maps.Keys(codes)), "method.unknown", "idempotency.running")
}

// TypeURI is the stable name of a kind of problem; the same code has the same name on every server.
func TypeURI(code string) string {
	return "https://github.com/openlaurel/laurel/blob/main/docs/api.md#" + strings.ReplaceAll(strings.ReplaceAll(code, ".", "-"), "_", "-")
}

// Problem writes a problem document of a door before this one.
func Problem(w http.ResponseWriter, status int, code, detail string) {
	p := problem{Type: TypeURI(code), Title: http.StatusText(status), Status: status, Detail: detail, Code: code}
	b, err := ijson.Marshal(p)
	if err != nil { // strings and a number
		http.Error(w, detail, status)
		return
	}
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_, _ = w.Write(append(b, '\n')) // the caller has gone
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Code     string `json:"code"`
	Pointer  string `json:"pointer,omitempty"`  // of the request's member that is wrong
	Instance string `json:"instance,omitempty"` // the request's id
}

// problem answers an error. Its cause is logged and never shown.
func (c *call) problem(err error) {
	kind := record.KindOf(err)
	status := statuses[kind]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	code := record.CodeOf(err)
	if code == "" {
		code = string(kind)
	}
	if own := codes[code]; own != 0 {
		status = own
	}
	if status == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Bearer realm="laurel"`)
	}
	p := problem{Type: TypeURI(code), Title: http.StatusText(status), Status: status, Detail: record.MessageOf(err), Code: code}
	if c.RequestID != nil {
		if id := c.RequestID(c.r); id != "" {
			p.Instance = "urn:request:" + id
		}
	}
	if status >= http.StatusInternalServerError {
		c.Log.Error("api", "request", p.Instance, "error", err)
	}
	if err := c.answer(status, "application/problem+json", p); err != nil {
		c.Log.Error("problem not written", "error", err)
	}
}
