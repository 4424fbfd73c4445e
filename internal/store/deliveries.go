package store

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const letterColumns = `id, institution_id, learner_id, kind, about, address, state, reason, attempts, mailing, created_by, created_at, sent_at, done_at, version`

func scanLetter(s scanner) (*record.Delivery, error) {
	var d record.Delivery
	var created, sent, done int64
	err := s.Scan(&d.ID, &d.Institution, &d.Learner, &d.Kind, &d.About, &d.Address, &d.State, &d.Reason, &d.Attempts, &d.Mailing, &d.CreatedBy, &created, &sent, &done, &d.Version)
	d.CreatedAt, d.SentAt, d.DoneAt = at(created), at(sent), at(done)
	return &d, err
}

// AddLetter writes a delivery unless there is one of this kind about the same thing to the same learner; it reports
// whether it did.
func (tx *Tx) AddLetter(ctx context.Context, d *record.Delivery) (bool, error) {
	n, err := tx.exec(ctx, "store.AddLetter",
		`INSERT INTO deliveries (id, institution_id, learner_id, kind, about, address, state, reason, attempts, mailing, created_by, created_at, sent_at, done_at, version)
		 VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, 1) ON CONFLICT (learner_id, kind, about) DO NOTHING`,
		d.ID, d.Institution, d.Learner, d.Kind, d.About, d.Address, d.State, d.Reason, d.Attempts, d.Mailing, d.CreatedBy, micros(d.CreatedAt), micros(d.SentAt), micros(d.DoneAt))
	d.Version = 1
	return n == 1, err
}

// ChangeLetter writes a delivery of the version that was read.
func (tx *Tx) ChangeLetter(ctx context.Context, d *record.Delivery) error {
	err := tx.one(ctx, "store.ChangeLetter",
		`UPDATE deliveries SET address = $1, state = $2, reason = $3, attempts = $4, mailing = $5, sent_at = $6, done_at = $7, version = version + 1 WHERE id = $8 AND version = $9`,
		d.Address, d.State, d.Reason, d.Attempts, d.Mailing, micros(d.SentAt), micros(d.DoneAt), d.ID, d.Version)
	if err == nil {
		d.Version++
	}
	return err
}

// Letter reads one delivery.
func (tx *Tx) Letter(ctx context.Context, id record.DeliveryID) (*record.Delivery, error) {
	return get(ctx, tx, "store.Letter", scanLetter, `SELECT `+letterColumns+` FROM deliveries WHERE id = $1`, id)
}

// LetterAbout reads the delivery of a kind about one thing.
func (tx *Tx) LetterAbout(ctx context.Context, learner record.LearnerID, kind record.DeliveryKind, about string) (*record.Delivery, error) {
	return get(ctx, tx, "store.LetterAbout", scanLetter,
		`SELECT `+letterColumns+` FROM deliveries WHERE learner_id = $1 AND kind = $2 AND about = $3`, learner, kind, about)
}

// Letters reads one page of an institution's deliveries, newest first: those made before a moment and, of the same
// moment, with a smaller id. Empty state and about mean all.
func (tx *Tx) Letters(ctx context.Context, institution record.InstitutionID, state record.DeliveryState, about string, before *record.Delivery, limit int) ([]*record.Delivery, error) {
	last := record.Delivery{CreatedAt: time.Unix(1<<40, 0)}
	if before != nil {
		last = *before
	}
	return list(ctx, tx, "store.Letters", scanLetter,
		`SELECT `+letterColumns+` FROM deliveries WHERE institution_id = $1 AND ($2 = '' OR state = $2) AND ($3 = '' OR about = $3)
		 AND (created_at < $4 OR (created_at = $4 AND id < $5)) ORDER BY created_at DESC, id DESC LIMIT $6`,
		institution, state, about, micros(last.CreatedAt), last.ID, limit)
}

// CountLetters counts an institution's deliveries by state; empty kind and about mean all, zero moments no bound.
func (tx *Tx) CountLetters(ctx context.Context, institution record.InstitutionID, kind record.DeliveryKind, about string, from, to time.Time) (map[record.DeliveryState]int64, error) {
	if to.IsZero() {
		to = time.Unix(1<<40, 0)
	}
	type count struct {
		state record.DeliveryState
		n     int64
	}
	all, err := list(ctx, tx, "store.CountLetters", func(s scanner) (c count, err error) { err = s.Scan(&c.state, &c.n); return },
		`SELECT state, count(*) FROM deliveries WHERE institution_id = $1 AND ($2 = '' OR kind = $2) AND ($3 = '' OR about = $3) AND created_at >= $4 AND created_at < $5 GROUP BY state`,
		institution, kind, about, micros(from), micros(to))
	out := map[record.DeliveryState]int64{}
	for _, c := range all {
		out[c.state] = c.n
	}
	return out, err
}

