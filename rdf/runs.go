package rdf

import (
	"cmp"
	"slices"
	"sync"
)

// sortedRuns are the quads of slices in the order in which their canonicalization had them: grouped by subject, sorted,
// and without duplicates. The whole dataset takes over a subject whose quads all lie in one slice as it is, for their
// order depends on nothing else. The quads of a record are mostly those of its parts.
type sortedRuns struct {
	mu    sync.Mutex
	order []uint32 // by quad; those of a run from i on are order[i:i+kept]
	runs  []run    // in their order, no two with a quad in common
}

// run is a slice from the from-th quad up to, not including, the to-th, of which kept are no duplicates.
type run struct{ from, to, kept uint32 }

func (r *sortedRuns) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.runs = nil
}

// forgetAround forgets the order of a quad that has changed and of those around it.
func (r *sortedRuns) forgetAround(quad uint32) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at, found := slices.BinarySearchFunc(r.runs, quad, func(a run, q uint32) int { return cmp.Compare(a.from, q) })
	if !found {
		at--
	}
	if at >= 0 && r.runs[at].to > quad {
		r.runs = slices.Delete(r.runs, at, at+1)
	}
}

// remember takes what c found for the slice of a whole dataset that begins with its i-th quad.
func (r *sortedRuns) remember(c *canonicalizer, whole *Dataset, i int) {
	// Until they have names blank nodes are sorted by number, so the numbers need the order that they have in the whole.
	if whole.origin != nil || c.ds.moved || !slices.IsSorted(c.ds.origin) {
		return
	}
	own := run{uint32(i), uint32(i + len(c.ds.quads)), uint32(len(c.order))}
	r.mu.Lock()
	defer r.mu.Unlock()
	at, _ := slices.BinarySearchFunc(r.runs, own, func(a, b run) int { return cmp.Compare(a.from, b.from) })
	if at > 0 && r.runs[at-1].to > own.from || at < len(r.runs) && r.runs[at].from < own.to {
		return
	}
	if len(r.order) < len(whole.quads) {
		r.order = append(r.order, make([]uint32, len(whole.quads)-len(r.order))...)
	}
	for k, q := range c.order {
		r.order[i+k] = uint32(i) + q
	}
	r.runs = slices.Insert(r.runs, at, own)
}

// noRun and toSort are what canonicalizer.run says of a node besides the number of a run, from 1 on.
const (
	noRun  = 0          // it is no subject
	toSort = ^uint32(0) // its quads are not in order
)

// input lists the quads of the dataset, counts in c.start those of each subject, and finds out which subjects are sorted
// already.
func (c *canonicalizer) input() {
	c.list, c.taken = c.list[:0], 0
	c.run = sized(c.run, len(c.ds.nodes))
	if c.ds.origin == nil {
		sorted := &c.ds.sorted
		sorted.mu.Lock()
		defer sorted.mu.Unlock()
		for k, r := range sorted.runs {
			c.unsorted(r.from)
			for _, q := range sorted.order[r.from : r.from+r.kept] {
				s := c.ds.quads[q].s
				c.start[s+1]++
				if c.run[s] == noRun {
					c.run[s] = uint32(k + 1)
				} else if c.run[s] != uint32(k+1) {
					c.run[s] = toSort
				}
			}
			c.list = append(c.list, sorted.order[r.from:r.from+r.kept]...)
			c.taken = r.to
		}
	}
	c.unsorted(uint32(len(c.ds.quads)))
}

// unsorted lists the quads that are in no run, up to but not including the end-th.
func (c *canonicalizer) unsorted(end uint32) {
	for i := c.taken; i < end; i++ {
		s := c.ds.quads[i].s
		c.start[s+1]++
		c.run[s] = toSort
		c.list = append(c.list, i)
	}
}
