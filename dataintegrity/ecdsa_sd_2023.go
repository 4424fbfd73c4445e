package dataintegrity

import "crypto"

var ecdsaSD2023 = Suite{
	Name: "ecdsa-sd-2023", Type: typeDataIntegrityProof,
	keys: keysP256, verify: verifySD, sign: signSD,
}

func verifySD(*Suite, *input, Proof, crypto.PublicKey) (*Result, error) {
	return nil, &UnsupportedError{}
}
func signSD(*Suite, *input, *SignOptions) (string, error) { return "", &UnsupportedError{} }

// Derive makes a selectively disclosed document.
func Derive(doc []byte, reveal []string) ([]byte, error) { return nil, &UnsupportedError{} }
