package verify

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/statuslist"
)

// A StatusHistory knows since when an entry of a status list has been as it is, for the lists whose keeper it is. A
// published list says only how things stand.
type StatusHistory interface {
	// Since answers not ok for a list or an entry that it does not keep, and the zero time for one that never changed.
	Since(ctx context.Context, list string, index uint64) (since time.Time, ok bool)
}

// An asked is a status that was looked up.
type asked struct {
	entry *statuslist.Entry
	set   bool      // revoked, or suspended
	made  time.Time // when the list was sealed; zero when it does not say
}

// checkHistory tells whether the record was in force on the day that the caller asks about, such as that of an
// application, as far as this can be known today. The rules are:
//
//   - The window of the record is its issuer's word, and holds for every day.
//   - A revocation is for good (Bitstring Status List 1.0, 2.1): what is not revoked now was not revoked then. Since when
//     a revoked record is revoked, a list does not say; that its keeper does, or that the list was sealed before the day.
//   - A suspension comes and goes. The list speaks for the day only when it was sealed before it, or its keeper does.
//   - The verdict is about now and stays.
func checkHistory(c *credential) {
	on := c.opts.On
	if on.IsZero() || c.role != asInput && c.role != asNested || !c.doc.Kind.IsCredential() && c.legacy == nil {
		return
	}
	day := on.UTC().Format(time.RFC3339)
	from, until := c.window()
	switch {
	case on.After(c.now.Add(ClockSkew)):
		c.add("history.unknown", "", day, "that moment has not come yet")
	case c.seal != sealIntact:
		c.add("history.unknown", "", day, "its seal does not hold or could not be checked")
	case !from.IsZero() && on.Before(from):
		c.add("history.not-begun", "", day, from.UTC().Format(time.RFC3339))
	case !until.IsZero() && on.After(until):
		c.add("history.ended", "", day, until.UTC().Format(time.RFC3339))
	default:
		if c.statusesThen(on, day) {
			c.add("history.good", "", day)
		}
	}
}

// window is from when until when the record is in force by its own word.
func (c *credential) window() (from, until time.Time) {
	if c.legacy != nil {
		from, _ = looseDate(c.legacy.value.Get("issuedOn"), false)
		until, _ = looseDate(c.legacy.value.Get("expires"), true)
		return from, until
	}
	return c.doc.ValidFrom, c.doc.ValidUntil
}

// statusesThen says what was withdrawn on the day, or why that cannot be known; true when nothing was.
func (c *credential) statusesThen(on time.Time, day string) bool {
	if c.has("status", Unknown) {
		c.add("history.unknown", "", day, "its status could not be read now")
		return false
	}
	if c.legacy != nil && c.has("status", Fails) {
		c.add("history.unknown", "", day, "it is revoked now, and nothing says since when")
		return false
	}
	good := true
	for _, a := range c.asked {
		switch a.entry.Purpose {
		case statuslist.PurposeRevocation, statuslist.PurposeSuspension:
			good = c.statusThen(a, on, day) && good
		}
	}
	return good
}

func (c *credential) statusThen(a asked, on time.Time, day string) bool {
	final := a.entry.Purpose == statuslist.PurposeRevocation
	if final && !a.set {
		return true
	}
	since, kept := time.Time{}, false
	if c.opts.History != nil {
		since, kept = c.opts.History.Since(c.ctx, a.entry.ListURL, a.entry.Index)
	}
	_, stale := c.report.Find("status.outdated-set")
	listed := !a.made.IsZero() && !a.made.After(on) && (final || !stale) // the list said so before the day, and is the newest
	switch {
	case (kept && !since.After(on) || listed) && !a.set:
		return true
	case kept && !since.IsZero() && !since.After(on):
		c.add("history.withdrawn", "", day, "on "+since.UTC().Format(time.RFC3339))
		return false
	case listed:
		c.add("history.withdrawn", "", day, "at the latest on "+a.made.UTC().Format(time.RFC3339))
		return false
	case kept && final: // revoked after the day
		return true
	case final:
		c.add("history.unknown", "", day, "it is revoked now, and its status list does not say since when")
	default:
		c.add("history.unknown", "", day, "suspensions come and go, and its status list tells only how things stand now")
	}
	return false
}

// remember keeps a looked up status for checkHistory.
func (c *credential) remember(e *statuslist.Entry, set bool, made time.Time) {
	c.asked = append(c.asked, asked{entry: e, set: set, made: made})
}

// sealedAt is when the record was sealed by the word of its seal, the latest of several; zero when none says so.
func (c *credential) sealedAt() (at time.Time) {
	if c.token != nil {
		if doc, err := ijson.Parse(c.token.JWS.Payload, nil); err == nil {
			if n, ok := doc.Root().Get("iat").Int(); ok && n > 0 {
				at = time.Unix(n, 0)
			}
		}
		return at
	}
	for _, p := range dataintegrity.Proofs(c.root()) {
		if p.Created.After(at) {
			at = p.Created
		}
	}
	return at
}
