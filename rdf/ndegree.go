package rdf

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"slices"
	"strconv"
)

// Costs of the parts of Hash N-Degree Quads, in units of about a
// nanosecond, charged against CanonicalOptions.MaxWork.
const (
	costCall        = 100 // a call
	costMention     = 20  // a quad looked at
	costHash        = 150 // a hash, besides its bytes
	costByte        = 1   // a byte hashed or of a path
	costPermutation = 30  // starting a permutation
	costIssue       = 5   // an identifier issued, copied or taken back
)

// tempIssuer issues identifiers _:b0, _:b1, … to blank nodes while one path
// is tried. The algorithm copies issuers; here there is one whose additions
// are taken back, which comes to the same at the cost of the additions.
type tempIssuer struct {
	id    []uint32 // by blank node number, or unissued
	order []uint32
}

func (t *tempIssuer) issue(b uint32) {
	if t.id[b] == unissued {
		t.id[b] = uint32(len(t.order))
		t.order = append(t.order, b)
	}
}

// truncate takes back what was issued after the first n.
func (t *tempIssuer) truncate(n int) {
	for _, b := range t.order[n:] {
		t.id[b] = unissued
	}
	t.order = t.order[:n]
}

// digest is a hash, of at most SHA-384's length.
type digest [48]byte

// related is a blank node that shares a quad with the one that is looked at,
// by its related hash: an entry of the map Hn.
type related struct {
	hash digest
	node uint32
}

// ndegree is the memory of Hash N-Degree Quads: stacks that the calls push
// to and truncate.
type ndegree struct {
	temp  tempIssuer
	hn    []related
	nodes []uint32
	text  []byte
}

// ndegreeResult is what one tied blank node leads to.
type ndegreeResult struct {
	hash   digest
	issued []uint32
}

// issueTied issues identifiers to blank nodes that share a first-degree
// hash (step 5 of the algorithm).
func (c *canonicalizer) issueTied(group []uint32) error {
	if c.isolated(group[0]) {
		// Nodes that touch no other blank node and have the same
		// first-degree hash say the same: any order gives the same dataset.
		for _, b := range group {
			c.issue(b)
		}
		return nil
	}
	if c.temp.id == nil {
		c.temp.id = make([]uint32, len(c.issued))
		for i := range c.temp.id {
			c.temp.id[i] = unissued
		}
	}
	results := make([]ndegreeResult, 0, len(group))
	for _, b := range group {
		if c.issued[b] != unissued {
			continue
		}
		c.temp.issue(b)
		hash, err := c.hashNDegree(b)
		if err == nil {
			err = c.charge(costIssue * len(c.temp.order))
		}
		if err != nil {
			return err
		}
		results = append(results, ndegreeResult{hash, slices.Clone(c.temp.order)})
		c.temp.truncate(0)
	}
	slices.SortStableFunc(results, func(a, b ndegreeResult) int { return bytes.Compare(a.hash[:], b.hash[:]) })
	for _, r := range results {
		for _, b := range r.issued {
			c.issue(b)
		}
	}
	return nil
}

// isolated reports whether b shares no quad with another blank node.
func (c *canonicalizer) isolated(b uint32) bool {
	for _, i := range c.mentions[c.mentionStart[b]:c.mentionStart[b+1]] {
		s, o, g := c.blankOf(c.ds.nodes, &c.ds.quads[i])
		if s != b && s != unissued || o != b && o != unissued || g != b && g != unissued {
			return false
		}
	}
	return true
}

func (c *canonicalizer) charge(units int) error {
	c.work += units
	if c.work > c.limit {
		return &WorkLimitError{Limit: c.limit, BlankNodes: len(c.issued), Tied: c.tied}
	}
	return nil
}

// hashNDegree is Hash N-Degree Quads (section 4.8). It leaves in c.temp what
// the chosen paths issued.
func (c *canonicalizer) hashNDegree(b uint32) (digest, error) {
	first, text := len(c.hn), len(c.text)
	if err := c.pushRelated(b); err != nil {
		return digest{}, err
	}
	last := len(c.hn)
	for i := first; i < last; {
		j := i + 1
		for j < last && c.hn[j].hash == c.hn[i].hash {
			j++
		}
		c.text = hex.AppendEncode(c.text, c.hn[i].hash[:c.size])
		if err := c.pushShortestPath(i, j); err != nil {
			return digest{}, err
		}
		i = j
	}
	data := c.text[text:]
	if err := c.charge(costHash + costByte*len(data)); err != nil {
		return digest{}, err
	}
	d := c.digest(data)
	c.hn, c.text = c.hn[:first], c.text[:text]
	return d, nil
}

