package rdf

import (
	"bytes"
	"slices"
)

// collectMentions lists for each blank node the quads it is part of.
func (c *canonicalizer) collectMentions() {
	start := make([]uint32, len(c.ds.labels)+2)
	c.eachMention(func(b, _ uint32) { start[b+2]++ })
	for i := 2; i < len(start); i++ {
		start[i] += start[i-1]
	}
	c.mentions = make([]uint32, start[len(start)-1])
	c.eachMention(func(b, q uint32) {
		c.mentions[start[b+1]] = q
		start[b+1]++
	})
	c.mentionStart = start
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

// hashFirstDegree is Hash First Degree Quads (section 4.6).
func (c *canonicalizer) hashFirstDegree(b uint32) {
	c.buf = c.buf[:0]
	var ends [32]int
	offs := ends[:0]
	for _, i := range c.mentions[c.mentionStart[b]:c.mentionStart[b+1]] {
		c.buf = c.appendMasked(c.buf, &c.ds.quads[i], b)
		offs = append(offs, len(c.buf))
	}
	c.lines = c.lines[:0]
	begin, sorted := 0, true
	for k, end := range offs {
		c.lines = append(c.lines, c.buf[begin:end])
		begin = end
		if k > 0 && bytes.Compare(c.lines[k-1], c.lines[k]) > 0 {
			sorted = false
		}
	}
	joined := c.buf
	if !sorted {
		slices.SortFunc(c.lines, bytes.Compare)
		n := len(c.buf)
		for _, l := range c.lines {
			c.buf = append(c.buf, l...)
		}
		joined = c.buf[n:]
	}
	sum := c.digest(joined)
	copy(c.firstHash(b), sum[:])
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
