package api

import (
	"net/http"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
)

// statusInfo is the body of every error of the 1EdTech interfaces (Imsx_StatusInfo).
type statusInfo struct {
	Major       string    `json:"imsx_codeMajor"`
	Severity    string    `json:"imsx_severity"`
	Description string    `json:"imsx_description"`
	Minor       codeMinor `json:"imsx_codeMinor"`
}

type codeMinor struct {
	Fields []codeMinorField `json:"imsx_codeMinorField"`
}

type codeMinorField struct {
	Name  string `json:"imsx_codeMinorFieldName"`
	Value string `json:"imsx_codeMinorFieldValue"`
}

// minors is the one table of what a program is answered, by the kind of error.
var minors = map[record.Kind]struct {
	status int
	minor  string
}{
	record.Invalid: {http.StatusBadRequest, "invalid_data"}, record.NotFound: {http.StatusNotFound, "not_found"}, record.Forbidden: {http.StatusForbidden, "forbidden"},
	record.Conflict: {http.StatusConflict, "unknown"}, record.Gone: {http.StatusNotFound, "not_found"}, record.TooLarge: {http.StatusRequestEntityTooLarge, "invalid_data"},
	record.Unavailable: {http.StatusServiceUnavailable, "server_busy"}, record.Internal: {http.StatusInternalServerError, "internal_server_error"},
}

// badQuery is an error that the standard tells apart from other wrong input.
func badQuery(text string) error {
	e := record.Errorf(record.Invalid, "api.query", "%s", text)
	e.Code = "invalid_query_parameter"
	return e
}

// fail answers an error. Its cause is logged and never shown.
func (c *hostCall) fail(err error) {
	m, ok := minors[record.KindOf(err)]
	if !ok {
		m = minors[record.Internal]
	}
	if record.CodeOf(err) == "invalid_query_parameter" {
		m.minor = "invalid_query_parameter"
	}
	if m.status >= http.StatusInternalServerError {
		c.Log.ErrorContext(c.r.Context(), "1EdTech interface", "path", c.prefix, "error", err)
	}
	if m.status == http.StatusServiceUnavailable {
		c.w.Header().Set("Retry-After", "30")
	}
	c.status(m.status, m.minor, record.MessageOf(err))
}

// status answers with Imsx_StatusInfo.
func (c *hostCall) status(status int, minor, text string) {
	severity := "error"
	if minor == "not_found" {
		severity = "status"
	}
	b, err := ijson.Marshal(statusInfo{"failure", severity, text, codeMinor{[]codeMinorField{{"TargetEndSystem", minor}}}})
	if err != nil {
		c.Log.ErrorContext(c.r.Context(), "status not written", "error", err)
	}
	_ = c.send(status, "application/json", b) // send has no error to give
}
