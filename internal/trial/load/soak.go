package main

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Soak is what the server holds while it works: one sample in every interval.
type Soak struct {
	Samples []Sample
}

// Sample is what the server holds at one moment.
type Sample struct {
	At         time.Duration // since the first
	Memory     int64         // resident, in bytes
	Goroutines int
	Files      int   // descriptors
	WAL        int64 // bytes of SQLite's log
}

const (
	// sampleEvery is how often the server is looked at; a phase that is shorter has one sample.
	sampleEvery = 10 * time.Second
	// soakAtLeast is how long a server must have worked before its growth says anything.
	soakAtLeast = 10 * time.Minute
)

func (s *Soak) String() string {
	if n := len(s.Samples); n == 0 || s.Samples[n-1].At < soakAtLeast {
		return fmt.Sprintf("soak: shorter than %v, too short to say what grows", soakAtLeast)
	}
	// What a server keeps it takes at first: the last third is held against the third before it.
	third := len(s.Samples) / 3
	before, last := s.Samples[third:2*third], s.Samples[len(s.Samples)-third:]
	hours := (last[0].At - before[0].At).Hours()
	line := fmt.Sprintf("soak: %v; the last third beside the one before:", s.Samples[len(s.Samples)-1].At.Round(time.Second))
	for _, m := range []struct {
		name string
		of   func(Sample) float64
	}{
		{"MB resident", func(s Sample) float64 { return float64(s.Memory) / (1 << 20) }},
		{"goroutines", func(s Sample) float64 { return float64(s.Goroutines) }},
		{"descriptors", func(s Sample) float64 { return float64(s.Files) }},
		{"MB of log", func(s Sample) float64 { return float64(s.WAL) / (1 << 20) }},
	} {
		a, b := mean(before, m.of), mean(last, m.of)
		line += fmt.Sprintf(" %.1f %s, before %.1f (%+.1f an hour);", b, m.name, a, (b-a)/hours)
	}
	return strings.TrimSuffix(line, ";")
}

func mean(samples []Sample, of func(Sample) float64) (sum float64) {
	for _, s := range samples {
		sum += of(s)
	}
	return sum / float64(len(samples))
}

// soak looks at the server until the returned function is called, which gives what was seen.
func (t *trial) soak(ctx context.Context) (end func() *Soak) {
	ctx, stop := context.WithCancel(ctx)
	began, server, s := time.Now(), t.server, &Soak{}
	var looking sync.WaitGroup
	looking.Go(func() {
		for {
			sample := Sample{At: time.Since(began)}
			if now, _, err := server.Memory(); err == nil {
				sample.Memory = now
				sample.Goroutines = gauge(ctx, server.Base, "go_goroutines")
				files, _ := os.ReadDir(fmt.Sprintf("/proc/%d/fd", server.Pid())) // gone with the process, which the phases notice
				sample.Files = len(files)
				if log, err := os.Stat(filepath.Join(t.start.Data, "laurel.db-wal")); err == nil {
					sample.WAL = log.Size()
				}
				if sample.Goroutines > 0 { // a server that answers nothing is no sample
					s.Samples = append(s.Samples, sample)
				}
			}
			if !pause(ctx, sampleEvery) {
				return
			}
		}
	})
	return func() *Soak { stop(); looking.Wait(); return s }
}

// gauge reads one of the server's metrics; 0 is none.
func gauge(ctx context.Context, base, name string) int {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/metrics", nil)
	if err != nil {
		return 0
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0
	}
	defer res.Body.Close()
	for lines := bufio.NewScanner(res.Body); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), name+" "); ok {
			n, err := strconv.ParseFloat(value, 64)
			if err != nil {
				return 0
			}
			return int(n)
		}
	}
	return 0
}
