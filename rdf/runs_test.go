package rdf

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

// TestRuns: a dataset of which any slices were hashed before, some of them overlapping and in any order, has the hash
// that it has without, and also after a literal in one of them was exchanged.
func TestRuns(t *testing.T) {
	taken := 0
	for seed := range uint64(400) {
		rnd := rand.New(rand.NewPCG(seed, 4))
		quads := randomQuads(rnd, 5+rnd.IntN(60))
		src := []byte("....")
		ds := NewDataset(src)
		for i, q := range quads {
			if i == len(quads)/2 {
				ds.AddLiteral(ds.Blank("n0"), ds.Predicate("urn:p1"), ds.Source(0, 4), 0, 0)
			}
			ds.Add(q)
		}
		for range rnd.IntN(6) {
			i := rnd.IntN(len(quads))
			j := i + rnd.IntN(len(quads)-i) + 1
			part := slices.Collect(ds.Slice(i, j, 0).Quads())
			sameSum(t, fmt.Sprintf("slice %d to %d, seed %d", i, j, seed), part, func() ([]byte, error) { return ds.SliceSum(i, j, 0, nil) })
		}
		taken += len(ds.sorted.runs)
		sameSum(t, fmt.Sprintf("whole, seed %d", seed), slices.Collect(ds.Quads()), func() ([]byte, error) { return ds.CanonicalSum(nil) })
		ds.Exchange(map[Text]Text{ds.Source(0, 4): ds.Text("zzzz")})
		sameSum(t, fmt.Sprintf("exchanged, seed %d", seed), slices.Collect(ds.Quads()), func() ([]byte, error) { return ds.CanonicalSum(nil) })
	}
	if taken < 200 {
		t.Errorf("only %d orders of slices were kept", taken)
	}
}

// sameSum compares with the hash of the same quads in another order, of which nothing is known.
func sameSum(t *testing.T, what string, quads []Quad, sum func() ([]byte, error)) {
	t.Helper()
	fresh := NewDataset(nil)
	for _, i := range rand.New(rand.NewPCG(1, 2)).Perm(len(quads)) {
		fresh.Add(quads[i])
	}
	want, wantErr := fresh.CanonicalSum(nil)
	got, err := sum()
	if !bytes.Equal(got, want) || (err == nil) != (wantErr == nil) {
		t.Fatalf("%s: %x (%v), want %x (%v)", what, got, err, want, wantErr)
	}
}

// randomQuads are statements of which some say the same, and whose blank nodes are hard to tell apart.
func randomQuads(rnd *rand.Rand, n int) []Quad {
	node := func() Term {
		if rnd.IntN(2) == 0 {
			return Term{Kind: BlankNode, Value: fmt.Sprintf("n%d", rnd.IntN(4))}
		}
		return Term{Kind: IRI, Value: fmt.Sprintf("urn:s%d", rnd.IntN(5))}
	}
	var quads []Quad
	for range n {
		q := Quad{Subject: node(), Predicate: Term{Kind: IRI, Value: fmt.Sprintf("urn:p%d", rnd.IntN(3))}, Object: node()}
		switch rnd.IntN(5) {
		case 0, 1, 2:
			q.Object = Term{Kind: Literal, Value: fmt.Sprintf("common start %d", rnd.IntN(4))}
		case 3:
			q.Graph = node()
		}
		quads = append(quads, q)
		if rnd.IntN(6) == 0 {
			quads = append(quads, q)
		}
	}
	return quads
}
