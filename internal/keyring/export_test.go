//go:build cgo

package keyring

import "testing"

// SignOut makes the token forget every session, as its restart does.
func SignOut(t *testing.T, k *Keyring) {
	t.Helper()
	p := k.token.(*pkcs11Token)
	if err := p.ctx.CloseAllSessions(p.slot); err != nil {
		t.Fatal(err)
	}
}
