package registrar

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// DefinitionAct is what moves a definition on.
type DefinitionAct string

// The acts, and the state each leads to.
const (
	ActSubmit  DefinitionAct = "submit"  // draft → review
	ActReturn  DefinitionAct = "return"  // review → draft, with a note
	ActApprove DefinitionAct = "approve" // review → approved: a new version of the catalogue
	ActRetire  DefinitionAct = "retire"  // approved → retired, with a reason
	ActRestore DefinitionAct = "restore" // retired → approved
	ActDiscard DefinitionAct = "discard" // the draft is given up: what the catalogue says stands
)

// definitionMoves says where each act begins and ends, and what it needs.
var definitionMoves = map[DefinitionAct]struct {
	to   record.DefinitionState
	role record.Role
	note bool
	done string // the word of the audit
}{
	ActSubmit:  {record.DefinitionReview, record.RoleRegistrar, false, "submitted"},
	ActReturn:  {record.DefinitionDraft, record.RoleApprover, true, "returned"},
	ActApprove: {record.DefinitionApproved, record.RoleApprover, false, "approved"},
	ActRetire:  {record.DefinitionRetired, record.RoleRegistrar, true, "retired"},
	ActRestore: {record.DefinitionApproved, record.RoleRegistrar, false, "restored"},
}

// mayAgree says whether an actor may approve a definition: an approver who did not write it, where two people are asked.
func mayAgree(actor record.Actor, i *record.Institution, def *record.Definition) error {
	const op = "registrar.MoveDefinition"
	if err := actor.Require(op, def.Institution, record.RoleApprover); err != nil {
		return err
	}
	if i.Policy.TwoPeople && def.PreparedBy == actor.Account {
		return record.Errorf(record.Forbidden, op, "you wrote this; somebody else must approve it")
	}
	return nil
}

// MoveDefinition does one act to a definition of the version that was read.
func (d *Desk) MoveDefinition(ctx context.Context, actor record.Actor, id record.DefinitionID, version int64, act DefinitionAct, note string) (*record.Definition, error) {
	const op = "registrar.MoveDefinition"
	note = strings.TrimSpace(note)
	var def *record.Definition
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if def, err = tx.Definition(ctx, id); err != nil {
			return err
		}
		if act == ActDiscard {
			return d.discard(ctx, tx, actor, def, version)
		}
		move, known := definitionMoves[act]
		if !known {
			return record.Errorf(record.NotFound, op, "there is no such act")
		}
		if err := actor.Require(op, def.Institution, staff...); err != nil {
			return err
		}
		if err := d.sameVersion(ctx, tx, op, def, version); err != nil {
			return err
		}
		legal := def.State.MayBecome(move.to) && (act != ActApprove || def.State == record.DefinitionReview) && (act != ActRestore || def.State == record.DefinitionRetired) && (act != ActReturn || def.State == record.DefinitionReview)
		if !legal {
			return record.Errorf(record.Conflict, op, "an achievement that is %s cannot become %s in one step", def.State, move.to)
		}
		if err := actor.Require(op, def.Institution, move.role); err != nil {
			return err
		}
		if move.note && note == "" {
			return record.Errorf(record.Invalid, op, "say why in a sentence: others will read it")
		}
		if err := checkText(op, "note", note, 0, maxNote); err != nil {
			return err
		}
		if err := d.move(ctx, tx, actor, def, act); err != nil {
			return err
		}
		def.State, def.Note, def.UpdatedAt = move.to, note, d.now()
		if err := tx.ChangeDefinition(ctx, def); err != nil {
			return err
		}
		return d.definitionEvent(ctx, tx, actor, def, move.done, map[string]string{"note": note, "achievement": string(def.Base)})
	})
	return def, record.Wrap(op, err)
}

