// Package statuslist implements Bitstring Status List 1.0: it encodes and
// decodes the lists in which an issuer says what has become of its
// credentials, and looks entries up in them. It also reads what came before,
// StatusList2021 and RevocationList2020, and reads and writes the
// 1EdTechRevocationList of Open Badges 3.0 and CLR 2.0 (Verifiable Credential
// Revocation List, 1.0).
//
// The package answers what a list says. Who signed the list, whether it is
// still valid and what a status means for a credential is package verify's
// work.
package statuslist

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// MaxStatusSize bounds the bits of an entry. A statusMessage is demanded for
// each value, and nobody writes more than 256.
const MaxStatusSize = 8

// Reason says which of its own rules a status list or an entry broke.
type Reason string

// The reasons. ReasonRange and ReasonPurpose are named after what Bitstring Status List,
// 3.2 (validate algorithm) demands.
const (
	ReasonMalformed   Reason = "malformed"   // the entry or the list is not what the standard describes
	ReasonUnsupported Reason = "unsupported" // a type of status that is not known here
	ReasonRange       Reason = "range"       // RANGE_ERROR: the index is beyond the list
	ReasonPurpose     Reason = "purpose"     // the list is for another purpose than the entry
	ReasonTooLarge    Reason = "size"        // the list is larger than MaxBytes
)

// An Error says why a status could not be established. It never means that the
// credential is or is not revoked.
type Error struct {
	Reason  Reason
	Pointer string // JSON Pointer of the member at fault, within the document given
	Msg     string
	Err     error // cause, if any
}

func (e *Error) Error() string {
	text := "statuslist: " + e.Msg
	if e.Err != nil {
		text += ": " + e.Err.Error()
	}
	return text
}

func (e *Error) Unwrap() error { return e.Err }

func fail(r Reason, format string, args ...any) *Error {
	return &Error{Reason: r, Msg: fmt.Sprintf(format, args...)}
}

func failAt(v ijson.Value, r Reason, format string, args ...any) *Error {
	e := fail(r, format, args...)
	e.Pointer = v.Pointer()
	return e
}

func failBecause(r Reason, cause error, msg string) *Error {
	return &Error{Reason: r, Msg: msg, Err: cause}
}

// Kind is the type of a credentialStatus.
type Kind string

// The kinds.
const (
	Bitstring          Kind = "BitstringStatusListEntry" // Bitstring Status List 1.0
	StatusList2021     Kind = "StatusList2021Entry"      // its draft of 2021 to 2023
	RevocationList2020 Kind = "RevocationList2020Status" // its draft of 2020
	Revocations1EdTech Kind = "1EdTechRevocationList"    // Verifiable Credential Revocation List 1.0
)

// A form is how a kind of bitstring list is written.
type form struct {
	entry      Kind
	credential string // type of the list credential
	subject    string // type of its credentialSubject
	legacy     bool   // encodedList without multibase, no purpose in the entry demanded
}

var forms = [...]form{
	{Bitstring, "BitstringStatusListCredential", "BitstringStatusList", false},
	{StatusList2021, "StatusList2021Credential", "StatusList2021", true},
	{RevocationList2020, "RevocationList2020Credential", "RevocationList2020", true},
}

func formOf(k Kind) (form, bool) {
	i := slices.IndexFunc(forms[:], func(f form) bool { return f.entry == k })
	if i < 0 {
		return form{}, false
	}
	return forms[i], true
}

// The purposes that Bitstring Status List 1.0 defines. Others are allowed.
const (
	PurposeRevocation = "revocation" // for good
	PurposeSuspension = "suspension" // until further notice
	PurposeRefresh    = "refresh"    // a newer credential is at the refresh service
	PurposeMessage    = "message"    // something else, in words
)

// A StatusMessage says what a value of an entry means.
type StatusMessage struct {
	Status  uint64
	Message string
}

// An Entry is one credentialStatus of a credential.
type Entry struct {
	Kind     Kind
	ID       string // optional; the list's URL for a 1EdTechRevocationList
	Purpose  string
	Index    uint64
	Size     int    // bits of the entry; 1 unless the entry says otherwise
	ListURL  string // where the list is
	Messages []StatusMessage
}

