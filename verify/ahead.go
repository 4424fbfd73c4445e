package verify

import (
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/openlaurel/laurel/ijson"
)

// A record's parts wait for no finding about the record itself, but for one: whether its seal holds, which a part without
// a seal of its own asks for. So the parts of a large record are judged on the other processors while its own checks, of
// which the seal takes longest, run on this one. Every credential has its report, so that what is told, and in which
// order, is the same.

// aheadBytes is the size of a record from which this pays: a smaller one is judged in two or three milliseconds.
const aheadBytes = 128 << 10

// ahead judges the parts of a credential.
type ahead struct {
	run   *run
	inner []*credential
	next  atomic.Int64
	wg    sync.WaitGroup
}

// startAhead begins to judge the parts of c on the other processors, if they can be judged before c is. It returns nil
// where that is not so.
func (r *run) startAhead(c *credential) *ahead {
	workers := min(runtime.GOMAXPROCS(0), len(c.inner)) - 1
	if workers < 1 || c.depth > 0 || c.role != asInput || len(c.doc.Bytes()) < r.ahead || r.net.tight() || r.mayRefresh(c) {
		return nil
	}
	for _, inner := range c.inner {
		if inner.doc == nil || inner.token != nil || inner.legacy != nil || r.mayRefresh(inner) || !hasOwnProof(inner.root()) {
			return nil
		}
	}
	c.record.SideBySide()
	a := &ahead{run: r, inner: c.inner}
	for range workers {
		a.wg.Go(a.work)
	}
	return a
}

// mayRefresh reports whether a newer version may come to stand in the place of the credential.
func (r *run) mayRefresh(c *credential) bool { return r.net.under != nil && len(c.doc.Refresh) > 0 }

// hasOwnProof reports whether the document has a proof, so that nobody else's is asked for.
func hasOwnProof(v ijson.Value) bool {
	proof := v.Get("proof")
	return proof.Kind() == ijson.Object || proof.Kind() == ijson.Array && proof.Len() > 0
}

func (a *ahead) work() {
	for {
		i := int(a.next.Add(1)) - 1
		if i >= len(a.inner) {
			return
		}
		a.run.judge(a.inner[i])
	}
}

// finish judges what is left, and waits for the others.
func (a *ahead) finish() {
	a.work()
	a.wg.Wait()
}

// stop lets the others end what they are about.
func (a *ahead) stop() {
	a.next.Store(int64(len(a.inner)))
	a.wg.Wait()
}
