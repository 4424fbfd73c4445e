package registrar

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/ob"
)

// A record assembled on screen is a further CLR of a person: a transcript, a co-curricular record, a choice. It carries
// credentials that are signed and in force, as they are; the person's whole record stands beside it. The same kind, or a
// choice of the same title, assembled again is the next version of the same address.

// AssemblyRequest says what goes in: what a template takes, or the credentials that were chosen.
type AssemblyRequest struct {
	Template record.TemplateID
	Chosen   []string // path ids of credentials in force; when not empty, these of what the template takes
	Title    string
}

// AssemblyItem is a credential that may go in.
type AssemblyItem struct {
	PathID, Name, Type string
	AwardedOn          string
	Takes              bool // by the template
	Suspended          bool
}

// Assembled is a record that was assembled before and is in force.
type Assembled struct {
	ID     record.CredentialID
	URI    string
	Name   string
	Since  time.Time
	Number int64
}

// AssemblyView is what the page of assembling shows.
type AssemblyView struct {
	Learner  record.Learner
	Template *record.Template
	Items    []AssemblyItem
	Made     []Assembled
	Waiting  int // awards that are not signed yet and therefore cannot go in
}

// Assembly reads what may go into a learner's record by a template.
func (d *Desk) Assembly(ctx context.Context, actor record.Actor, learner record.LearnerID, template record.TemplateID) (*AssemblyView, error) {
	const op = "registrar.Assembly"
	t, err := d.Template(ctx, actor, cmp.Or(template, "whole"))
	if err != nil {
		return nil, err
	}
	v := &AssemblyView{Template: t}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, learner)
		if err != nil {
			return err
		}
		if err := actor.Require(op, l.Institution, staff...); err != nil {
			return err
		}
		v.Learner = *l
		if v.Items, _, err = assemblyItems(ctx, tx, l, t); err != nil {
			return err
		}
		made, err := tx.CurrentOfLearner(ctx, l.ID, "ClrCredential")
		if err != nil {
			return err
		}
		for _, c := range made {
			if c.PathID != l.RecordID {
				v.Made = append(v.Made, Assembled{c.ID, c.URI, c.Name, c.ValidFrom, c.Revision})
			}
		}
		for _, state := range []record.AwardState{record.AwardDraft, record.AwardApproved} {
			waiting, err := tx.AwardsOfLearner(ctx, l.ID, state)
			if err != nil {
				return err
			}
			v.Waiting += len(waiting)
		}
		return nil
	})
	return v, record.Wrap(op, err)
}

// assemblyItems reads a learner's credentials in force, and each as the part of a record that it would be.
func assemblyItems(ctx context.Context, tx *store.Tx, l *record.Learner, t *record.Template) ([]AssemblyItem, map[string]heldPart, error) {
	held, err := tx.CurrentOfLearner(ctx, l.ID, "AchievementCredential")
	if err != nil {
		return nil, nil, err
	}
	var items []AssemblyItem
	parts := map[string]heldPart{}
	for _, c := range held {
		a, err := tx.Award(ctx, c.Award)
		if err != nil {
			return nil, nil, err
		}
		about, err := tx.Achievement(ctx, a.Achievement)
		if err != nil {
			return nil, nil, err
		}
		items = append(items, AssemblyItem{c.PathID, c.Name, about.Type, a.Detail.AwardedOn, t.Takes(about.Type), c.State == record.CredentialSuspended})
		parts[c.PathID] = heldPart{c.ID, part{bytes: c.Bytes, uri: c.URI, name: c.Name, achievement: about.IRI, awardedOn: a.Detail.AwardedOn}}
	}
	slices.SortStableFunc(items, func(a, b AssemblyItem) int {
		return cmp.Or(cmp.Compare(b.AwardedOn, a.AwardedOn), cmp.Compare(a.Name, b.Name))
	})
	return items, parts, nil
}

type heldPart struct {
	id record.CredentialID
	part
}