// ParseEntry reads one element of credentialStatus. The error is an *Error.
func ParseEntry(v ijson.Value) (*Entry, error) {
	if v.Kind() != ijson.Object {
		return nil, failAt(v, ReasonMalformed, "the credentialStatus is no object")
	}
	var kind Kind
	for _, t := range v.Get("type").Each() {
		k := Kind(t.Text())
		if _, known := formOf(k); known || k == Revocations1EdTech {
			kind = k
			break
		}
	}
	switch kind {
	case "":
		return nil, failAt(v, ReasonUnsupported, "the credentialStatus has the type %s, which is not supported", v.Get("type").Raw())
	case Revocations1EdTech:
		id := v.Get("id")
		if id.Text() == "" {
			return nil, failAt(v, ReasonMalformed, "the credentialStatus has no id; it must be the URL of the revocation list")
		}
		return &Entry{Kind: kind, ID: id.Text(), Purpose: PurposeRevocation, ListURL: id.Text(), Size: 1}, nil
	}
	return parseBitstringEntry(v, kind)
}

func parseBitstringEntry(v ijson.Value, kind Kind) (*Entry, error) {
	e := &Entry{Kind: kind, ID: v.Get("id").Text(), Purpose: v.Get("statusPurpose").Text(), Size: 1}
	if kind == RevocationList2020 {
		e.ListURL, e.Purpose = v.Get("revocationListCredential").Text(), PurposeRevocation
	}
	if e.ListURL == "" {
		e.ListURL = v.Get("statusListCredential").Text()
	}
	switch {
	case e.ListURL == "":
		return nil, failAt(v, ReasonMalformed, "the credentialStatus has no statusListCredential; it must be the URL of the list")
	case e.Purpose == "":
		return nil, failAt(v, ReasonMalformed, "the credentialStatus has no statusPurpose")
	case e.ID == e.ListURL:
		return nil, failAt(v.Get("id"), ReasonMalformed, "the credentialStatus has the URL of the list as its own id")
	}
	index := v.Get("statusListIndex")
	if !index.IsValid() && kind == RevocationList2020 {
		index = v.Get("revocationListIndex")
	}
	var err error
	if e.Index, err = parseIndex(index, v); err != nil {
		return nil, err
	}
	if size := v.Get("statusSize"); size.IsValid() {
		n, whole := size.Int()
		if !whole || n < 1 || n > MaxStatusSize {
			return nil, failAt(size, ReasonMalformed, "the statusSize is %s; it must be a number from 1 to %d", size.Raw(), MaxStatusSize)
		}
		e.Size = int(n)
	}
	if e.Messages, err = parseMessages(v.Get("statusMessage"), e.Size); err != nil {
		return nil, err
	}
	if e.Size > 1 && len(e.Messages) != 1<<e.Size {
		return nil, failAt(v, ReasonMalformed, "the statusSize is %d, so statusMessage must have %d elements; it has %d", e.Size, 1<<e.Size, len(e.Messages))
	}
	return e, nil
}

// parseIndex reads a statusListIndex: a string of decimal digits without
// leading zeros. A JSON number is accepted for 1EdTech's sake, whose own
// examples have one. What is too large for 64 bits becomes the largest index,
// which is beyond every list.
func parseIndex(v, entry ijson.Value) (uint64, error) {
	text := v.Text()
	switch v.Kind() {
	case ijson.Number:
		text = v.Number()
	case ijson.String:
	case ijson.Invalid:
		return 0, failAt(entry, ReasonMalformed, "the credentialStatus has no statusListIndex")
	}
	valid := text != "" && (text == "0" || text[0] != '0') && strings.Trim(text, "0123456789") == ""
	if !valid {
		return 0, failAt(v, ReasonMalformed, "the statusListIndex is %s; it must be a string of digits", v.Raw())
	}
	index, _ := strconv.ParseUint(text, 10, 64) // out of range gives the largest
	return index, nil
}

func parseMessages(v ijson.Value, size int) ([]StatusMessage, error) {
	var messages []StatusMessage
	for _, m := range v.Each() {
		digits, hex := strings.CutPrefix(m.Get("status").Text(), "0x")
		status, err := strconv.ParseUint(digits, 16, 64)
		if !hex || err != nil || digits[0] == '+' {
			return nil, failAt(m, ReasonMalformed, "the status of a statusMessage is %s; it must be a string such as \"0x1\"", m.Get("status").Raw())
		}
		if status>>size != 0 {
			return nil, failAt(m, ReasonMalformed, "the status %#x of a statusMessage does not fit into %d bits", status, size)
		}
		if slices.ContainsFunc(messages, func(have StatusMessage) bool { return have.Status == status }) {
			return nil, failAt(m, ReasonMalformed, "there are two statusMessages for the status %#x", status)
		}
		messages = append(messages, StatusMessage{status, m.Get("message").Text()})
	}
	return messages, nil
}

