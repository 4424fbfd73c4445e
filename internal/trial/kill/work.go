package main

import (
	"context"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/openlaurel/laurel/internal/trial/process"
)

// noWorkAfter ends a shift in which too little is answered.
const noWorkAfter = time.Minute

// work lets an office and a learner work, and kills the program some time after so many acknowledged answers.
func (t *trial) work(ctx context.Context, p *process.Process, after int, pause time.Duration) {
	enough := make(chan struct{})
	var answers atomic.Int64
	t.office.Did = func() {
		if answers.Add(1) == int64(after) {
			close(enough)
		}
	}
	t.office.Move(p.Base)
	ctx, stop := context.WithCancel(ctx)
	var all sync.WaitGroup
	for _, act := range []struct {
		do    func(context.Context) int
		pause time.Duration
	}{{t.office.ImportAndIssue, 0}, {t.office.Revoke, 5 * time.Millisecond}, {t.office.Share, 400 * time.Millisecond}} {
		all.Go(func() {
			for ctx.Err() == nil {
				status := act.do(ctx)
				if status == 0 {
					return
				}
				if act.pause == 0 || status == http.StatusOK && act.pause < 100*time.Millisecond {
					continue
				}
				select {
				case <-ctx.Done():
				case <-p.Gone():
				case <-time.After(act.pause):
				}
			}
		})
	}
	select {
	case <-enough:
	case <-p.Gone():
	case <-ctx.Done():
	case <-time.After(noWorkAfter):
	}
	time.Sleep(pause)
	p.Kill()
	stop()
	all.Wait()
}
