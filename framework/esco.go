package framework

import (
	"cmp"
	"errors"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// escoAttribution is what the European Commission asks users of ESCO to show.
const escoAttribution = "This service uses the ESCO classification of the European Commission."

// readESCO reads the tables that ESCO publishes: occupations, skills and collections of them, their hierarchy, and which
// skills an occupation needs. ESCO has no levels, so none is asked.
func readESCO(tables []table) (*Framework, error) {
	f := &Framework{ID: "http://data.europa.eu/esco", Title: "ESCO", Publisher: "European Commission", Kind: "esco", Attribution: escoAttribution}
	e := &esco{out: f, seen: map[string]int{}, occupations: map[string]int{}, related: map[Association]bool{}}
	for i := range tables {
		if t := &tables[i]; t.has("concepturi", "preferredlabel") {
			e.concepts(t)
		}
	}
	needs := false
	for i := range tables {
		switch t := &tables[i]; {
		case t.has("concepturi", "broaderuri"):
			for _, row := range t.rows {
				e.relate("broader", t.get(row, "concepturi"), t.get(row, "broaderuri"))
			}
		case t.has("originalskilluri", "relatedskilluri"):
			// "Optional" and "essential" between skills are words of ESCO's own: they show nothing.
			for _, row := range t.rows {
				e.relate(t.get(row, "relationtype"), t.get(row, "originalskilluri"), t.get(row, "relatedskilluri"))
			}
		case t.has("level0uri"):
			e.hierarchy(t)
		case t.has("occupationuri", "skilluri", "relationtype"):
			needs = true
			e.needs(t)
		}
	}
	for i := range f.Goals {
		switch g := &f.Goals[i]; {
		case !needs:
			g.Notes = append(g.Notes, "Which skills "+g.Name+" needs stands in ESCO's table occupationSkillRelations, which is not among the files.")
		case len(g.Requirement.Of) == 0:
			g.Notes = append(g.Notes, "ESCO names no skills for "+g.Name+".")
		}
	}
	return f, nil
}

type esco struct {
	out         *Framework
	seen        map[string]int // concept → its node
	occupations map[string]int // occupation → its goal
	related     map[Association]bool
}

// concepts reads a table of skills or of occupations.
func (e *esco) concepts(t *table) {
	for _, row := range t.rows {
		uri, name := t.get(row, "concepturi"), t.get(row, "preferredlabel")
		if uri == "" {
			continue
		}
		if t.get(row, "concepttype") == "Occupation" {
			if _, twice := e.occupations[Key(uri)]; !twice {
				e.occupation(uri, t.get(row, "code"), name, t.get(row, "description"))
			}
			continue
		}
		e.node(Node{ID: uri, Code: t.get(row, "code"), Name: name, Description: t.get(row, "description"), Type: cmp.Or(t.get(row, "skilltype"), t.get(row, "concepttype"))})
		for broader := range strings.SplitSeq(t.get(row, "broaderconcepturi"), "|") {
			e.relate("broader", uri, strings.TrimSpace(broader))
		}
	}
}

func (e *esco) occupation(uri, code, name, description string) {
	e.occupations[Key(uri)] = len(e.out.Goals)
	e.out.Goals = append(e.out.Goals, Goal{ID: uri, Code: code, Name: name, Description: description,
		Requirement: &Requirement{ID: uri, Name: name, Source: "ESCO", Op: All}})
}

func (e *esco) node(n Node) {
	if _, twice := e.seen[Key(n.ID)]; !twice {
		e.seen[Key(n.ID)] = len(e.out.Nodes)
		e.out.Nodes = append(e.out.Nodes, n)
	}
}

func (e *esco) relate(word, origin, destination string) {
	a := Association{Type: word, Origin: origin, Destination: destination}
	if word != "" && origin != "" && destination != "" && !e.related[a] {
		e.related[a] = true
		e.out.Associations = append(e.out.Associations, a)
	}
}

// hierarchy reads the groups of skills, each row a path from the top.
func (e *esco) hierarchy(t *table) {
	for _, row := range t.rows {
		above := ""
		for _, level := range []string{"level0", "level1", "level2", "level3"} {
			uri := t.get(row, level+"uri")
			if uri == "" {
				break
			}
			e.node(Node{ID: uri, Name: t.get(row, level+"preferredterm"), Code: t.get(row, level+"code"), Type: "SkillGroup"})
			e.relate("broader", uri, above)
			above = uri
		}
	}
}

// needs reads which skills an occupation needs, essential or optional.
func (e *esco) needs(t *table) {
	for _, row := range t.rows {
		occupation, skill := t.get(row, "occupationuri"), t.get(row, "skilluri")
		if occupation == "" || skill == "" {
			continue
		}
		if _, known := e.occupations[Key(occupation)]; !known {
			e.occupation(occupation, "", cmp.Or(t.get(row, "occupationlabel"), occupation), "")
		}
		leaf := Requirement{ID: skill, Skill: skill, Name: t.get(row, "skilllabel"), Essential: t.get(row, "relationtype") == "essential"}
		if i, known := e.seen[Key(skill)]; known {
			leaf.Name, leaf.Description = e.out.Nodes[i].Name, e.out.Nodes[i].Description
		}
		leaf.Name = cmp.Or(leaf.Name, skill)
		r := e.out.Goals[e.occupations[Key(occupation)]].Requirement
		r.Of = append(r.Of, leaf)
	}
}

// readESCOOccupation reads one occupation with its skills, in the JSON of services built on ESCO.
func readESCOOccupation(root ijson.Value) (*Framework, error) {
	uri, name := root.Get("uri").Text(), root.Get("occupation").Text()
	if uri == "" {
		return nil, errors.New("/uri is missing; an ESCO occupation is known by it")
	}
	f := &Framework{ID: uri, Title: "ESCO", Publisher: "European Commission", Kind: "esco", Attribution: escoAttribution}
	req := &Requirement{ID: uri, Name: name, Source: "ESCO", Op: All}
	for s := range root.Get("skills").Elements() {
		n := Node{ID: s.Get("uri").Text(), Name: s.Get("skill").Text(), Type: s.Get("type").Text()}
		if n.ID == "" {
			continue
		}
		f.Nodes = append(f.Nodes, n)
		req.Of = append(req.Of, Requirement{ID: n.ID, Skill: n.ID, Name: n.Name, Essential: s.Get("relationshipType").Text() == "essential"})
	}
	f.Goals = []Goal{{ID: uri, Name: name, Requirement: req}}
	if len(req.Of) == 0 {
		f.Goals[0].Notes = []string{"ESCO names no skills for " + name + "."}
	}
	return f, nil
}
