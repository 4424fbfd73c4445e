package rdf

import (
	"bytes"
	"encoding/hex"
	"slices"
	"strconv"
)

// Costs of the parts of Hash N-Degree Quads, in units of about a
// nanosecond, charged against CanonicalOptions.MaxWork.
const (
	costCall        = 500 // a call: maps, sorting
	costHash        = 150 // a hash, besides its bytes
	costByte        = 1   // a byte of path or hashed
	costPermutation = 50  // starting a permutation
	costIssue       = 10  // an identifier issued, copied or taken back
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

// ndegreeResult is what one tied blank node leads to.
type ndegreeResult struct {
	hash   []byte
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
	var results []ndegreeResult
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
	slices.SortStableFunc(results, func(a, b ndegreeResult) int { return bytes.Compare(a.hash, b.hash) })
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

// related is an entry of the map Hn: blank nodes with the same related hash.
type related struct {
	hash  []byte // hexadecimal
	nodes []uint32
}

// hashNDegree is Hash N-Degree Quads (section 4.8): it returns the hash in
// hexadecimal and leaves in c.temp what the chosen paths issued.
func (c *canonicalizer) hashNDegree(b uint32) ([]byte, error) {
	hn, err := c.relatedBlankNodes(b)
	if err != nil {
		return nil, err
	}
	var data []byte
	for _, r := range hn {
		data = append(data, r.hash...)
		path, err := c.shortestPath(r.nodes)
		if err != nil {
			return nil, err
		}
		data = append(data, path...)
	}
	if err := c.charge(costHash + costByte*len(data)); err != nil {
		return nil, err
	}
	return c.hexDigest(nil, data), nil
}

// relatedBlankNodes is steps 1 to 3: the blank nodes that share a quad with
// b, by related hash, sorted.
func (c *canonicalizer) relatedBlankNodes(b uint32) ([]related, error) {
	var hn []related
	mentions := c.mentions[c.mentionStart[b]:c.mentionStart[b+1]]
	if err := c.charge(costCall + costIssue*len(mentions)); err != nil {
		return nil, err
	}
	for _, i := range mentions {
		q := &c.ds.quads[i]
		s, o, g := c.blankOf(c.ds.nodes, q)
		for _, at := range [3]struct {
			node     uint32
			position byte
		}{{s, 's'}, {o, 'o'}, {g, 'g'}} {
			if at.node == unissued || at.node == b {
				continue
			}
			h := c.hashRelated(at.node, q, at.position)
			if err := c.charge(costHash + costByte*len(c.buf)); err != nil {
				return nil, err
			}
			k := slices.IndexFunc(hn, func(r related) bool { return bytes.Equal(r.hash, h) })
			if k < 0 {
				k = len(hn)
				hn = append(hn, related{hash: h})
			}
			if err := c.charge(costIssue * len(hn)); err != nil {
				return nil, err
			}
			hn[k].nodes = append(hn[k].nodes, at.node)
		}
	}
	slices.SortFunc(hn, func(a, b related) int { return bytes.Compare(a.hash, b.hash) })
	return hn, nil
}

// hashRelated is Hash Related Blank Node (section 4.7).
func (c *canonicalizer) hashRelated(b uint32, q *quad, position byte) []byte {
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
	return c.hexDigest(make([]byte, 0, 2*c.size), c.buf)
}

func appendID(dst []byte, prefix string, n uint32) []byte {
	return strconv.AppendUint(append(dst, prefix...), uint64(n), 10)
}

// shortestPath is steps 5.1 to 5.6: it tries every order of the nodes,
// keeps the least path, and leaves issued what that path issued.
func (c *canonicalizer) shortestPath(nodes []uint32) ([]byte, error) {
	var chosen []byte
	var chosenIssued []uint32
	mark := len(c.temp.order)
	order := slices.Clone(nodes)
	slices.Sort(order)
	for more := true; more; more = nextPermutation(order) {
		path, err := c.tryPath(order, chosen)
		if err != nil {
			return nil, err
		}
		if path != nil && (chosen == nil || bytes.Compare(path, chosen) < 0) {
			chosen = path
			chosenIssued = append(chosenIssued[:0], c.temp.order[mark:]...)
		}
		if err := c.charge(costPermutation + costIssue*(len(c.temp.order)-mark)); err != nil {
			return nil, err
		}
		c.temp.truncate(mark)
	}
	for _, b := range chosenIssued {
		c.temp.issue(b)
	}
	return chosen, nil
}

// tryPath is step 5.4 for one permutation. It returns nil if the path is
// longer and greater than the chosen one.
func (c *canonicalizer) tryPath(order []uint32, chosen []byte) ([]byte, error) {
	path := make([]byte, 0, 64)
	var recursion []uint32
	worse := func() bool {
		return len(chosen) > 0 && len(path) >= len(chosen) && bytes.Compare(path, chosen) > 0
	}
	for _, b := range order {
		if c.issued[b] != unissued {
			path = appendID(path, "_:c14n", c.issued[b])
		} else {
			if c.temp.id[b] == unissued {
				recursion = append(recursion, b)
				c.temp.issue(b)
			}
			path = appendID(path, "_:b", c.temp.id[b])
		}
		if err := c.charge(costIssue); err != nil {
			return nil, err
		}
		if worse() {
			return nil, nil
		}
	}
	for _, b := range recursion {
		hash, err := c.hashNDegree(b)
		if err != nil {
			return nil, err
		}
		path = appendID(path, "_:b", c.temp.id[b])
		path = append(path, '<')
		path = append(path, hash...)
		path = append(path, '>')
		if err := c.charge(costByte * len(path)); err != nil {
			return nil, err
		}
		if worse() {
			return nil, nil
		}
	}
	return path, nil
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
