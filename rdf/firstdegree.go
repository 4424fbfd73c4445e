package rdf

import (
	"bytes"
	"slices"
	"sync"
)

// firstHashes are first-degree hashes that were found for the blank nodes of
// slices. The whole dataset takes over those of blank nodes that are in no quad
// outside of the slice, for the hash depends on nothing else.
type firstHashes struct {
	mu       sync.Mutex
	blanks   int      // of the whole dataset, when the last slice was taken
	size     int      // of a hash; the function of the last slice counts
	hashes   []byte   // by blank node number in the whole dataset
	mentions []uint32 // how many quads the hash was made of
}

func (f *firstHashes) forget() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hashes, f.mentions = nil, nil
}

// forgetNode forgets the hash of a node of the whole dataset, of which a quad has changed.
func (f *firstHashes) forgetNode(ds *Dataset, n uint32) {
	nd := ds.nodes[n]
	if n == 0 || nd.n != blankNode {
		return
	}
	number := nd.off
	if ds.origin != nil {
		number = ds.origin[number]
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if int(number) < len(f.mentions) {
		f.mentions[number] = 0
	}
}

// expect is told how many blank nodes the whole dataset has.
func (f *firstHashes) expect(blanks int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.blanks = max(f.blanks, blanks)
}

// remember takes what was found for a slice.
func (f *firstHashes) remember(c *canonicalizer) {
	if c.ds.origin == nil || c.ds.moved || len(c.ds.origin) == 0 {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.size != c.size {
		f.size, f.hashes, f.mentions = c.size, nil, nil
	}
	if n := max(f.blanks, int(slices.Max(c.ds.origin))+1); n > len(f.mentions) {
		f.mentions = append(f.mentions, make([]uint32, n-len(f.mentions))...)
		f.hashes = append(f.hashes, make([]byte, n*f.size-len(f.hashes))...)
	}
	for i, b := range c.ds.origin {
		f.mentions[b] = c.mentionStart[i+1] - c.mentionStart[i]
		copy(f.hashes[int(b)*f.size:], c.firstHash(uint32(i)))
	}
}

// recall gives the whole dataset what its slices know.
func (f *firstHashes) recall(c *canonicalizer) {
	if c.ds.origin != nil {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.size != c.size {
		return
	}
	for b, n := range f.mentions {
		if n > 0 && n == c.mentionStart[b+1]-c.mentionStart[b] {
			copy(c.firstHash(uint32(b)), f.hashes[b*f.size:(b+1)*f.size])
			c.known[b] = true
		}
	}
}

// collectMentions lists for each blank node the quads it is part of.
func (c *canonicalizer) collectMentions() {
	start := c.mentionStart
	c.eachMention(func(b, _ uint32) { start[b+2]++ })
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	c.mentions = sized(c.mentions, int(start[len(start)-1]))
	c.eachMention(func(b, q uint32) {
		c.mentions[start[b+1]] = q
		start[b+1]++
	})
}

func (c *canonicalizer) eachMention(f func(blank, quad uint32)) {
	nodes := c.ds.nodes
	for _, i := range c.order {
		q := &c.ds.quads[i]
		s, o, g := c.blankOf(nodes, q)
		if s != unissued {
			f(s, i)
		}
		if o != unissued && o != s {
			f(o, i)
		}
		if g != unissued && g != s && g != o {
			f(g, i)
		}
	}
}

// blankOf returns the numbers of the blank nodes of a quad, or unissued.
func (c *canonicalizer) blankOf(nodes []node, q *quad) (s, o, g uint32) {
	s, o, g = unissued, unissued, unissued
	if nd := nodes[q.s]; nd.n == blankNode {
		s = nd.off
	}
	if q.kind == objectNode {
		o = nodes[q.off].off
	}
	if q.g != 0 {
		if nd := nodes[q.g]; nd.n == blankNode {
			g = nd.off
		}
	}
	return s, o, g
}

// hashFirstDegree is Hash First Degree Quads (section 4.6). It writes the
// lines nearly in their order: those that begin with < before those with _:a
// and those with _:z.
func (c *canonicalizer) hashFirstDegree(b uint32) {
	c.buf, c.ends = c.buf[:0], c.ends[:0]
	mentions := c.mentions[c.mentionStart[b]:c.mentionStart[b+1]]
	own, others := false, false
	for _, i := range mentions {
		q := &c.ds.quads[i]
		switch nd := c.ds.nodes[q.s]; {
		case nd.n != blankNode:
			c.buf = c.appendMasked(c.buf, q, b)
			c.ends = append(c.ends, len(c.buf))
		case nd.off == b:
			own = true
		default:
			others = true
		}
	}
	if own {
		c.appendMentions(mentions, b, true)
	}
	if others {
		c.appendMentions(mentions, b, false)
	}
	sum := c.digest(c.inOrder())
	copy(c.firstHash(b), sum[:])
}

// appendMentions appends the lines whose subject is b, or is another blank node.
func (c *canonicalizer) appendMentions(mentions []uint32, b uint32, own bool) {
	for _, i := range mentions {
		q := &c.ds.quads[i]
		if nd := c.ds.nodes[q.s]; nd.n == blankNode && (nd.off == b) == own {
			c.buf = c.appendMasked(c.buf, q, b)
			c.ends = append(c.ends, len(c.buf))
		}
	}
}

// inOrder returns the lines in c.buf sorted and joined.
func (c *canonicalizer) inOrder() []byte {
	lines, begin, sorted := c.lines[:0], 0, true
	for k, end := range c.ends {
		lines = append(lines, c.buf[begin:end])
		begin = end
		sorted = sorted && (k == 0 || bytes.Compare(lines[k-1], lines[k]) <= 0)
	}
	c.lines = lines
	if sorted {
		return c.buf
	}
	slices.SortFunc(lines, bytes.Compare)
	n := len(c.buf)
	for _, l := range lines { // which still stand where they were if c.buf moves
		c.buf = append(c.buf, l...)
	}
	return c.buf[n:]
}

// appendMasked appends a quad with _:a for b and _:z for other blank nodes.
func (c *canonicalizer) appendMasked(dst []byte, q *quad, b uint32) []byte {
	ds := c.ds
	dst = c.appendMaskedNode(dst, q.s, b)
	dst = append(dst, " <"...)
	dst = append(dst, ds.preds[q.p]...)
	dst = append(dst, "> "...)
	switch q.kind {
	case objectNode:
		dst = c.appendMaskedNode(dst, q.off, b)
	case objectIRI:
		dst = append(dst, '<')
		dst = append(dst, ds.bytes(q.off, q.n)...)
		dst = append(dst, '>')
	default:
		dst = append(dst, '"')
		dst = append(dst, ds.bytes(q.off, q.n)...)
		dst = append(dst, '"')
		if q.kind != 0 {
			dst = append(dst, ds.suffixes[q.kind]...)
		}
	}
	if q.g != 0 {
		dst = append(dst, ' ')
		dst = c.appendMaskedNode(dst, q.g, b)
	}
	return append(dst, " .\n"...)
}

func (c *canonicalizer) appendMaskedNode(dst []byte, n, b uint32) []byte {
	nd := c.ds.nodes[n]
	switch {
	case nd.n != blankNode:
		dst = append(dst, '<')
		dst = append(dst, c.ds.bytes(nd.off, nd.n)...)
		return append(dst, '>')
	case nd.off == b:
		return append(dst, "_:a"...)
	}
	return append(dst, "_:z"...)
}
