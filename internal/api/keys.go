package api

import (
	"context"
	"crypto/rand"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// Keys is the desk of API keys. A key acts for the person who made it: never beyond that person's roles, and in that
// person's name where two people are asked for. It is shown once and kept as its SHA-256: its 130 random bits make a
// slow hash needless.
type Keys struct {
	DB  *store.DB
	Now func() time.Time // nil: the clock
}

const (
	keyPrefix     = "lrl_"
	shownPrefix   = len(keyPrefix) + 6
	maxKeys       = 200 // of one institution: a list that can still be looked after
	maxKeyName    = 100
	maxKeyLife    = 10 * 365 * 24 * time.Hour
	usedPrecision = time.Minute // "last used" is written once a minute, not with every request
)

func (k *Keys) now() time.Time {
	if k.Now != nil {
		return record.Time(k.Now())
	}
	return record.Time(time.Now())
}

// NewKey is a key that is to be made.
type NewKey struct {
	Name      string
	Scopes    []record.Scope
	ExpiresAt time.Time // zero: until revoked
}

// Create makes a key for the actor and returns it with its text, which is shown once.
func (k *Keys) Create(ctx context.Context, actor record.Actor, n NewKey) (*record.APIKey, string, error) {
	const op = "api.Keys.Create"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleLearner); err != nil {
		return nil, "", err
	}
	allowed := record.Scopes
	if actor.Learner != "" && !actor.Has(record.RoleRegistrar, record.RoleApprover) {
		allowed = record.LearnerScopes
	}
	n.Name = strings.TrimSpace(n.Name)
	now := k.now()
	switch {
	case n.Name == "" || len(n.Name) > maxKeyName:
		return nil, "", record.Errorf(record.Invalid, op, "a name of at most %d bytes is needed: what the key is for", maxKeyName)
	case len(n.Scopes) == 0:
		return nil, "", record.Errorf(record.Invalid, op, "choose at least one thing that the key may do")
	case !n.ExpiresAt.IsZero() && (!n.ExpiresAt.After(now) || n.ExpiresAt.After(now.Add(maxKeyLife))):
		return nil, "", record.Errorf(record.Invalid, op, "the key's end must lie in the next ten years")
	}
	for _, s := range n.Scopes {
		if !slices.Contains(allowed, s) {
			return nil, "", record.Errorf(record.Invalid, op, "a key of yours cannot have the scope %q", s)
		}
	}
	key := &record.APIKey{ID: record.NewOrderedID(), Institution: actor.Institution, Account: actor.Account, Name: n.Name, Scopes: n.Scopes, CreatedAt: now}
	if !n.ExpiresAt.IsZero() {
		key.ExpiresAt = record.Time(n.ExpiresAt)
	}
	if allowed[len(allowed)-1] == record.ScopeShares {
		key.Learner = actor.Learner
	}
	token := name(key)
	err := k.DB.Update(ctx, func(tx *store.Tx) error {
		held, err := tx.APIKeys(ctx, actor.Institution, maxKeys+1)
		if err != nil {
			return err
		}
		if held = slices.DeleteFunc(held, func(h *record.APIKey) bool { return !h.Open(now) }); len(held) >= maxKeys {
			return record.Errorf(record.TooLarge, op, "there are already %d keys; revoke one that is no longer needed", maxKeys)
		}
		return k.add(ctx, tx, actor, key, "apikey.created")
	})
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	return key, token, nil
}

// name gives a key its random text and keeps of it what may be kept.
func name(key *record.APIKey) string {
	token := keyPrefix + rand.Text()
	key.Prefix, key.Hash = token[:shownPrefix], record.Sum([]byte(token))
	return token
}

func (k *Keys) add(ctx context.Context, tx *store.Tx, actor record.Actor, key *record.APIKey, action string) error {
	if err := tx.AddAPIKey(ctx, key); err != nil {
		return err
	}
	return k.event(ctx, tx, actor, key, action)
}

func (k *Keys) event(ctx context.Context, tx *store.Tx, actor record.Actor, key *record.APIKey, action string) error {
	scopes := make([]string, len(key.Scopes))
	for i, s := range key.Scopes {
		scopes[i] = string(s)
	}
	return tx.Append(ctx, &record.Event{Institution: key.Institution, At: k.now(), Actor: actor.ID(), Action: action, Object: "apikey/" + key.ID, Learner: key.Learner,
		Detail: map[string]string{"prefix": key.Prefix, "scopes": strings.Join(scopes, " ")}})
}

