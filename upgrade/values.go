package upgrade

import (
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

func text(v ijson.Value, member string) string {
	m := v.Get(member)
	if m.Kind() == ijson.Number {
		return m.Number()
	}
	return vc.PickText(m)
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func present(v ijson.Value) bool { return v.IsValid() && v.Kind() != ijson.Null }

func number(v ijson.Value) *float64 {
	f := v.Float()
	if v.IsString() {
		var err error
		if f, err = strconv.ParseFloat(v.Text(), 64); err != nil {
			return nil
		}
	} else if v.Kind() != ijson.Number {
		return nil
	}
	return &f
}

// truth reads a truth value, which the field also writes as the text "True".
func truth(v ijson.Value) (value, ok bool) {
	switch {
	case v.Kind() == ijson.Bool:
		return v.Bool(), true
	case v.IsString():
		b, err := strconv.ParseBool(strings.ToLower(v.Text()))
		return b, err == nil
	}
	return false, false
}

// date reads a date as the older standards have it, perhaps without a zone or time, and writes it with both. UTC and
// midnight are taken for what is missing, and told.
func (u *upgrader) date(v ijson.Value, at string) ob.DateTime {
	s := v.Text()
	if v.Kind() == ijson.Number { // Open Badges 1.0 allowed seconds since 1970
		return ob.At(time.Unix(int64(v.Float()), 0))
	}
	if s == "" {
		return ""
	}
	if _, err := vc.ParseTime(s); err == nil {
		return ob.DateTime(s)
	}
	t, ok := ob.DateTime(s).Time()
	if !ok {
		if t, ok = looseTime(s); !ok {
			u.lose(at, "“%s” is no date and was left out.", s)
			return ""
		}
	}
	u.lose(at, "“%s” has no time zone; UTC was taken.", s)
	return ob.At(t)
}

// looseTime reads "2017-10-01T00:00Z", which Open Badges 2.0 allows.
func looseTime(s string) (time.Time, bool) {
	t, err := time.Parse("2006-01-02T15:04Z07:00", s)
	return t, err == nil
}

// original is evidence that points back to what was read. A urn cannot be opened, but names it.
func original(id, name string) ob.Evidence {
	e := ob.Evidence{Name: name}
	if absolute.MatchString(id) {
		e.ID = id
	} else if id != "" {
		e.Description = id
	}
	return e
}
