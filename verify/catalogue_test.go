package verify

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// quoted finds the codes that the source names: check.reason in quotes.
var quoted = regexp.MustCompile(`"((?:format|context|schema|subject|result|association|proof|issuer|refresh|status|validity|history|endorsement|nested|recipient|trust)\.[a-z0-9-]+)"`)

// TestCatalogue: every code that the checks give is in the catalogue, every code of the catalogue is given somewhere,
// and every entry says what a reader needs.
func TestCatalogue(t *testing.T) {
	used := map[string]bool{}
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "codes") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range quoted.FindAllStringSubmatch(string(src), -1) {
			used[m[1]] = true
		}
	}
	known := map[string]bool{}
	for _, e := range Catalogue() {
		if known[e.Code] {
			t.Errorf("%s stands twice in the catalogue", e.Code)
		}
		known[e.Code] = true
		if !used[e.Code] {
			t.Errorf("%s is in the catalogue and never given", e.Code)
		}
		if e.Message == "" || e.Cause == "" {
			t.Errorf("%s has no message or cause", e.Code)
		}
		if (e.Outcome == Fails || e.Outcome == Unknown) && (e.Owner == "" || e.Repair == "") {
			t.Errorf("%s does not say who mends it, and how", e.Code)
		}
		if !strings.HasSuffix(e.Message, ".") && !strings.HasSuffix(e.Message, "%s") {
			t.Errorf("%s: the message is no sentence: %q", e.Code, e.Message)
		}
		if e.Weight == optional && e.Outcome != Unknown || e.Weight == warning && e.Outcome != Passed {
			t.Errorf("%s: weight %s does not go with outcome %s", e.Code, e.Weight, e.Outcome)
		}
	}
	for code := range used {
		if !known[code] {
			t.Errorf("%s is given and not in the catalogue", code)
		}
	}
	if f := newFinding("proof.no-such-code", ""); f.Outcome != Unknown || !f.demanded {
		t.Error("a code without an entry must count as unknown")
	}
}

// TestFindingArguments: messages and their arguments agree in number, at every place where they are given.
func TestFindingArguments(t *testing.T) {
	for _, e := range Catalogue() {
		blanks := strings.Count(e.Message, "%s") + strings.Count(e.Message, "%d")
		args := make([]any, 0, blanks)
		for _, m := range regexp.MustCompile(`%[sd]`).FindAllString(e.Message, -1) {
			if m == "%d" {
				args = append(args, 1)
			} else {
				args = append(args, "x")
			}
		}
		if msg := newFinding(e.Code, "", args...).Message; strings.Contains(msg, "%!") {
			t.Errorf("%s: %s", e.Code, msg)
		}
	}
}

func TestQuotable(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "a\nb": `a\u000ab`, "\u202ereversed": `\u202ereversed`, "zero\u200bwidth": `zero\u200bwidth`,
		strings.Repeat("x", 300): strings.Repeat("x", maxQuoted) + "…",
	} {
		if got := quotable(in); got != want {
			t.Errorf("quotable(%q) = %q, want %q", in, got, want)
		}
	}
}
