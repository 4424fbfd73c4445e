package main

import (
	"bytes"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestBuildIsReproducible builds the program twice, from two folders of different names with the flags of the release
// script: the same bytes come out, so that anybody can check that a released program is of this source. The bill of
// materials of both is the same, and names what go.mod asks for.
func TestBuildIsReproducible(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short; builds the program twice")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var sums [2][sha256.Size]byte
	var bills [2]bytes.Buffer
	for i, name := range []string{"one", "another-and-longer"} {
		dir := filepath.Join(t.TempDir(), name)
		if err := os.Symlink(root, dir); err != nil {
			t.Fatal(err)
		}
		out := filepath.Join(t.TempDir(), "laurel")
		cmd := exec.Command("go", append(strings.Fields(releaseFlags(t)), "-o", out, "./cmd/laurel")...)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "PWD="+dir)
		if said, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, said)
		}
		b, err := os.ReadFile(out)
		if err != nil {
			t.Fatal(err)
		}
		sums[i] = sha256.Sum256(b)
		if err := write(&bills[i], out); err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(b, []byte(dir)) || bytes.Contains(b, []byte(root+"/internal")) {
			t.Error("the program knows the folder that it was built in")
		}
		checkBill(t, bills[i].Bytes(), out)
	}
	if sums[0] != sums[1] {
		t.Errorf("two builds of the same source differ: %x and %x", sums[0], sums[1])
	}
	if !bytes.Equal(bills[0].Bytes(), bills[1].Bytes()) {
		t.Error("two bills of the same program differ")
	}
}

// releaseFlags are how scripts/release builds.
func releaseFlags(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile("../release")
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`CGO_ENABLED=0 [^\n]*go (build [^"\n]*?) -o `).FindStringSubmatch(string(b))
	if m == nil {
		t.Fatal("scripts/release does not say how the program is built")
	}
	return m[1]
}

func checkBill(t *testing.T, bill []byte, program string) {
	t.Helper()
	var d document
	if err := json.Unmarshal(bill, &d); err != nil {
		t.Fatal(err)
	}
	info, err := buildinfo.ReadFile(program)
	if err != nil {
		t.Fatal(err)
	}
	if d.BOMFormat != "CycloneDX" || d.SpecVersion != "1.6" || len(d.Components) != 1+len(info.Deps) || len(info.Deps) < 20 {
		t.Errorf("%s %s with %d components for %d modules", d.BOMFormat, d.SpecVersion, len(d.Components), len(info.Deps))
	}
	for _, want := range []string{"modernc.org/sqlite", "github.com/jackc/pgx/v5"} {
		i := slices.IndexFunc(d.Components, func(c component) bool { return c.Name == want })
		if i < 0 || d.Components[i].PURL != "pkg:golang/"+want+"@"+d.Components[i].Version || len(d.Components[i].Properties) != 1 {
			t.Errorf("%s is not in the bill as it should be", want)
		}
	}
}

// TestNoProgram: what is no program has no bill.
func TestNoProgram(t *testing.T) {
	if err := write(&bytes.Buffer{}, "main.go"); err == nil || !strings.Contains(err.Error(), "no program built by Go") {
		t.Error(err)
	}
}
