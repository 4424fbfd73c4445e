package registrar

import (
	"context"
	"encoding/csv"
	"errors"
	"io"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	// PartRows is how many rows one transaction of an import in parts writes: half a second of work, so that others
	// wait no longer and a stop loses no more.
	PartRows = 500
	// maxKeptFindings bounds the findings that are kept of an import in parts; all rejected rows go to the file of rejects.
	maxKeptFindings = 500
)

// PartsRequest is a CSV sheet that is too long to be held in memory.
type PartsRequest struct {
	Name    string // of the file
	SHA256  string // of its bytes: what was stopped goes on only with the same file
	Source  string
	Mapping *record.Mapping
	Open    roster.Opener
	// Rejects gets the rejected rows as CSV; nil: they are only counted.
	Rejects io.Writer
	// Progress is told after each part how many rows are done, of how many.
	Progress func(done, total int)
}

// ImportInParts imports a sheet of any length in memory that does not grow with it: one transaction for every PartRows
// rows, each with the point at which to go on. Stopped by its context or by a crash, the same call with the same file goes
// on behind the last whole part. Until it is through, its batch is "importing", and it can be undone as any other.
func (d *Desk) ImportInParts(ctx context.Context, actor record.Actor, req PartsRequest) (*Imported, error) {
	const op = "registrar.ImportInParts"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	p := &parts{d: d, actor: actor, req: &req}
	if err := p.begin(ctx); err != nil {
		return nil, record.Wrap(op, err)
	}
	defer p.stream.Close()
	for {
		table, err := p.stream.Next(ctx, PartRows)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, record.Wrap(op, err)
		}
		if err := p.part(ctx, table); err != nil {
			return nil, record.Wrap(op, err)
		}
		if req.Progress != nil {
			req.Progress(p.done, p.stream.Rows())
		}
	}
	if err := p.end(ctx); err != nil {
		return nil, record.Wrap(op, err)
	}
	return &Imported{Batch: p.batch.ID, Counts: p.batch.Counts, Findings: p.batch.Findings}, nil
}

type parts struct {
	d           *Desk
	actor       record.Actor
	req         *PartsRequest
	institution *record.Institution
	batch       *record.Batch
	stream      *roster.Stream
	source      string
	done        int
	rejects     *csv.Writer
	headed      bool
}

// begin finds what is known about the source, surveys the file, and finds the import that was stopped or starts one.
func (p *parts) begin(ctx context.Context) error {
	columns, err := roster.StreamColumns(p.req.Name, p.req.Open)
	if err != nil {
		return err
	}
	err = p.d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if p.institution, err = tx.Institution(ctx, p.actor.Institution); err != nil {
			return err
		}
		if p.req.Mapping != nil {
			return nil
		}
		var s *record.ImportSource
		if p.req.Source != "" {
			s, err = optional(tx.ImportSource(ctx, p.institution.ID, p.req.Source))
		} else {
			s, err = optional(tx.ImportSourceByHeaders(ctx, p.institution.ID, columns.Fingerprint))
		}
		if s != nil {
			p.req.Source, p.req.Mapping = s.Name, &s.Mapping
		}
		return err
	})
	if err != nil {
		return err
	}
	p.source = p.req.Source
	if p.source == "" {
		p.source = "csv"
	}
	p.stream, err = roster.OpenStream(ctx, p.req.Name, p.req.Open, &roster.Options{IRI: minter(p.institution), Institution: p.institution.Name, Mapping: p.req.Mapping})
	if err != nil {
		return err
	}
	if p.req.Rejects != nil {
		p.rejects = csv.NewWriter(p.req.Rejects)
	}
	return p.resume(ctx)
}

func (p *parts) resume(ctx context.Context) error {
	err := p.d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if p.batch, err = optional(tx.UnfinishedImport(ctx, p.institution.ID, p.source, p.req.SHA256)); err != nil {
			return err
		}
		if p.batch != nil {
			done, err := tx.Progress(ctx, p.batch.ID)
			p.done = int(done)
			return err
		}
		p.batch = &record.Batch{ID: record.BatchID(record.NewOrderedID()), Institution: p.institution.ID, Format: "csv", Source: p.source, FileName: p.req.Name,
			SHA256: p.req.SHA256, State: record.BatchImporting, Findings: p.stream.Notes(), CreatedBy: p.actor.Account, CreatedAt: p.d.now()}
		if err := tx.AddBatch(ctx, p.batch); err != nil {
			return err
		}
		if err := tx.PutProgress(ctx, p.batch, 0); err != nil {
			return err
		}
		return p.d.event(ctx, tx, p.actor, p.institution, "import.begun", "batch/"+string(p.batch.ID), "", map[string]string{"file": p.req.Name, "sha256": p.req.SHA256})
	})
	if err != nil {
		return errors.Join(err, p.stream.Close())
	}
	return p.stream.Skip(p.done)
}

