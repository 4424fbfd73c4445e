package registrar

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// The catalogue's writing desk. The rules are:
//
//   - What was approved never changes: a change is a new version, and what was issued keeps the version it was issued with.
//   - Every change names the version that it read. Two people who edit one definition meet at a Conflict with the code
//     CodeChanged, and whoever comes second decides with both texts before their eyes.
//   - Where the institution wants two pairs of eyes, whoever wrote a definition does not approve it.
//   - A definition that is approved here is the institution's word: an import of the same key leaves it as it is and says so.

// Codes of the conflicts of the catalogue.
const (
	CodeChanged   = "definition.changed"   // somebody saved since the form was opened
	CodeOvertaken = "definition.overtaken" // the catalogue has a newer version than the work began from
)

// DefinitionWork is what a person writes about an achievement.
type DefinitionWork struct {
	Body  ob.Achievement
	Texts []record.Text
	Links []record.Link
}

// DefinitionView is a definition with what its page shows around it.
type DefinitionView struct {
	record.Definition
	Work       DefinitionWork
	Current    *record.Achievement   // what the catalogue says now; nil: nothing yet
	Overtaken  bool                  // Current is not what this work began from
	Versions   []*record.Achievement // newest first
	Incoming   []record.Association  // what others say about this one
	Names      map[string]string     // achievement IRI → name
	Prepared   string                // who wrote it last
	Approved   string
	MayWrite   bool
	MayApprove bool
	Changes    []Change // against Current
	Awards     int64    // of Current
}

// CatalogueItem is one line of the catalogue: what is approved, what is being written, or both.
type CatalogueItem struct {
	Achievement *record.Achievement
	Definition  *record.Definition
	Name        string
	Code        string
	Type        string
}

// State is where the line stands: imported entries were agreed on when they were imported.
func (c *CatalogueItem) State() record.DefinitionState {
	if c.Definition != nil {
		return c.Definition.State
	}
	return record.DefinitionApproved
}

// CatalogueItems lists the catalogue with the work on it, by name; state filters, "" is all.
func (d *Desk) CatalogueItems(ctx context.Context, actor record.Actor, search string, state record.DefinitionState) ([]CatalogueItem, error) {
	const op = "registrar.CatalogueItems"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []CatalogueItem
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		held, err := tx.Achievements(ctx, actor.Institution, search, MaxCatalogue)
		if err != nil {
			return err
		}
		work, err := tx.Definitions(ctx, actor.Institution, MaxCatalogue)
		if err != nil {
			return err
		}
		at := map[string]int{}
		for _, a := range held {
			at[a.SourceKey] = len(out)
			out = append(out, CatalogueItem{Achievement: a, Name: a.Name, Code: a.Code, Type: a.Type})
		}
		for _, w := range work {
			if n, ok := at[w.SourceKey]; ok {
				out[n].Definition = w
				continue
			}
			body, err := parseBody(w.Body)
			if err != nil {
				return err
			}
			item := CatalogueItem{Definition: w, Name: body.Name, Code: body.HumanCode, Type: string(body.AchievementType)}
			if w.Base == "" && contains(search, item.Name, item.Code) {
				out = append(out, item)
			}
		}
		return nil
	})
	out = slices.DeleteFunc(out, func(c CatalogueItem) bool { return state != "" && c.State() != state })
	slices.SortStableFunc(out, func(a, b CatalogueItem) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), cmp.Compare(a.Code, b.Code))
	})
	return out, record.Wrap(op, err)
}

func contains(search string, in ...string) bool {
	search = strings.ToLower(strings.TrimSpace(search))
	return slices.ContainsFunc(in, func(s string) bool { return strings.Contains(strings.ToLower(s), search) })
}

func parseBody(b []byte) (ob.Achievement, error) {
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return ob.Achievement{}, err
	}
	return ob.ReadAchievement(doc.Root()), nil
}

// definitionKey is the key that a sheet of the institution gives the same achievement: type and code, or type and name.
// Who writes the catalogue first and imports the awards later finds them joined.
func definitionKey(a *ob.Achievement) string {
	kind := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(string(a.AchievementType)))
	return kind + "/" + cmp.Or(a.HumanCode, a.Name)
}

