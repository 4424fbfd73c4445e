package rdf

import "sync"

// Slice returns the quads from the i-th up to, not including, the j-th as a
// dataset of their own, those in graph g in its default graph. It shares the texts of ds, and its blank nodes have
// the labels they have there. Nothing may be added to it.
func (ds *Dataset) Slice(i, j int, g Node) *Dataset {
	part := &Dataset{src: ds.src, arena: ds.arena, vocabulary: ds.vocabulary, byName: ds.byName}
	part.quads = make([]quad, j-i)
	part.nodes = make([]node, 1, (j-i)/2+2)
	part.origin = []uint32{}
	scratch := sliceScratch.Get().(*nodeSet)
	scratch.reset(len(ds.nodes))
	for k, q := range ds.quads[i:j] {
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
		part.quads[k] = q
	}
	sliceScratch.Put(scratch)
	return part
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
