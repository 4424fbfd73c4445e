// Command curve draws how CPU time and memory grow with the size of a record, from what BenchmarkCurve prints:
//
//	go test ./dataintegrity -run '^$' -bench Curve -benchtime 3x -cpu 1 | go run ./scripts/curve > docs/pictures/cost-curve.svg
//
// Both axes are logarithmic. A line of the slope 1 beside each series is what growth in proportion would be.
package main

import (
	"bufio"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
	"strings"
)

// point is one record: how many parts, and what it cost.
type point struct{ parts, cpu, memory float64 }

func main() {
	points, err := read(os.Stdin)
	if err == nil && len(points) < 2 {
		err = fmt.Errorf("no results of BenchmarkCurve on standard input")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "curve:", err)
		os.Exit(1)
	}
	draw(os.Stdout, points)
}

// read takes the lines of the benchmark: BenchmarkCurve/std-N, then pairs of value and unit.
func read(r io.Reader) (points []point, err error) {
	for in := bufio.NewScanner(r); in.Scan(); {
		fields := strings.Fields(in.Text())
		if len(fields) == 0 {
			continue
		}
		name, ok := strings.CutPrefix(fields[0], "BenchmarkCurve/std-")
		if !ok {
			continue
		}
		name, _, _ = strings.Cut(name, "-") // the number of processors
		var p point
		if p.parts, err = strconv.ParseFloat(name, 64); err != nil {
			return nil, err
		}
		for i := 2; i+1 < len(fields); i += 2 {
			value, err := strconv.ParseFloat(fields[i], 64)
			if err != nil {
				return nil, err
			}
			switch fields[i+1] {
			case "cpu-ms":
				p.cpu = value
			case "peak-MB":
				p.memory = value
			}
		}
		points = append(points, p)
	}
	return points, nil
}

const (
	width, height = 720, 420
	left, right   = 70, 130
	top, bottom   = 30, 60
	low, high     = 0.1, 10000 // of the vertical axis, in ms and in MB
)

func x(parts, most float64) float64 {
	return left + (width-left-right)*math.Log10(parts/10)/math.Log10(most/10)
}

func y(value float64) float64 {
	return height - bottom - (height-top-bottom)*math.Log10(max(value, low)/low)/math.Log10(high/low)
}

func draw(w io.Writer, points []point) {
	most := points[len(points)-1].parts
	fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13" role="img">
<title>Cost of verifying all proofs of a record, by the number of its parts</title>
<rect width="100%%" height="100%%" fill="#fff"/>
`, width, height)
	for v := low; v <= high; v *= 10 {
		fmt.Fprintf(w, `<path d="M%d %.1fH%d" stroke="#ddd"/><text x="%d" y="%.1f" text-anchor="end" fill="#444">%g</text>`+"\n", left, y(v), width-right, left-8, y(v)+4, v)
	}
	for _, p := range points {
		fmt.Fprintf(w, `<path d="M%.1f %dV%d" stroke="#ddd"/><text x="%.1f" y="%d" text-anchor="middle" fill="#444">%g</text>`+"\n", x(p.parts, most), top, height-bottom, x(p.parts, most), height-bottom+20, p.parts)
	}
	fmt.Fprintf(w, `<text x="%d" y="%d" text-anchor="middle" fill="#444">credentials in the record</text>`+"\n", (left+width-right)/2, height-15)
	series(w, points, most, "#0b5cad", "CPU, ms", func(p point) float64 { return p.cpu })
	series(w, points, most, "#a3470b", "peak heap, MB", func(p point) float64 { return p.memory })
	fmt.Fprintln(w, "</svg>")
}

func series(w io.Writer, points []point, most float64, colour, name string, value func(point) float64) {
	first, last := points[0], points[len(points)-1]
	fmt.Fprintf(w, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-dasharray="3 5" opacity=".6"/>`+"\n",
		x(first.parts, most), y(value(first)), x(last.parts, most), y(value(first)*last.parts/first.parts), colour)
	fmt.Fprintf(w, `<path fill="none" stroke="%s" stroke-width="2" d="`, colour)
	for i, p := range points {
		fmt.Fprintf(w, "%c%.1f %.1f", "LM"[btoi(i == 0)], x(p.parts, most), y(value(p)))
	}
	fmt.Fprint(w, `"/>`+"\n")
	for _, p := range points {
		fmt.Fprintf(w, `<circle cx="%.1f" cy="%.1f" r="3.5" fill="%s"/><text x="%.1f" y="%.1f" fill="%s">%.4g</text>`+"\n",
			x(p.parts, most), y(value(p)), colour, x(p.parts, most)+8, y(value(p))+16, colour, value(p))
	}
	fmt.Fprintf(w, `<text x="%d" y="%.1f" fill="%s">%s</text>`+"\n", width-right+12, y(value(last))-6, colour, name)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
