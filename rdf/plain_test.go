package rdf

import (
	"bytes"
	"crypto"
	"encoding/hex"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/vectors"
)

// plain is RDFC-1.0 as the Recommendation words it, step by step over strings and maps, with nothing made faster. The
// real one is held equal to it.
type plain struct {
	hash      crypto.Hash
	quads     map[string][]Quad   // by blank node: those that mention it
	byHash    map[string][]string // blank nodes by their first-degree hash
	canonical *issuer
	calls     int // of hashNDegree and path
}

// maxPlainCalls is where plain gives up: it has no work limit, and some graphs take for ever.
const maxPlainCalls = 2000

// issuer is the identifier issuer of section 4.3.
type issuer struct {
	prefix string
	ids    map[string]string
	order  []string
}

func (i *issuer) issue(blank string) string {
	if id, ok := i.ids[blank]; ok {
		return id
	}
	i.ids[blank] = fmt.Sprintf("%s%d", i.prefix, len(i.order))
	i.order = append(i.order, blank)
	return i.ids[blank]
}

func (i *issuer) copy() *issuer { return &issuer{i.prefix, maps.Clone(i.ids), slices.Clone(i.order)} }

// canonicalize is section 4.4.3. ok is false if it gave up.
func (p *plain) canonicalize(ds *Dataset) (lines string, ok bool) {
	p.quads, p.byHash, p.canonical = map[string][]Quad{}, map[string][]string{}, &issuer{prefix: "_:c14n", ids: map[string]string{}}
	all := map[Quad]bool{}
	for q := range ds.Quads() { // steps 1 and 2
		if all[q] {
			continue
		}
		all[q] = true
		for _, blank := range blanksOf(q) {
			p.quads[blank] = append(p.quads[blank], q)
		}
	}
	for _, blank := range slices.Sorted(maps.Keys(p.quads)) { // step 3
		h := p.hashFirstDegree(blank)
		p.byHash[h] = append(p.byHash[h], blank)
	}
	hashes := slices.Sorted(maps.Keys(p.byHash))
	for _, h := range hashes { // step 4
		if len(p.byHash[h]) == 1 {
			p.canonical.issue(p.byHash[h][0])
		}
	}
	for _, h := range hashes { // step 5
		if len(p.byHash[h]) > 1 && !p.issueTied(p.byHash[h]) {
			return "", false
		}
	}
	var out []string
	for q := range all { // steps 6 and 7
		out = append(out, line(q, func(blank string) string { return p.canonical.ids[blank] }))
	}
	slices.Sort(out)
	return strings.Join(out, ""), true
}

func (p *plain) issueTied(blanks []string) bool {
	type result struct {
		hash   string
		issuer *issuer
	}
	var results []result
	for _, blank := range blanks {
		if _, issued := p.canonical.ids[blank]; issued {
			continue
		}
		temporary := &issuer{prefix: "_:b", ids: map[string]string{}}
		temporary.issue(blank)
		h, after := p.hashNDegree(blank, temporary)
		results = append(results, result{h, after})
	}
	slices.SortStableFunc(results, func(a, b result) int { return strings.Compare(a.hash, b.hash) })
	for _, r := range results {
		for _, blank := range r.issuer.order {
			p.canonical.issue(blank)
		}
	}
	return p.calls < maxPlainCalls
}

// blanksOf are the blank nodes of a quad, each once.
func blanksOf(q Quad) (blanks []string) {
	for _, t := range []Term{q.Subject, q.Object, q.Graph} {
		if t.Kind == BlankNode && !slices.Contains(blanks, t.Value) {
			blanks = append(blanks, t.Value)
		}
	}
	return blanks
}

func line(q Quad, name func(string) string) string {
	out := text(q.Subject, name) + " " + text(q.Predicate, name) + " " + text(q.Object, name)
	if q.Graph.Kind != DefaultGraph {
		out += " " + text(q.Graph, name)
	}
	return out + " .\n"
}

func text(t Term, name func(string) string) string {
	switch t.Kind {
	case BlankNode:
		return name(t.Value)
	case IRI:
		return "<" + t.Value + ">"
	}
	out := `"` + string(AppendEscaped(nil, t.Value)) + `"`
	switch {
	case t.Language != "":
		out += "@" + t.Language
	case t.Datatype != "" && t.Datatype != XSDString:
		out += "^^<" + t.Datatype + ">"
	}
	return out
}

