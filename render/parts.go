package render

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/clr"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// readResults joins each result to its description and chooses the one that the closed line shows.
func (b *builder) readResults(l *line, a *ob.Achievement, s *ob.AchievementSubject) {
	for _, al := range a.Alignment {
		l.Skills = append(l.Skills, skillOf(al, "", tierAbout(l, s)))
	}
	for _, r := range s.Result {
		res, skills := b.resultOf(l, a, r)
		if r.Status != "" && r.Value == "" && r.AchievedLevel == "" {
			l.Status = string(r.Status)
			continue // a bare status is the line's, not a row
		}
		l.Results = append(l.Results, res)
		l.Skills = append(l.Skills, skills...)
		if l.Status == "" {
			l.Status = string(r.Status)
		}
	}
	best := len(outcomeTypes) + 1
	for _, res := range l.Results {
		rank := slices.Index(outcomeTypes, res.Type)
		if rank < 0 {
			rank = len(outcomeTypes)
		}
		if res.Value != "" && rank < best {
			best, l.Outcome = rank, res.Value
		}
	}
}

// outcomeTypes ranks results for the one that a closed line shows: how it was judged before what it adds up to, and a
// type of nobody's vocabulary last.
var outcomeTypes = []string{"LetterGrade", "PerformanceLevel", "RubricCriterionLevel", "RubricCriterion", "Percent", "ScaledScore", "RawScore", "RubricScore", "Result", "GradePointAverage", "PredictedScore"}

func (b *builder) resultOf(l *line, a *ob.Achievement, r ob.Result) (Result, []Skill) {
	out := Result{Value: r.Value, Status: string(r.Status)}
	tier := "B"
	var skills []Skill
	for i := range a.ResultDescription {
		d := &a.ResultDescription[i]
		if d.ID != r.ResultDescription || d.ID == "" {
			continue
		}
		out.Name, out.Type, out.Min, out.Max, out.Needed = d.Translations.In("name", d.Name, b.opts.Lang).Text, string(d.ResultType), d.ValueMin, d.ValueMax, d.RequiredValue
		out.Levels = levels(d, r)
		for _, lv := range out.Levels {
			if lv.Required {
				out.Needed = lv.Name
			}
			if lv.Achieved {
				out.Value, out.Achieved = lv.Name, lv.Description
			}
		}
		out.Outcome = outcome(d, &out)
		for _, al := range d.Alignment {
			skills = append(skills, skillOf(al, out.Value, tier))
		}
		if got, ok := d.Level(r.AchievedLevel); ok {
			for _, al := range got.Alignment {
				skills = append(skills, skillOf(al, got.Name, tier))
			}
		}
	}
	for _, al := range r.Alignment {
		skills = append(skills, skillOf(al, out.Value, tier))
	}
	out.Skills = skills
	return out, skills
}

// levels is the ordered row of words of a rubric, or of a short list of allowed values.
func levels(d *ob.ResultDescription, r ob.Result) []Level {
	var out []Level
	for _, lv := range d.RubricCriterionLevel {
		out = append(out, Level{Name: lv.Name, Description: lv.Description, Required: lv.ID != "" && lv.ID == d.RequiredLevel,
			Achieved: lv.ID != "" && lv.ID == r.AchievedLevel || r.AchievedLevel == "" && r.Value != "" && lv.Name == r.Value})
	}
	const longest = 8 // a row of more words than this is a scale of marks, read better as "B of A to F"
	if len(out) == 0 && len(d.AllowedValue) <= longest && d.ResultType != "LetterGrade" {
		for _, v := range d.AllowedValue {
			out = append(out, Level{Name: v, Required: v == d.RequiredValue, Achieved: v == r.Value})
		}
	}
	return out
}