// pushRelated is steps 1 to 3: it pushes to c.hn the blank nodes that share
// a quad with b, sorted by related hash.
func (c *canonicalizer) pushRelated(b uint32) error {
	first := len(c.hn)
	mentions := c.mentions[c.mentionStart[b]:c.mentionStart[b+1]]
	if err := c.charge(costCall + costMention*len(mentions)); err != nil {
		return err
	}
	for _, i := range mentions {
		q := &c.ds.quads[i]
		s, o, g := c.blankOf(c.ds.nodes, q)
		for k, node := range [3]uint32{s, o, g} {
			if node == unissued || node == b {
				continue
			}
			c.hn = append(c.hn, related{c.hashRelated(node, q, "sog"[k]), node})
			if err := c.charge(costHash + costByte*len(c.buf)); err != nil {
				return err
			}
		}
	}
	slices.SortFunc(c.hn[first:], func(a, b related) int {
		return cmp.Or(bytes.Compare(a.hash[:], b.hash[:]), cmp.Compare(a.node, b.node))
	})
	return nil
}

// hashRelated is Hash Related Blank Node (section 4.7).
func (c *canonicalizer) hashRelated(b uint32, q *quad, position byte) digest {
	c.buf = append(c.buf[:0], position)
	if position != 'g' {
		c.buf = append(c.buf, '<')
		c.buf = append(c.buf, c.ds.preds[q.p]...)
		c.buf = append(c.buf, '>')
	}
	switch {
	case c.issued[b] != unissued:
		c.buf = appendID(c.buf, "_:c14n", c.issued[b])
	case c.temp.id[b] != unissued:
		c.buf = appendID(c.buf, "_:b", c.temp.id[b])
	default:
		c.buf = hex.AppendEncode(c.buf, c.firstHash(b))
	}
	return c.digest(c.buf)
}

func appendID(dst []byte, prefix string, n uint32) []byte {
	return strconv.AppendUint(append(dst, prefix...), uint64(n), 10)
}

// pushShortestPath is steps 5.1 to 5.6: it tries every order of the nodes
// c.hn[i:j], pushes the least path to c.text, and leaves issued what that
// path issued.
func (c *canonicalizer) pushShortestPath(i, j int) error {
	mark, nodes, chosen := len(c.temp.order), len(c.nodes), len(c.text)
	for _, r := range c.hn[i:j] {
		c.nodes = append(c.nodes, r.node)
	}
	issued := len(c.nodes) // from here on: what the chosen path issued
	for more := true; more; more = nextPermutation(c.nodes[nodes : nodes+j-i]) {
		path := len(c.text)
		ok, err := c.pushPath(nodes, nodes+j-i, chosen, path)
		if err != nil {
			return err
		}
		if ok && (path == chosen || bytes.Compare(c.text[path:], c.text[chosen:path]) < 0) {
			n := copy(c.text[chosen:], c.text[path:])
			c.text = c.text[:chosen+n]
			c.nodes = append(c.nodes[:issued], c.temp.order[mark:]...)
		} else {
			c.text = c.text[:path]
		}
		if err := c.charge(costPermutation + costIssue*(len(c.temp.order)-mark)); err != nil {
			return err
		}
		c.temp.truncate(mark)
	}
	for _, b := range c.nodes[issued:] {
		c.temp.issue(b)
	}
	c.nodes = c.nodes[:nodes]
	return nil
}

// pushPath is step 5.4 for one permutation, c.nodes[from:to]. It pushes a
// path to c.text, where it begins at path; the chosen one is before it. It
// returns false if the path is longer and greater than the chosen one.
func (c *canonicalizer) pushPath(from, to, chosen, path int) (bool, error) {
	worse := func() bool {
		n := path - chosen
		return n > 0 && len(c.text)-path >= n && bytes.Compare(c.text[path:], c.text[chosen:path]) > 0
	}
	recursion := len(c.nodes)
	defer func() { c.nodes = c.nodes[:recursion] }()
	for k := from; k < to; k++ {
		b := c.nodes[k]
		if c.issued[b] != unissued {
			c.text = appendID(c.text, "_:c14n", c.issued[b])
		} else {
			if c.temp.id[b] == unissued {
				c.nodes = append(c.nodes, b)
				c.temp.issue(b)
			}
			c.text = appendID(c.text, "_:b", c.temp.id[b])
		}
		if err := c.charge(costIssue); err != nil {
			return false, err
		}
		if worse() {
			return false, nil
		}
	}
	last := len(c.nodes)
	for k := recursion; k < last; k++ {
		b := c.nodes[k]
		hash, err := c.hashNDegree(b)
		if err != nil {
			return false, err
		}
		c.text = appendID(c.text, "_:b", c.temp.id[b])
		c.text = append(c.text, '<')
		c.text = hex.AppendEncode(c.text, hash[:c.size])
		c.text = append(c.text, '>')
		if err := c.charge(costByte * (len(c.text) - path)); err != nil {
			return false, err
		}
		if worse() {
			return false, nil
		}
	}
	return true, nil
}

// nextPermutation rearranges a into the next permutation in lexicographical
// order, or returns false after the last. Equal elements count once.
func nextPermutation(a []uint32) bool {
	i := len(a) - 2
	for i >= 0 && a[i] >= a[i+1] {
		i--
	}
	if i < 0 {
		return false
	}
	j := len(a) - 1
	for a[j] <= a[i] {
		j--
	}
	a[i], a[j] = a[j], a[i]
	slices.Reverse(a[i+1:])
	return true
}
