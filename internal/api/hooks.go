package api

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/key"
)

// Hooks is the desk of web hooks (Standard Webhooks 1.0.0). What happens at an institution is in its audit already, in
// the transaction of the change; a hook follows the audit by a cursor, so that no event is lost and none is told of a
// change that did not happen. Each event becomes a delivery, and each delivery a job.
//
// A hook has one Ed25519 key, sealed by the keyring; the symmetric secret (v1) is derived from it, and it signs itself
// (v1a). An event carries ids and addresses, and no learner's data: whoever listens reads the rest with a key.
type Hooks struct {
	DB    *store.DB
	Queue *jobs.Queue
	Keys  *keyring.Keyring
	// Client sends. It must refuse addresses of the inside (package fetch).
	Client *http.Client
	// Loopback lets a hook be on this machine, over http: for the demonstration and tests.
	Loopback bool
	Now      func() time.Time // nil: the clock
}

const (
	maxHooks      = 20
	maxHookURL    = 2000
	hookTimeout   = 20 * time.Second // Standard Webhooks: 15 to 30 seconds
	hookWorkers   = 4
	hookBatch     = 100            // events of one hook in one transaction
	oldSecret     = 24 * time.Hour // how long the secret before a rotation still signs
	disableAfter  = 5 * 24 * time.Hour
	deliveryKept  = 30 * 24 * time.Hour
	maxHookAnswer = 64 << 10 // of the answer, read so that the connection can be used again
)

// hookPauses is when a delivery is tried again (Standard Webhooks, "Deliverability and reliability").
var hookPauses = []time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour, 10 * time.Hour, 14 * time.Hour, 20 * time.Hour, 24 * time.Hour}

// delivery is what a job carries.
type delivery struct {
	ID string `json:"id"`
}

const hookJob jobs.Kind[delivery] = "web_hook"

// Work lets the queue deliver; call it before the queue runs.
func (h *Hooks) Work() {
	jobs.Handle(h.Queue, hookJob, jobs.Policy{Workers: hookWorkers, Timeout: hookTimeout + 10*time.Second, Attempts: len(hookPauses) + 1,
		Pause: func(attempt int) time.Duration { return hookPauses[min(attempt, len(hookPauses))-1] }}, h.deliver)
}

func (h *Hooks) now() time.Time {
	if h.Now != nil {
		return record.Time(h.Now())
	}
	return record.Time(time.Now())
}

var keepers = []record.Role{record.RoleRegistrar, record.RoleOperator}

// Add makes a hook and returns its secret and public key as the receiver needs them.
func (h *Hooks) Add(ctx context.Context, actor record.Actor, address string, events []string) (*record.Hook, *Secret, error) {
	const op = "api.Hooks.Add"
	if err := actor.Require(op, actor.Institution, keepers...); err != nil {
		return nil, nil, err
	}
	if err := h.checkURL(op, address); err != nil {
		return nil, nil, err
	}
	for _, e := range events {
		if !slices.Contains(EventTypes(), e) {
			return nil, nil, record.Errorf(record.Invalid, op, "there is no event %q; there are %s", e, strings.Join(EventTypes(), ", "))
		}
	}
	sealed, secret, err := h.newSecret(op)
	if err != nil {
		return nil, nil, err
	}
	hook := &record.Hook{ID: record.NewOrderedID(), Institution: actor.Institution, URL: address, Events: events, Sealed: sealed, SealedBefore: []byte{}, CreatedBy: actor.Account, CreatedAt: h.now()}
	err = h.DB.Update(ctx, func(tx *store.Tx) error {
		held, err := tx.Hooks(ctx, actor.Institution)
		if err != nil {
			return err
		}
		if len(held) >= maxHooks {
			return record.Errorf(record.TooLarge, op, "there are already %d web hooks; remove one first", maxHooks)
		}
		if err := h.event(ctx, tx, actor, hook, "hook.added"); err != nil {
			return err
		}
		if hook.Cursor, _, err = tx.AuditHead(ctx, actor.Institution); err != nil { // what was before is not told
			return err
		}
		return tx.AddHook(ctx, hook)
	})
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	return hook, secret, nil
}

// checkURL refuses at once what could never be reached; addresses are checked again whenever one is connected to.
func (h *Hooks) checkURL(op, address string) error {
	u, err := url.Parse(address)
	if err != nil || len(address) > maxHookURL || u.Host == "" || u.User != nil || u.Fragment != "" {
		return record.Errorf(record.Invalid, op, "this is no address that can be called; write https://host/path")
	}
	if u.Scheme != "https" && !(h.Loopback && u.Scheme == "http" && (u.Hostname() == "127.0.0.1" || u.Hostname() == "localhost")) {
		return record.Errorf(record.Invalid, op, "a web hook must be https")
	}
	return nil
}

