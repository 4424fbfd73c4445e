package dataintegrity

// ecdsaRDFC2019 canonicalizes to RDF and signs with P-256 and SHA-256 or with P-384 and SHA-384, which is then the hash
// inside the canonicalization too (Data Integrity ECDSA, 3.2).
var ecdsaRDFC2019 = Suite{
	Name: "ecdsa-rdfc-2019", Type: typeDataIntegrityProof,
	keys: keysNIST, digest: digestRDF,
}
