package rdf

import (
	"bytes"
	"cmp"
	"crypto"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
	"sync"
)

// CanonicalOptions are the options of [Dataset.Canonicalize]. Nil and zero
// mean SHA-256 and the default work limit.
type CanonicalOptions struct {
	// Hash is the hash algorithm of RDFC-1.0: SHA-256 (0), or SHA-384, which
	// ecdsa-rdfc-2019 uses with P-384 keys.
	Hash crypto.Hash
	// MaxWork limits the work spent on telling similar blank nodes apart,
	// in units of about a nanosecond. Zero means DefaultMaxWork and
	// WorkPerBlankNode for each blank node.
	MaxWork int
}

// The work limit exists because telling symmetrical blank nodes apart costs
// exponential time in the worst case (RDFC-1.0, section "Dataset poisoning").
const (
	// DefaultMaxWork admits every positive test of the W3C suite and lets
	// no hostile graph of a few blank nodes take more than some 10 ms.
	DefaultMaxWork = 6_000_000
	// WorkPerBlankNode admits long lists and many equal parts: learner records
	// cost up to 130 per blank node.
	WorkPerBlankNode = 4_000
)

// WorkLimitError reports that a dataset was refused because its blank nodes
// are too symmetrical to be told apart within the work limit.
type WorkLimitError struct {
	Limit      int // the units of work allowed
	BlankNodes int // of the dataset
	Tied       int // blank nodes that share their first-degree hash with another
}

func (e *WorkLimitError) Error() string {
	return fmt.Sprintf("rdf: canonicalization refused: %d of %d blank nodes are too alike to tell apart within the work limit of %d; give the nodes identifiers",
		e.Tied, e.BlankNodes, e.Limit)
}

// Canonical is the canonical form of a dataset: its quads without
// duplicates, sorted, and an identifier c14n0, c14n1, … for each blank node.
type Canonical struct {
	ds    *Dataset
	order []uint32 // indexes of quads
	names nameList // "_:c14nN"
}

// Canonicalize brings the dataset into canonical form (RDFC-1.0, section
// 4.4). It changes nothing in the dataset. A dataset that takes too much
// work is refused with a [*WorkLimitError], for a given limit always the
// same ones.
func (ds *Dataset) Canonicalize(opts *CanonicalOptions) (*Canonical, error) {
	if opts == nil {
		opts = &CanonicalOptions{}
	}
	c, err := newCanonicalizer(ds, opts)
	if err != nil {
		return nil, err
	}
	defer c.release()
	c.group()
	if err := c.issueIdentifiers(); err != nil {
		return nil, err
	}
	return c.finish(), nil
}

// CanonicalSum returns the hash of the canonical form: what Canonicalize and [Canonical.Sum] return, without keeping
// anything on the way. The hash function is that of the options.
func (ds *Dataset) CanonicalSum(opts *CanonicalOptions) ([]byte, error) {
	return ds.canonicalSum(opts, nil, 0)
}

// canonicalSum is CanonicalSum, for a slice of a whole that begins there with the i-th quad; whole may be nil.
func (ds *Dataset) canonicalSum(opts *CanonicalOptions, whole *Dataset, i int) ([]byte, error) {
	if opts == nil {
		opts = &CanonicalOptions{}
	}
	c, err := newCanonicalizer(ds, opts)
	if err != nil {
		return nil, err
	}
	defer c.release()
	c.group()
	if whole != nil {
		whole.sorted.remember(c, whole, i)
	}
	if err := c.issueIdentifiers(); err != nil {
		return nil, err
	}
	return c.sum(), nil
}

