package laurel

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const modulePath = "github.com/openlaurel/laurel"

// policy is deps.txt, read.
type policy struct {
	order   []string            // packages, in the order of their lines
	allowed map[string][]string // package → packages of the house it may import
	owners  map[string][]string // third-party module → the packages that may import it; "tests" means any test
}

// readPolicy reads deps.txt and refuses a file that is not a topological order:
// a line may name only packages that stand above it.
func readPolicy(r io.Reader) (*policy, error) {
	p := &policy{allowed: map[string][]string{}, owners: map[string][]string{}}
	var problems []error
	scan := bufio.NewScanner(r)
	for n := 1; scan.Scan(); n++ {
		text, _, _ := strings.Cut(scan.Text(), "#")
		if strings.TrimSpace(text) == "" {
			continue
		}
		name, rest, ok := strings.Cut(text, ":")
		if !ok {
			problems = append(problems, fmt.Errorf("deps.txt:%d: no colon", n))
			continue
		}
		name, list := strings.TrimSpace(name), strings.Fields(rest)
		if module, isModule := strings.CutPrefix(name, "module "); isModule {
			p.owners[strings.TrimSpace(module)] = list
			continue
		}
		for _, dep := range list {
			if _, above := p.allowed[dep]; !above {
				problems = append(problems, fmt.Errorf("deps.txt:%d: %s may name only packages above it, not %s", n, name, dep))
			}
		}
		if _, twice := p.allowed[name]; twice {
			problems = append(problems, fmt.Errorf("deps.txt:%d: %s has two lines", n, name))
		}
		p.order = append(p.order, name)
		p.allowed[name] = list
	}
	return p, errors.Join(append(problems, scan.Err())...)
}

// listed is the part of `go list -json` that the policy speaks of.
type listed struct {
	ImportPath                         string
	Imports, TestImports, XTestImports []string
}

func listPackages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports,TestImports,XTestImports", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []listed
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		all = append(all, p)
	}
}

// room is a package's path within the module; false for a package of somebody else's.
func room(path string) (string, bool) {
	if path == modulePath {
		return ".", true
	}
	return strings.CutPrefix(path, modulePath+"/")
}

// owner finds the module line that speaks of an import path: the longest that contains it.
func (p *policy) owner(path string) (module string, found bool) {
	for m := range p.owners {
		if (path == m || strings.HasPrefix(path, m+"/")) && len(m) > len(module) {
			module, found = m, true
		}
	}
	return module, found
}

// TestDeps holds the tree to deps.txt. The file is a statement of policy: a failure here is
// mended in the code, or by a change of policy that is its own commit with a reason.
func TestDeps(t *testing.T) {
	f, err := os.Open("deps.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p, err := readPolicy(f)
	if err != nil {
		t.Fatal(err)
	}
	seen, usedRoom, usedModule := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, pkg := range listPackages(t) {
		name, _ := room(pkg.ImportPath)
		seen[name] = true
		allowed, hasLine := p.allowed[name]
		if !hasLine {
			t.Errorf("package %s has no line in deps.txt", name)
		}
		for _, imp := range pkg.Imports {
			if dep, house := room(imp); house {
				usedRoom[name+" "+dep] = true
				if !slices.Contains(allowed, dep) {
					t.Errorf("%s imports %s, which deps.txt does not permit", name, dep)
				}
				continue
			}
			p.checkModule(t, name, imp, false, usedModule)
		}
		for _, imp := range append(pkg.TestImports, pkg.XTestImports...) {
			if _, house := room(imp); !house {
				p.checkModule(t, name, imp, true, usedModule)
			}
		}
	}
	p.checkUnused(t, seen, usedRoom, usedModule)
}

// checkModule reports a third-party import by a package that does not own the module.
func (p *policy) checkModule(t *testing.T, name, imp string, inTest bool, used map[string]bool) {
	t.Helper()
	if first, _, _ := strings.Cut(imp, "/"); !strings.Contains(first, ".") {
		return // the standard library
	}
	module, found := p.owner(imp)
	used[module] = true
	owners := p.owners[module]
	if !found || !(slices.Contains(owners, name) || inTest && slices.Contains(owners, "tests")) {
		t.Errorf("%s imports %s, which no module line of deps.txt gives it", name, imp)
	}
}

// checkUnused reports what the policy names and the tree does not use.
func (p *policy) checkUnused(t *testing.T, seen, usedRoom, usedModule map[string]bool) {
	t.Helper()
	for _, name := range p.order {
		if !seen[name] {
			t.Errorf("deps.txt names %s, which is no package", name)
		}
		for _, dep := range p.allowed[name] {
			if !usedRoom[name+" "+dep] {
				t.Errorf("deps.txt permits %s to import %s, which it does not", name, dep)
			}
		}
	}
	for module := range p.owners {
		if !usedModule[module] {
			t.Errorf("deps.txt names module %s, which nothing imports", module)
		}
	}
}

// TestPolicyRefusesCycles shows that the check can fail.
func TestPolicyRefusesCycles(t *testing.T) {
	for _, text := range []string{"a: b\nb:\n", "a:\na:\n", "a b\n"} {
		if _, err := readPolicy(strings.NewReader(text)); err == nil {
			t.Errorf("readPolicy(%q) gave no error", text)
		}
	}
}
