package registrar

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Checkpoint is what an outsider keeps of an audit chain: whoever has it can tell later whether what was written before
// it is still there and unchanged.
type Checkpoint struct {
	Institution string `json:"institution"` // its DID
	Seq         int64  `json:"seq"`
	Hash        string `json:"hash"`
	At          string `json:"at"` // RFC 3339
}

// auditors may read the audit; to an operator alone, who has no business with what is said about learners, it has no words.
var auditors = []record.Role{record.RoleRegistrar, record.RoleApprover, record.RoleOperator}

// Audit reads events of the actor's institution after a number, oldest first, at most MaxPage.
func (d *Desk) Audit(ctx context.Context, actor record.Actor, after int64) ([]*record.Event, error) {
	const op = "registrar.Audit"
	if err := actor.Require(op, actor.Institution, auditors...); err != nil {
		return nil, err
	}
	var out []*record.Event
	err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		out, err = tx.Events(ctx, actor.Institution, after, MaxPage)
		return err
	})
	for _, e := range out {
		if !actor.Has(staff...) {
			e.Detail, e.Salt = nil, ""
		}
	}
	return out, record.Wrap(op, err)
}

// WriteAudit writes the whole audit as JSON lines, as it stands when the writing begins.
func (d *Desk) WriteAudit(ctx context.Context, actor record.Actor, w io.Writer) error {
	const op = "registrar.WriteAudit"
	out := json.NewEncoder(w)
	for after := int64(0); ; {
		page, err := d.Audit(ctx, actor, after)
		if err != nil {
			return record.Wrap(op, err)
		}
		for _, e := range page {
			if err := out.Encode(auditLine(e)); err != nil {
				return record.Wrap(op, err)
			}
			after = e.Seq
		}
		if len(page) < MaxPage {
			return nil
		}
	}
}

type auditEvent struct {
	Seq        int64             `json:"seq"`
	At         string            `json:"at"`
	Actor      string            `json:"actor"`
	Action     string            `json:"action"`
	Object     string            `json:"object"`
	Learner    string            `json:"learner,omitempty"`
	Detail     map[string]string `json:"detail,omitempty"`
	Salt       string            `json:"salt,omitempty"`
	DetailHash string            `json:"detailHash,omitempty"`
	Previous   string            `json:"previous"`
	Hash       string            `json:"hash"`
}

func auditLine(e *record.Event) auditEvent {
	return auditEvent{Seq: e.Seq, At: e.At.Format(time.RFC3339Nano), Actor: e.Actor, Action: e.Action, Object: e.Object, Learner: string(e.Learner),
		Detail: e.Detail, Salt: e.Salt, DetailHash: e.DetailHash, Previous: e.Previous, Hash: e.Hash}
}

// CheckAudit walks the chain and returns its checkpoint; the error names the first place that was tampered with.
func (d *Desk) CheckAudit(ctx context.Context, actor record.Actor) (*Checkpoint, error) {
	const op = "registrar.CheckAudit"
	if err := actor.Require(op, actor.Institution, auditors...); err != nil {
		return nil, err
	}
	var out *Checkpoint
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		n, err := tx.CheckAudit(ctx, i.ID)
		if err != nil {
			return err
		}
		out = &Checkpoint{Institution: i.DID, Seq: n, At: d.now().Format(time.RFC3339)}
		if n > 0 {
			_, out.Hash, err = tx.AuditHead(ctx, i.ID)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// Compare says whether a checkpoint that somebody kept is still part of the chain: a chain that was cut, or written anew
// from some place on, holds together by itself and does not pass through it.
func (d *Desk) Compare(ctx context.Context, actor record.Actor, kept []byte) (*Checkpoint, error) {
	const op = "registrar.Compare"
	var c Checkpoint
	if err := ijson.Unmarshal(kept, &c); err != nil || c.Seq < 1 || c.Hash == "" {
		return nil, record.Errorf(record.Invalid, op, "this is not a checkpoint; paste the file that was saved from this page, as it is")
	}
	head, err := d.CheckAudit(ctx, actor)
	if err != nil {
		return nil, err
	}
	if head.Institution != c.Institution {
		return nil, record.Errorf(record.Invalid, op, "this checkpoint is of another institution")
	}
	page, err := d.Audit(ctx, actor, c.Seq-1)
	if err != nil {
		return nil, err
	}
	if len(page) == 0 || page[0].Seq != c.Seq {
		return nil, record.Errorf(record.Conflict, op, "the chain ends at event %d, before this checkpoint's event %d: events were removed since it was kept", head.Seq, c.Seq)
	}
	if page[0].Hash != c.Hash {
		return nil, record.Errorf(record.Conflict, op, "event %d is not the one of this checkpoint: the chain was written anew since it was kept", c.Seq)
	}
	return head, nil
}
