package dataintegrity

// eddsaJCS2022 canonicalizes the JSON itself (RFC 8785), so that every byte is covered (Data Integrity EdDSA, 3.3).
var eddsaJCS2022 = Suite{
	Name: "eddsa-jcs-2022", Type: typeDataIntegrityProof,
	keys: keysEd25519, isJCS: true, digest: digestJCS,
}