// outcome compares only what is comparable: words of one ordered list, or numbers.
func outcome(d *ob.ResultDescription, r *Result) string {
	need, got := -1, -1
	for i, lv := range r.Levels {
		if lv.Required {
			need = i
		}
		if lv.Achieved {
			got = i
		}
	}
	if need < 0 || got < 0 {
		need, got = slices.Index(d.AllowedValue, d.RequiredValue), slices.Index(d.AllowedValue, r.Value)
	}
	if need >= 0 && got >= 0 {
		return met(got >= need)
	}
	needed, err1 := strconv.ParseFloat(d.RequiredValue, 64)
	value, err2 := strconv.ParseFloat(r.Value, 64)
	if err1 == nil && err2 == nil {
		return met(value >= needed)
	}
	return ""
}

func met(ok bool) string {
	if ok {
		return "met"
	}
	return "below"
}

// tookPart are the types that say a person was there, and no more.
var tookPart = []ob.AchievementType{"CertificateOfCompletion", "Membership", "CommunityService"}

// tierAbout is the strength of an achievement that is merely about a skill.
func tierAbout(l *line, s *ob.AchievementSubject) string {
	switch {
	case l.section == ob.SectionSelfStated:
		return "F"
	case len(s.Result) == 0 && slices.Contains(tookPart, ob.AchievementType(l.Type)):
		return "D"
	}
	return "C"
}

func skillOf(al ob.Alignment, level, tier string) Skill {
	return Skill{Name: al.TargetName, Code: al.TargetCode, Framework: al.TargetFramework, URL: al.TargetURL, Href: SafeLink(al.TargetURL), Level: level, Tier: tier}
}

func (b *builder) readEvidence(l *line, evidence []ob.Evidence, narrative string) {
	if narrative != "" {
		l.Narrative = narrative
	}
	for _, e := range evidence {
		out := Evidence{Name: cmp.Or(e.Name, e.Description), Kind: e.Genre, Audience: e.Audience, Narrative: e.Narrative}
		if e.Name != "" && e.Description != "" && out.Narrative == "" {
			out.Narrative = e.Description
		}
		if strings.HasPrefix(e.ID, "data:") {
			out.Inline = true
			if media, data, ok := DataURI(e.ID); ok {
				out.Media, out.Size, out.data = media, len(data), data
				if b.opts.EvidenceHref != nil {
					out.Open = b.opts.EvidenceHref(b.document, b.evidence)
				}
			}
		} else if href := SafeLink(e.ID); href != "" {
			out.Href, out.Host = href, domainOf(href)
		}
		l.Evidence = append(l.Evidence, out)
		b.evidence++
	}
	reachable := slices.ContainsFunc(l.Evidence, func(e Evidence) bool { return e.Href != "" || e.Inline })
	for i := range l.Skills {
		if l.Skills[i].Tier == "B" && reachable {
			l.Skills[i].Tier = "A"
		}
		if l.section == ob.SectionSelfStated {
			l.Skills[i].Tier = "F"
		}
	}
}

// readEndorsements takes others' words from the reports of their credentials: each carries its own checked state.
func (b *builder) readEndorsements(l *line, rep *verify.Report) {
	said := b.said
	if rep != nil {
		said = rep.Credentials
	}
	for _, c := range said {
		if c.Kind == verify.KindEndorsement && !strings.HasPrefix(c.Path, "/issuer/") {
			l.Endorsers = append(l.Endorsers, endorsementOf(c))
		}
	}
}

func endorsementOf(c *verify.Report) Endorsement {
	e := Endorsement{By: Party{ID: c.Issuer.ID, Name: c.Issuer.Name, Domain: domainOf(c.Issuer.ID), Listed: listingsOf(c)}, Mark: MarkOf(c)}
	if parsed, err := ijson.Parse(c.Credential, nil); err == nil {
		e.Comment = ob.ReadEndorsementCredential(parsed.Root()).CredentialSubject.EndorsementComment
	}
	return e
}

// inverse is the sentence on the target's line for each relation on the source's.
var inverse = map[clr.AssociationType]string{
	clr.IsPartOf: "includes", clr.IsChildOf: "isParentOf", clr.IsParentOf: "isChildOf", clr.Precedes: "follows",
	clr.ReplacedBy: "replaces", clr.ExactMatchOf: "exactMatchOf", clr.IsRelatedTo: "isRelatedTo", clr.IsPeerOf: "isPeerOf",
}

