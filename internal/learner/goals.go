package learner

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// GoalView is a goal and where the learner stands. Nothing of it is kept: it is worked out anew from the record as it is
// now, by rules alone, without asking anybody.
type GoalView struct {
	record.Goal
	Case     *gap.Case
	Analysis *gap.Analysis
	Why      *gap.Explanation
	// Offers are the entries of the catalogue by their id, for names of prerequisites and for what-if.
	Offers map[string]gap.Offer
	// If holds the offers that the learner tries out, and After what would then be so; nil when nothing is tried.
	If    []string
	After *gap.Analysis
	Note  record.Reflection // the learner's private note about this goal
}

// GoalRequest is what shall become a goal: one of Ref, Skills and File.
type GoalRequest struct {
	Name   string
	Ref    string          // Aim.Ref
	Skills []string        // URIs of skills, confirmed by the learner, that a text names
	Source string          // where the text is from, in the learner's words
	File   *framework.File // a target or a framework that the learner brings
	Pick   string          // which goal of the file; empty: the only one
}

const (
	maxName   = 200
	maxSource = 200
	maxSkills = 200
	// MaxGoalFile bounds a file that a goal is taken from: O*NET's tables, zipped, have 12 MB.
	MaxGoalFile = 24 << 20
	maxWhatIf   = 20
)

// AddGoal keeps a goal: a copy of what is asked, as it is asked today.
func (d *Desk) AddGoal(ctx context.Context, actor record.Actor, req GoalRequest) (*record.Goal, error) {
	const op = "learner.AddGoal"
	req.Name, req.Source = strings.TrimSpace(req.Name), strings.TrimSpace(req.Source)
	if longer(req.Name, maxName) || len(req.Source) > maxSource || len(req.Skills) > maxSkills {
		return nil, record.Errorf(record.TooLarge, op, "a goal has a name of at most %d characters and at most %d skills", maxName, maxSkills)
	}
	var g *record.Goal
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		have, err := tx.GoalsOf(ctx, l.ID)
		if err != nil {
			return err
		}
		if len(have) >= maxGoals {
			return record.Errorf(record.TooLarge, op, "there are already %d goals; delete one that you no longer follow", len(have))
		}
		g = &record.Goal{ID: record.GoalID(record.NewID()), Institution: l.Institution, Learner: l.ID, Estimates: map[string]string{}, CreatedAt: d.now(), UpdatedAt: d.now()}
		if err := d.aim(ctx, tx, op, g, &req); err != nil {
			return err
		}
		if len(g.Target) > maxTargetSize || len(g.Ground) > MaxGoalFile {
			return record.Errorf(record.TooLarge, op, "this asks more than a goal can hold; choose a part of it")
		}
		if err := tx.AddGoal(ctx, g); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "goal.added", "goal/"+string(g.ID))
	})
	return g, record.Wrap(op, err)
}

// private writes an audit event about what is the learner's alone: that something happened, and nothing of what.
func (d *Desk) private(ctx context.Context, tx *store.Tx, actor record.Actor, action, object string) error {
	return tx.Append(ctx, &record.Event{Institution: actor.Institution, At: d.now(), Actor: actor.ID(), Action: action, Object: object, Learner: actor.Learner})
}

// aim fills in what a request asks for.
func (d *Desk) aim(ctx context.Context, tx *store.Tx, op string, g *record.Goal, req *GoalRequest) error {
	var goal *framework.Goal
	var err error
	switch {
	case req.File != nil:
		goal, err = fromFile(op, g, req)
	case strings.HasPrefix(req.Ref, "framework/"):
		goal, err = d.fromFramework(ctx, tx, op, g, req.Ref)
	case strings.HasPrefix(req.Ref, "programme/"):
		goal, err = d.fromProgramme(ctx, tx, op, g, strings.TrimPrefix(req.Ref, "programme/"))
	case len(req.Skills) > 0:
		goal, err = d.fromSkills(ctx, tx, op, g, req)
	default:
		return record.Errorf(record.Invalid, op, "choose what the goal is: a framework's, a programme, skills of a text, or a file")
	}
	if err != nil {
		return err
	}
	g.Name = cmp.Or(req.Name, goal.Name)
	if r := []rune(g.Name); len(r) > maxName {
		g.Name = string(r[:maxName])
	}
	g.Says = append(g.Says, goal.Notes...)
	g.Target, err = marshal(goal.Requirement)
	return err
}

