package verify

import (
	"time"

	"github.com/openlaurel/laurel/fetch"
)

// Limits of one verification. Beyond them a check answers "unknown", or the input is refused.
const (
	// MaxBytes bounds the input: a record of 10,000 credentials stays below it.
	MaxBytes = 64 << 20
	// MaxCredentials bounds the credentials of one tree, endorsements included. A larger record may hold one for every
	// BytesPerCredential of it: an honest one has some 6,000.
	MaxCredentials     = 2000
	BytesPerCredential = 4 << 10
	// MaxNesting bounds how deep credentials nest: a presentation of a record of badges with endorsements is 4.
	MaxNesting = 8
	// MaxFetches bounds the documents that one verification may ask the network for.
	MaxFetches = 20
	// MaxFetchTime bounds the time that all fetching of one verification may take together.
	MaxFetchTime = 10 * time.Second
	// MaxFetchBytes bounds what all fetching of one verification may bring in together.
	MaxFetchBytes = 32 << 20
	// ClockSkew is how far clocks may differ before "not yet valid" and "signed in the future" are said.
	ClockSkew = time.Minute
)

// Options says what the verifier may do and what its caller knows. Nil and the zero value mean: offline, now, strict.
type Options struct {
	// Fetcher gets DID documents, key documents, status lists, schemas and newer versions. Nil: offline.
	Fetcher fetch.Fetcher
	// Now is the moment of verification. Zero: the clock.
	Now time.Time
	// Recipients is what the caller knows about the learner; empty: the recipient is not compared.
	Recipients []Recipient
	// Issuers are the lists of known issuers to ask. Nil: none.
	Issuers IssuerLists
	// On is a moment for which the caller wants to know whether each record was in force, such as that of an application.
	// The verdict stays about Now. Zero: nothing is said.
	On time.Time
	// History knows since when entries of its own status lists are as they are. Nil: what the lists say themselves.
	History StatusHistory
	// Contexts are JSON-LD contexts by URL that the operator vouches for, besides the embedded ones.
	Contexts map[string][]byte
	// MaxBytes, MaxCredentials and MaxFetches replace the constants of the same name when they are not zero. A
	// MaxCredentials given here holds whatever the size.
	MaxBytes, MaxCredentials, MaxFetches int
	// Challenge and Domain are what the holder was asked to present for. Empty: a presentation is not held to any.
	Challenge, Domain string
	// Canonical keeps the canonical form of each credential in its report.
	Canonical bool
}

// A Recipient is one thing the caller knows about the learner, such as {"emailAddress", "a@example.edu"}. Type is of
// Open Badges 3.0's IdentifierTypeEnum, or "id" for the subject's own identifier.
type Recipient struct{ Type, Value string }

// IssuerLists answers which lists of known issuers name an issuer.
type IssuerLists interface {
	Listed(issuerID string) []Listing
}

func (o *Options) withDefaults() Options {
	var out Options
	if o != nil {
		out = *o
	}
	if out.Now.IsZero() {
		out.Now = time.Now()
	}
	out.Now = out.Now.UTC()
	if out.MaxBytes == 0 {
		out.MaxBytes = MaxBytes
	}
	if out.MaxFetches == 0 {
		out.MaxFetches = MaxFetches
	}
	return out
}

// mostCredentials is how many credentials an input of the size may hold.
func (o *Options) mostCredentials(size int) int {
	if o.MaxCredentials > 0 {
		return o.MaxCredentials
	}
	return max(MaxCredentials, size/BytesPerCredential)
}