// canonicalizer is the memory of one canonicalization, and then of another.
type canonicalizer struct {
	ds   *Dataset
	hash crypto.Hash
	size int // of a hash

	rank   []uint32  // by Predicate: its place among the sorted predicates
	order  []uint32  // quad indexes, duplicates removed, grouped by subject, sorted inside
	start  []uint32  // by Node: first place in order; len(nodes)+1 entries
	next   []uint32  // by Node: where its next quad goes
	sorted []quadKey // the quads of one subject
	list   []uint32  // quad indexes as they are grouped, see input
	run    []uint32  // by Node: the run that has its quads sorted
	taken  uint32    // how many quads input has listed

	mentions     []uint32 // quad indexes by blank node number, see mentionStart
	mentionStart []uint32
	first        []byte    // first-degree hashes by blank node number
	known        []bool    // which of first came from a slice
	byHash       []hashKey // blank nodes in the order of their hashes
	issued       []uint32  // canonical identifier by blank node number, or unissued
	count        uint32

	work, limit int
	tied        int
	buf         []byte
	ends        []int
	lines       [][]byte
	keys        []subjectKey
	byID        []uint32
	place       []uint32 // by canonical identifier: its place among their texts, see named
	named       bool     // blank nodes are sorted by their canonical names
	names       nameList
	ndegree
}

const unissued = ^uint32(0)

// canonicalizers keep their memory: what a record of hundreds of parts would
// allocate for each of them costs more than to sort its quads.
var canonicalizers = sync.Pool{New: func() any { return &canonicalizer{} }}

// maxKeptQuads bounds the memory that is kept, to that of a large record.
const maxKeptQuads = 1 << 18

func newCanonicalizer(ds *Dataset, opts *CanonicalOptions) (*canonicalizer, error) {
	hash := opts.Hash
	switch hash {
	case 0:
		hash = crypto.SHA256
	case crypto.SHA256, crypto.SHA384:
	default:
		return nil, fmt.Errorf("rdf: RDFC-1.0 with %v is not supported: use SHA-256 or SHA-384", opts.Hash)
	}
	c := canonicalizers.Get().(*canonicalizer)
	c.ds, c.hash, c.size, c.limit = ds, hash, hash.Size(), opts.MaxWork
	c.count, c.work, c.tied, c.named = 0, 0, 0, false
	if c.limit == 0 {
		c.limit = DefaultMaxWork + WorkPerBlankNode*len(ds.labels)
	}
	return c, nil
}

func (c *canonicalizer) release() {
	c.ds, c.rank = nil, nil
	c.ndegree = ndegree{}
	if cap(c.order) <= maxKeptQuads {
		canonicalizers.Put(c)
	}
}

