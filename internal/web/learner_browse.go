package web

import (
	"cmp"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/render"
)

// A record of a thousand items stays a page that a phone can hold: what is found is paged, a long section shows its newest
// lines and where the rest is, and a line of a long page opens on a page of its own.
const (
	openLines   = 60  // a record of at most so many lines opens them in place
	firstLines  = 12  // of each section of a longer record
	pageLines   = 100 // of what was searched for
	skillsShown = 5   // lines named beside a skill; the rest is counted
)

// Filter is what a learner looks for in the record.
type Filter struct {
	Query, Kind, Issuer, Term, State string
	Kinds, Issuers, Terms, States    []Choice
	Item                             string // one line alone, by its anchor
	from                             int
}

// Browsed is what a page shows of a record that may be long.
type Browsed struct {
	At       string // address of the page
	View     string // "", "time", "skill"
	Filter   Filter
	Sections []MySection
	Skills   []MySkills
	Found    int
	Newer    string // addresses of more lines
	Older    string
}

// Active reports whether anything is looked for.
func (f Filter) Active() bool { return f.Query+f.Kind+f.Issuer+f.Term+f.State+f.Item != "" }

// MySection is some lines under a heading.
type MySection struct {
	ID, Heading string
	Count       int
	Flat        bool // a line leads to its own page instead of opening here
	Open        bool // it is open when the page comes
	Groups      []render.Group
	All         string // where the rest is
}

// MySkills is the skills of one framework, each with some of what shows it.
type MySkills struct {
	Name   string
	Skills []MySkill
}

// MySkill is one skill.
type MySkill struct {
	render.Skill
	Shown []ItemLink
	More  int
}

// ItemLink is an item's name and its page, "" for none.
type ItemLink struct{ Name, Href string }

func (c *call) filter() Filter {
	q := c.r.URL.Query()
	get := func(name string) string { return strings.TrimSpace(q.Get(name)) }
	from, _ := strconv.Atoi(q.Get("from")) // whatever is no number begins at the first
	return Filter{Query: clipQuery(get("q")), Kind: get("kind"), Issuer: get("issuer"), Term: get("term"), State: get("state"), Item: get("item"), from: max(from, 0)}
}

// clipQuery keeps what is looked for to the length of a name.
func clipQuery(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200])
	}
	return s
}

// browse fills in what of the record the page shows.
func (c *call) browse(p *MyRecord, mine *learner.MyRecord) {
	p.Filter = c.filter()
	p.New, p.Declined = len(mine.Waiting()), mine.Answers.Declined()
	if p.Record != nil {
		p.Map = related(p.Record)
		c.lay(&p.Browsed, p.Record, mine.Answers, itemPages(p.Record, mine))
	}
}

// lay sets the lines that fit the filter into sections.
func (c *call) lay(p *Browsed, rec *render.Record, answers learner.Answers, hrefs map[string]string) {
	p.Filter.choices(c, rec)
	long := rec.Verdict.Total > openLines
	found := p.Filter.apply(c, rec, func(l *render.Line) bool { return answers.Hidden(l.ID) })
	for _, s := range found {
		p.Found += s.Count
	}
	if p.View == "skill" {
		p.Skills = skillsOf(rec, hrefs)
	}
	if p.View == "time" {
		found = byYear(found)
	}
	if long && (p.View == "time" || p.Filter.Active()) {
		found = c.onePage(p, found)
	}
	for i := range found {
		s := &found[i]
		s.Open = p.Filter.Item != ""
		s.Flat = long && !s.Open
		if s.Heading == "" {
			s.Heading = c.t("section." + s.ID)
		}
		if long && p.View != "time" && !p.Filter.Active() && s.Count > firstLines {
			s.Groups, s.All = firstOf(s.Groups, 0, firstLines), p.At+"?kind="+url.QueryEscape(s.ID)
		}
		for g := range s.Groups {
			for l := range s.Groups[g].Lines {
				line := &s.Groups[g].Lines[l]
				if !s.Open {
					line.Href = hrefs[line.Anchor]
					continue
				}
				line.Relations = slices.Clone(line.Relations)
				for r := range line.Relations {
					line.Relations[r].Target.Anchor = "" // the other line is not on this page
				}
			}
		}
	}
	p.Sections = found
}

// itemPages gives each line its own page, by anchor.
func itemPages(rec *render.Record, mine *learner.MyRecord) map[string]string {
	byID := map[string]string{}
	for i := range mine.Items {
		byID[mine.Items[i].URI] = "/my/items/" + mine.Items[i].Ref
	}
	for i := range mine.Stated {
		byID["urn:uuid:"+string(mine.Stated[i].ID)] = "/my/stated/" + string(mine.Stated[i].ID)
	}
	out := map[string]string{}
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for i := range g.Lines {
				l := &g.Lines[i]
				if id, ok := strings.CutPrefix(l.JSON, "/my/kept/"); ok {
					out[l.Anchor] = "/my/items/kept." + id
				} else if href := byID[l.ID]; href != "" {
					out[l.Anchor] = href
				}
			}
		}
	}
	return out
}

