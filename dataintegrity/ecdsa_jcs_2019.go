package dataintegrity

// ecdsaJCS2019 canonicalizes the JSON itself (RFC 8785) and signs as ecdsa-rdfc-2019 does (Data Integrity ECDSA, 3.3).
var ecdsaJCS2019 = Suite{
	Name: "ecdsa-jcs-2019", Type: typeDataIntegrityProof,
	keys: keysNIST, isJCS: true, digest: digestJCS,
}
