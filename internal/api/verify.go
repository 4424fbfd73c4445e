package api

import (
	"net/http"
	"strings"

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
	reports := make([]*verify.Report, len(inputs))
	for i, in := range inputs {
		checked, err := c.Employer.Verify(c.r.Context(), record.Actor{}, in)
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
