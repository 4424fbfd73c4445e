package schema

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/openlaurel/laurel/ijson"
)

// Types of a credentialSchema entry (VC JSON Schema Specification, 2).
const (
	TypeJSONSchema           = "JsonSchema"
	TypeJSONSchemaCredential = "JsonSchemaCredential"
)

// Limits of foreign schemas. A schema is a program from a stranger: with references it can ask for exponential work.
const (
	maxSchemaBytes = 1 << 20 // the largest published ones are 170 kB
	// maxEvaluations bounds how often any part of a schema is applied to any part of the instance. 1EdTech's own schema
	// needs about 20,000 on a record of a hundred credentials.
	maxEvaluations = 500_000
)

// dialects are the drafts the specification names; anything else is indeterminate (VC JSON Schema, 4).
var dialects = []string{
	"https://json-schema.org/draft/2020-12/schema",
	"https://json-schema.org/draft/2019-09/schema",
	"http://json-schema.org/draft-07/schema",
}

// IndeterminateError says that nothing can be said: the schema is in a language this library does not know, refers to
// other documents, or asks for too much work.
type IndeterminateError struct {
	Reason string
}

func (e *IndeterminateError) Error() string { return "schema: " + e.Reason }

// CredentialSchema holds an instance against the document that a credentialSchema entry of the type names: a JSON Schema
// or a credential that carries one. The problems are empty when it fits. An error is an *IndeterminateError.
func CredentialSchema(id, typ string, document []byte, instance ijson.Value) ([]Problem, error) {
	doc, err := ijson.Parse(document, &ijson.Options{MaxBytes: maxSchemaBytes})
	if err != nil {
		return []Problem{{Code: "unreadable", Message: fmt.Sprintf("The schema at %s is no JSON document: %v.", id, err)}}, nil
	}
	switch typ {
	case TypeJSONSchema:
		return checkForeign(id, doc.Root(), instance)
	case TypeJSONSchemaCredential:
		schema, problems := fromCredential(doc.Root())
		if problems != nil {
			return problems, nil
		}
		return checkForeign(schema.Get("$id").Text(), schema, instance)
	}
	return []Problem{{Code: "entry-type", Message: fmt.Sprintf("The schema entry has the type “%s”, which is neither JsonSchema nor JsonSchemaCredential.", typ)}}, nil
}

// JSONSchema holds an instance against a foreign JSON Schema that was found at the URL.
func JSONSchema(id string, schema []byte, instance ijson.Value) ([]Problem, error) {
	return CredentialSchema(id, TypeJSONSchema, schema, instance)
}

// credentialSchemaSchema is the schema that every JsonSchemaCredential must name (VC JSON Schema, 2.2).
const credentialSchemaSchema = "https://www.w3.org/2022/credentials/v2/json-schema-credential-schema.json"

func fromCredential(v ijson.Value) (ijson.Value, []Problem) {
	bad := func(pointer, message string) (ijson.Value, []Problem) {
		return ijson.Value{}, []Problem{{Code: "schema-credential", Message: "The credential that carries the schema is not well formed: " + message + " (" + pointer + ")."}}
	}
	subject := v.Get("credentialSubject")
	schema := subject.Get("jsonSchema")
	named := false
	for _, e := range v.Get("credentialSchema").Each() {
		named = named || e.Get("id").Text() == credentialSchemaSchema && e.Get("type").Text() == TypeJSONSchema
	}
	isSchema := false
	for _, t := range subject.Get("type").Each() {
		isSchema = isSchema || t.Text() == TypeJSONSchema
	}
	switch {
	case !named:
		return bad("/credentialSchema", "its own schema must be "+credentialSchemaSchema)
	case !isSchema:
		return bad("/credentialSubject/type", "the subject must be of type JsonSchema")
	case schema.Kind() != ijson.Object:
		return bad("/credentialSubject/jsonSchema", "the subject must hold the schema")
	}
	return schema, nil
}

