package registrar

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// TemplateKinds are the kinds of record that an office gives out, with the sections of achievements that go into each.
var TemplateKinds = []struct {
	Kind     string
	Sections []ob.Section
}{
	{"transcript", []ob.Section{ob.SectionDegrees, ob.SectionCertificates, ob.SectionCourses, ob.SectionAssessments, ob.SectionPriorLearning}},
	{"cocurricular", []ob.Section{ob.SectionCoCurricular}},
	{"competency", []ob.Section{ob.SectionSkills, ob.SectionAssessments}},
	{"experiential", []ob.Section{ob.SectionExperience, ob.SectionCoCurricular}},
	{"whole", nil},
}

// TypesOf are the achievement types of a kind of record; none: all.
func TypesOf(kind string) []string {
	out := []string{}
	for _, k := range TemplateKinds {
		if k.Kind != kind {
			continue
		}
		for _, t := range ob.AchievementTypes() {
			if slices.Contains(k.Sections, t.Section()) {
				out = append(out, string(t))
			}
		}
	}
	return out
}

// Templates lists the institution's own templates of records, and after them the plain one of each kind.
func (d *Desk) Templates(ctx context.Context, actor record.Actor) ([]record.Template, error) {
	const op = "registrar.Templates"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []record.Template
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Templates(ctx, actor.Institution)
		for _, t := range all {
			out = append(out, *t)
		}
		return err
	})
	for _, k := range TemplateKinds {
		out = append(out, record.Template{ID: record.TemplateID(k.Kind), Institution: actor.Institution, Kind: k.Kind, Types: TypesOf(k.Kind)})
	}
	return out, record.Wrap(op, err)
}

// Template reads one template: one of the institution's own, or the plain one of a kind by the kind's name.
func (d *Desk) Template(ctx context.Context, actor record.Actor, id record.TemplateID) (*record.Template, error) {
	const op = "registrar.Template"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	for _, k := range TemplateKinds {
		if string(id) == k.Kind {
			return &record.Template{ID: id, Institution: actor.Institution, Kind: k.Kind, Types: TypesOf(k.Kind)}, nil
		}
	}
	var t *record.Template
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if t, err = tx.Template(ctx, id); err != nil {
			return err
		}
		return actor.Require(op, t.Institution, staff...)
	})
	return t, record.Wrap(op, err)
}

// SaveTemplate writes a template: a new one when its id is empty or names a kind, otherwise the version that was read.
func (d *Desk) SaveTemplate(ctx context.Context, actor record.Actor, t record.Template) (*record.Template, error) {
	const op = "registrar.SaveTemplate"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar); err != nil {
		return nil, err
	}
	t.Name = strings.TrimSpace(t.Name)
	if err := checkText(op, "the name of the template", t.Name, 1, maxTitle); err != nil {
		return nil, err
	}
	known := slices.ContainsFunc(TemplateKinds, func(k struct {
		Kind     string
		Sections []ob.Section
	}) bool {
		return k.Kind == t.Kind
	})
	if !known {
		return nil, record.Errorf(record.Invalid, op, "choose what kind of record this is")
	}
	if t.Types == nil {
		t.Types = []string{}
	}
	for _, typ := range t.Types {
		if !slices.Contains(ob.AchievementTypes(), ob.AchievementType(typ)) && !ob.IsExtensionTerm(typ) {
			return nil, record.Errorf(record.Invalid, op, "%q is not a type of achievement", typ)
		}
	}
	if len(t.Types) == 0 && t.Kind != "whole" {
		return nil, record.Errorf(record.Invalid, op, "choose at least one kind of achievement, or make it a whole record")
	}
	fresh := t.Version == 0
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		act := "template.changed"
		if fresh {
			t.ID, t.Institution, t.CreatedAt, act = record.TemplateID(record.NewID()), actor.Institution, d.now(), "template.added"
			if err := tx.AddTemplate(ctx, &t); err != nil {
				return err
			}
		} else {
			held, err := tx.Template(ctx, t.ID)
			if err != nil {
				return err
			}
			if err := actor.Require(op, held.Institution, record.RoleRegistrar); err != nil {
				return err
			}
			if held.Version != t.Version {
				return &record.Error{Kind: record.Conflict, Op: op, Code: CodeChanged, Message: "somebody saved this template while you were choosing; look at it and save again"}
			}
			t.Institution = held.Institution
			if err := tx.ChangeTemplate(ctx, &t); err != nil {
				return err
			}
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: t.Institution}, act, "template/"+string(t.ID), "", map[string]string{"kind": t.Kind})
	})
	return &t, record.Wrap(op, err)
}

// DropTemplate deletes a template; what was issued by it stays.
func (d *Desk) DropTemplate(ctx context.Context, actor record.Actor, id record.TemplateID) error {
	const op = "registrar.DropTemplate"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		t, err := tx.Template(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, t.Institution, record.RoleRegistrar); err != nil {
			return err
		}
		if err := tx.DeleteTemplate(ctx, id, t.Version); err != nil {
			return err
		}
		return d.event(ctx, tx, actor, &record.Institution{ID: t.Institution}, "template.removed", "template/"+string(id), "", nil)
	})
	return record.Wrap(op, err)
}
