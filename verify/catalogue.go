package verify

import (
	"fmt"
	"strings"

	"github.com/openlaurel/laurel/ijson"
)

// An Entry of the catalogue says everything about one code that does not depend on the credential at hand.
// docs/errors.md is generated from these.
type Entry struct {
	Code    string  // check.reason-in-kebab-case; stable
	Outcome Outcome // what the check answers when it gives this code
	// Weight is "" for findings that count as their outcome says; "warning" for what a reader should see although the
	// verdict stays; "optional" for an unknown that the standard does not demand an answer to.
	Weight  string
	Message string // one plain sentence; %s are filled from the credential
	Owner   string // who can mend it: issuer, holder, verifier, network; "" when nothing is wrong
	Repair  string // what the owner does
	Spec    string // the clause
	Cause   string // for docs/errors.md: what leads to this code
}

const (
	warning  = "warning"
	optional = "optional"
)

// Who can mend a finding.
const (
	byIssuer   = "issuer"
	byHolder   = "holder"
	byVerifier = "verifier"
	byNetwork  = "network"
)

// Catalogue returns every code, in the order of the checks.
func Catalogue() []Entry {
	var all []Entry
	for _, part := range catalogue {
		all = append(all, part...)
	}
	return all
}

var byCode = func() map[string]*Entry {
	m := map[string]*Entry{}
	for _, part := range catalogue {
		for i := range part {
			m[part[i].Code] = &part[i]
		}
	}
	return m
}()

// maxQuoted bounds what a message repeats of a credential: enough to recognise, too little to flood a page.
const maxQuoted = 200

func newFinding(code, pointer string, args ...any) Finding {
	check, _, _ := strings.Cut(code, ".")
	e, ok := byCode[code]
	if !ok { // a test keeps this from happening; if it does, it must not look like success
		return Finding{Check: check, Outcome: Unknown, Code: code, Pointer: pointer, demanded: true,
			Message: "The verifier has no words for this finding.", Owner: byVerifier, Repair: "Report this as a fault of the verifier."}
	}
	for i, a := range args {
		if s, ok := a.(string); ok {
			args[i] = quotable(s)
		}
	}
	msg := e.Message
	if len(args) > 0 {
		msg = fmt.Sprintf(e.Message, args...)
	}
	return Finding{
		Check: check, Outcome: e.Outcome, Code: code, Pointer: pointer, Message: msg,
		Owner: e.Owner, Repair: e.Repair, Spec: e.Spec,
		Warning:  e.Weight == warning,
		demanded: e.Outcome == Unknown && e.Weight == "",
	}
}

// quotable makes foreign text fit to stand in a sentence: short, on one line, and without characters that change how
// the rest of the sentence reads.
func quotable(s string) string {
	var b strings.Builder
	for i, r := range s {
		if i >= maxQuoted {
			b.WriteString("…")
			break
		}
		if r < 0x20 || r == 0x7f || 0x80 <= r && r <= 0x9f || 0x200b <= r && r <= 0x200f || 0x2028 <= r && r <= 0x202e || 0x2060 <= r && r <= 0x206f || r == 0xfeff {
			fmt.Fprintf(&b, "\\u%04x", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

func marshal(v any) ([]byte, error) { return ijson.Marshal(v) }
