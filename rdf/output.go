package rdf

import (
	"crypto"
	"io"
	"slices"
	"strconv"
	"strings"
)

// finish sorts the quads under their canonical names.
func (c *canonicalizer) finish() *Canonical {
	ds := c.ds
	names := make([]string, len(ds.labels))
	for b, id := range c.issued {
		if id != unissued {
			names[b] = "_:c14n" + strconv.Itoa(int(id))
		}
	}
	subjects := make([]uint32, 0, len(ds.nodes))
	for n := range ds.nodes {
		if c.start[n] < c.start[n+1] {
			subjects = append(subjects, uint32(n))
		}
	}
	slices.SortFunc(subjects, func(a, b uint32) int { return c.compareNodes(a, b, names) })
	order := make([]uint32, 0, len(c.order))
	for _, s := range subjects {
		from := len(order)
		order = append(order, c.order[c.start[s]:c.start[s+1]]...)
		c.sortQuads(order[from:], names)
	}
	return &Canonical{ds: ds, order: order, names: names}
}

// streamBuffer is how much of the canonical form is kept before it goes to
// the hash: small enough for the cache.
const streamBuffer = 16 << 10

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
	buf := make([]byte, 0, streamBuffer+1024)
	for i, q := range c.order {
		buf = c.ds.appendQuad(buf, &c.ds.quads[q], c.names)
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
	m := make(map[string]string, len(c.names))
	for b, name := range c.names {
		if name != "" { // it is for a node that no quad knows
			m[c.ds.label(uint32(b))] = name[2:]
		}
	}
	return m
}
