package vectors

// counts pins how many cases each suite has, so that a manifest that lost some
// is noticed. The manifests carry no hashes of their inputs, except those of
// the documents, which Documents checks.
var counts = map[string]int{
	"bitstring-status":  13,
	"case":              7,
	"clr1":              3,
	"clr20":             5,
	"credential-schema": 27,
	"dcc":               54,
	"dcc-wallets":       14,
	"di-ecdsa":          4,
	"di-eddsa":          6,
	"di-proof-chain":    8,
	"did-key":           16,
	"documents":         50,
	"jose":              24,
	"jsonld-expand":     294,
	"jsonld-tordf":      358,
	"jwt-vc":            13,
	"ler-rs":            2,
	"ob20":              34,
	"ob30":              30,
	"oneroster":         18,
	"pesc":              3,
	"rdfc10":            73,
	"samples":           35,
	"vcdm20":            82,
}
