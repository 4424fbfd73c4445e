package issue

import (
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/ob"
	"github.com/openlaurel/laurel/vc"
)

// subjects visits the subjects of the document.
func (l *linter) subjects(visit func(s ijson.Value, at string)) {
	v := l.root.Get("credentialSubject")
	for i, s := range v.Each() {
		if s.Kind() == ijson.Object {
			visit(s, place("/credentialSubject", v, i))
		}
	}
}

func (l *linter) achievementCredential() {
	l.subjects(func(s ijson.Value, at string) {
		l.named(s, at)
		v := s.Get("achievement")
		for i, a := range v.Each() {
			l.achievement(a, place(at+"/achievement", v, i))
		}
		l.results(s, at)
	})
}

// named: the subject has an id or an identifier. The schema does not hold it and the 1EdTech validator does not see it.
func (l *linter) named(s ijson.Value, at string) {
	if s.Get("id").Text() == "" && s.Get("identifier").Len() == 0 {
		l.add("issue.learner-unnamed", at)
	}
}

func (l *linter) achievement(a ijson.Value, at string) {
	c := a.Get("criteria")
	if c.Kind() == ijson.Object && c.Get("id").Text() == "" && strings.TrimSpace(vc.PickText(c.Get("narrative"))) == "" {
		l.add("issue.criteria", at+"/criteria", vc.PickText(a.Get("name")))
	}
	v := a.Get("resultDescription")
	for i, e := range v.Each() {
		d, p := ob.ReadResultDescription(e), place(at+"/resultDescription", v, i)
		if d.RequiredLevel != "" {
			if _, ok := d.Level(d.RequiredLevel); !ok {
				l.add("issue.level-dangling", p+"/requiredLevel", "“requiredLevel”", d.RequiredLevel)
			}
		}
		if scale, ok := offScale(&d, d.RequiredValue); !ok {
			l.add("issue.required-off-scale", p+"/requiredValue", d.RequiredValue, d.Name, scale)
		}
	}
}

// results: each fits a description of the achievement that is asserted.
func (l *linter) results(s ijson.Value, at string) {
	var descriptions []ob.ResultDescription
	for _, a := range s.Get("achievement").Each() {
		for _, d := range a.Get("resultDescription").Each() {
			descriptions = append(descriptions, ob.ReadResultDescription(d))
		}
	}
	v := s.Get("result")
	for i, e := range v.Each() {
		r, p := ob.ReadResult(e), place(at+"/result", v, i)
		if r.ResultDescription == "" {
			continue
		}
		n := slices.IndexFunc(descriptions, func(d ob.ResultDescription) bool { return d.ID == r.ResultDescription })
		if n < 0 {
			l.add("issue.result-dangling", p+"/resultDescription", r.ResultDescription)
			continue
		}
		l.result(&r, &descriptions[n], p)
	}
}

func (l *linter) result(r *ob.Result, d *ob.ResultDescription, at string) {
	if r.AchievedLevel != "" {
		if _, ok := d.Level(r.AchievedLevel); !ok {
			l.add("issue.level-dangling", at+"/achievedLevel", "A result", r.AchievedLevel)
		}
	}
	if scale, ok := offScale(d, r.Value); !ok {
		l.add("issue.result-out-of-range", at+"/value", r.Value, d.Name, scale)
	}
	if (d.ResultType == ob.ResultStatus) != (r.Status != "") {
		l.add("issue.result-status", at)
	}
}

// offScale tells whether a value fits a description, and gives the scale in words when it does not. Values and bounds
// are texts; they are compared as numbers where both are numbers.
func offScale(d *ob.ResultDescription, value string) (scale string, ok bool) {
	if value == "" {
		return "", true
	}
	if len(d.AllowedValue) > 0 {
		return strings.Join(d.AllowedValue, ", "), slices.Contains(d.AllowedValue, value)
	}
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return "", true
	}
	low, lowErr := strconv.ParseFloat(d.ValueMin, 64)
	high, highErr := strconv.ParseFloat(d.ValueMax, 64)
	fits := (lowErr != nil || n >= low) && (highErr != nil || n <= high)
	return d.ValueMin + " to " + d.ValueMax, fits
}

