package account_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/go-webauthn/webauthn/protocol/webauthncbor"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// device is an authenticator and the browser before it, which tells lies when a test asks for one.
type device struct {
	t       *testing.T
	key     *ecdsa.PrivateKey
	id      []byte
	user    []byte
	counter uint32

	origin, rpID string
	unverified   bool
}

func newDevice(t *testing.T) *device {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return &device{t: t, key: k, id: []byte(rand.Text()), origin: "https://x.example", rpID: "x.example"}
}

var b64 = base64.RawURLEncoding.EncodeToString

type asked struct {
	PublicKey struct {
		Challenge string
		User      struct{ ID string }
	}
}

func (d *device) read(options []byte) asked {
	d.t.Helper()
	var a asked
	if err := json.Unmarshal(options, &a); err != nil {
		d.t.Fatal(err)
	}
	return a
}

func (d *device) client(kind, challenge string) []byte {
	b, err := json.Marshal(map[string]any{"type": kind, "challenge": challenge, "origin": d.origin, "crossOrigin": false})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

// data is the authenticator data (Web Authentication, section 6.1).
func (d *device) data(flags byte) []byte {
	sum := sha256.Sum256([]byte(d.rpID))
	flags |= 0x01
	if !d.unverified {
		flags |= 0x04
	}
	return binary.BigEndian.AppendUint32(append(sum[:], flags), d.counter)
}

func (d *device) cbor(v any) []byte {
	d.t.Helper()
	b, err := webauthncbor.Marshal(v)
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *device) reply(response map[string]any) []byte {
	b, err := json.Marshal(map[string]any{"id": b64(d.id), "rawId": b64(d.id), "type": "public-key", "response": response, "clientExtensionResults": map[string]any{}})
	if err != nil {
		d.t.Fatal(err)
	}
	return b
}

func (d *device) create(options []byte) []byte {
	a := d.read(options)
	user, err := base64.RawURLEncoding.DecodeString(a.PublicKey.User.ID)
	if err != nil {
		d.t.Fatal(err)
	}
	d.user = user
	data := append(d.data(0x40), make([]byte, 16)...)
	data = append(binary.BigEndian.AppendUint16(data, uint16(len(d.id))), d.id...)
	data = append(data, d.cbor(map[int]any{1: 2, 3: -7, -1: 1, -2: d.key.X.FillBytes(make([]byte, 32)), -3: d.key.Y.FillBytes(make([]byte, 32))})...)
	return d.reply(map[string]any{"clientDataJSON": b64(d.client("webauthn.create", a.PublicKey.Challenge)),
		"attestationObject": b64(d.cbor(map[string]any{"fmt": "none", "attStmt": map[string]any{}, "authData": data}))})
}

func (d *device) get(options []byte) []byte {
	d.t.Helper()
	d.counter++
	client, data := d.client("webauthn.get", d.read(options).PublicKey.Challenge), d.data(0)
	hash := sha256.Sum256(client)
	sum := sha256.Sum256(append(append([]byte{}, data...), hash[:]...))
	sig, err := ecdsa.SignASN1(rand.Reader, d.key, sum[:])
	if err != nil {
		d.t.Fatal(err)
	}
	return d.reply(map[string]any{"clientDataJSON": b64(client), "authenticatorData": b64(data), "signature": b64(sig), "userHandle": b64(d.user)})
}

// withPasskey is a door with a registrar who has a passkey.
func withPasskey(t *testing.T, db *store.DB) (*door, *record.Account, *device) {
	t.Helper()
	d := newDoor(t, db)
	d.desk.PublicURL = "https://x.example"
	a := d.add(account.NewAccount{Email: "ingrid@example.edu", Name: "Ingrid", Roles: []record.Role{record.RoleRegistrar}})
	dev := newDevice(t)
	d.enrol(a, dev, "phone")
	return d, a, dev
}

func (d *door) enrol(a *record.Account, dev *device, name string) {
	d.t.Helper()
	options, token, err := d.desk.BeginPasskey(d.t.Context(), a.Actor())
	if err != nil {
		d.t.Fatal(err)
	}
	if err := d.desk.AddPasskey(d.t.Context(), a.Actor(), token, name, dev.create(options)); err != nil {
		d.t.Fatal(err)
	}
}

func (d *door) ask() ([]byte, string) {
	d.t.Helper()
	options, token, err := d.desk.BeginPasskeySignIn(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	return options, token
}

func TestPasskeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, a, dev := withPasskey(t, db)
		ctx := t.Context()
		options, token := d.ask()
		got, err := d.desk.SignInByPasskey(ctx, token, dev.get(options))
		if err != nil || got.ID != a.ID {
			t.Fatalf("got %v, %v", got, err)
		}
		all, err := d.desk.Passkeys(ctx, a.Actor())
		if err != nil || len(all) != 1 || all[0].Name != "phone" || all[0].UsedAt.IsZero() || all[0].Body != nil {
			t.Fatalf("%+v, %v", all, err)
		}
		// The last way in stays; with a password it may go.
		wantKind(t, d.desk.RemovePasskey(ctx, a.Actor(), all[0].ID), record.Conflict)
		second := newDevice(t)
		d.enrol(a, second, "key")
		stranger := d.add(account.NewAccount{Email: "s@example.edu", Name: "S", Roles: []record.Role{record.RoleApprover}, Password: "several words in a row"})
		wantKind(t, d.desk.RemovePasskey(ctx, stranger.Actor(), all[0].ID), record.NotFound)
		if err := d.desk.RemovePasskey(ctx, a.Actor(), all[0].ID); err != nil {
			t.Fatal(err)
		}
		options, token = d.ask()
		_, err = d.desk.SignInByPasskey(ctx, token, dev.get(options))
		wantKind(t, err, record.Forbidden)
		options, token = d.ask()
		if _, err = d.desk.SignInByPasskey(ctx, token, second.get(options)); err != nil {
			t.Error(err)
		}
		// A closed account has no way in.
		if err := d.desk.SetRoles(ctx, record.System(d.inst), a.ID, nil); err != nil {
			t.Fatal(err)
		}
		options, token = d.ask()
		_, err = d.desk.SignInByPasskey(ctx, token, second.get(options))
		wantKind(t, err, record.Forbidden)
	})
}

