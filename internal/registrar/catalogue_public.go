package registrar

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// CataloguePage bounds one page of the public catalogue.
const CataloguePage = 200

// PublicCatalogue reads what an institution has approved and not retired, by name: a page after the achievement with the
// path id after.
func (d *Desk) PublicCatalogue(ctx context.Context, institution record.InstitutionID, after record.AchievementID) ([]*record.Achievement, error) {
	var out []*record.Achievement
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		name := ""
		if after != "" {
			last, err := tx.Achievement(ctx, after)
			if err != nil {
				return err
			}
			name = last.Name
		}
		var err error
		out, err = tx.OpenAchievements(ctx, institution, name, after, CataloguePage)
		return err
	})
	return out, record.Wrap("registrar.PublicCatalogue", err)
}

// AchievementIn reads what an achievement says in another language, as anybody may.
func (d *Desk) AchievementIn(ctx context.Context, pathID, lang string) (*record.Achievement, error) {
	const op = "registrar.AchievementIn"
	a, _, err := d.Achievement(ctx, pathID)
	if err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		b, err := tx.Text(ctx, a.ID, lang)
		if err != nil {
			return err
		}
		body, err := parseBody(b)
		if err != nil {
			return err
		}
		a.Body, a.IRI, a.Name = b, body.ID, body.Name
		return nil
	})
	return a, record.Wrap(op, err)
}

// AchievementVersion reads one version of an achievement, as anybody may: what was issued with it says so still.
func (d *Desk) AchievementVersion(ctx context.Context, pathID, version string) (*record.Achievement, error) {
	const op = "registrar.AchievementVersion"
	a, _, err := d.Achievement(ctx, pathID)
	if err != nil {
		return nil, err
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.VersionsOf(ctx, a.Institution, a.SourceKey)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(all, func(v *record.Achievement) bool { return v.Version == version })
		if n < 0 {
			return record.Errorf(record.NotFound, op, "there is no such version")
		}
		a = all[n]
		return nil
	})
	return a, record.Wrap(op, err)
}

// Standing says whether an achievement is retired, and which versions there are, newest first.
func (d *Desk) Standing(ctx context.Context, a *record.Achievement) (retired bool, versions []string, err error) {
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		def, err := optional(tx.DefinitionByKey(ctx, a.Institution, a.SourceKey))
		if err != nil {
			return err
		}
		retired = def != nil && def.State == record.DefinitionRetired
		all, err := tx.VersionsOf(ctx, a.Institution, a.SourceKey)
		for _, v := range all {
			versions = append(versions, v.Version)
		}
		return err
	})
	return retired, versions, record.Wrap("registrar.Standing", err)
}

// ProgrammeNode is an achievement in the tree of what is part of what.
type ProgrammeNode struct {
	Achievement *record.Achievement
	Parts       []*ProgrammeNode
	Before      []string // names of what precedes it
	Again       bool     // its parts are shown elsewhere already
}

// Limits of the tree: a programme of a large university has some hundred courses.
const (
	maxProgrammeNodes = 5_000
	maxProgrammeDepth = 10
)

// Programmes arranges the catalogue by its relations: what other achievements are part of, with all that is below.
func (d *Desk) Programmes(ctx context.Context, actor record.Actor) ([]*ProgrammeNode, error) {
	const op = "registrar.Programmes"
	if err := actor.Require(op, actor.Institution, staff...); err != nil {
		return nil, err
	}
	var out []*ProgrammeNode
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		held, err := tx.Achievements(ctx, actor.Institution, "", MaxCatalogue)
		if err != nil {
			return err
		}
		all, err := tx.Associations(ctx, actor.Institution)
		if err != nil {
			return err
		}
		out = arrange(held, all)
		return nil
	})
	return out, record.Wrap(op, err)
}

// arrange builds the tree. Old relations may run in circles; a node is opened once.
func arrange(held []*record.Achievement, all []record.Association) []*ProgrammeNode {
	byIRI, parts, part, before := map[string]*record.Achievement{}, map[string][]string{}, map[string]bool{}, map[string][]string{}
	for _, a := range held {
		byIRI[a.IRI] = a
	}
	for _, l := range all {
		if byIRI[l.Source] == nil || byIRI[l.Target] == nil {
			continue
		}
		if p, whole, ok := partOf(l); ok && !slices.Contains(parts[whole], p) {
			parts[whole] = append(parts[whole], p)
			part[p] = true
		}
		if l.Type == "precedes" {
			before[l.Target] = append(before[l.Target], byIRI[l.Source].Name)
		}
	}
	left, seen := maxProgrammeNodes, map[string]bool{}
	var grow func(iri string, depth int) *ProgrammeNode
	grow = func(iri string, depth int) *ProgrammeNode {
		left--
		n := &ProgrammeNode{Achievement: byIRI[iri], Before: before[iri]}
		if len(parts[iri]) > 0 && (seen[iri] || depth == maxProgrammeDepth) {
			n.Again = true
			return n
		}
		seen[iri] = true
		for _, p := range parts[iri] {
			if left > 0 {
				n.Parts = append(n.Parts, grow(p, depth+1))
			}
		}
		slices.SortStableFunc(n.Parts, func(a, b *ProgrammeNode) int {
			return strings.Compare(a.Achievement.Code+"\x1f"+a.Achievement.Name, b.Achievement.Code+"\x1f"+b.Achievement.Name)
		})
		return n
	}
	var out []*ProgrammeNode
	for _, a := range held {
		if len(parts[a.IRI]) > 0 && !part[a.IRI] && left > 0 {
			out = append(out, grow(a.IRI, 1))
		}
	}
	for _, a := range held { // circles have no beginning
		if len(parts[a.IRI]) > 0 && !seen[a.IRI] && left > 0 {
			out = append(out, grow(a.IRI, 1))
		}
	}
	return out
}
