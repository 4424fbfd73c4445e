package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/key"
	"github.com/openlaurel/laurel/verify"
)

type issueCommand struct {
	File               string `arg:"" help:"The unsigned credential (JSON), or - for standard input."`
	Key                string `required:"" placeholder:"FILE" help:"The private key, a JWK as 'laurel key new' makes it."`
	Issuer             string `placeholder:"ID" help:"Sets the credential's issuer id when it has none; must be its issuer otherwise."`
	VerificationMethod string `name:"verification-method" placeholder:"URL" help:"Where verifiers find the public key (default: the key's did:key)."`
	Suite              string `help:"eddsa-rdfc-2022, eddsa-jcs-2022, ecdsa-rdfc-2019, ecdsa-jcs-2019 or ecdsa-sd-2023 (default: by the key)."`
	JWT                string `name:"jwt" placeholder:"ALG" help:"Secure as a VC-JWT instead: RS256, ES256 or EdDSA."`
	Created            string `placeholder:"TIME" help:"The moment of the proof, RFC 3339 (default: now)."`
	Documents          string `placeholder:"FILE" help:"A JSON object of URL to file for what verification asks for, such as your DID document."`
	Out                string `placeholder:"FILE" help:"The file to write (default: standard output)."`
	JSON               bool   `name:"json" help:"Print the verification report of the result instead, as JSON."`
}

func (c *issueCommand) Run(ctx context.Context, std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	k, opts, err := c.key(std)
	if err != nil {
		return err
	}
	if data, err = c.withIssuer(data, k); err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	secured, rep, err := issue.Secure(ctx, data, k, opts)
	if err != nil {
		return refusal(std, c.File, err)
	}
	if c.JSON {
		return writeJSON(std, rep)
	}
	return writeOutput(std, c.Out, append(secured, '\n'))
}

// key reads the private key and the options that belong to it.
func (c *issueCommand) key(std streams) (issue.Key, *issue.Options, error) {
	if c.Suite != "" && c.JWT != "" {
		return issue.Key{}, nil, usagef("--suite and --jwt exclude each other; choose one")
	}
	jwk, err := readInput(std, c.Key)
	if err != nil {
		return issue.Key{}, nil, err
	}
	signer, err := key.ParsePrivateJWK(jwk)
	if err != nil {
		return issue.Key{}, nil, fmt.Errorf("%s: %w", c.Key, err)
	}
	k := issue.Key{Signer: signer, VerificationMethod: c.VerificationMethod, Suite: c.Suite}
	if c.JWT != "" {
		k.Suite = "jwt:" + c.JWT
	}
	if k.VerificationMethod == "" {
		id := did.Key(signer.Public())
		k.VerificationMethod = id + "#" + strings.TrimPrefix(id, "did:key:")
	}
	opts := &issue.Options{}
	if c.Created != "" {
		if opts.Created, err = time.Parse(time.RFC3339, c.Created); err != nil {
			return k, nil, usagef("--created %q is not an RFC 3339 time such as 2026-01-31T12:00:00Z", c.Created)
		}
	}
	docs := verifyCommand{Documents: c.Documents, Offline: true}
	opts.Fetcher, err = docs.fetcher()
	return k, opts, err
}

// withIssuer sets the issuer of a document that has none: --issuer, or the did:key of the key that signs.
func (c *issueCommand) withIssuer(data []byte, k issue.Key) ([]byte, error) {
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, err
	}
	root := doc.Root()
	have := root.Get("issuer")
	id := have.Text()
	if id == "" {
		id = have.Get("id").Text()
	}
	switch {
	case id != "" && c.Issuer != "" && id != c.Issuer:
		return nil, fmt.Errorf("the issuer is %s, and --issuer says %s; change one", id, c.Issuer)
	case id != "" || root.Kind() != ijson.Object:
		return data, nil
	case have.IsValid():
		return nil, fmt.Errorf("/issuer has no id; give it one")
	}
	if id = c.Issuer; id == "" {
		id, _, _ = strings.Cut(k.VerificationMethod, "#")
	}
	member, err := ijson.Marshal(id)
	if err != nil {
		return nil, err
	}
	at := root.Offset() + 1
	out := append([]byte(nil), data[:at]...)
	out = append(append(out, `"issuer":`...), member...)
	if root.Len() > 0 {
		out = append(out, ',')
	}
	return append(out, data[at:]...), nil
}

// refusal writes every finding of a refused credential, so that all can be mended at once.
func refusal(std streams, name string, err error) error {
	r, ok := errors.AsType[*issue.Refusal](err)
	if !ok {
		return fmt.Errorf("%s: %w", name, err)
	}
	for _, f := range r.Findings {
		if f.Outcome == verify.Fails || f.Outcome == verify.Unknown {
			fmt.Fprintf(std.err, "%s %s\n    %s (%s)\n", f.Pointer, f.Message, f.Repair, f.Code)
		}
	}
	return fmt.Errorf("%s was not signed: %w", name, err)
}
