package verify

import (
	"bytes"
	"math"
	"math/rand/v2"
	"runtime"
	"testing"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
)

// TestAhead: the report is the same, byte for byte, whether the parts of a record are judged while the record is or after
// it: of good records, and of records of which any byte was changed, or a part lost its seal.
func TestAhead(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(max(2, runtime.GOMAXPROCS(0))))
	report := func(input []byte, from int) []byte {
		o := (&Options{Now: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}).withDefaults()
		r := newRun(t.Context(), &o)
		r.ahead = from
		text, err := ijson.Marshal(r.verify(input))
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	ahead := 0
	same := func(what string, input []byte) {
		want, got := report(input, math.MaxInt), report(input, 0)
		if !bytes.Equal(want, got) {
			t.Errorf("%s: the parts after the record\n%s\nthe parts ahead\n%s", what, want, got)
		}
		o := (*Options)(nil).withDefaults()
		r := newRun(t.Context(), &o)
		r.ahead = 0
		if c := r.open(input); c.doc != nil {
			if a := r.startAhead(c); a != nil {
				a.stop()
				ahead++
			}
		}
	}
	for _, name := range []string{"clr-std-10", "clr-lean-10"} {
		text := vectors.File(t, "perf/"+name+".json")
		same(name, text)
		same(name+" without the seal of a part", bytes.Replace(text, []byte(`"proof":`), []byte(`"prooF":`), 1))
		rnd := rand.New(rand.NewPCG(1, 10))
		for range 40 {
			bent := bytes.Clone(text)
			at := rnd.IntN(len(bent))
			bent[at] = "x1\"}"[rnd.IntN(4)]
			same(name+" bent at "+itoa(at), bent)
		}
	}
	if ahead < 40 {
		t.Errorf("the parts of only %d were judged ahead", ahead)
	}
}