// List lists the keys that the actor looks after: an institution's for its staff, a learner's own for a learner.
func (k *Keys) List(ctx context.Context, actor record.Actor) ([]record.APIKey, error) {
	const op = "api.Keys.List"
	if err := actor.Require(op, actor.Institution, record.RoleRegistrar, record.RoleApprover, record.RoleLearner); err != nil {
		return nil, err
	}
	var out []record.APIKey
	err := k.DB.View(ctx, func(tx *store.Tx) error {
		all, err := tx.APIKeys(ctx, actor.Institution, maxKeys*2)
		for _, key := range all {
			if mine(actor, key) {
				out = append(out, *key)
			}
		}
		return err
	})
	return out, record.Wrap(op, err)
}

// mine reports whether an actor may look after a key.
func mine(actor record.Actor, key *record.APIKey) bool {
	if key.Institution != actor.Institution {
		return false
	}
	return key.Account == actor.Account || key.Learner == "" && actor.Has(record.RoleRegistrar, record.RoleApprover)
}

func (k *Keys) own(ctx context.Context, tx *store.Tx, op string, actor record.Actor, id string) (*record.APIKey, error) {
	if actor.Stranger() {
		return nil, record.Errorf(record.NotFound, op, "there is no such key")
	}
	key, err := tx.APIKey(ctx, id)
	if record.KindOf(err) == record.NotFound || err == nil && !mine(actor, key) {
		return nil, record.Errorf(record.NotFound, op, "there is no such key")
	}
	return key, err
}

// Revoke ends a key at once and for good.
func (k *Keys) Revoke(ctx context.Context, actor record.Actor, id string) error {
	const op = "api.Keys.Revoke"
	return record.Wrap(op, k.DB.Update(ctx, func(tx *store.Tx) error {
		key, err := k.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if err := tx.RevokeAPIKey(ctx, id, k.now()); err != nil {
			return err
		}
		return k.event(ctx, tx, actor, key, "apikey.revoked")
	}))
}

// Rotate makes a key with the same name and scopes in the place of one of the actor's own, which ends at once.
func (k *Keys) Rotate(ctx context.Context, actor record.Actor, id string) (*record.APIKey, string, error) {
	const op = "api.Keys.Rotate"
	var fresh record.APIKey
	var token string
	err := k.DB.Update(ctx, func(tx *store.Tx) error {
		key, err := k.own(ctx, tx, op, actor, id)
		if err != nil {
			return err
		}
		if key.Account != actor.Account {
			return record.Errorf(record.Forbidden, op, "a key acts for the person who made it; revoke this one and make a key of your own")
		}
		now := k.now()
		if err := tx.RevokeAPIKey(ctx, id, now); err != nil {
			return err
		}
		fresh = *key
		fresh.ID, fresh.CreatedAt, fresh.LastUsedAt, fresh.RevokedAt = record.NewOrderedID(), now, time.Time{}, time.Time{}
		token = name(&fresh)
		return k.add(ctx, tx, actor, &fresh, "apikey.rotated")
	})
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	return &fresh, token, nil
}

// Actor returns who a key acts for, as that person's roles are now, and less where the scopes say less.
func (k *Keys) Actor(ctx context.Context, token string) (record.Actor, *record.APIKey, error) {
	const op = "api.Keys.Actor"
	unknown := &record.Error{Kind: record.Forbidden, Op: op, Code: "key.unknown", Message: "this key opens nothing: it is mistyped, revoked or at its end; make a new one on the desk's page of API keys"}
	var key *record.APIKey
	var a *record.Account
	err := k.DB.View(ctx, func(tx *store.Tx) (err error) {
		if key, err = tx.APIKeyByHash(ctx, record.Sum([]byte(token))); err != nil {
			return err
		}
		a, err = tx.Account(ctx, key.Account)
		return err
	})
	now := k.now()
	if record.KindOf(err) == record.NotFound || err == nil && (!key.Open(now) || a.Disabled || a.Institution != key.Institution) {
		return record.Actor{}, nil, unknown
	}
	if err != nil {
		return record.Actor{}, nil, record.Wrap(op, err)
	}
	if now.Sub(key.LastUsedAt) >= usedPrecision {
		if err := k.DB.Update(ctx, func(tx *store.Tx) error { return tx.UseAPIKey(ctx, key.ID, now) }); err != nil {
			return record.Actor{}, nil, record.Wrap(op, err)
		}
	}
	actor := a.Actor()
	if key.Learner == "" {
		actor.Learner = ""
		actor.Roles = slices.DeleteFunc(actor.Roles, func(r record.Role) bool { return r != record.RoleRegistrar && r != record.RoleApprover })
	} else {
		actor.Roles = slices.DeleteFunc(actor.Roles, func(r record.Role) bool { return r != record.RoleLearner })
	}
	return actor, key, nil
}
