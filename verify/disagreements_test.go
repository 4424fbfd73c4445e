package verify

// A disagreement is a vector whose source says something else than this verifier, and the clause that decides.
type disagreement struct {
	verdict Verdict
	code    string // the finding that makes the difference
	clause  string
}

var (
	notTheIssuersKey = disagreement{Failed, "issuer.key-not-the-issuers", "Controlled Identifiers 1.0, 3.3, and Open Badges 3.0 guide, key assurance: the signature is good, but the key's controller is not the issuer that the record names; the source tests the signature alone."}
	headerJWK        = disagreement{Indeterminate, "issuer.key-unproven", "Open Badges 3.0 guide, key assurance: a key that arrives in the token's own jwk header proves that the token is intact, not who made it."}
	shortList        = disagreement{Indeterminate, "status.list-short", "Bitstring Status List 1.0, 3.2: a list under 131,072 entries is STATUS_LIST_LENGTH_ERROR, so a clean answer is no answer."}
	listUnusable     = disagreement{Indeterminate, "", "Bitstring Status List 1.0, 3.2: an unusable list means that the status could not be found out, which is neither revoked nor clear."}
	unreachableDID   = disagreement{Indeterminate, "issuer.key-unproven", "DID Core, 7.1: a document that does not load is not one that says no. The same situation is expected to be indeterminate in dcc-wallets/verifier-core/VCv2DidWebMultikeyWithValidStatus."}
	notHosted        = disagreement{Indeterminate, "proof.hosted-unavailable", "Open Badges 2.0, Hosted Verification: an unsigned assertion is what its own address shows, and the vector does not serve that address. TestHosted serves it and finds the vectors verified."}
	component        = disagreement{Indeterminate, "proof.never-signed", "Open Badges 2.0, Verification: a badge class or profile on its own is neither hosted nor signed; its data is in order."}
	enumeration      = disagreement{Failed, "schema.invalid", "Open Badges 3.0, AchievementType: “Program” is neither a term of the list nor an extension; the published schema refuses it."}
	deadEndorsement  = disagreement{Failed, "validity.expired", "Open Badges 3.0, Verification of an EndorsementCredential, and the report's contract: the endorsement inside expired in 2020. The badge's own verdict is verified."}
	unknownAlgorithm = disagreement{Indeterminate, "proof.unknown-suite", "RFC 7518, 3.1: ES512 is a registered algorithm that this verifier does not check; a token that it cannot check is not a forged one. A JWT covers every byte, so an undefined member is sealed."}
)

// disagreements are all of them. A vector that is not here has to get the verdict of its source.
var disagreements = map[string]disagreement{
	"clr20/complex":                 notTheIssuersKey,
	"clr20/simple.jwt":              headerJWK,
	"ob30/simple-did-key-method":    notTheIssuersKey,
	"ob30/simple-jwt.png":           headerJWK,
	"ob30/simple-jwt_v1.svg":        headerJWK,
	"di-eddsa/Ed25519Signature2020": notTheIssuersKey,
	"di-eddsa/eddsa-jcs-2022":       notTheIssuersKey,
	"di-eddsa/eddsa-rdfc-2022":      notTheIssuersKey,
	"di-eddsa/proof-set-1":          notTheIssuersKey,
	"di-eddsa/proof-set-2":          notTheIssuersKey,
	"di-eddsa/proof-chain-1":        notTheIssuersKey,
	"di-ecdsa/ecdsa-jcs-2019-p256":  notTheIssuersKey,
	"di-ecdsa/ecdsa-rdfc-2019-p256": notTheIssuersKey,
	"di-ecdsa/ecdsa-rdfc-2019-p384": notTheIssuersKey,
	"di-ecdsa/ecdsa-sd-2023-employ": notTheIssuersKey,

	"dcc/v1/bothSignatureTypes/didWeb/legacy-validStatus-noExpiry":                    shortList,
	"dcc/v1/dataIntegrityProof/didKey/mixedRegistry-validStatus-noExpiry":             shortList,
	"dcc/v1/dataIntegrityProof/didWeb/legacy-validStatus-noExpiry":                    shortList,
	"dcc/v1/ed25519/didKey/mixedRegistry-validStatus-noExpiry":                        shortList,
	"dcc/v1/ed25519/didWeb/legacy-validStatus-noExpiry":                               shortList,
	"dcc-wallets/verifier-core/v2DoubleSigWithValidStatus":                            shortList,
	"dcc/v2/ed25519/didKey/legacy-expiredStatus-noExpiry":                             listUnusable,
	"dcc/v2/ed25519/didKey/legacy-tamperedStatus-noExpiry":                            listUnusable,
	"dcc/v2/ed25519/didWeb/badDidWeb":                                                 unreachableDID,
	"dcc/v2/dataIntegrityProof/didKey/legacyRegistry-noStatus-_noExpiry-credSubjName": enumeration,
	"dcc/v2/dataIntegrityProof/didKey/legacyRegistry-noStatus-noExpiry-credSubjName":  enumeration,
	"dcc/v2/dataIntegrityProof/didKey/oidf-noStatus-notExpired-complexIssuer":         deadEndorsement,

	"ob20/basic-assertion":                                        notHosted,
	"ob20/simple-badge.png":                                       notHosted,
	"ob20/assertion-with-endorsements":                            notHosted,
	"ob20/basic-assertion-no-public-key":                          notHosted,
	"ob20/basic-assertion-with-allowed-origins":                   notHosted,
	"ob20/basic-assertion-with-allowed-origins-valid-starts-with": notHosted,
	"ob20/basic-assertion-with-language":                          notHosted,
	"ob20/assertion-with-extension-node-basic":                    notHosted,
	"ob20/warning-issuer-non-http":                                notHosted,
	"ob20/badgeclass1":                                            component,
	"ob20/badge-with-data-image":                                  component,
	"ob20/valid-badge-class":                                      component,
	"ob20/valid-badge-class-empty-criteria-type":                  component,
	"ob20/valid-alignment-object":                                 component,

	"jose/jose-9-verify-credential-jose-unknown-extensions": unknownAlgorithm,
}
