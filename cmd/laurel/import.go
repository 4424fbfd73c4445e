package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/server"
)

type importCommand struct {
	Files       []string `arg:"" name:"file" help:"The files of one import, a folder or ZIP of them, or - for standard input."`
	Format      string   `help:"csv, xlsx, csv-full, pesc, oneroster, edfi, eduapi, case, ctdl, clr1 or ob2 (default: recognised by content)."`
	Source      string   `help:"Name of the source system: its keys are its own, and how its columns are read is remembered."`
	Map         string   `placeholder:"FILE" help:"How columns and values are read, as JSON: {\"columns\":{\"student\":\"learner_name\"},\"constants\":{…},\"values\":{…},\"dates\":{…}}."`
	Rejected    string   `placeholder:"FILE" help:"Write the rejected rows with their reasons to this CSV file."`
	InParts     bool     `name:"in-parts" help:"Write many small transactions and go on where the last run was stopped (always so for CSV files over 16 MiB)."`
	DryRun      bool     `name:"dry-run" help:"Write nothing; show rows, findings and what would change."`
	Institution string   `help:"Short name of the institution, when the server has several."`
	Data        string   `default:"./data" env:"LAUREL_DATA" help:"The server's data folder."`
	Database    string   `env:"LAUREL_DATABASE" help:"The server's database, when it is PostgreSQL."`
	JSON        bool     `name:"json" help:"Print rows, findings and the difference as JSON."`
}

// imported is the answer of an import, dry or not.
type imported struct {
	DryRun   bool                   `json:"dryRun"`
	Batch    record.BatchID         `json:"batch,omitempty"`
	Format   string                 `json:"format"`
	Counts   record.Counts          `json:"counts"`
	Findings []record.Finding       `json:"findings"`
	Rows     []registrar.PreviewRow `json:"rows"`
	Unused   []string               `json:"unused"`
}

func (c *importCommand) Run(ctx context.Context, std streams) error {
	mapping, err := c.mapping()
	if err != nil {
		return err
	}
	desk, actor, done, err := server.OpenDesk(ctx, server.Config{Data: c.Data, Database: c.Database}, c.Institution, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer done()
	if parts, err := c.long(); err != nil || parts {
		if err != nil {
			return err
		}
		return c.inParts(ctx, std, desk, actor, mapping)
	}
	req := registrar.ImportRequest{Format: c.Format, Source: c.Source, Mapping: mapping}
	if req.Files, err = c.read(std); err != nil {
		return err
	}
	preview, err := desk.Preview(ctx, actor, req)
	if err != nil {
		return refusedImport(err)
	}
	res := imported{DryRun: c.DryRun, Format: preview.Format, Counts: preview.Counts, Findings: preview.Findings, Rows: preview.Rows, Unused: preview.Unused}
	if !c.DryRun {
		made, err := desk.Import(ctx, actor, req)
		if err != nil {
			return refusedImport(err)
		}
		res.Batch, res.Counts, res.Findings = made.Batch, made.Counts, made.Findings
		if c.Rejected != "" && made.Counts.Rejected > 0 {
			rows, err := desk.RejectedRows(ctx, actor, made.Batch)
			if err != nil {
				return refusedImport(err)
			}
			if err := writeOutput(std, c.Rejected, rows); err != nil {
				return err
			}
		}
	}
	if c.JSON {
		return writeJSON(std, res)
	}
	return res.print(std)
}

// inPartsFrom is the size from which a CSV file is imported in parts: below it one transaction holds all.
const inPartsFrom = 16 << 20

// long tells whether the import is one CSV file that is read in parts.
func (c *importCommand) long() (bool, error) {
	if len(c.Files) != 1 || c.DryRun || c.Files[0] == "-" || c.Format != "" && c.Format != "csv" {
		if c.InParts {
			return false, errors.New("--in-parts is for one CSV file, without --dry-run")
		}
		return false, nil
	}
	info, err := os.Stat(c.Files[0])
	if err != nil {
		return false, nil // the reader says so
	}
	csv := c.Format == "csv" || strings.EqualFold(filepath.Ext(c.Files[0]), ".csv") || strings.EqualFold(filepath.Ext(c.Files[0]), ".tsv")
	return info.Mode().IsRegular() && csv && (c.InParts || info.Size() > inPartsFrom), nil
}

func (c *importCommand) mapping() (*record.Mapping, error) {
	if c.Map == "" {
		return nil, nil
	}
	data, err := os.ReadFile(c.Map)
	if err != nil {
		return nil, err
	}
	var m record.Mapping
	if err := ijson.UnmarshalStrict(data, &m); err != nil {
		return nil, fmt.Errorf("%s: %w", c.Map, err)
	}
	return &m, nil
}

// read reads the files; a folder stands for what is in it.
func (c *importCommand) read(std streams) ([]registrar.File, error) {
	var out []registrar.File
	add := func(name string) error {
		data, err := readInput(std, name)
		if err == nil && len(data) > 0 {
			out = append(out, registrar.File{Name: filepath.Base(name), Data: data})
		}
		return err
	}
	for _, name := range c.Files {
		info, err := os.Stat(name)
		if err != nil || !info.IsDir() {
			data, err := readInput(std, name)
			if err != nil {
				return nil, err
			}
			out = append(out, registrar.File{Name: filepath.Base(name), Data: data})
			continue
		}
		entries, err := os.ReadDir(name)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Type().IsRegular() && !strings.HasPrefix(e.Name(), ".") {
				if err := add(filepath.Join(name, e.Name())); err != nil {
					return nil, err
				}
			}
		}
	}
	return out, nil
}

