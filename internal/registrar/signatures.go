package registrar

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
)

func soon(op string) error {
	return record.Errorf(record.Unavailable, op, "this act is being built")
}

// Preview says what an import would do and writes nothing.
func (d *Desk) Preview(ctx context.Context, actor record.Actor, req ImportRequest) (*Preview, error) {
	return nil, soon("registrar.Preview")
}

// StageImport keeps an upload and says what it would do; nobody's record changes. Preview.Batch names it.
func (d *Desk) StageImport(ctx context.Context, actor record.Actor, req ImportRequest) (*Preview, error) {
	return nil, soon("registrar.StageImport")
}

// StagedImport reads a staged upload's preview again.
func (d *Desk) StagedImport(ctx context.Context, actor record.Actor, batch record.BatchID) (*Preview, error) {
	return nil, soon("registrar.StagedImport")
}

// CommitImport makes drafts of a staged upload's clean rows.
func (d *Desk) CommitImport(ctx context.Context, actor record.Actor, batch record.BatchID) (*Imported, error) {
	return nil, soon("registrar.CommitImport")
}

// Import does StageImport and CommitImport in one.
func (d *Desk) Import(ctx context.Context, actor record.Actor, req ImportRequest) (*Imported, error) {
	return nil, soon("registrar.Import")
}

// UndoImport takes an import back, as long as nothing of it was issued.
func (d *Desk) UndoImport(ctx context.Context, actor record.Actor, batch record.BatchID) error {
	return soon("registrar.UndoImport")
}

// Batch reads an import.
func (d *Desk) Batch(ctx context.Context, actor record.Actor, batch record.BatchID) (*record.Batch, error) {
	return nil, soon("registrar.Batch")
}

// Today reads the first screen.
func (d *Desk) Today(ctx context.Context, actor record.Actor) (*Today, error) {
	return nil, soon("registrar.Today")
}

// Awards lists awards.
func (d *Desk) Awards(ctx context.Context, actor record.Actor, f AwardFilter) ([]AwardView, error) {
	return nil, soon("registrar.Awards")
}

// Award reads one award.
func (d *Desk) Award(ctx context.Context, actor record.Actor, id record.AwardID) (*AwardView, error) {
	return nil, soon("registrar.Award")
}

// ChangeDraft edits a draft.
func (d *Desk) ChangeDraft(ctx context.Context, actor record.Actor, id record.AwardID, change DraftChange) (*AwardView, error) {
	return nil, soon("registrar.ChangeDraft")
}

// Approve approves drafts: all or none.
func (d *Desk) Approve(ctx context.Context, actor record.Actor, ids []record.AwardID) error {
	return soon("registrar.Approve")
}

// ApproveAll approves every draft of a batch that this actor may approve and returns how many.
func (d *Desk) ApproveAll(ctx context.Context, actor record.Actor, batch record.BatchID) (int, error) {
	return 0, soon("registrar.ApproveAll")
}

// Withdraw drops a draft or an approved award before it was signed.
func (d *Desk) Withdraw(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return soon("registrar.Withdraw")
}

// StartIssuing queues a run over every learner who has approved awards; Work signs it.
func (d *Desk) StartIssuing(ctx context.Context, actor record.Actor) (*record.Run, error) {
	return nil, soon("registrar.StartIssuing")
}

// Issue does StartIssuing and waits until the run is done.
func (d *Desk) Issue(ctx context.Context, actor record.Actor) (*RunView, error) {
	return nil, soon("registrar.Issue")
}

// Run reads an issuing run.
func (d *Desk) Run(ctx context.Context, actor record.Actor, id record.RunID) (*RunView, error) {
	return nil, soon("registrar.Run")
}

// StopRun stops a run; what is signed stays, what is not can be issued later.
func (d *Desk) StopRun(ctx context.Context, actor record.Actor, id record.RunID) error {
	return soon("registrar.StopRun")
}

