package learner

import (
	"bytes"
	"context"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// Page is one page of what a program may read of a learner.
type Page struct {
	Credentials [][]byte // as signed, or as received
	Total       int
}

const (
	maxPage    = 500 // credentials in one answer
	maxProfile = 64 << 10
)

// ListFor reads a page of the actor's credentials of a kind for a program that the actor allowed: what was issued here and
// what others issued, in the order in which it came. A limit of zero, or one beyond the largest, is the largest.
func (d *Desk) ListFor(ctx context.Context, actor record.Actor, kind string, since time.Time, limit, offset int) (*Page, int, error) {
	const op = "learner.ListFor"
	if limit <= 0 || limit > maxPage {
		limit = maxPage
	}
	out := &Page{}
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if err := released(ctx, tx, op, l.ID); err != nil {
			return err
		}
		n, err := tx.CountListed(ctx, l.ID, kind, since)
		if err != nil {
			return err
		}
		out.Total = int(n)
		out.Credentials, err = tx.Listed(ctx, l.ID, kind, since, limit, offset)
		return err
	})
	return out, limit, record.Wrap(op, err)
}

// Receive keeps a credential that a program sent for the actor (CLR 2.0 and Open Badges 3.0 API, upsertCredential). It is
// verified on arrival; one whose form is wrong is refused, one that does not hold is kept and says so.
func (d *Desk) Receive(ctx context.Context, actor record.Actor, kind, mediaType string, data []byte, program string) (record.HeldOutcome, error) {
	const op = "learner.Receive"
	var l *record.Learner
	var ours, have int64
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if l, err = self(ctx, tx, op, actor); err != nil {
			return err
		}
		if have, err = tx.CountHeld(ctx, l.ID); err != nil {
			return err
		}
		ours, err = tx.IssuedHere(ctx, l.ID, record.Sum(data))
		return err
	})
	if err != nil {
		return "", record.Wrap(op, err)
	}
	if ours > 0 {
		return record.HeldSame, nil // it comes home
	}
	rep, _ := d.verifyFor(ctx, l, data)
	if problem := unfit(rep, kind, mediaType == "application/jwt"); problem != "" {
		return "", record.Errorf(record.Invalid, op, "%s", problem)
	}
	h := d.heldOf(l, &File{Type: mediaType, Data: data}, rep, "sent by "+program)
	var outcome record.HeldOutcome
	err = d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		again := h
		if outcome, err = tx.KeepHeld(ctx, &again); err != nil || outcome == record.HeldSame || outcome == record.HeldOlder {
			return err
		}
		if outcome == record.HeldNew && have >= maxKept {
			return record.Errorf(record.TooLarge, op, "there is no room for more than %d credentials", maxKept)
		}
		return d.private(ctx, tx, actor, "credential.received", "held/"+string(again.ID))
	})
	return outcome, record.Wrap(op, err)
}

// unfit says why a credential cannot be kept, empty when it can.
func unfit(rep *verify.Report, kind string, token bool) string {
	switch {
	case rep.Kind == verify.KindUnknown || len(rep.Credential) == 0:
		return "this is no credential that can be read here"
	case rep.Kind != kind:
		return "this is a " + rep.Kind + "; here " + kind + "s are kept"
	case token != (rep.Carrier == "jwt"):
		return "a credential that is signed as a token is sent as text/plain, every other as JSON"
	}
	for _, f := range rep.Findings {
		if f.Outcome == verify.Fails && (f.Check == "format" || f.Check == "schema" || f.Check == "context") {
			return strings.TrimSuffix(f.Pointer+": "+f.Message, ".")
		}
	}
	return ""
}

// ProfileFor reads the actor's profile: the one that a program gave, or the one that the institution knows.
func (d *Desk) ProfileFor(ctx context.Context, actor record.Actor) ([]byte, error) {
	const op = "learner.ProfileFor"
	var l *record.Learner
	var body []byte
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if l, err = self(ctx, tx, op, actor); err != nil {
			return err
		}
		if body, err = tx.Profile(ctx, l.ID); record.KindOf(err) == record.NotFound {
			return nil
		}
		return err
	})
	if err != nil || body != nil {
		return body, record.Wrap(op, err)
	}
	p := map[string]any{"@context": []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"id": l.SubjectID, "type": []string{"Profile"}, "name": l.Name.Display}
	if l.Email != "" {
		p["email"] = l.Email
	}
	body, err = ijson.Marshal(p)
	return body, record.Wrap(op, err)
}

// PutProfile keeps the profile that a program gave for the actor, whole and as it came.
func (d *Desk) PutProfile(ctx context.Context, actor record.Actor, body []byte) error {
	const op = "learner.PutProfile"
	if len(body) > maxProfile {
		return record.Errorf(record.TooLarge, op, "a profile has at most %d bytes", maxProfile)
	}
	doc, err := ijson.Parse(body, nil)
	if err != nil {
		return &record.Error{Kind: record.Invalid, Op: op, Message: "this is no JSON object: " + err.Error(), Err: err}
	}
	root, profile := doc.Root(), false
	for _, t := range root.Get("type").Each() {
		profile = profile || t.Text() == "Profile"
	}
	if root.Kind() != ijson.Object || !strings.Contains(root.Get("id").Text(), ":") || !profile {
		return record.Errorf(record.Invalid, op, "a profile is an object with an id that is a URI, and Profile among its types")
	}
	err = d.DB.Update(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if err := tx.PutProfile(ctx, l.ID, bytes.Clone(body), d.now()); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "profile.received", "learner/"+string(l.ID))
	})
	return record.Wrap(op, err)
}
