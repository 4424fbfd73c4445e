package learner

import (
	"context"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Holder signs for learners with keys of their own that the house keeps (docs/adr, 0017). The desk itself has no way to a
// key.
type Holder interface {
	// Pen opens a learner's key. The pen signs credentials as one presentation for a verifier and a challenge, and waits for
	// nothing.
	Pen(ctx context.Context, learner record.LearnerID) (id string, sign func(credentials [][]byte, domain, challenge string) ([]byte, error), err error)
}

// holderPen is a learner's key in the hand; the nil pen signs nothing.
type holderPen struct {
	id   string
	sign func(credentials [][]byte, domain, challenge string) ([]byte, error)
}

// penFor opens the actor's key when they sign what they share.
func (d *Desk) penFor(ctx context.Context, op string, actor record.Actor, req *ShareRequest) (*holderPen, error) {
	if !req.Signed {
		return nil, nil
	}
	if d.Holder == nil {
		return nil, record.Errorf(record.Unavailable, op, "this server keeps no keys for learners; make the link without a signature of yours")
	}
	err := d.DB.View(ctx, func(tx *store.Tx) error { // no key is made for who is not here
		_, err := self(ctx, tx, op, actor)
		return err
	})
	if err != nil {
		return nil, err
	}
	p := &holderPen{}
	p.id, p.sign, err = d.Holder.Pen(ctx, actor.Learner)
	return p, err
}

// present signs what a share shows. The occasion is this share at this house.
func (p *holderPen) present(op string, s *record.Share, house string, chosen []*record.ShareItem, seen judged) (*record.Presentation, error) {
	if p == nil {
		return nil, nil
	}
	credentials, err := signable(op, chosen, seen)
	if err != nil {
		return nil, err
	}
	b, err := p.sign(credentials, house, string(s.ID))
	if err != nil {
		return nil, &record.Error{Kind: record.Invalid, Op: op, Message: "what you chose cannot be signed as one; leave out what others issued, or make the link without your signature", Err: err}
	}
	return &record.Presentation{Share: s.ID, Holder: p.id, Bytes: b}, nil
}

// signable are the documents that a presentation carries: all that have a seal of their own. What is only stated has none;
// it is shown beside the presentation.
func signable(op string, chosen []*record.ShareItem, seen judged) ([][]byte, error) {
	var out [][]byte
	for _, item := range chosen {
		j, foreign := seen[item.SHA256]
		switch {
		case item.Origin == record.OriginStated:
		case !foreign: // the house's, or disclosed here from what another issued
			out = append(out, item.Bytes)
		case j.data != nil:
			out = append(out, j.data)
		default:
			return nil, record.Errorf(record.Invalid, op, "“%s” is of an older form that you cannot sign together with others; leave it out, or make the link without your signature", item.Name)
		}
	}
	if len(out) == 0 {
		return nil, record.Errorf(record.Invalid, op, "there is nothing to sign: what you chose is your own word alone; make the link without your signature")
	}
	return out, nil
}
