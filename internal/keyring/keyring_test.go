package keyring_test

import (
	"bytes"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/openlaurel/laurel/internal/keyring"
)

func signers(t *testing.T) map[string]crypto.Signer {
	t.Helper()
	_, ed, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	p256, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return map[string]crypto.Signer{"ed25519": ed, "p256": p256}
}

func TestSealedKeysOpenAgain(t *testing.T) {
	dir := t.TempDir()
	pass := filepath.Join(dir, "passphrase")
	if err := os.WriteFile(pass, []byte("correct horse battery\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, opts := range map[string]*keyring.Options{"identity": {Dir: dir}, "passphrase": {PassphraseFile: pass}} {
		for alg, private := range signers(t) {
			first, err := keyring.Open(opts)
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			sealed, err := first.Seal(private)
			if err != nil {
				t.Fatalf("%s %s: %v", name, alg, err)
			}
			second, err := keyring.Open(opts)
			if err != nil {
				t.Fatalf("%s: open again: %v", name, err)
			}
			got, err := second.Unseal(sealed)
			if err != nil {
				t.Fatalf("%s %s: %v", name, alg, err)
			}
			if !private.Public().(interface{ Equal(crypto.PublicKey) bool }).Equal(got.Public()) {
				t.Errorf("%s %s: another key came out", name, alg)
			}
		}
	}
}

func TestSealedKeyShowsNothing(t *testing.T) {
	k, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	private := signers(t)["ed25519"].(ed25519.PrivateKey)
	sealed, err := k.Seal(private)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, private.Seed()) {
		t.Error("the seed stands in the sealed bytes")
	}
}

func TestAnotherKeyringIsRefused(t *testing.T) {
	one, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	two, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := one.Seal(signers(t)["p256"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := two.Unseal(sealed); !errors.Is(err, keyring.ErrLocked) {
		t.Errorf("got %v, want ErrLocked", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := one.Unseal(sealed); !errors.Is(err, keyring.ErrLocked) {
		t.Errorf("changed ciphertext: got %v, want ErrLocked", err)
	}
	if _, err := one.Unseal(nil); err == nil {
		t.Error("nothing opened as a key")
	}
}

func TestSecretsThatOthersCanReadAreRefused(t *testing.T) {
	dir := t.TempDir()
	if _, err := keyring.Open(&keyring.Options{Dir: dir}); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, keyring.IdentityFile)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	if got := info.Mode().Perm(); got != 0o600 {
		t.Errorf("identity file has mode %04o, want 0600", got)
	}
	if err := os.Chmod(path, 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(&keyring.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "chmod 600") {
		t.Errorf("got %v, want a refusal that says how to mend it", err)
	}
}

func TestShortPassphraseAndEmptyOptionsAreRefused(t *testing.T) {
	pass := filepath.Join(t.TempDir(), "p")
	if err := os.WriteFile(pass, []byte("short"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := keyring.Open(&keyring.Options{PassphraseFile: pass}); err == nil {
		t.Error("a five-letter passphrase was accepted")
	}
	if _, err := keyring.Open(nil); err == nil {
		t.Error("no options were accepted")
	}
}

func TestTwoFirstStartsAgree(t *testing.T) {
	dir := t.TempDir()
	rings := make([]*keyring.Keyring, 8)
	var wg sync.WaitGroup
	for i := range rings {
		wg.Go(func() {
			k, err := keyring.Open(&keyring.Options{Dir: dir})
			if err != nil {
				t.Error(err)
				return
			}
			rings[i] = k
		})
	}
	wg.Wait()
	if t.Failed() {
		return
	}
	sealed, err := rings[0].Seal(signers(t)["ed25519"])
	if err != nil {
		t.Fatal(err)
	}
	for i, k := range rings {
		if _, err := k.Unseal(sealed); err != nil {
			t.Errorf("keyring %d: %v", i, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*")); len(left) != 1 {
		t.Errorf("files left: %v, want the identity alone", left)
	}
}
