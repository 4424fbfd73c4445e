package framework

import (
	"cmp"
	"fmt"
	"math"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// onetAttribution is what the licence of O*NET (CC BY 4.0) asks to be shown beside its data.
const onetAttribution = "This page includes information from the O*NET database by the U.S. Department of Labor, Employment and Training Administration (USDOL/ETA). Used under the CC BY 4.0 license. O*NET® is a trademark of USDOL/ETA."

// The pages of O*NET OnLine are the addresses by which its occupations and elements are known.
const (
	onetOccupation = "https://www.onetonline.org/link/summary/"
	onetElement    = "https://www.onetonline.org/find/descriptor/result/"
	onetTool       = "https://www.onetonline.org/search/tech/example?e="
)

// minImportance is the importance, of 1 to 5, from which a skill is asked.
const minImportance = 3.0

// maxRelated is how many related occupations with ratings are offered in place of one without.
const maxRelated = 5

// rating is what O*NET says of an element for an occupation.
type rating struct {
	element, name     string
	importance, level float64
	hasLevel          bool
	suppress, without bool // its publishers say: do not use; not relevant here
}

type onet struct {
	out     *Framework
	titles  map[string]string // occupation → title
	texts   map[string]string
	order   []string
	ratings map[string][]*rating // occupation → in the order of the files
	at      map[[2]string]*rating
	about   map[string]string        // element → description
	anchors map[string][]anchor      // element → by level
	tools   map[string][]Requirement // occupation → technologies
	related map[string][]string
	maximum float64 // of the scale of levels
}

type anchor struct {
	level float64
	text  string
}

// readONET reads the tables of the O*NET database: a leaf for each skill and field of knowledge that matters, optional
// leaves for technologies. Levels are demand, kept as a description with the published anchor nearest to them.
func readONET(tables []table) (*Framework, error) {
	o := &onet{out: &Framework{ID: "https://www.onetcenter.org/database.html", Title: "O*NET", Publisher: "U.S. Department of Labor", Kind: "onet", Attribution: onetAttribution},
		titles: map[string]string{}, texts: map[string]string{}, ratings: map[string][]*rating{}, at: map[[2]string]*rating{}, about: map[string]string{},
		anchors: map[string][]anchor{}, tools: map[string][]Requirement{}, related: map[string][]string{}, maximum: 7}
	for i := range tables {
		if err := o.table(&tables[i]); err != nil {
			return nil, err
		}
	}
	slices.Sort(o.order)
	o.nodes()
	for _, code := range o.order {
		o.goal(code)
	}
	return o.out, nil
}

func (o *onet) table(t *table) error {
	switch {
	case t.has("onetsoccode", "elementid", "scaleid", "datavalue"):
		return o.rate(t)
	case t.has("elementid", "anchorvalue", "anchordescription"):
		for _, row := range t.rows {
			if level, err := strconv.ParseFloat(t.get(row, "anchorvalue"), 64); err == nil {
				e := t.get(row, "elementid")
				o.anchors[e] = append(o.anchors[e], anchor{level, t.get(row, "anchordescription")})
			}
		}
	case t.has("elementid", "elementname", "description"):
		for _, row := range t.rows {
			o.about[t.get(row, "elementid")] = t.get(row, "description")
		}
	case t.has("onetsoccode", "example", "commoditycode"):
		for _, row := range t.rows {
			code, name := t.get(row, "onetsoccode"), t.get(row, "example")
			o.occupation(code, t.get(row, "title"), "")
			id := onetTool + url.QueryEscape(name)
			o.tools[code] = append(o.tools[code], Requirement{ID: id, Skill: id, Name: name, Description: t.get(row, "commoditytitle")})
		}
	case t.has("onetsoccode", "relatedonetsoccode"):
		for _, row := range t.rows {
			code := t.get(row, "onetsoccode")
			o.related[code] = append(o.related[code], t.get(row, "relatedonetsoccode"))
		}
	case t.has("onetsoccode", "title", "description"):
		for _, row := range t.rows {
			o.occupation(t.get(row, "onetsoccode"), t.get(row, "title"), t.get(row, "description"))
		}
	case t.has("scaleid", "minimum", "maximum"):
		for _, row := range t.rows {
			if m, err := strconv.ParseFloat(t.get(row, "maximum"), 64); err == nil && t.get(row, "scaleid") == "LV" {
				o.maximum = m
			}
		}
	}
	return nil
}

func (o *onet) occupation(code, title, text string) {
	if code == "" {
		return
	}
	if _, known := o.titles[code]; !known {
		o.order = append(o.order, code)
	}
	o.titles[code], o.texts[code] = cmp.Or(o.titles[code], title), cmp.Or(o.texts[code], text)
}

// rate reads a table of ratings: of its rows importance and level, of its elements skills and knowledge.
func (o *onet) rate(t *table) error {
	for i, row := range t.rows {
		code, element, scale := t.get(row, "onetsoccode"), t.get(row, "elementid"), t.get(row, "scaleid")
		if !strings.HasPrefix(element, "2.A.") && !strings.HasPrefix(element, "2.B.") && !strings.HasPrefix(element, "2.C.") {
			continue
		}
		value, err := strconv.ParseFloat(t.get(row, "datavalue"), 64)
		if err != nil || math.IsNaN(value) || math.IsInf(value, 0) {
			return fmt.Errorf("framework: %s, row %d, Data Value: %q is not a number", t.name, i+2, t.get(row, "datavalue"))
		}
		o.occupation(code, t.get(row, "title"), "")
		r := o.at[[2]string{code, element}]
		if r == nil {
			r = &rating{element: element, name: t.get(row, "elementname")}
			o.at[[2]string{code, element}] = r
			o.ratings[code] = append(o.ratings[code], r)
		}
		suppress := t.get(row, "recommendsuppress") == "Y"
		switch scale {
		case "IM":
			r.importance, r.suppress = value, suppress
		case "LV":
			r.level, r.hasLevel = value, !suppress
			r.without = t.get(row, "notrelevant") == "Y"
		}
	}
	return nil
}

// nodes are the elements that any occupation is rated on.
func (o *onet) nodes() {
	seen := map[string]bool{}
	for _, code := range o.order {
		for _, r := range o.ratings[code] {
			if !seen[r.element] {
				seen[r.element] = true
				o.out.Nodes = append(o.out.Nodes, Node{ID: onetElement + r.element, Code: r.element, Name: r.name, Description: o.about[r.element], Type: onetKind(r.element), Language: "en"})
			}
		}
	}
}

func onetKind(element string) string {
	if strings.HasPrefix(element, "2.C.") {
		return "Knowledge"
	}
	return "Skill"
}

func (o *onet) goal(code string) {
	id, title := onetOccupation+code, cmp.Or(o.titles[code], code)
	req := &Requirement{ID: id, Name: title, Source: "O*NET", Op: All}
	g := Goal{ID: id, Code: code, Name: title, Description: o.texts[code], Requirement: req}
	for _, part := range []struct{ kind, name string }{{"Skill", "Skills"}, {"Knowledge", "Knowledge"}} {
		inner := Requirement{ID: id + "#" + strings.ToLower(part.name), Name: part.name, Op: All}
		for _, r := range o.ratings[code] {
			if onetKind(r.element) == part.kind && r.importance >= minImportance && !r.suppress && !r.without {
				inner.Of = append(inner.Of, o.leaf(r))
			}
		}
		if len(inner.Of) > 0 {
			req.Of = append(req.Of, inner)
		}
	}
	if len(req.Of) == 0 {
		g.Notes = append(g.Notes, o.noRatings(code, title))
	}
	if tools := o.tools[code]; len(tools) > 0 {
		req.Of = append(req.Of, Requirement{ID: id + "#technologies", Name: "Technologies", Op: All, Of: tools})
	}
	o.out.Goals = append(o.out.Goals, g)
}

func (o *onet) leaf(r *rating) Requirement {
	id := onetElement + r.element
	leaf := Requirement{ID: id, Skill: id, Name: r.name, Essential: true, Description: o.about[r.element], Typical: &Typical{Importance: r.importance}}
	if !r.hasLevel {
		return leaf
	}
	leaf.Typical.Level, leaf.Typical.Of = r.level, o.maximum
	nearest := math.Inf(1)
	for _, a := range o.anchors[r.element] {
		if d := math.Abs(a.level - r.level); d < nearest {
			nearest, leaf.Typical.AnchorLevel, leaf.Typical.Anchor = d, a.level, a.text
		}
	}
	return leaf
}

// noRatings says that an occupation has none, which is no statement about the occupation, and offers the nearest that have:
// those that O*NET relates to it, else those that share the longest beginning of the code.
func (o *onet) noRatings(code, title string) string {
	say := "O*NET has no skill ratings for " + title + " (" + code + ")."
	var near []string
	for _, other := range o.related[code] {
		if len(o.ratings[other]) > 0 && len(near) < maxRelated {
			near = append(near, other)
		}
	}
	// 15-1252.00: the detailed occupation, the broad one, the minor group, the major group.
	for _, digits := range []int{7, 6, 5, 3} {
		if len(near) > 0 || len(code) < digits {
			continue
		}
		for _, other := range o.order {
			if strings.HasPrefix(other, code[:digits]) && len(o.ratings[other]) > 0 && len(near) < maxRelated {
				near = append(near, other)
			}
		}
	}
	for i, other := range near {
		near[i] = other + " " + o.titles[other]
	}
	if len(near) > 0 {
		say += " Related occupations that have ratings: " + strings.Join(near, ", ") + "."
	}
	return say
}
