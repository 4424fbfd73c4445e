package registrar

import (
	"context"
	"time"

	"github.com/openlaurel/laurel/present"
)

const (
	selectiveKey   = "p256-sd"
	suiteSelective = "ecdsa-sd-2023"
	suiteWhole     = "ecdsa-rdfc-2019"
)

// award signs one award. With a key for showing in part there are two forms: what is published and stands in the record
// shows everything; the base, from which parts are disclosed, is the holder's (Data Integrity ECDSA, 3.5).
func (p *penhold) award(ctx context.Context, unsigned []byte, created time.Time) (shown, base []byte, err error) {
	b, err := p.secure(ctx, unsigned, created)
	if err != nil || p.key.Suite != suiteSelective {
		return b, nil, err
	}
	shown, err = present.Withhold(b)
	return shown, b, err
}

// whole is the same key for documents that are only ever shown whole: records and status lists.
func (p *penhold) whole() *penhold {
	out := *p
	if out.key.Suite == suiteSelective {
		out.key.Suite = suiteWhole
	}
	return &out
}