// record holds a CLR to what the standard says of the parts together.
func (l *linter) record() {
	l.subjects(func(s ijson.Value, at string) {
		l.named(s, at)
		known := catalog{}
		v := s.Get("achievement")
		for i, a := range v.Each() {
			p := place(at+"/achievement", v, i)
			l.achievement(a, p)
			l.define(known, a, p)
		}
		l.parts(s, at, known)
		l.associations(s, at, known)
	})
}

// catalog holds the achievements of a record by id, each in canonical form; related ones, which are only named, as "".
type catalog map[string]string

// define adds an achievement, and warns of an id that stands for something else already: in linked data both become one
// node with the statements of both. Endorsements, which others add, make no other thing of it.
func (l *linter) define(known catalog, a ijson.Value, at string) {
	id := a.Get("id").Text()
	form := string(ijson.AppendCanonical(nil, a, "endorsement", "endorsementJwt"))
	if other := known[id]; other != "" && other != form {
		l.add("issue.conflicting-copies", at, id)
	}
	known[id] = form
	for _, r := range a.Get("related").Each() {
		if id := r.Get("id").Text(); known[id] == "" {
			known[id] = ""
		}
	}
}

// parts looks at each credential inside the record, and collects the achievements that they assert. Their own content is
// not linted: it is signed already, perhaps by others, and cannot be mended here.
func (l *linter) parts(s ijson.Value, at string, known catalog) {
	at += "/verifiableCredential"
	v := s.Get("verifiableCredential")
	seen := map[string]bool{}
	for i, e := range v.Each() {
		p := place(at, v, i)
		if e.IsString() {
			l.add("issue.part-token", p)
			continue
		}
		d := vc.FromValue(e)
		// An older badge of somebody else, taken over in the new form, has no signature; the original is its evidence
		// (1EdTech implementation guide, upgrading Open Badges 2.0).
		if len(d.Proofs) == 0 && len(d.Evidence) == 0 {
			l.add("issue.part-unsigned", p, d.Name)
		}
		if d.ID != "" && seen[d.ID] {
			l.add("issue.part-repeated", p+"/id", d.ID)
		}
		seen[d.ID] = true
		for _, inner := range d.Subjects {
			l.sameLearner(s, inner, d.Name, p)
			for _, a := range inner.Get("achievement").Each() {
				l.define(known, a, p)
			}
		}
	}
}

// sameLearner warns when neither the id nor an identifier of a part's subject is the record's.
func (l *linter) sameLearner(record, part ijson.Value, name, at string) {
	a, b := record.Get("id").Text(), part.Get("id").Text()
	if a == b || a == "" || b == "" {
		return
	}
	for _, x := range record.Get("identifier").Each() {
		for _, y := range part.Get("identifier").Each() {
			if sameIdentity(ob.ReadIdentityObject(x), ob.ReadIdentityObject(y)) {
				return
			}
		}
	}
	l.add("issue.other-learner", at, name, b, a)
}

func sameIdentity(a, b ob.IdentityObject) bool {
	switch {
	case a.IdentityType != b.IdentityType:
		return false
	case !a.Hashed:
		return b.Matches(a.IdentityType, a.IdentityHash) != ob.NoMatch
	case !b.Hashed:
		return a.Matches(b.IdentityType, b.IdentityHash) != ob.NoMatch
	}
	return strings.EqualFold(a.IdentityHash, b.IdentityHash) && a.Salt == b.Salt
}

func (l *linter) associations(s ijson.Value, at string, known catalog) {
	v := s.Get("association")
	for i, e := range v.Each() {
		p := place(at+"/association", v, i)
		source, target := e.Get("sourceId").Text(), e.Get("targetId").Text()
		if source == target {
			l.add("issue.association-to-itself", p, source)
			continue
		}
		for _, end := range []struct{ name, id string }{{"sourceId", source}, {"targetId", target}} {
			if _, ok := known[end.id]; !ok {
				l.add("issue.association-dangling", p+"/"+end.name, end.id)
			}
		}
	}
}
