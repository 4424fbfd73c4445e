// Package trust reads lists of known issuers: the operator's own, the registries of the Digital Credentials Consortium
// (DCC), and entity statements of OpenID Federation 1.0.
//
// A list says that its keeper knows an issuer by its id. It says nothing about a credential, and an issuer that no list
// names is not thereby bad. The own format is one JSON object; "updated" and "until", which say how old the list is and
// when it ends, may be left out:
//
//	{
//	  "name": "Partner universities",
//	  "url": "https://registrar.example.edu/partners",
//	  "updated": "2026-05-01T00:00:00Z", "until": "2027-05-01T00:00:00Z",
//	  "issuers": [
//	    {"id": "did:web:north.example", "name": "North College", "url": "https://north.example"},
//	    {"id": "https://south.example/issuer", "name": "South College"},
//	    {"id": "did:web:accreditor.example", "name": "State Accreditor", "accreditor": true}
//	  ]
//	}
//
// An accreditor is one whose endorsement of an issuer, carried in the issuer's profile, says that the issuer may award what
// it awards.
//
// A list of a federation holds signed statements of a trust anchor, whose keys the operator writes beside them:
//
//	{
//	  "name": "A federation",
//	  "federation": {"anchor": "https://anchor.example", "jwks": {"keys": [{…}]}, "statements": ["eyJ…", "eyJ…"], "marks": ["eyJ…"]}
//	}
//
// The sub of a statement is the issuer's id; iat and exp say from when and until when the anchor knows it. Marks, which may
// be left out, are the anchor's own trust marks about issuers of the statements.
package trust

import (
	"errors"
	"fmt"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/verify"
)

// MaxBytes bounds a list: 100,000 issuers of 150 bytes.
const MaxBytes = 16 << 20

// An Issuer is one entry of a list.
type Issuer struct {
	ID   string // compared exactly, as identifiers are
	Name string // what the list calls it
	URL  string

	Accreditor bool          // it accredits others
	Marks      []verify.Mark // trust marks about it

	// Stated is when the list said so, Until when that ends; zero when it does not say.
	Stated, Until time.Time
}

// A List is a list of known issuers.
type List struct {
	Name string
	URL  string // where it is published

	byID map[string]Issuer
}

// Parse reads a list in the own format, a DCC registry ({"meta": …, "registry": {id: {name, url}}}), or a list of the
// statements of a federation, whose signatures it checks.
func Parse(b []byte) (*List, error) {
	doc, err := ijson.Parse(b, &ijson.Options{MaxBytes: MaxBytes})
	if err != nil {
		return nil, fmt.Errorf("trust: the list is not valid JSON: %w", err)
	}
	v := doc.Root()
	switch {
	case v.Get("issuers").Kind() == ijson.Array:
		return parseOwn(v)
	case v.Get("registry").Kind() == ijson.Object:
		return parseDCC(v)
	case v.Get("federation").Kind() == ijson.Object:
		return parseFederation(v)
	case v.Kind() == ijson.Array && v.Index(0).Get("type").IsString():
		return nil, errors.New("trust: this is a list of registries; fetch each registry that it names and give those")
	}
	return nil, errors.New(`trust: the list has neither "issuers" nor "registry" nor "federation"; write {"name": …, "issuers": [{"id": …, "name": …}]}`)
}

func parseOwn(v ijson.Value) (*List, error) {
	l := &List{Name: v.Get("name").Text(), URL: v.Get("url").Text(), byID: map[string]Issuer{}}
	if l.Name == "" {
		return nil, errors.New(`trust: the list has no "name"; readers are told which list knows the issuer`)
	}
	var stated, until time.Time
	for name, to := range map[string]*time.Time{"updated": &stated, "until": &until} {
		if err := readTime(v.Get(name), to); err != nil {
			return nil, fmt.Errorf("trust: /%s %w", name, err)
		}
	}
	for i, e := range v.Get("issuers").Each() {
		issuer := Issuer{ID: e.Get("id").Text(), Name: e.Get("name").Text(), URL: e.Get("url").Text(), Accreditor: e.Get("accreditor").Bool(), Stated: stated, Until: until}
		if issuer.ID == "" {
			return nil, fmt.Errorf("trust: /issuers/%d has no id", i)
		}
		if _, twice := l.byID[issuer.ID]; twice {
			return nil, fmt.Errorf("trust: /issuers/%d names %s again; keep one entry", i, issuer.ID)
		}
		l.byID[issuer.ID] = issuer
	}
	return l, nil
}

// readTime reads a date and time, if there is one. The registries of the DCC write the zone without a colon.
func readTime(v ijson.Value, to *time.Time) error {
	if !v.IsValid() {
		return nil
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(layout, v.Text()); err == nil {
			*to = t.UTC()
			return nil
		}
	}
	return errors.New("is no date and time such as 2026-05-01T00:00:00Z")
}

// parseDCC reads a registry of the DCC's first kind: ids are the names of an object's members.
func parseDCC(v ijson.Value) (*List, error) {
	l := &List{Name: v.Get("meta").Get("name").Text(), URL: v.Get("meta").Get("url").Text(), byID: map[string]Issuer{}}
	if l.Name == "" {
		l.Name = "DCC registry"
	}
	var stated time.Time
	for _, name := range [...]string{"created", "updated"} { // the later word counts
		_ = readTime(v.Get("meta").Get(name), &stated) // a date that cannot be read leaves the list of unknown age
	}
	for id, e := range v.Get("registry").Members() {
		if e.Kind() != ijson.Object {
			return nil, fmt.Errorf("trust: %s is no entry of a registry", ijson.Pointer("registry", id))
		}
		l.byID[id] = Issuer{ID: id, Name: e.Get("name").Text(), URL: e.Get("url").Text(), Stated: stated}
	}
	return l, nil
}

// Len is how many issuers the list names.
func (l *List) Len() int { return len(l.byID) }

// Lookup finds an issuer by its id.
func (l *List) Lookup(id string) (Issuer, bool) {
	i, ok := l.byID[id]
	return i, ok
}

// Lists are all that a verifier consults, in the order in which they are named to the reader.
type Lists []*List

var _ verify.IssuerLists = Lists(nil)

// Listed says which lists name the issuer.
func (ls Lists) Listed(issuerID string) []verify.Listing {
	var out []verify.Listing
	for _, l := range ls {
		if i, ok := l.Lookup(issuerID); ok {
			out = append(out, verify.Listing{Registry: l.Name, URL: l.URL, Name: i.Name, Accreditor: i.Accreditor, Marks: i.Marks, AsOf: i.Stated, Until: i.Until})
		}
	}
	return out
}
