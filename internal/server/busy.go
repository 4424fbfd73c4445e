package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/openlaurel/laurel/internal/api"
)

// What a node does when it is asked for more than it can do: it works on a bounded number of requests at once, lets some
// more wait for their turn, and turns the rest away at once with 503 and Retry-After. Without this bound everybody waits
// for everybody and nobody is answered in time.
//
// The rules are:
//
//   - Two queues: what strangers read all day (records, status lists, keys: one look into the database) does not wait
//     behind what is computed (verification, pages of a desk, imports).
//   - A turn is for work, not for waiting on a slow line: a body is read before the turn begins, and whoever waits for
//     the other side longer than slowLine gives the turn to the next and takes one again afterwards.
//   - Whether the node is alive is answered always.
const (
	heavyPerProcessor = 8               // some of them wait for the database
	lightPerHeavy     = 4               // public reads are short and wait for the database most of the time
	waitingPerTurn    = 8               // with the turns above: some seconds of work, which is what a person waits
	patience          = 5 * time.Second // who has waited so long is turned away: somebody who waits longer has gone
	retryAfter        = "2"             // seconds: half the queue is through by then
	slowLine          = 20 * time.Millisecond
	bodyAhead         = 1 << 20 // of a body is read before its turn: every form and every record, not every import
)

// errBusy is why a request is turned away.
var errBusy = errors.New("server: more is asked than can be done")

// gate gives out a number of turns, in the order in which they are asked for.
type gate struct {
	mu      sync.Mutex
	free    int
	room    int             // how many may wait
	waiting []chan struct{} // closed when the turn has come
}

func newGate(turns int) *gate { return &gate{free: turns, room: turns * waitingPerTurn} }

// enter waits for a turn, unless too many wait already.
func (g *gate) enter(ctx context.Context) error {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return nil
	}
	if len(g.waiting) >= g.room {
		g.mu.Unlock()
		return errBusy
	}
	turn := make(chan struct{})
	g.waiting = append(g.waiting, turn)
	g.mu.Unlock()
	tired := time.NewTimer(patience)
	defer tired.Stop()
	select {
	case <-turn:
		return nil
	case <-tired.C:
	case <-ctx.Done():
	}
	return g.giveUp(turn)
}

// giveUp stops waiting; a turn that has come meanwhile is taken after all.
func (g *gate) giveUp(turn chan struct{}) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for i, w := range g.waiting {
		if w == turn {
			g.waiting = append(g.waiting[:i], g.waiting[i+1:]...)
			return errBusy
		}
	}
	return nil
}

// leave gives the turn to whoever waits longest.
func (g *gate) leave() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.waiting) == 0 {
		g.free++
		return
	}
	close(g.waiting[0])
	g.waiting = g.waiting[1:]
}

// again takes a turn for a request that is under way: before all that have not begun, and however long it takes.
func (g *gate) again() {
	g.mu.Lock()
	if g.free > 0 {
		g.free--
		g.mu.Unlock()
		return
	}
	turn := make(chan struct{})
	g.waiting = append([]chan struct{}{turn}, g.waiting...)
	g.mu.Unlock()
	<-turn
}

// busy are the gates of a node.
type busy struct {
	heavy, light *gate
	metrics      *metrics
	page         func(http.ResponseWriter, *http.Request, int) // 503 for people
}

func newBusy(c *Config, m *metrics, page func(http.ResponseWriter, *http.Request, int)) *busy {
	turns := c.AtOnce
	if turns == 0 {
		turns = heavyPerProcessor * runtime.GOMAXPROCS(0)
	}
	return &busy{heavy: newGate(turns), light: newGate(turns * lightPerHeavy), metrics: m, page: page}
}

// lightReads are the addresses that cost one look into the database, or none.
var lightReads = []string{"/records/", "/status/", "/achievements/", "/issuers/", "/static/", "/.well-known/", "/did.json", "/verifier/did.json", "/oid4vp/did.json", "/openapi.json"}

