//go:build cgo

package keyring

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/miekg/pkcs11"
)

// Mechanisms of PKCS #11 3.0, section 2.3.5, whose names the binding does not have.
const (
	keyTypeEdwards        = 0x40   // CKK_EC_EDWARDS
	mechanismEdwardsPair  = 0x1055 // CKM_EC_EDWARDS_KEY_PAIR_GEN
	mechanismEdwardsSigns = 0x1057 // CKM_EDDSA
)

// maxSessions is how many signatures are asked of a token at once: a module in the network answers several while one
// travels, and none that we know allows fewer sessions.
const maxSessions = 8

// tokenIDSize is the length of a key's CKA_ID: random, so that none is made twice on any server that shares the token.
const tokenIDSize = 16

// curves are the values of CKA_EC_PARAMS: object identifiers in DER, and for Ed25519 first the name, which SoftHSM and
// PKCS #11 3.0 know, then the identifier of RFC 8410.
var curves = map[string][][]byte{
	"ed25519": {{0x13, 0x0c, 'e', 'd', 'w', 'a', 'r', 'd', 's', '2', '5', '5', '1', '9'}, {0x06, 0x03, 0x2b, 0x65, 0x70}},
	"p256":    {{0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07}},
	"p384":    {{0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22}},
}

type pkcs11Token struct {
	ctx   *pkcs11.Ctx
	slot  uint
	pin   string
	label string
	known []string
	// sessions has a place for each session; 0 in a place stands for one that is not open.
	sessions chan pkcs11.SessionHandle
}

var _ token = (*pkcs11Token)(nil)

func openToken(module, label, pin string) (token, error) {
	ctx := pkcs11.New(module)
	if ctx == nil {
		return nil, fmt.Errorf("keyring: %s is not a PKCS #11 module that can be loaded; name the library of the token's maker", module)
	}
	if err := ctx.Initialize(); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_CRYPTOKI_ALREADY_INITIALIZED)) {
		return nil, fmt.Errorf("keyring: the PKCS #11 module %s does not start: %w", module, err)
	}
	slots, err := ctx.GetSlotList(true)
	if err != nil {
		return nil, fmt.Errorf("keyring: the PKCS #11 module %s lists no tokens: %w", module, err)
	}
	t := &pkcs11Token{ctx: ctx, pin: pin, label: label, sessions: make(chan pkcs11.SessionHandle, maxSessions)}
	var labels []string
	for _, slot := range slots {
		info, err := ctx.GetTokenInfo(slot)
		if err != nil {
			continue // a reader whose token was pulled out just now: its label is missed below
		}
		if found := strings.TrimRight(info.Label, " \x00"); found == label {
			t.slot = slot
		} else {
			labels = append(labels, fmt.Sprintf("%q", found))
			continue
		}
		for range maxSessions {
			t.sessions <- 0
		}
		if t.known, err = t.ask(); err != nil {
			return nil, err
		}
		// The PIN is tried at the start: a wrong one would be tried again with every signature until the token locks itself.
		return t, t.with(func(pkcs11.SessionHandle) error { return nil })
	}
	return nil, fmt.Errorf("keyring: no token is labelled %q; there are %s", label, strings.Join(append(labels, "no others"), ", "))
}

// ask asks the token which of our kinds of key it makes.
func (t *pkcs11Token) ask() ([]string, error) {
	can := func(mechanisms ...uint) bool {
		for _, m := range mechanisms {
			if _, err := t.ctx.GetMechanismInfo(t.slot, []*pkcs11.Mechanism{pkcs11.NewMechanism(m, nil)}); err != nil {
				return false
			}
		}
		return true
	}
	var out []string
	if can(mechanismEdwardsPair, mechanismEdwardsSigns) {
		out = append(out, "ed25519")
	}
	if can(pkcs11.CKM_EC_KEY_PAIR_GEN, pkcs11.CKM_ECDSA) {
		out = append(out, "p256", "p384")
	}
	if out == nil {
		return nil, fmt.Errorf("keyring: the token %q makes neither Ed25519 nor ECDSA keys", t.label)
	}
	return out, nil
}

func (t *pkcs11Token) kinds() []string { return t.known }

