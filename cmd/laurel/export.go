package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/export"
)

type exportCommand struct {
	File     string `arg:"" help:"A record or credential in any form (JSON, JWT, baked image, PDF), or - for standard input. It is not checked; 'laurel verify' does that."`
	To       string `required:"" placeholder:"FORMAT" help:"lerrs, jsonresume, elm, schemaorg or csv."`
	Out      string `placeholder:"FILE" help:"The file to write (default: standard output). For csv a folder, or a name in .zip, gets the full template of several files; standard output and a name in .csv get one sheet."`
	Person   bool   `help:"Put the learner's name into formats that can do without it (jsonresume, schemaorg)."`
	Contact  bool   `help:"Put the learner's e-mail address in, where the record has it in the open."`
	Evidence bool   `help:"Put links to evidence in (jsonresume)."`
	Link     string `placeholder:"URL" help:"The address at which the record is shared."`
	Credits  string `placeholder:"UNIT" help:"The unit of the record's credits, such as ECTS (elm)."`
	Language string `placeholder:"TAG" default:"en" help:"The language of texts that do not name theirs (elm)."`
	JSON     bool   `name:"json" help:"Print files and losses as JSON."`
}

func (c *exportCommand) Run(std streams) error {
	if !known(c.To) {
		return usagef("--to %q is not one of %s", c.To, strings.Join(export.Names(), ", "))
	}
	data, err := readInput(std, c.File)
	if err != nil {
		return err
	}
	if bake.Detect(data) != bake.None {
		if data, err = bake.Unbake(data); err != nil {
			return fmt.Errorf("%s: %w", c.File, err)
		}
	}
	record, err := export.Read(data)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	res, err := export.Export(c.To, record, &export.Options{Person: c.Person, Contact: c.Contact, Evidence: c.Evidence, Link: c.Link,
		CreditUnit: c.Credits, Language: c.Language, OneSheet: c.To == "csv" && !c.severalFiles()})
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if c.JSON {
		return writeJSON(std, exported(res))
	}
	for _, l := range res.Losses {
		fmt.Fprintf(std.err, "not carried over: %s: %s\n", l.Item, l.Message)
	}
	return c.write(std, res.Files)
}

func known(format string) bool {
	for _, f := range export.Formats {
		if f.Name == format {
			return true
		}
	}
	return false
}

// severalFiles tells whether the place to write takes the several files of the full template.
func (c *exportCommand) severalFiles() bool {
	if c.JSON {
		return true
	}
	ext := strings.ToLower(filepath.Ext(c.Out))
	return c.Out != "" && c.Out != "-" && ext != ".csv"
}

func (c *exportCommand) write(std streams, files []export.File) error {
	if len(files) == 1 {
		return writeOutput(std, c.Out, files[0].Data)
	}
	if strings.EqualFold(filepath.Ext(c.Out), ".zip") {
		b, err := export.Zip(files)
		if err != nil {
			return err
		}
		return writeOutput(std, c.Out, b)
	}
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return &exitError{code: exitIO, err: fmt.Errorf("%s cannot be made: %w", c.Out, cause(err))}
	}
	for _, f := range files {
		if err := writeOutput(std, filepath.Join(c.Out, f.Name), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// exportedFile is a file as text: every format is.
type exportedFile struct {
	export.File
	Text string `json:"text"`
}

func exported(res *export.Result) any {
	out := struct {
		Files  []exportedFile `json:"files"`
		Losses []export.Loss  `json:"losses"`
	}{[]exportedFile{}, []export.Loss{}}
	for _, f := range res.Files {
		out.Files = append(out.Files, exportedFile{f, string(f.Data)})
	}
	out.Losses = append(out.Losses, res.Losses...)
	return out
}
