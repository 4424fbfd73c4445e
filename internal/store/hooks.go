package store

import (
	"context"
	"encoding/json"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

const hookColumns = `id, institution_id, url, events, sealed, sealed_before, rotated_at, seen, failing_since, disabled_at, reason, created_by, created_at`

func scanHook(s scanner) (*record.Hook, error) {
	var h record.Hook
	var events []byte
	var rotated, failing, disabled, created int64
	if err := s.Scan(&h.ID, &h.Institution, &h.URL, &events, &h.Sealed, &h.SealedBefore, &rotated, &h.Cursor, &failing, &disabled, &h.Reason, &h.CreatedBy, &created); err != nil {
		return nil, err
	}
	h.RotatedAt, h.FailingSince, h.DisabledAt, h.CreatedAt = at(rotated), at(failing), at(disabled), at(created)
	return &h, json.Unmarshal(events, &h.Events)
}

// AddHook writes a new web hook.
func (tx *Tx) AddHook(ctx context.Context, h *record.Hook) error {
	_, err := tx.exec(ctx, "store.AddHook",
		`INSERT INTO hooks (id, institution_id, url, events, sealed, sealed_before, rotated_at, seen, failing_since, disabled_at, reason, created_by, created_at)
		 VALUES ($1, $2, $3, $4, $5, $6, 0, $7, 0, 0, '', $8, $9)`,
		h.ID, h.Institution, h.URL, text(h.Events), h.Sealed, []byte{}, h.Cursor, h.CreatedBy, micros(h.CreatedAt))
	return err
}

// Hook reads one web hook.
func (tx *Tx) Hook(ctx context.Context, id string) (*record.Hook, error) {
	return get(ctx, tx, "store.Hook", scanHook, `SELECT `+hookColumns+` FROM hooks WHERE id = $1`, id)
}

// Hooks reads an institution's web hooks, oldest first.
func (tx *Tx) Hooks(ctx context.Context, institution record.InstitutionID) ([]*record.Hook, error) {
	return list(ctx, tx, "store.Hooks", scanHook, `SELECT `+hookColumns+` FROM hooks WHERE institution_id = $1 ORDER BY created_at, id`, institution)
}

// HooksBehind reads the web hooks in force whose institution has events that they were not told of.
func (tx *Tx) HooksBehind(ctx context.Context) ([]*record.Hook, error) {
	return list(ctx, tx, "store.HooksBehind", scanHook,
		`SELECT `+hookColumns+` FROM hooks
		 WHERE disabled_at = 0 AND seen < (SELECT seq FROM audit_heads WHERE audit_heads.institution_id = hooks.institution_id) ORDER BY id`)
}

// MoveHook moves a hook's cursor from where it was read; a Conflict when another node moved it first.
func (tx *Tx) MoveHook(ctx context.Context, id string, from, to int64) error {
	return tx.one(ctx, "store.MoveHook", `UPDATE hooks SET seen = $1 WHERE id = $2 AND seen = $3`, to, id, from)
}

// ChangeHook writes a hook's keys and state.
func (tx *Tx) ChangeHook(ctx context.Context, h *record.Hook) error {
	return tx.one(ctx, "store.ChangeHook",
		`UPDATE hooks SET sealed = $1, sealed_before = $2, rotated_at = $3, failing_since = $4, disabled_at = $5, reason = $6, seen = $7 WHERE id = $8`,
		h.Sealed, append([]byte{}, h.SealedBefore...), micros(h.RotatedAt), micros(h.FailingSince), micros(h.DisabledAt), h.Reason, h.Cursor, h.ID)
}

// DropHook deletes a hook with its deliveries.
func (tx *Tx) DropHook(ctx context.Context, id string) error {
	if _, err := tx.exec(ctx, "store.DropHook", `DELETE FROM hook_deliveries WHERE hook_id = $1`, id); err != nil {
		return err
	}
	return tx.one(ctx, "store.DropHook", `DELETE FROM hooks WHERE id = $1`, id)
}

const deliveryColumns = `id, hook_id, event, body, attempts, status, error, delivered_at, created_at`

func scanDelivery(s scanner) (*record.HookDelivery, error) {
	var d record.HookDelivery
	var delivered, created int64
	err := s.Scan(&d.ID, &d.Hook, &d.Event, &d.Body, &d.Attempts, &d.Status, &d.Error, &delivered, &created)
	d.DeliveredAt, d.CreatedAt = at(delivered), at(created)
	return &d, err
}

// AddDelivery writes a new delivery.
func (tx *Tx) AddDelivery(ctx context.Context, d *record.HookDelivery) error {
	_, err := tx.exec(ctx, "store.AddDelivery",
		`INSERT INTO hook_deliveries (id, hook_id, event, body, attempts, status, error, delivered_at, created_at) VALUES ($1, $2, $3, $4, 0, 0, '', 0, $5)`,
		d.ID, d.Hook, d.Event, d.Body, micros(d.CreatedAt))
	return err
}

// Delivery reads one delivery.
func (tx *Tx) Delivery(ctx context.Context, id string) (*record.HookDelivery, error) {
	return get(ctx, tx, "store.Delivery", scanDelivery, `SELECT `+deliveryColumns+` FROM hook_deliveries WHERE id = $1`, id)
}

// Deliveries reads a hook's newest deliveries.
func (tx *Tx) Deliveries(ctx context.Context, hook string, limit int) ([]*record.HookDelivery, error) {
	return list(ctx, tx, "store.Deliveries", scanDelivery,
		`SELECT `+deliveryColumns+` FROM hook_deliveries WHERE hook_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2`, hook, limit)
}

// SettleDelivery notes an attempt.
func (tx *Tx) SettleDelivery(ctx context.Context, d *record.HookDelivery) error {
	return tx.one(ctx, "store.SettleDelivery",
		`UPDATE hook_deliveries SET attempts = attempts + 1, status = $1, error = $2, delivered_at = $3 WHERE id = $4`,
		d.Status, d.Error, micros(d.DeliveredAt), d.ID)
}

// DropDeliveries deletes deliveries from before a moment.
func (tx *Tx) DropDeliveries(ctx context.Context, before time.Time) error {
	_, err := tx.exec(ctx, "store.DropDeliveries", `DELETE FROM hook_deliveries WHERE created_at < $1`, micros(before))
	return err
}
