// Command mutate is a trial of the tests: it changes one place of a package's code after another, as a careless hand would, and
// runs the package's tests upon each change. A change that no test notices is a survivor: a check that is missing, or code
// that is not needed. The tree itself is not touched (go build's overlay).
//
//	go run ./internal/trial/mutate ./fetch
//	go run ./internal/trial/mutate --files 'check_.*\.go' --sample 200 ./verify
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// options are the trial's settings.
type options struct {
	Files  *regexp.Regexp // names of the files that are changed
	Run    string         // the tests that are run, as -run; empty: all
	Sample int            // how many changes are tried; 0: all
	Seed   uint64
	Within time.Duration // for the tests of one change
}

func main() {
	var o options
	files := flag.String("files", `.`, "a regular expression for the names of the files that are changed")
	flag.StringVar(&o.Run, "run", "", "the tests that are run, as in go test -run; empty: all")
	flag.IntVar(&o.Sample, "sample", 0, "how many changes are tried, chosen by the seed; 0: all")
	flag.Uint64Var(&o.Seed, "seed", 1, "chooses the sample")
	flag.DurationVar(&o.Within, "within", 5*time.Minute, "how long the tests of one change may take; one that takes longer is noticed")
	flag.Parse()
	var err error
	if o.Files, err = regexp.Compile(*files); err != nil || flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "mutate: name the folders of the packages, such as ./fetch;", err)
		os.Exit(64)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	survived := 0
	for _, dir := range flag.Args() {
		report, err := try(ctx, dir, &o)
		if err != nil {
			fmt.Fprintln(os.Stderr, "mutate:", err)
			os.Exit(2)
		}
		fmt.Println(report)
		survived += len(report.Survivors)
	}
	if survived > 0 {
		os.Exit(1)
	}
}

// Report is what became of one package's changes.
type Report struct {
	Dir                   string
	Killed, Broken, Tried int // broken are changes that do not compile: they are not counted as tried
	All                   int
	Survivors             []string
}

func (r *Report) String() string {
	s := fmt.Sprintf("%s: %d of %d changes tried, %d noticed (%.1f %%); %d more did not compile", r.Dir, r.Tried, r.All, r.Killed, 100*float64(r.Killed)/float64(max(1, r.Tried)), r.Broken)
	return s + strings.Join(append([]string{""}, r.Survivors...), "\n  survived: ")
}

// try changes one package.
func try(ctx context.Context, dir string, o *options) (*Report, error) {
	names, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		return nil, err
	}
	var all []mutant
	for _, name := range names {
		base := filepath.Base(name)
		if strings.HasSuffix(base, "_test.go") || strings.HasSuffix(base, "_gen.go") || !o.Files.MatchString(base) {
			continue
		}
		found, err := mutants(name)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	report := &Report{Dir: dir, All: len(all)}
	rand.New(rand.NewPCG(o.Seed, 0)).Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	if o.Sample > 0 && len(all) > o.Sample {
		all = all[:o.Sample]
	}
	slices.SortFunc(all, func(a, b mutant) int { return strings.Compare(a.where, b.where) })
	tmp, err := os.MkdirTemp("", "laurel-mutate-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(tmp)
	if out, err := test(ctx, dir, "", o); err != nil {
		return nil, fmt.Errorf("the tests of %s fail without any change: %w\n%s", dir, err, out)
	}
	for _, m := range all {
		overlay, err := m.write(tmp)
		if err != nil {
			return nil, err
		}
		out, err := test(ctx, dir, overlay, o)
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		switch {
		case err == nil:
			report.Tried++
			report.Survivors = append(report.Survivors, m.where+": "+m.what)
		case strings.Contains(out, "[build failed]"):
			report.Broken++
			continue
		default:
			report.Tried++
			report.Killed++
		}
		fmt.Fprintf(os.Stderr, "%s: %s: noticed %v\n", m.where, m.what, err != nil)
	}
	return report, nil
}

// test runs a package's tests with a change.
func test(ctx context.Context, dir, overlay string, o *options) (string, error) {
	args := []string{"test", "-vet=off", "-failfast", "-timeout", o.Within.String()}
	if overlay != "" {
		args = append(args, "-overlay", overlay)
	}
	if o.Run != "" {
		args = append(args, "-run", o.Run)
	}
	if !strings.HasPrefix(dir, ".") && !filepath.IsAbs(dir) {
		dir = "./" + dir
	}
	out, err := exec.CommandContext(ctx, "go", append(args, dir)...).CombinedOutput()
	return string(out), err
}

// write leaves the changed file and the overlay that puts it in the place of the file.
func (m *mutant) write(tmp string) (overlay string, err error) {
	changed, overlay := filepath.Join(tmp, "changed.go"), filepath.Join(tmp, "overlay.json")
	if err := os.WriteFile(changed, m.source, 0o600); err != nil {
		return "", err
	}
	file, err := filepath.Abs(m.file)
	if err != nil {
		return "", err
	}
	b, err := json.Marshal(map[string]map[string]string{"Replace": {file: changed}})
	if err != nil {
		return "", err
	}
	return overlay, os.WriteFile(overlay, b, 0o600)
}
