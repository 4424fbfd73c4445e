// Package api is the door for programs: JSON in, JSON out, problems by RFC 9457.
//
// The rules are:
//
//   - Routes stand in one table. A handler turns a request into one desk call and its answer into bytes.
//   - An error is a problem document with a stable code and a sentence; details go to the log with the request's id.
//   - Nothing that a stranger sends is kept.
package api

import (
	"errors"
	"io"
	"log/slog"
	"net/http"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
)

// Deps is what the door opens on to. Log and RequestID may be nil.
type Deps struct {
	Employer  *employer.Desk
	Registrar *registrar.Desk
	Learner   *learner.Desk
	Keys      *Keys
	BaseURL   string
	RequestID func(*http.Request) string
	Log       *slog.Logger
}

// call is one request on its way to an answer.
type call struct {
	Deps
	w http.ResponseWriter
	r *http.Request
}

// New builds the door.
func New(d Deps) http.Handler {
	if d.Log == nil {
		d.Log = slog.New(slog.DiscardHandler)
	}
	mux := http.NewServeMux()
	for _, rt := range table {
		mux.HandleFunc(rt.method+" "+rt.path, func(w http.ResponseWriter, r *http.Request) { serve(d, &rt, w, r) })
	}
	mux.HandleFunc("GET /openapi.json", func(w http.ResponseWriter, r *http.Request) { openAPI(d, w) })
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) { noRoute(d, w, r) })
	return mux
}

// body reads the request whole.
func (c *call) body() ([]byte, error) {
	b, err := io.ReadAll(c.r.Body)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, record.Errorf(record.TooLarge, "api", "the request is larger than this address takes; send less at once")
	}
	if err != nil {
		return nil, record.Errorf(record.Invalid, "api", "the request broke off before its end; send it again")
	}
	return b, nil
}

// answer writes JSON.
func (c *call) answer(status int, contentType string, v any) error {
	b, err := ijson.Marshal(v)
	if err != nil {
		return record.Wrap("api.answer", err)
	}
	c.w.Header().Set("Content-Type", contentType)
	c.w.WriteHeader(status)
	if _, err := c.w.Write(append(b, '\n')); err != nil {
		c.Log.Debug("answer not sent", "error", err)
	}
	return nil
}
