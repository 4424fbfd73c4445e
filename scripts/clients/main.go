// Command clients writes the clients of the own API in clients/ from the description that the server gives at
// /openapi.json (OpenAPI 3.1): one file of TypeScript and one of Python, with no dependency beside the language.
//
//	go run ./scripts/clients
//
// A test holds the files to what this writes, and runs both against a server.
package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/openlaurel/laurel/internal/api"
)

func main() {
	root := "."
	if len(os.Args) > 1 {
		root = os.Args[1]
	}
	for name, text := range Clients() {
		if err := os.WriteFile(filepath.Join(root, name), []byte(text), 0o644); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

// Clients are the files by their paths in the project.
func Clients() map[string]string {
	d := describe(api.Description(""))
	return map[string]string{
		filepath.FromSlash("clients/typescript/laurel.ts"): typescript(d),
		filepath.FromSlash("clients/python/laurel.py"):     python(d),
	}
}

type object = map[string]any

// description is what the clients need of an OpenAPI document.
type description struct {
	schemas    []schema
	operations []operation
}

type schema struct {
	name    string
	members []member
}

type member struct {
	name     string
	required bool
	kind     object // its JSON Schema
}

type operation struct {
	id, about, method, path string
	inPath, inQuery         []string
	versioned, repeatable   bool   // takes If-Match; takes Idempotency-Key
	takes                   string // media type of the request; empty: none
	in                      string // schema of a JSON request; empty: an object of any members
	gives                   string // schema of a JSON answer; empty: an object of any members
	answer                  answer
}

type answer int

const (
	answersJSON answer = iota
	answersBytes
	answersNothing
)

func describe(doc object) description {
	var d description
	schemas := doc["components"].(object)["schemas"].(object)
	for _, name := range slices.Sorted(maps.Keys(schemas)) {
		s := schema{name: name}
		of := schemas[name].(object)
		required, _ := of["required"].([]string)
		properties, _ := of["properties"].(object)
		for _, m := range slices.Sorted(maps.Keys(properties)) {
			s.members = append(s.members, member{m, slices.Contains(required, m), properties[m].(object)})
		}
		d.schemas = append(d.schemas, s)
	}
	paths := doc["paths"].(object)
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		methods := paths[path].(object)
		for _, method := range slices.Sorted(maps.Keys(methods)) {
			d.operations = append(d.operations, describeOperation(path, method, methods[method].(object)))
		}
	}
	return d
}

func describeOperation(path, method string, op object) operation {
	out := operation{id: op["operationId"].(string), about: op["summary"].(string), method: strings.ToUpper(method), path: path, answer: answersNothing}
	parameters, _ := op["parameters"].([]any)
	for _, p := range parameters {
		p := p.(object)
		name := p["name"].(string)
		switch {
		case p["in"] == "path":
			out.inPath = append(out.inPath, name)
		case p["in"] == "query":
			out.inQuery = append(out.inQuery, name)
		case name == "If-Match":
			out.versioned = true
		case name == "Idempotency-Key":
			out.repeatable = true
		}
	}
	if body, ok := op["requestBody"].(object); ok {
		for media, of := range body["content"].(object) {
			out.takes, out.in = media, referred(of)
		}
	}
	for status, of := range op["responses"].(object) {
		content, _ := of.(object)["content"].(object)
		if !strings.HasPrefix(status, "2") || content == nil {
			continue
		}
		for media, of := range content {
			out.answer, out.gives = answersJSON, referred(of)
			if media != "application/json" {
				out.answer, out.gives = answersBytes, ""
			}
		}
	}
	return out
}

// referred is the name of the schema that a media type has, empty when it has none of the components.
func referred(media any) string {
	s, _ := media.(object)["schema"].(object)
	return reference(s)
}

func reference(schema object) string {
	ref, _ := schema["$ref"].(string)
	return strings.TrimPrefix(ref, "#/components/schemas/")
}

// snake is a name as Python writes it: dryRun is dry_run.
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
