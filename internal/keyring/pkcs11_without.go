//go:build !cgo

package keyring

import "errors"

// openToken refuses: a maker's library is C code, which a program built without cgo cannot load.
func openToken(_, _, _ string) (token, error) {
	return nil, errors.New("keyring: this program was built without cgo and cannot load a PKCS #11 module; build it on a machine with a C compiler: CGO_ENABLED=1 go build ./cmd/laurel")
}