// gateFor is the queue that a request stands in; nil is none.
func (b *busy) gateFor(r *http.Request) (*gate, string) {
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics":
		return nil, ""
	}
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		for _, p := range lightReads {
			if strings.HasPrefix(r.URL.Path, p) {
				return b.light, "light"
			}
		}
	}
	return b.heavy, "heavy"
}

// bound lets a request wait for its turn, or turns it away.
func (b *busy) bound(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		g, name := b.gateFor(r)
		if g == nil {
			next.ServeHTTP(w, r)
			return
		}
		ahead(r)
		if err := g.enter(r.Context()); err != nil {
			b.metrics.turnedAway.WithLabelValues(name).Inc()
			w.Header().Set("Retry-After", retryAfter)
			refuse(w, r, b.page, http.StatusServiceUnavailable, "unavailable", "more is asked than can be done just now; ask again as Retry-After says")
			return
		}
		t := &turn{gate: g, held: true}
		defer t.end()
		if r.Body != nil && r.Body != http.NoBody {
			r.Body = slowBody{r.Body, t}
		}
		next.ServeHTTP(slowWriter{w, t}, r)
	})
}

// refuse answers programs with a problem document and people with a page.
func refuse(w http.ResponseWriter, r *http.Request, page func(http.ResponseWriter, *http.Request, int), status int, code, detail string) {
	for _, door := range []string{"/api/", "/ims/", "/oauth/token", "/oauth/register", "/oauth/revoke", "/oauth/introspect", "/oid4vci/", "/oid4vp/", "/vc-api/", "/status/"} {
		if strings.HasPrefix(r.URL.Path, door) {
			api.Problem(w, status, code, detail)
			return
		}
	}
	page(w, r, status)
}

// ahead reads the beginning of a body into memory, most often all of it.
func ahead(r *http.Request) {
	if r.Body == nil || r.Body == http.NoBody {
		return
	}
	var b bytes.Buffer
	n, err := io.Copy(&b, io.LimitReader(r.Body, bodyAhead))
	body := struct {
		io.Reader
		io.Closer
	}{&b, r.Body}
	switch {
	case err != nil:
		body.Reader = io.MultiReader(&b, failing{err})
	case n == bodyAhead:
		body.Reader = io.MultiReader(&b, r.Body)
	}
	r.Body = body
}

// failing is a reader that has nothing but an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

// turn is one request's turn. It is given away while the request waits for the other side of a slow line.
type turn struct {
	gate *gate

	mu   sync.Mutex
	held bool
	wait int // number of the wait that is under way or was last
}

// outside does what waits for the other side.
func (t *turn) outside(do func()) {
	t.mu.Lock()
	t.wait++
	this := t.wait
	t.mu.Unlock()
	slow := time.AfterFunc(slowLine, func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.held && t.wait == this {
			t.held = false
			t.gate.leave()
		}
	})
	do()
	slow.Stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	t.wait++
	if !t.held {
		t.gate.again()
		t.held = true
	}
}

func (t *turn) end() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.held {
		t.held = false
		t.gate.leave()
	}
}

// slowBody gives the turn away while the rest of a body does not come.
type slowBody struct {
	io.ReadCloser
	turn *turn
}

func (b slowBody) Read(p []byte) (n int, err error) {
	b.turn.outside(func() { n, err = b.ReadCloser.Read(p) })
	return n, err
}

// slowWriter gives the turn away while an answer is not taken.
type slowWriter struct {
	http.ResponseWriter
	turn *turn
}

func (s slowWriter) Write(p []byte) (n int, err error) {
	s.turn.outside(func() { n, err = s.ResponseWriter.Write(p) })
	return n, err
}

// Unwrap lets http.ResponseController reach the writer beneath.
func (s slowWriter) Unwrap() http.ResponseWriter { return s.ResponseWriter }