// A List is the credentialSubject of a list credential.
type List struct {
	Kind     Kind // of the entries that it is for
	ID       string
	Purposes []string
	TTL      time.Duration // how long the list may be cached (milliseconds on the wire); 0: not said
	Bits     []byte
}

// ParseList reads a list credential, given as the credential itself: the
// payload, where it came as a JWT. It checks types and decompresses the list;
// it does not check proof, issuer and validity. The error is an *Error.
func ParseList(credential ijson.Value) (*List, error) {
	if credential.Kind() != ijson.Object {
		return nil, failAt(credential, ReasonMalformed, "the status list credential is no object")
	}
	subject := credential.Get("credentialSubject")
	if subject.Kind() == ijson.Array && subject.Len() == 1 {
		subject = subject.Index(0)
	}
	var f form
	for _, candidate := range forms {
		if hasType(subject, candidate.subject) {
			f = candidate
		}
	}
	switch {
	case f.entry == "":
		return nil, failAt(subject, ReasonMalformed, "the credentialSubject is no status list; its type must be %s", forms[0].subject)
	case !hasType(credential, f.credential):
		return nil, failAt(credential, ReasonMalformed, "the status list credential lacks the type %s", f.credential)
	}
	l := &List{Kind: f.entry, ID: subject.Get("id").Text()}
	for _, p := range subject.Get("statusPurpose").Each() {
		l.Purposes = append(l.Purposes, p.Text())
	}
	if len(l.Purposes) == 0 && f.legacy {
		l.Purposes = []string{PurposeRevocation}
	}
	if ms, ok := subject.Get("ttl").Int(); ok && 0 < ms && ms < int64(maxTTL/time.Millisecond) {
		l.TTL = time.Duration(ms) * time.Millisecond
	}
	encoded := subject.Get("encodedList")
	if !encoded.IsString() {
		return nil, failAt(subject, ReasonMalformed, "the status list has no encodedList")
	}
	decode := Decode
	if f.legacy {
		decode = DecodeLegacy
	}
	var err error
	if l.Bits, err = decode(encoded.Text()); err != nil {
		err.(*Error).Pointer = encoded.Pointer()
		return nil, err
	}
	return l, nil
}

// maxTTL bounds a ttl, which Bitstring Status List advises against using for
// long times; more than a year is as good as not said.
const maxTTL = 366 * 24 * time.Hour

func hasType(v ijson.Value, want string) bool {
	for _, t := range v.Get("type").Each() {
		if t.Text() == want {
			return true
		}
	}
	return false
}

// A Status is what a list says of an entry.
type Status struct {
	Purpose string
	Value   uint64
	Message string // the entry's statusMessage for the value, if it has one

	// Short says that the list has fewer entries than MinEntries, for which
	// Bitstring Status List, 3.2 demands STATUS_LIST_LENGTH_ERROR. The value is
	// what the list says all the same: a set bit revokes, however short the list.
	Short   bool
	Entries uint64 // how many entries the list has
}

// Set reports whether the status applies: revoked, suspended and so on. For
// entries of several bits, any value but 0 does.
func (s Status) Set() bool { return s.Value != 0 }

// Status looks an entry up. The error is an *Error.
func (l *List) Status(e *Entry) (Status, error) {
	switch {
	case e.Kind != l.Kind:
		return Status{}, fail(ReasonMalformed, "the credential has a %s, and the list is not for those", e.Kind)
	case !slices.Contains(l.Purposes, e.Purpose):
		return Status{}, fail(ReasonPurpose, "the credential has a status for %s, and the list is for %s", e.Purpose, strings.Join(l.Purposes, ", "))
	}
	value, err := Bit(l.Bits, e.Index, e.Size)
	if err != nil {
		return Status{}, err
	}
	s := Status{Purpose: e.Purpose, Value: value, Entries: uint64(len(l.Bits)) * 8 / uint64(e.Size)}
	s.Short = s.Entries < MinEntries
	for _, m := range e.Messages {
		if m.Status == value {
			s.Message = m.Message
		}
	}
	return s, nil
}
