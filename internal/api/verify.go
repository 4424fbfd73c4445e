package api

import (
	"net/http"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

const (
	maxVerify = verify.MaxBytes + 1<<20 // the verifier's own bound, and room for what is around the inputs
	maxInputs = 100                     // of one request: what one person waits for
)

// verifyInputs judges what the request carries: the body as it is (JSON, a JWT, an image, a PDF), or the members of
// {"inputs": […]}, each a credential object or a string (a token, or JSON text). One input is answered with its report,
// several with {"reports": […]} in their order.
func verifyInputs(c *call) error {
	body, err := c.body()
	if err != nil {
		return err
	}
	if len(body) == 0 {
		return record.Errorf(record.Invalid, "api.verify", "the request is empty; send the credential as the body, or {\"inputs\": […]}")
	}
	inputs, many, err := split(c.r.Header.Get("Content-Type"), body)
	if err != nil {
		return err
	}
	on, err := momentAsked(c.r.URL.Query().Get("on"))
	if err != nil {
		return err
	}
	reports := make([]*verify.Report, len(inputs))
	for i, in := range inputs {
		checked, err := c.Employer.VerifyOn(c.r.Context(), record.Actor{}, in, on)
		if err != nil {
			return err
		}
		reports[i] = checked.Report
	}
	if !many {
		return c.answer(http.StatusOK, "application/json", reports[0])
	}
	return c.answer(http.StatusOK, "application/json", map[string]any{"reports": reports})
}

// momentAsked reads the parameter on: a moment, or a day, which is taken at its noon as the page /verify does; none is the zero
// time.
func momentAsked(s string) (time.Time, error) {
	if s == "" {
		return time.Time{}, nil
	}
	if t, err := time.Parse(time.DateOnly, s); err == nil {
		return t.Add(12 * time.Hour), nil
	}
	t, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return t, record.Errorf(record.Invalid, "api.verify", "the parameter on is neither a day such as 2026-06-01 nor a moment such as 2026-06-01T12:00:00Z")
	}
	return t, nil
}

// split finds the inputs of a body. Only JSON with the member "inputs" and none that a credential has is a list.
func split(contentType string, body []byte) (inputs [][]byte, many bool, err error) {
	if !strings.Contains(contentType, "json") && len(body) > 0 && body[0] != '{' {
		return [][]byte{body}, false, nil
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return [][]byte{body}, false, nil // the verifier says what is wrong with it
	}
	list := doc.Root().Get("inputs")
	if list.Kind() != ijson.Array || doc.Root().Has("@context") || doc.Root().Has("type") {
		return [][]byte{body}, false, nil
	}
	if list.Len() == 0 || list.Len() > maxInputs {
		return nil, false, record.Errorf(record.Invalid, "api.verify", "/inputs has %d members; send 1 to %d", list.Len(), maxInputs)
	}
	for v := range list.Elements() {
		if v.IsString() {
			inputs = append(inputs, []byte(v.Text()))
		} else {
			inputs = append(inputs, v.Raw())
		}
	}
	return inputs, true, nil
}
