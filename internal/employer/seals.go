package employer

import (
	"context"
	"strings"
	"sync"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/verify"
)

// sealsKept bounds what is remembered of presentations: a hash and a short report each.
const sealsKept = 1000

// seals remembers the presentations whose own seal holds. Such a seal, made with a key that is its own address (did:key),
// holds or does not by its bytes alone: nothing that is published, revoked or run out later changes it, and what it carries
// is judged anew at every look. Whatever is not found to hold is looked at again. The zero value is ready.
type seals struct {
	mu   sync.Mutex
	good map[string]*verify.Report // by the SHA-256 of the presentation
}

// sealOf judges the learner's own seal of a share. The report speaks of the seal: its credentials are the share's documents.
func (d *Desk) sealOf(ctx context.Context, p *record.Presentation) *verify.Report {
	sum := record.Sum(p.Bytes)
	d.seals.mu.Lock()
	rep := d.seals.good[sum]
	d.seals.mu.Unlock()
	if rep != nil {
		return rep
	}
	rep = verify.Verify(ctx, p.Bytes, d.options())
	rep.Credentials, rep.Credential = nil, nil
	if rep.Own != verify.Verified || !strings.HasPrefix(p.Holder, "did:key:") || ctx.Err() != nil {
		return rep
	}
	d.seals.mu.Lock()
	defer d.seals.mu.Unlock()
	if len(d.seals.good) >= sealsKept || d.seals.good == nil {
		d.seals.good = map[string]*verify.Report{}
	}
	d.seals.good[sum] = rep
	return rep
}
