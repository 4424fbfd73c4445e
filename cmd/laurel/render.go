package main

import (
	"context"
	"fmt"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

type renderCommand struct {
	To        string `required:"" enum:"html,pdf,text,svg" help:"html, pdf (with the credential attached; needs Chromium) or text. svg is not offered yet."`
	File      string `arg:"" help:"A credential in any form, or - for standard input."`
	Out       string `placeholder:"FILE" help:"The file to write (default: standard output)."`
	Lang      string `default:"en" help:"Language of the words around the record."`
	Offline   bool   `help:"Fetch nothing while the record is verified."`
	Documents string `placeholder:"FILE" help:"A JSON object of URL to file, as for 'laurel verify'."`
}

func (c *renderCommand) Run(ctx context.Context, std streams) error {
	if c.To == "svg" {
		return fmt.Errorf("svg is not offered yet; render to html, pdf or text")
	}
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
	out, err := c.form(ctx, record, words, rep)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	return writeOutput(std, c.Out, out)
}

// form writes the record in the form that was asked for. A PDF carries the credential, so that one file serves person and
// machine.
func (c *renderCommand) form(ctx context.Context, r *render.Record, w *render.Words, rep *verify.Report) ([]byte, error) {
	if c.To == "text" {
		text, err := render.Text(r, w)
		return []byte(text), err
	}
	page, err := render.HTML(r, w)
	if err != nil || c.To == "html" {
		return page, err
	}
	pdf, err := render.PDF(ctx, page)
	if err != nil {
		return nil, err
	}
	return bake.Bake(pdf, rep.Credential)
}
