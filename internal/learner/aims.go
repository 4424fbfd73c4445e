package learner

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// Aim is something one may choose as a goal.
type Aim struct {
	Ref         string // "framework/ID#URI" or "programme/IRI"
	Name        string
	Code        string
	Description string
	Source      string // the framework's or the institution's name
	Kind        string // case, ctdl, esco, onet, target, programme
}

const (
	maxAims       = 100 // of one list; a search narrows it
	maxCatalogue  = 10_000
	maxGoals      = 50 // of one learner: more is no goal
	maxTargetSize = 1 << 20
	framesKept    = 16 // parsed frameworks of one node
)

// frames remembers parsed frameworks by the hash of their document, which never changes. The zero value is ready.
type frames struct {
	mu   sync.Mutex
	byID map[string]*framework.Framework
}

func (f *frames) parsed(sum string, read func() ([]byte, error)) (*framework.Framework, error) {
	f.mu.Lock()
	got := f.byID[sum]
	f.mu.Unlock()
	if got != nil {
		return got, nil
	}
	body, err := read()
	if err != nil {
		return nil, err
	}
	if got, err = readFrame(body); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.byID) >= framesKept || f.byID == nil {
		f.byID = map[string]*framework.Framework{}
	}
	f.byID[sum] = got
	return got, nil
}

// readFrame reads a framework, or a target of our own form as a framework whose only goal it is.
func readFrame(body []byte) (*framework.Framework, error) {
	r, ok, err := framework.ReadRequirement(body)
	if err != nil {
		return nil, err
	}
	if ok {
		return &framework.Framework{ID: r.ID, Title: cmp.Or(r.Source, r.Name), Kind: "target", Goals: []framework.Goal{{ID: r.ID, Name: r.Name, Description: r.Description, Requirement: r}}}, nil
	}
	return framework.Read(body)
}

// held is a framework of the house.
type heldFrame struct {
	id record.FrameworkID
	*framework.Framework
}

// frameworks reads every framework of an institution. One that cannot be read is left out: the office sees why where it
// keeps them.
func (d *Desk) frameworks(ctx context.Context, tx *store.Tx, i record.InstitutionID) ([]heldFrame, error) {
	heads, err := tx.FrameworkHeads(ctx, i)
	if err != nil {
		return nil, err
	}
	var out []heldFrame
	for _, h := range heads {
		var failed error
		f, err := d.frames.parsed(h.SHA256, func() (b []byte, err error) {
			b, err = tx.FrameworkBody(ctx, i, h.ID)
			failed = err
			return b, err
		})
		if failed != nil {
			return nil, failed
		}
		if err == nil {
			out = append(out, heldFrame{h.ID, f})
		}
	}
	return out, nil
}

// Aims lists what may be chosen: the goals and branches of the frameworks that the house holds, and the programmes of the
// catalogue. search is a part of a name or code, in any case.
func (d *Desk) Aims(ctx context.Context, actor record.Actor, search string) (aims []Aim, more bool, err error) {
	const op = "learner.Aims"
	search = strings.ToLower(strings.TrimSpace(search))
	add := func(a Aim) {
		if strings.Contains(strings.ToLower(a.Name+" "+a.Code), search) {
			aims = append(aims, a)
		}
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, l.Institution)
		if err != nil {
			return err
		}
		frames, err := d.frameworks(ctx, tx, l.Institution)
		if err != nil {
			return err
		}
		for _, f := range frames {
			for _, a := range f.aims() {
				add(a)
			}
		}
		c, err := catalogueOf(ctx, tx, l.Institution)
		if err != nil {
			return err
		}
		for _, p := range c.programmes() {
			add(Aim{Ref: "programme/" + p.IRI, Name: p.Name, Code: p.Code, Source: i.Name, Kind: "programme"})
		}
		return nil
	})
	if len(aims) > maxAims {
		aims, more = aims[:maxAims], true
	}
	return aims, more, record.Wrap(op, err)
}

