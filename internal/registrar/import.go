package registrar

import (
	"context"
	"slices"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	// MaxUpload bounds the files of one staged upload together: they wait in the database until a person decides. The
	// import command, which does not stage, takes what the roster room takes.
	MaxUpload = 64 << 20
	// StagedFor is how long an upload waits for a decision before it is deleted.
	StagedFor = 7 * 24 * time.Hour
)

// Preview says what an import would do. Nothing is written.
func (d *Desk) Preview(ctx context.Context, actor record.Actor, req ImportRequest) (*Preview, error) {
	const op = "registrar.Preview"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	var v *Preview
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		p, err := d.plan(ctx, tx, actor, &req)
		if err != nil {
			return err
		}
		v = p.preview(&req)
		return nil
	})
	return v, record.Wrap(op, err)
}

func (d *Desk) plan(ctx context.Context, tx *store.Tx, actor record.Actor, req *ImportRequest) (*plan, error) {
	i, err := tx.Institution(ctx, actor.Institution)
	if err != nil {
		return nil, err
	}
	if err := known(ctx, tx, i.ID, req); err != nil {
		return nil, err
	}
	table, source, err := readFiles(ctx, i, req)
	if err != nil {
		return nil, err
	}
	return planImport(ctx, tx, i, table, req, source)
}

// StageImport keeps an upload until a person decides, and says what it would do; nobody's record changes. The
// answer's Batch names it.
func (d *Desk) StageImport(ctx context.Context, actor record.Actor, req ImportRequest) (*Preview, error) {
	const op = "registrar.StageImport"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	size := 0
	for _, f := range req.Files {
		size += len(f.Data)
	}
	if size > MaxUpload {
		return nil, record.Errorf(record.TooLarge, op, "the upload has more than %d MiB; split it, or use the import command", MaxUpload>>20)
	}
	v, err := d.Preview(ctx, actor, req)
	if record.CodeOf(err) == roster.CodeColumns {
		v, err = unmatched(&req)
	}
	if err != nil {
		return nil, err
	}
	headers := ""
	if c, err := roster.ReadColumns(req.Files, v.Mapping); err == nil && (v.Format == "csv" || v.Format == "xlsx") {
		headers = c.Fingerprint
	}
	batch := d.newBatch(actor, &req, v)
	batch.Source = v.Source
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.AddBatch(ctx, batch); err != nil {
			return err
		}
		for n, f := range req.Files {
			if err := tx.AddBatchFile(ctx, batch.ID, n, store.BatchFile{Name: f.Name, Data: f.Data}); err != nil {
				return err
			}
		}
		if headers != "" {
			m := store.BatchMapping{Headers: headers}
			if v.Mapping != nil {
				m.Mapping = *v.Mapping
			}
			if err := tx.PutBatchMapping(ctx, batch.ID, &m); err != nil {
				return err
			}
		}
		i := &record.Institution{ID: actor.Institution}
		return d.event(ctx, tx, actor, i, "import.staged", "batch/"+string(batch.ID), "", map[string]string{"file": batch.FileName, "sha256": batch.SHA256})
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	v.Batch = batch.ID
	return v, nil
}

func (d *Desk) newBatch(actor record.Actor, req *ImportRequest, v *Preview) *record.Batch {
	sums := make([]string, len(req.Files))
	for n, f := range req.Files {
		sums[n] = record.Sum(f.Data)
	}
	sum := sums[0]
	if len(sums) > 1 {
		sum = hashOf(sums)
	}
	source := req.Source
	return &record.Batch{
		ID: record.BatchID(record.NewOrderedID()), Institution: actor.Institution, Format: v.Format, Source: source, FileName: v.FileName,
		SHA256: sum, State: record.BatchStaged, Counts: v.Counts, Findings: v.Findings, CreatedBy: actor.Account, CreatedAt: d.now(),
	}
}

// staged reads a staged upload of the actor's institution.
func staged(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.BatchID) (*record.Batch, *ImportRequest, error) {
	b, err := tx.Batch(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	if err := actor.Require(op, b.Institution, record.RoleRegistrar); err != nil {
		return nil, nil, err
	}
	if b.State != record.BatchStaged {
		return nil, nil, record.Errorf(record.Conflict, op, "this upload is already %s", b.State)
	}
	files, err := tx.BatchFiles(ctx, id)
	if err != nil {
		return nil, nil, err
	}
	req := &ImportRequest{Format: b.Format, Source: b.Source}
	m, err := optional(tx.BatchMapping(ctx, id))
	if err != nil {
		return nil, nil, err
	}
	if m != nil {
		req.Mapping = &m.Mapping
	}
	for _, f := range files {
		req.Files = append(req.Files, File{Name: f.Name, Data: f.Data})
	}
	return b, req, nil
}

// StagedImport works a staged upload's preview out again, against what the institution holds now.
func (d *Desk) StagedImport(ctx context.Context, actor record.Actor, id record.BatchID) (*Preview, error) {
	const op = "registrar.StagedImport"
	var v *Preview
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		_, req, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		p, err := d.plan(ctx, tx, actor, req)
		switch {
		case record.CodeOf(err) == roster.CodeColumns:
			v, err = unmatched(req)
		case err == nil:
			v = p.preview(req)
		}
		if err != nil {
			return err
		}
		v.Batch = id
		return nil
	})
	return v, record.Wrap(op, err)
}