// TestPasskeyAttacks is row A13 of the catalogue of attacks: each lie is told by a device that otherwise opens the account.
func TestPasskeyAttacks(t *testing.T) {
	d, a, dev := withPasskey(t, storetest.SQLite(t))
	ctx := t.Context()
	other := d.add(account.NewAccount{Email: "o@example.edu", Name: "O", Roles: []record.Role{record.RoleApprover}})
	stolen := newDevice(t)
	stolen.id, stolen.user = dev.id, dev.user
	for name, lie := range map[string]func(*device) (*device, func([]byte) []byte){
		"another origin": func(v *device) (*device, func([]byte) []byte) {
			v.origin = "https://x.example.evil.example"
			return v, nil
		},
		"another port":          func(v *device) (*device, func([]byte) []byte) { v.origin = "https://x.example:8443"; return v, nil },
		"another scheme":        func(v *device) (*device, func([]byte) []byte) { v.origin = "http://x.example"; return v, nil },
		"another relying party": func(v *device) (*device, func([]byte) []byte) { v.rpID = "evil.example"; return v, nil },
		"nobody looked":         func(v *device) (*device, func([]byte) []byte) { v.unverified = true; return v, nil },
		"another user's handle": func(v *device) (*device, func([]byte) []byte) { v.user = []byte(other.ID); return v, nil },
		"no handle":             func(v *device) (*device, func([]byte) []byte) { v.user = nil; return v, nil },
		"another key, same id":  func(v *device) (*device, func([]byte) []byte) { s := *stolen; return &s, nil },
		"an id of nobody":       func(v *device) (*device, func([]byte) []byte) { v.id = []byte("nobody"); return v, nil },
		"an empty answer":       func(v *device) (*device, func([]byte) []byte) { return v, func([]byte) []byte { return nil } },
		"two values for one name": func(v *device) (*device, func([]byte) []byte) {
			return v, func(b []byte) []byte { return []byte(`{"id":"x",` + string(b[1:])) }
		},
		"a bomb": func(v *device) (*device, func([]byte) []byte) {
			return v, func([]byte) []byte { return []byte(strings.Repeat("[", 1<<20)) }
		},
	} {
		t.Run(name, func(t *testing.T) {
			dev.counter += 2
			copied := *dev
			liar, change := lie(&copied)
			options, token := d.ask()
			answer := liar.get(options)
			if change != nil {
				answer = change(answer)
			}
			got, err := d.desk.SignInByPasskey(ctx, token, answer)
			if err == nil {
				t.Fatalf("it let %s in", got.Name)
			}
			// The step is used up: the true device does not come in on it.
			if _, err := d.desk.SignInByPasskey(ctx, token, dev.get(options)); record.CodeOf(err) != "step.gone" {
				t.Errorf("the step lives on: %v", err)
			}
		})
	}
	t.Run("a challenge of another sign-in", func(t *testing.T) {
		options, _ := d.ask()
		_, token := d.ask()
		_, err := d.desk.SignInByPasskey(ctx, token, dev.get(options))
		wantKind(t, err, record.Forbidden)
	})
	t.Run("the same answer twice", func(t *testing.T) {
		options, token := d.ask()
		answer := dev.get(options)
		if _, err := d.desk.SignInByPasskey(ctx, token, answer); err != nil {
			t.Fatal(err)
		}
		_, err := d.desk.SignInByPasskey(ctx, token, answer)
		if record.CodeOf(err) != "step.gone" {
			t.Error(err)
		}
	})
	t.Run("too late", func(t *testing.T) {
		options, token := d.ask()
		d.clock = d.clock.Add(account.StepLife)
		if _, err := d.desk.SignInByPasskey(ctx, token, dev.get(options)); record.CodeOf(err) != "step.gone" {
			t.Error(err)
		}
	})
	t.Run("a step of another kind", func(t *testing.T) {
		options, token, err := d.desk.BeginPasskey(ctx, a.Actor())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.desk.SignInByPasskey(ctx, token, dev.get(options)); record.CodeOf(err) != "step.gone" {
			t.Error(err)
		}
	})
	t.Run("somebody else's step", func(t *testing.T) {
		options, token, err := d.desk.BeginPasskey(ctx, a.Actor())
		if err != nil {
			t.Fatal(err)
		}
		wantKind(t, d.desk.AddPasskey(ctx, other.Actor(), token, "mine", newDevice(t).create(options)), record.Invalid)
	})
	t.Run("somebody else's passkey", func(t *testing.T) {
		options, token, err := d.desk.BeginPasskey(ctx, other.Actor())
		if err != nil {
			t.Fatal(err)
		}
		copied := *dev
		wantKind(t, d.desk.AddPasskey(ctx, other.Actor(), token, "mine", copied.create(options)), record.Conflict)
	})
	t.Run("a counter that goes back", func(t *testing.T) {
		options, token := d.ask()
		copied := *dev
		copied.counter = 0
		_, err := d.desk.SignInByPasskey(ctx, token, copied.get(options))
		wantKind(t, err, record.Forbidden)
		// The key is known to be copied: nobody comes in with it any more.
		options, token = d.ask()
		dev.counter += 100
		_, err = d.desk.SignInByPasskey(ctx, token, dev.get(options))
		wantKind(t, err, record.Forbidden)
	})
}