// aims are a framework's goals, the framework as a whole where it has none, and its branches: nodes that have parts.
func (f heldFrame) aims() []Aim {
	var out []Aim
	ref := "framework/" + string(f.id) + "#"
	for _, g := range f.Goals {
		out = append(out, Aim{Ref: ref + g.ID, Name: g.Name, Code: g.Code, Description: g.Description, Source: f.Title, Kind: f.Kind})
	}
	if len(f.Goals) == 0 {
		out = append(out, Aim{Ref: ref, Name: f.Title, Source: cmp.Or(f.Publisher, f.Title), Kind: f.Kind})
	}
	whole := map[string]bool{}
	for _, a := range f.Associations {
		switch a.Type {
		case "isChildOf", "isPartOf", "broader":
			whole[framework.Key(a.Destination)] = true
		case "isParentOf", "hasPart", "narrower":
			whole[framework.Key(a.Origin)] = true
		}
	}
	for _, n := range f.Nodes {
		if whole[framework.Key(n.ID)] && n.ID != f.ID {
			out = append(out, Aim{Ref: ref + n.ID, Name: n.Name, Code: n.Code, Description: n.Description, Source: f.Title, Kind: f.Kind})
		}
	}
	return out
}

// catalogue is what the institution offers, and how it hangs together.
type catalogue struct {
	entries   []*record.Achievement
	byIRI     map[string]*record.Achievement
	relations []record.Association
}

func catalogueOf(ctx context.Context, tx *store.Tx, i record.InstitutionID) (*catalogue, error) {
	c := &catalogue{byIRI: map[string]*record.Achievement{}}
	var err error
	if c.entries, err = tx.Achievements(ctx, i, "", maxCatalogue); err != nil {
		return nil, err
	}
	for _, a := range c.entries {
		c.byIRI[a.IRI] = a
	}
	c.relations, err = tx.Associations(ctx, i)
	return c, err
}

// parts are the direct parts of an entry.
func (c *catalogue) parts(iri string) []*record.Achievement {
	var out []*record.Achievement
	for _, r := range c.relations {
		if r.Target == iri && (r.Type == "isPartOf" || r.Type == "isChildOf") && c.byIRI[r.Source] != nil && r.Source != iri {
			out = append(out, c.byIRI[r.Source])
		}
	}
	slices.SortFunc(out, func(a, b *record.Achievement) int {
		return cmp.Or(cmp.Compare(a.Code, b.Code), cmp.Compare(a.Name, b.Name), cmp.Compare(a.IRI, b.IRI))
	})
	return slices.Compact(out)
}

// programmes are the entries that have at least two parts.
func (c *catalogue) programmes() []*record.Achievement {
	var out []*record.Achievement
	for _, a := range c.entries {
		if len(c.parts(a.IRI)) >= 2 {
			out = append(out, a)
		}
	}
	return out
}

// programme is what an entry of the catalogue asks: each of its parts.
func (c *catalogue) programme(a *record.Achievement, source string) *framework.Requirement {
	out := &framework.Requirement{ID: a.IRI, Name: a.Name, Source: source, Op: framework.All}
	for _, p := range c.parts(a.IRI) {
		name := p.Name
		if p.Code != "" {
			name = p.Code + " " + name
		}
		out.Of = append(out.Of, framework.Requirement{ID: p.IRI, Name: name, Skill: p.IRI, Essential: true})
	}
	return out
}

// offers are the entries of the catalogue as what they would give; whole programmes are no next step.
func (c *catalogue) offers(r *gap.Record) []gap.Offer {
	var out []gap.Offer
	for _, a := range c.entries {
		if len(c.parts(a.IRI)) >= 2 {
			continue
		}
		doc, err := ijson.Parse(a.Body, nil)
		if err != nil {
			continue
		}
		read := ob.ReadAchievement(doc.Root())
		read.ID = a.IRI
		o := r.Offer(&read)
		for _, rel := range c.relations {
			if rel.Type == "precedes" && rel.Target == a.IRI && c.byIRI[rel.Source] != nil {
				o.Requires = append(o.Requires, rel.Source)
			}
		}
		out = append(out, o)
	}
	return out
}

// ground is what a file says of skills and levels, kept with the goal that was taken from it.
type ground struct {
	Relations []framework.Association      `json:"relations,omitempty"`
	Scales    map[string][]string          `json:"scales,omitempty"`
	Levels    map[string]map[string]string `json:"levels,omitempty"`
}

func marshal(v any) (json.RawMessage, error) { return ijson.Marshal(v) }
