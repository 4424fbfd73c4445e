package jsonld

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// go test ./jsonld -run TestEmbeddedContexts -update writes contexts/ from
// the published documents.
var update = flag.Bool("update", false, "write the embedded contexts from the published documents")

// published is a context document as its publisher has it.
type published struct {
	URL     string
	Aliases []string
	File    string // below the shared folder
}

// publishedContexts lists the documents that the embedded contexts restate.
func publishedContexts(t testing.TB) []published {
	var index struct{ Contexts []published }
	if err := json.Unmarshal(shared(t, "spec/contexts/index.json"), &index); err != nil {
		t.Fatal(err)
	}
	var list []published
	for _, c := range index.Contexts {
		if c.URL != "" { // the others are variants nobody should load
			c.File = "spec/contexts/" + c.File
			list = append(list, c)
		}
	}
	return append(list,
		published{"https://w3id.org/dcc/v1", nil, "vectors/documents/contexts/dcc-v1.jsonld"},
		published{"https://w3id.org/citizenship/v4rc1", nil, "vectors/documents/contexts/citizenship-v4rc1.jsonld"},
		published{"https://w3id.org/openbadges/extensions/applyLinkExtension/context.json", nil, "vectors/documents/contexts/obv2x-applylink-extensions.json"},
		published{"https://w3id.org/openbadges/extensions/exampleExtension/context.json", nil, "vectors/documents/contexts/obv2x-example-extension.json"},
	)
}

// TestEmbeddedContexts holds the embedded contexts equal to the published
// documents, definition by definition, and the table complete.
func TestEmbeddedContexts(t *testing.T) {
	for _, c := range publishedContexts(t) {
		t.Run(filepath.Base(c.File), func(t *testing.T) {
			want, err := readDocument(c.URL, shared(t, c.File))
			if err != nil {
				t.Fatal(err)
			}
			name := strings.TrimSuffix(strings.TrimSuffix(filepath.Base(c.File), ".jsonld"), ".json")
			if *update {
				file := filepath.Join("contexts", name+".txt")
				if err := os.WriteFile(file, []byte(writeNotation(want)), 0o666); err != nil {
					t.Fatal(err)
				}
				return // the next build embeds it
			}
			for _, url := range append(c.Aliases, c.URL) {
				if !KnownContext(url) {
					t.Fatalf("%s is not in the table of contexts; its file would be %s", url, name)
				}
				if diff := cmp.Diff(dump(want), dump(embeddedContext(url))); diff != "" {
					t.Errorf("%s (-published +embedded):\n%s", url, diff)
				}
			}
		})
	}
}

// dump makes a context comparable line by line.
func dump(list *contextList) []string { return strings.Split(writeNotation(list), "\n") }

// writeNotation writes a context as readNotation reads it.
func writeNotation(list *contextList) string {
	w := &notationWriter{}
	w.namespaces(list)
	w.block(list, "")
	return w.String()
}

type notationWriter struct {
	strings.Builder
	ns [][2]string // name, IRI
}

// namespaces finds the IRIs that many others begin with.
func (w *notationWriter) namespaces(list *contextList) {
	count := map[string]int{}
	walkIRIs(list, func(iri string) {
		if i := strings.LastIndexAny(iri, "#/"); i > len("https://") {
			count[iri[:i+1]]++
		}
	})
	var found []string
	for ns, n := range count {
		if n >= 3 {
			found = append(found, ns)
		}
	}
	slices.Sort(found)
	for i, ns := range found {
		name := string(rune('a'+i%26)) + strings.Repeat("x", i/26)
		w.ns = append(w.ns, [2]string{name, ns})
		fmt.Fprintf(w, "ns %s %s\n", name, ns)
	}
}

func walkIRIs(list *contextList, f func(string)) {
	for _, e := range list.elements {
		if e.local == nil {
			continue
		}
		for _, d := range e.local.definitions {
			f(d.id.value)
			f(d.typ)
			f(d.reverse.value)
			if d.scoped != nil {
				walkIRIs(d.scoped, f)
			}
		}
	}
}

func (w *notationWriter) iri(s string) string {
	best := ""
	for _, ns := range w.ns {
		if rest, ok := strings.CutPrefix(s, ns[1]); ok && (best == "" || len(ns[0]+rest)+1 < len(best)) {
			best = ns[0] + "|" + rest
		}
	}
	if best == "" {
		return s
	}
	return best
}

func (w *notationWriter) block(list *contextList, indent string) {
	for _, e := range list.elements {
		switch {
		case e.null:
			w.WriteString(indent + "+ null\n")
		case e.local == nil:
			w.WriteString(indent + "+ " + e.url + "\n")
		default:
			w.WriteString(indent + "+\n")
			w.local(e.local, indent)
		}
	}
}

func (w *notationWriter) local(l *localContext, indent string) {
	attribute := func(name string, o optional) {
		if o.set && o.null {
			fmt.Fprintf(w, "%s%s -\n", indent, name)
		} else if o.set {
			fmt.Fprintf(w, "%s%s %s\n", indent, name, w.iri(o.value))
		}
	}
	attribute("@base", l.base)
	attribute("@vocab", l.vocab)
	attribute("@language", l.language)
	attribute("@direction", l.direction)
	attribute("@import", optional{set: l.imports != "", value: l.imports})
	if l.protected {
		w.WriteString(indent + "@protected\n")
	}
	if l.propagate != unset {
		fmt.Fprintf(w, "%s@propagate %s\n", indent, yesNo(l.propagate))
	}
	for _, d := range l.definitions {
		w.definition(d, indent)
	}
}

func yesNo(b optionalBool) string {
	if b == yes {
		return "yes"
	}
	return "no"
}

func (w *notationWriter) definition(d definition, indent string) {
	id := w.iri(d.id.value)
	switch {
	case !d.id.set:
		id = "."
	case d.id.null:
		id = "-"
	}
	if d.simple {
		id = "= " + id
	}
	fmt.Fprintf(w, "%s%s %s", indent, d.term, id)
	property := func(name, value string) {
		if value != "" {
			fmt.Fprintf(w, " %s=%s", name, value)
		}
	}
	property("type", w.iri(d.typ))
	var containers []string
	for _, name := range []string{"@graph", "@id", "@index", "@language", "@list", "@set", "@type"} {
		if d.container&containerNames[name] != 0 {
			containers = append(containers, name)
		}
	}
	property("container", strings.Join(containers, ","))
	orNull := func(name string, o optional) {
		if o.set && o.null {
			property(name, "-")
		} else if o.set {
			property(name, o.value)
		}
	}
	orNull("language", d.language)
	orNull("direction", d.direction)
	property("index", w.iri(d.index))
	property("nest", d.nest)
	property("reverse", w.iri(d.reverse.value))
	if d.prefix != unset {
		property("prefix", yesNo(d.prefix))
	}
	if d.protected != unset {
		property("protected", yesNo(d.protected))
	}
	w.WriteString("\n")
	if d.scoped != nil {
		w.block(d.scoped, indent+"\t")
	}
}
