//go:build unix

package vectors

import (
	"runtime"
	"runtime/metrics"
	"slices"
	"syscall"
	"testing"
	"time"
)

// cpu is the CPU time that this process has used, which other work on the machine changes little.
func cpu(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TimesFloor runs an operation and its floor in turn and reports the medians of their CPU time, and of their ratio:
//
//	x-floor   how many times the floor
//	cpu-us    microseconds of CPU an operation
//	floor-us  the same of the floor
func TimesFloor(b *testing.B, operation, floor func()) {
	b.Helper()
	repeat := 1
	for start := cpu(b); cpu(b)-start < 20*time.Millisecond; repeat++ {
		floor()
	}
	timed := func(f func()) float64 {
		start := cpu(b)
		for range repeat {
			f()
		}
		return float64((cpu(b) - start).Nanoseconds()) / float64(repeat) / 1000
	}
	operation() // the first one fills caches
	var ratios, operations, floors []float64
	for b.Loop() {
		for range 7 {
			f, o := timed(floor), timed(operation)
			ratios, operations, floors = append(ratios, o/f), append(operations, o), append(floors, f)
		}
	}
	b.ReportMetric(median(ratios), "x-floor")
	b.ReportMetric(median(operations), "cpu-us")
	b.ReportMetric(median(floors), "floor-us")
	b.ReportMetric(0, "ns/op")
}

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// Cost runs an operation and reports the median of its CPU time (cpu-ms) and the most memory that the heap held besides
// what it held before, garbage included (peak-MB).
func Cost(b *testing.B, operation func()) {
	b.Helper()
	operation()
	runtime.GC()
	before := heap()
	peak := before
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for tick := time.NewTicker(time.Millisecond); ; {
			select {
			case <-stop:
				tick.Stop()
				return
			case <-tick.C:
				peak = max(peak, heap())
			}
		}
	}()
	var times []float64
	for b.Loop() {
		for range 5 {
			start := cpu(b)
			operation()
			times = append(times, float64((cpu(b)-start).Nanoseconds())/1e6)
		}
	}
	close(stop)
	<-done
	b.ReportMetric(median(times), "cpu-ms")
	b.ReportMetric(float64(peak-before)/1e6, "peak-MB")
	b.ReportMetric(0, "ns/op")
}

func heap() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
