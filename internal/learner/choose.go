package learner

import (
	"bytes"
	"context"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/present"
	"github.com/openlaurel/laurel/verify"
)

// Prefixes of what is chosen for a share besides the items of the record.
const (
	keptRef   = "kept/"
	statedRef = "stated/"
)

// parts are what a learner can leave out of an item, each where an AchievementCredential has it (Open Badges 3.0). The
// issuer's own words about the achievement are not among them: without these nothing could be shown.
var parts = []struct{ name, pointer string }{
	{"result", "/credentialSubject/result"},
	{"credits", "/credentialSubject/creditsEarned"},
	{"narrative", "/credentialSubject/narrative"},
	{"evidence", "/evidence"},
}

// partsOf lists what can be left out of a credential whose base proof its holder has.
func partsOf(credential []byte) []string {
	doc, err := ijson.Parse(credential, nil)
	if err != nil {
		return nil
	}
	var out []string
	for _, p := range parts {
		if doc.Root().At(p.pointer).IsValid() {
			out = append(out, p.name)
		}
	}
	return out
}

// selective is the suite of seals that hold for a part.
const selective = "ecdsa-sd-2023"

// outward is what others see of a credential: a base proof stays with its holder, and everything is disclosed from it.
func outward(b []byte) (shown []byte, base bool) {
	if !bytes.Contains(b, []byte(selective)) {
		return b, false
	}
	if out, err := present.Withhold(b); err == nil {
		return out, true
	}
	return b, false // another seal, or disclosed already
}

// choose copies what was chosen: only what is in force and the learner's own.
func (d *Desk) choose(ctx context.Context, tx *store.Tx, op string, l *record.Learner, req *ShareRequest, seen judged) ([]*record.ShareItem, error) {
	refs := req.Items
	if req.Whole {
		refs = []string{l.RecordID}
	}
	var stated []Stated
	var bases map[record.CredentialID][]byte
	answers, err := tx.ItemAnswers(ctx, l.ID)
	if err != nil {
		return nil, err
	}
	if !req.Whole {
		if stated, err = statements(ctx, tx, l); err != nil {
			return nil, err
		}
		if bases, err = tx.Bases(ctx, l.ID); err != nil {
			return nil, err
		}
	}
	var out []*record.ShareItem
	for n, ref := range refs {
		if slices.Contains(refs[:n], ref) {
			continue
		}
		item, base, err := d.chosen(ctx, tx, l, ref, stated, bases, seen)
		if record.KindOf(err) == record.NotFound {
			return nil, gone(op)
		}
		if err == nil {
			err = declined(op, answers, req.Whole, item)
		}
		if err == nil {
			err = leaveOut(op, item, base, ref, req.LeaveOut)
		}
		if err != nil {
			return nil, err
		}
		item.Position, item.SHA256 = len(out), record.Sum(item.Bytes)
		out = append(out, item)
	}
	return out, nil
}

// judged is what is known of chosen things that a learner keeps, by their hashes.
type judged map[string]judgement

// judgement is what was found in something that somebody else issued.
type judgement struct {
	other bool   // it names somebody else
	data  []byte // the credential itself, out of a picture or a file; nil where it is of a form before Verifiable Credentials
}

// judge reads what was chosen of what the actor keeps. It verifies, which reads what is published: that must not wait for a
// transaction that waits for it.
func (d *Desk) judge(ctx context.Context, op string, actor record.Actor, req *ShareRequest) (judged, error) {
	var l *record.Learner
	var kept []*record.Held
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if l, err = self(ctx, tx, op, actor); err != nil || req.Whole {
			return err
		}
		kept, err = tx.HeldOfLearner(ctx, l.ID)
		return err
	})
	if err != nil {
		return nil, err
	}
	out := judged{}
	for _, h := range kept {
		if slices.Contains(req.Items, keptRef+string(h.ID)) {
			rep, person := d.verifyFor(ctx, l, h.Bytes)
			j := judgement{other: person == "other"}
			if strings.HasPrefix(rep.Standard, "clr-2") || strings.HasPrefix(rep.Standard, "ob-3") || strings.HasPrefix(rep.Standard, "vc-") {
				j.data = rep.Credential
			}
			out[h.SHA256] = j
		}
	}
	return out, nil
}

