package statuslist

import (
	"fmt"
	"strconv"
	"time"

	"github.com/openlaurel/laurel/ijson"
)

// contextV2 is the context of VC Data Model 2.0, which defines the terms of
// Bitstring Status List as well.
const contextV2 = "https://www.w3.org/ns/credentials/v2"

// A Draft is what an issuer says in a list credential.
type Draft struct {
	ID         string // URL that the list is served at
	Issuer     string // must be the issuer of the credentials
	Name       string // for people; optional
	Purposes   []string
	Bits       []byte
	Size       int           // bits of an entry; 0 means 1
	TTL        time.Duration // optional
	ValidFrom  time.Time
	ValidUntil time.Time // optional; before it, the list must be signed anew
}

// Build returns the unsigned list credential of type
// BitstringStatusListCredential. It refuses a list shorter than MinEntries.
func Build(d *Draft) ([]byte, error) {
	size := max(d.Size, 1)
	switch {
	case d.ID == "" || d.Issuer == "":
		return nil, fail(ReasonMalformed, "a status list needs an id and an issuer")
	case len(d.Purposes) == 0:
		return nil, fail(ReasonMalformed, "a status list needs a purpose, such as %q", PurposeRevocation)
	case len(d.Bits)*8/size < MinEntries:
		return nil, fail(ReasonMalformed, "the list has %d entries; the standard demands at least %d", len(d.Bits)*8/size, MinEntries)
	case len(d.Bits) > MaxBytes:
		return nil, fail(ReasonTooLarge, "the list has %d bytes, more than the limit of %d", len(d.Bits), MaxBytes)
	}
	type subject struct {
		ID      string `json:"id"`
		Type    string `json:"type"`
		Purpose any    `json:"statusPurpose"`
		Encoded string `json:"encodedList"`
		TTL     int64  `json:"ttl,omitempty"`
	}
	type credential struct {
		Context    []string `json:"@context"`
		ID         string   `json:"id"`
		Type       []string `json:"type"`
		Issuer     string   `json:"issuer"`
		Name       string   `json:"name,omitempty"`
		ValidFrom  string   `json:"validFrom,omitempty"`
		ValidUntil string   `json:"validUntil,omitempty"`
		Subject    subject  `json:"credentialSubject"`
	}
	var purpose any = d.Purposes
	if len(d.Purposes) == 1 {
		purpose = d.Purposes[0]
	}
	return ijson.Marshal(credential{
		Context:    []string{contextV2},
		ID:         d.ID,
		Type:       []string{"VerifiableCredential", forms[0].credential},
		Issuer:     d.Issuer,
		Name:       d.Name,
		ValidFrom:  timestamp(d.ValidFrom),
		ValidUntil: timestamp(d.ValidUntil),
		Subject:    subject{d.ID + "#list", forms[0].subject, purpose, Encode(d.Bits), d.TTL.Milliseconds()},
	})
}

func timestamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339)
}

// NewBits returns a bitstring of zeros with room for that many entries of size
// bits, and never fewer than MinEntries.
func NewBits(entries, size int) []byte {
	return make([]byte, (max(entries, MinEntries)*max(size, 1)+7)/8)
}

// MarshalJSON writes the entry as a credentialStatus.
func (e *Entry) MarshalJSON() ([]byte, error) {
	if e.Kind == Revocations1EdTech {
		return ijson.Marshal(struct {
			ID   string `json:"id"`
			Type Kind   `json:"type"`
		}{e.ListURL, e.Kind})
	}
	type message struct {
		Status  string `json:"status"`
		Message string `json:"message"`
	}
	out := struct {
		ID       string    `json:"id,omitempty"`
		Type     Kind      `json:"type"`
		Purpose  string    `json:"statusPurpose"`
		Index    string    `json:"statusListIndex"`
		ListURL  string    `json:"statusListCredential"`
		Size     int       `json:"statusSize,omitempty"`
		Messages []message `json:"statusMessage,omitempty"`
	}{ID: e.ID, Type: e.Kind, Purpose: e.Purpose, Index: strconv.FormatUint(e.Index, 10), ListURL: e.ListURL}
	if e.Size > 1 {
		out.Size = e.Size
	}
	for _, m := range e.Messages {
		out.Messages = append(out.Messages, message{fmt.Sprintf("0x%x", m.Status), m.Message})
	}
	return ijson.Marshal(out)
}