func (p *plain) sum(s string) string {
	h := p.hash.New()
	h.Write([]byte(s))
	return hex.EncodeToString(h.Sum(nil))
}

// hashFirstDegree is section 4.6.3.
func (p *plain) hashFirstDegree(blank string) string {
	var lines []string
	for _, q := range p.quads[blank] {
		lines = append(lines, line(q, func(other string) string {
			if other == blank {
				return "_:a"
			}
			return "_:z"
		}))
	}
	slices.Sort(lines)
	return p.sum(strings.Join(lines, ""))
}

// hashRelated is section 4.7.3.
func (p *plain) hashRelated(related string, q Quad, i *issuer, position string) string {
	input := position
	if position != "g" {
		input += "<" + q.Predicate.Value + ">"
	}
	if id, ok := p.canonical.ids[related]; ok {
		return p.sum(input + id)
	}
	if id, ok := i.ids[related]; ok {
		return p.sum(input + id)
	}
	return p.sum(input + p.hashFirstDegree(related))
}

// hashNDegree is section 4.8.3.
func (p *plain) hashNDegree(blank string, i *issuer) (string, *issuer) {
	if p.calls++; p.calls >= maxPlainCalls {
		return "", i
	}
	related := map[string][]string{}
	for _, q := range p.quads[blank] {
		for position, t := range map[string]Term{"s": q.Subject, "o": q.Object, "g": q.Graph} {
			if t.Kind == BlankNode && t.Value != blank {
				h := p.hashRelated(t.Value, q, i, position)
				related[h] = append(related[h], t.Value)
			}
		}
	}
	data := ""
	for _, h := range slices.Sorted(maps.Keys(related)) {
		data += h
		chosen, chosenIssuer := "", (*issuer)(nil)
		permutations(related[h], func(order []string) bool {
			if path, after, ok := p.path(order, i.copy(), chosen); ok && (chosen == "" || path < chosen) {
				chosen, chosenIssuer = path, after
			}
			return p.calls < maxPlainCalls
		})
		if chosenIssuer == nil {
			return "", i // it gave up
		}
		data += chosen
		i = chosenIssuer
	}
	return p.sum(data), i
}

// path is steps 5.4.4 and 5.4.5: the path of one permutation, unless it is longer and greater than the chosen one.
func (p *plain) path(order []string, i *issuer, chosen string) (string, *issuer, bool) {
	p.calls++
	worse := func(path string) bool { return chosen != "" && len(path) >= len(chosen) && path > chosen }
	path := ""
	var recursion []string
	for _, related := range order {
		if id, ok := p.canonical.ids[related]; ok {
			path += id
		} else {
			if _, ok := i.ids[related]; !ok {
				recursion = append(recursion, related)
			}
			path += i.issue(related)
		}
		if worse(path) {
			return "", nil, false
		}
	}
	for _, related := range recursion {
		h, after := p.hashNDegree(related, i)
		path += i.issue(related) + "<" + h + ">"
		i = after
		if p.calls >= maxPlainCalls || worse(path) {
			return "", nil, false
		}
	}
	return path, i, true
}

// permutations calls f for each order of a list, as long as it returns true.
func permutations(list []string, f func([]string) bool) {
	var step func(k int) bool
	order := slices.Clone(list)
	step = func(k int) bool {
		if k == len(order) {
			return f(order)
		}
		for j := k; j < len(order); j++ {
			order[k], order[j] = order[j], order[k]
			if !step(k + 1) {
				return false
			}
			order[k], order[j] = order[j], order[k]
		}
		return true
	}
	step(0)
}

// likePlain holds a dataset's canonical form, and the hash that is made without it, to the plain algorithm's. It returns
// false if the plain one gave up.
func likePlain(t *testing.T, ds *Dataset, hash crypto.Hash) bool {
	t.Helper()
	want, ok := (&plain{hash: hash}).canonicalize(ds)
	if !ok {
		return false
	}
	opts := &CanonicalOptions{Hash: hash}
	c, err := ds.Canonicalize(opts)
	if err != nil {
		t.Fatalf("%v\n%s", err, ds.NQuads())
	}
	if got := string(c.NQuads()); got != want {
		t.Fatalf("%v of\n%s\ngot\n%s\nwant\n%s", hash, ds.NQuads(), got, want)
	}
	sum, err := ds.CanonicalSum(opts)
	if err != nil || !bytes.Equal(sum, c.Sum(hash)) {
		t.Fatalf("CanonicalSum %x, %v; Sum %x", sum, err, c.Sum(hash))
	}
	return true
}

