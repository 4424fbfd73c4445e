package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/openlaurel/laurel/did"
	"github.com/openlaurel/laurel/key"
)

type keyCommand struct {
	New keyNewCommand `cmd:"" help:"Make a private key, write it as a JWK that only you can read, and print its did:key."`
}

type keyNewCommand struct {
	Alg  string `required:"" enum:"ed25519,p256,p384,rsa2048" help:"ed25519, p256, p384 or rsa2048."`
	Out  string `required:"" help:"The file to write; an existing file is never overwritten."`
	JSON bool   `name:"json" help:"Print the result as JSON."`
}

func (c *keyNewCommand) Run(std streams) error {
	signer, err := key.Generate(c.Alg)
	if err != nil {
		return err
	}
	jwk, err := key.MarshalPrivateJWK(signer)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.Out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return &exitError{code: exitIO, err: fmt.Errorf("%s exists; a key is never overwritten, choose another name", c.Out)}
	} else if err != nil {
		return &exitError{code: exitIO, err: fmt.Errorf("%s cannot be written: %w", c.Out, cause(err))}
	}
	if _, err = f.Write(append(jwk, '\n')); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return &exitError{code: exitIO, err: fmt.Errorf("%s cannot be written: %w", c.Out, cause(err))}
	}
	id := did.Key(signer.Public())
	if c.JSON {
		return writeJSON(std, map[string]string{"did": id, "alg": c.Alg, "file": c.Out})
	}
	_, err = fmt.Fprintln(std.out, id)
	return err
}
