package schema_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/schema"
)

// published pairs a class with the files of spec/schemas that say the same.
type published struct {
	class            schema.Class
	tolerant, strict *jsonschema.Schema
}

func loadPublished(t testing.TB) []published {
	t.Helper()
	var out []published
	for _, f := range []struct {
		class schema.Class
		file  string
	}{
		{schema.ClrCredential, "clr/v2p0/%s/clr_v2p0_clrcredential_schema.json"},
		{schema.AchievementCredential, "clr/v2p0/%s/clr_v2p0_achievementcredential_schema.json"},
		{schema.EndorsementCredential, "clr/v2p0/%s/clr_v2p0_endorsementcredential_schema.json"},
		{schema.Profile, "clr/v2p0/%s/clr_v2p0_profile_schema.json"},
		{schema.GetClrCredentials, "clr/v2p0/%s/clr_v2p0_getclrcredentialsresponse_schema.json"},
		{schema.StatusInfo, "clr/v2p0/%s/clr_v2p0_imsx_statusinfo_schema.json"},
		{schema.AchievementCredential, "ob/v3p0/%s/ob_v3p0_achievementcredential_schema.json"},
		{schema.AnyAchievementCredential, "ob/v3p0/%s/ob_v3p0_anyachievementcredential_schema.json"},
		{schema.EndorsementCredential, "ob/v3p0/%s/ob_v3p0_endorsementcredential_schema.json"},
		{schema.Profile, "ob/v3p0/%s/ob_v3p0_profile_schema.json"},
		{schema.GetOpenBadgeCredentials, "ob/v3p0/%s/ob_v3p0_getopenbadgecredentialsresponse_schema.json"},
	} {
		out = append(out, published{f.class,
			compile(t, fmt.Sprintf(f.file, "json")), compile(t, fmt.Sprintf(f.file, "derived-strict"))})
	}
	return out
}

