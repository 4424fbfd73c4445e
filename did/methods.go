package did

import "context"

// methods is every DID method that Laurel resolves; a new one is a file and a line here. A DID is either derived from
// its own text or its document is fetched.
var methods = [...]struct {
	name   string
	derive func(did, specific string) (*Document, error)
	fetch  func(r *Resolver, ctx context.Context, did string) (*Document, error)
}{
	{name: "key", derive: resolveKey},
	{name: "jwk", derive: resolveJWK},
	{name: "web", fetch: (*Resolver).resolveWeb},
}
