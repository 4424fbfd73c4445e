package learner

import (
	"context"
	"maps"

	"github.com/openlaurel/laurel/gap"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// Kept is a credential that somebody else issued and the learner keeps here, with what verification finds in it now.
type Kept struct {
	record.Held
	Report *verify.Report
	// Person says whether it is about this learner: "same", "other" or "unknown".
	Person string
	Parts  []string // what may be left out when it is shown; none for a seal that holds only whole
}

// recipients is what the house knows about a learner, for the question whom a credential is about.
func recipients(l *record.Learner) []verify.Recipient {
	out := []verify.Recipient{{Type: "id", Value: l.SubjectID}, {Type: "sourcedId", Value: l.SourceKey}}
	if l.Email != "" {
		out = append(out, verify.Recipient{Type: "emailAddress", Value: l.Email})
	}
	for _, i := range l.Identifiers {
		out = append(out, verify.Recipient{Type: i.Type, Value: i.Value})
	}
	return out
}

// verifyFor verifies a credential and asks whether it is about a learner.
func (d *Desk) verifyFor(ctx context.Context, l *record.Learner, b []byte) (rep *verify.Report, person string) {
	b, _ = outward(b)
	rep = verify.Verify(ctx, b, &verify.Options{Fetcher: &store.Published{DB: d.DB, Next: d.Fetcher}, Now: d.now(), Recipients: d.recipientsOf(ctx, l)})
	return rep, personOf(rep)
}

// personOf reads the answer from the credential or, for a record, from what is inside it. A name is no proof, and neither
// is its absence: only an identifier that names somebody else says "other".
func personOf(rep *verify.Report) string {
	other := false
	for _, r := range append([]*verify.Report{rep}, rep.Credentials...) {
		if f, ok := r.Find("recipient.matches"); ok && f.Outcome == verify.Passed {
			return "same"
		}
		if _, ok := r.Find("recipient.other"); ok {
			other = true
		}
	}
	if other {
		return "other"
	}
	return "unknown"
}

// standing is what one credential is worth on its own. What has only run out stays: an analysis says that it has.
func standing(rep *verify.Report) gap.Standing {
	if rep == nil {
		return gap.NotChecked
	}
	switch rep.Own {
	case verify.Verified:
		return gap.Verified
	case verify.Failed:
		failures := 0
		for _, f := range rep.Findings {
			if f.Outcome == verify.Fails {
				failures++
			}
		}
		if f, ok := rep.Find("validity.expired"); ok && f.Outcome == verify.Fails && failures == 1 {
			return gap.Verified
		}
		return gap.Void
	}
	return gap.NotChecked
}

// claims reads everything in a learner's record as claims: what the house issued, what others issued, what the learner
// states. The same credential is counted once. What is about somebody else does not count; what may be counts as not
// confirmed.
func claims(mine *MyRecord) *gap.Record {
	out := gap.Read(ijson.Value{}, nil)
	out.Claims, out.Credential = nil, nil
	seen := map[string]bool{}
	add := func(b []byte, rep *verify.Report, change func(*gap.Claim)) {
		doc, err := ijson.Parse(b, nil)
		if err != nil {
			return // the page of the record says what is wrong with it
		}
		standings := map[string]gap.Standing{"": standing(rep)}
		if rep != nil {
			for _, part := range rep.Credentials {
				standings[part.Path] = standing(part)
			}
		}
		r := gap.Read(doc.Root(), func(pointer string) gap.Standing { return standings[pointer] })
		for _, c := range r.Claims {
			if key := c.Issuer + "\x00" + c.ID; !seen[key] {
				seen[key] = true
				if change != nil {
					change(&c)
				}
				out.Claims = append(out.Claims, c)
			}
		}
		out.Framework = append(out.Framework, r.Framework...)
		maps.Copy(out.Scales, r.Scales)
		maps.Copy(out.Levels, r.Levels)
	}
	if mine.Credential != nil {
		add(mine.Credential.Bytes, mine.Report, nil)
	}
	for i := range mine.Items {
		add(mine.Items[i].bytes, mine.Items[i].Report, nil)
	}
	for i := range mine.Kept {
		k := &mine.Kept[i]
		if k.Person == "other" {
			continue
		}
		add(k.Report.Credential, k.Report, func(c *gap.Claim) { c.Unchecked = c.Unchecked || k.Person != "same" })
	}
	for i := range mine.Stated {
		s := &mine.Stated[i]
		add(s.Document, nil, func(c *gap.Claim) { c.Endorsed = s.Confirmed() })
	}
	return out
}
