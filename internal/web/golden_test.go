package web

import (
	"bytes"
	"encoding/json"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/render"
)

var update = flag.Bool("update", false, "write the golden pages anew")

var (
	hashed    = regexp.MustCompile(`-[0-9a-f]{8}\.`)
	mainPart  = regexp.MustCompile(`(?s)<main.*</main>`)
	emptyLine = regexp.MustCompile(`(?m)^\s*\n`)
)

// TestGoldenPages holds the body of every page of the storybook to its reviewed form.
func TestGoldenPages(t *testing.T) {
	s := bareSite(t)
	for _, st := range stories() {
		t.Run(st.name, func(t *testing.T) {
			var out bytes.Buffer
			if err := s.sets.execute(&out, s.sets.catalogue.Match("en"), st.page); err != nil {
				t.Fatal(err)
			}
			got := emptyLine.ReplaceAllString(hashed.ReplaceAllString(string(mainPart.Find(out.Bytes())), "-HASH."), "")
			path := filepath.Join("testdata", "pages", st.name+".html")
			if *update {
				if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(string(want), got); d != "" {
				t.Errorf("the page changed; look at it and run with -update (-want +got)\n%s", d)
			}
		})
	}
}

// TestEveryPageHasAStory keeps the storybook complete.
func TestEveryPageHasAStory(t *testing.T) {
	told := map[string]bool{}
	for _, st := range stories() {
		told[nameOf(st.page)] = true
	}
	for _, p := range pages {
		if name := nameOf(p); !told[name] && name != "SignInSent" && name != "SignInConfirm" {
			t.Errorf("no story shows %s", name)
		}
	}
}

// TestNothingInline: the content policy allows no inline script and no inline style, so no template may have one.
func TestNothingInline(t *testing.T) {
	inline := regexp.MustCompile(`(?i)<script(?: [^>]*)?>[^<]|\sstyle=|\son[a-z]+=|<style|javascript:`)
	for _, tree := range []fs.FS{own, render.Look()} {
		files, err := fs.Glob(tree, "templates/*.html")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if name == "templates/document.html" { // a file by itself, with a policy of its own; never served
				continue
			}
			b, err := fs.ReadFile(tree, name)
			if err != nil {
				t.Fatal(err)
			}
			// A block of data is no script: browsers do not run it, and the policy does not speak of it.
			b = bytes.ReplaceAll(b, []byte(`<script type="application/ld+json">{{.}}</script>`), nil)
			if hit := inline.Find(b); hit != nil {
				t.Errorf("%s: %q", name, hit)
			}
		}
	}
}

// TestWords: every sentence that a template or handler names exists in English, and a translation names no other.
func TestWords(t *testing.T) {
	english := map[string]any{}
	for _, pattern := range []string{"../../render/messages/*en.json", "messages/*en.json"} {
		files, _ := filepath.Glob(pattern) // the pattern is constant
		for _, f := range files {
			for id, v := range readMessages(t, f) {
				if _, twice := english[id]; twice {
					t.Errorf("%s: %s stands twice", f, id)
				}
				english[id] = v
			}
		}
	}
	named := regexp.MustCompile(`(?:\bt|\.t|Say|\.T)(?: |\()"([a-z][^"]*[^".-])"`)
	for _, pattern := range []string{"templates/*.html", "*.go", "../../render/look/templates/*.html", "../../render/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			b, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range named.FindAllSubmatch(b, -1) {
				if _, ok := english[string(m[1])]; !ok {
					t.Errorf("%s names the sentence %q, which is in no English message file", f, m[1])
				}
			}
		}
	}
	blank := regexp.MustCompile(`\{\{\.\w+\}\}`)
	for _, dir := range []string{"../../render/messages", "messages"} {
		files, _ := filepath.Glob(filepath.Join(dir, "*.json")) // the pattern is constant
		for _, f := range files {
			if strings.HasPrefix(filepath.Base(f), "findings.") {
				continue // their English is the verifier's catalogue; TestFindingsSpeakEveryLanguage holds them to it
			}
			for id, v := range readMessages(t, f) {
				en, ok := english[id]
				if !ok {
					t.Errorf("%s: %s is not an English sentence", f, id)
					continue
				}
				for _, b := range blank.FindAllString(textOf(v), -1) {
					if !strings.Contains(textOf(en), b) {
						t.Errorf("%s: %s fills %s, which English does not have", f, id, b)
					}
				}
			}
		}
	}
}

func readMessages(t *testing.T, path string) map[string]any {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out map[string]any
	if err := json.Unmarshal(b, &out); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return out
}

func textOf(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}

// TestEveryLanguage executes every empty page in every language.
func TestEveryLanguage(t *testing.T) {
	s := bareSite(t)
	for _, w := range s.sets.catalogue.Languages() {
		if err := s.sets.proof(w.Lang); err != nil {
			t.Errorf("%s: %v", w.Lang, err)
		}
	}
}

// TestAccent: whatever colour an institution chooses, its links can be read on both grounds.
func TestAccent(t *testing.T) {
	for _, accent := range []string{"#0F5E63", "#ffff00", "#000000", "#ffffff", "#ff0000", "#123456"} {
		css, err := accentSheet(accent)
		if err != nil {
			t.Fatal(err)
		}
		found := regexp.MustCompile(`--accent:(#[0-9a-f]{6})`).FindAllSubmatch(css, -1)
		if len(found) < 2 {
			t.Fatalf("%s: %s", accent, css)
		}
		for i, ground := range []string{paperColour, groundColour} {
			c, err1 := parseColour(string(found[i][1]))
			g, err2 := parseColour(ground)
			if err1 != nil || err2 != nil {
				t.Fatal(err1, err2)
			}
			if r := contrast(c, g); r < textContrast {
				t.Errorf("%s on %s: contrast %.2f", found[i][1], ground, r)
			}
		}
	}
	for _, bad := range []string{"", "red", "#12345", "#1234567", "#12345g", "#+1234f"} {
		if accentPath(bad) != "" {
			t.Errorf("%q was taken for a colour", bad)
		}
	}
}

// TestPageWeight: what a reader's first page costs before pictures stays under 100 kB (journey E1).
func TestPageWeight(t *testing.T) {
	s := bareSite(t)
	var page bytes.Buffer
	for _, st := range stories() {
		if st.name == "share" {
			if err := s.sets.execute(&page, s.sets.catalogue.Match("en"), st.page); err != nil {
				t.Fatal(err)
			}
		}
	}
	total := page.Len()
	for _, name := range []string{"laurel.css", "comfort.js", "source-serif-4-latin-600-normal.woff2", "source-sans-3-latin-400-normal.woff2", "source-sans-3-latin-600-normal.woff2"} {
		p, err := s.assets.path(name)
		if err != nil {
			t.Fatal(err)
		}
		total += len(s.assets.bodies[p])
	}
	if total == 0 || total > 99_000 { // uncompressed
		t.Errorf("the shared page costs %d bytes", total)
	}
	t.Logf("page %d bytes, with style, script and fonts %d bytes", page.Len(), total)
}
