package main

import (
	"context"
	"fmt"
	"log/slog"
	"path/filepath"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/server"
)

type importCommand struct {
	Files       []string `arg:"" name:"file" help:"The files of one import, or - for standard input."`
	Format      string   `help:"csv, csv-full or pesc (default: recognised by content)."`
	Source      string   `help:"Name of the source system, so that its keys are its own (default: the format's name)."`
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
	req := registrar.ImportRequest{Format: c.Format, Source: c.Source}
	for _, name := range c.Files {
		data, err := readInput(std, name)
		if err != nil {
			return err
		}
		req.Files = append(req.Files, registrar.File{Name: filepath.Base(name), Data: data})
	}
	desk, actor, done, err := server.OpenDesk(ctx, server.Config{Data: c.Data, Database: c.Database}, c.Institution, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	defer done()
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
	}
	if c.JSON {
		return writeJSON(std, res)
	}
	return res.print(std)
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