// assembly is a record on its way: what was chosen, and the place that is reserved for it.
type assembly struct {
	ticket  *ticket
	pathID  string
	title   string
	parts   []part
	ids     map[string]record.CredentialID // path id → what was read
	related []ob.Achievement
	links   []clr.Association
}

// Assemble signs a record of the chosen credentials and keeps it. The steps are those of issuing: reserve, sign, keep.
func (d *Desk) Assemble(ctx context.Context, actor record.Actor, learner record.LearnerID, req AssemblyRequest) (*Assembled, error) {
	const op = "registrar.Assemble"
	t, err := d.Template(ctx, actor, cmp.Or(req.Template, "whole"))
	if err != nil {
		return nil, err
	}
	if req.Title = strings.TrimSpace(req.Title); req.Title != "" {
		if err := checkText(op, "the title", req.Title, 1, maxTitle); err != nil {
			return nil, err
		}
	}
	var a *assembly
	err = d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		a, err = d.reserveAssembly(ctx, tx, op, actor, learner, t, req)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	c, err := d.signAssembly(ctx, a)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error { return d.keepAssembly(ctx, tx, op, actor, a, c, t) })
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &Assembled{c.ID, c.URI, c.Name, c.ValidFrom, c.Revision}, nil
}

func (d *Desk) reserveAssembly(ctx context.Context, tx *store.Tx, op string, actor record.Actor, learner record.LearnerID, t *record.Template, req AssemblyRequest) (*assembly, error) {
	l, err := tx.Learner(ctx, learner)
	if err != nil {
		return nil, err
	}
	if err := actor.Require(op, l.Institution, staff...); err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, l.Institution)
	if err != nil {
		return nil, err
	}
	if err := tx.LockLearner(ctx, l.ID); err != nil {
		return nil, err
	}
	items, parts, err := assemblyItems(ctx, tx, l, t)
	if err != nil {
		return nil, err
	}
	a := &assembly{ids: map[string]record.CredentialID{}, title: cmp.Or(req.Title, t.Name, templateTitles[t.Kind]) + " of " + l.Name.Display}
	earned := map[string]bool{}
	for _, item := range items {
		if len(req.Chosen) > 0 && !slices.Contains(req.Chosen, item.PathID) || !item.Takes {
			continue
		}
		p := parts[item.PathID]
		a.parts, a.ids[item.PathID], earned[p.achievement] = append(a.parts, p.part), p.id, true
	}
	for _, chosen := range req.Chosen {
		if a.ids[chosen] == "" {
			return nil, record.Errorf(record.Conflict, op, "one of the chosen awards is not in force any more, or does not belong into this kind of record; look at the list and choose again")
		}
	}
	if len(a.parts) == 0 {
		return nil, record.Errorf(record.Invalid, op, "nothing that is signed goes into this kind of record; choose another kind, or sign what waits first")
	}
	a.pathID = record.DerivedID(i.ID, "assembly", l.RecordID, string(t.ID), req.Title)
	a.ticket = &ticket{item: &record.RunItem{Learner: l.ID}, institution: i, learner: l}
	if a.ticket.key, err = d.signingKey(ctx, tx, i); err != nil {
		return nil, err
	}
	if a.ticket.keys, err = tx.Keys(ctx, i.ID); err != nil {
		return nil, err
	}
	if a.ticket.record, err = d.reserve(ctx, tx, i, i.RecordURL(a.pathID), a.pathID, d.now().Truncate(time.Second)); err != nil {
		return nil, err
	}
	a.related, a.links, err = related(ctx, tx, i, earned)
	return a, err
}

// templateTitles name a record of a kind in what is signed, which is in the institution's language of record.
var templateTitles = map[string]string{"transcript": "Transcript", "cocurricular": "Co-curricular record", "competency": "Competency record",
	"experiential": "Record of experience", "whole": "Learner record"}

