package registrar

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
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

// planByCode finds the entry that a sheet means by its code, where none has the sheet's own key: the catalogue came another
// way. The entry stays as it is, but for results that it has no place for yet. Two entries of the same type and code ask.
func (p *plan) planByCode(ctx context.Context, tx *store.Tx, i *record.Institution, ap *achievementPlan, kept map[string]*record.Definition) error {
	from := ap.from
	if code := from.Body.HumanCode; code == "" || p.table.Format != "csv" && p.table.Format != "xlsx" {
		return nil
	}
	same, err := tx.AchievementsByCode(ctx, i.ID, from.Body.HumanCode, string(from.Body.AchievementType))
	switch {
	case err != nil || len(same) == 0:
		return err
	case len(same) > 1:
		ap.asks = "The catalogue has " + formatInt(int64(len(same))) + " entries of this type with the code " + from.Body.HumanCode + ". Give the one that is meant a code of its own in the catalogue, or retire the others."
		return nil
	}
	held, err := readBody(same[0])
	if err != nil {
		return err
	}
	ap.held, ap.byHand = same[0], &held
	if kept[same[0].SourceKey] != nil {
		return p.keepByHand(ap, kept[same[0].SourceKey])
	}
	return ap.addResults(held)
}

// addResults makes the next version of an entry that was found by its code, if the file has results of a type that the
// entry has no description for.
func (ap *achievementPlan) addResults(held ob.Achievement) error {
	merged := held
	merged.ResultDescription = slices.Clone(held.ResultDescription)
	for _, rd := range ap.from.Body.ResultDescription {
		if !slices.ContainsFunc(held.ResultDescription, func(h ob.ResultDescription) bool { return h.ID == rd.ID || h.ResultType == rd.ResultType }) {
			merged.ResultDescription = append(merged.ResultDescription, rd)
		}
	}
	if len(merged.ResultDescription) == len(held.ResultDescription) {
		return nil
	}
	body, err := ijson.Marshal(merged)
	if err != nil {
		return record.Wrap("registrar.addResults", err)
	}
	next := *ap.from
	next.Key, next.Generated = ap.held.SourceKey, ap.held.Generated
	next.Body = merged
	ap.file = &ap.from.Body
	ap.from, ap.body, ap.hash, ap.changed, ap.byHand = &next, body, record.Sum(body), true, &merged
	return nil
}

// rejoinAwards joins the file's awards to the results of what is kept by hand.
func (p *plan) rejoinAwards(byKey map[string]*achievementPlan) {
	for n := range p.table.Awards {
		a := &p.table.Awards[n]
		if ap := byKey[a.Achievement]; ap != nil && ap.byHand != nil {
			for m := range a.Detail.Results {
				rejoin(&a.Detail.Results[m], cmp.Or(ap.file, &ap.from.Body), ap.byHand)
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
