package employer

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"errors"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/verify"
)

// Limits of a comparison: what somebody still reads.
const (
	maxCandidates   = 50
	maxAdvert       = 200 << 10 // a long advertisement has 20 kB
	maxRequirements = 300
	maxGoals        = 400 // occupations offered in a list
)

// Ask is what a record is compared with: an advertisement's text, a profile that the reader brings, or a goal of a framework
// that this server holds. The first that is there counts.
type Ask struct {
	Profile framework.File
	Goal    string // URI or code; of the profile, or of a framework that is held
	Text    string
	Only    []string // of the skills that a text names, those that the reader means; nil: all that stand there word by word
}

// Candidate is one person's documents, named as the reader named them.
type Candidate struct {
	Name string
	Docs []Document
}

// Goal is something to choose from a framework that is held.
type Goal struct{ ID, Name, Framework string }

// Comparison is requirements by candidates. It has no total and no order of people: candidates stand as they were given.
type Comparison struct {
	Profile    ComparedWith
	AsOf       time.Time
	Candidates []ComparedCandidate
	Rows       []ComparedRow
}

// ComparedWith says what was compared with, exactly enough to find it again.
type ComparedWith struct {
	Name, Source, Version, SHA256, Attribution string
	Notes                                      []string
	Named                                      []framework.Suggestion // of a text: the skills it names
	Unread                                     []string               // of a posting or a table: what names no skill by its address, as written
}

// ComparedCandidate is one column.
type ComparedCandidate struct {
	Name   string
	Report *verify.Report
}

// ComparedRow is one requirement.
type ComparedRow struct {
	ID, Name, Description, Level string
	Essential                    bool
	Cells                        []ComparedCell // one for each candidate
}

// ComparedCell is where one requirement stands for one candidate, and why.
type ComparedCell struct {
	State gap.State
	Claim string // name of what shows it
	Tier  string // strength of the evidence, "A" to "F", "" for none
	Says  []gap.Message
}

// Goals lists what the frameworks of this server let a reader choose: those whose name or code has what is looked for in
// it, "" for all. more says that there are more than are listed.
func (d *Desk) Goals(ctx context.Context, find string) (out []Goal, more bool, err error) {
	held, err := d.frameworks(ctx)
	if err != nil {
		return nil, false, record.Wrap("employer.Goals", err)
	}
	find = strings.ToLower(strings.TrimSpace(find))
	add := func(g Goal, code string) {
		switch {
		case !strings.Contains(strings.ToLower(g.Name), find) && !strings.EqualFold(code, find):
		case len(out) == maxGoals:
			more = true
		default:
			out = append(out, g)
		}
	}
	for _, f := range held {
		if len(f.Goals) == 0 {
			add(Goal{ID: f.ID, Name: f.Title, Framework: f.Publisher}, "")
		}
		for _, g := range f.Goals {
			add(Goal{ID: cmp.Or(g.ID, g.Code), Name: g.Name, Framework: f.Title}, g.Code)
		}
	}
	return out, more, nil
}

