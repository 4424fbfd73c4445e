package vc

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// Status is an entry of credentialStatus (VC 2.0, 4.10; Bitstring Status List 1.0, 2.1). Numbers that the field writes
// both as JSON numbers and as strings are kept as text.
type Status struct {
	ID                   string `json:"id,omitempty"`
	Type                 string `json:"type"`
	StatusPurpose        string `json:"statusPurpose,omitempty"`
	StatusListIndex      string `json:"statusListIndex,omitempty"`
	StatusListCredential string `json:"statusListCredential,omitempty"`
	StatusSize           int    `json:"statusSize,omitempty"`

	Types   []string    `json:"-"`
	Pointer string      `json:"-"`
	Value   ijson.Value `json:"-"`
}

func statuses(doc ijson.Value) []Status {
	var out []Status
	for _, o := range objects(doc, "credentialStatus") {
		s := Status{ID: o.ID, Types: o.Types, Pointer: o.Pointer, Value: o.Value,
			StatusPurpose:        o.Value.Get("statusPurpose").Text(),
			StatusListIndex:      scalarText(o.Value.Get("statusListIndex")),
			StatusListCredential: idOf(o.Value.Get("statusListCredential")),
			StatusSize:           int(o.Value.Get("statusSize").Float()),
		}
		if len(o.Types) > 0 {
			s.Type = o.Types[0]
		}
		out = append(out, s)
	}
	return out
}

func scalarText(v ijson.Value) string {
	if v.Kind() == ijson.Number {
		return v.Number()
	}
	return v.Text()
}

// MaxObjects is how many proofs, pieces of evidence, status entries and the like the view shows of a document; Check
// refuses one that has more. The most seen in the field is 60.
const MaxObjects = 5000

func objects(doc ijson.Value, member string) []Object {
	v := doc.Get(member)
	var out []Object
	for i, e := range v.Each() {
		if i == MaxObjects {
			break
		}
		out = append(out, Object{ID: idOf(e), Types: typesOf(e), Pointer: place("/"+member, v, i), Value: e})
	}
	return out
}

// place is the pointer to the i-th of what v.Each yields: v itself may be the only one.
func place(at string, v ijson.Value, i int) string {
	if v.Kind() == ijson.Array {
		return at + "/" + strconv.Itoa(i)
	}
	return at
}

// idOf is the identifier of a node: its id, or the node itself when it is a string.
func idOf(v ijson.Value) string {
	if v.IsString() {
		return v.Text()
	}
	if id := v.Get("id"); id.IsString() {
		return id.Text()
	}
	return v.Get("@id").Text()
}

func typesOf(v ijson.Value) []string {
	if t := Strings(v.Get("type")); t != nil {
		return t
	}
	return Strings(v.Get("@type"))
}

func issuerOf(v ijson.Value) Issuer {
	if !v.IsValid() {
		return Issuer{}
	}
	i := Issuer{ID: idOf(v), Value: v}
	if v.Kind() == ijson.Object {
		i.Name = PickText(v.Get("name"))
	}
	return i
}

// Strings reads one string or many; what is not a string is left out.
func Strings(v ijson.Value) []string {
	var out []string
	for _, e := range v.Each() {
		if e.IsString() {
			out = append(out, e.Text())
		}
	}
	return out
}

func contains(list []string, s string) bool { return slices.Contains(list, s) }

func kindWord(v ijson.Value) string {
	switch v.Kind() {
	case ijson.Null:
		return "null"
	case ijson.Bool:
		return "boolean"
	case ijson.Number:
		return "number"
	case ijson.String:
		return "string"
	case ijson.Array:
		return "array"
	case ijson.Object:
		return "object"
	}
	return "nothing"
}

func (d *Document) readValidity() {
	from, until := "validFrom", "validUntil"
	if d.Model == Model11 && (d.root.Has("issuanceDate") || !d.root.Has("validFrom")) {
		from = "issuanceDate"
	}
	if d.Model == Model11 && (d.root.Has("expirationDate") || !d.root.Has("validUntil")) {
		until = "expirationDate"
	}
	d.ValidFrom, d.ValidFromText, d.ValidFromPointer = d.date(from)
	d.ValidUntil, d.ValidUntilText, d.ValidUntilPointer = d.date(until)
	if d.Model == Model11 {
		if t, text, p := d.date("validFrom"); !t.IsZero() && t.After(d.ValidFrom) {
			d.ValidFrom, d.ValidFromText, d.ValidFromPointer = t, text, p
		}
		if t, text, p := d.date("validUntil"); !t.IsZero() && (d.ValidUntil.IsZero() || t.Before(d.ValidUntil)) {
			d.ValidUntil, d.ValidUntilText, d.ValidUntilPointer = t, text, p
		}
	}
	d.AwardedDate, _, _ = d.date("awardedDate")
}

func (d *Document) date(member string) (t time.Time, text, pointer string) {
	v := d.root.Get(member)
	if !v.IsString() {
		return time.Time{}, "", ""
	}
	t, _ = ParseTime(v.Text())
	return t, v.Text(), "/" + member
}

// ParseTime reads a dateTimeStamp: an RFC 3339 date-time whose time zone is required (VC 2.0, 4.9 and 8.1). Years beyond
// four digits, which XSD allows, are refused.
func ParseTime(s string) (time.Time, error) {
	// time.Parse accepts a comma as the decimal sign and one-digit hours; RFC 3339 does not.
	if len(s) < len("2006-01-02T15:04:05Z") || s[10] != 'T' && s[10] != 't' || s[13] != ':' {
		return time.Time{}, fmt.Errorf("vc: %q is not a date and time with a time zone, as in 2026-05-31T00:00:00Z", s)
	}
	norm := []byte(s)
	for i, c := range norm {
		switch c {
		case 't':
			norm[i] = 'T'
		case 'z':
			norm[i] = 'Z'
		case ',':
			return time.Time{}, fmt.Errorf("vc: %q has a decimal comma; write a point", s)
		}
	}
	t, err := time.Parse(time.RFC3339Nano, string(norm))
	if err != nil {
		return time.Time{}, fmt.Errorf("vc: %q is not a date and time with a time zone, as in 2026-05-31T00:00:00Z", s)
	}
	return t, nil
}