func (d *Desk) signAssembly(ctx context.Context, a *assembly) (*record.Credential, error) {
	t := a.ticket
	pen, err := d.pen(t.institution, t.key, t.keys)
	if err != nil {
		return nil, err
	}
	c := recordCredential(t.institution, t.learner, t.record, a.parts, a.related, a.links)
	c.ID, c.Name = t.institution.RecordURL(a.pathID), testName(t.institution, a.title)
	unsigned, err := issue.CLR(c)
	if err != nil {
		return nil, err
	}
	around := pen.whole()
	b, err := around.secure(ctx, unsigned, t.record.validFrom)
	if err != nil {
		return nil, explain(err, "the record")
	}
	kept := d.credential(t, t.record, "ClrCredential", c.ID, a.pathID, c.Name, time.Time{}, b)
	kept.Suite = around.key.Suite
	return kept, nil
}

func (d *Desk) keepAssembly(ctx context.Context, tx *store.Tx, op string, actor record.Actor, a *assembly, c *record.Credential, t *record.Template) error {
	if err := tx.LockLearner(ctx, a.ticket.learner.ID); err != nil {
		return err
	}
	key, err := d.signingKey(ctx, tx, a.ticket.institution)
	if err != nil {
		return err
	}
	if key.ID != a.ticket.key.ID {
		return record.Errorf(record.Conflict, op, "the signing key was changed while this was being signed; try again")
	}
	for pathID, id := range a.ids {
		now, err := optional(tx.CurrentCredential(ctx, pathID))
		if err != nil {
			return err
		}
		if now == nil || now.ID != id {
			return record.Errorf(record.Conflict, op, "an award was corrected or revoked while the record was being signed; try again")
		}
	}
	newest, err := optional(tx.NewestCredential(ctx, a.pathID))
	if err != nil {
		return err
	}
	if newest != nil && newest.Revision >= c.Revision {
		return record.Errorf(record.Conflict, op, "somebody assembled this record at the same moment; look at it before you do it again")
	}
	if prev := a.ticket.record.previous; prev != nil { // older, and not wrong
		if err := tx.MoveCredential(ctx, prev.ID, record.CredentialSuperseded); err != nil {
			return err
		}
	}
	if err := tx.AddCredential(ctx, c); err != nil {
		return err
	}
	return d.event(ctx, tx, actor, a.ticket.institution, "record.assembled", "credential/"+string(c.ID), c.Learner,
		map[string]string{"sha256": c.SHA256, "uri": c.URI, "revision": formatInt(c.Revision), "template": string(t.ID), "parts": formatInt(int64(len(a.parts)))})
}

// WithdrawAssembly revokes a record that was assembled; the credentials in it stay in force.
func (d *Desk) WithdrawAssembly(ctx context.Context, actor record.Actor, learner record.LearnerID, id record.CredentialID, reason string) error {
	const op = "registrar.WithdrawAssembly"
	reason = strings.TrimSpace(reason)
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := tx.Learner(ctx, learner)
		if err != nil {
			return err
		}
		if err := actor.Require(op, l.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if reason == "" {
			return record.Errorf(record.Invalid, op, "say why in a sentence: whoever checks the record will read it")
		}
		if err := checkText(op, "the reason", reason, 1, maxNote); err != nil {
			return err
		}
		made, err := tx.CurrentOfLearner(ctx, l.ID, "ClrCredential")
		if err != nil {
			return err
		}
		n := slices.IndexFunc(made, func(c *record.Credential) bool { return c.ID == id && c.PathID != l.RecordID })
		if n < 0 {
			return record.Errorf(record.NotFound, op, "there is no such record in force")
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		lists := map[record.StatusListID]bool{}
		if err := d.endVersion(ctx, tx, made[n], record.CredentialRevoked, reason, lists); err != nil {
			return err
		}
		for list := range lists {
			if err := d.publishStatus(ctx, tx, i, list); err != nil {
				return err
			}
		}
		return d.event(ctx, tx, actor, i, "record.withdrawn", "credential/"+string(id), l.ID, map[string]string{"reason": reason})
	})
	return record.Wrap(op, err)
}