// frameworks are those of the institutions and those that the operator gave.
func (d *Desk) frameworks(ctx context.Context) ([]*framework.Framework, error) {
	var kept []*record.Framework
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Institutions(ctx)
		for _, i := range all {
			if err != nil {
				return err
			}
			var some []*record.Framework
			some, err = tx.Frameworks(ctx, i.ID)
			kept = append(kept, some...)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	out := slices.Clone(d.Frameworks)
	for _, k := range kept {
		f, err := framework.Read(k.Body)
		if err != nil {
			continue // it was read when it came in; a form that is no longer read has nothing to choose from
		}
		out = append(out, f)
	}
	return out, nil
}

// Compare holds candidates against a profile, by the same rules that the learner sees. What is not in a document that was
// shared is "not shown", never "missing". It keeps nothing.
func (d *Desk) Compare(ctx context.Context, _ record.Actor, candidates []Candidate, ask Ask) (*Comparison, error) {
	const op = "employer.Compare"
	if len(candidates) == 0 || len(candidates) > maxCandidates {
		return nil, record.Errorf(record.Invalid, op, "give between one and %d records", maxCandidates)
	}
	held, err := d.frameworks(ctx)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	target, with, err := d.target(op, ask, held, candidates)
	if err != nil {
		return nil, err
	}
	held = slices.DeleteFunc(held, func(f *framework.Framework) bool { return slices.Contains(d.Frameworks, f) && !holds(f, ask.Goal) })
	leaves := target.Leaves()
	if len(leaves) > maxRequirements {
		return nil, record.Errorf(record.TooLarge, op, "the profile asks for more than %d things; choose a part of it", maxRequirements)
	}
	out := &Comparison{Profile: *with, AsOf: d.now()}
	for _, l := range leaves {
		row := ComparedRow{ID: l.ID, Name: l.Name, Description: l.Description, Essential: l.Essential}
		if l.Level != nil {
			row.Level = l.Level.AtLeast
		}
		out.Rows = append(out.Rows, row)
	}
	for _, c := range candidates {
		cs := d.caseOf(c, *target, held, out.AsOf)
		a := gap.Analyse(cs)
		why := gap.Explain(cs, a)
		column := ComparedCandidate{Name: c.Name}
		if len(c.Docs) > 0 {
			column.Report = c.Docs[0].Report
		}
		out.Candidates = append(out.Candidates, column)
		for i := range out.Rows {
			out.Rows[i].Cells = append(out.Rows[i].Cells, cell(a.Rows[i], why.Rows[i], cs.Claims))
		}
	}
	return out, nil
}

// holds reports that a goal is of the framework. The operator's own are large and have nothing to say about the goals of
// others.
func holds(f *framework.Framework, goal string) bool {
	if goal == "" {
		return false
	}
	_, err := f.Goal(goal)
	return err == nil || f.ID == goal
}

func cell(r gap.Row, why gap.RowExplanation, claims []gap.Claim) ComparedCell {
	out := ComparedCell{State: r.State, Tier: r.Tier, Says: why.Says}
	if r.State == gap.NotYet {
		out.State, out.Says = gap.NotShown, nil
	}
	for _, id := range r.Because {
		for _, c := range claims {
			if c.ID == id && out.Claim == "" {
				out.Claim = c.Name
			}
		}
	}
	return out
}

// caseOf reads a candidate's documents as claims; only what verification let stand counts.
func (d *Desk) caseOf(c Candidate, target framework.Requirement, held []*framework.Framework, at time.Time) *gap.Case {
	cs := &gap.Case{AsOf: at.Format(time.DateOnly), Target: target, Scales: map[string][]string{}, Levels: map[string]map[string]string{}}
	for _, f := range held {
		cs.Framework = append(cs.Framework, f.Associations...)
		maps.Copy(cs.Scales, f.Levels())
		maps.Copy(cs.Levels, f.LevelDescriptions())
	}
	for _, doc := range c.Docs {
		parsed, err := ijson.Parse(judged(doc), nil)
		if err != nil {
			continue
		}
		standings := map[string]gap.Standing{"": standing(doc.Report)}
		for _, part := range doc.Report.Credentials {
			standings[part.Path] = standing(part)
		}
		r := gap.Read(parsed.Root(), func(pointer string) gap.Standing { return standings[pointer] })
		cs.Claims, cs.Framework = append(cs.Claims, r.Claims...), append(cs.Framework, r.Framework...)
		maps.Copy(cs.Scales, r.Scales)
		maps.Copy(cs.Levels, r.Levels)
	}
	return cs
}

// judged is the JSON that was judged.
func judged(doc Document) []byte {
	if doc.Report != nil && len(doc.Report.Credential) > 0 {
		return doc.Report.Credential
	}
	return doc.Bytes
}

// standing is what one credential is worth on its own. Expired ones stay: the analysis says that they are.
func standing(rep *verify.Report) gap.Standing {
	if rep == nil {
		return gap.NotChecked
	}
	failed := 0
	for _, f := range rep.Findings {
		if f.Outcome == verify.Fails && f.Code != "validity.expired" && f.Check != "nested" {
			failed++
		}
	}
	switch {
	case failed > 0:
		return gap.Void
	case rep.Own == verify.Indeterminate:
		return gap.NotChecked
	}
	return gap.Verified
}

// target is what is asked, and how it is named to the reader.
func (d *Desk) target(op string, ask Ask, held []*framework.Framework, candidates []Candidate) (*framework.Requirement, *ComparedWith, error) {
	switch {
	case len(ask.Profile.Data) > 0:
		return fromProfile(op, ask)
	case ask.Goal != "":
		for _, f := range held {
			if g, err := f.Goal(ask.Goal); err == nil {
				return g.Requirement, &ComparedWith{Name: g.Name, Source: cmp.Or(f.Title, f.Publisher), Version: f.Version, Notes: g.Notes, Attribution: f.Attribution, SHA256: sumOf(g.Requirement)}, nil
			} else if f.ID == ask.Goal {
				r := f.Target()
				return r, &ComparedWith{Name: f.Title, Source: f.Publisher, Version: f.Version, Attribution: f.Attribution, SHA256: sumOf(r)}, nil
			}
		}
		return nil, nil, record.Errorf(record.Invalid, op, "this server holds no such occupation or profile; choose another, or bring it as a file")
	case strings.TrimSpace(ask.Text) != "":
		return fromText(op, ask, append(slices.Clone(held), vocabulary(candidates)))
	}
	return nil, nil, record.Errorf(record.Invalid, op, "paste an advertisement, choose an occupation, or bring a profile")
}

func sumOf(r *framework.Requirement) string {
	b, err := ijson.Marshal(r)
	if err != nil {
		return ""
	}
	return record.Sum(b)
}

// fromText takes the skills that a text names. A name is never identity: the page says which were taken, and the reader
// drops what was not meant.
func fromText(op string, ask Ask, known []*framework.Framework) (*framework.Requirement, *ComparedWith, error) {
	if len(ask.Text) > maxAdvert {
		return nil, nil, record.Errorf(record.TooLarge, op, "the text has more than %d kB; paste the part that names what is needed", maxAdvert>>10)
	}
	with := &ComparedWith{SHA256: record.Sum([]byte(ask.Text)), Named: framework.Suggest(ask.Text, known)}
	out := &framework.Requirement{ID: "urn:advertisement", Op: framework.All}
	for _, s := range with.Named {
		if ask.Only == nil && s.Exact || slices.Contains(ask.Only, s.Node.ID) {
			out.Of = append(out.Of, framework.Requirement{ID: s.Node.ID, Skill: s.Node.ID, Name: s.Node.Name, Description: s.Sentence, Essential: true})
		}
	}
	if len(out.Of) == 0 {
		return nil, nil, record.Errorf(record.Invalid, op, "the text names no skill that a framework here or the record knows by that name; choose an occupation, or bring a profile that names skills by their addresses")
	}
	return out, with, nil
}

// vocabulary are the skills that the records themselves name, so that an advertisement in the same words finds them.
func vocabulary(candidates []Candidate) *framework.Framework {
	out := &framework.Framework{Kind: "record"}
	seen := map[string]bool{}
	add := func(list []ob.Alignment) {
		for _, a := range list {
			if a.TargetURL != "" && a.TargetName != "" && !seen[a.TargetURL] {
				seen[a.TargetURL] = true
				out.Nodes = append(out.Nodes, framework.Node{ID: a.TargetURL, Name: a.TargetName})
			}
		}
	}
	read := func(v ijson.Value) {
		s := ob.ReadAchievementCredential(v).CredentialSubject
		for _, r := range s.Result {
			add(r.Alignment)
		}
		if s.Achievement == nil {
			return
		}
		add(s.Achievement.Alignment)
		for _, r := range s.Achievement.ResultDescription {
			add(r.Alignment)
		}
	}
	for _, c := range candidates {
		for _, doc := range c.Docs {
			parsed, err := ijson.Parse(judged(doc), nil)
			if err != nil {
				continue
			}
			read(parsed.Root())
			for v := range parsed.Root().At("/credentialSubject/verifiableCredential").Elements() {
				read(v)
			}
		}
	}
	return out
}

// fromProfile reads a profile that the reader brings: ours, a posting (Schema.org JobPosting, HR Open JDX), a table of
// skills, or a framework.
func fromProfile(op string, ask Ask) (*framework.Requirement, *ComparedWith, error) {
	data := ask.Profile.Data
	with := &ComparedWith{Name: ask.Profile.Name, SHA256: record.Sum(data)}
	bad := func(err error) (*framework.Requirement, *ComparedWith, error) {
		return nil, nil, &record.Error{Kind: record.Invalid, Op: op, Message: strings.TrimPrefix(err.Error(), "framework: "), Err: err}
	}
	if r, ok, err := framework.ReadRequirement(data); ok {
		if err != nil {
			return bad(err)
		}
		with.Name, with.Source = cmp.Or(r.Name, with.Name), r.Source
		return r, with, nil
	}
	if r, unread := posting(data); r != nil {
		with.Name, with.Source, with.Unread = cmp.Or(r.Name, with.Name), r.Source, unread
		return r, with, nil
	}
	if r, unread := skillTable(data); r != nil {
		with.Unread = unread
		return r, with, nil
	}
	f, err := framework.ReadFiles([]framework.File{ask.Profile})
	if err != nil {
		return bad(err)
	}
	g, err := f.Goal(ask.Goal)
	if err != nil {
		return bad(err)
	}
	with.Name, with.Source, with.Version, with.Notes, with.Attribution = g.Name, cmp.Or(f.Title, f.Publisher), f.Version, g.Notes, f.Attribution
	return g.Requirement, with, nil
}

// posting reads the skills of a job posting: DefinedTerms by their address (schema.org, JobPosting.skills), competencies of
// an HR Open job description (JDX). Skills that are mere words have no identity: they are given back, for the text box.
func posting(data []byte) (r *framework.Requirement, unread []string) {
	doc, err := ijson.Parse(data, nil)
	if err != nil {
		return nil, nil
	}
	root := doc.Root()
	out := &framework.Requirement{ID: cmp.Or(root.Get("@id").Text(), root.Get("url").Text(), "urn:posting"), Op: framework.All,
		Name: cmp.Or(root.Get("title").Text(), root.Get("name").Text()), Source: root.Get("hiringOrganization").Get("name").Text()}
	add := func(list ijson.Value, essential bool) {
		for _, s := range list.Each() {
			id := cmp.Or(s.Get("@id").Text(), s.Get("url").Text(), s.Get("competencyId").Text(), s.Get("id").Text())
			name := cmp.Or(s.Get("name").Text(), s.Get("competencyName").Text(), id)
			if strings.Contains(id, ":") {
				out.Of = append(out.Of, framework.Requirement{ID: id, Skill: id, Name: name, Description: s.Get("description").Text(), Essential: essential})
			} else if text := cmp.Or(name, s.Text()); text != "" {
				unread = append(unread, text)
			}
		}
	}
	add(root.Get("skills"), true)
	add(root.Get("competency"), true)
	add(root.Get("requiredCompetencies"), true)
	add(root.Get("preferredCompetencies"), false)
	if len(out.Of) == 0 {
		return nil, nil
	}
	return out, unread
}

// skillTable reads a sheet with the columns skill (an address) and name, and optionally essential (no: also useful). Rows
// that name no skill by its address are given back as they stand.
func skillTable(data []byte) (table *framework.Requirement, unread []string) {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))))
	r.FieldsPerRecord = -1
	head, err := r.Read()
	if err != nil {
		return nil, nil
	}
	column := func(name string) int {
		return slices.IndexFunc(head, func(h string) bool { return strings.EqualFold(strings.TrimSpace(h), name) })
	}
	skill, name, essential := column("skill"), column("name"), column("essential")
	if skill < 0 || name < 0 {
		return nil, nil
	}
	out := &framework.Requirement{ID: "urn:table", Op: framework.All}
	for len(out.Of) <= maxRequirements {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil { // a quotation mark out of place: nothing below it can be told apart
			unread = append(unread, strings.TrimPrefix(err.Error(), "parse error on "))
			break
		}
		if skill >= len(row) || name >= len(row) || !strings.Contains(row[skill], ":") {
			unread = append(unread, strings.Join(row, ", "))
			continue
		}
		needed := essential < 0 || essential >= len(row) || !slices.Contains([]string{"no", "n", "false", "0"}, strings.ToLower(row[essential]))
		out.Of = append(out.Of, framework.Requirement{ID: row[skill], Skill: row[skill], Name: row[name], Essential: needed})
	}
	if len(out.Of) == 0 {
		return nil, nil
	}
	return out, unread
}
