package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/framework"
	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// maxCompare bounds a comparison's form: the records of several people and a profile.
const maxCompare = 2*verify.MaxBytes + maxForm

// CompareAsk asks what to compare with, and at /compare also whom.
type CompareAsk struct {
	Shell
	Action, Error, Text string
	Links               string // addresses of records, one a line
	Files               bool   // records are brought along
	Goals               []employer.Goal
	Find                string // what is looked for among them
	More                bool   // there are more than are offered: look for the one that is meant
}

// Compared is requirements by candidates: states, claims and reasons; no total, and nobody before anybody else.
type Compared struct {
	Shell
	Again      string // where to compare anew
	Name       string
	Profile    employer.ComparedWith
	AsOf       render.Date
	Candidates []ComparedHead
	Rows       []ComparedLine
	Text       string       // the advertisement, to compare again with fewer skills; "" for none
	Named      []NamedSkill // what was read from it
	Forms      []InlineFile // the comparison as files
}

// ComparedHead heads a column.
type ComparedHead struct {
	Name string
	Mark render.Mark
	Href string // the record itself, "" for a file
}

// ComparedLine is one requirement.
type ComparedLine struct {
	Name, Description, Level string
	Essential                bool
	Cells                    []ComparedState
}

// ComparedState is one cell: a mark, a word, the claim, the reason.
type ComparedState struct {
	Candidate string
	State     gap.State
	Glyph     string // of the drawn marks
	Claim     string
	Tier      string
	Says      []string
}

// NamedSkill is a skill that a text names.
type NamedSkill struct {
	ID, Name, Framework, Sentence string
	Taken                         bool
}

// comparedGlyphs give each state one of the drawn marks; the word beside it says which it is.
var comparedGlyphs = map[gap.State]string{
	gap.Met: "verified", gap.Unconfirmed: "unchecked", gap.OutOfDate: "expired", gap.Partly: "unchecked", gap.CannotCompare: "unchecked", gap.Indirect: "unchecked",
	gap.InProgress: "unchecked", gap.Expired: "expired", gap.SelfAsserted: "stated", gap.NotYet: "unchecked", gap.NotShown: "unchecked",
}

func compareShareForm(c *call) error {
	if _, err := c.deps.Employer.Open(c.ctx, c.actor, c.r.PathValue("token"), c.passcode()); err != nil {
		return c.shareRefused(err, false)
	}
	return c.compareAsk(http.StatusOK, &CompareAsk{Action: c.sharePath() + "/compare"})
}

func compareForm(c *call) error {
	return c.compareAsk(http.StatusOK, &CompareAsk{Action: "/compare", Files: true})
}

func (c *call) compareAsk(status int, p *CompareAsk) error {
	p.Find = clipQuery(c.r.URL.Query().Get("find"))
	var err error
	if p.Goals, p.More, err = c.deps.Employer.Goals(c.ctx, p.Find); err != nil {
		return err
	}
	p.Title, p.NoIndex = c.t("compare.title"), true
	return c.show(status, p)
}

// asked reads what to compare with, and the records that were brought.
func (c *call) asked() (employer.Ask, []upload, error) {
	files, err := c.uploads("record")
	if err != nil {
		return employer.Ask{}, nil, err
	}
	ask := employer.Ask{Text: c.r.PostForm.Get("text"), Goal: c.r.PostForm.Get("goal")}
	if p := c.r.PostForm.Get("profile"); p != "" { // an upload under another name than "record" arrives as a value
		ask.Profile = framework.File{Name: c.t("compare.own"), Data: []byte(p)}
	}
	if c.r.PostForm.Has("refined") {
		ask.Only = append([]string{}, c.r.PostForm["skill"]...)
	}
	return ask, files, nil
}