func compile(t testing.TB, file string) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(vectors.Spec(t, "schemas/"+file)))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("urn:test:"+file, doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("urn:test:" + file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// documents gives every JSON object of the vectors and samples that names itself as one of our classes, and synthetic
// ones for the classes of the API.
func documents(t testing.TB) map[string]any {
	t.Helper()
	root := vectors.Root(t)
	out := map[string]any{}
	for _, dir := range []string{"vectors/clr20", "vectors/ob30", "vectors/samples", "vectors/dcc", "samples/clr-2.0", "samples/openbadges-3.0"} {
		err := filepath.WalkDir(filepath.Join(root, dir), func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() || filepath.Ext(path) != ".json" {
				return err
			}
			b, err := os.ReadFile(path)
			if err != nil {
				return err
			}
			if v, err := jsonschema.UnmarshalJSON(bytes.NewReader(b)); err == nil {
				if m, ok := v.(map[string]any); ok && m["type"] != nil {
					out[strings.TrimPrefix(path, root)] = m
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, text := range written {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		out[name] = v
	}
	for _, name := range []string{"clr-std-1.json", "clr-lean-1.json"} {
		v, err := jsonschema.UnmarshalJSON(bytes.NewReader(vectors.File(t, "perf/"+name)))
		if err != nil {
			t.Fatal(err)
		}
		out["perf/"+name] = v
	}
	return out
}

// check compares all verdicts on one value.
func check(t *testing.T, name string, v any, all []published) {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		return // JSON that no reader of ours lets in
	}
	for _, p := range all {
		problems := schema.Check(doc.Root(), p.class)
		if got, want := !schema.Refuses(problems), p.tolerant.Validate(v) == nil; got != want {
			t.Errorf("%s as %s: accepted %v, published schema %v\nours: %v\ntheirs: %v", name, p.class, got, want, problems, p.tolerant.Validate(v))
		}
		if got, want := len(problems) == 0, p.strict.Validate(v) == nil; got != want {
			t.Errorf("%s as %s: strictly accepted %v, strict schema %v\nours: %v\ntheirs: %v", name, p.class, got, want, problems, p.strict.Validate(v))
		}
	}
}

func TestVerdictsEqualThePublishedSchemas(t *testing.T) {
	all := loadPublished(t)
	docs := documents(t)
	if len(docs) < 60 {
		t.Fatalf("only %d documents", len(docs))
	}
	for _, name := range slices.Sorted(maps.Keys(docs)) {
		check(t, name, docs[name], all)
	}
}

// mutations are what can be wrong with, or put in place of, any value.
var mutations = []any{
	nil, true, json.Number("3"), json.Number("3.5"), "", "x", "ext:mine", "fooext:b-r", "ext:", "ext:-",
	"2026-05-31T10:00:00Z", "2026-05-31T10:00:00", "2026-02-30T10:00:00Z", "2026-05-31", "2016-12-31T23:59:60Z", "2026-05-31t10:00:00.5+02:00",
	"a.b.c", "a..c", "a.b", "en", "es-MX", "EN", "zh-Hant-TW", "Course", "Completed", "Achievement", "isPartOf", "Image",
	"https://www.w3.org/ns/credentials/v2", "https://www.w3.org/2018/credentials/v1",
	"https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1-2.0.2.json",
	[]any{}, []any{"x"}, []any{json.Number("1")}, []any{nil}, []any{map[string]any{}}, []any{[]any{}},
	map[string]any{}, map[string]any{"en": "x"}, map[string]any{"en-US": "x", "de": "y"}, map[string]any{"english": "x"}, map[string]any{"en": json.Number("1")},
	map[string]any{"id": "x"}, map[string]any{"id": "x", "type": "Image"},
}

// TestMutationsEqualThePublishedSchemas takes well-formed documents apart: each value in turn is dropped, replaced, put
// into an array or taken out of one, and given a further member.
func TestMutationsEqualThePublishedSchemas(t *testing.T) {
	all := loadPublished(t)
	for _, name := range slices.Sorted(maps.Keys(written)) {
		t.Run(name, func(t *testing.T) {
			root, err := jsonschema.UnmarshalJSON(strings.NewReader(written[name]))
			if err != nil {
				t.Fatal(err)
			}
			fits := slices.DeleteFunc(slices.Clone(all), func(p published) bool { return p.tolerant.Validate(root) != nil })
			if len(fits) == 0 {
				t.Fatalf("no published schema accepts it: %v", all[0].tolerant.Validate(root))
			}
			m := mutator{t: t, root: root, fits: fits, name: name}
			m.walk(root, "", func(v any) { m.root = v })
			t.Logf("%d mutations against %d schemas", m.count, len(fits))
			if m.count < 40 {
				t.Errorf("only %d mutations", m.count)
			}
		})
	}
}

type mutator struct {
	t     *testing.T
	root  any
	fits  []published
	name  string
	count int
}

func (m *mutator) try(what string) {
	m.count++
	check(m.t, m.name+" "+what, m.root, m.fits)
}

// walk mutates v, which set puts in its place, and everything in it.
func (m *mutator) walk(v any, at string, set func(any)) {
	for i, other := range mutations {
		set(other)
		m.try(fmt.Sprintf("%s = mutation %d %v", at, i, other))
	}
	set([]any{v})
	m.try(at + " in an array")
	set([]any{v, v})
	m.try(at + " twice in an array")
	if a, ok := v.([]any); ok && len(a) > 0 {
		set(a[0])
		m.try(at + " taken out of its array")
	}
	set(v)
	switch v := v.(type) {
	case map[string]any:
		v["xx"] = "further"
		m.try(at + " with a further member")
		delete(v, "xx")
		for _, k := range slices.Sorted(maps.Keys(v)) {
			old := v[k]
			delete(v, k)
			m.try(at + "/" + k + " dropped")
			v[k] = old
			m.walk(old, at+"/"+k, func(n any) { v[k] = n })
		}
	case []any:
		for i := range v {
			m.walk(v[i], fmt.Sprintf("%s/%d", at, i), func(n any) { v[i] = n })
		}
	}
}