// small is a dataset of few terms, in which much is alike, made of four bytes a quad.
func small(data []byte) *Dataset {
	ds := NewDataset(nil)
	node := func(b byte) Term {
		if b%8 < 6 {
			return Term{Kind: BlankNode, Value: string('a' + rune(b%8))}
		}
		return Term{Kind: IRI, Value: "urn:n" + string('0'+rune(b%8))}
	}
	for ; len(data) >= 4; data = data[4:] {
		q := Quad{Subject: node(data[0]), Predicate: Term{Kind: IRI, Value: "urn:p" + string('0'+rune(data[1]%3))}, Object: node(data[2])}
		if data[2] >= 192 {
			q.Object = []Term{
				{Kind: Literal, Value: "x\n"}, {Kind: Literal, Value: "x", Language: "en"},
				{Kind: Literal, Value: "x", Datatype: XSDInteger}, {Kind: Literal, Value: "x"},
			}[data[2]%4]
		}
		if data[3] >= 160 {
			q.Graph = node(data[3])
		}
		ds.Add(q)
	}
	return ds
}

// TestLikePlain compares with the plain algorithm on the W3C suite and on small datasets by chance.
func TestLikePlain(t *testing.T) {
	compared := 0
	for _, c := range vectors.Open(t, "rdfc10").Cases {
		if ds, err := ParseNQuads(c.Input(t)); err == nil && likePlain(t, ds, crypto.SHA256) {
			compared++
		}
	}
	if compared < 70 {
		t.Errorf("compared on %d cases of the suite", compared)
	}
	r, compared := rand.New(rand.NewPCG(1, 0)), 0
	for range 1500 {
		data := make([]byte, 4*(1+r.IntN(10)))
		for i := range data {
			data[i] = byte(r.Uint32())
		}
		if likePlain(t, small(data), []crypto.Hash{crypto.SHA256, crypto.SHA384}[r.IntN(2)]) {
			compared++
		}
	}
	if compared < 1400 {
		t.Errorf("compared on %d of 1500 datasets by chance", compared)
	}
}

// FuzzLikePlain compares with the plain algorithm on small datasets.
func FuzzLikePlain(f *testing.F) {
	f.Add([]byte("\x00\x00\x01\x00\x01\x00\x02\x00\x02\x00\x00\x00"), false)                // a ring of three
	f.Add([]byte("\x00\x00\x01\x00\x01\x00\x00\x00\x02\x00\x03\x00\x03\x00\x02\x00"), true) // two rings of two
	f.Add([]byte("\x00\x00\x01\xa2\x01\x01\xc0\xa2\x02\x02\xc1\xa0"), false)                // blank graphs
	f.Fuzz(func(t *testing.T, data []byte, long bool) {
		if len(data) > 4*16 {
			return
		}
		hash := crypto.SHA256
		if long {
			hash = crypto.SHA384
		}
		likePlain(t, small(data), hash)
	})
}

// TestExchange: a literal is known by its place; what depends on it is found anew.
func TestExchange(t *testing.T) {
	src := []byte("xxxx")
	build := func(second string) *Dataset {
		ds := NewDataset(src)
		p := ds.Predicate("urn:p")
		for i := range 2 {
			b := ds.Blank("")
			ds.AddLiteral(b, p, ds.Source(2*i, 2), 0, 0)
			ds.AddNode(b, ds.Predicate("urn:q"), ds.Blank(""), 0)
		}
		if second != "" {
			ds.quads[2].off, ds.quads[2].n = ds.Text(second).off, uint32(len(second))
		}
		return ds
	}
	ds := build("")
	for i := range 2 { // what the slices found out is kept for the whole
		if _, err := ds.SliceSum(2*i, 2*i+2, 0, nil); err != nil {
			t.Fatal(err)
		}
	}
	if n := ds.Exchange(map[Text]Text{ds.Source(2, 2): ds.Text("value"), ds.Source(1, 2): ds.Text("nowhere")}); n != 1 {
		t.Errorf("exchanged %d, want 1", n)
	}
	got, err := ds.CanonicalSum(nil)
	if err != nil {
		t.Fatal(err)
	}
	want, err := build("value").CanonicalSum(nil)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("sum %x, want %x (%v)", got, want, err)
	}
}
