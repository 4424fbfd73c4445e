package main

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestOperatingManual follows docs/operate.md: every command of its own line is run, in order, in one empty folder; of serve
// the settings are checked.
func TestOperatingManual(t *testing.T) {
	lines := regexp.MustCompile(`(?m)^    laurel (.*)$`).FindAllStringSubmatch(read(t, "../../docs/operate.md"), -1)
	if len(lines) < 8 {
		t.Fatalf("%d commands, want at least 8", len(lines))
	}
	t.Chdir(t.TempDir())
	for _, file := range []string{"cert.pem", "key.pem", "metrics-token", "token-pin"} { // that they exist is all that the check asks
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, l := range lines {
		args := words(l[1])
		if args[0] == "serve" {
			args = append([]string{"config", "check"}, args[1:]...)
		}
		var out strings.Builder
		if code := run(t.Context(), args, streams{strings.NewReader(""), &out, &out}); code != exitDone {
			t.Fatalf("laurel %s: exit %d: %s", l[1], code, out.String())
		}
	}
}

// words splits a line as a shell does, for lines that quote with ' alone.
func words(line string) (out []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(line, -1) {
		out = append(out, m[1]+m[2])
	}
	return out
}