// PreviewRecord builds a learner's record from what is issued and approved and drafted, unsigned, and lints it.
func (d *Desk) PreviewRecord(ctx context.Context, actor record.Actor, learner record.LearnerID) (*RecordPreview, error) {
	return nil, soon("registrar.PreviewRecord")
}

// Learners lists learners by name; after is the last learner of the page before.
func (d *Desk) Learners(ctx context.Context, actor record.Actor, search string, after record.LearnerID) ([]record.Learner, error) {
	return nil, soon("registrar.Learners")
}

// Learner reads one learner.
func (d *Desk) Learner(ctx context.Context, actor record.Actor, id record.LearnerID) (*LearnerView, error) {
	return nil, soon("registrar.Learner")
}

// Effect says what revoking, suspending or correcting an award would do.
func (d *Desk) Effect(ctx context.Context, actor record.Actor, id record.AwardID) (*Effect, error) {
	return nil, soon("registrar.Effect")
}

// Revoke withdraws an issued award for good. Reason is required.
func (d *Desk) Revoke(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return soon("registrar.Revoke")
}

// Suspend marks an issued award as not to be relied on for now; Reinstate lifts that.
func (d *Desk) Suspend(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return soon("registrar.Suspend")
}

// Reinstate lifts a suspension.
func (d *Desk) Reinstate(ctx context.Context, actor record.Actor, id record.AwardID, reason string) error {
	return soon("registrar.Reinstate")
}

// Correct drafts a correction of an issued award: approved and issued, it takes the place of the old one.
func (d *Desk) Correct(ctx context.Context, actor record.Actor, id record.AwardID, detail record.AwardDetail, reason string) (*AwardView, error) {
	return nil, soon("registrar.Correct")
}

// Catalogue lists achievements.
func (d *Desk) Catalogue(ctx context.Context, actor record.Actor, search string) ([]record.Achievement, error) {
	return nil, soon("registrar.Catalogue")
}

// Relations lists the associations of the catalogue.
func (d *Desk) Relations(ctx context.Context, actor record.Actor) ([]record.Association, error) {
	return nil, soon("registrar.Relations")
}

// AddFramework keeps a competency framework document.
func (d *Desk) AddFramework(ctx context.Context, actor record.Actor, f record.Framework) error {
	return soon("registrar.AddFramework")
}

// SigningKeys lists the institution's keys.
func (d *Desk) SigningKeys(ctx context.Context, actor record.Actor) ([]record.Key, error) {
	return nil, soon("registrar.Keys")
}

// RotateKey makes a new signing key and retires the one before it.
func (d *Desk) RotateKey(ctx context.Context, actor record.Actor, algorithm string) (*record.Key, error) {
	return nil, soon("registrar.RotateKey")
}

// MarkCompromised takes a key out of service for good.
func (d *Desk) MarkCompromised(ctx context.Context, actor record.Actor, id record.KeyID) error {
	return soon("registrar.MarkCompromised")
}

// AddInstitution makes an institution with its first key and publishes its DID document and profile. Only an operator
// or record.System may.
func (d *Desk) AddInstitution(ctx context.Context, actor record.Actor, i record.Institution) (*record.Institution, error) {
	return nil, soon("registrar.AddInstitution")
}

// Institution reads the actor's institution.
func (d *Desk) Institution(ctx context.Context, actor record.Actor) (*record.Institution, error) {
	return nil, soon("registrar.Institution")
}

// ChangeProfile changes the institution's name, profile and policy, and publishes them.
func (d *Desk) ChangeProfile(ctx context.Context, actor record.Actor, change ProfileChange) (*record.Institution, error) {
	return nil, soon("registrar.ChangeProfile")
}

// Audit reads events after a sequence number.
func (d *Desk) Audit(ctx context.Context, actor record.Actor, after int64) ([]record.Event, error) {
	return nil, soon("registrar.Audit")
}