// move does what an act does besides the state.
func (d *Desk) move(ctx context.Context, tx *store.Tx, actor record.Actor, def *record.Definition, act DefinitionAct) error {
	if act != ActSubmit && act != ActApprove {
		return nil
	}
	i, err := tx.Institution(ctx, def.Institution)
	if err != nil {
		return err
	}
	if err := d.ready(ctx, tx, i, def); err != nil {
		return err
	}
	if act == ActSubmit {
		return nil
	}
	if err := mayAgree(actor, i, def); err != nil {
		return err
	}
	def.ApprovedBy = actor.Account
	return d.publishDefinition(ctx, tx, i, def)
}

// ready holds a definition to what issuing will ask of it: complete, and of a form that can be signed.
func (d *Desk) ready(ctx context.Context, tx *store.Tx, i *record.Institution, def *record.Definition) error {
	const op = "registrar.MoveDefinition"
	body, err := parseBody(def.Body)
	if err != nil {
		return err
	}
	work := DefinitionWork{Body: body, Texts: def.Texts, Links: def.Links}
	if err := work.complete(op, i); err != nil {
		return err
	}
	if err := d.checkLinks(ctx, tx, op, def, def.Links); err != nil {
		return err
	}
	if refused := lintBody(ctx, i, body); refused != "" {
		return record.Errorf(record.Invalid, op, "a credential of this achievement could not be signed: %s", refused)
	}
	return nil
}

// lintBody builds an unsigned credential of an achievement about nobody and says what the linter would refuse.
func lintBody(ctx context.Context, i *record.Institution, body ob.Achievement) string {
	entry := &record.StatusEntry{List: "preview"}
	l := &record.Learner{Name: record.Name{Display: "A learner"}, SubjectID: "urn:uuid:" + record.DerivedID(i.ID, "nobody")}
	award := &record.Award{CredentialID: record.DerivedID(i.ID, "nothing"), Detail: record.AwardDetail{AwardedOn: "2026-01-01"}}
	c := awardCredential(i, l, &awardTicket{award: award, body: body, place: place{validFrom: i.CreatedAt, entry: entry}})
	b, err := issue.Award(c)
	if err != nil {
		return err.Error()
	}
	for _, f := range issue.Lint(ctx, b, nil) {
		if f.Outcome == verify.Fails && !f.Warning {
			return f.Message + " (" + f.Pointer + ")"
		}
	}
	return ""
}

// publishDefinition makes the definition the next version of the catalogue.
func (d *Desk) publishDefinition(ctx context.Context, tx *store.Tx, i *record.Institution, def *record.Definition) error {
	const op = "registrar.MoveDefinition"
	held, err := optional(tx.AchievementByKey(ctx, i.ID, def.SourceKey))
	if err != nil {
		return err
	}
	if held != nil && held.ID != def.Base || held == nil && def.Base != "" {
		return &record.Error{Kind: record.Conflict, Op: op, Code: CodeOvertaken,
			Message: "the catalogue has changed since this was written, by an import of the same code; look at the difference and save it once more"}
	}
	count, err := tx.AchievementVersions(ctx, i.ID, def.SourceKey)
	if err != nil {
		return err
	}
	body, err := parseBody(def.Body)
	if err != nil {
		return err
	}
	version := formatInt(count + 1)
	if body.Version == "" {
		body.Version = version
	}
	body.Related = slices.DeleteFunc(body.Related, func(r ob.Related) bool { return strings.HasPrefix(r.ID, def.IRI+"/") })
	for _, t := range def.Texts {
		body.Related = append(body.Related, ob.Related{ID: def.IRI + "/" + t.Lang, Type: []string{"Related"}, InLanguage: t.Lang, Version: body.Version})
	}
	written, err := ijson.Marshal(body)
	if err != nil {
		return record.Wrap(op, err)
	}
	if held != nil {
		if err := tx.RetireAchievement(ctx, held.ID); err != nil {
			return err
		}
	}
	a := &record.Achievement{
		ID: record.AchievementID(record.DerivedID(i.ID, "achievement", def.SourceKey, version)), Institution: i.ID, IRI: def.IRI, SourceKey: def.SourceKey,
		Version: version, Type: string(body.AchievementType), Name: body.Name, Code: body.HumanCode, Body: written, Hash: record.Sum(written),
		Generated: []string{}, Current: true, CreatedAt: d.now(),
	}
	if err := tx.AddAchievement(ctx, a); err != nil {
		return err
	}
	def.Base = a.ID
	if err := addTexts(ctx, tx, a, body, def.Texts); err != nil {
		return err
	}
	if err := tx.DropLinks(ctx, i.ID, def.IRI); err != nil {
		return err
	}
	for _, l := range def.Links {
		if _, err := tx.PutAssociation(ctx, record.Association{Institution: i.ID, Type: l.Type, Source: def.IRI, Target: l.Target}); err != nil {
			return err
		}
	}
	return nil
}

