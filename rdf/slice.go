package rdf

import (
	"slices"
	"sync"
)

// Slice returns the quads from the i-th up to, not including, the j-th as a
// dataset of their own, those in graph g in its default graph. It shares the texts of ds, and its blank nodes have
// the labels they have there. Nothing may be added to it.
func (ds *Dataset) Slice(i, j int, g Node) *Dataset {
	part := &Dataset{}
	part.fill(ds, i, j, g)
	return part
}

// slicePool keeps the memory of those that SliceSum makes.
var slicePool = sync.Pool{New: func() any { return &Dataset{} }}

// SliceSum returns the hash of the canonical form of a [Dataset.Slice].
func (ds *Dataset) SliceSum(i, j int, g Node, opts *CanonicalOptions) ([]byte, error) {
	part := slicePool.Get().(*Dataset)
	part.fill(ds, i, j, g)
	sum, err := part.canonicalSum(opts, ds, i)
	clear(part.labels) // which may be pieces of a document
	*part = Dataset{quads: part.quads[:0], nodes: part.nodes[:0], labels: part.labels[:0], origin: part.origin[:0]}
	if cap(part.quads) <= maxKeptQuads {
		slicePool.Put(part)
	}
	return sum, err
}

// fill makes an empty dataset a slice of another.
func (part *Dataset) fill(ds *Dataset, i, j int, g Node) {
	part.src, part.arena, part.vocabulary, part.byName = ds.src, ds.arena, ds.vocabulary, ds.byName
	if ds.origin == nil {
		ds.firsts.expect(len(ds.labels))
	}
	part.quads = slices.Grow(part.quads, j-i)
	part.nodes = append(slices.Grow(part.nodes, (j-i)/2+2), node{})
	if part.origin == nil {
		part.origin = []uint32{}
	}
	scratch := sliceScratch.Get().(*nodeSet)
	scratch.reset(len(ds.nodes))
	for _, q := range ds.quads[i:j] {
		q.s = part.take(ds, q.s, scratch)
		if q.g == uint32(g) {
			part.moved = part.moved || g != 0
			q.g = 0
		} else if q.g != 0 {
			q.g = part.take(ds, q.g, scratch)
		}
		if q.kind == objectNode {
			q.off = part.take(ds, q.off, scratch)
		}
		part.quads = append(part.quads, q)
	}
	sliceScratch.Put(scratch)
}

// take returns the node of part for a node of the whole dataset.
func (part *Dataset) take(whole *Dataset, n uint32, seen *nodeSet) uint32 {
	local, isNew := seen.add(n)
	if !isNew {
		return local
	}
	nd := whole.nodes[n]
	if nd.n == blankNode {
		number := nd.off
		if whole.origin != nil {
			number = whole.origin[number]
		}
		part.origin = append(part.origin, number)
		part.labels = append(part.labels, whole.labels[nd.off])
		nd.off = uint32(len(part.labels) - 1)
	}
	part.nodes = append(part.nodes, nd)
	return local
}

// nodeSet numbers nodes from 1 in the order they are added. It needs no
// clearing: an entry counts only if the list points back.
type nodeSet struct {
	at   []uint32
	list []uint32
}

var sliceScratch = sync.Pool{New: func() any { return &nodeSet{} }}

func (s *nodeSet) reset(nodes int) {
	if len(s.at) < nodes {
		s.at = make([]uint32, nodes)
	}
	s.list = append(s.list[:0], 0)
}

func (s *nodeSet) add(n uint32) (local uint32, isNew bool) {
	if at := s.at[n]; at > 0 && int(at) < len(s.list) && s.list[at] == n {
		return at, false
	}
	s.at[n] = uint32(len(s.list))
	s.list = append(s.list, n)
	return s.at[n], true
}

// Exchange gives literals other texts: those whose text is a key of texts, which is told by its place and not by its
// letters. It returns how many there were. Slices keep what they have.
func (ds *Dataset) Exchange(texts map[Text]Text) int {
	count, shortest, longest := 0, ^uint32(0), uint32(0)
	for old := range texts {
		shortest, longest = min(shortest, old.n), max(longest, old.n)
	}
	for i := range ds.quads {
		q := &ds.quads[i]
		if q.n < shortest || q.n > longest || q.kind >= objectNode {
			continue
		}
		if with, ok := texts[Text{q.off, q.n}]; ok {
			q.off, q.n = with.off, with.n
			count++
			ds.sorted.forgetAround(uint32(i))
			ds.firsts.forgetNode(ds, q.s)
			ds.firsts.forgetNode(ds, q.g)
		}
	}
	return count
}