// Secret is what a receiver needs to check signatures.
type Secret struct {
	V1  string // whsec_…: the shared secret
	V1a string // whpk_…: the public key
}

func (h *Hooks) newSecret(op string) ([]byte, *Secret, error) {
	private, err := key.Generate("ed25519")
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	sealed, err := h.Keys.Seal(private)
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	s, err := h.open(sealed)
	if err != nil {
		return nil, nil, record.Wrap(op, err)
	}
	return sealed, &Secret{"whsec_" + base64.StdEncoding.EncodeToString(s.shared), "whpk_" + base64.StdEncoding.EncodeToString(s.private.Public().(ed25519.PublicKey))}, nil
}

// opened is a hook's key, ready to sign.
type opened struct {
	private ed25519.PrivateKey
	shared  []byte
}

func (h *Hooks) open(sealed []byte) (*opened, error) {
	signer, err := h.Keys.Unseal(sealed)
	if err != nil {
		return nil, err
	}
	private, ok := signer.(ed25519.PrivateKey)
	if !ok {
		return nil, errors.New("api: a web hook's key is not Ed25519")
	}
	shared, err := hkdf.Key(sha256.New, private.Seed(), nil, "laurel web hook v1", 32)
	return &opened{private, shared}, err
}

// sign writes the signatures of a message (Standard Webhooks, "Signature scheme").
func (o *opened) sign(id, timestamp string, body []byte) []string {
	message := []byte(id + "." + timestamp + "." + string(body))
	mac := hmac.New(sha256.New, o.shared)
	mac.Write(message)
	return []string{"v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil)), "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(o.private, message))}
}

func (h *Hooks) event(ctx context.Context, tx *store.Tx, actor record.Actor, hook *record.Hook, action string) error {
	return tx.Append(ctx, &record.Event{Institution: hook.Institution, At: h.now(), Actor: actor.ID(), Action: action, Object: "hook/" + hook.ID})
}

// EventTypes lists what a hook can tell.
func EventTypes() []string {
	var out []string
	for _, t := range record.HookEvents {
		out = append(out, t)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// HookView is a hook with its latest deliveries.
type HookView struct {
	record.Hook
	Deliveries []record.HookDelivery
}

const deliveriesShown = 20

// List lists the hooks of the actor's institution.
func (h *Hooks) List(ctx context.Context, actor record.Actor) ([]HookView, error) {
	const op = "api.Hooks.List"
	if err := actor.Require(op, actor.Institution, keepers...); err != nil {
		return nil, err
	}
	var out []HookView
	err := h.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.Hooks(ctx, actor.Institution)
		if err != nil {
			return err
		}
		for _, hook := range all {
			v := HookView{Hook: *hook}
			v.Sealed, v.SealedBefore = nil, nil
			sent, err := tx.Deliveries(ctx, hook.ID, deliveriesShown)
			if err != nil {
				return err
			}
			for _, d := range sent {
				v.Deliveries = append(v.Deliveries, *d)
			}
			out = append(out, v)
		}
		return nil
	})
	return out, record.Wrap(op, err)
}

// change does something to a hook of the actor's institution.
func (h *Hooks) change(ctx context.Context, actor record.Actor, op, id, action string, do func(*store.Tx, *record.Hook) error) error {
	return record.Wrap(op, h.DB.Update(ctx, func(tx *store.Tx) error {
		hook, err := tx.Hook(ctx, id)
		if err != nil {
			return err
		}
		if err := actor.Require(op, hook.Institution, keepers...); err != nil {
			return err
		}
		if err := do(tx, hook); err != nil {
			return err
		}
		return h.event(ctx, tx, actor, hook, action)
	}))
}

// Remove deletes a hook with what was on its way.
func (h *Hooks) Remove(ctx context.Context, actor record.Actor, id string) error {
	return h.change(ctx, actor, "api.Hooks.Remove", id, "hook.removed", func(tx *store.Tx, hook *record.Hook) error { return tx.DropHook(ctx, hook.ID) })
}

