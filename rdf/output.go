package rdf

import (
	"cmp"
	"crypto"
	"encoding/binary"
	"io"
	"slices"
	"strings"
	"sync"
)

// finish sorts the quads under their canonical names.
func (c *canonicalizer) finish() *Canonical {
	result := &Canonical{ds: c.ds, order: make([]uint32, 0, len(c.order))}
	c.name(&result.names)
	c.eachSubject(func(n uint32) { result.order = c.appendSubject(result.order, n) })
	return result
}

// sum writes the canonical form into the hash.
func (c *canonicalizer) sum() []byte {
	kept := streamBuffers.Get().(*[]byte)
	buf := (*kept)[:0]
	d := c.hash.New()
	c.name(&c.names)
	c.eachSubject(func(n uint32) {
		c.next = c.appendSubject(c.next[:0], n)
		for _, q := range c.next {
			buf = c.ds.appendQuad(buf, &c.ds.quads[q], &c.names)
			if len(buf) >= streamBuffer {
				d.Write(buf) // a hash does not fail
				buf = buf[:0]
			}
		}
	})
	d.Write(buf)
	*kept = buf
	streamBuffers.Put(kept)
	return d.Sum(nil)
}

// appendSubject appends the quads of a subject. Those without blank nodes
// are in order already.
func (c *canonicalizer) appendSubject(order []uint32, n uint32) []uint32 {
	part := c.order[c.start[n]:c.start[n+1]]
	from := len(order)
	order = append(order, part...)
	blanks := 0
	for _, i := range part {
		if q := &c.ds.quads[i]; q.kind == objectNode || q.g != 0 {
			blanks++
		}
	}
	if blanks > 1 {
		c.sortQuads(order[from:])
	}
	return order
}

// name writes the issued identifiers, and has blank nodes sorted by them from now on.
func (c *canonicalizer) name(names *nameList) {
	names.end = slices.Grow(names.end[:0], len(c.issued))
	names.text = slices.Grow(names.text[:0], 12*len(c.issued))
	for _, id := range c.issued {
		if id != unissued {
			names.text = appendID(names.text, "_:c14n", id)
		}
		names.end = append(names.end, uint32(len(names.text)))
	}
	c.place = sized(c.place, int(c.count))
	place := uint32(0)
	eachDecimal(int(c.count), func(id int) {
		c.place[id] = place
		place++
	})
	c.named = true
}

// nameList is what blank nodes are called, by their numbers: pieces of one text.
type nameList struct {
	text []byte
	end  []uint32
}

func (l *nameList) of(blank uint32) []byte {
	if blank == 0 {
		return l.text[:l.end[0]]
	}
	return l.text[l.end[blank-1]:l.end[blank]]
}

// subjectKey is a subject with the start of what its lines begin with.
type subjectKey struct {
	start [3]uint64
	node  uint32
}

// eachSubject calls f for the nodes that are subjects, in the order of their
// lines: "<" comes before "_".
func (c *canonicalizer) eachSubject(f func(node uint32)) {
	c.keys, c.byID = c.keys[:0], sized(c.byID, int(c.count))
	for n, nd := range c.ds.nodes {
		switch {
		case c.start[n] == c.start[n+1]:
		case nd.n == blankNode:
			c.byID[c.issued[nd.off]] = uint32(n)
		default:
			text := c.ds.bytes(nd.off, nd.n)
			var start [24]byte
			if k := copy(start[:], text); k < len(start) {
				start[k] = '>'
			}
			c.keys = append(c.keys, subjectKey{[3]uint64{binary.BigEndian.Uint64(start[:]), binary.BigEndian.Uint64(start[8:]), binary.BigEndian.Uint64(start[16:])}, uint32(n)})
		}
	}
	slices.SortFunc(c.keys, func(a, b subjectKey) int {
		for i := range a.start {
			if a.start[i] != b.start[i] {
				return cmp.Compare(a.start[i], b.start[i])
			}
		}
		return c.compareNodes(a.node, b.node)
	})
	for _, k := range c.keys {
		f(k.node)
	}
	eachDecimal(len(c.byID), func(i int) {
		if c.byID[i] != 0 {
			f(c.byID[i])
		}
	})
}

// eachDecimal calls f for the numbers below n in the order of their decimal
// texts: 0, 1, 10, 11, …, 2, 20, …
func eachDecimal(n int, f func(int)) {
	if n > 0 {
		f(0)
	}
	for i, count := 1, 1; count < n; count++ {
		f(i)
		switch {
		case i*10 < n:
			i *= 10
		default:
			for i%10 == 9 || i+1 >= n {
				i /= 10
			}
			i++
		}
	}
}

// streamBuffer is how much of the canonical form is kept before it goes to
// the hash: small enough for the cache.
const streamBuffer = 16 << 10

var streamBuffers = sync.Pool{New: func() any { b := make([]byte, 0, streamBuffer+2048); return &b }}

// Len returns the number of distinct quads.
func (c *Canonical) Len() int { return len(c.order) }

// NQuads returns the canonical N-Quads document.
func (c *Canonical) NQuads() []byte {
	var sb byteWriter
	c.WriteTo(&sb) // a byteWriter does not fail
	return sb
}

type byteWriter []byte

func (w *byteWriter) Write(p []byte) (int, error) {
	*w = append(*w, p...)
	return len(p), nil
}

var _ io.WriterTo = (*Canonical)(nil)

// WriteTo writes the canonical N-Quads document.
func (c *Canonical) WriteTo(w io.Writer) (n int64, err error) {
	kept := streamBuffers.Get().(*[]byte)
	buf := (*kept)[:0]
	defer func() {
		*kept = buf
		streamBuffers.Put(kept)
	}()
	for i, q := range c.order {
		buf = c.ds.appendQuad(buf, &c.ds.quads[q], &c.names)
		if len(buf) < streamBuffer && i < len(c.order)-1 {
			continue
		}
		k, err := w.Write(buf)
		n += int64(k)
		if err != nil {
			return n, err
		}
		buf = buf[:0]
	}
	return n, nil
}

// Lines returns the lines of the canonical document, each with its line
// feed.
func (c *Canonical) Lines() []string {
	return strings.SplitAfter(strings.TrimSuffix(string(c.NQuads()), "\n")+"\n", "\n")[:len(c.order)]
}

// Sum returns the hash of the canonical document.
func (c *Canonical) Sum(h crypto.Hash) []byte {
	d := h.New()
	c.WriteTo(d) // a hash does not fail
	return d.Sum(nil)
}

// Labels returns the issued identifiers map: the canonical identifier
// (c14n0, c14n1, …) by the label a blank node had in the dataset.
func (c *Canonical) Labels() map[string]string {
	m := make(map[string]string, len(c.names.end))
	for b := range c.names.end {
		if name := c.names.of(uint32(b)); len(name) > 0 { // else it is for a node that no quad knows
			m[c.ds.label(uint32(b))] = string(name[2:])
		}
	}
	return m
}
