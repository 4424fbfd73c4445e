package registrar

import (
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/roster"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
)

// keptDefinitions are the entries of the catalogue that the office keeps by hand: written or approved on screen.
func keptDefinitions(ctx context.Context, tx *store.Tx, i record.InstitutionID) (map[string]*record.Definition, error) {
	all, err := tx.Definitions(ctx, i, MaxCatalogue)
	out := map[string]*record.Definition{}
	for _, w := range all {
		if w.ApprovedBy != "" || w.State != record.DefinitionApproved {
			out[w.SourceKey] = w
		}
	}
	return out, err
}

// keepByHand leaves an entry that the office keeps as it is, and says so.
func (p *plan) keepByHand(ap *achievementPlan, by *record.Definition) error {
	say := func(severity, code, text string) {
		p.findings = append(p.findings, record.Finding{File: ap.from.File, Row: ap.from.Row, Severity: severity, Code: code, Say: "“" + ap.from.Body.Name + "” " + text})
	}
	if by.State == record.DefinitionRetired {
		say(roster.SeverityWarning, "retired", "is retired in the catalogue. Go on if these awards are from before; otherwise take it back into use.")
	}
	if !ap.changed {
		return nil
	}
	ap.changed = false
	say(roster.SeverityInfo, "kept_by_hand", "is written in the catalogue by hand; the file's description of it is not taken, its awards are.")
	held, err := readBody(ap.held)
	ap.byHand = &held
	return err
}

// rejoinAwards joins the file's awards to the results of what is kept by hand.
func (p *plan) rejoinAwards(byKey map[string]*achievementPlan) {
	for n := range p.table.Awards {
		a := &p.table.Awards[n]
		if ap := byKey[a.Achievement]; ap != nil && ap.byHand != nil {
			for m := range a.Detail.Results {
				rejoin(&a.Detail.Results[m], &ap.from.Body, ap.byHand)
			}
		}
	}
}

// rejoin points a result at the description that the catalogue has for it: the one of the same id, else the only one of the
// same type. Levels are joined by name. What has no counterpart is left as it is; the check before signing names it.
func rejoin(r *record.Result, file, held *ob.Achievement) {
	find := func(in *ob.Achievement, is func(*ob.ResultDescription) bool) (found []*ob.ResultDescription) {
		for n := range in.ResultDescription {
			if is(&in.ResultDescription[n]) {
				found = append(found, &in.ResultDescription[n])
			}
		}
		return found
	}
	from := find(file, func(d *ob.ResultDescription) bool { return d.ID == r.Description })
	if len(from) != 1 {
		return
	}
	to := find(held, func(d *ob.ResultDescription) bool { return d.ID == r.Description })
	if len(to) == 0 {
		to = find(held, func(d *ob.ResultDescription) bool { return d.ResultType == from[0].ResultType })
	}
	if len(to) != 1 {
		return
	}
	r.Description, r.Name = to[0].ID, to[0].Name
	if level, ok := from[0].Level(r.AchievedLevel); ok {
		same := func(l ob.RubricCriterionLevel) bool { return strings.EqualFold(l.Name, level.Name) }
		if n := slices.IndexFunc(to[0].RubricCriterionLevel, same); n >= 0 {
			r.AchievedLevel = to[0].RubricCriterionLevel[n].ID
		}
	}
}
