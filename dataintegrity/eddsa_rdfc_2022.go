package dataintegrity

// eddsaRDFC2022 canonicalizes to RDF, hashes with SHA-256 and signs with Ed25519 (Data Integrity EdDSA, 3.2).
var eddsaRDFC2022 = Suite{
	Name: "eddsa-rdfc-2022", Type: typeDataIntegrityProof,
	keys: keysEd25519, digest: digestRDF,
}