// Define begins a new achievement as a draft.
func (d *Desk) Define(ctx context.Context, actor record.Actor, work DefinitionWork) (*record.Definition, error) {
	const op = "registrar.Define"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	work.tidy()
	now := d.now()
	def := &record.Definition{ID: record.DefinitionID(record.NewID()), Institution: actor.Institution, State: record.DefinitionDraft, PreparedBy: actor.Account,
		Texts: []record.Text{}, Links: []record.Link{}, CreatedAt: now, UpdatedAt: now}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		if err := checkText(op, "name", work.Body.Name, 1, maxTitle); err != nil {
			return err
		}
		def.SourceKey = definitionKey(&work.Body)
		def.IRI = minter(i)(def.SourceKey)
		for _, taken := range []func() (bool, error){
			func() (bool, error) {
				a, err := optional(tx.AchievementByKey(ctx, i.ID, def.SourceKey))
				return a != nil, err
			},
			func() (bool, error) {
				o, err := optional(tx.DefinitionByKey(ctx, i.ID, def.SourceKey))
				return o != nil, err
			},
		} {
			if is, err := taken(); err != nil || is {
				return cmp.Or(err, error(record.Errorf(record.Conflict, op, "the catalogue has an achievement of this type that is called %q already; edit that one, or choose another code", cmp.Or(work.Body.HumanCode, work.Body.Name))))
			}
		}
		if err := d.take(ctx, tx, op, i, def, work); err != nil {
			return err
		}
		if err := tx.AddDefinition(ctx, def); err != nil {
			return err
		}
		return d.definitionEvent(ctx, tx, actor, def, "begun", nil)
	})
	return def, record.Wrap(op, err)
}

// EditAchievement opens an entry of the catalogue for editing: the definition behind it, made from what the catalogue says
// where there is none.
func (d *Desk) EditAchievement(ctx context.Context, actor record.Actor, id record.AchievementID) (*record.Definition, error) {
	const op = "registrar.EditAchievement"
	var def *record.Definition
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		a, err := tx.Achievement(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, a.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if def, err = optional(tx.DefinitionByKey(ctx, a.Institution, a.SourceKey)); def != nil || err != nil {
			return err
		}
		current, err := tx.AchievementByKey(ctx, a.Institution, a.SourceKey)
		if err != nil {
			return err
		}
		now := d.now()
		def = &record.Definition{ID: record.DefinitionID(record.NewID()), Institution: a.Institution, SourceKey: a.SourceKey, IRI: current.IRI,
			State: record.DefinitionApproved, Body: current.Body, Texts: []record.Text{}, Base: current.ID, CreatedAt: now, UpdatedAt: now}
		if def.Links, err = linksOf(ctx, tx, a.Institution, current.IRI); err != nil {
			return err
		}
		if err := tx.AddDefinition(ctx, def); err != nil {
			return err
		}
		return d.definitionEvent(ctx, tx, actor, def, "opened", nil)
	})
	return def, record.Wrap(op, err)
}

func linksOf(ctx context.Context, tx *store.Tx, institution record.InstitutionID, iri string) ([]record.Link, error) {
	all, err := tx.Associations(ctx, institution)
	out := []record.Link{}
	for _, a := range all {
		if a.Source == iri {
			out = append(out, record.Link{Type: a.Type, Target: a.Target})
		}
	}
	return out, err
}

// SaveDefinition writes what a person changed. A definition that waited for review or was approved is a draft again.
func (d *Desk) SaveDefinition(ctx context.Context, actor record.Actor, id record.DefinitionID, version int64, work DefinitionWork) (*record.Definition, error) {
	const op = "registrar.SaveDefinition"
	var def *record.Definition
	work.tidy()
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if def, err = tx.Definition(ctx, id); err != nil {
			return err
		}
		if err := actor.Require(op, def.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if err := d.sameVersion(ctx, tx, op, def, version); err != nil {
			return err
		}
		if def.State == record.DefinitionRetired {
			return record.Errorf(record.Conflict, op, "this achievement is retired; take it back into use before you change it")
		}
		i, err := tx.Institution(ctx, def.Institution)
		if err != nil {
			return err
		}
		if err := d.take(ctx, tx, op, i, def, work); err != nil {
			return err
		}
		current, err := optional(tx.AchievementByKey(ctx, def.Institution, def.SourceKey))
		if err != nil {
			return err
		}
		if current != nil { // whoever saves has seen what the catalogue says now: the page shows the difference
			def.Base = current.ID
		}
		def.State, def.PreparedBy, def.UpdatedAt = record.DefinitionDraft, actor.Account, d.now()
		if err := tx.ChangeDefinition(ctx, def); err != nil {
			return err
		}
		return d.definitionEvent(ctx, tx, actor, def, "changed", map[string]string{"sha256": record.Sum(def.Body)})
	})
	return def, record.Wrap(op, err)
}

