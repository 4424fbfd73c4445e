package server

import (
	"context"
	"crypto"
	"net/http"
	"time"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/key"
)

// walletKey opens the key that signs requests to wallets. The first node to start makes it; every other finds it.
func walletKey(ctx context.Context, db *store.DB, keys *keyring.Keyring) (crypto.Signer, error) {
	const name = "requests"
	read := func() (sealed []byte, err error) {
		err = db.View(ctx, func(tx *store.Tx) (err error) {
			sealed, err = tx.WalletKey(ctx, name)
			return err
		})
		return sealed, err
	}
	sealed, err := read()
	if record.KindOf(err) == record.NotFound {
		fresh, genErr := key.Generate("p256")
		if genErr != nil {
			return nil, genErr
		}
		mine, sealErr := keys.Seal(fresh)
		if sealErr != nil {
			return nil, sealErr
		}
		err = db.Update(ctx, func(tx *store.Tx) error { return tx.AddWalletKey(ctx, name, mine, time.Now()) })
		if err == nil {
			sealed, err = read()
		}
	}
	if err != nil {
		return nil, err
	}
	return keys.Unseal(sealed)
}

// wallets is the door of wallets, mounted beside the others.
func (s *Server) wallets(mux *http.ServeMux, requestID func(*http.Request) string) error {
	d := s.walletDeps
	d.RequestID = requestID
	door, err := api.NewWallets(d)
	if err != nil {
		return err
	}
	for _, path := range api.WalletPaths {
		mux.Handle(path, door)
	}
	return nil
}
