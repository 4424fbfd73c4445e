package verify

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/jsonld"
	"github.com/openlaurel/laurel/schema"
	"github.com/openlaurel/laurel/vc"
)

// A run is one verification: its clock, what it may fetch, and how much of its limits is used up.
type run struct {
	ctx   context.Context
	opts  *Options
	now   time.Time
	net   *budget
	dids  *did.Resolver
	most  int          // credentials that may be judged
	count atomic.Int64 // credentials judged
	lists listMemory
	slots chan struct{}
	ahead int // size of a record from which its parts are judged ahead
}

func newRun(ctx context.Context, o *Options) *run {
	r := &run{ctx: ctx, opts: o, now: o.Now, net: newBudget(o), slots: make(chan struct{}, runtime.GOMAXPROCS(0)), ahead: aheadBytes}
	r.dids = &did.Resolver{Fetcher: r.net}
	return r
}

// A role says why a credential is judged.
type role uint8

const (
	asInput role = iota
	asNested
	asEndorsement
	asRefreshed
	asStatusList
)

// A credential is one credential under judgement.
type credential struct {
	*run
	report *Report
	role   role
	depth  int
	parent *credential

	doc    *vc.Document
	record *dataintegrity.Record // what this document and those inside it were converted to, once for all
	token  *token                // the JWT it is secured as; nil for embedded proofs

	endorsed string // id of the object that carries this endorsement

	seal      seal             // what the proof check found
	keys      []keyUse         // the keys whose signatures hold
	dropped   []jsonld.Dropped // what JSON-LD leaves out of what the issuer sealed
	legacy    *legacy          // an Open Badges 2.0 or CLR 1.0 document
	legacyKey *legacyKey       // the key that signed it
	foreign   []keyUse         // keys that were named and not asked for, because they lie elsewhere
	found     features         // see features
	fits      schema.Class     // the class whose built-in schema takes it; "" if none was tried or it was refused
	inner     []*credential    // endorsements, then nested credentials
	asked     []asked          // the statuses that were looked up
	delivery  bool             // it is no document, but what one program handed several to another in
	overfull  bool             // it holds more credentials than are judged at once
}

// A seal is what is known about the credential's own proofs.
type seal uint8

const (
	sealMissing seal = iota
	sealBroken
	sealUnknown
	sealIntact
)

// verify judges the input and everything inside it.
func (r *run) verify(input []byte) *Report {
	root := r.open(input)
	r.net.plan(root)
	r.judge(root)
	root.report.settle()
	return root.report
}

// usualFindings is how many findings a good credential has, or a few more.
const usualFindings = 24

// newReport has every list of the contract in place, empty.
func (r *run) newReport(path string) *Report {
	return &Report{
		Kind: KindUnknown, Standard: StandardUnknown, Proof: "none", Path: path,
		CheckedAt: r.now.Format(time.RFC3339),
		Findings:  make([]Finding, 0, usualFindings), Uncovered: []string{}, Credentials: []*Report{},
	}
}

// judge runs the standard checks on the credential, then on every credential inside it, and leaves all in its report.
// A panic becomes a finding: the verifier's own fault must not take the server down nor look like a verdict.
func (r *run) judge(c *credential) {
	defer func() {
		if p := recover(); p != nil {
			c.panicked(p)
		}
	}()
	if c.delivery {
		r.judgeInner(c)
		c.tell()
		return
	}
	if c.doc == nil {
		return
	}
	if c.overfull {
		c.inner = nil // refused as a whole: judging a part of it would say nothing about it
		return
	}
	parts := r.startAhead(c)
	if parts != nil {
		defer parts.stop()
	}
	for _, check := range standard {
		if r.ctx.Err() != nil {
			c.add("format.interrupted", "")
			break
		}
		check.run(c)
	}
	slices.SortStableFunc(c.report.Findings, func(a, b Finding) int {
		return slices.Index(reading, a.Check) - slices.Index(reading, b.Check)
	})
	if parts != nil {
		parts.finish()
	} else {
		r.judgeInner(c)
	}
	checkAccreditation(c)
	c.tell()
}

// tell puts the reports of the credentials inside under the report of what holds them.
func (c *credential) tell() {
	for _, inner := range c.inner {
		c.report.Credentials = append(c.report.Credentials, inner.report)
	}
}

// panicDetail is for tests: it sees what a recovered panic said.
var panicDetail func(value any, stack []byte)

func (c *credential) panicked(p any) {
	if panicDetail != nil {
		panicDetail(p, debug.Stack())
	}
	c.add("format.internal", "", fmt.Sprintf("%T", p))
}

// judgeInner judges the credentials inside, several at a time. Each writes into its own report, and the reports stand
// in document order, so the result does not depend on the order of the work. When the documents to fetch may exceed
// the budget, one follows the other, because then it matters who comes first.
func (r *run) judgeInner(c *credential) {
	if r.net.tight() {
		for _, inner := range c.inner {
			r.judge(inner)
		}
		return
	}
	var wg sync.WaitGroup
	for _, inner := range c.inner {
		select {
		case r.slots <- struct{}{}:
			wg.Go(func() {
				defer func() { <-r.slots }()
				r.judge(inner)
			})
		default:
			r.judge(inner)
		}
	}
	wg.Wait()
}

// add records a finding of the catalogue. The arguments fill the message's blanks.
func (c *credential) add(code, pointer string, args ...any) {
	c.report.Findings = append(c.report.Findings, newFinding(code, pointer, args...))
}

// has tells whether the credential's own findings contain one with the outcome in the check.
func (c *credential) has(check string, outcome Outcome) bool {
	for _, f := range c.report.Findings {
		if f.Check == check && f.Outcome == outcome {
			return true
		}
	}
	return false
}

// passIfQuiet adds the code of success when the check said nothing else than warnings.
func (c *credential) passIfQuiet(check, code string, args ...any) {
	for _, f := range c.report.Findings {
		if f.Check == check && f.Outcome != Passed && !f.Warning {
			return
		}
	}
	c.add(code, "", args...)
}

func (c *credential) root() ijson.Value { return c.doc.Root() }

// issuerID is the credential's issuer as its model names it: the member, or for a JWT of VC 1.1 without it, iss.
func (c *credential) issuerID() string { return c.report.Issuer.ID }
