package main

import (
	"fmt"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/upgrade"
)

type upgradeCommand struct {
	File      string `arg:"" help:"A CLR 1.0 or Open Badges 2.0 document, or - for standard input."`
	Documents string `placeholder:"FILE" help:"A JSON object of URL to file: the badge class and issuer that a hosted assertion names."`
	Out       string `placeholder:"FILE" help:"The file to write (default: standard output)."`
}

func (c *upgradeCommand) Run(std streams) error {
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	opts := &upgrade.Options{}
	if c.Documents != "" {
		static, err := fetch.LoadDocuments(c.Documents)
		if err != nil {
			return &exitError{code: exitIO, err: fmt.Errorf("--documents: %w", err)}
		}
		opts.Document = func(url string) ([]byte, bool) { return static[url], static[url] != nil }
	}
	res, err := upgrade.Upgrade(doc.Root(), opts)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	for _, l := range res.Losses {
		fmt.Fprintf(std.err, "%s %s\n", l.Pointer, l.Message)
	}
	return writeOutput(std, c.Out, append(res.Credential, '\n'))
}
