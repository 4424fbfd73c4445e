package classroom

import (
	"context"
	"crypto"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

const (
	keyName = "lti" // among the server's own keys
	// keyAlgorithm is the one that every platform must take (1EdTech Security Framework 1.0, 5.1.1).
	keyAlgorithm = "RS256"
)

// toolKey opens the key by which platforms know this server. The first node that needs it makes it.
func (d *Desk) toolKey(ctx context.Context) (crypto.Signer, string, error) {
	const op = "classroom.toolKey"
	read := func() (sealed []byte, err error) {
		err = d.DB.View(ctx, func(tx *store.Tx) (err error) {
			sealed, err = tx.WalletKey(ctx, keyName)
			return err
		})
		return sealed, err
	}
	sealed, err := read()
	if record.KindOf(err) == record.NotFound {
		sealed, err = d.makeKey(ctx, read)
	}
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	s, err := d.Keys.Unseal(sealed)
	if err != nil {
		return nil, "", record.Wrap(op, err)
	}
	name, err := key.Thumbprint(s.Public())
	return s, name, record.Wrap(op, err)
}

func (d *Desk) makeKey(ctx context.Context, read func() ([]byte, error)) ([]byte, error) {
	fresh, err := key.Generate("rsa2048")
	if err != nil {
		return nil, err
	}
	mine, err := d.Keys.Seal(fresh)
	if err != nil {
		return nil, err
	}
	if err := d.DB.Update(ctx, func(tx *store.Tx) error { return tx.AddWalletKey(ctx, keyName, mine, d.now()) }); err != nil {
		return nil, err
	}
	return read() // another node may have been faster
}

// KeySet is the tool's JWK set, which platforms read.
func (d *Desk) KeySet(ctx context.Context) ([]byte, error) {
	s, id, err := d.toolKey(ctx)
	if err != nil {
		return nil, err
	}
	b, err := jose.MarshalKeySet(jose.PublicKey{ID: id, Algorithm: keyAlgorithm, Key: s.Public()})
	return b, record.Wrap("classroom.KeySet", err)
}

// sign makes a token that a platform checks with KeySet.
func (d *Desk) sign(ctx context.Context, claims map[string]any) (string, error) {
	const op = "classroom.sign"
	s, id, err := d.toolKey(ctx)
	if err != nil {
		return "", err
	}
	payload, err := ijson.Marshal(claims)
	if err != nil {
		return "", record.Wrap(op, err)
	}
	token, err := jose.Sign(s, keyAlgorithm, map[string]any{"kid": id, "typ": "JWT"}, payload)
	return string(token), record.Wrap(op, err)
}