// part writes one part and the point behind it in one transaction.
func (p *parts) part(ctx context.Context, table *roster.Table) error {
	var after record.Batch
	whole := *table
	err := p.d.DB.Update(ctx, func(tx *store.Tx) error {
		after = *p.batch
		t := whole // a transaction that is run again begins with the part as it was read
		if err := p.first(ctx, tx, &t); err != nil {
			return err
		}
		plan, err := planImport(ctx, tx, p.institution, &t, &ImportRequest{Source: p.req.Source, part: true}, p.source)
		if err != nil {
			return err
		}
		w := writer{d: p.d, tx: tx, actor: p.actor, batch: &after, plan: plan, now: p.d.now(), learners: map[*learnerPlan]record.LearnerID{}, about: map[*achievementPlan]record.AchievementID{}}
		if err := w.write(ctx); err != nil {
			return err
		}
		after.Counts = sum(p.batch.Counts, plan.counts)
		if room := maxKeptFindings - len(after.Findings); room > 0 {
			after.Findings = append(after.Findings[:len(after.Findings):len(after.Findings)], plan.findings[:min(room, len(plan.findings))]...)
		}
		return tx.PutProgress(ctx, &after, p.done+table.Rows)
	})
	if err != nil {
		return err
	}
	p.batch = &after
	p.done += table.Rows
	if p.rejects != nil {
		writeRejects(p.rejects, &whole, !p.headed)
		p.headed = true
		return p.rejects.Error()
	}
	return nil
}

// first keeps what the file says first: of rows of other parts that speak of the same award the later ones are repeats, and
// a person is who the first row says.
func (p *parts) first(ctx context.Context, tx *store.Tx, t *roster.Table) error {
	awards := make([]roster.Award, 0, len(t.Awards))
	for _, a := range t.Awards {
		row, err := tx.MeetKey(ctx, p.batch.ID, "award", sourceKey(p.source, a.Key), a.Row)
		if err != nil {
			return err
		}
		if int(row) != a.Row {
			t.Repeated = append(t.Repeated[:len(t.Repeated):len(t.Repeated)], a.Row)
			continue
		}
		awards = append(awards, a)
	}
	t.Awards = awards
	learners := make([]roster.Learner, len(t.Learners))
	for n, l := range t.Learners {
		row, err := tx.MeetKey(ctx, p.batch.ID, "learner", l.Key, l.Row)
		if err != nil {
			return err
		}
		if int(row) != l.Row {
			l = roster.Learner{Key: l.Key, File: l.File, Row: l.Row} // says nothing new of a person who is there already
		}
		learners[n] = l
	}
	t.Learners = learners
	return nil
}

func sum(a, b record.Counts) record.Counts {
	a.Rows += b.Rows
	a.Ready += b.Ready
	a.New += b.New
	a.Changed += b.Changed
	a.Unchanged += b.Unchanged
	a.Repeated += b.Repeated
	a.Rejected += b.Rejected
	a.Learners += b.Learners
	a.Catalogue += b.Catalogue
	return a
}

// end counts what vanished and closes the batch.
func (p *parts) end(ctx context.Context) error {
	return p.d.DB.Update(ctx, func(tx *store.Tx) error {
		if p.req.Source != "" { // without a name, other files may be of the same source
			n, err := tx.CountVanished(ctx, p.institution.ID, p.source, p.batch.ID)
			if err != nil {
				return err
			}
			p.batch.Counts.Vanished = int(n)
		}
		p.batch.State, p.batch.CommittedAt = record.BatchCommitted, p.d.now()
		if err := tx.SettleBatch(ctx, p.batch, record.BatchImporting); err != nil {
			return err
		}
		if err := tx.ForgetImport(ctx, p.batch.ID); err != nil {
			return err
		}
		return p.d.event(ctx, tx, p.actor, p.institution, "import.committed", "batch/"+string(p.batch.ID), "", map[string]string{
			"file": p.batch.FileName, "sha256": p.batch.SHA256, "new": formatInt(int64(p.batch.Counts.New)), "changed": formatInt(int64(p.batch.Counts.Changed))})
	})
}
