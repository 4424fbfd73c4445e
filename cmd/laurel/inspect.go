package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/verify"
)

type inspectCommand struct {
	File string `arg:"" help:"A credential in any form, or - for standard input."`
	JSON bool   `name:"json" help:"Print what is known as JSON."`
}

// inspected is what a file says of itself. Nothing of it was checked.
type inspected struct {
	Kind        string      `json:"kind"`
	Standard    string      `json:"standard"`
	Carrier     string      `json:"carrier"`
	Proof       string      `json:"proof"`
	ID          string      `json:"id"`
	Name        string      `json:"name"`
	IssuerID    string      `json:"issuerId"`
	IssuerName  string      `json:"issuerName"`
	Subject     string      `json:"subject"`
	ValidFrom   string      `json:"validFrom"`
	ValidUntil  string      `json:"validUntil"`
	Credentials []inspected `json:"credentials"`
}

func (c *inspectCommand) Run(ctx context.Context, std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	rep := verify.Verify(ctx, data, &verify.Options{})
	if rep.Kind == verify.KindUnknown {
		for _, f := range rep.Findings {
			if f.Outcome == verify.Fails {
				return fmt.Errorf("%s: %s %s", c.File, f.Message, f.Repair)
			}
		}
		return fmt.Errorf("%s is no credential", c.File)
	}
	view := inspect(rep)
	if c.JSON {
		return writeJSON(std, view)
	}
	_, err = fmt.Fprint(std.out, view.words(""))
	return err
}

func inspect(rep *verify.Report) inspected {
	v := inspected{Kind: rep.Kind, Standard: rep.Standard, Carrier: rep.Carrier, Proof: rep.Proof, ID: rep.ID, Name: rep.Name, IssuerID: rep.Issuer.ID,
		IssuerName: rep.Issuer.Name, Subject: rep.Subject, ValidFrom: rep.ValidFrom, ValidUntil: rep.ValidUntil, Credentials: []inspected{}}
	for _, part := range rep.Credentials {
		v.Credentials = append(v.Credentials, inspect(part))
	}
	return v
}

// words writes a view as lines; foreign text is quoted, so that it cannot move the cursor or pose as ours.
func (v inspected) words(indent string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s (%s, %s), proof %s\n", indent, v.Kind, v.Standard, v.Carrier, v.Proof)
	for _, line := range [][2]string{{"name", v.Name}, {"id", v.ID}, {"issuer", v.IssuerName}, {"issuer id", v.IssuerID}, {"subject", v.Subject}, {"valid from", v.ValidFrom}, {"valid until", v.ValidUntil}} {
		if line[1] != "" {
			quoted, _ := ijson.Marshal(line[1]) // a string always marshals
			fmt.Fprintf(&b, "%s  %-11s %s\n", indent, line[0], quoted)
		}
	}
	for _, part := range v.Credentials {
		b.WriteString(part.words(indent + "  "))
	}
	return b.String()
}