// relate turns associations into sentences on both lines. In the field they point at achievement ids and at credential
// ids; both are read.
func (b *builder) relate() {
	at := map[string]*line{}
	for _, l := range b.lines {
		at[l.Anchor] = l
	}
	for _, as := range b.associations {
		sources, targets := b.byID[as.SourceID], b.byID[as.TargetID]
		for _, s := range sources {
			if len(targets) == 0 {
				if name := b.defined[as.TargetID]; name != "" {
					at[s].addRelation(Relation{Kind: string(as.AssociationType), Target: Ref{Name: name}})
				} else {
					at[s].addRelation(Relation{Kind: "unresolved", Target: Ref{Note: as.TargetID}})
				}
				continue
			}
			at[s].addRelation(Relation{Kind: string(as.AssociationType), Target: Ref{Anchor: targets[0], Name: b.names[targets[0]]}})
		}
		inv := inverse[as.AssociationType]
		for _, t := range targets {
			switch {
			case inv == "":
			case len(sources) > 0:
				at[t].addRelation(Relation{Kind: inv, Target: Ref{Anchor: sources[0], Name: b.names[sources[0]]}})
			case b.defined[as.SourceID] != "":
				at[t].addRelation(Relation{Kind: inv, Target: Ref{Name: b.defined[as.SourceID]}})
			}
		}
	}
}

func (l *line) addRelation(r Relation) {
	if r.Target.Anchor != l.Anchor && !slices.Contains(l.Relations, r) {
		l.Relations = append(l.Relations, r)
	}
}

// skillRows gathers the skills of the lines that count, exact matches only, strongest evidence first.
func skillRows(lines []*line) []Framework {
	rows := map[string]*SkillRow{}
	var order []string
	for _, l := range lines {
		if l.Mark == Failed || l.Mark == Revoked || l.Mark == Suspended {
			continue
		}
		for _, s := range l.Skills {
			key := s.URL
			if key == "" { // without an address a code is known only inside its framework, and a name is not an identity
				key = s.Framework + "\x00" + cmp.Or(s.Code, s.Name)
			}
			row := rows[key]
			if row == nil {
				row = &SkillRow{Skill: s, Mark: l.Mark}
				rows[key] = row
				order = append(order, key)
			}
			ref := Ref{Anchor: l.Anchor, Name: l.Name, Note: s.Level}
			if row.Tier == "" || s.Tier < row.Tier {
				row.Skill, row.Mark = s, l.Mark
				row.Lines = slices.Insert(row.Lines, 0, ref)
			} else if !slices.ContainsFunc(row.Lines, func(r Ref) bool { return r.Anchor == l.Anchor }) {
				row.Lines = append(row.Lines, ref)
			} else if s.Level != "" && s.Level != row.Level && s.Tier == row.Tier {
				row.Lines = append(row.Lines, ref)
			}
		}
	}
	frameworks := map[string]*Framework{}
	var names []string
	for _, key := range order {
		row := rows[key]
		row.Lines = dedupe(row.Lines)
		f := frameworks[row.Framework]
		if f == nil {
			f = &Framework{Name: row.Framework}
			frameworks[row.Framework] = f
			names = append(names, row.Framework)
		}
		f.Skills = append(f.Skills, *row)
	}
	var out []Framework
	for _, n := range names {
		slices.SortStableFunc(frameworks[n].Skills, func(x, y SkillRow) int { return cmp.Compare(x.Tier, y.Tier) })
		out = append(out, *frameworks[n])
	}
	slices.SortStableFunc(out, func(x, y Framework) int { return cmp.Compare(x.Skills[0].Tier, y.Skills[0].Tier) })
	return out
}

func dedupe(refs []Ref) []Ref {
	var out []Ref
	for _, r := range refs {
		if !slices.ContainsFunc(out, func(o Ref) bool { return o.Anchor == r.Anchor }) {
			out = append(out, r)
		}
	}
	return out
}

// InverseRelation is the sentence that the target of an association reads, "" when there is none.
func InverseRelation(kind string) string { return inverse[clr.AssociationType(kind)] }