// TestPasskeyMakingAttacks: what is kept is made here, for this person, now.
func TestPasskeyMakingAttacks(t *testing.T) {
	d, a, _ := withPasskey(t, storetest.SQLite(t))
	for name, lie := range map[string]func(*device){
		"another origin":        func(v *device) { v.origin = "https://evil.example" },
		"another relying party": func(v *device) { v.rpID = "evil.example" },
		"nobody looked":         func(v *device) { v.unverified = true },
	} {
		options, token, err := d.desk.BeginPasskey(t.Context(), a.Actor())
		if err != nil {
			t.Fatal(err)
		}
		dev := newDevice(t)
		lie(dev)
		if err := d.desk.AddPasskey(t.Context(), a.Actor(), token, "x", dev.create(options)); record.KindOf(err) != record.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 19 {
		d.enrol(a, newDevice(t), "one more")
	}
	_, _, err := d.desk.BeginPasskey(t.Context(), a.Actor())
	wantKind(t, err, record.Invalid)
}

// TestSessionsEnd: every change of how somebody signs in ends the sessions from before it.
func TestSessionsEnd(t *testing.T) {
	d, a, _ := withPasskey(t, storetest.SQLite(t))
	from := func() (out time.Time) {
		t.Helper()
		err := d.desk.DB.View(t.Context(), func(tx *store.Tx) (err error) { out, err = tx.SessionsFrom(t.Context(), a.ID); return err })
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	d.clock = d.clock.Add(time.Minute)
	if err := d.desk.SetPassword(t.Context(), a.Actor(), "several words in a row"); err != nil {
		t.Fatal(err)
	}
	if !from().Equal(d.clock) {
		t.Errorf("after a password: %v", from())
	}
	all, err := d.desk.Passkeys(t.Context(), a.Actor())
	if err != nil {
		t.Fatal(err)
	}
	d.clock = d.clock.Add(time.Minute)
	if err := d.desk.RemovePasskey(t.Context(), a.Actor(), all[0].ID); err != nil {
		t.Fatal(err)
	}
	if !from().Equal(d.clock) {
		t.Errorf("after a passkey went: %v", from())
	}
}
