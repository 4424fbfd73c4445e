package gap

import (
	"cmp"

	"github.com/openlaurel/laurel/ob"
)

// Offer reads an entry of a catalogue as what it would give to whoever passes, each skill at the level that the entry itself
// requires, and keeps its scales. An alignment of the whole achievement gives nothing: passing a course about a skill does
// not show the skill.
func (r *Record) Offer(a *ob.Achievement) Offer {
	o := Offer{ID: a.ID, Name: a.Name, Type: string(a.AchievementType)}
	if a.HumanCode != "" {
		o.Name = a.HumanCode + " " + a.Name
	}
	if a.CreditsAvailable != nil {
		o.Credits = *a.CreditsAvailable
	}
	competency := a.AchievementType == "Competency"
	if competency && len(a.ResultDescription) == 0 {
		for _, skill := range targets(a.Alignment) {
			o.Grants = append(o.Grants, Grant{Skill: skill})
		}
	}
	for i := range a.ResultDescription {
		d := &a.ResultDescription[i]
		// The engine joins a result to its description; a result that just passes is one of the required level or value.
		passing := r.result(a, &ob.Result{ResultDescription: d.ID})
		skills := passing.Alignment
		if competency && len(skills) == 0 {
			skills = targets(a.Alignment)
		}
		for _, skill := range skills {
			o.Grants = append(o.Grants, Grant{Skill: skill, Scale: passing.Scale, PassLevel: cmp.Or(passing.RequiredLevel, passing.RequiredValue)})
		}
	}
	return o
}