// addTexts writes the achievement in each of its other languages: a document of its own, which says what it is related to
// (Open Badges 3.0, Related).
func addTexts(ctx context.Context, tx *store.Tx, a *record.Achievement, body ob.Achievement, texts []record.Text) error {
	for _, t := range texts {
		other := body
		other.ID, other.InLanguage = a.IRI+"/"+t.Lang, t.Lang
		other.Name, other.Description = t.Name, t.Description
		if t.Criteria != "" {
			other.Criteria = ob.Criteria{ID: body.Criteria.ID, Narrative: t.Criteria}
		}
		other.Related = []ob.Related{{ID: a.IRI, Type: []string{"Related"}, InLanguage: body.InLanguage, Version: body.Version}}
		b, err := ijson.Marshal(other)
		if err != nil {
			return record.Wrap("registrar.addTexts", err)
		}
		if err := tx.AddText(ctx, a.ID, t.Lang, b); err != nil {
			return err
		}
	}
	return nil
}

// discard gives a draft up. What never was approved is gone; otherwise the definition says again what the catalogue says.
func (d *Desk) discard(ctx context.Context, tx *store.Tx, actor record.Actor, def *record.Definition, version int64) error {
	const op = "registrar.MoveDefinition"
	if err := actor.Require(op, def.Institution, record.RoleRegistrar); err != nil {
		return err
	}
	if err := d.sameVersion(ctx, tx, op, def, version); err != nil {
		return err
	}
	if def.State != record.DefinitionDraft && def.State != record.DefinitionReview {
		return record.Errorf(record.Conflict, op, "only a draft can be discarded; this achievement is %s", def.State)
	}
	current, err := optional(tx.AchievementByKey(ctx, def.Institution, def.SourceKey))
	if err != nil {
		return err
	}
	if current == nil {
		if err := tx.DeleteDefinition(ctx, def.ID, def.Version); err != nil {
			return err
		}
		return d.definitionEvent(ctx, tx, actor, def, "discarded", nil)
	}
	body, err := parseBody(current.Body)
	if err != nil {
		return err
	}
	var texts []record.Text
	for _, r := range body.Related {
		lang, ours := strings.CutPrefix(r.ID, def.IRI+"/")
		if !ours {
			continue
		}
		b, err := tx.Text(ctx, current.ID, lang)
		if record.KindOf(err) == record.NotFound {
			continue // a relation of the achievement's own, which only looks like ours
		}
		if err != nil {
			return err
		}
		said, err := parseBody(b)
		if err != nil {
			return err
		}
		text := record.Text{Lang: lang, Name: said.Name, Description: said.Description}
		if said.Criteria.Narrative != body.Criteria.Narrative {
			text.Criteria = said.Criteria.Narrative
		}
		texts = append(texts, text)
	}
	if def.Links, err = linksOf(ctx, tx, def.Institution, def.IRI); err != nil {
		return err
	}
	def.State, def.Body, def.Base, def.Texts, def.UpdatedAt = record.DefinitionApproved, current.Body, current.ID, append([]record.Text{}, texts...), d.now()
	if err := tx.ChangeDefinition(ctx, def); err != nil {
		return err
	}
	return d.definitionEvent(ctx, tx, actor, def, "discarded", nil)
}