// with lends a session in which the user is signed in. A session that the token has forgotten (it was restarted, or
// another process signed out) is opened anew, once: f runs a second time.
func (t *pkcs11Token) with(f func(pkcs11.SessionHandle) error) error {
	session := <-t.sessions
	defer func() { t.sessions <- session }()
	var err error
	for range 2 {
		if session == 0 {
			if session, err = t.open(); err != nil {
				session = 0
				return err
			}
		}
		if err = f(session); !stale(err) {
			return err
		}
		if err := t.ctx.CloseSession(session); err != nil && !stale(err) {
			return fmt.Errorf("keyring: the token %q: %w", t.label, err)
		}
		session = 0
	}
	return err
}

// stale says whether an error is that of a session or an object that the token has forgotten.
func stale(err error) bool {
	return slices.ContainsFunc([]pkcs11.Error{pkcs11.CKR_SESSION_HANDLE_INVALID, pkcs11.CKR_SESSION_CLOSED, pkcs11.CKR_USER_NOT_LOGGED_IN, pkcs11.CKR_DEVICE_REMOVED,
		pkcs11.CKR_OBJECT_HANDLE_INVALID, pkcs11.CKR_KEY_HANDLE_INVALID}, func(e pkcs11.Error) bool { return errors.Is(err, e) })
}

func (t *pkcs11Token) open() (pkcs11.SessionHandle, error) {
	session, err := t.ctx.OpenSession(t.slot, pkcs11.CKF_SERIAL_SESSION|pkcs11.CKF_RW_SESSION)
	if err != nil {
		return 0, fmt.Errorf("keyring: the token %q opens no session: %w", t.label, err)
	}
	// One sign-in counts for all sessions of the program.
	if err := t.ctx.Login(session, pkcs11.CKU_USER, t.pin); err != nil && !errors.Is(err, pkcs11.Error(pkcs11.CKR_USER_ALREADY_LOGGED_IN)) {
		return 0, errors.Join(fmt.Errorf("keyring: the token %q does not accept the PIN of the PIN file: %w", t.label, err), t.ctx.CloseSession(session))
	}
	return session, nil
}

func (t *pkcs11Token) make(algorithm, name string) ([]byte, crypto.Signer, error) {
	id := make([]byte, tokenIDSize)
	rand.Read(id) // never fails (crypto/rand, Read)
	kind, mechanism := uint(pkcs11.CKK_EC), uint(pkcs11.CKM_EC_KEY_PAIR_GEN)
	if algorithm == "ed25519" {
		kind, mechanism = keyTypeEdwards, mechanismEdwardsPair
	}
	private := []*pkcs11.Attribute{
		pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PRIVATE_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, kind),
		pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true), pkcs11.NewAttribute(pkcs11.CKA_PRIVATE, true), pkcs11.NewAttribute(pkcs11.CKA_SENSITIVE, true),
		pkcs11.NewAttribute(pkcs11.CKA_EXTRACTABLE, false), pkcs11.NewAttribute(pkcs11.CKA_SIGN, true),
		pkcs11.NewAttribute(pkcs11.CKA_ID, id), pkcs11.NewAttribute(pkcs11.CKA_LABEL, name),
	}
	err := t.with(func(session pkcs11.SessionHandle) (err error) {
		for _, curve := range curves[algorithm] {
			public := []*pkcs11.Attribute{
				pkcs11.NewAttribute(pkcs11.CKA_CLASS, pkcs11.CKO_PUBLIC_KEY), pkcs11.NewAttribute(pkcs11.CKA_KEY_TYPE, kind), pkcs11.NewAttribute(pkcs11.CKA_TOKEN, true),
				pkcs11.NewAttribute(pkcs11.CKA_VERIFY, true), pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, curve),
				pkcs11.NewAttribute(pkcs11.CKA_ID, id), pkcs11.NewAttribute(pkcs11.CKA_LABEL, name),
			}
			if _, _, err = t.ctx.GenerateKeyPair(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, public, private); err == nil || stale(err) {
				return err
			}
		}
		return err
	})
	if err != nil {
		return nil, nil, fmt.Errorf("keyring: the token %q makes no key of kind %s: %w", t.label, algorithm, err)
	}
	s, err := t.signer(id)
	return id, s, err
}