func (d *Desk) fromFramework(ctx context.Context, tx *store.Tx, op string, g *record.Goal, ref string) (*framework.Goal, error) {
	id, pick, _ := strings.Cut(strings.TrimPrefix(ref, "framework/"), "#")
	all, err := d.frameworks(ctx, tx, g.Institution)
	if err != nil {
		return nil, err
	}
	for _, f := range all {
		if string(f.id) != id {
			continue
		}
		goal, err := f.Goal(pick)
		if err != nil {
			return nil, record.Errorf(record.Invalid, op, "%s", strings.TrimPrefix(err.Error(), "framework: "))
		}
		g.Origin, g.Source = record.GoalFramework, cmp.Or(goal.Requirement.Source, f.Title)
		if f.Attribution != "" {
			g.Says = append(g.Says, f.Attribution)
		}
		return goal, nil
	}
	return nil, record.Errorf(record.NotFound, op, "this framework is not here any more; choose again")
}

func (d *Desk) fromProgramme(ctx context.Context, tx *store.Tx, op string, g *record.Goal, iri string) (*framework.Goal, error) {
	c, err := catalogueOf(ctx, tx, g.Institution)
	if err != nil {
		return nil, err
	}
	i, err := tx.Institution(ctx, g.Institution)
	if err != nil {
		return nil, err
	}
	a := c.byIRI[iri]
	if a == nil || len(c.parts(iri)) == 0 {
		return nil, record.Errorf(record.NotFound, op, "this programme is not in the catalogue any more; choose again")
	}
	g.Origin, g.Source = record.GoalProgramme, i.Name
	return &framework.Goal{ID: a.IRI, Name: a.Name, Requirement: c.programme(a, i.Name)}, nil
}

func (d *Desk) fromSkills(ctx context.Context, tx *store.Tx, op string, g *record.Goal, req *GoalRequest) (*framework.Goal, error) {
	if req.Name == "" {
		return nil, record.Errorf(record.Invalid, op, "give the goal a name")
	}
	all, err := d.frameworks(ctx, tx, g.Institution)
	if err != nil {
		return nil, err
	}
	out := &framework.Requirement{ID: "urn:uuid:" + string(g.ID), Name: req.Name, Source: req.Source, Op: framework.All}
	seen := map[string]bool{}
	for _, f := range all {
		for _, n := range f.Nodes {
			if slices.Contains(req.Skills, n.ID) && !seen[framework.Key(n.ID)] {
				seen[framework.Key(n.ID)] = true
				out.Of = append(out.Of, framework.Requirement{ID: n.ID, Name: n.Name, Description: n.Description, Skill: n.ID, Essential: true})
			}
		}
	}
	if len(out.Of) == 0 {
		return nil, record.Errorf(record.Invalid, op, "none of the chosen skills is in a framework that is held here; choose again")
	}
	g.Origin, g.Source = record.GoalText, req.Source
	return &framework.Goal{ID: out.ID, Name: req.Name, Requirement: out}, nil
}

// fromFile takes a goal from a file, and keeps what the file says of skills and levels: the house does not hold it.
func fromFile(op string, g *record.Goal, req *GoalRequest) (*framework.Goal, error) {
	if len(req.File.Data) > MaxGoalFile {
		return nil, record.Errorf(record.TooLarge, op, "a file for a goal has at most %d MiB", MaxGoalFile>>20)
	}
	f, err := readFrame(req.File.Data)
	if err != nil {
		return nil, record.Errorf(record.Invalid, op, "%s cannot be read: %s", cmp.Or(req.File.Name, "the file"), strings.TrimPrefix(err.Error(), "framework: "))
	}
	goal, err := f.Goal(req.Pick)
	if err != nil {
		return nil, record.Errorf(record.Invalid, op, "%s", strings.TrimPrefix(err.Error(), "framework: "))
	}
	g.Origin, g.Source = record.GoalFile, cmp.Or(goal.Requirement.Source, f.Publisher, f.Title)
	if f.Attribution != "" {
		g.Says = append(g.Says, f.Attribution)
	}
	g.Ground, err = marshal(&ground{f.Associations, f.Levels(), f.LevelDescriptions()})
	return goal, err
}

