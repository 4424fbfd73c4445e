package keyring

import (
	"bytes"
	"fmt"
	"io"

	"filippo.io/age"
)

// SealSecret returns a secret that is not a key, such as another server's token, as ciphertext that this keyring opens.
func (k *Keyring) SealSecret(secret []byte) ([]byte, error) {
	if len(secret) > maxSealed/2 {
		return nil, fmt.Errorf("keyring: a secret has at most %d bytes", maxSealed/2)
	}
	var out bytes.Buffer
	w, err := age.Encrypt(&out, k.recipient)
	if err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if _, err := w.Write(secret); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	if err := w.Close(); err != nil {
		return nil, fmt.Errorf("keyring: %w", err)
	}
	return out.Bytes(), nil
}

// OpenSecret opens what SealSecret made.
func (k *Keyring) OpenSecret(sealed []byte) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), k.identity)
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrLocked, err)
	}
	secret, err := io.ReadAll(io.LimitReader(r, maxSealed))
	if err != nil {
		return nil, fmt.Errorf("%w (%v)", ErrLocked, err)
	}
	return secret, nil
}
