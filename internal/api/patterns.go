package api

import "slices"

// Patterns lists the addresses of every door of this package, for tests that must cover each one.
func Patterns() []string {
	out := []string{"GET /openapi.json"}
	for i := range table {
		out = append(out, table[i].method+" "+table[i].path)
	}
	for _, std := range standards {
		for path, acts := range std.acts() {
			for _, a := range acts {
				out = append(out, a.method+" "+std.prefix+path)
			}
		}
	}
	for _, rt := range new(walletDoor).routes() {
		out = append(out, rt.pattern)
	}
	for pattern := range new(vcAPI).routes() {
		out = append(out, pattern)
	}
	slices.Sort(out)
	return out
}
