package issue_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/issue"
	"github.com/openlaurel/laurel/verify"
)

// edit sets the value at a JSON pointer, or removes it when the value is nil.
func edit(t testing.TB, doc []byte, pointer string, value any) []byte {
	t.Helper()
	var root any
	if err := json.Unmarshal(doc, &root); err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(pointer, "/")[1:]
	at := root
	for i, p := range parts {
		last := i == len(parts)-1
		switch v := at.(type) {
		case map[string]any:
			if last && value == nil {
				delete(v, p)
			} else if last {
				v[p] = value
			}
			at = v[p]
		case []any:
			n, err := strconv.Atoi(p)
			if err != nil {
				t.Fatal(err)
			}
			if last {
				v[n] = value
			}
			at = v[n]
		default:
			t.Fatalf("%s leads nowhere", pointer)
		}
	}
	b, err := ijson.Marshal(root)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

type null struct{}

func (null) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// TestLintSaysWhatIsWrong breaks a sound award and a sound record in one place each.
func TestLintSaysWhatIsWrong(t *testing.T) {
	k := ed25519Key(t)
	x := newTranscript(k)
	statistics, _, _, _ := x.achievements()
	subject := subjectOf(statistics)
	award, err := issue.Award(x.credential("1", subject))
	if err != nil {
		t.Fatal(err)
	}
	_, record := x.build(t, k)
	const (
		a    = "/credentialSubject/achievement"
		jwt  = "jwt:RS256"
		part = "/credentialSubject/verifiableCredential"
	)
	for _, c := range []struct {
		doc           []byte
		pointer       string
		value         any
		suite         string
		code, finding string // expected code, and where it is reported when that is elsewhere
	}{
		{award, "/validFrom", "2026-05-31", "", "issue.model", ""},
		{award, "/validFrom", nil, "", "issue.form", "-"},
		{award, "/issuer", nil, "", "issue.model", "-"},
		{award, a + "/description", nil, "", "issue.form", a},
		{award, a + "/alignment", map[string]any{"type": []any{"Alignment"}, "targetName": "n", "targetUrl": "u:u"}, "", "issue.tolerated-form", ""},
		{award, a + "/alignment", map[string]any{"type": []any{"Alignment"}, "targetName": "n", "targetUrl": "u:u"}, jwt, "issue.strict-form", ""},
		{award, "/@context/1", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.9.json", "", "issue.vocabulary", "-"},
		{award, "/grade", "A", "", "issue.uncovered", ""},
		{award, "/type/0", "SomethingElse", jwt, "issue.uncovered", "-"},
		{award, a + "/criteria", map[string]any{}, "", "issue.criteria", ""},
		{award, a + "/criteria/narrative", " ", "", "issue.criteria", a + "/criteria"},
		{award, a + "/version", null{}, "", "issue.form", ""},
		{award, "/credentialSubject/mine", null{}, "", "issue.null", ""},
		{award, a + "/tag", []any{}, "", "issue.empty-list", ""},
		{award, a + "/achievementType", "ext:No spaces", "", "issue.extension-term", ""},
		{award, a + "/achievementType", "fooext:bar", "", "issue.extension-term", ""},
		{award, "/endorsementJwt", []any{"a.b.c"}, "", "issue.endorsement-jwt", ""},
		{award, "/credentialSubject/result", []any{map[string]any{"type": []any{"Result"}, "resultDescription": "urn:none", "value": "A"}}, "", "issue.result-dangling", "/credentialSubject/result/0/resultDescription"},
		{award, "/credentialSubject/result", []any{map[string]any{"type": []any{"Result"}, "resultDescription": at + "stat-210/grade", "value": "E"}}, "", "issue.result-out-of-range", "/credentialSubject/result/0/value"},
		{award, "/credentialSubject/result", []any{map[string]any{"type": []any{"Result"}, "resultDescription": at + "stat-210/grade", "value": "A", "status": "Completed"}}, "", "issue.result-status", "/credentialSubject/result/0"},
		{award, "/credentialSubject/result", []any{map[string]any{"type": []any{"Result"}, "resultDescription": at + "stat-210/project", "achievedLevel": "urn:none"}}, "", "issue.level-dangling", "/credentialSubject/result/0/achievedLevel"},
		{award, a + "/resultDescription/1/requiredLevel", "urn:none", "", "issue.level-dangling", ""},
		{award, a + "/resultDescription/0/requiredValue", "Z", "", "issue.required-off-scale", ""},
		{record, "/type", []any{"VerifiableCredential"}, "", "issue.class", ""},
		{record, "/credentialSubject/association/0/type", nil, "", "issue.form", "/credentialSubject/association/0"},
		{record, "/credentialSubject/association/0/targetId", "urn:none", "", "issue.association-dangling", ""},
		{record, "/credentialSubject/association/0/targetId", at + "stat-210", "", "issue.association-to-itself", "/credentialSubject/association/0"},
		{record, "/credentialSubject/achievement/0/id", at + "bsc", "", "issue.conflicting-copies", part + "/3"},
		{record, "/credentialSubject/achievement/0/criteria", map[string]any{}, "", "issue.criteria", ""},
		{record, part + "/1/proof", nil, "", "issue.part-unsigned", part + "/1"},
		{record, part + "/1", "a.b.c", "", "issue.part-token", ""},
		{record, part + "/1/id", "urn:uuid:8f8b8d1e-2222-4d3a-9c53-000000000001", "", "issue.part-repeated", ""},
		{record, part + "/1/@context/0", "https://www.w3.org/2018/credentials/v1", "", "issue.vocabulary", "?"},
		{record, "/@context/1", "https://purl.imsglobal.org/spec/clr/v2p0/context.json", "", "issue.uncovered", "/credentialSubject/identifier"},
	} {
		name := c.pointer + " " + c.code
		broken := edit(t, c.doc, c.pointer, c.value)
		found := issue.Lint(t.Context(), broken, &issue.Options{Suite: c.suite})
		want := c.finding
		if want == "" {
			want = c.pointer
		}
		n := slices.IndexFunc(found, func(f verify.Finding) bool {
			return f.Code == c.code && (f.Pointer == want || c.finding == "-" || c.finding == "?")
		})
		if n < 0 && c.finding != "?" {
			t.Errorf("%s: found %+v", name, found)
			continue
		}
		if c.finding == "?" && len(refusals(found)) == 0 {
			t.Errorf("%s: not refused: %+v", name, found)
		}
		for _, f := range found {
			if strings.Contains(f.Message, "%!") || !strings.HasSuffix(f.Message, ".") || f.Repair == "" {
				t.Errorf("%s: not a sentence: %+v", name, f)
			}
		}
	}
	unnamed := edit(t, edit(t, award, "/credentialSubject/id", nil), "/credentialSubject/identifier", nil)
	if found := issue.Lint(t.Context(), unnamed, nil); !slices.ContainsFunc(found, func(f verify.Finding) bool { return f.Code == "issue.learner-unnamed" }) {
		t.Errorf("nobody is named: %+v", found)
	}
	stranger := edit(t, edit(t, record, "/credentialSubject/id", "urn:x:other"), "/credentialSubject/identifier", []any{map[string]any{
		"type": "IdentityObject", "hashed": false, "identityHash": "Somebody", "identityType": "name"}})
	if found := issue.Lint(t.Context(), stranger, nil); !slices.ContainsFunc(found, func(f verify.Finding) bool { return f.Code == "issue.other-learner" }) {
		t.Errorf("somebody else's record: %+v", found)
	}
	if found := issue.Lint(t.Context(), []byte(`{"a": 1, "a": 2}`), nil); len(found) != 1 || found[0].Code != "issue.unreadable" {
		t.Errorf("unreadable: %+v", found)
	}
}

// TestEveryLeafIsCovered changes each value of a signed record in turn: the signature over it must break.
func TestEveryLeafIsCovered(t *testing.T) {
	k := ed25519Key(t)
	_, unsigned := newTranscript(k).build(t, k)
	secured, _, err := issue.Secure(t.Context(), unsigned, k, &issue.Options{Created: created})
	if err != nil {
		t.Fatal(err)
	}
	leaves := 0
	var walk func(v ijson.Value, at string)
	walk = func(v ijson.Value, at string) {
		switch v.Kind() {
		case ijson.Object:
			for name, m := range v.Members() {
				if name != "@context" && at+"/"+name != "/proof" {
					walk(m, at+"/"+ijson.EscapePointer(name))
				}
			}
			return
		case ijson.Array:
			for i, e := range v.Each() {
				walk(e, fmt.Sprintf("%s/%d", at, i))
			}
			return
		}
		leaves++
		var other any
		switch v.Kind() {
		case ijson.Number:
			other = v.Float() + 1
		case ijson.Bool:
			other = !v.Bool()
		default:
			other = v.Text() + "x"
		}
		changed := parse(t, edit(t, secured, at, other))
		result, err := dataintegrity.Verify(changed, dataintegrity.Proofs(changed)[0], k.Signer.Public(), nil)
		// A node that stands in two places, such as the issuer as creator of an achievement, has its type from either: a
		// type that means nothing in one of them changes no statement, and is reported as uncovered.
		if err == nil && len(result.Uncovered) == 0 {
			t.Errorf("%s was changed from %s to %v, and the signature still holds", at, v.Raw(), other)
		}
	}
	walk(parse(t, secured), "")
	if leaves < 250 {
		t.Errorf("only %d leaves", leaves)
	}
}

// TestCatalogue: each code has its words, and the table has each once.
func TestCatalogue(t *testing.T) {
	seen := map[string]bool{}
	for _, e := range append(issue.Catalogue(), verify.Catalogue()...) {
		if seen[e.Code] || e.Message == "" || e.Spec == "" && strings.HasPrefix(e.Code, "issue.") || e.Cause == "" {
			t.Errorf("%+v", e)
		}
		seen[e.Code] = true
	}
}
