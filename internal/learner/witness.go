package learner

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Witness signs in the server's own name what it has seen: that somebody answered a mailed link (docs/adr, 0018).
type Witness interface {
	DID() (string, error)
	Host() string
	Sign(ctx context.Context, unsigned []byte) ([]byte, error)
}

// endorse signs that somebody confirmed a statement. What is confirmed has no seal of its own, so that the words stand in
// the endorsement: moved to other words under the same id, it still says which it is about.
func (d *Desk) endorse(ctx context.Context, c *record.Confirmation, b *record.StatementBody) ([]byte, error) {
	if d.Witness == nil {
		return nil, nil
	}
	id, err := d.Witness.DID()
	if err != nil {
		return nil, err
	}
	unsigned, err := marshal(ob.EndorsementCredential{ID: "urn:uuid:" + string(c.ID), Type: []string{"VerifiableCredential", "EndorsementCredential"},
		Context: []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		Name:    "Confirmation of “" + b.Name + "”",
		Description: "This server mailed a link to an address and signs what was answered there. It did not check who holds the address, and it " +
			"does not know whether what was confirmed is so.",
		Issuer:    ob.Profile{ID: id, Type: []string{"Profile"}, Name: d.Witness.Host()},
		ValidFrom: ob.At(c.Answered), AwardedDate: ob.At(c.Answered),
		CredentialSubject: ob.EndorsementSubject{ID: "urn:uuid:" + string(c.Statement), Type: []string{"EndorsementSubject"}, EndorsementComment: confirmed(c, b)}})
	if err != nil {
		return nil, err
	}
	return d.Witness.Sign(ctx, unsigned)
}

// confirmed says who confirmed what, when, how and in which words. Each part is one line, so that no part can pass for
// another.
func confirmed(c *record.Confirmation, b *record.StatementBody) string {
	line := func(s string) string { return strings.Join(strings.Fields(s), " ") }
	who := line(c.Name)
	if c.Role != "" {
		who += " (" + line(c.Role) + ")"
	}
	out := []string{fmt.Sprintf("%s confirmed this on %s, through a link that was mailed to an address at %s.", who, c.Answered.Format(time.DateOnly), c.Domain())}
	what := "What was confirmed: “" + line(b.Name) + "”"
	if b.Start != "" {
		what += ", from " + b.Start
	}
	if b.End != "" {
		what += ", until " + b.End
	}
	out = append(out, what+": “"+line(b.Description)+"”")
	var skills []string
	for _, s := range b.Skills {
		skills = append(skills, line(s.Name))
	}
	if len(skills) > 0 {
		out = append(out, "About: "+strings.Join(skills, ", "))
	}
	if c.Text != "" {
		out = append(out, "In their own words: “"+line(c.Text)+"”")
	}
	return strings.Join(out, "\n\n")
}

// said judges what others confirm in a document that has no seal of its own.
func (d *Desk) said(ctx context.Context, stated []byte) []*verify.Report {
	if !bytes.Contains(stated, []byte(`"EndorsementCredential"`)) {
		return nil
	}
	return d.verify(ctx, stated).Credentials
}
