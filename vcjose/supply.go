package vcjose

import (
	"cmp"
	"slices"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// insertion is text to put into a JSON document directly behind the opening brace at an offset.
type insertion struct {
	at   int // of the brace, in the credential's own bytes
	text []byte
}

// supply gives a VC 1.1 credential what it left to the claims: "if iss is present, its value MUST be used as … issuer",
// and likewise jti, sub, nbf and exp (VC Data Model 1.1, 6.3.1). The signed bytes stay in JWS.
func (c *Credential) supply() {
	base := c.Value.Offset()
	var in []insertion
	add := func(object ijson.Value, name, value, pointer string) {
		if value == "" {
			return
		}
		text := ijson.AppendQuoted(nil, name)
		text = ijson.AppendQuoted(append(text, ':'), value)
		if object.Len() > 0 {
			text = append(text, ',')
		}
		in = append(in, insertion{object.Offset() - base, text})
		c.Supplied = append(c.Supplied, pointer)
	}
	missing := func(name, value string) {
		if !c.Value.Has(name) {
			add(c.Value, name, value, "/"+name)
		}
	}
	missing("id", c.ID)
	missing("issuer", c.Issuer)
	missing("issuanceDate", rfc3339(c.NotBefore))
	missing("expirationDate", rfc3339(c.Expires))
	if issuer := c.Value.Get("issuer"); issuer.Kind() == ijson.Object && !issuer.Has("id") {
		add(issuer, "id", c.Issuer, "/issuer/id")
	}
	subject := c.Value.Get("credentialSubject")
	pointer := "/credentialSubject/id"
	if subject.Kind() == ijson.Array && subject.Len() == 1 {
		subject, pointer = subject.Index(0), "/credentialSubject/0/id"
	}
	if subject.Kind() == ijson.Object && !subject.Has("id") {
		add(subject, "id", c.Subject, pointer)
	}
	if len(in) == 0 {
		return
	}
	doc, err := ijson.Parse(insert(c.Value.Raw(), in), &ijson.Options{MaxBytes: 2 * maxPayload})
	if err != nil { // cannot be: valid JSON with members added whose names it had not; if it is, nothing is supplied
		c.Supplied = nil
		return
	}
	c.Value = doc.Root()
}

// insert puts texts behind braces; those at one brace keep their order.
func insert(src []byte, in []insertion) []byte {
	slices.SortStableFunc(in, func(a, b insertion) int { return cmp.Compare(a.at, b.at) })
	var out []byte
	done := 0
	for _, n := range in {
		out = append(out, src[done:n.at+1]...)
		out = append(out, n.text...)
		done = n.at + 1
	}
	return append(out, src[done:]...)
}

func rfc3339(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}
