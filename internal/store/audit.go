package store

import (
	"context"
	"crypto/rand"
	"encoding/json"

	"github.com/openlaurel/laurel/internal/record"
)

// Append writes the event as the next of its institution's chain, in this transaction: when the change does not
// happen, neither does the event. The head's row is locked until the transaction ends, so that two nodes cannot both
// be next.
func (tx *Tx) Append(ctx context.Context, e *record.Event) error {
	if e.Detail == nil {
		e.Detail = map[string]string{}
	}
	var err error
	e.Seq, err = get(ctx, tx, "store.Append", number,
		`INSERT INTO audit_heads (institution_id, seq, hash) VALUES ($1, 1, '')
		 ON CONFLICT (institution_id) DO UPDATE SET seq = audit_heads.seq + 1 RETURNING seq`, e.Institution)
	if err != nil {
		return err
	}
	e.Previous, err = get(ctx, tx, "store.Append", func(s scanner) (h string, err error) { err = s.Scan(&h); return },
		`SELECT hash FROM audit_heads WHERE institution_id = $1`, e.Institution)
	if err != nil {
		return err
	}
	e.At = record.Time(e.At)
	e.Salt = rand.Text()
	e.DetailHash = e.SumDetail()
	e.Hash = e.Sum()
	if _, err := tx.exec(ctx, "store.Append",
		`INSERT INTO audit_events (institution_id, seq, at, actor, action, object, learner_id, detail, previous, hash, salt, detail_hash)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
		e.Institution, e.Seq, micros(e.At), e.Actor, e.Action, e.Object, e.Learner, text(e.Detail), e.Previous, e.Hash, e.Salt, e.DetailHash); err != nil {
		return err
	}
	return tx.one(ctx, "store.Append", `UPDATE audit_heads SET hash = $1 WHERE institution_id = $2`, e.Hash, e.Institution)
}

func scanEvent(s scanner) (*record.Event, error) {
	var e record.Event
	var when int64
	var detail []byte
	if err := s.Scan(&e.Institution, &e.Seq, &when, &e.Actor, &e.Action, &e.Object, &e.Learner, &detail, &e.Previous, &e.Hash, &e.Salt, &e.DetailHash); err != nil {
		return nil, err
	}
	e.At = at(when)
	return &e, json.Unmarshal(detail, &e.Detail)
}

const eventColumns = `institution_id, seq, at, actor, action, object, learner_id, detail, previous, hash, salt, detail_hash`

// Events reads an institution's events after a sequence number, oldest first.
func (tx *Tx) Events(ctx context.Context, institution record.InstitutionID, after int64, limit int) ([]*record.Event, error) {
	return list(ctx, tx, "store.Events", scanEvent,
		`SELECT `+eventColumns+` FROM audit_events WHERE institution_id = $1 AND seq > $2 ORDER BY seq LIMIT $3`, institution, after, limit)
}

// EventsOf reads the events of one object, newest first.
func (tx *Tx) EventsOf(ctx context.Context, institution record.InstitutionID, object string, limit int) ([]*record.Event, error) {
	return list(ctx, tx, "store.EventsOf", scanEvent,
		`SELECT `+eventColumns+` FROM audit_events WHERE institution_id = $1 AND object = $2 ORDER BY seq DESC LIMIT $3`, institution, object, limit)
}

// AuditHead reads the newest event's number and hash: the checkpoint that an outsider may keep.
func (tx *Tx) AuditHead(ctx context.Context, institution record.InstitutionID) (seq int64, hash string, err error) {
	type head struct {
		seq  int64
		hash string
	}
	h, err := get(ctx, tx, "store.AuditHead", func(s scanner) (h head, err error) { err = s.Scan(&h.seq, &h.hash); return },
		`SELECT seq, hash FROM audit_heads WHERE institution_id = $1`, institution)
	return h.seq, h.hash, err
}

// auditPage is how many events CheckAudit holds in memory at once.
const auditPage = 1000

// CheckAudit walks an institution's chain and returns the number of events that hold together; when one does not, or
// the chain ends before its head, the error names the first bad place.
func (tx *Tx) CheckAudit(ctx context.Context, institution record.InstitutionID) (int64, error) {
	var seq int64
	var hash string
	for {
		page, err := tx.Events(ctx, institution, seq, auditPage)
		if err != nil {
			return seq, err
		}
		for _, e := range page {
			whole := e.Seq == seq+1 && e.Previous == hash && e.Hash == e.Sum()
			if whole && e.DetailHash != "" && e.DetailHash != e.SumDetail() {
				// Words may be missing where their learner was erased, and nowhere else.
				if whole, err = tx.wordsErased(ctx, e); err != nil {
					return seq, err
				}
			}
			if !whole {
				return seq, record.Errorf(record.Conflict, "store.CheckAudit", "the audit chain breaks at event %d: it was changed, moved or removed after it was written", seq+1)
			}
			seq, hash = e.Seq, e.Hash
		}
		if len(page) < auditPage {
			break
		}
	}
	head, headHash, err := tx.AuditHead(ctx, institution)
	if record.KindOf(err) == record.NotFound && seq == 0 {
		return 0, nil
	}
	if err != nil {
		return seq, err
	}
	if head != seq || headHash != hash {
		return seq, record.Errorf(record.Conflict, "store.CheckAudit", "the audit chain ends at event %d and its head says %d: events were removed", seq, head)
	}
	return seq, nil
}
