// Package verify judges a credential as "Verification" of CLR 2.0 and Open Badges 3.0 demands: bytes in, a report out.
//
// Every check runs on every credential of the tree, in the order of the specification, and never stops early. A
// check answers passed, failed, unknown or skipped; the verdict is computed from these answers alone. Nothing is
// fetched unless a fetcher was handed in, and no input makes it panic.
package verify

import (
	"context"
)

// Verify judges what the input carries: a credential or presentation as JSON or JWT, or an image or PDF with one
// inside. It always answers with a report; what could not be read at all is a report whose format check failed.
func Verify(ctx context.Context, input []byte, opts *Options) *Report {
	o := opts.withDefaults()
	return newRun(ctx, &o).verify(input)
}

// Lint says what is wrong with a credential before it is signed: schema, context in safe mode, and the model's own
// rules. An empty answer, or one with warnings alone, means that it may be signed.
func Lint(ctx context.Context, unsigned []byte) []Finding {
	o := (*Options)(nil).withDefaults()
	return newRun(ctx, &o).lint(unsigned)
}
