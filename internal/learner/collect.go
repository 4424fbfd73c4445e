package learner

import (
	"cmp"
	"context"
	"net/http"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// Brought is what came of one thing that a learner brought in.
type Brought struct {
	Name    string // of the file or address
	Outcome record.HeldOutcome
	Kept    *Kept
	Refused string // why it was not kept, in a sentence
}

// File is something that a learner brings in.
type File struct {
	Name, Type string
	Data       []byte
}

const (
	maxKept     = 2000 // credentials of others of one learner
	maxBringing = 50   // at once
)

// Bring keeps credentials that others issued: each is verified on arrival, keeps its own seal and its bytes, and the same
// one twice is one. What is no credential is refused with the reason; what does not verify is kept and says so.
func (d *Desk) Bring(ctx context.Context, actor record.Actor, files []File, source string) ([]Brought, error) {
	const op = "learner.Bring"
	if len(files) == 0 {
		return nil, record.Errorf(record.Invalid, op, "choose a file, paste a credential, or give an address")
	}
	if len(files) > maxBringing {
		return nil, record.Errorf(record.TooLarge, op, "at most %d files can be brought at once", maxBringing)
	}
	there, err := d.arrive(ctx, op, actor)
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	l := there.learner
	var out []Brought
	for _, f := range files {
		one := Brought{Name: f.Name}
		switch rep, person := d.verifyFor(ctx, l, f.Data); {
		case len(f.Data) > verify.MaxBytes:
			one.Refused = "it is larger than a record can be"
		case rep.Kind == verify.KindUnknown || len(rep.Credential) == 0:
			one.Refused = "it is no credential that can be read here"
			if len(rep.Findings) > 0 {
				one.Refused = strings.TrimSuffix(rep.Findings[0].Message, ".")
			}
		case there.kept >= maxKept:
			one.Refused = "there is no room for more; delete what you do not need"
		case there.mine(rep):
			one.Name, one.Outcome = cmp.Or(rep.Name, f.Name), record.HeldOwn
		default:
			one.Kept = &Kept{Held: d.heldOf(l, &f, rep, source), Report: rep, Person: person}
			err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
				if one.Outcome, err = tx.KeepHeld(ctx, &one.Kept.Held); err != nil || one.Outcome == record.HeldSame || one.Outcome == record.HeldOlder {
					return err
				}
				return d.private(ctx, tx, actor, "credential.brought", "held/"+string(one.Kept.Held.ID))
			})
			if err != nil {
				return nil, record.Wrap(op, err)
			}
			if one.Outcome == record.HeldNew {
				there.kept++
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// arrival is what is there already when a learner brings something.
type arrival struct {
	learner *record.Learner
	root    string          // address of the house's records
	refs    map[string]bool // of the learner's own, below root
	kept    int             // credentials of others
}

func (d *Desk) arrive(ctx context.Context, op string, actor record.Actor) (*arrival, error) {
	out := &arrival{refs: map[string]bool{}}
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if out.learner, err = self(ctx, tx, op, actor); err != nil {
			return err
		}
		i, err := tx.Institution(ctx, out.learner.Institution)
		if err != nil {
			return err
		}
		items, err := tx.CurrentOfLearner(ctx, out.learner.ID, "AchievementCredential")
		if err != nil {
			return err
		}
		out.root, out.refs[out.learner.RecordID] = i.RecordURL(""), true
		for _, c := range items {
			out.refs[c.PathID] = true
		}
		all, err := tx.HeldOfLearner(ctx, out.learner.ID)
		out.kept = len(all)
		return err
	})
	return out, err
}

// mine reports whether something that was brought is in the learner's own record already: it has the address of one of the
// record's lines, and its seal holds. A copy that was changed is not, and is kept with what is wrong with it.
func (a *arrival) mine(rep *verify.Report) bool {
	ref, ours := strings.CutPrefix(rep.ID, a.root)
	return ours && a.refs[ref] && rep.Own != verify.Failed
}

func (d *Desk) heldOf(l *record.Learner, f *File, rep *verify.Report, source string) record.Held {
	from, _ := time.Parse(time.RFC3339, rep.ValidFrom) // a credential that does not say when is as old as its arrival
	return record.Held{ID: record.HeldID(record.NewOrderedID()), Institution: l.Institution, Learner: l.ID, Bytes: f.Data, MediaType: cmp.Or(f.Type, http.DetectContentType(f.Data)),
		Kind: rep.Kind, Name: cmp.Or(rep.Name, rep.Kind), Credential: rep.ID, Issuer: rep.Issuer.ID, IssuerName: rep.Issuer.Name, Subject: rep.Subject,
		ValidFrom: record.Time(from), Source: source, Verdict: string(rep.Verdict), Received: d.now(), Changed: d.now()}
}

// BringFrom fetches a credential by its address and keeps it.
func (d *Desk) BringFrom(ctx context.Context, actor record.Actor, address string) ([]Brought, error) {
	const op = "learner.BringFrom"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	address = strings.TrimSpace(address)
	if !strings.HasPrefix(address, "https://") {
		return nil, record.Errorf(record.Invalid, op, "the address of a credential begins with https://")
	}
	if d.Fetcher == nil {
		return nil, record.Errorf(record.Unavailable, op, "this server fetches nothing; download the file and bring it")
	}
	doc, err := d.Fetcher.Fetch(ctx, address, "application/vc+ld+json, application/vc, application/json, image/png, image/svg+xml, application/pdf, */*;q=0.1")
	if err != nil {
		return nil, &record.Error{Kind: record.Invalid, Op: op, Message: "nothing could be fetched from this address; open it in a browser, download the file and bring it", Err: err}
	}
	return d.Bring(ctx, actor, []File{{Name: address, Type: doc.ContentType, Data: doc.Body}}, "fetched from "+address)
}

// DropKept deletes a credential that the learner keeps, for good.
func (d *Desk) DropKept(ctx context.Context, actor record.Actor, id record.HeldID) error {
	const op = "learner.DropKept"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		if err := tx.DeleteHeld(ctx, actor.Learner, id); err != nil {
			return err
		}
		return d.private(ctx, tx, actor, "credential.dropped", "held/"+string(id))
	})
	return record.Wrap(op, err)
}

// KeptFile reads the bytes of a kept credential, exactly as they came.
func (d *Desk) KeptFile(ctx context.Context, actor record.Actor, id record.HeldID) (*record.Held, error) {
	const op = "learner.KeptFile"
	var out *record.Held
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		if _, err := self(ctx, tx, op, actor); err != nil {
			return err
		}
		out, err = tx.Held(ctx, actor.Learner, id)
		return err
	})
	return out, record.Wrap(op, err)
}
