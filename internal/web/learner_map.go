package web

import (
	"cmp"
	"fmt"
	"html/template"
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/render"
)

// MyMap is how the things of a record hang together: from what was done, through what it shows, to the programme that it
// belongs to. The picture says nothing that the lists do not say.
type MyMap struct {
	Shell
	Picture    template.HTML // "" when there is nothing to draw, or too much to be read
	Programmes []MapNode     // with what belongs to them
	Others     []MapNode     // what belongs to no programme, with what it shows
}

// MapNode is one thing and what hangs on it, each kind of relation once.
type MapNode struct {
	ItemLink
	Column int // 0: what was done; 1: what it shows; 2: where it belongs
	Says   []MapSays
	Parts  []MapNode // of a programme
}

// MapSays is one kind of relation and all it leads to.
type MapSays struct {
	Words string
	To    []ItemLink
}

// drawn bounds the picture: a map of more nodes is a tangle, and its lists are the better answer.
const drawn = 40

// related reports whether anything in a record relates to anything.
func related(rec *render.Record) bool {
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			if slices.ContainsFunc(g.Lines, func(l render.Line) bool { return len(l.Relations)+len(l.Skills) > 0 }) {
				return true
			}
		}
	}
	return false
}

func myMap(c *call) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyMap{}
	if rec := c.everything(mine); rec != nil {
		m := newAtlas(rec, itemPages(rec, mine), func(id string) string { return c.words.Or("relation."+id, id) }, c.t("map.shows"))
		p.Programmes, p.Others = m.lists()
		p.Picture = m.draw(c.t("map.alt"), c.words.Dir == "rtl")
	}
	p.Title, p.NoIndex = c.t("map.title"), true
	return c.show(http.StatusOK, p)
}

// atlas is the graph behind the map. Relations may run in circles; every node stands in it once.
type atlas struct {
	nodes []*mapped
	at    map[string]*mapped
	lines []mapLine
}

type mapped struct {
	key string
	MapNode
	programme []*mapped
}

type mapLine struct {
	from, to *mapped
}

// belongs are the relations that lead to a whole; includes are their other direction, which says nothing new.
var (
	belongs  = []string{"isPartOf", "isChildOf"}
	includes = []string{"includes", "isParentOf"}
)

func newAtlas(rec *render.Record, hrefs map[string]string, say func(string) string, shows string) *atlas {
	a := &atlas{at: map[string]*mapped{}}
	for _, s := range rec.Sections {
		column := 0
		switch s.Kind {
		case "skills":
			column = 1
		case "degrees":
			column = 2
		}
		for _, g := range s.Groups {
			for i := range g.Lines {
				l := &g.Lines[i]
				a.node("line "+l.Anchor, l.Name, hrefs[l.Anchor], column)
			}
		}
	}
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for i := range g.Lines {
				a.relate(&g.Lines[i], say, shows)
			}
		}
	}
	return a
}

func (a *atlas) node(key, name, href string, column int) *mapped {
	n := a.at[key]
	if n == nil {
		n = &mapped{key: key, MapNode: MapNode{ItemLink: ItemLink{name, href}, Column: column}}
		a.at[key] = n
		a.nodes = append(a.nodes, n)
	}
	return n
}

// relate adds what one line says about others.
func (a *atlas) relate(l *render.Line, say func(string) string, shows string) {
	from := a.at["line "+l.Anchor]
	for _, r := range l.Relations {
		if r.Kind == "unresolved" {
			continue
		}
		key, column := "line "+r.Target.Anchor, 1
		if r.Target.Anchor == "" {
			if key = "name " + r.Target.Name; slices.Contains(belongs, r.Kind) {
				column = 2
			}
		}
		to := a.node(key, r.Target.Name, "", column)
		from.says(say(r.Kind), to.ItemLink)
		switch {
		case slices.Contains(belongs, r.Kind) && from != to:
			from.programme = append(from.programme, to)
			a.lines = append(a.lines, mapLine{from, to})
		case slices.Contains(includes, r.Kind) && r.Target.Anchor != "":
			// its other end says so
		default:
			a.lines = append(a.lines, mapLine{from, to})
		}
	}
	for _, s := range l.Skills {
		to := a.node("skill "+cmp.Or(s.URL, s.Framework+"\x00"+s.Name), s.Name, s.Href, 1)
		name := s.Name
		if s.Level != "" {
			name += " (" + s.Level + ")"
		}
		if from.says(shows, ItemLink{name, s.Href}) {
			a.lines = append(a.lines, mapLine{from, to})
		}
	}
}

