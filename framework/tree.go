package framework

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"strings"
)

// Branch is a node with what is below it.
type Branch struct {
	Node   Node
	Below  []*Branch
	Hidden int // parts that are left out: the tree was full, or too deep
}

// maxDepth is how deep a tree is shown: O*NET has four levels, ESCO five, school standards up to eight.
const maxDepth = 12

// Tree arranges the nodes as the source has them, at most limit of them: the whole framework, or what is below the node at.
// A node that is part of several stands below the first of them; nodes that are part of one another in a circle begin where
// the source names the first.
func (f *Framework) Tree(at string, limit int) []*Branch {
	nodes, below, child := map[string]Node{}, map[string][]string{}, map[string]bool{}
	for _, n := range f.Nodes {
		nodes[Key(n.ID)] = n
	}
	for _, a := range f.Associations {
		part, whole, ok := a.part()
		if !ok {
			continue
		}
		p, w := Key(part), Key(whole)
		_, partIn := nodes[p]
		_, wholeIn := nodes[w]
		if partIn && wholeIn && p != w {
			below[w] = append(below[w], p)
			child[p] = true
		}
	}
	type open struct {
		branch *Branch
		depth  int
	}
	var roots []*Branch
	var queue []open
	seen := map[string]bool{}
	plant := func(key string) {
		if _, ok := nodes[key]; ok && !seen[key] && limit > 0 {
			limit--
			seen[key] = true
			b := &Branch{Node: nodes[key]}
			roots, queue = append(roots, b), append(queue, open{b, 1})
		}
	}
	grow := func() {
		for ; len(queue) > 0; queue = queue[1:] {
			o := queue[0]
			for _, k := range below[Key(o.branch.Node.ID)] {
				switch {
				case seen[k]:
				case limit <= 0 || o.depth >= maxDepth:
					o.branch.Hidden++
				default:
					limit--
					seen[k] = true
					b := &Branch{Node: nodes[k]}
					o.branch.Below = append(o.branch.Below, b)
					queue = append(queue, open{b, o.depth + 1})
				}
			}
		}
	}
	if at != "" {
		plant(Key(at))
		grow()
		return roots
	}
	for _, n := range f.Nodes {
		if k := Key(n.ID); !child[k] {
			plant(k)
		}
	}
	grow()
	for _, n := range f.Nodes { // circles have no beginning
		plant(Key(n.ID))
		grow()
	}
	return roots
}

// Above gives the nodes that a node is part of, nearest first.
func (f *Framework) Above(node string) []Node {
	nodes, whole := map[string]Node{}, map[string]string{}
	for _, n := range f.Nodes {
		nodes[Key(n.ID)] = n
	}
	for _, a := range f.Associations {
		if p, w, ok := a.part(); ok {
			if _, known := nodes[Key(w)]; known && whole[Key(p)] == "" {
				whole[Key(p)] = Key(w)
			}
		}
	}
	var out []Node
	seen := map[string]bool{Key(node): true}
	for k := whole[Key(node)]; k != "" && !seen[k]; k = whole[k] {
		seen[k] = true
		out = append(out, nodes[k])
	}
	return out
}

// ItemID is a node's identifier as CASE wants one: the UUID that its URI carries, else one made from the URI (RFC 9562,
// UUIDv8), always the same.
func ItemID(uri string) string {
	key := Key(uri)
	if id, ok := strings.CutPrefix(key, "urn:uuid:"); ok {
		return id
	}
	if id, ok := strings.CutPrefix(key, "urn:ctid:ce-"); ok {
		return id
	}
	sum := sha256.Sum256([]byte(key))
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// Item finds a node by its ItemID.
func (f *Framework) Item(id string) (Node, bool) {
	for _, n := range f.Nodes {
		if strings.EqualFold(ItemID(n.ID), id) {
			return n, true
		}
	}
	return Node{}, false
}

// Search finds nodes whose code, name or description holds all words, codes and names that begin with them first.
func (f *Framework) Search(text string, limit int) []Node {
	words := strings.Fields(strings.ToLower(text))
	var first, rest []Node
	for _, n := range f.Nodes {
		code, name := strings.ToLower(n.Code), strings.ToLower(n.Name)
		all := code + " " + name + " " + strings.ToLower(n.Description)
		if len(words) == 0 || f.isLevel[Key(n.ID)] || !containsAll(all, words) {
			continue
		}
		if strings.HasPrefix(code, words[0]) || strings.HasPrefix(name, words[0]) {
			first = append(first, n)
		} else {
			rest = append(rest, n)
		}
		if len(first) >= limit {
			break
		}
	}
	out := append(first, rest...)
	return out[:min(len(out), limit)]
}

func containsAll(s string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(s, w) {
			return false
		}
	}
	return true
}

// TargetType is the word by which an alignment says what kind of node this is (Open Badges 3.0, AlignmentTargetType), ""
// where the standard has none.
func (f *Framework) TargetType(n Node) string {
	switch {
	case f.Kind == "case":
		return "CFItem"
	case f.Kind == "ctdl" && strings.HasPrefix(n.Type, "ceasn:"):
		return "ceasn:Competency"
	case f.Kind == "ctdl":
		return "CTDL"
	}
	return ""
}

// label is what a node is called where its name is needed.
func (n Node) label() string { return cmp.Or(n.Name, n.Description, n.Code, n.ID) }
