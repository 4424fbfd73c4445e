package registrar

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/key"
)

// keyKeepers may make and end keys.
var keyKeepers = []record.Role{record.RoleOperator, record.RoleRegistrar}

// SigningKeys lists the institution's keys, oldest first, without their private halves.
func (d *Desk) SigningKeys(ctx context.Context, actor record.Actor) ([]record.Key, error) {
	const op = "registrar.SigningKeys"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleOperator); err != nil {
		return nil, err
	}
	var out []record.Key
	err := d.DB.View(ctx, func(tx *store.Tx) error {
		keys, err := tx.Keys(ctx, actor.Institution)
		for _, k := range keys {
			k.Token, k.Sealed = keyring.Token(k.Sealed), nil
			out = append(out, *k)
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// suites is what each kind of key signs with.
// selectiveKey is a P-256 key whose credentials their holder may show in part.
var suites = map[string]string{"ed25519": "eddsa-rdfc-2022", "p256": "ecdsa-rdfc-2019", "p384": "ecdsa-rdfc-2019", selectiveKey: suiteSelective}

func (d *Desk) newKey(i *record.Institution, algorithm, fragment string) (*record.Key, error) {
	const op = "registrar.newKey"
	suite, ok := suites[algorithm]
	if !ok {
		return nil, record.Errorf(record.Invalid, op, "there is no issuing key of kind %q; use ed25519, p256, p384 or p256-sd", algorithm)
	}
	algorithm = strings.TrimSuffix(algorithm, "-sd")
	if !slices.Contains(d.Keys.Kinds(), algorithm) {
		return nil, record.Errorf(record.Invalid, op, "the token that keeps the keys makes no %s keys; choose one of %s", algorithm, strings.Join(d.Keys.Kinds(), ", "))
	}
	signer, sealed, err := d.Keys.Make(algorithm, i.DID+"#"+fragment)
	if err != nil {
		return nil, &record.Error{Kind: record.Unavailable, Op: op, Err: err, Message: "no key could be made; the server's log says why"}
	}
	multikey, err := key.Multikey(signer.Public())
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	return &record.Key{
		ID: record.KeyID(record.NewID()), Institution: i.ID, Fragment: fragment, Algorithm: algorithm, Suite: suite,
		Multikey: multikey, Sealed: sealed, Token: keyring.Token(sealed), State: record.KeyActive, CreatedAt: d.now(),
	}, nil
}

// KeyKinds are the kinds of key that RotateKey makes, the one to prefer first.
func (d *Desk) KeyKinds() []string {
	kinds := slices.Clone(d.Keys.Kinds())
	if slices.Contains(kinds, "p256") {
		kinds = append(kinds, selectiveKey)
	}
	return kinds
}

// RotateKey makes a new signing key and retires the one before it. The old one stays published, so that what it signed
// still verifies. What a compromised key had signed is queued to be signed anew with the new one.
func (d *Desk) RotateKey(ctx context.Context, actor record.Actor, algorithm string) (*record.Key, error) {
	const op = "registrar.RotateKey"
	if err := actor.Require(op, actor.Institution, record.RoleOperator, record.RoleRegistrar); err != nil {
		return nil, err
	}
	var fresh *record.Key
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		keys, err := tx.Keys(ctx, i.ID)
		if err != nil {
			return err
		}
		if fresh, err = d.newKey(i, algorithm, fmt.Sprintf("key-%d", len(keys)+1)); err != nil {
			return err
		}
		for _, k := range keys {
			if k.State != record.KeyActive {
				continue
			}
			k.State, k.EndedAt = record.KeyRetired, d.now()
			if err := tx.EndKey(ctx, k); err != nil {
				return err
			}
			if err := d.event(ctx, tx, actor, i, "key.retired", "key/"+string(k.ID), "", nil); err != nil {
				return err
			}
		}
		if err := tx.AddKey(ctx, fresh); err != nil {
			return err
		}
		if err := d.publishIdentity(ctx, tx, i); err != nil {
			return err
		}
		if err := d.event(ctx, tx, actor, i, "key.added", "key/"+string(fresh.ID), "", map[string]string{"multikey": fresh.Multikey}); err != nil {
			return err
		}
		if err := d.publishLists(ctx, tx, i); err != nil {
			return err
		}
		return d.signAnew(ctx, tx, actor, i, keys)
	})
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	fresh.Sealed = nil
	return fresh, nil
}

// publishLists signs every status list with the key that signs now: a list that a withdrawn key had signed would say
// nothing to anybody, not even about what other keys signed.
func (d *Desk) publishLists(ctx context.Context, tx *store.Tx, i *record.Institution) error {
	lists, err := tx.StatusLists(ctx, i.ID)
	if err != nil {
		return err
	}
	for _, l := range lists {
		if err := d.publishStatus(ctx, tx, i, l.ID); err != nil {
			return err
		}
	}
	return nil
}

// EndKey is the wish to take a key out of service.
type EndKey struct {
	ID     record.KeyID
	Sure   string // the key's name, typed by whoever wants it: it cannot be undone
	Reason string // for the audit
}

// RetireKey takes the key that signs out of service without another in its place: nothing can be signed until there is a
// new one. What it signed still verifies.
func (d *Desk) RetireKey(ctx context.Context, actor record.Actor, end EndKey) error {
	const op = "registrar.RetireKey"
	return d.endKey(ctx, actor, op, end, record.KeyRetired)
}

// MarkCompromised takes a key out of service for good, on every node at once, because each asks the database for the key
// before it keeps what it signed. The DID document says since when it is not to be believed. The next issuing needs a new
// key: RotateKey.
func (d *Desk) MarkCompromised(ctx context.Context, actor record.Actor, end EndKey) error {
	const op = "registrar.MarkCompromised"
	err := d.endKey(ctx, actor, op, end, record.KeyCompromised)
	if err == nil {
		d.log().Warn("key compromised", "key", end.ID)
	}
	return err
}

func (d *Desk) endKey(ctx context.Context, actor record.Actor, op string, end EndKey, to record.KeyState) error {
	if err := actor.Require(op, actor.Institution, keyKeepers...); err != nil {
		return err
	}
	if strings.TrimSpace(end.Reason) == "" || len(end.Reason) > maxReason {
		return record.Errorf(record.Invalid, op, "a reason is needed, of at most %d characters; it is kept in the audit", maxReason)
	}
	var k *record.Key
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		if k, err = ownKey(ctx, tx, op, actor, end.ID); err != nil {
			return err
		}
		switch {
		case end.Sure != k.Fragment:
			return record.Errorf(record.Invalid, op, "type the key's name, %s, to be sure that it is this one; nothing was changed", k.Fragment)
		case k.State == record.KeyCompromised:
			return record.Errorf(record.Conflict, op, "this key is marked as compromised already")
		case to == record.KeyRetired && k.State != record.KeyActive:
			return record.Errorf(record.Conflict, op, "this key is retired already")
		}
		i, err := tx.Institution(ctx, actor.Institution)
		if err != nil {
			return err
		}
		k.State, k.EndedAt = to, d.now()
		if err := tx.EndKey(ctx, k); err != nil {
			return err
		}
		if err := d.publishIdentity(ctx, tx, i); err != nil {
			return err
		}
		if err := d.event(ctx, tx, actor, i, "key."+string(to), "key/"+string(k.ID), "", map[string]string{"reason": end.Reason}); err != nil {
			return err
		}
		if to != record.KeyCompromised {
			return nil
		}
		// Where another key signs, what this one signed is signed anew at once; else the next key does it.
		keys, err := tx.Keys(ctx, i.ID)
		if err != nil || !slices.ContainsFunc(keys, func(k *record.Key) bool { return k.State == record.KeyActive }) {
			return err
		}
		if err := d.publishLists(ctx, tx, i); err != nil {
			return err
		}
		return d.signAnew(ctx, tx, actor, i, keys)
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	d.Keys.Forget(k.Sealed)
	return nil
}

// ownKey reads one of the institution's keys.
func ownKey(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id record.KeyID) (*record.Key, error) {
	keys, err := tx.Keys(ctx, actor.Institution)
	if err != nil {
		return nil, err
	}
	n := slices.IndexFunc(keys, func(k *record.Key) bool { return k.ID == id })
	if n < 0 {
		return nil, record.Errorf(record.NotFound, op, "this institution has no such key")
	}
	return keys[n], nil
}