// chosen reads one thing that was chosen, as others see it, and its base when it has one.
func (d *Desk) chosen(ctx context.Context, tx *store.Tx, l *record.Learner, ref string, stated []Stated, bases map[record.CredentialID][]byte, seen judged) (*record.ShareItem, []byte, error) {
	missing := record.Errorf(record.NotFound, "learner.chosen", "")
	if id, ok := strings.CutPrefix(ref, statedRef); ok {
		n := slices.IndexFunc(stated, func(s Stated) bool { return string(s.ID) == id })
		if n < 0 {
			return nil, nil, missing
		}
		return &record.ShareItem{URI: "urn:uuid:" + id, Name: stated[n].Body.Name, Bytes: stated[n].Document, Origin: record.OriginStated}, nil, nil
	}
	if id, ok := strings.CutPrefix(ref, keptRef); ok {
		h, err := tx.Held(ctx, l.ID, record.HeldID(id))
		if err != nil {
			return nil, nil, err
		}
		if seen[h.SHA256].other {
			return nil, nil, record.Errorf(record.Invalid, "learner.Share", "“%s” names somebody else, so that it cannot be shared as yours", h.Name)
		}
		item := &record.ShareItem{URI: h.Credential, Name: h.Name, Origin: record.OriginKept}
		var base bool
		if item.Bytes, base = outward(h.Bytes); base {
			return item, h.Bytes, nil
		}
		return item, nil, nil
	}
	c, err := ours(ctx, tx, l, ref)
	if err != nil {
		return nil, nil, err
	}
	return &record.ShareItem{URI: c.URI, Name: c.Name, Bytes: c.Bytes}, bases[c.ID], nil
}

// ours reads a credential in force of the learner's own record.
func ours(ctx context.Context, tx *store.Tx, l *record.Learner, ref string) (*record.Credential, error) {
	c, err := tx.CurrentCredential(ctx, ref)
	if err == nil && c.Learner != l.ID {
		return nil, record.Errorf(record.NotFound, "learner.ours", "")
	}
	return c, err
}

// allOurs reads what was chosen of the record, each once.
func allOurs(ctx context.Context, tx *store.Tx, op string, l *record.Learner, whole bool, refs []string) ([]*record.Credential, error) {
	if whole {
		refs = []string{l.RecordID}
	}
	var out []*record.Credential
	for n, ref := range refs {
		if slices.Contains(refs[:n], ref) {
			continue
		}
		c, err := ours(ctx, tx, l, ref)
		if record.KindOf(err) == record.NotFound {
			return nil, gone(op)
		}
		if err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

func gone(op string) error {
	return record.Errorf(record.NotFound, op, "an item that was chosen is not in your record any more; look at your record again")
}

// leaveOut discloses an item without the parts that the learner keeps back.
func leaveOut(op string, item *record.ShareItem, base []byte, ref string, left []LeftOut) error {
	var pointers []string
	for _, p := range parts {
		if slices.Contains(left, LeftOut{ref, p.name}) {
			pointers, item.LeftOut = append(pointers, p.pointer), append(item.LeftOut, p.name)
		}
	}
	if len(pointers) == 0 {
		return nil
	}
	if base == nil {
		return record.Errorf(record.Invalid, op, "“%s” is sealed so that it can only be shown whole; share it whole, or not at all", item.Name)
	}
	b, err := present.Withhold(base, pointers...)
	if err != nil {
		return &record.Error{Kind: record.Invalid, Op: op, Message: "“" + item.Name + "” has no such part that could be left out", Err: err}
	}
	item.Bytes = b
	return nil
}

// Shown gives the documents of a share that is not made yet, exactly as its reader will get them, with what verification
// finds in them. What is only stated has no report. It refuses what [Desk.Share] would refuse.
func (d *Desk) Shown(ctx context.Context, actor record.Actor, req ShareRequest) ([]ShownItem, error) {
	const op = "learner.Shown"
	var chosen []*record.ShareItem
	if err := d.checkShare(op, &req); err != nil {
		return nil, err
	}
	seen, err := d.judge(ctx, op, actor, &req)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	err = d.DB.View(ctx, func(tx *store.Tx) error {
		l, err := self(ctx, tx, op, actor)
		if err != nil {
			return err
		}
		if err := d.mayShare(ctx, tx, op, l); err != nil {
			return err
		}
		if chosen, err = d.choose(ctx, tx, op, l, &req, seen); err != nil || !req.Signed {
			return err
		}
		_, err = signable(op, chosen, seen)
		return err
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	var out []ShownItem
	for _, item := range chosen {
		s := ShownItem{ShareItem: *item}
		if item.Origin != record.OriginStated {
			s.Report = d.verify(ctx, item.Bytes)
		} else {
			s.Said = d.said(ctx, item.Bytes)
		}
		out = append(out, s)
	}
	return out, nil
}

// ShownItem is one document of a share, judged.
type ShownItem struct {
	record.ShareItem
	Report *verify.Report
	Said   []*verify.Report // of what is only stated: what was found in others' confirmations of it
}
