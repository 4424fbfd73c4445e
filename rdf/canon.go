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
)

// CanonicalOptions are the options of [Dataset.Canonicalize]. Nil and zero
// mean SHA-256 and the default work limit.
type CanonicalOptions struct {
	// Hash is the hash algorithm of RDFC-1.0: SHA-256 (0), or SHA-384, which
	// ecdsa-rdfc-2019 uses with P-384 keys.
	Hash crypto.Hash
	// Parts are canonical forms of slices of the dataset, found with the
	// same hash. What they know about their blank nodes is used again.
	Parts []*Canonical
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
	names []string // "_:c14nN" by blank node number

	hash     crypto.Hash
	first    []byte   // first-degree hashes by blank node number
	mentions []uint32 // in how many quads a blank node is, by its number
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
	c.group()
	if err := c.issueIdentifiers(); err != nil {
		return nil, err
	}
	return c.finish(), nil
}

type canonicalizer struct {
	ds   *Dataset
	hash crypto.Hash
	size int // of a hash

	parts []*Canonical
	rank  []uint32 // by Predicate: its place among the sorted predicates
	order []uint32 // quad indexes, duplicates removed, grouped by subject, sorted inside
	start []uint32 // by Node: first place in order; len(nodes)+1 entries

	mentions     []uint32 // quad indexes by blank node number, see mentionStart
	mentionStart []uint32
	first        []byte   // first-degree hashes by blank node number
	known        []bool   // which of first came from a part
	issued       []uint32 // canonical identifier by blank node number, or unissued
	count        uint32

	work, limit int
	tied        int
	buf         []byte
	lines       [][]byte
	ndegree
}

const unissued = ^uint32(0)

func newCanonicalizer(ds *Dataset, opts *CanonicalOptions) (*canonicalizer, error) {
	c := &canonicalizer{ds: ds, hash: opts.Hash, limit: opts.MaxWork, parts: opts.Parts}
	switch c.hash {
	case 0:
		c.hash = crypto.SHA256
	case crypto.SHA256, crypto.SHA384:
	default:
		return nil, fmt.Errorf("rdf: RDFC-1.0 with %v is not supported: use SHA-256 or SHA-384", opts.Hash)
	}
	c.size = c.hash.Size()
	if c.limit == 0 {
		c.limit = DefaultMaxWork + WorkPerBlankNode*len(ds.labels)
	}
	return c, nil
}

// group sorts the quads by subject node, and inside by predicate, object and
// graph, and drops duplicates.
func (c *canonicalizer) group() {
	ds := c.ds
	c.rank = ds.rank()
	counts := make([]uint32, len(ds.nodes)+2)
	for i := range ds.quads {
		counts[ds.quads[i].s+1]++
	}
	for i := 1; i < len(counts); i++ {
		counts[i] += counts[i-1]
	}
	order := make([]uint32, len(ds.quads))
	next := slices.Clone(counts)
	for i := range ds.quads {
		s := ds.quads[i].s
		order[next[s]] = uint32(i)
		next[s]++
	}
	kept := uint32(0)
	begin := uint32(0)
	for n := range len(ds.nodes) {
		end := counts[n+1]
		part := order[begin:end]
		begin = end
		c.sortQuads(part, nil)
		counts[n] = kept
		for i, q := range part {
			if i > 0 && c.compare(part[i-1], q, nil) == 0 {
				continue
			}
			order[kept] = q
			kept++
		}
	}
	counts[len(ds.nodes)] = kept
	c.order, c.start = order[:kept], counts
}

// sortQuads sorts quads of one subject as their canonical lines would be.
func (c *canonicalizer) sortQuads(part []uint32, names []string) {
	if len(part) > 16 {
		slices.SortFunc(part, func(a, b uint32) int { return c.compare(a, b, names) })
		return
	}
	for i := 1; i < len(part); i++ {
		for j := i; j > 0 && c.compare(part[j-1], part[j], names) > 0; j-- {
			part[j-1], part[j] = part[j], part[j-1]
		}
	}
}

// compare orders two quads of one subject as the code points of their
// canonical lines. Blank nodes go by names, or before there are names, by
// their number.
func (c *canonicalizer) compare(i, j uint32, names []string) int {
	a, b := &c.ds.quads[i], &c.ds.quads[j]
	if a.p != b.p {
		if c.rank[a.p] < c.rank[b.p] {
			return -1
		}
		return 1
	}
	if d := c.compareObjects(a, b, names); d != 0 {
		return d
	}
	if a.g == b.g {
		return 0
	}
	// The "." of the default graph sorts before "<" and "_".
	if a.g == 0 || b.g == 0 {
		return int(min(a.g, 1)) - int(min(b.g, 1))
	}
	return c.compareNodes(a.g, b.g, names)
}

// compareObjects knows that in a line a literal's quotation mark sorts
// before the "<" of an IRI and that before the "_" of a blank node.
func (c *canonicalizer) compareObjects(a, b *quad, names []string) int {
	ka, kb := objectClass(a.kind), objectClass(b.kind)
	switch {
	case ka != kb:
		return ka - kb
	case ka == 2:
		return c.compareNodes(a.off, b.off, names)
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

func (c *canonicalizer) compareNodes(a, b uint32, names []string) int {
	if a == b {
		return 0
	}
	na, nb := c.ds.nodes[a], c.ds.nodes[b]
	ba, bb := na.n == blankNode, nb.n == blankNode
	switch {
	case ba && bb && names != nil:
		if names[na.off] < names[nb.off] {
			return -1
		}
		return 1
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
	c.issued = make([]uint32, n)
	if n == 0 {
		return nil
	}
	for i := range c.issued {
		c.issued[i] = unissued
	}
	c.collectMentions()
	c.first = make([]byte, n*c.size)
	c.reuseParts()
	byHash := make([]hashKey, 0, n)
	for b := range uint32(n) {
		if c.mentionStart[b] == c.mentionStart[b+1] {
			continue // no quad knows this node
		}
		if c.known == nil || !c.known[b] {
			c.hashFirstDegree(b)
		}
		byHash = append(byHash, hashKey{binary.BigEndian.Uint64(c.firstHash(b)), b})
	}
	slices.SortFunc(byHash, func(x, y hashKey) int {
		if x.start != y.start {
			return cmp.Compare(x.start, y.start)
		}
		return cmp.Or(bytes.Compare(c.firstHash(x.blank), c.firstHash(y.blank)), cmp.Compare(x.blank, y.blank))
	})
	groups := c.issueUnique(byHash)
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

// reuseParts takes over the first-degree hashes of blank nodes that are in no
// quad outside of a part: the hash depends on nothing else.
func (c *canonicalizer) reuseParts() {
	if len(c.parts) == 0 || c.ds.origin != nil {
		return
	}
	c.known = make([]bool, len(c.ds.labels))
	for _, part := range c.parts {
		if part.hash != c.hash || part.ds.vocabulary != c.ds.vocabulary || part.ds.moved {
			continue
		}
		for i, b := range part.ds.origin {
			if part.mentions[i] > 0 && part.mentions[i] == c.mentionStart[b+1]-c.mentionStart[b] {
				copy(c.firstHash(b), part.first[i*c.size:(i+1)*c.size])
				c.known[b] = true
			}
		}
	}
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