// find returns the one object of a class with an id.
func (t *pkcs11Token) find(session pkcs11.SessionHandle, class uint, id []byte) (_ pkcs11.ObjectHandle, err error) {
	if err := t.ctx.FindObjectsInit(session, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_CLASS, class), pkcs11.NewAttribute(pkcs11.CKA_ID, id)}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, t.ctx.FindObjectsFinal(session)) }()
	found, _, err := t.ctx.FindObjects(session, 2)
	if err != nil {
		return 0, err
	}
	if len(found) != 1 {
		return 0, fmt.Errorf("keyring: the token %q holds %d keys with the id %x and should hold one", t.label, len(found), id)
	}
	return found[0], nil
}

func (t *pkcs11Token) signer(id []byte) (crypto.Signer, error) {
	s := &tokenSigner{token: t, id: id}
	err := t.with(func(session pkcs11.SessionHandle) error {
		private, err := t.find(session, pkcs11.CKO_PRIVATE_KEY, id)
		if err != nil {
			return err
		}
		s.handle.Store(uint64(private))
		object, err := t.find(session, pkcs11.CKO_PUBLIC_KEY, id)
		if err != nil {
			return err
		}
		read, err := t.ctx.GetAttributeValue(session, object, []*pkcs11.Attribute{pkcs11.NewAttribute(pkcs11.CKA_EC_PARAMS, nil), pkcs11.NewAttribute(pkcs11.CKA_EC_POINT, nil)})
		if err != nil {
			return err
		}
		s.public, err = publicKey(read[0].Value, read[1].Value)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keyring: the token %q does not give the key %x: %w", t.label, id, err)
	}
	return s, nil
}

// publicKey reads CKA_EC_POINT, which is an OCTET STRING of DER around the point, and for Ed25519 on some tokens the point.
func publicKey(curve, point []byte) (crypto.PublicKey, error) {
	var inner []byte
	if rest, err := asn1.Unmarshal(point, &inner); err == nil && len(rest) == 0 {
		point = inner
	}
	for name, forms := range curves {
		if !slices.ContainsFunc(forms, func(f []byte) bool { return string(f) == string(curve) }) {
			continue
		}
		switch name {
		case "p256":
			return ecdsa.ParseUncompressedPublicKey(elliptic.P256(), point)
		case "p384":
			return ecdsa.ParseUncompressedPublicKey(elliptic.P384(), point)
		}
		if len(point) == ed25519.PublicKeySize {
			return ed25519.PublicKey(point), nil
		}
	}
	return nil, fmt.Errorf("keyring: a public key of %d bytes on a curve that we do not know", len(point))
}

// tokenSigner signs in the token.
type tokenSigner struct {
	token  *pkcs11Token
	id     []byte
	public crypto.PublicKey
	handle atomic.Uint64 // of the private half; handles of objects of the token count in every session of the program
}

func (s *tokenSigner) Public() crypto.PublicKey { return s.public }

// Sign signs a digest, and with Ed25519 a message, as crypto.Signer says. The token brings its own randomness.
func (s *tokenSigner) Sign(_ io.Reader, digest []byte, opts crypto.SignerOpts) ([]byte, error) {
	mechanism := uint(pkcs11.CKM_ECDSA)
	if _, ok := s.public.(ed25519.PublicKey); ok {
		if opts.HashFunc() != 0 {
			return nil, errors.New("keyring: Ed25519 signs the message itself and no hash of it")
		}
		mechanism = mechanismEdwardsSigns
	}
	var raw []byte
	t := s.token
	err := t.with(func(session pkcs11.SessionHandle) error {
		h := pkcs11.ObjectHandle(s.handle.Load())
		if h == 0 {
			found, err := t.find(session, pkcs11.CKO_PRIVATE_KEY, s.id)
			if err != nil {
				return err
			}
			h = found
			s.handle.Store(uint64(h))
		}
		err := t.ctx.SignInit(session, []*pkcs11.Mechanism{pkcs11.NewMechanism(mechanism, nil)}, h)
		if err == nil {
			raw, err = t.ctx.Sign(session, digest)
		}
		if stale(err) {
			s.handle.Store(0) // after a restart the token may have given it to another object
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("keyring: the token %q does not sign: %w", t.label, err)
	}
	if mechanism == mechanismEdwardsSigns {
		return raw, nil
	}
	half := len(raw) / 2 // PKCS #11, CKM_ECDSA: r and s of equal length, joined
	return asn1.Marshal(struct{ R, S *big.Int }{new(big.Int).SetBytes(raw[:half]), new(big.Int).SetBytes(raw[half:])})
}
