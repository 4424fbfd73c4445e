//go:build cgo

package keyring_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/keyring/keyringtest"
)

// signsAndVerifies signs with a key as issuing does and checks the signature with the standard library.
func signsAndVerifies(s crypto.Signer) error {
	msg := []byte("two hashes joined")
	switch pub := s.Public().(type) {
	case ed25519.PublicKey:
		sig, err := s.Sign(nil, msg, crypto.Hash(0))
		if err != nil {
			return err
		}
		if !ed25519.Verify(pub, msg, sig) || ed25519.Verify(pub, msg[1:], sig) {
			return errors.New("the Ed25519 signature is wrong")
		}
	case *ecdsa.PublicKey:
		h, opts := sha256.Sum256(msg), crypto.SHA256
		digest := h[:]
		if pub.Curve.Params().BitSize == 384 {
			h, o := sha512.Sum384(msg), crypto.SHA384
			digest, opts = h[:], o
		}
		sig, err := s.Sign(nil, digest, opts)
		if err != nil {
			return err
		}
		if !ecdsa.VerifyASN1(pub, digest, sig) {
			return errors.New("the ECDSA signature is wrong")
		}
		digest[0] ^= 1
		if ecdsa.VerifyASN1(pub, digest, sig) {
			return errors.New("the ECDSA signature fits anything")
		}
	default:
		return errors.New("the key is of no kind that issues")
	}
	return nil
}

// TestToken makes keys in SoftHSM, signs with them from many sides, and opens them after a restart.
func TestToken(t *testing.T) {
	token := keyringtest.SoftHSM(t)
	dir := t.TempDir()
	ring, err := keyring.Open(&keyring.Options{Dir: dir, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(ring.Kinds(), "p256") || !slices.Contains(ring.Kinds(), "ed25519") {
		t.Fatalf("SoftHSM makes keys of the kinds %v, want at least p256 and ed25519", ring.Kinds())
	}
	made := map[string][]byte{}
	for _, kind := range ring.Kinds() {
		s, kept, err := ring.Make(kind, "did:web:example.edu#key-1")
		if err != nil {
			t.Fatalf("%s: %v", kind, err)
		}
		if err := signsAndVerifies(s); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
		if keyring.Token(kept) != keyringtest.Label {
			t.Errorf("%s: what is kept, %s, does not name the token", kind, kept)
		}
		if _, err := x509.MarshalPKCS8PrivateKey(s); err == nil {
			t.Errorf("%s: the private key came out of the token", kind)
		}
		made[kind] = kept
	}
	if _, _, err := ring.Make("rsa2048", "x"); err == nil || !strings.Contains(err.Error(), "p256") {
		t.Errorf("a kind that issues nothing: %v", err)
	}
	t.Run("after a restart", func(t *testing.T) {
		again, err := keyring.Open(&keyring.Options{Dir: dir, Token: token})
		if err != nil {
			t.Fatal(err)
		}
		for kind, kept := range made {
			s, err := again.Unseal(kept)
			if err != nil {
				t.Fatalf("%s: %v", kind, err)
			}
			before, err := ring.Unseal(kept)
			if err != nil {
				t.Fatal(err)
			}
			if !s.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(before.Public()) {
				t.Errorf("%s: another key came back", kind)
			}
			if err := signsAndVerifies(s); err != nil {
				t.Errorf("%s: %v", kind, err)
			}
		}
	})
	t.Run("many at once", func(t *testing.T) {
		s, err := ring.Unseal(made["p256"])
		if err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				if err := signsAndVerifies(s); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	})
	t.Run("another program signs the token out", func(t *testing.T) {
		s, err := ring.Unseal(made["ed25519"])
		if err != nil {
			t.Fatal(err)
		}
		keyring.SignOut(t, ring)
		if err := signsAndVerifies(s); err != nil {
			t.Errorf("after the token forgot its sessions: %v", err)
		}
	})
	t.Run("refused", func(t *testing.T) { tokenRefused(t, token, dir, made["p256"]) })
}

// tokenRefused: what is wrong with the settings is said, and no key is made elsewhere in its stead.
func tokenRefused(t *testing.T, token keyring.TokenOptions, dir string, kept []byte) {
	open := func(change func(*keyring.TokenOptions)) error {
		o := token
		change(&o)
		_, err := keyring.Open(&keyring.Options{Dir: dir, Token: o})
		return err
	}
	loose := filepath.Join(t.TempDir(), "pin")
	if err := os.WriteFile(loose, []byte(keyringtest.PIN), 0o644); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*keyring.TokenOptions){
		`there are "Records office"`: func(o *keyring.TokenOptions) { o.Label = "another" },
		"not a PKCS #11 module":      func(o *keyring.TokenOptions) { o.Module = "/nowhere.so" },
		"can be read by others":      func(o *keyring.TokenOptions) { o.PINFile = loose },
	} {
		if err := open(change); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
	without, err := keyring.Open(&keyring.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := without.Unseal(kept); !errors.Is(err, keyring.ErrNoToken) {
		t.Errorf("without the token: %v", err)
	}
	ring, err := keyring.Open(&keyring.Options{Dir: dir, Token: token})
	if err != nil {
		t.Fatal(err)
	}
	for _, damaged := range [][]byte{
		bytes.Replace(kept, []byte("Records"), []byte("records"), 1), kept[:len(kept)-1], kept[:len(kept)-2], []byte("pkcs11:token=%4"), []byte("pkcs11:token=a;id=%"),
	} {
		if _, err := ring.Unseal(damaged); err == nil {
			t.Errorf("%s opened", damaged)
		}
	}
}
