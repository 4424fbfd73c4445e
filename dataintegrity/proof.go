package dataintegrity

import (
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// MaxProofs is how many proofs a document may carry. Each costs a canonicalization of the whole document, so a list of
// thousands is a denial of service; real documents carry one to four.
const MaxProofs = 64

// Proof is the typed view of one proof of a document. Members of another type than the specification demands read as
// zero here and make [Verify] fail with a [MalformedError].
type Proof struct {
	ID                 string
	Type               string
	Cryptosuite        string
	VerificationMethod string
	Purpose            string
	Created            time.Time // zero: absent
	Expires            time.Time // zero: absent
	Challenge          string
	Domain             []string
	ProofValue         string
	PreviousProof      []string
	Pointer            string // of the proof in the document it was read from

	value ijson.Value
}

// Proofs reads the proof member of a document, one proof or an array of them. A document without proofs gives none: it is
// the caller who must not take that for success.
func Proofs(doc ijson.Value) []Proof {
	member := doc.Get("proof")
	if member.Kind() != ijson.Array {
		if member.Kind() == ijson.Invalid || member.Kind() == ijson.Null {
			return nil
		}
		return []Proof{readProof(member, "/proof")}
	}
	proofs := make([]Proof, 0, member.Len())
	for i, v := range member.Each() {
		proofs = append(proofs, readProof(v, "/proof/"+itoa(i)))
	}
	return proofs
}

// Suite is the suite that made the proof; false if it is not a known one.
func (p Proof) Suite() (*Suite, bool) {
	name := p.Type
	if p.Type == typeDataIntegrityProof {
		name = p.Cryptosuite
	}
	s, ok := Lookup(name)
	if !ok || s.Type != p.Type {
		return nil, false
	}
	return s, true
}

// Name is what tells the proof's suite in words: its cryptosuite, or its type where it has none.
func (p Proof) Name() string {
	if p.Type == typeDataIntegrityProof && p.Cryptosuite != "" {
		return p.Cryptosuite
	}
	return p.Type
}

// Value is the proof as it stands in the document.
func (p Proof) Value() ijson.Value { return p.value }

func readProof(v ijson.Value, pointer string) Proof {
	p := Proof{
		ID:                 v.Get("id").Text(),
		Type:               v.Get("type").Text(),
		Cryptosuite:        v.Get("cryptosuite").Text(),
		VerificationMethod: v.Get("verificationMethod").Text(),
		Purpose:            v.Get("proofPurpose").Text(),
		Challenge:          v.Get("challenge").Text(),
		Domain:             texts(v.Get("domain")),
		ProofValue:         v.Get("proofValue").Text(),
		PreviousProof:      texts(v.Get("previousProof")),
		Pointer:            pointer,
		value:              v,
	}
	p.Created, _ = parseTime(v.Get("created").Text()) // check reports a malformed one
	p.Expires, _ = parseTime(v.Get("expires").Text())
	return p
}

// texts reads a string or an array of strings; anything else reads as nothing.
func texts(v ijson.Value) []string {
	var all []string
	for e := range v.Elements() {
		if e.IsString() {
			all = append(all, e.Text())
		}
	}
	if v.IsString() {
		all = append(all, v.Text())
	}
	return all
}

// check holds the proof to the form that Data Integrity demands of every suite (Data Integrity, 2.1 and 4.4).
func (p Proof) check() error {
	if p.value.Kind() != ijson.Object {
		return &MalformedError{Pointer: p.Pointer, Msg: "must be an object"}
	}
	for _, name := range [...]string{"type", "verificationMethod", "proofPurpose", "proofValue"} {
		if v := p.value.Get(name); !v.IsString() || v.Text() == "" {
			return p.malformed(name, "must be a non-empty string")
		}
	}
	for _, name := range [...]string{"id", "cryptosuite", "challenge", "nonce"} {
		if v := p.value.Get(name); v.IsValid() && !v.IsString() {
			return p.malformed(name, "must be a string")
		}
	}
	for _, name := range [...]string{"created", "expires"} {
		v := p.value.Get(name)
		if !v.IsValid() {
			continue
		}
		if _, ok := parseTime(v.Text()); !ok {
			return p.malformed(name, "must be a date and time such as 2026-01-31T12:00:00Z")
		}
	}
	for _, name := range [...]string{"domain", "previousProof"} {
		if v := p.value.Get(name); v.IsValid() && !isTexts(v) {
			return p.malformed(name, "must be a string or an array of strings")
		}
	}
	return nil
}

func (p Proof) malformed(member, msg string) error {
	return &MalformedError{Pointer: p.Pointer + "/" + member, Msg: msg}
}

func isTexts(v ijson.Value) bool {
	if v.IsString() {
		return true
	}
	return v.Kind() == ijson.Array && v.Len() > 0 && len(texts(v)) == v.Len()
}

// parseTime reads an XML Schema dateTimeStamp; one without an offset is UTC (VC Data Model 2.0, 4.9).
func parseTime(s string) (time.Time, bool) {
	const stem = "2006-01-02T15:04:05"
	// time.Parse takes one-digit hours and a decimal comma, which XML Schema does not.
	if len(s) < len(stem) || s[10] != 'T' || s[13] != ':' || s[16] != ':' || strings.Contains(s, ",") {
		return time.Time{}, false
	}
	for _, layout := range [...]string{stem + "Z07:00", stem} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
