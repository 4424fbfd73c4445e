package framework

import (
	"cmp"
	"errors"
	"path"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// The namespaces of CTDL and of its profile for competencies.
const (
	ctdlTerms = "https://purl.org/ctdl/terms/"
	asnTerms  = "https://purl.org/ctdlasn/terms/"
)

// term is a member by its name in CTDL, as a prefix or written out. The registry publishes with prefixes.
func term(v ijson.Value, name string) ijson.Value {
	if m := v.Get(name); m.IsValid() {
		return m
	}
	prefix, local, _ := strings.Cut(name, ":")
	if prefix == "ceasn" {
		return v.Get(asnTerms + local)
	}
	return v.Get(ctdlTerms + local)
}

// class is a node's first CTDL type, with its prefix.
func class(v ijson.Value) string {
	for _, t := range v.Get("@type").Each() {
		s := t.Text()
		switch {
		case strings.HasPrefix(s, "ceterms:") || strings.HasPrefix(s, "ceasn:"):
			return s
		case strings.HasPrefix(s, ctdlTerms):
			return "ceterms:" + s[len(ctdlTerms):]
		case strings.HasPrefix(s, asnTerms):
			return "ceasn:" + s[len(asnTerms):]
		}
	}
	return ""
}

func isCTDL(root ijson.Value) bool {
	for _, n := range graphOf(root).Each() {
		if class(n) != "" {
			return true
		}
	}
	return false
}

func graphOf(root ijson.Value) ijson.Value {
	if g := root.Get("@graph"); g.IsValid() {
		return g
	}
	return root
}

// ctdlRelations are the members that relate a node to others, with the word and direction of CASE where there is one.
// Members with words of their own (broadAlignment) keep them.
var ctdlRelations = []struct {
	member, word string
	back         bool // the other node is the origin
}{
	{"ceterms:hasPart", "isPartOf", true},
	{"ceterms:isPartOf", "isPartOf", false},
	{"ceterms:hasChild", "isChildOf", true},
	{"ceterms:isChildOf", "isChildOf", false},
	{"ceasn:hasChild", "isChildOf", true},
	{"ceasn:isChildOf", "isChildOf", false},
	{"ceasn:isPartOf", "isPartOf", false},
	{"ceasn:exactAlignment", "exactMatchOf", false},
	{"ceasn:broadAlignment", "broadAlignment", false},
	{"ceasn:narrowAlignment", "narrowAlignment", false},
	{"ceasn:majorAlignment", "majorAlignment", false},
	{"ceasn:minorAlignment", "minorAlignment", false},
	{"ceasn:skillEmbodied", "skillEmbodied", false},
	{"ceasn:prerequisiteAlignment", "precedes", true},
	{"ceterms:isPreparationFor", "precedes", false},
	{"ceterms:isAdvancedStandingFor", "precedes", false},
	{"ceterms:prerequisite", "precedes", true},
	{"ceterms:precedes", "precedes", false},
	{"ceterms:precededBy", "precedes", true},
	{"ceterms:supersededBy", "replacedBy", false},
}

// ctdl reads one document.
type ctdl struct {
	out   *Framework
	nodes map[string]ijson.Value // by Key
	notes []string               // of the goal being built
	goal  string                 // its name
}

func readCTDL(root ijson.Value) (*Framework, error) {
	r := &ctdl{out: &Framework{Kind: "ctdl", ID: root.Get("@id").Text()}, nodes: map[string]ijson.Value{}}
	for _, n := range graphOf(root).Each() {
		if id := n.Get("@id").Text(); id != "" && class(n) != "" {
			r.nodes[Key(id)] = n
		}
	}
	if len(r.nodes) == 0 {
		return nil, errors.New("no node of the CTDL document has an @id")
	}
	for _, n := range graphOf(root).Each() {
		if r.nodes[Key(n.Get("@id").Text())].IsValid() {
			r.node(n)
		}
	}
	r.out.Title = cmp.Or(r.out.Title, firstName(r.out))
	return r.out, nil
}

func firstName(f *Framework) string {
	if len(f.Goals) > 0 {
		return f.Goals[0].Name
	}
	if len(f.Nodes) > 0 {
		return f.Nodes[0].Name
	}
	return ""
}

// node reads one node of the graph: frameworks and pathways are headings, organisations no business of ours.
func (r *ctdl) node(n ijson.Value) {
	id, kind := n.Get("@id").Text(), class(n)
	if kind == "ceasn:CompetencyFramework" || kind == "ceasn:Collection" {
		r.out.ID, r.out.Title = id, words(term(n, "ceasn:name"))
		return
	}
	if strings.HasSuffix(kind, "Organization") {
		return
	}
	out := Node{ID: id, Code: cmp.Or(words(term(n, "ceterms:ctid")), words(term(n, "ceterms:codedNotation")), words(term(n, "ceasn:codedNotation"))), Type: kind,
		Name:        cmp.Or(words(term(n, "ceterms:name")), words(term(n, "ceasn:competencyLabel")), words(term(n, "ceasn:competencyText"))),
		Description: cmp.Or(words(term(n, "ceterms:description")), words(term(n, "ceasn:competencyText"))), Language: words(term(n, "ceterms:inLanguage"))}
	out.Name = cmp.Or(out.Name, out.Code, id)
	if kind != "ceterms:Pathway" {
		r.out.Nodes = append(r.out.Nodes, out)
		r.relations(n, id)
	}
	r.notes, r.goal = nil, out.Name
	var req *Requirement
	switch {
	case kind == "ceterms:Pathway":
		req = r.pathway(n)
	case term(n, "ceterms:requires").IsValid() || term(n, "ceterms:hasPart").IsValid():
		req = r.credential(n)
	}
	if req != nil {
		req.ID, req.Name = id, out.Name
		r.out.Goals = append(r.out.Goals, Goal{ID: id, Code: out.Code, Name: out.Name, Description: out.Description, Requirement: req, Notes: r.notes})
	}
}

func (r *ctdl) relations(n ijson.Value, id string) {
	add := func(word, origin, destination string) {
		r.out.Associations = append(r.out.Associations, Association{Type: word, Origin: origin, Destination: destination})
	}
	for _, rel := range ctdlRelations {
		for _, other := range term(n, rel.member).Each() {
			switch to := reference(other); {
			case to == "":
			case rel.back:
				add(rel.word, to, id)
			default:
				add(rel.word, id, to)
			}
		}
	}
	// A component stands for what it is a proxy of.
	for _, of := range term(n, "ceterms:proxyFor").Each() {
		if to := reference(of); strings.Contains(to, ":") {
			add("exactMatchOf", id, to)
		}
	}
}

// credential is what a credential, programme or course asks: its requirements and its parts.
func (r *ctdl) credential(n ijson.Value) *Requirement {
	out := &Requirement{Op: All}
	for _, p := range term(n, "ceterms:requires").Each() {
		out.Of = append(out.Of, r.condition(p, true)...)
	}
	for _, p := range term(n, "ceterms:hasPart").Each() {
		out.Of = append(out.Of, r.target(p, true)...)
	}
	for _, p := range term(n, "ceterms:recommends").Each() {
		out.Of = append(out.Of, r.condition(p, false)...)
	}
	return out
}

// conditionTargets are the members by which a condition names what fulfils it.
var conditionTargets = []string{"ceterms:targetCompetency", "ceterms:targetCredential", "ceterms:targetAssessment", "ceterms:targetLearningOpportunity"}

// condition reads a ConditionProfile: everything it names, and one of its alternatives. Credits are asked of what it names.
// A condition in words only is a note: no record can show it.
func (r *ctdl) condition(p ijson.Value, essential bool) []Requirement {
	name := cmp.Or(words(term(p, "ceterms:name")), "Condition")
	out := Requirement{ID: cmp.Or(p.Get("@id").Text(), name), Name: name, Op: All}
	for _, member := range conditionTargets {
		for _, t := range term(p, member).Each() {
			out.Of = append(out.Of, r.target(t, essential)...)
		}
	}
	if credits, unit := creditValue(term(p, "ceterms:creditValue")); credits > 0 && len(out.Of) > 0 {
		out.Of = []Requirement{{ID: out.ID, Name: name, Op: Credits, Number: credits, Unit: unit, Of: out.Of}}
	}
	var alternatives []Requirement
	for _, a := range term(p, "ceterms:alternativeCondition").Each() {
		alternatives = append(alternatives, group(r.condition(a, essential), words(term(a, "ceterms:name")))...)
	}
	switch len(alternatives) {
	case 0:
	case 1:
		out.Of = append(out.Of, alternatives[0])
	default:
		out.Of = append(out.Of, Requirement{ID: out.ID + " alternatives", Name: name, Op: Any, Of: alternatives})
	}
	if len(out.Of) == 0 {
		if text := cmp.Or(words(term(p, "ceterms:condition")), words(term(p, "ceterms:description"))); text != "" {
			r.notes = append(r.notes, r.goal+" also asks, in words that no record can be compared with: "+text)
		}
		return nil
	}
	return group(out.Of, name)
}

// group is one requirement of several that all are asked; one needs no group.
func group(of []Requirement, name string) []Requirement {
	if len(of) < 2 {
		return of
	}
	return []Requirement{{ID: name, Name: name, Op: All, Of: of}}
}

func creditValue(v ijson.Value) (credits float64, unit string) {
	for _, e := range v.Each() {
		for _, name := range []string{"schema:value", "schema:minValue", "ceterms:value"} {
			if m := e.Get(name); m.Kind() == ijson.Number {
				for _, u := range term(e, "ceterms:creditUnitType").Each() {
					unit = words(term(u, "ceterms:targetNodeName"))
				}
				return m.Float(), unit
			}
		}
	}
	return 0, ""
}

// target is a leaf for a node of the graph, an alignment object, or a URI alone. An alignment without a URI names something
// that cannot be compared.
func (r *ctdl) target(t ijson.Value, essential bool) []Requirement {
	id := reference(t)
	name := words(term(t, "ceterms:targetNodeName"))
	if id == "" {
		if name != "" {
			r.notes = append(r.notes, r.goal+" also asks "+name+", which it names without an address; a name alone is never compared.")
		}
		return nil
	}
	leaf := Requirement{ID: id, Skill: id, Essential: essential, Name: name, Description: words(term(t, "ceterms:targetNodeDescription"))}
	if n, ok := r.nodes[Key(id)]; ok {
		leaf.Name = cmp.Or(words(term(n, "ceterms:name")), words(term(n, "ceasn:competencyLabel")), words(term(n, "ceasn:competencyText")), leaf.Name)
		leaf.Description = cmp.Or(leaf.Description, words(term(n, "ceterms:description")))
		if proxy := reference(term(n, "ceterms:proxyFor")); strings.Contains(proxy, ":") {
			leaf.Skill = proxy
		}
	}
	leaf.Name = cmp.Or(leaf.Name, path.Base(id))
	return []Requirement{leaf}
}

// reference is the URI of a node given whole, as an alignment object, or as its URI.
func reference(v ijson.Value) string {
	if v.Kind() == ijson.Array {
		v = v.Index(0)
	}
	if v.IsString() {
		return v.Text()
	}
	if n := term(v, "ceterms:targetNode").Text(); n != "" {
		return n
	}
	return v.Get("@id").Text()
}

// words is a text of CTDL in English, else in the first language it has; several texts of one language are joined.
func words(v ijson.Value) string {
	switch v.Kind() {
	case ijson.String:
		return v.Text()
	case ijson.Array:
		var out []string
		for e := range v.Elements() {
			if s := words(e); s != "" {
				out = append(out, s)
			}
		}
		return strings.Join(out, "; ")
	case ijson.Object:
		best := ""
		for lang, text := range v.Members() {
			if strings.HasPrefix(strings.ToLower(lang), "en") {
				return words(text)
			}
			if best == "" && !strings.HasPrefix(lang, "@") {
				best = words(text)
			}
		}
		return cmp.Or(best, v.Get("@value").Text())
	}
	return ""
}
