package did

import "context"

// methods is every DID method that Laurel resolves; a new one is a file and a line here.
var methods = []struct {
	name    string
	resolve func(r *Resolver, ctx context.Context, did, specific string) (*Document, error)
}{
	{"key", resolveKey},
	{"jwk", resolveJWK},
	{"web", resolveWeb},
}
