package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/trust"
	"github.com/openlaurel/laurel/verify"
)

type verifyCommand struct {
	Inputs    []string `arg:"" name:"input" help:"A file (JSON, JWT, baked PNG or SVG, PDF), an https address, or - for standard input."`
	JSON      bool     `name:"json" help:"One report per input, one JSON object per line."`
	Offline   bool     `help:"Fetch nothing; what would need the network is unknown."`
	Documents string   `placeholder:"FILE" help:"A JSON object of URL to file: these addresses answer with these files."`
	At        string   `placeholder:"TIME" help:"The moment of verification, RFC 3339 (default: now)."`
	On        string   `placeholder:"TIME" help:"Say also whether each record was in force on this day or at this moment, such as that of an application, as far as that can be known; the verdict is about --at."`
	Recipient []string `placeholder:"TYPE=VALUE" sep:"none" help:"What you know about the learner, e.g. emailAddress=a@example.edu; may be repeated."`
	Trust     []string `placeholder:"FILE" sep:"none" help:"A list of known issuers; may be repeated."`
	Canonical bool     `help:"Include canonical forms and hashes in the JSON report."`
}

func (c *verifyCommand) Run(ctx context.Context, std streams) error {
	opts, err := c.options()
	if err != nil {
		return err
	}
	worst := exitDone
	for _, name := range c.Inputs {
		data, err := readOrFetch(ctx, std, opts.Fetcher, name)
		if err != nil {
			return err
		}
		rep := verify.Verify(ctx, data, opts)
		if err := c.print(std, name, rep); err != nil {
			return err
		}
		switch rep.Verdict {
		case verify.Failed:
			worst = exitRefused
		case verify.Indeterminate:
			if worst == exitDone {
				worst = exitIndeterminate
			}
		}
	}
	if worst != exitDone {
		return exitStatus(worst)
	}
	return nil
}

// options turns flags into the verifier's options; a wrong flag is told before any input is read.
func (c *verifyCommand) options() (*verify.Options, error) {
	opts := &verify.Options{Canonical: c.Canonical}
	for _, moment := range [...]struct {
		flag, text string
		to         *time.Time
	}{{"at", c.At, &opts.Now}, {"on", c.On, &opts.On}} {
		if moment.text == "" {
			continue
		}
		at, err := time.Parse(time.RFC3339, moment.text)
		if day, dayErr := time.Parse(time.DateOnly, moment.text); dayErr == nil {
			at, err = day.Add(12*time.Hour), nil // a day is asked about at its noon, as over HTTP
		}
		if err != nil {
			return nil, usagef("--%s %q is neither a day such as 2026-01-31 nor an RFC 3339 time such as 2026-01-31T12:00:00Z", moment.flag, moment.text)
		}
		*moment.to = at
	}
	for _, r := range c.Recipient {
		kind, value, ok := strings.Cut(r, "=")
		if !ok || kind == "" || value == "" {
			return nil, usagef("--recipient %q is not TYPE=VALUE, such as emailAddress=a@example.edu", r)
		}
		opts.Recipients = append(opts.Recipients, verify.Recipient{Type: kind, Value: value})
	}
	var err error
	if opts.Fetcher, err = c.fetcher(); err != nil {
		return nil, err
	}
	if len(c.Trust) > 0 {
		var lists trust.Lists
		for _, name := range c.Trust {
			data, err := os.ReadFile(name)
			if err != nil {
				return nil, &exitError{code: exitIO, err: fmt.Errorf("--trust: %s cannot be read: %w", name, cause(err))}
			}
			list, err := trust.Parse(data)
			if err != nil {
				return nil, fmt.Errorf("--trust: %s: %w", name, err)
			}
			lists = append(lists, list)
		}
		opts.Issuers = lists
	}
	return opts, nil
}

// fetcher is nothing when offline, the named documents alone when offline with --documents, the
// named documents before the network otherwise.
func (c *verifyCommand) fetcher() (fetch.Fetcher, error) {
	var static fetch.Static
	if c.Documents != "" {
		var err error
		if static, err = fetch.LoadDocuments(c.Documents); err != nil {
			return nil, &exitError{code: exitIO, err: fmt.Errorf("--documents: %w", err)}
		}
	}
	switch {
	case c.Offline && static != nil:
		return static, nil
	case c.Offline:
		return nil, nil
	case static != nil:
		return static.Over(fetch.NewHTTP(nil)), nil
	}
	return fetch.NewHTTP(nil), nil
}

func (c *verifyCommand) print(std streams, name string, rep *verify.Report) error {
	if c.JSON {
		return writeJSON(std, rep)
	}
	if len(c.Inputs) > 1 {
		if _, err := fmt.Fprintf(std.out, "%s\n", name); err != nil {
			return err
		}
	}
	words, err := render.NewCatalogue()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(std.out, render.ReportText(rep, words.Match("en")))
	return err
}
