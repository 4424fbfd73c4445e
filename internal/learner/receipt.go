package learner

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// ConsentReceipt is what a learner agreed to show, to whom and until when, in the terms of ISO/IEC TS 27560, to be kept by
// the learner: as it stands now, with the moment at which it was withdrawn.
type ConsentReceipt struct {
	Type      string `json:"type"` // "ConsentReceipt"
	ID        string `json:"id"`
	Given     string `json:"given"`
	By        string `json:"by"`
	Holder    string `json:"controller"` // the house that keeps the record
	Withdraw  string `json:"withdrawAt"` // where it is withdrawn
	Withdrawn string `json:"withdrawn,omitempty"`
	Opened    int    `json:"opened"`
	record.ReceiptBody
}

// receiptOf is what is kept of a share that is made.
func receiptOf(s *record.Share, chosen []*record.ShareItem, signed *record.Presentation) *record.Receipt {
	r := &record.Receipt{Share: s.ID, Learner: s.Learner, At: s.CreatedAt, Body: record.ReceiptBody{To: s.Audience, Purpose: s.Note, Whole: s.Whole, Download: s.AllowDownload, Items: []record.ReceiptItem{}}}
	if !s.ExpiresAt.IsZero() {
		r.Body.Until = s.ExpiresAt.Format(time.RFC3339)
	}
	if signed != nil {
		r.Body.SignedBy = signed.Holder
	}
	for _, i := range chosen {
		r.Body.Items = append(r.Body.Items, record.ReceiptItem{ID: i.URI, Name: i.Name, LeftOut: i.LeftOut})
	}
	return r
}

// Receipt reads what the actor agreed to with one of their shares.
func (d *Desk) Receipt(ctx context.Context, actor record.Actor, id record.ShareID) (*ConsentReceipt, error) {
	const op = "learner.Receipt"
	var out *ConsentReceipt
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		s, err := d.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		r, err := tx.Receipt(ctx, id)
		if err != nil {
			return err
		}
		l, err := tx.Learner(ctx, s.Learner)
		if err != nil {
			return err
		}
		i, err := tx.Institution(ctx, s.Institution)
		if err != nil {
			return err
		}
		out = consent(r, s, l, i)
		return nil
	})
	return out, record.Wrap(op, err)
}

func consent(r *record.Receipt, s *record.Share, l *record.Learner, i *record.Institution) *ConsentReceipt {
	out := &ConsentReceipt{Type: "ConsentReceipt", ID: "urn:uuid:" + string(r.Share), Given: r.At.Format(time.RFC3339), By: l.Name.Display, Holder: i.Name, Withdraw: i.Root() + "/my/shares/" + string(r.Share), Opened: s.Openings, ReceiptBody: r.Body}
	if !s.RevokedAt.IsZero() {
		out.Withdrawn = s.RevokedAt.Format(time.RFC3339)
	}
	return out
}
