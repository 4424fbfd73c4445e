package dataintegrity

// eddsa2022 is what drafts of Data Integrity EdDSA called eddsa-rdfc-2022; credentials with it are still in use.
var eddsa2022 = Suite{
	Name: "eddsa-2022", Type: typeDataIntegrityProof, VerifyOnly: true,
	keys: keysEd25519, digest: digestRDF,
}
