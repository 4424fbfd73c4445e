package registrar

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// writer carries a plan out inside one transaction.
type writer struct {
	d        *Desk
	tx       *store.Tx
	actor    record.Actor
	batch    *record.Batch
	plan     *plan
	now      time.Time
	learners map[*learnerPlan]record.LearnerID
	about    map[*achievementPlan]record.AchievementID
	awards   []record.AwardID
}

func (w *writer) write(ctx context.Context) error {
	w.batch.Format, w.batch.Source = w.plan.table.Format, w.plan.source
	for n := range w.plan.learners {
		if err := w.learner(ctx, &w.plan.learners[n]); err != nil {
			return err
		}
	}
	for n := range w.plan.achievements {
		if err := w.achievement(ctx, &w.plan.achievements[n]); err != nil {
			return err
		}
	}
	for _, a := range w.plan.associations {
		if _, err := w.tx.PutAssociation(ctx, a); err != nil {
			return err
		}
	}
	for n := range w.plan.rows {
		if err := w.row(ctx, &w.plan.rows[n]); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) learner(ctx context.Context, lp *learnerPlan) error {
	if lp.held == nil {
		l := &record.Learner{
			ID: record.LearnerID(record.NewID()), Institution: w.batch.Institution, SourceKey: lp.from.Key,
			SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(), CreatedAt: w.now, UpdatedAt: w.now,
			Identifiers: []record.Identifier{},
		}
		mergeLearner(l, lp.from)
		w.learners[lp] = l.ID
		if err := w.tx.AddLearner(ctx, l); err != nil || lp.from.Guardian == "" {
			return err
		}
		return w.tx.PutGuardian(ctx, l.ID, lp.from.Guardian)
	}
	w.learners[lp] = lp.held.ID
	if lp.from.Guardian != "" {
		if err := w.tx.PutGuardian(ctx, lp.held.ID, lp.from.Guardian); err != nil {
			return err
		}
	}
	if !lp.changed {
		return nil
	}
	mergeLearner(lp.held, lp.from)
	lp.held.UpdatedAt = w.now
	if err := w.tx.ChangeLearner(ctx, lp.held); err != nil {
		return err
	}
	return w.d.event(ctx, w.tx, w.actor, &record.Institution{ID: w.batch.Institution}, "learner.changed", "learner/"+string(lp.held.ID), lp.held.ID,
		map[string]string{"batch": string(w.batch.ID)})
}

func (w *writer) achievement(ctx context.Context, ap *achievementPlan) error {
	if ap.asks != "" {
		return nil
	}
	if ap.held != nil && !ap.changed {
		w.about[ap] = ap.held.ID
		return nil
	}
	versions, err := w.tx.AchievementVersions(ctx, w.batch.Institution, ap.from.Key)
	if err != nil {
		return err
	}
	if ap.held != nil {
		if err := w.tx.RetireAchievement(ctx, ap.held.ID); err != nil {
			return err
		}
	}
	version := formatInt(versions + 1)
	a := &record.Achievement{
		ID:          record.AchievementID(record.DerivedID(w.batch.Institution, "achievement", ap.from.Key, version)),
		Institution: w.batch.Institution, IRI: ap.from.Body.ID, SourceKey: ap.from.Key, Version: version,
		Type: string(ap.from.Body.AchievementType), Name: ap.from.Body.Name, Code: ap.from.Body.HumanCode,
		Body: ap.body, Hash: ap.hash, Generated: ap.from.Generated, Current: true, CreatedAt: w.now,
	}
	w.about[ap] = a.ID
	return w.tx.AddAchievement(ctx, a)
}

func (w *writer) row(ctx context.Context, r *rowPlan) error {
	switch {
	case r.state == RowUnchanged:
		return nil
	case r.waiting != nil && r.inForce != nil && r.inForce.Hash == r.hash:
		return w.dropCorrection(ctx, r)
	case r.waiting != nil:
		return w.changeDraft(ctx, r)
	default:
		return w.addAward(ctx, r)
	}
}

// dropCorrection: the source says again what is in force, so the correction that waited has no cause any more.
func (w *writer) dropCorrection(ctx context.Context, r *rowPlan) error {
	from := r.waiting.State
	r.waiting.State, r.waiting.Reason, r.waiting.UpdatedAt = record.AwardWithdrawn, "the source took the change back", w.now
	return w.tx.MoveAward(ctx, r.waiting, from)
}

// changeDraft writes the new content; who had approved the old content has not approved this.
func (w *writer) changeDraft(ctx context.Context, r *rowPlan) error {
	a := r.waiting
	if a.State == record.AwardApproved {
		a.State, a.ApprovedBy, a.ApprovedAt, a.UpdatedAt = record.AwardDraft, "", time.Time{}, w.now
		if err := w.tx.MoveAward(ctx, a, record.AwardApproved); err != nil {
			return err
		}
	}
	a.Achievement, a.Hash, a.Batch, a.Row = w.about[r.about], r.hash, w.batch.ID, r.from.Row
	a.Detail, a.PreparedBy, a.UpdatedAt = r.from.Detail, w.actor.Account, w.now
	w.awards = append(w.awards, a.ID)
	return w.tx.ChangeDraft(ctx, a)
}

// addAward writes a new award or, when one is in force, the correction that shall take its place: same credential id,
// next revision.
func (w *writer) addAward(ctx context.Context, r *rowPlan) error {
	a := &record.Award{
		ID: record.AwardID(record.NewOrderedID()), Institution: w.batch.Institution, Learner: w.learners[r.learner], Achievement: w.about[r.about],
		SourceKey: r.key, Source: w.plan.source, Revision: r.newest + 1, Hash: r.hash, Batch: w.batch.ID, Row: r.from.Row,
		State: record.AwardDraft, Detail: r.from.Detail, CredentialID: record.NewID(),
		PreparedBy: w.actor.Account, CreatedAt: w.now, UpdatedAt: w.now,
	}
	if r.inForce != nil {
		a.CredentialID, a.Replaces, a.Reason = r.inForce.CredentialID, r.inForce.ID, "changed in the source file"
	}
	w.awards = append(w.awards, a.ID)
	return w.tx.AddAward(ctx, a)
}