// CommitImport makes drafts and corrections of a staged upload's clean rows, all in one transaction.
func (d *Desk) CommitImport(ctx context.Context, actor record.Actor, id record.BatchID) (*Imported, error) {
	const op = "registrar.CommitImport"
	var out *Imported
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		b, req, err := staged(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if out, err = d.write(ctx, tx, actor, req, b); err != nil {
			return err
		}
		if err := tx.SettleBatch(ctx, b, record.BatchStaged); err != nil {
			return err
		}
		return tx.DropBatchFiles(ctx, id)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	d.log().Info("import committed", "batch", out.Batch, "new", out.Counts.New, "changed", out.Counts.Changed)
	return out, nil
}

// Import reads files and makes drafts and corrections of their clean rows in one transaction: all of it is there
// afterwards, or nothing.
func (d *Desk) Import(ctx context.Context, actor record.Actor, req ImportRequest) (*Imported, error) {
	const op = "registrar.Import"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	if len(req.Files) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no file; choose at least one")
	}
	var out *Imported
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		b := d.newBatch(actor, &req, &Preview{Format: req.Format, FileName: fileName(req.Files)})
		if err := tx.AddBatch(ctx, b); err != nil {
			return err
		}
		var err error
		if out, err = d.write(ctx, tx, actor, &req, b); err != nil {
			return err
		}
		return tx.SettleBatch(ctx, b, record.BatchStaged)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	d.log().Info("import committed", "batch", out.Batch, "new", out.Counts.New, "changed", out.Counts.Changed)
	return out, nil
}

// write carries a plan out and settles the batch's members; the caller writes the batch.
func (d *Desk) write(ctx context.Context, tx *store.Tx, actor record.Actor, req *ImportRequest, b *record.Batch) (*Imported, error) {
	p, err := d.plan(ctx, tx, actor, req)
	if err != nil {
		return nil, err
	}
	w := writer{d: d, tx: tx, actor: actor, batch: b, plan: p, now: d.now(), learners: map[*learnerPlan]record.LearnerID{}, about: map[*achievementPlan]record.AchievementID{}}
	if err := w.write(ctx); err != nil {
		return nil, err
	}
	d.at("import.written")
	b.State, b.CommittedAt, b.Counts, b.Findings = record.BatchCommitted, w.now, p.counts, p.findings
	if err := keepRejects(ctx, tx, b.ID, p, w.now); err != nil {
		return nil, err
	}
	err = d.event(ctx, tx, actor, &record.Institution{ID: b.Institution}, "import.committed", "batch/"+string(b.ID), "", map[string]string{
		"file": b.FileName, "sha256": b.SHA256, "new": formatInt(int64(p.counts.New)), "changed": formatInt(int64(p.counts.Changed))})
	if err != nil {
		return nil, err
	}
	return &Imported{Batch: b.ID, Counts: p.counts, Findings: p.findings, Awards: w.awards}, nil
}

// UndoImport takes an import back: its drafts are withdrawn. Once something of it is signed it can only be corrected
// or revoked.
func (d *Desk) UndoImport(ctx context.Context, actor record.Actor, id record.BatchID) error {
	const op = "registrar.UndoImport"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		b, err := tx.Batch(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, b.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		awards, err := tx.AwardsOfBatch(ctx, id)
		if err != nil {
			return err
		}
		signed := []record.AwardState{record.AwardIssued, record.AwardSuperseded, record.AwardRevoked}
		for _, a := range awards {
			if slices.Contains(signed, a.State) {
				return record.Errorf(record.Conflict, op, "something of this import is already signed; correct or revoke the awards instead")
			}
		}
		for _, a := range awards {
			if a.State == record.AwardWithdrawn {
				continue
			}
			from := a.State
			a.State, a.Reason, a.UpdatedAt = record.AwardWithdrawn, "import undone", d.now()
			if err := tx.MoveAward(ctx, a, from); err != nil {
				return err
			}
		}
		from := b.State
		b.State, b.UndoneAt = record.BatchUndone, d.now()
		if from == record.BatchUndone {
			return record.Errorf(record.Conflict, op, "this import is already undone")
		}
		if err := tx.SettleBatch(ctx, b, from); err != nil {
			return err
		}
		if err := tx.DropBatchFiles(ctx, id); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: b.Institution}, "import.undone", "batch/"+string(id), "", nil)
	})
	return record.Wrap(op, err)
}

// Batch reads an import.
func (d *Desk) Batch(ctx context.Context, actor record.Actor, id record.BatchID) (*record.Batch, error) {
	const op = "registrar.Batch"
	var b *record.Batch
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if b, err = tx.Batch(ctx, id); err != nil {
			return err
		}
		return actor.Require(op, b.Institution, staff...)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return b, nil
}

// Sweep deletes uploads that nobody decided about in StagedFor, and rejected rows that nobody fetched in KeptRejects.
func (d *Desk) Sweep(ctx context.Context) error {
	return record.Wrap("registrar.Sweep", d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropStaged(ctx, d.now().Add(-StagedFor)); err != nil {
			return err
		}
		return tx.DropImportRests(ctx, d.now().Add(-KeptRejects))
	}))
}