// Suggest finds the skills of the house's frameworks that a text names, for the learner to confirm.
func (d *Desk) Suggest(ctx context.Context, actor record.Actor, text string) ([]framework.Suggestion, error) {
	const op = "learner.Suggest"
	if !utf8.ValidString(text) {
		return nil, record.Errorf(record.Invalid, op, "the text is not readable; paste it as plain text")
	}
	var out []framework.Suggestion
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		all, err := d.frameworks(ctx, tx, l.Institution)
		if err != nil {
			return err
		}
		var list []*framework.Framework
		for _, f := range all {
			list = append(list, f.Framework)
		}
		out = framework.Suggest(text, list)
		return nil
	})
	return out, record.Wrap(op, err)
}

// Goals lists the actor's goals, oldest first, each worked out.
func (d *Desk) Goals(ctx context.Context, actor record.Actor) ([]GoalView, error) {
	const op = "learner.Goals"
	return d.goals(ctx, op, actor, "", nil)
}

// Goal works out one goal. whatIf names offers of the catalogue: the record does not change.
func (d *Desk) Goal(ctx context.Context, actor record.Actor, id record.GoalID, whatIf []string) (*GoalView, error) {
	const op = "learner.Goal"
	all, err := d.goals(ctx, op, actor, id, whatIf)
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

func (d *Desk) goals(ctx context.Context, op string, actor record.Actor, only record.GoalID, whatIf []string) ([]GoalView, error) {
	mine, err := d.MyRecord(ctx, actor)
	if err != nil {
		return nil, err
	}
	var list []*record.Goal
	var notes []record.Reflection
	var frames []heldFrame
	var c *catalogue
	err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if only != "" {
			one, err := tx.Goal(ctx, actor.Learner, only)
			if err != nil {
				return err
			}
			list = []*record.Goal{one}
		} else if list, err = tx.GoalsOf(ctx, actor.Learner); err != nil {
			return err
		}
		if notes, err = tx.Reflections(ctx, actor.Learner); err != nil {
			return err
		}
		if frames, err = d.frameworks(ctx, tx, actor.Institution); err != nil {
			return err
		}
		c, err = catalogueOf(ctx, tx, actor.Institution)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	base := claims(mine)
	out := make([]GoalView, 0, len(list))
	for _, g := range list {
		v := GoalView{Goal: *g, Note: record.Reflection{About: "goal/" + string(g.ID)}}
		for _, n := range notes {
			if n.About == v.Note.About {
				v.Note = n
			}
		}
		if err := d.work(&v, base, frames, c, whatIf); err != nil {
			return nil, record.Wrap(op, err)
		}
		out = append(out, v)
	}
	return out, nil
}

// work compares the record with one goal.
func (d *Desk) work(v *GoalView, base *gap.Record, frames []heldFrame, c *catalogue, whatIf []string) error {
	cs := &gap.Case{AsOf: d.now().Format("2006-01-02"), Claims: base.Claims, Framework: slices.Clone(base.Framework), Scales: maps.Clone(base.Scales), Levels: maps.Clone(base.Levels)}
	if err := ijson.Unmarshal(v.Target, &cs.Target); err != nil {
		return err
	}
	for _, f := range frames {
		cs.Relate(f.Associations, f.Levels(), f.LevelDescriptions())
	}
	if len(v.Ground) > 0 {
		var own ground
		if err := ijson.Unmarshal(v.Ground, &own); err != nil {
			return err
		}
		cs.Relate(own.Relations, own.Scales, own.Levels)
	}
	r := &gap.Record{Scales: cs.Scales, Levels: cs.Levels}
	cs.Catalogue = c.offers(r)
	v.Offers = map[string]gap.Offer{}
	for _, o := range cs.Catalogue {
		v.Offers[o.ID] = o
	}
	v.Case, v.Analysis = cs, gap.Analyse(cs)
	v.Why = gap.Explain(cs, v.Analysis)
	for _, id := range whatIf {
		if _, ok := v.Offers[id]; ok && !slices.Contains(v.If, id) && len(v.If) < maxWhatIf {
			v.If = append(v.If, id)
		}
	}
	if len(v.If) > 0 {
		v.After = gap.WhatIf(cs, v.If)
	}
	return nil
}

// GoalChange is what a learner may change of a goal: never what it asks.
type GoalChange struct {
	Version   int64 // of the goal
	Name      string
	Estimates map[string]string // by requirement: a level of the scale, or "can", "help", "no"; empty takes it back
	Note      string
	NoteAt    int64 // version of the note
}

const maxReflection = 10_000 // characters: several pages

// ChangeGoal writes the learner's name for a goal, their estimates and their note.
func (d *Desk) ChangeGoal(ctx context.Context, actor record.Actor, id record.GoalID, ch GoalChange) error {
	const op = "learner.ChangeGoal"
	ch.Name, ch.Note = tidy(ch.Name), tidy(ch.Note)
	if ch.Name == "" || longer(ch.Name, maxName) || longer(ch.Note, maxReflection) {
		return record.Errorf(record.Invalid, op, "a goal has a name of 1 to %d characters and a note of at most %d", maxName, maxReflection)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		g, err := tx.Goal(ctx, actor.Learner, id)
		if err != nil {
			return err
		}
		var target framework.Requirement
		if err := ijson.Unmarshal(g.Target, &target); err != nil {
			return err
		}
		g.Name, g.UpdatedAt, g.Version, g.Estimates = ch.Name, d.now(), ch.Version, map[string]string{}
		for _, leaf := range target.Leaves() {
			if e := ch.Estimates[leaf.ID]; e != "" && !longer(e, maxName) {
				g.Estimates[leaf.ID] = e
			}
		}
		if err := tx.ChangeGoal(ctx, g); err != nil {
			return changedElsewhere(op, err)
		}
		note := &record.Reflection{Learner: actor.Learner, About: "goal/" + string(id), Text: ch.Note, UpdatedAt: d.now(), Version: ch.NoteAt}
		if err := tx.PutReflection(ctx, note); err != nil {
			return changedElsewhere(op, err)
		}
		return d.private(ctx, tx, actor, "goal.changed", "goal/"+string(id))
	})
	return record.Wrap(op, err)
}

