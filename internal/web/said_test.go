package web

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/render"
)

// forPrograms are sentences of the readers' desks that only programs get, over an API; they speak English alone.
var forPrograms = map[string]bool{
	"there is no mail of the kind %q":                                                   true, // a fault of ours
	"a profile is an object with an id that is a URI, and Profile among its types":      true,
	"a profile has at most %d bytes":                                                    true,
	"this is no JSON object: ":                                                          true,
	"one presentation was asked for":                                                    true,
	"the presentation holds no credential, or more than this verifier takes":            true,
	"the presentation holds another kind of credential than the one that was asked for": true,
	"the request asks for credentials whose subject is the key that presents them":      true,
	"%s": true, // told elsewhere
}

// TestDesksSpeakEveryLanguage: what the learner's and the employer's desks tell a person is known to the pages in every
// language of theirs. A sentence that is missing stands in internal/web/messages/said.<language>.json, by its English.
// NotFound is told by the page itself.
func TestDesksSpeakEveryLanguage(t *testing.T) {
	words, err := render.NewCatalogue(own)
	if err != nil {
		t.Fatal(err)
	}
	blank := regexp.MustCompile(`%[sdq]`)
	seen := 0
	for _, room := range []string{"learner", "employer"} {
		for _, english := range sentencesOf(t, filepath.Join("..", room)) {
			if forPrograms[english] || english == "" {
				continue
			}
			seen++
			text := blank.ReplaceAllString(english, "x7")
			for _, lang := range []string{"es", "fr", "ar"} {
				if got := words.Match(lang).Said(text); got == text || strings.Count(got, "x7") != strings.Count(text, "x7") {
					t.Errorf("internal/%s says %q, which is not known in %s: %q", room, english, lang, got)
				}
			}
		}
	}
	if seen < 80 {
		t.Errorf("found %d sentences", seen)
	}
}

// sentencesOf are the literal sentences of a room's errors, but for those of things that are not there.
func sentencesOf(t *testing.T, dir string) (out []string) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			switch fun := call.Fun.(type) {
			case *ast.SelectorExpr:
				if kind, ok := call.Args[0].(*ast.SelectorExpr); fun.Sel.Name == "Errorf" && ok && len(call.Args) > 2 && kind.Sel.Name != "NotFound" {
					out = append(out, literal(call.Args[2])...)
				}
			case *ast.Ident:
				if fun.Name == "refuse" {
					out = append(out, literal(call.Args[len(call.Args)-1])...)
				}
			}
			return true
		})
	}
	return out
}

func literal(e ast.Expr) []string {
	if b, ok := e.(*ast.BasicLit); ok && b.Kind == token.STRING {
		if s, err := strconv.Unquote(b.Value); err == nil {
			return []string{s}
		}
	}
	return nil
}