// CountUntold counts the learners of a run whose record was issued, who have no account and to whom nothing was sent.
func (tx *Tx) CountUntold(ctx context.Context, run record.RunID) (int64, error) {
	return get(ctx, tx, "store.CountUntold", number,
		`SELECT count(*) FROM run_items r WHERE r.run_id = $1 AND r.state = 'done' AND NOT EXISTS (SELECT 1 FROM accounts a WHERE a.learner_id = r.learner_id)
		 AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.learner_id = r.learner_id AND d.kind = 'claim' AND d.about = r.run_id)`, run)
}

// ClaimsOf reads the deliveries with which a learner may open the record, those that are done included.
func (tx *Tx) ClaimsOf(ctx context.Context, learner record.LearnerID) ([]*record.Delivery, error) {
	return list(ctx, tx, "store.ClaimsOf", scanLetter,
		`SELECT `+letterColumns+` FROM deliveries WHERE learner_id = $1 AND kind = 'claim' ORDER BY created_at, id`, learner)
}

// AddCode writes the hash of a code that stands in a delivery.
func (tx *Tx) AddCode(ctx context.Context, hash string, delivery record.DeliveryID, expires time.Time) error {
	_, err := tx.exec(ctx, "store.AddCode", `INSERT INTO delivery_codes (code_hash, delivery_id, expires_at, used_at) VALUES ($1, $2, $3, 0)`, hash, delivery, micros(expires))
	return err
}

// CodeOf reads which delivery an unused code that has not expired stands in. Any other code is NotFound.
func (tx *Tx) CodeOf(ctx context.Context, hash string, now time.Time) (record.DeliveryID, error) {
	return get(ctx, tx, "store.CodeOf", func(s scanner) (id record.DeliveryID, err error) { err = s.Scan(&id); return },
		`SELECT delivery_id FROM delivery_codes WHERE code_hash = $1 AND used_at = 0 AND expires_at > $2`, hash, micros(now))
}

// UseCode uses a code: of any number of simultaneous uses one succeeds, and the others are NotFound.
func (tx *Tx) UseCode(ctx context.Context, hash string, now time.Time) (record.DeliveryID, error) {
	return get(ctx, tx, "store.UseCode", func(s scanner) (id record.DeliveryID, err error) { err = s.Scan(&id); return },
		`UPDATE delivery_codes SET used_at = $1 WHERE code_hash = $2 AND used_at = 0 AND expires_at > $1 RETURNING delivery_id`, micros(now), hash)
}

// DropCodes deletes the codes of a delivery: what was sent before opens nothing any more.
func (tx *Tx) DropCodes(ctx context.Context, delivery record.DeliveryID) error {
	_, err := tx.exec(ctx, "store.DropCodes", `DELETE FROM delivery_codes WHERE delivery_id = $1`, delivery)
	return err
}

// DropExpiredCodes deletes codes that nobody can use any more.
func (tx *Tx) DropExpiredCodes(ctx context.Context, now time.Time) error {
	_, err := tx.exec(ctx, "store.DropExpiredCodes", `DELETE FROM delivery_codes WHERE expires_at <= $1`, micros(now))
	return err
}

const wordingColumns = `institution_id, name, lang, subject, body, changed_by, changed_at`

func scanWording(s scanner) (*record.Wording, error) {
	var w record.Wording
	var changed int64
	err := s.Scan(&w.Institution, &w.Name, &w.Lang, &w.Subject, &w.Text, &w.ChangedBy, &changed)
	w.ChangedAt = at(changed)
	return &w, err
}

// PutWording keeps an institution's own words for a kind of mail.
func (tx *Tx) PutWording(ctx context.Context, w *record.Wording) error {
	_, err := tx.exec(ctx, "store.PutWording",
		`INSERT INTO wordings (institution_id, name, lang, subject, body, changed_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
		 ON CONFLICT (institution_id, name, lang) DO UPDATE SET subject = excluded.subject, body = excluded.body, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
		w.Institution, w.Name, w.Lang, w.Subject, w.Text, w.ChangedBy, micros(w.ChangedAt))
	return err
}

// DropWording goes back to the words that the program has.
func (tx *Tx) DropWording(ctx context.Context, institution record.InstitutionID, name, lang string) error {
	return tx.one(ctx, "store.DropWording", `DELETE FROM wordings WHERE institution_id = $1 AND name = $2 AND lang = $3`, institution, name, lang)
}

// Wordings reads an institution's own words.
func (tx *Tx) Wordings(ctx context.Context, institution record.InstitutionID) ([]*record.Wording, error) {
	return list(ctx, tx, "store.Wordings", scanWording, `SELECT `+wordingColumns+` FROM wordings WHERE institution_id = $1 ORDER BY name, lang`, institution)
}
