package verify

import (
	"fmt"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/vectors"
)

// suitesOfCredentials are the suites whose inputs are documents to verify.
var suitesOfCredentials = []string{"clr20", "ob30", "ler-rs", "ob20", "dcc", "dcc-wallets", "jwt-vc", "clr1", "di-eddsa", "di-ecdsa", "di-proof-chain"}

// wanted maps a suite's word to verdicts that agree with it.
var wanted = map[string]Verdict{
	"valid": Verified, "warning": Verified, "invalid": Failed, "indeterminate": Indeterminate,
	"no-credential": Failed, "unsupported-proof": Indeterminate,
}

func judgeCase(t testing.TB, c *vectors.Case) *Report {
	t.Helper()
	needs := fetch.Static{}
	for url, body := range c.Needs(t) {
		needs[url] = body
	}
	return Verify(t.Context(), c.Input(t), &Options{Fetcher: needs, Now: at(c)})
}

// at is the moment at which to judge a case.
func at(c *vectors.Case) time.Time {
	if c.At.IsZero() {
		return time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	}
	return c.At
}

// expect holds a report to the verdict of the vector's source, or to the entry among the disagreements.
func expect(t *testing.T, c *vectors.Case, r *Report) {
	t.Helper()
	want, ok := wanted[c.Expect]
	if !ok {
		t.Skipf("expect %q is not a verdict", c.Expect)
	}
	if d, ok := disagreements[c.ID]; ok {
		if d.verdict == want {
			t.Errorf("listed as a disagreement, and is none")
		}
		if _, found := r.Find(d.code); r.Verdict != d.verdict || d.code != "" && !found {
			t.Errorf("got %s, want %s by %s, as listed among the disagreements\n%s", r.Verdict, d.verdict, d.code, told(r, ""))
		}
		return
	}
	if r.Verdict != want {
		t.Errorf("got %s, want %s (%s: %s)\n%s", r.Verdict, want, c.Check, c.Reason, told(r, ""))
	}
}

func TestVectors(t *testing.T) {
	panicDetail = func(v any, stack []byte) { t.Errorf("panic: %v\n%s", v, stack) }
	defer func() { panicDetail = nil }()
	for _, name := range suitesOfCredentials {
		t.Run(name, func(t *testing.T) {
			for _, c := range vectors.Open(t, name).Cases {
				t.Run(c.ID, func(t *testing.T) {
					expect(t, c, judgeCase(t, c))
				})
			}
		})
	}
}

// told lists what a report says beside success, for test messages.
func told(r *Report, indent string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s%s %s %s own=%s verdict=%s proof=%s\n", indent, r.Path, r.Kind, r.Standard, r.Own, r.Verdict, r.Proof)
	for _, f := range r.Findings {
		if f.Outcome != Passed && f.Outcome != Skipped || f.Warning {
			fmt.Fprintf(&b, "%s  %s %s %s: %s\n", indent, f.Outcome, f.Code, f.Pointer, f.Message)
		}
	}
	if len(r.Uncovered) > 0 {
		u := append([]string{}, r.Uncovered...)
		sort.Strings(u)
		fmt.Fprintf(&b, "%s  uncovered %v\n", indent, u)
	}
	for _, child := range r.Credentials {
		b.WriteString(told(child, indent+"    "))
	}
	return b.String()
}
