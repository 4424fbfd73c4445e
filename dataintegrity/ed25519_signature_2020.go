package dataintegrity

// ed25519Signature2020 is the proof type before Data Integrity: the same computation as eddsa-rdfc-2022 with a type of its
// own, whose terms come from the context https://w3id.org/security/suites/ed25519-2020/v1 (Data Integrity EdDSA, A.1).
var ed25519Signature2020 = Suite{
	Name: typeEd25519Sig2020, Type: typeEd25519Sig2020, VerifyOnly: true,
	keys: keysEd25519, digest: digestRDF,
}