// Rotate gives a hook a new secret; the old one signs beside it for a day.
func (h *Hooks) Rotate(ctx context.Context, actor record.Actor, id string) (*Secret, error) {
	const op = "api.Hooks.Rotate"
	sealed, secret, err := h.newSecret(op)
	if err != nil {
		return nil, err
	}
	err = h.change(ctx, actor, op, id, "hook.rotated", func(tx *store.Tx, hook *record.Hook) error {
		hook.Sealed, hook.SealedBefore, hook.RotatedAt = sealed, hook.Sealed, h.now()
		return tx.ChangeHook(ctx, hook)
	})
	if err != nil {
		return nil, err
	}
	return secret, nil
}

// Enable lets a disabled hook be told again, from now on.
func (h *Hooks) Enable(ctx context.Context, actor record.Actor, id string) error {
	return h.change(ctx, actor, "api.Hooks.Enable", id, "hook.enabled", func(tx *store.Tx, hook *record.Hook) (err error) {
		hook.DisabledAt, hook.FailingSince, hook.Reason = time.Time{}, time.Time{}, ""
		if hook.Cursor, _, err = tx.AuditHead(ctx, hook.Institution); err != nil {
			return err
		}
		return tx.ChangeHook(ctx, hook)
	})
}

// Redeliver sends a delivery once more, under its own id.
func (h *Hooks) Redeliver(ctx context.Context, actor record.Actor, id string) error {
	const op = "api.Hooks.Redeliver"
	var d *record.HookDelivery
	err := h.DB.View(ctx, func(tx *store.Tx) (err error) {
		d, err = tx.Delivery(ctx, id)
		return err
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return h.change(ctx, actor, op, d.Hook, "hook.redelivered", func(tx *store.Tx, hook *record.Hook) error {
		if !hook.DisabledAt.IsZero() {
			return record.Errorf(record.Conflict, op, "this web hook is off; switch it on first")
		}
		return hookJob.Enqueue(ctx, h.Queue, tx, delivery{d.ID}, &jobs.Enqueued{Key: d.ID})
	})
}

// Dispatch turns what happened since a hook was last looked at into deliveries. Any node may do so at any time.
func (h *Hooks) Dispatch(ctx context.Context) error {
	var behind []*record.Hook
	err := h.DB.View(ctx, func(tx *store.Tx) (err error) {
		behind, err = tx.HooksBehind(ctx)
		return err
	})
	for _, hook := range behind {
		for more := true; more && err == nil; {
			more, err = h.dispatch(ctx, hook)
		}
	}
	if record.KindOf(err) == record.Conflict {
		return nil // another node was faster
	}
	return record.Wrap("api.Hooks.Dispatch", err)
}

func (h *Hooks) dispatch(ctx context.Context, hook *record.Hook) (more bool, err error) {
	to := hook.Cursor
	err = h.DB.Update(ctx, func(tx *store.Tx) error {
		events, err := tx.Events(ctx, hook.Institution, hook.Cursor, hookBatch)
		if err != nil || len(events) == 0 {
			return err
		}
		to, more = events[len(events)-1].Seq, len(events) == hookBatch
		if err := tx.MoveHook(ctx, hook.ID, hook.Cursor, to); err != nil {
			return err
		}
		for _, e := range events {
			kind, tells := record.HookEvents[e.Action]
			if !tells || len(hook.Events) > 0 && !slices.Contains(hook.Events, kind) {
				continue
			}
			if err := h.queue(ctx, tx, hook, e, kind); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil {
		hook.Cursor = to
	}
	return more, err
}

func (h *Hooks) queue(ctx context.Context, tx *store.Tx, hook *record.Hook, e *record.Event, kind string) error {
	data := map[string]any{"object": e.Object, "sequence": e.Seq}
	for _, member := range []string{"uri", "run", "batch"} {
		if v := e.Detail[member]; v != "" {
			data[member] = v
		}
	}
	if e.Learner != "" {
		data["person"] = string(e.Learner)
	}
	body, err := ijson.Marshal(map[string]any{"type": kind, "timestamp": e.At.UTC().Format(time.RFC3339Nano), "data": data})
	if err != nil {
		return err
	}
	d := &record.HookDelivery{ID: "msg_" + record.DerivedID(record.InstitutionID(hook.ID), strconv.FormatInt(e.Seq, 10)), Hook: hook.ID, Event: kind, Body: body, CreatedAt: h.now()}
	if err := tx.AddDelivery(ctx, d); err != nil {
		return err
	}
	return hookJob.Enqueue(ctx, h.Queue, tx, delivery{d.ID}, nil)
}

// deliver is the work of a job: one attempt.
func (h *Hooks) deliver(ctx context.Context, job delivery) error {
	var d *record.HookDelivery
	var hook *record.Hook
	err := h.DB.View(ctx, func(tx *store.Tx) (err error) {
		if d, err = tx.Delivery(ctx, job.ID); err != nil {
			return err
		}
		hook, err = tx.Hook(ctx, d.Hook)
		return err
	})
	switch {
	case record.KindOf(err) == record.NotFound:
		return nil // the hook was removed
	case err != nil:
		return err
	case !hook.DisabledAt.IsZero():
		return jobs.GiveUp(errors.New("the web hook is off"))
	}
	status, sendErr := h.send(ctx, hook, d)
	now := h.now()
	d.Status, d.Error = status, ""
	if sendErr != nil {
		d.Error = sendErr.Error()
	} else {
		d.DeliveredAt = now
	}
	if err := h.settle(ctx, hook.ID, d, now); err != nil {
		return err
	}
	return sendErr
}

// settle notes the attempt, and switches off a hook that says it is gone or that has failed for days.
func (h *Hooks) settle(ctx context.Context, id string, d *record.HookDelivery, now time.Time) error {
	return h.DB.Update(context.WithoutCancel(ctx), func(tx *store.Tx) error {
		hook, err := tx.Hook(ctx, id) // as it is now: another delivery may have changed it
		if err != nil {
			return err
		}
		if err := tx.SettleDelivery(ctx, d); err != nil {
			return err
		}
		before := hook.FailingSince
		switch {
		case d.Error == "":
			hook.FailingSince = time.Time{}
		case hook.FailingSince.IsZero():
			hook.FailingSince = now
		}
		switch {
		case d.Status == http.StatusGone:
			hook.DisabledAt, hook.Reason = now, "the receiver answered 410 Gone"
		case d.Error != "" && now.Sub(hook.FailingSince) >= disableAfter:
			hook.DisabledAt, hook.Reason = now, "every delivery failed for five days"
		case before.Equal(hook.FailingSince):
			return nil
		}
		if err := tx.ChangeHook(ctx, hook); err != nil || hook.DisabledAt.IsZero() {
			return err
		}
		return h.event(ctx, tx, record.System(hook.Institution), hook, "hook.disabled")
	})
}

// send makes one request. The error is written for the desk: it does not repeat what the network or the receiver says.
func (h *Hooks) send(ctx context.Context, hook *record.Hook, d *record.HookDelivery) (int, error) {
	ctx, stop := context.WithTimeout(ctx, hookTimeout)
	defer stop()
	now := h.now()
	timestamp := strconv.FormatInt(now.Unix(), 10)
	sealed := [][]byte{hook.Sealed}
	if len(hook.SealedBefore) > 0 && now.Sub(hook.RotatedAt) < oldSecret {
		sealed = append(sealed, hook.SealedBefore)
	}
	var signatures []string
	for _, s := range sealed {
		o, err := h.open(s)
		if err != nil {
			return 0, errors.New("the secret does not open with this server's keys")
		}
		signatures = append(signatures, o.sign(d.ID, timestamp, d.Body)...)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, hook.URL, bytes.NewReader(d.Body))
	if err != nil {
		return 0, jobs.GiveUp(errors.New("the address cannot be called"))
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("User-Agent", "Laurel (web hooks)")
	req.Header.Set("webhook-id", d.ID)
	req.Header.Set("webhook-timestamp", timestamp)
	req.Header.Set("webhook-signature", strings.Join(signatures, " "))
	client := *h.Client
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse } // a redirect is no receipt
	res, err := client.Do(req)
	if err != nil {
		return 0, errors.New("the receiver cannot be reached, or its address is one that is not called")
	}
	defer res.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, maxHookAnswer)) // its answer says nothing to us
	if res.StatusCode < 200 || res.StatusCode > 299 {
		return res.StatusCode, errors.New("the receiver answered " + strconv.Itoa(res.StatusCode))
	}
	return res.StatusCode, nil
}

// Sweep deletes what nobody looks at any more: old deliveries and kept answers.
func (h *Hooks) Sweep(ctx context.Context) error {
	return record.Wrap("api.Hooks.Sweep", h.DB.Update(ctx, func(tx *store.Tx) error {
		if err := tx.DropReplies(ctx, h.now().Add(-promiseKept)); err != nil {
			return err
		}
		return tx.DropDeliveries(ctx, h.now().Add(-deliveryKept))
	}))
}
