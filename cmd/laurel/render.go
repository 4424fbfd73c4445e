package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

type renderCommand struct {
	To        string `required:"" enum:"html,pdf,text,svg" help:"html; pdf (tagged PDF/A-3 with the credential attached; needs Chromium); text; or svg (a picture with the credential baked in)."`
	File      string `arg:"" help:"A credential in any form, or - for standard input."`
	Out       string `placeholder:"FILE" help:"The file to write (default: standard output)."`
	Lang      string `default:"en" help:"Language of the words around the record: en, es, fr or ar."`
	Link      string `placeholder:"URL" help:"The address at which the record can be checked; printed on it, also as a code."`
	Offline   bool   `help:"Fetch nothing while the record is verified."`
	Documents string `placeholder:"FILE" help:"A JSON object of URL to file, as for 'laurel verify'."`
}

func (c *renderCommand) Run(ctx context.Context, std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	check := verifyCommand{Offline: c.Offline, Documents: c.Documents}
	fetcher, err := check.fetcher()
	if err != nil {
		return err
	}
	rep := verify.Verify(ctx, data, &verify.Options{Fetcher: fetcher})
	if rep.Kind == verify.KindUnknown {
		return fmt.Errorf("%s is no credential that can be shown; 'laurel verify' says why", c.File)
	}
	catalogue, err := render.NewCatalogue()
	if err != nil {
		return err
	}
	words := catalogue.Match(c.Lang)
	record := render.NewRecord([]render.Document{{JSON: rep.Credential, Report: rep}}, &render.Options{Lang: words.Lang})
	out, err := c.form(ctx, record, words, signed(data, rep))
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return writeOutput(std, c.Out, out)
}

// signed is the credential with its seal: what an image or a PDF carries, or the input itself. Of a token, the JSON in the
// report has no seal.
func signed(data []byte, rep *verify.Report) []byte {
	if bake.Detect(data) == bake.None {
		return data
	}
	if b, err := bake.Unbake(data); err == nil {
		return b
	}
	return rep.Credential
}

// form writes the record in the form that was asked for. A PDF and a picture carry the credential, so that one file serves
// person and machine.
func (c *renderCommand) form(ctx context.Context, r *render.Record, w *render.Words, credential []byte) ([]byte, error) {
	o := &render.PageOptions{Link: c.Link, Credential: credential}
	switch c.To {
	case "text":
		text, err := render.Text(r, w)
		return []byte(text), err
	case "html":
		return render.Page(r, w, o)
	case "svg":
		return bake.Bake(render.SVG(r, w), credential)
	case "pdf":
		return render.PDF(ctx, r, w, o)
	}
	return nil, errors.New("there is no such form")
}