// changedElsewhere names a conflict so that a page can keep what was typed and say what happened.
func changedElsewhere(op string, err error) error {
	if record.KindOf(err) != record.Conflict {
		return err
	}
	return &record.Error{Kind: record.Conflict, Op: op, Code: "changed-elsewhere", Message: "this was changed in another window meanwhile; what you typed is still here: compare it, and save again", Err: err}
}

// DeleteGoal deletes a goal and the note about it.
func (d *Desk) DeleteGoal(ctx context.Context, actor record.Actor, id record.GoalID) error {
	const op = "learner.DeleteGoal"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := tx.DeleteGoal(ctx, actor.Learner, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "goal.deleted", "goal/"+string(id))
	})
	return record.Wrap(op, err)
}

// Reflect writes the learner's private note beside a credential of theirs; the empty text deletes it.
func (d *Desk) Reflect(ctx context.Context, actor record.Actor, about, text string, version int64) error {
	const op = "learner.Reflect"
	text = tidy(text)
	if about == "" || len(about) > 1000 || longer(text, maxReflection) {
		return record.Errorf(record.Invalid, op, "a note has at most %d characters", maxReflection)
	}
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		return changedElsewhere(op, tx.PutReflection(ctx, &record.Reflection{Learner: actor.Learner, About: about, Text: text, UpdatedAt: d.now(), Version: version}))
	})
	return record.Wrap(op, err)
}
