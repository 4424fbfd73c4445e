// Package keyring keeps private keys at rest in the age file format (age-encryption.org/v1) and opens them as a
// crypto.Signer.
//
// The rules are:
//
//   - A private key leaves this package only as a crypto.Signer or as ciphertext.
//   - The ciphertext may lie anywhere, the database included; what opens it lies outside the database: an identity file
//     that only its owner can read, or a passphrase file that the operator provides.
//   - A file that others can read is refused rather than used.
//   - With a PKCS #11 token (OASIS PKCS #11 2.40) issuing keys are made in the token alone and never leave it.
package keyring

import (
	"bytes"
	"crypto"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"filippo.io/age"
)

// IdentityFile is the name of the identity file inside the data directory.
const IdentityFile = "keyring.age-identity"

const (
	// maxSecretFile bounds an identity or passphrase file; both are one line.
	maxSecretFile = 64 << 10
	// minPassphrase is the fewest characters of a passphrase: below it, guessing offline is cheap.
	minPassphrase = 12
	// scryptWork is the scrypt cost exponent: 2^15 takes about 50 ms and 32 MiB, once per key and start, because an
	// opened key stays open. The passphrase is a machine's secret from a file, not a word that a person remembers.
	scryptWork = 15
	// maxSealed bounds a sealed key; an RSA key is below 4 kB.
	maxSealed = 64 << 10
)

// ErrLocked means that a sealed key does not open with this keyring's identity or passphrase.
var ErrLocked = errors.New("keyring: the key was sealed for another identity or passphrase; restore the identity file or the passphrase file that was in use when the key was made")

// Options says where the secret that opens the keys is. PassphraseFile wins when both are set.
type Options struct {
	Dir            string // data directory; the identity file is made here on first use
	PassphraseFile string // one line; LAUREL_KEY_PASSPHRASE_FILE
	Token          TokenOptions
}

// Keyring seals and opens private keys. It is safe for concurrent use.
type Keyring struct {
	recipient age.Recipient
	identity  age.Identity
	token     token // nil: there is none
	label     string

	mu     sync.Mutex
	opened map[[32]byte]crypto.Signer
}

// Open reads, or makes on first use, what opens the keys.
func Open(opts *Options) (*Keyring, error) {
	if opts == nil || opts.Dir == "" && opts.PassphraseFile == "" {
		return nil, errors.New("keyring: neither a data directory nor a passphrase file is set; set --data or LAUREL_KEY_PASSPHRASE_FILE")
	}
	var k *Keyring
	var err error
	if opts.PassphraseFile != "" {
		k, err = openPassphrase(opts.PassphraseFile)
	} else {
		k, err = openIdentity(filepath.Join(opts.Dir, IdentityFile))
	}
	if err != nil || opts.Token == (TokenOptions{}) {
		return k, err
	}
	pin, err := readSecret(opts.Token.PINFile)
	if err != nil {
		return nil, err
	}
	k.label = opts.Token.Label
	k.token, err = openToken(opts.Token.Module, k.label, strings.TrimRight(string(pin), "\r\n"))
	if err != nil {
		return nil, err
	}
	return k, nil
}

// Ephemeral returns a keyring whose identity is forgotten with it: for demonstrations in memory and for tests.
func Ephemeral() (*Keyring, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return newKeyring(id.Recipient(), id), nil
}

func newKeyring(r age.Recipient, id age.Identity) *Keyring {
	return &Keyring{recipient: r, identity: id, opened: map[[32]byte]crypto.Signer{}}
}

func openPassphrase(path string) (*Keyring, error) {
	b, err := readSecret(path)
	if err != nil {
		return nil, err
	}
	passphrase := strings.TrimRight(string(b), "\r\n")
	if len([]rune(passphrase)) < minPassphrase {
		return nil, fmt.Errorf("keyring: the passphrase in %s is shorter than %d characters; write a longer one", path, minPassphrase)
	}
	r, err := age.NewScryptRecipient(passphrase)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	r.SetWorkFactor(scryptWork)
	id, err := age.NewScryptIdentity(passphrase)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	id.SetMaxWorkFactor(scryptWork)
	return newKeyring(r, id), nil
}

func openIdentity(path string) (*Keyring, error) {
	b, err := readSecret(path)
	if errors.Is(err, fs.ErrNotExist) {
		b, err = makeIdentity(path)
	}
	if err != nil {
		return nil, err
	}
	id, err := age.ParseX25519Identity(lastLine(b))
	if err != nil {
		return nil, fmt.Errorf("keyring: %s does not hold an age identity; restore it from the backup: %w", path, err)
	}
	return newKeyring(id.Recipient(), id), nil
}

// makeIdentity writes a fresh identity. The name appears only when the content is safely on disk, and an identity that
// another process wrote first wins.
func makeIdentity(path string) ([]byte, error) {
	id, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	text := []byte("# Opens Laurel's issuing keys. Keep a copy apart from the database's backups.\n" + id.String() + "\n")
	tmp := path + "." + rand.Text()
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	defer os.Remove(tmp) // the link below keeps the content
	_, err = f.Write(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err := os.Link(tmp, path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return readSecret(path)
}

func readSecret(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("keyring: %s can be read by others (mode %04o); run: chmod 600 %s", path, info.Mode().Perm(), path)
	}
	b, err := io.ReadAll(io.LimitReader(f, maxSecretFile+1))
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if len(b) > maxSecretFile {
		return nil, fmt.Errorf("keyring: %s is larger than %d bytes; it should hold one line", path, maxSecretFile)
	}
	return b, nil
}

func lastLine(b []byte) string {
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// Seal returns the private key as ciphertext that this keyring opens.
func (k *Keyring) Seal(private crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		return nil, fmt.Errorf("keyring: this kind of key cannot be sealed: %w", err)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, k.recipient)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if _, err := w.Write(der); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	clear(der)
	return out.Bytes(), nil
}

// Unseal opens what Seal or Make made. An opened key stays open, so that bulk issuing pays for it once.
func (k *Keyring) Unseal(sealed []byte) (crypto.Signer, error) {
	if len(sealed) > maxSealed {
		return nil, fmt.Errorf("keyring: a sealed key of %d bytes is not one of ours", len(sealed))
	}
	sum := sha256.Sum256(sealed)
	k.mu.Lock()
	defer k.mu.Unlock()
	if s := k.opened[sum]; s != nil {
		return s, nil
	}
	if bytes.HasPrefix(sealed, []byte(reference)) {
		s, err := k.fromToken(sealed)
		if err == nil {
			k.opened[sum] = s
		}
		return s, err
	}
	r, err := age.Decrypt(bytes.NewReader(sealed), k.identity)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrLocked, err)
	}
	der, err := io.ReadAll(io.LimitReader(r, maxSealed))
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrLocked, err)
	}
	private, err := x509.ParsePKCS8PrivateKey(der)
	clear(der)
	if err != nil {
		return nil, fmt.Errorf("keyring: the sealed content is not a private key: %w", err)
	}
	signer, ok := private.(crypto.Signer)
	if !ok {
		return nil, errors.New("keyring: the sealed key cannot sign")
	}
	k.opened[sum] = signer
	return signer, nil
}

// Forget closes an opened key: after it was retired or marked compromised.
func (k *Keyring) Forget(sealed []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.opened, sha256.Sum256(sealed))
}