// inParts imports a long file with its progress on standard error.
func (c *importCommand) inParts(ctx context.Context, std streams, desk *registrar.Desk, actor record.Actor, m *record.Mapping) error {
	name := c.Files[0]
	open := func() (io.ReadCloser, error) { return os.Open(name) }
	sum, err := sumFile(name)
	if err != nil {
		return err
	}
	last := 0
	req := registrar.PartsRequest{Name: filepath.Base(name), SHA256: sum, Source: c.Source, Mapping: m, Open: open, Progress: func(done, total int) {
		last = done
		fmt.Fprintf(std.err, "\r%d of %d rows", done, total)
	}}
	if c.Rejected != "" {
		f, err := os.Create(c.Rejected)
		if err != nil {
			return err
		}
		defer f.Close() // what could not be written was told by the writer
		req.Rejects = f
	}
	made, err := desk.ImportInParts(ctx, actor, req)
	if last > 0 {
		fmt.Fprintln(std.err)
	}
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("stopped; %d rows of this run are kept. The same command goes on from there", last)
	}
	if err != nil {
		return refusedImport(err)
	}
	res := imported{Batch: made.Batch, Format: "csv", Counts: made.Counts, Findings: made.Findings}
	if c.JSON {
		return writeJSON(std, res)
	}
	return res.print(std)
}

func sumFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// refusedImport leaves the desk's own words for the person who can mend the file.
func refusedImport(err error) error {
	switch record.KindOf(err) {
	case record.Internal, record.Unavailable:
		return err
	}
	return fmt.Errorf("%s", record.MessageOf(err))
}

func (r *imported) print(std streams) error {
	n := r.Counts
	verb := "now wait as drafts"
	if r.DryRun {
		verb = "would become drafts"
	}
	fmt.Fprintf(std.out, "%d rows (%s): %d %s (%d new, %d corrections), %d unchanged, %d repeats skipped, %d need you\n", n.Rows, r.Format, n.Ready, verb, n.New, n.Changed, n.Unchanged, n.Repeated, n.Rejected)
	if n.Vanished > 0 {
		fmt.Fprintf(std.out, "%d awards of this source are not in the file; nothing was deleted\n", n.Vanished)
	}
	for _, f := range r.Findings {
		fmt.Fprintf(std.out, "  %-7s %s\n", f.Severity, f.Say)
		if f.Fix != "" {
			fmt.Fprintf(std.out, "          use %q\n", f.Fix)
		}
	}
	for _, row := range r.Rows {
		fmt.Fprintf(std.out, "  row %-5d %-9s %s: %s %s\n", row.Row, row.State, row.Learner, row.Achievement, row.Result)
		for _, ch := range row.Changes {
			fmt.Fprintf(std.out, "            %s: %q becomes %q\n", ch.Member, ch.Before, ch.After)
		}
	}
	_, err := fmt.Fprintln(std.out)
	return err
}