// take checks work and puts it into the definition.
func (d *Desk) take(ctx context.Context, tx *store.Tx, op string, i *record.Institution, def *record.Definition, work DefinitionWork) error {
	work.Body.ID, work.Body.Type = def.IRI, []string{"Achievement"}
	mintResults(&work.Body)
	if err := work.check(op, i); err != nil {
		return err
	}
	if err := d.checkLinks(ctx, tx, op, def, work.Links); err != nil {
		return err
	}
	body, err := ijson.Marshal(work.Body)
	if err != nil {
		return record.Wrap(op, err)
	}
	def.Body, def.Texts, def.Links = body, work.Texts, work.Links
	if def.Texts == nil {
		def.Texts = []record.Text{}
	}
	if def.Links == nil {
		def.Links = []record.Link{}
	}
	return nil
}

// sameVersion refuses a change that was begun from another version than the one that is kept.
func (d *Desk) sameVersion(ctx context.Context, tx *store.Tx, op string, def *record.Definition, version int64) error {
	if def.Version == version {
		return nil
	}
	who := "somebody"
	if a, err := optional(tx.Account(ctx, def.PreparedBy)); err == nil && a != nil {
		who = a.Name
	}
	return &record.Error{Kind: record.Conflict, Op: op, Code: CodeChanged,
		Message: who + " saved this achievement while you were writing; compare, and save again if yours shall stand"}
}

func (d *Desk) definitionEvent(ctx context.Context, tx *store.Tx, actor record.Actor, def *record.Definition, act string, detail map[string]string) error {
	if detail == nil {
		detail = map[string]string{}
	}
	detail["key"], detail["version"] = def.SourceKey, formatInt(def.Version)
	return d.event(ctx, tx, actor, &record.Institution{ID: def.Institution}, "achievement."+act, "definition/"+string(def.ID), "", detail)
}

// Definition reads one definition with what its page shows.
func (d *Desk) Definition(ctx context.Context, actor record.Actor, id record.DefinitionID) (*DefinitionView, error) {
	const op = "registrar.Definition"
	var v *DefinitionView
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		def, err := tx.Definition(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, def.Institution, staff...); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, def.Institution)
		if err != nil {
			return err
		}
		v = &DefinitionView{Definition: *def, Names: map[string]string{}, MayWrite: actor.Has(record.RoleRegistrar), MayApprove: mayAgree(actor, i, def) == nil}
		if v.Work.Body, err = parseBody(def.Body); err != nil {
			return err
		}
		v.Work.Texts, v.Work.Links = def.Texts, def.Links
		return d.around(ctx, tx, v)
	})
	return v, record.Wrap(op, err)
}

// around reads what stands around a definition.
func (d *Desk) around(ctx context.Context, tx *store.Tx, v *DefinitionView) (err error) {
	if v.Versions, err = tx.VersionsOf(ctx, v.Institution, v.SourceKey); err != nil {
		return err
	}
	if n := slices.IndexFunc(v.Versions, func(a *record.Achievement) bool { return a.Current }); n >= 0 {
		v.Current = v.Versions[n]
		v.Overtaken = v.Current.ID != v.Base
		before, err := parseBody(v.Current.Body)
		if err != nil {
			return err
		}
		v.Changes = CompareDefinitions(&before, &v.Work.Body)
		if v.Awards, err = tx.AwardsOfAchievement(ctx, v.Current.ID); err != nil {
			return err
		}
	}
	for id, into := range map[record.AccountID]*string{v.PreparedBy: &v.Prepared, v.ApprovedBy: &v.Approved} {
		if a, err := optional(tx.Account(ctx, id)); err != nil {
			return err
		} else if a != nil {
			*into = a.Name
		}
	}
	all, err := tx.Associations(ctx, v.Institution)
	if err != nil {
		return err
	}
	var ends []string
	for _, l := range v.Links {
		ends = append(ends, l.Target)
	}
	for _, a := range all {
		if a.Target == v.IRI {
			v.Incoming = append(v.Incoming, a)
			ends = append(ends, a.Source)
		}
	}
	for _, iri := range ends {
		a, err := optional(tx.AchievementByIRI(ctx, v.Institution, iri))
		if err != nil {
			return err
		}
		if a != nil {
			v.Names[iri] = a.Name
		}
	}
	return nil
}
