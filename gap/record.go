package gap

import (
	"cmp"
	"strconv"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
)

// Standing is what verification found about one credential of a record. Only a caller that verified may say Verified;
// the zero value counts as not checked.
type Standing uint8

// The standings.
const (
	NotChecked Standing = iota
	Verified
	Void // revoked, suspended, or its proof does not hold
)

// Record is a learner's record as an analysis needs it.
type Record struct {
	Claims     []Claim
	Scales     map[string][]string          // result description id → names of its levels, low to high
	Levels     map[string]map[string]string // what the levels look like: scale, level, description
	Framework  []framework.Association
	Credential []string // for each claim, the JSON pointer of its credential inside the record
}

// Read reads the claims of a credential: of a CLR every achievement credential inside it, of an achievement credential
// itself. standing is asked for each by its JSON pointer; nil means that nothing was checked.
func Read(root ijson.Value, standing func(pointer string) Standing) *Record {
	r := &Record{Scales: map[string][]string{}, Levels: map[string]map[string]string{}}
	if standing == nil {
		standing = func(string) Standing { return NotChecked }
	}
	nested := root.At("/credentialSubject/verifiableCredential")
	if !nested.IsValid() {
		r.add(root, "", standing(""))
		return r
	}
	for i, v := range nested.Each() {
		at := ijson.Pointer("credentialSubject", "verifiableCredential", strconv.Itoa(i))
		r.add(v, at, standing(at))
	}
	for _, a := range clr.Read(root).CredentialSubject.Association {
		r.Framework = append(r.Framework, framework.Association{Type: string(a.AssociationType), Origin: a.SourceID, Destination: a.TargetID})
	}
	return r
}

// add reads one achievement credential as a claim.
func (r *Record) add(v ijson.Value, at string, standing Standing) {
	c := ob.ReadAchievementCredential(v)
	a := c.CredentialSubject.Achievement
	if a == nil {
		return
	}
	s := &c.CredentialSubject
	claim := Claim{
		ID: cmp.Or(c.ID, at), Name: cmp.Or(c.Name, a.Name), Issuer: cmp.Or(c.Issuer.Name, c.Issuer.ID), Achievement: a.ID, AchievementType: string(a.AchievementType),
		Date: cmp.Or(c.AwardedDate, c.ValidFrom).Day(), ValidUntil: c.ValidUntil.Day(), AchievementAlignment: targets(a.Alignment),
		Evidence: len(c.Evidence), SelfAsserted: c.Issuer.ID != "" && c.Issuer.ID == s.ID, Revoked: standing == Void, Unchecked: standing == NotChecked,
	}
	if a.HumanCode != "" {
		claim.Name = a.HumanCode + " " + claim.Name
	}
	if s.Source != nil {
		claim.Source = cmp.Or(s.Source.Name, s.Source.ID)
	}
	if s.CreditsEarned != nil {
		claim.Credits = *s.CreditsEarned
	}
	for _, res := range s.Result {
		if res.Status != "" {
			claim.Status = string(res.Status)
		}
		claim.Results = append(claim.Results, r.result(a, &res))
	}
	r.Claims = append(r.Claims, claim)
	r.Credential = append(r.Credential, at)
}

// result joins a result to its description. The scale of a rubric is the framework's criterion that the description is
// aligned to, else the description itself: the standard gives rubrics no name of their own.
func (r *Record) result(a *ob.Achievement, res *ob.Result) Result {
	out := Result{Value: res.Value, Alignment: targets(res.Alignment)}
	if res.Value == "" && res.Status != "" {
		out.Type, out.Value = string(ob.ResultStatus), string(res.Status)
	}
	for i := range a.ResultDescription {
		d := &a.ResultDescription[i]
		if d.ID != res.ResultDescription {
			continue
		}
		out.Type, out.AllowedValue, out.RequiredValue = string(d.ResultType), d.AllowedValue, d.RequiredValue
		out.Alignment = append(out.Alignment, targets(d.Alignment)...)
		if len(d.RubricCriterionLevel) > 0 {
			out.Scale = criterion(d)
			r.scale(out.Scale, d)
		} else if len(d.AllowedValue) > 0 {
			out.Scale = d.ID
			r.Scales[d.ID] = d.AllowedValue
		}
		if l, ok := d.Level(res.AchievedLevel); ok {
			out.AchievedLevel = l.Name
			out.Alignment = append(out.Alignment, targets(l.Alignment)...)
		}
		if l, ok := d.Level(d.RequiredLevel); ok {
			out.RequiredLevel = l.Name
		}
	}
	return out
}

// criterion is the URI of the rubric criterion (CASE, CFRubricCriterion) that a result description measures by.
func criterion(d *ob.ResultDescription) string {
	for _, a := range d.Alignment {
		if a.TargetType == ob.TargetCFCriterion && a.TargetURL != "" {
			return a.TargetURL
		}
	}
	return d.ID
}

func (r *Record) scale(id string, d *ob.ResultDescription) {
	names := make([]string, len(d.RubricCriterionLevel))
	for i, l := range d.RubricCriterionLevel {
		names[i] = l.Name
		if l.Description == "" {
			continue
		}
		if r.Levels[id] == nil {
			r.Levels[id] = map[string]string{}
		}
		r.Levels[id][l.Name] = l.Description
	}
	r.Scales[id] = names
}

func targets(list []ob.Alignment) []string {
	var out []string
	for _, a := range list {
		if a.TargetURL != "" {
			out = append(out, a.TargetURL)
		}
	}
	return out
}
