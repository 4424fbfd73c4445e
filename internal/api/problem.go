package api

import (
	"net/http"

	"github.com/openlaurel/laurel/internal/record"
)

// statuses is the one table of what a caller is answered, by the kind of error.
var statuses = map[record.Kind]int{
	record.Invalid: http.StatusBadRequest, record.NotFound: http.StatusNotFound, record.Forbidden: http.StatusForbidden, record.Conflict: http.StatusConflict,
	record.Gone: http.StatusGone, record.TooLarge: http.StatusRequestEntityTooLarge, record.Unavailable: http.StatusServiceUnavailable, record.Internal: http.StatusInternalServerError,
}

// problem is a problem document (RFC 9457).
type problem struct {
	Type     string `json:"type"`
	Title    string `json:"title"`
	Status   int    `json:"status"`
	Detail   string `json:"detail"`
	Code     string `json:"code"`
	Instance string `json:"instance,omitempty"` // the request's id
}

// problem answers an error. Its cause is logged and never shown.
func (c *call) problem(err error) {
	kind := record.KindOf(err)
	status := statuses[kind]
	if status == 0 {
		status = http.StatusInternalServerError
	}
	p := problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Detail: record.MessageOf(err), Code: record.CodeOf(err)}
	if p.Code == "" {
		p.Code = string(kind)
	}
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
