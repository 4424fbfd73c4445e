package registrar

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Limits of frameworks: ESCO whole has 14,000 skills and 3,000 occupations, O*NET 20,000 rows.
const (
	MaxFramework    = 32 << 20 // bytes of an upload
	maxNodes        = 100_000
	frameworksKept  = 8  // parsed ones that a node of the server remembers
	maxFrameworkHit = 50 // what a search shows
)

// frameworkCache remembers parsed frameworks by the hash of their document, which never changes. The zero value is ready.
type frameworkCache struct {
	mu    sync.Mutex
	bySum map[string]*framework.Framework
}

func (c *frameworkCache) get(f *record.Framework) (*framework.Framework, error) {
	c.mu.Lock()
	defer c.mu.Unlock() // two requests for one framework read it once
	if got := c.bySum[f.SHA256]; got != nil {
		return got, nil
	}
	got, err := readFrame(f)
	if err != nil {
		return nil, err
	}
	if len(c.bySum) >= frameworksKept || c.bySum == nil {
		c.bySum = map[string]*framework.Framework{}
	}
	c.bySum[f.SHA256] = got
	return got, nil
}

// readFrame reads a document, or a target of our own form as the list of what it asks for.
func readFrame(f *record.Framework) (*framework.Framework, error) {
	r, ok, err := framework.ReadRequirement(f.Body)
	if err != nil || !ok {
		if err != nil {
			return nil, err
		}
		return framework.Read(f.Body)
	}
	out := &framework.Framework{ID: f.IRI, Title: f.Title, Publisher: r.Source, Kind: "target"}
	for _, leaf := range r.Leaves() {
		out.Nodes = append(out.Nodes, framework.Node{ID: cmp.Or(leaf.Skill, leaf.ID), Name: leaf.Name, Description: leaf.Description})
	}
	return out, nil
}

// AddFramework keeps a competency framework document.
func (d *Desk) AddFramework(ctx context.Context, actor record.Actor, f record.Framework) error {
	const op = "registrar.AddFramework"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return err
	}
	if strings.TrimSpace(f.IRI) == "" || len(f.Body) == 0 {
		return record.Errorf(record.Invalid, op, "a framework needs its identifier and its document")
	}
	if f.ID == "" {
		f.ID = record.FrameworkID(record.NewID())
	}
	f.Institution, f.SHA256, f.CreatedAt = actor.Institution, record.Sum(f.Body), d.now()
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.PutFramework(ctx, &f); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: f.Institution}, "framework.added", "framework/"+string(f.ID), "", map[string]string{"sha256": f.SHA256})
	})
	return record.Wrap(op, err)
}

// UploadFramework reads the files as which a framework comes and keeps it; public says that everybody may see it here.
func (d *Desk) UploadFramework(ctx context.Context, actor record.Actor, files []File, public bool) (*record.Framework, error) {
	const op = "registrar.UploadFramework"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	if len(files) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is no file; choose a CASE package, CTDL documents, or the tables of ESCO or O*NET")
	}
	body, err := oneFile(files)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	read, err := framework.Read(body)
	if err != nil {
		return nil, record.Errorf(record.Invalid, op, "this cannot be read as a framework: %s", strings.TrimPrefix(err.Error(), "framework: "))
	}
	if len(read.Nodes) == 0 {
		return nil, record.Errorf(record.Invalid, op, "%s has no items", cmp.Or(read.Title, "this framework"))
	}
	if len(read.Nodes) > maxNodes {
		return nil, record.Errorf(record.TooLarge, op, "the framework has %d items and may have %d; take the part that you align with", len(read.Nodes), maxNodes)
	}
	f := record.Framework{ID: record.FrameworkID(record.NewID()), IRI: read.ID, Title: clipTitle(cmp.Or(read.Title, files[0].Name)), Kind: read.Kind, Body: body, Public: public}
	if f.IRI == "" {
		f.IRI = "urn:uuid:" + record.DerivedID(actor.Institution, "framework", f.Title)
	}
	return &f, d.AddFramework(ctx, actor, f)
}

func clipTitle(s string) string {
	if r := []rune(strings.ToValidUTF8(s, "")); len(r) > maxTitle {
		return string(r[:maxTitle]) + "…"
	}
	return s
}

// oneFile is the file itself, or a ZIP of several: what is kept is one document.
func oneFile(files []File) ([]byte, error) {
	if len(files) == 1 {
		return files[0].Data, nil
	}
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range files {
		w, err := z.Create(f.Name)
		if err != nil {
			return nil, err
		}
		if _, err := w.Write(f.Data); err != nil {
			return nil, err
		}
	}
	return out.Bytes(), z.Close()
}

// Frameworks lists the institution's frameworks with their documents.
func (d *Desk) Frameworks(ctx context.Context, actor record.Actor) ([]record.Framework, error) {
	return d.listFrameworks(ctx, actor, (*store.Tx).Frameworks)
}

