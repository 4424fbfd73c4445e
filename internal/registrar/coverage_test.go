package registrar

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestCountsTellOnNobody: few, and few who have not, are not told; nor one number alone that the total would tell.
func TestCountsTellOnNobody(t *testing.T) {
	for _, c := range []struct {
		n, size int
		want    Count
	}{
		{0, 100, Count{Kind: CountFew}}, {9, 100, Count{Kind: CountFew}}, {10, 100, Count{10, CountTold}}, {90, 100, Count{90, CountTold}},
		{91, 100, Count{Kind: CountNearly}}, {99, 100, Count{Kind: CountNearly}}, {100, 100, Count{100, CountTold}}, {9, 9, Count{Kind: CountHidden}}, {10, 10, Count{10, CountTold}},
	} {
		if got := countOf(c.n, c.size); got != c.want {
			t.Errorf("%d of %d: %+v, want %+v", c.n, c.size, got, c.want)
		}
	}
	told := func(n int) Count { return Count{n, CountTold} }
	hidden := Count{Kind: CountHidden}
	few := Count{Kind: CountFew}
	for name, c := range map[string]struct{ row, want []Count }{
		"one hidden":   {[]Count{told(40), few, told(20)}, []Count{told(40), few, hidden}},
		"two hidden":   {[]Count{few, few, told(20)}, []Count{few, few, told(20)}},
		"none hidden":  {[]Count{told(40), told(20)}, []Count{told(40), told(20)}},
		"only the one": {[]Count{few}, []Count{few}},
	} {
		protect(c.row)
		if d := cmp.Diff(c.want, c.row); d != "" {
			t.Errorf("%s (-want +got)\n%s", name, d)
		}
	}
}
