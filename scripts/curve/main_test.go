package main

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
)

func TestCurve(t *testing.T) {
	points, err := read(strings.NewReader(`goos: linux
BenchmarkCurve/std-10         	       1	         3.020 cpu-ms	         0.06195 doc-MB	   2.5 peak-MB	 2162648 B/op
BenchmarkCurve/std-1000-2     	       1	       144.6 cpu-ms	         5.690 doc-MB	        14.01 peak-MB
PASS
`))
	if err != nil || len(points) != 2 || points[0] != (point{10, 3.02, 2.5}) || points[1] != (point{1000, 144.6, 14.01}) {
		t.Fatalf("read %v, %v", points, err)
	}
	var out strings.Builder
	draw(&out, points)
	for d := xml.NewDecoder(strings.NewReader(out.String())); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatalf("the picture is not XML: %v\n%s", err, out.String())
		}
	}
	for _, want := range []string{">144.6</text>", ">14.01</text>", "CPU, ms", "peak heap, MB", ">1000</text>"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
}

func TestCurveRefuses(t *testing.T) {
	if _, err := read(strings.NewReader("BenchmarkCurve/std-x 1 2 cpu-ms\n")); err == nil {
		t.Error("a record of x parts is drawn")
	}
}