// says adds a target to a sentence, once.
func (n *mapped) says(words string, to ItemLink) bool {
	i := slices.IndexFunc(n.Says, func(s MapSays) bool { return s.Words == words })
	if i < 0 {
		n.Says, i = append(n.Says, MapSays{Words: words}), len(n.Says)
	}
	if slices.Contains(n.Says[i].To, to) {
		return false
	}
	n.Says[i].To = append(n.Says[i].To, to)
	return true
}

// lists are the map in words: wholes with their parts, and then what belongs to none and says something.
func (a *atlas) lists() (programmes, others []MapNode) {
	whole := map[*mapped][]MapNode{}
	var order []*mapped
	for _, n := range a.nodes {
		for i, w := range n.programme {
			if slices.Contains(n.programme[:i], w) {
				continue
			}
			if whole[w] == nil {
				order = append(order, w)
			}
			whole[w] = append(whole[w], n.MapNode)
		}
	}
	for _, w := range order {
		node := w.MapNode
		node.Says, node.Parts = nil, whole[w]
		programmes = append(programmes, node)
	}
	for _, n := range a.nodes {
		if len(n.programme) == 0 && whole[n] == nil && len(n.Says) > 0 {
			others = append(others, n.MapNode)
		}
	}
	return programmes, others
}

// Sizes of the picture, in its own units.
const (
	mapWide, mapRow, mapColumn, mapBox, mapTop = 900, 40, 330, 240, 8
	mapName                                    = 34 // characters that fit a box
)

// draw sets the nodes into three columns and joins them. Mirrored, the columns run from right to left.
func (a *atlas) draw(alt string, mirrored bool) template.HTML {
	joined := map[*mapped]bool{}
	for _, l := range a.lines {
		joined[l.from], joined[l.to] = true, true
	}
	if len(joined) == 0 || len(joined) > drawn {
		return ""
	}
	var rows [3]int
	place := map[*mapped][2]int{}
	for _, n := range a.nodes {
		if joined[n] {
			x := n.Column * mapColumn
			if mirrored {
				x = mapWide - mapBox - x
			}
			place[n] = [2]int{x, mapTop + rows[n.Column]*mapRow}
			rows[n.Column]++
		}
	}
	tall := 2*mapTop + max(rows[0], rows[1], rows[2])*mapRow
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="atlas" role="img" aria-label="%s" viewBox="0 0 %d %d">`, template.HTMLEscapeString(alt), mapWide, tall)
	for _, l := range a.lines {
		p, q := place[l.from], place[l.to]
		if p[0] == q[0] {
			x := p[0] + mapBox // beside each other: a bow at their edge
			fmt.Fprintf(&b, `<path d="M%d %dC%d %d %d %d %d %d"/>`, x, p[1]+16, x+30, p[1]+16, x+30, q[1]+16, x, q[1]+16)
			continue
		}
		if p[0] > q[0] {
			p, q = q, p
		}
		x, y := p[0]+mapBox, q[0]
		fmt.Fprintf(&b, `<path d="M%d %dC%d %d %d %d %d %d"/>`, x, p[1]+16, (x+y)/2, p[1]+16, (x+y)/2, q[1]+16, y, q[1]+16)
	}
	for _, n := range a.nodes {
		if at, ok := place[n]; ok {
			name := []rune(n.Name)
			if len(name) > mapName {
				name = append(name[:mapName-1:mapName-1], '…')
			}
			fmt.Fprintf(&b, `<g class="c%d"><rect x="%d" y="%d" width="%d" height="32" rx="4"/><text x="%d" y="%d" text-anchor="middle">%s</text></g>`,
				n.Column, at[0], at[1], mapBox, at[0]+mapBox/2, at[1]+21, template.HTMLEscapeString(string(name)))
		}
	}
	b.WriteString("</svg>")
	return template.HTML(b.String()) // numbers, and text that is escaped
}