func checkForeign(id string, schema, instance ijson.Value) ([]Problem, error) {
	bad := func(code, format string, args ...any) ([]Problem, error) {
		return []Problem{{Code: code, Message: fmt.Sprintf(format, args...)}}, nil
	}
	own := schema.Get("$id").Text()
	dialect := schema.Get("$schema")
	switch u, err := url.Parse(own); {
	case own == "":
		return bad("schema-id", "The schema at %s has no “$id”.", id)
	case err != nil || !u.IsAbs():
		return bad("schema-id", "The schema has the “$id” “%s”, which is no absolute URL.", clip(own))
	case strings.TrimSuffix(own, "#") != strings.TrimSuffix(id, "#"):
		return bad("schema-id", "The schema at %s says that it is %s.", id, clip(own))
	case !dialect.IsString():
		return bad("schema-dialect", "The schema at %s does not say its “$schema”.", id)
	}
	if !slices.Contains(dialects, strings.TrimSuffix(dialect.Text(), "#")) {
		return nil, &IndeterminateError{Reason: "the schema is written in “" + clip(dialect.Text()) + "”, which is not among the known versions of JSON Schema"}
	}
	return run(own, schema, instance)
}

// refusing loads nothing: references to other documents do not resolve.
type refusing struct{}

func (refusing) Load(string) (any, error) { return nil, errors.New("schemas are not fetched") }

func run(id string, schema, instance ijson.Value) (problems []Problem, err error) {
	defer func() {
		// The validator panics on the budget below, and on reference cycles it meets.
		if r := recover(); r != nil {
			problems, err = nil, &IndeterminateError{Reason: fmt.Sprintf("the schema could not be applied: %v", r)}
		}
	}()
	c := jsonschema.NewCompiler()
	c.UseLoader(refusing{})
	left := maxEvaluations
	c.RegisterVocabulary(&jsonschema.Vocabulary{URL: budgetKeyword, Compile: func(_ *jsonschema.CompilerContext, obj map[string]any) (jsonschema.SchemaExt, error) {
		if obj[budgetKeyword] == nil {
			return nil, nil
		}
		return budget{&left}, nil
	}})
	c.AssertVocabs()
	if err := c.AddResource(id, withBudget(plain(schema))); err != nil {
		return []Problem{{Code: "schema-unusable", Message: fmt.Sprintf("The schema at %s cannot be used: %v.", id, err)}}, nil
	}
	compiled, err := c.Compile(id)
	var unloaded *jsonschema.LoadURLError
	if errors.As(err, &unloaded) {
		return nil, &IndeterminateError{Reason: "the schema refers to " + unloaded.URL + ", and schemas are not fetched"}
	}
	if err != nil {
		return []Problem{{Code: "schema-unusable", Message: fmt.Sprintf("The schema at %s cannot be used: %v.", id, err)}}, nil
	}
	var invalid *jsonschema.ValidationError
	if err := compiled.Validate(plain(instance)); errors.As(err, &invalid) {
		return flatten(invalid, nil), nil
	}
	return nil, nil
}

// budgetKeyword is put into every part of a schema, so that each application of it is counted.
const budgetKeyword = "x-laurel-budget"

type budget struct{ left *int }

func (b budget) Validate(*jsonschema.ValidatorContext, any) {
	if *b.left--; *b.left < 0 {
		panic(fmt.Sprintf("it takes more than %d steps", maxEvaluations))
	}
}

// withBudget adds the keyword to every object that can be a schema. Where an object is a map of schemas it becomes one
// that allows everything; where it is data it is left alone.
func withBudget(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, e := range v {
			switch name {
			case "const", "enum", "default", "examples", "dependentRequired", "$vocabulary":
			default:
				v[name] = withBudget(e)
			}
		}
		v[budgetKeyword] = true
	case []any:
		for i := range v {
			v[i] = withBudget(v[i])
		}
	}
	return v
}

// plain gives a value as the validator wants it: numbers exact.
func plain(v ijson.Value) any {
	switch v.Kind() {
	case ijson.Object:
		m := make(map[string]any, v.Len())
		for name, e := range v.Members() {
			m[strings.Clone(name)] = plain(e)
		}
		return m
	case ijson.Array:
		a := make([]any, 0, v.Len())
		for e := range v.Elements() {
			a = append(a, plain(e))
		}
		return a
	case ijson.Number:
		return json.Number(v.Number())
	}
	return v.Any()
}

// flatten lists the innermost causes.
func flatten(e *jsonschema.ValidationError, out []Problem) []Problem {
	if len(e.Causes) == 0 {
		// The error of a cause reads "at '/pointer': what is wrong".
		_, what, _ := strings.Cut(e.Error(), "': ")
		return append(out, Problem{Pointer: ijson.Pointer(e.InstanceLocation...), Code: "foreign", Message: capital(what) + "."})
	}
	for _, c := range e.Causes {
		out = flatten(c, out)
	}
	return out
}