func compareShare(c *call) error {
	ask, _, err := c.asked()
	if err != nil {
		return err
	}
	opened, err := c.deps.Employer.Open(c.ctx, c.actor, c.r.PathValue("token"), c.passcode())
	if err != nil {
		return c.shareRefused(err, false)
	}
	one := employer.Candidate{Name: opened.Learner, Docs: opened.Documents}
	if one.Name == "" {
		one.Name = c.t("share.somebody")
	}
	return c.compared([]employer.Candidate{one}, ask, &CompareAsk{Action: c.sharePath() + "/compare", Text: ask.Text}, c.sharePath())
}

func compareFiles(c *call) error {
	ask, files, err := c.asked()
	if err != nil {
		return err
	}
	p := &CompareAsk{Action: "/compare", Files: true, Text: ask.Text, Links: c.r.PostForm.Get("links")}
	all, message, err := c.linked(p.Links)
	if err != nil {
		return err
	}
	if message != "" {
		p.Error = message
		return c.compareAsk(http.StatusUnprocessableEntity, p)
	}
	for _, f := range files {
		one, err := c.fileCandidate(f.name, f.data)
		if err != nil {
			return err
		}
		all = append(all, *one)
	}
	if len(all) == 0 {
		p.Error = c.t("compare.no-records")
		return c.compareAsk(http.StatusUnprocessableEntity, p)
	}
	return c.compared(all, ask, p, "")
}

func (c *call) compared(all []employer.Candidate, ask employer.Ask, form *CompareAsk, href string) error {
	got, err := c.deps.Employer.Compare(c.ctx, c.actor, all, ask)
	if err != nil {
		if k := record.KindOf(err); k != record.Invalid && k != record.TooLarge {
			return err
		}
		form.Error = c.says(err)
		return c.compareAsk(http.StatusUnprocessableEntity, form)
	}
	p := &Compared{Again: form.Action, Name: got.Profile.Name, Profile: got.Profile, AsOf: render.Date{Time: got.AsOf}}
	if p.Name == "" {
		p.Name = c.t("compare.advert")
	}
	for _, k := range got.Candidates {
		p.Candidates = append(p.Candidates, ComparedHead{Name: k.Name, Mark: render.VerdictOf(k.Report).Mark, Href: href})
	}
	for _, r := range got.Rows {
		p.Rows = append(p.Rows, c.comparedLine(r, got.Candidates))
	}
	if !form.Files && len(got.Profile.Named) > 0 {
		p.Text = ask.Text
	}
	for _, s := range got.Profile.Named {
		taken := slices.ContainsFunc(got.Rows, func(r employer.ComparedRow) bool { return r.ID == s.Node.ID })
		p.Named = append(p.Named, NamedSkill{ID: s.Node.ID, Name: s.Node.Name, Framework: s.Framework, Sentence: s.Sentence, Taken: taken})
	}
	if p.Forms, err = c.comparisonForms(got, p); err != nil {
		return err
	}
	p.Title, p.NoIndex, p.Wide = c.t("compare.title"), true, len(p.Candidates) > 1
	return c.show(http.StatusOK, p)
}

func (c *call) comparedLine(r employer.ComparedRow, heads []employer.ComparedCandidate) ComparedLine {
	out := ComparedLine{Name: r.Name, Description: r.Description, Level: r.Level, Essential: r.Essential}
	for i, cell := range r.Cells {
		s := ComparedState{Candidate: heads[i].Name, State: cell.State, Glyph: comparedGlyphs[cell.State], Claim: cell.Claim, Tier: cell.Tier}
		for _, m := range cell.Says {
			text := c.words.Or("compare.says."+m.ID, "")
			if text == "" {
				continue // what a learner is advised is not for an employer's eyes
			}
			s.Says = append(s.Says, m.In(text, func(t time.Time) string { return c.words.Date(render.Date{Time: t, DayOnly: true}) }))
		}
		s.Says = slices.DeleteFunc(s.Says, func(t string) bool { return strings.TrimSpace(t) == "" })
		out.Cells = append(out.Cells, s)
	}
	return out
}