// choices lists what the record can be narrowed to.
func (f *Filter) choices(c *call, rec *render.Record) {
	issuers, terms, states := map[string]string{}, map[string]bool{}, map[render.Mark]bool{}
	for _, s := range rec.Sections {
		f.Kinds = append(f.Kinds, Choice{s.Kind, c.t("section." + s.Kind), s.Kind == f.Kind})
		for _, g := range s.Groups {
			for i := range g.Lines {
				l := &g.Lines[i]
				if l.Mark != render.Stated && l.Issuer.ID != "" {
					issuers[l.Issuer.ID] = cmp.Or(l.Issuer.Name, l.Issuer.ID)
				}
				if l.Term != "" {
					terms[l.Term] = true
				}
				if l.Mark != "" {
					states[l.Mark] = true
				}
			}
		}
	}
	for id, name := range issuers {
		f.Issuers = append(f.Issuers, Choice{id, name, id == f.Issuer})
	}
	for t := range terms {
		f.Terms = append(f.Terms, Choice{t, t, t == f.Term})
	}
	for _, m := range []render.Mark{render.Verified, render.Expired, render.Unchecked, render.Suspended, render.Revoked, render.Failed, render.Stated} {
		if states[m] {
			f.States = append(f.States, Choice{string(m), c.t("mark." + string(m)), string(m) == f.State})
		}
	}
	slices.SortFunc(f.Issuers, func(a, b Choice) int { return cmp.Or(cmp.Compare(a.Label, b.Label), cmp.Compare(a.Value, b.Value)) })
	slices.SortFunc(f.Terms, func(a, b Choice) int { return cmp.Compare(b.Label, a.Label) })
}

// apply gives the sections with the lines that fit; hidden ones fit nothing.
func (f *Filter) apply(c *call, rec *render.Record, hidden func(*render.Line) bool) []MySection {
	words := strings.Fields(strings.ToLower(f.Query))
	var out []MySection
	for _, s := range rec.Sections {
		if f.Kind != "" && s.Kind != f.Kind {
			continue
		}
		sec := MySection{ID: s.Kind}
		for _, g := range s.Groups {
			group := render.Group{Heading: g.Heading}
			for i := range g.Lines {
				if l := &g.Lines[i]; f.fits(l, words) && !hidden(l) {
					group.Lines = append(group.Lines, *l)
				}
			}
			if len(group.Lines) > 0 {
				sec.Count += len(group.Lines)
				sec.Groups = append(sec.Groups, group)
			}
		}
		if sec.Count > 0 {
			out = append(out, sec)
		}
	}
	return out
}

func (f *Filter) fits(l *render.Line, words []string) bool {
	if f.Item != "" && l.Anchor != f.Item {
		return false
	}
	if f.Issuer != "" && l.Issuer.ID != f.Issuer || f.Term != "" && l.Term != f.Term || f.State != "" && string(l.Mark) != f.State {
		return false
	}
	if len(words) == 0 {
		return true
	}
	text := []string{l.Name, l.Code, l.Issuer.Name, l.Term, l.Outcome, l.Role, l.Description}
	for _, s := range l.Skills {
		text = append(text, s.Name)
	}
	all := strings.ToLower(strings.Join(text, "\n"))
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(all, w) })
}

// byYear puts the lines of sections into years, newest first.
func byYear(sections []MySection) []MySection {
	rec := &render.Record{}
	for _, s := range sections {
		rec.Sections = append(rec.Sections, render.Section{Kind: s.ID, Groups: s.Groups})
	}
	var out []MySection
	for _, g := range rec.ByTime() {
		heading := cmp.Or(g.Heading, "–")
		out = append(out, MySection{ID: "y" + strconv.Itoa(len(out)), Heading: heading, Count: len(g.Lines), Groups: []render.Group{{Lines: g.Lines}}})
	}
	return out
}

// onePage keeps one page's lines, and says where the others are.
func (c *call) onePage(p *Browsed, sections []MySection) []MySection {
	from, end := p.Filter.from, p.Filter.from+pageLines
	var out []MySection
	at := 0
	for _, s := range sections {
		a, b := max(from-at, 0), min(end-at, s.Count)
		at += s.Count
		if a < b {
			s.Groups = firstOf(s.Groups, a, b)
			out = append(out, s)
		}
	}
	link := func(from int) string {
		q := url.Values{}
		for _, v := range [][2]string{{"q", p.Filter.Query}, {"kind", p.Filter.Kind}, {"issuer", p.Filter.Issuer}, {"term", p.Filter.Term}, {"state", p.Filter.State}, {"view", p.View}} {
			if v[1] != "" {
				q.Set(v[0], v[1])
			}
		}
		q.Set("from", strconv.Itoa(from))
		return p.At + "?" + q.Encode()
	}
	if from > 0 {
		p.Newer = link(max(0, from-pageLines))
	}
	if end < p.Found {
		p.Older = link(end)
	}
	return out
}

// firstOf keeps the lines from a to b, counted through the groups.
func firstOf(groups []render.Group, a, b int) []render.Group {
	var out []render.Group
	at := 0
	for _, g := range groups {
		x, y := max(a-at, 0), min(b-at, len(g.Lines))
		at += len(g.Lines)
		if x < y {
			out = append(out, render.Group{Heading: g.Heading, Lines: g.Lines[x:y]})
		}
	}
	return out
}

func skillsOf(rec *render.Record, hrefs map[string]string) []MySkills {
	var out []MySkills
	for _, f := range rec.Skills {
		m := MySkills{Name: f.Name}
		for _, s := range f.Skills {
			row := MySkill{Skill: s.Skill, More: max(0, len(s.Lines)-skillsShown)}
			for _, r := range s.Lines[:len(s.Lines)-row.More] {
				row.Shown = append(row.Shown, ItemLink{r.Name, hrefs[r.Anchor]})
			}
			m.Skills = append(m.Skills, row)
		}
		out = append(out, m)
	}
	return out
}