// FrameworkList lists the institution's frameworks without their documents.
func (d *Desk) FrameworkList(ctx context.Context, actor record.Actor) ([]record.Framework, error) {
	return d.listFrameworks(ctx, actor, (*store.Tx).FrameworkList)
}

func (d *Desk) listFrameworks(ctx context.Context, actor record.Actor, read func(*store.Tx, context.Context, record.InstitutionID) ([]*record.Framework, error)) ([]record.Framework, error) {
	const op = "registrar.Frameworks"
	if err := actor.Require(op, actor.Institution, record.Roles...); err != nil {
		return nil, err
	}
	var out []record.Framework
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := read(tx, ctx, actor.Institution)
		for _, f := range all {
			out = append(out, *f)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// FrameworkView is a framework as it is shown.
type FrameworkView struct {
	record.Framework
	Read        *framework.Framework
	Institution *record.Institution
}

// URL is where the framework answers.
func (v *FrameworkView) URL() string { return v.Institution.Root() + "/frameworks/" + string(v.ID) }

// Framework reads a framework: a public one for everybody, another for whoever works in the institution's office.
func (d *Desk) Framework(ctx context.Context, actor record.Actor, id record.FrameworkID) (*FrameworkView, error) {
	const op = "registrar.Framework"
	v := &FrameworkView{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		f, err := tx.Framework(ctx, id)
		if err != nil {
			return err
		}
		if !f.Public {
			if err := actor.Require(op, f.Institution, staff...); err != nil {
				return record.Errorf(record.NotFound, op, "there is no such framework")
			}
		}
		v.Framework = *f
		v.Institution, err = tx.Institution(ctx, f.Institution)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	if v.Read, err = d.frames.get(&v.Framework); err != nil {
		return nil, record.Errorf(record.Unavailable, op, "this framework was kept in a form that this program cannot read: %v", err)
	}
	return v, nil
}

// PublicFrameworks lists the frameworks that an institution shows to everybody.
func (d *Desk) PublicFrameworks(ctx context.Context, institution record.InstitutionID) ([]record.Framework, error) {
	var out []record.Framework
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.FrameworkList(ctx, institution)
		for _, f := range all {
			if f.Public {
				out = append(out, *f)
			}
		}
		return err
	})
	return out, record.Wrap("registrar.PublicFrameworks", err)
}

// ShowFramework says whether everybody may see a framework.
func (d *Desk) ShowFramework(ctx context.Context, actor record.Actor, id record.FrameworkID, public bool) error {
	return d.changeFramework(ctx, actor, id, "framework.shown", func(tx *store.Tx) error { return tx.ShowFramework(ctx, id, public) }, map[string]string{"public": map[bool]string{true: "yes", false: "no"}[public]})
}

// RemoveFramework takes a framework away. Alignments that point into it stay: they name the item's own address. Goals that
// were made of it keep what they ask.
func (d *Desk) RemoveFramework(ctx context.Context, actor record.Actor, id record.FrameworkID) error {
	return d.changeFramework(ctx, actor, id, "framework.removed", func(tx *store.Tx) error { return tx.DeleteFramework(ctx, id) }, nil)
}

func (d *Desk) changeFramework(ctx context.Context, actor record.Actor, id record.FrameworkID, action string, change func(*store.Tx) error, detail map[string]string) error {
	const op = "registrar.changeFramework"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		f, err := tx.Framework(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, f.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if err := change(tx); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: f.Institution}, action, "framework/"+string(id), "", detail)
	})
	return record.Wrap(op, err)
}

// FrameworkHit is an item that a search found.
type FrameworkHit struct {
	Framework record.FrameworkID
	Title     string
	Node      framework.Node
	Type      string // of an alignment with it
}

// SearchFrameworks finds items of the institution's frameworks by words of their code, name or statement; in, when not
// empty, is the one framework to look in. The newest text of each framework counts.
func (d *Desk) SearchFrameworks(ctx context.Context, actor record.Actor, words string, in record.FrameworkID) ([]FrameworkHit, error) {
	const op = "registrar.SearchFrameworks"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var list []*record.Framework
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		heads, err := tx.FrameworkHeads(ctx, actor.Institution)
		if err != nil {
			return err
		}
		for _, h := range heads {
			if in != "" && h.ID != in {
				continue
			}
			f, err := tx.Framework(ctx, h.ID)
			if err != nil {
				return err
			}
			list = append(list, f)
		}
		return nil
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	var out []FrameworkHit
	for _, f := range list {
		read, err := d.frames.get(f)
		if err != nil {
			continue // the list of frameworks says why
		}
		for _, n := range read.Search(words, maxFrameworkHit-len(out)) {
			out = append(out, FrameworkHit{f.ID, read.Title, n, read.TargetType(n)})
		}
	}
	return out, nil
}