// sized returns s with length n, its elements zero.
func sized[E any](s []E, n int) []E {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// group sorts the quads by subject node, and inside by predicate, object and
// graph, and drops duplicates.
func (c *canonicalizer) group() {
	ds := c.ds
	c.rank = ds.rank()
	c.start = sized(c.start, len(ds.nodes)+2)
	c.input()
	for i := 1; i < len(c.start); i++ {
		c.start[i] += c.start[i-1]
	}
	c.order = sized(c.order, len(c.list))
	c.next = append(c.next[:0], c.start...)
	for _, i := range c.list {
		s := ds.quads[i].s
		c.order[c.next[s]] = i
		c.next[s]++
	}
	kept, begin := uint32(0), uint32(0)
	for n := range len(ds.nodes) {
		end := c.start[n+1]
		part := c.order[begin:end]
		begin = end
		c.start[n] = kept
		if c.run[n] != toSort {
			kept += uint32(copy(c.order[kept:], part))
			continue
		}
		c.sortBySubject(part)
		for i, q := range part {
			if i > 0 && c.same(part[i-1], q) {
				continue
			}
			c.order[kept] = q
			kept++
		}
	}
	c.start[len(ds.nodes)] = kept
	c.order = c.order[:kept]
}

// same reports whether two quads that stand beside each other when sorted
// are one.
func (c *canonicalizer) same(i, j uint32) bool {
	a, b := &c.ds.quads[i], &c.ds.quads[j]
	return a.p == b.p && a.kind == b.kind && a.n == b.n && a.g == b.g && c.compare(i, j) == 0
}

// quadKey is a quad with the start of what it is sorted by. Where two starts
// differ, the quads compare as they do.
type quadKey struct {
	start uint64 // 24 bits predicate, 2 bits class of object, 38 bits object
	quad  uint32
}

func (c *canonicalizer) keyOf(i uint32) quadKey {
	q := &c.ds.quads[i]
	rank := uint64(c.rank[q.p])
	if len(c.rank) > 1<<24 {
		return quadKey{0, i}
	}
	class := objectClass(q.kind)
	start := rank<<40 | uint64(class)<<38
	switch class {
	case 2:
		if nd := c.ds.nodes[q.off]; nd.n == blankNode {
			start |= uint64(nd.off)
		}
	default:
		text := c.ds.bytes(q.off, q.n)
		if len(text) >= 8 {
			return quadKey{start | binary.BigEndian.Uint64(text)>>26, i}
		}
		var padded [8]byte // what ends a text counts in the order
		padded[copy(padded[:], text)] = "\">"[class]
		start |= binary.BigEndian.Uint64(padded[:]) >> 26
	}
	return quadKey{start, i}
}

// sortBySubject sorts quads of one subject, blank nodes by their numbers.
func (c *canonicalizer) sortBySubject(part []uint32) {
	if len(part) < 2 {
		return
	}
	c.sorted = c.sorted[:0]
	for _, i := range part {
		c.sorted = append(c.sorted, c.keyOf(i))
	}
	keys := c.sorted
	compare := func(a, b quadKey) int {
		if a.start != b.start {
			return cmp.Compare(a.start, b.start)
		}
		return c.compare(a.quad, b.quad)
	}
	if len(keys) > 24 {
		slices.SortFunc(keys, compare)
	} else {
		for i := 1; i < len(keys); i++ {
			k, j := keys[i], i
			for ; j > 0 && (k.start < keys[j-1].start || k.start == keys[j-1].start && c.compare(k.quad, keys[j-1].quad) < 0); j-- {
				keys[j] = keys[j-1]
			}
			keys[j] = k
		}
	}
	for i, k := range keys {
		part[i] = k.quad
	}
}

// sortQuads sorts quads of one subject as their canonical lines would be.
func (c *canonicalizer) sortQuads(part []uint32) {
	if len(part) > 16 {
		slices.SortFunc(part, func(a, b uint32) int { return c.compare(a, b) })
		return
	}
	for i := 1; i < len(part); i++ {
		for j := i; j > 0 && c.compare(part[j-1], part[j]) > 0; j-- {
			part[j-1], part[j] = part[j], part[j-1]
		}
	}
}

// compare orders two quads of one subject as the code points of their
// canonical lines. Blank nodes go by names, or before there are names, by
// their number.
func (c *canonicalizer) compare(i, j uint32) int {
	a, b := &c.ds.quads[i], &c.ds.quads[j]
	if a.p != b.p {
		if c.rank[a.p] < c.rank[b.p] {
			return -1
		}
		return 1
	}
	if d := c.compareObjects(a, b); d != 0 {
		return d
	}
	if a.g == b.g {
		return 0
	}
	// The "." of the default graph sorts before "<" and "_".
	if a.g == 0 || b.g == 0 {
		return int(min(a.g, 1)) - int(min(b.g, 1))
	}
	return c.compareNodes(a.g, b.g)
}

// compareObjects knows that in a line a literal's quotation mark sorts
// before the "<" of an IRI and that before the "_" of a blank node.
func (c *canonicalizer) compareObjects(a, b *quad) int {
	ka, kb := objectClass(a.kind), objectClass(b.kind)
	switch {
	case ka != kb:
		return ka - kb
	case ka == 2:
		return c.compareNodes(a.off, b.off)
	case ka == 1:
		return compareIRI(c.ds.bytes(a.off, a.n), c.ds.bytes(b.off, b.n))
	}
	if d := compareEnded(c.ds.bytes(a.off, a.n), c.ds.bytes(b.off, b.n), '"'); d != 0 || a.kind == b.kind {
		return d
	}
	return strings.Compare(c.ds.suffixes[a.kind], c.ds.suffixes[b.kind])
}

func objectClass(kind uint32) int {
	switch kind {
	case objectIRI:
		return 1
	case objectNode:
		return 2
	}
	return 0
}

func (c *canonicalizer) compareNodes(a, b uint32) int {
	if a == b {
		return 0
	}
	na, nb := c.ds.nodes[a], c.ds.nodes[b]
	ba, bb := na.n == blankNode, nb.n == blankNode
	switch {
	case ba && bb && c.named:
		return int(c.place[c.issued[na.off]]) - int(c.place[c.issued[nb.off]])
	case ba && bb:
		return int(na.off) - int(nb.off)
	case ba:
		return 1
	case bb:
		return -1
	}
	return compareIRI(c.ds.bytes(na.off, na.n), c.ds.bytes(nb.off, nb.n))
}

func compareIRI(a, b []byte) int { return compareEnded(a, b, '>') }

// compareEnded compares a and b as if each were followed by end, a byte
// that neither contains (unescaped).
func compareEnded(a, b []byte, end byte) int {
	n := min(len(a), len(b))
	if d := bytes.Compare(a[:n], b[:n]); d != 0 || len(a) == len(b) {
		return d
	}
	if len(a) < len(b) {
		return int(end) - int(b[n])
	}
	return int(a[n]) - int(end)
}

// comparePredicates is compareIRI for strings.
func comparePredicates(a, b string) int {
	n := min(len(a), len(b))
	switch {
	case a[:n] != b[:n] || len(a) == len(b):
		return strings.Compare(a, b)
	case len(a) < len(b):
		return '>' - int(b[n])
	}
	return int(a[n]) - '>'
}

// issueIdentifiers is steps 2 to 5 of the algorithm.
func (c *canonicalizer) issueIdentifiers() error {
	n := len(c.ds.labels)
	c.issued = sized(c.issued, n)
	c.mentionStart = sized(c.mentionStart, n+2)
	if n == 0 {
		return nil
	}
	for i := range c.issued {
		c.issued[i] = unissued
	}
	c.collectMentions()
	c.first = sized(c.first, n*c.size)
	c.known = sized(c.known, n)
	c.ds.firsts.recall(c)
	c.byHash = c.byHash[:0]
	for b := range uint32(n) {
		if c.mentionStart[b] == c.mentionStart[b+1] {
			continue // no quad knows this node
		}
		if !c.known[b] {
			c.hashFirstDegree(b)
		}
		c.byHash = append(c.byHash, hashKey{binary.BigEndian.Uint64(c.firstHash(b)), b})
	}
	c.ds.firsts.remember(c)
	slices.SortFunc(c.byHash, func(x, y hashKey) int {
		if x.start != y.start {
			return cmp.Compare(x.start, y.start)
		}
		return cmp.Or(bytes.Compare(c.firstHash(x.blank), c.firstHash(y.blank)), cmp.Compare(x.blank, y.blank))
	})
	groups := c.issueUnique(c.byHash)
	for _, g := range groups {
		c.tied += len(g)
	}
	for _, g := range groups {
		if err := c.issueTied(g); err != nil {
			return err
		}
	}
	return nil
}

// hashKey is a blank node with the start of its first-degree hash.
type hashKey struct {
	start uint64
	blank uint32
}

func (c *canonicalizer) firstHash(b uint32) []byte {
	return c.first[int(b)*c.size : (int(b)+1)*c.size]
}

// issueUnique issues identifiers to blank nodes with a first-degree hash of
// their own (step 4), and returns the groups of the others.
func (c *canonicalizer) issueUnique(byHash []hashKey) (groups [][]uint32) {
	for i := 0; i < len(byHash); {
		j := i + 1
		for j < len(byHash) && byHash[i].start == byHash[j].start && bytes.Equal(c.firstHash(byHash[i].blank), c.firstHash(byHash[j].blank)) {
			j++
		}
		if j == i+1 {
			c.issue(byHash[i].blank)
		} else {
			group := make([]uint32, 0, j-i)
			for _, k := range byHash[i:j] {
				group = append(group, k.blank)
			}
			groups = append(groups, group)
		}
		i = j
	}
	return groups
}

func (c *canonicalizer) issue(b uint32) {
	if c.issued[b] == unissued {
		c.issued[b] = c.count
		c.count++
	}
}

// digest returns the hash of data.
func (c *canonicalizer) digest(data []byte) (d digest) {
	if c.hash == crypto.SHA256 {
		sum := sha256.Sum256(data)
		copy(d[:], sum[:])
	} else {
		sum := sha512.Sum384(data)
		copy(d[:], sum[:])
	}
	return d
}
