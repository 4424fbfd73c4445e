package server

import (
	"encoding/json"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/record"
)

// TestDocsAPI runs every command of docs/api.md against the demonstration, and holds its tables to the code.
func TestDocsAPI(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range api.EventTypes() {
		if !strings.Contains(string(doc), "`"+e+"`") {
			t.Errorf("the event %s is not told", e)
		}
	}
	for _, code := range append(api.Codes(), string(record.Invalid), string(record.NotFound), string(record.Forbidden), string(record.Conflict), string(record.Gone), string(record.TooLarge), string(record.Unavailable), string(record.Internal)) {
		_, anchor, _ := strings.Cut(api.TypeURI(code), "#")
		if !strings.Contains(string(doc), `<a id="`+anchor+`"></a>`+"`"+code+"`") {
			t.Errorf("the code %s has no line", code)
		}
	}
	if _, err := exec.LookPath("curl"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal("no curl, and CI=true: install the package curl")
		}
		t.Skip("SKIP: no curl here")
	}
	d := startDemo(t)
	commands := regexp.MustCompile("(?s)```sh\n(.*?)```").FindAllStringSubmatch(string(doc), -1)
	if len(commands) < 8 {
		t.Fatalf("%d commands", len(commands))
	}
	for _, c := range commands {
		cmd := exec.CommandContext(t.Context(), "sh", "-c", strings.ReplaceAll(c[1], "curl -s ", "curl -s --fail-with-body "))
		cmd.Env = append(os.Environ(), "BASE="+d.base, "TOKEN="+d.places.API.Token)
		out, err := cmd.CombinedOutput()
		if err != nil || !json.Valid(out) {
			t.Errorf("%s: %v\n%s", c[1], err, out)
		}
	}
}
