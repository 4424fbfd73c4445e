package api

import (
	"encoding/json"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
)

// route is one address, who may ask there, what is done, and what the API's description says of it.
type route struct {
	method, path string
	scope        record.Scope // empty: no key is asked for
	limit        int64        // of the request's body; zero: maxSmall
	handle       func(*visit) error

	id, about string
	query     []query
	in        any    // a value of the request's type; nil: none, or bytes when takes is set
	takes     string // media type of a request that is not a JSON object of in
	status    int    // of success; zero: 200
	out       any    // a value of the answer's type; nil: nothing, or bytes when gives is set
	gives     string // media type of an answer that is not JSON
	example   string // of the request
	versioned bool   // asks for If-Match
	oauth     bool   // its errors are in the words of OAuth 2.0
}

// query is a parameter of the address.
type query struct{ name, about, example string }

var paging = []query{{"limit", "How many items at most, 1 to 200; 50 without it.", "10"}, {"after", "Where the page begins: follow the Link of the page before.", ""}}

// table is the whole door.
var table = []route{
	{method: "GET", path: "/api/me", scope: record.ScopeRead, handle: aboutKey, id: "aboutKey", about: "Whose key this is and what it may do.", out: keyOut{}},

	{method: "POST", path: "/api/awards", scope: record.ScopeAwards, limit: 4 << 20, handle: makeAwards, id: "makeAwards",
		about: "Makes drafts of one award or many, and says per row what happened. With issue they are approved and signed, where the institution's policy lets the key's maker approve.",
		query: []query{{"dryRun", "true: say what would happen and write nothing.", "true"}}, in: awardsIn{}, status: http.StatusCreated, out: awardsOut{},
		example: `{"awards":[{"person":"RV230114","achievement":"PHIL 140","awardedOn":"2026-05-20","term":"Spring 2026"},{"person":"new.person@rowanvalley.example","name":"Sam Reyes","achievement":"PHIL 140","awardedOn":"2026-05-20"}]}`},
	{method: "GET", path: "/api/awards", scope: record.ScopeRead, handle: listAwards, id: "listAwards", about: "Awards in the order in which they were entered.",
		query: append([]query{{"state", "draft, approved, issued, superseded, revoked or withdrawn.", "issued"}, {"person", "The id of a person.", ""}, {"search", "Part of a name.", ""}}, paging...), out: list[awardOut]{}},
	{method: "GET", path: "/api/awards/{id}", scope: record.ScopeRead, handle: readAward, id: "readAward", about: "One award.", out: awardOut{}},
	{method: "PATCH", path: "/api/awards/{id}", scope: record.ScopeAwards, handle: changeAward, id: "changeAward", about: "Edits a draft: the members that are sent are written.",
		in: awardChange{}, out: awardOut{}, example: `{"term":"Summer 2026"}`, versioned: true},
	{method: "POST", path: "/api/awards/{id}/revoke", scope: record.ScopeRevoke, handle: revokeAward, id: "revokeAward", about: "Withdraws an issued award for good; the learner reads the reason.",
		in: reasonIn{}, out: awardOut{}, example: `{"reason":"Entered for the wrong person."}`},

	{method: "GET", path: "/api/people", scope: record.ScopeRead, handle: listPeople, id: "listPeople", about: "The people of the register by name.",
		query: append([]query{{"search", "Part of a name.", "a"}}, paging...), out: list[personOut]{}},
	{method: "GET", path: "/api/people/{id}", scope: record.ScopeRead, handle: readPerson, id: "readPerson", about: "One person.", out: personOut{}},
	{method: "GET", path: "/api/people/{id}/record", scope: record.ScopeRead, handle: readRecord, id: "readRecord",
		about: "A person's signed record, byte for byte. A learner's key reads its own as me.", gives: "application/vc"},

	{method: "GET", path: "/api/achievements", scope: record.ScopeRead, handle: listAchievements, id: "listAchievements", about: "The current catalogue by type and name.",
		query: append([]query{{"search", "Part of a name or code.", ""}}, paging...), out: list[achievementOut]{}},
	{method: "GET", path: "/api/achievements/{id}", scope: record.ScopeRead, handle: readAchievement, id: "readAchievement", about: "One achievement with its whole description, by its key.", out: achievementWhole{}},

	statementRoutes[0], statementRoutes[1],

	{method: "POST", path: "/api/imports", scope: record.ScopeAwards, limit: 64 << 20, handle: importFiles, id: "stageImport",
		about: "Reads a file as the desk's import does and keeps it until it is committed. The body is the file.",
		query: []query{{"name", "The file's name.", "grades.csv"}, {"format", "Empty: recognise it.", "csv"}, {"source", "The system that the file comes from.", "api-example"}, {"dryRun", "true: say what would happen and keep nothing.", ""}},
		takes: "text/csv", status: http.StatusCreated, out: importOut{},
		example: "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nAda Example,ada@rowanvalley.example,RV999001,Open Day Guide,CoCurricular,2026-05-20\n"},
	{method: "POST", path: "/api/imports/{batch}/commit", scope: record.ScopeAwards, handle: commitImport, id: "commitImport", about: "Makes drafts of a staged import's good rows.", out: importOut{}},

	{method: "GET", path: "/api/shares", scope: record.ScopeShares, handle: listShares, id: "listShares", about: "A learner's own shares. For keys of learners.", out: list[shareOut]{}},
	{method: "POST", path: "/api/shares", scope: record.ScopeShares, handle: makeShare, id: "makeShare", about: "Shares a learner's own record, or items of it, behind a link that is told once.",
		in: shareIn{}, status: http.StatusCreated, out: shareOut{}, example: `{"whole":true,"label":"Example","audience":"Example employer"}`},
	{method: "DELETE", path: "/api/shares/{id}", scope: record.ScopeShares, handle: endShare, id: "endShare", about: "Ends a share; its bytes are deleted.", status: http.StatusNoContent},

	{method: "POST", path: "/api/verify", limit: maxVerify, handle: func(v *visit) error { return verifyInputs(v.call) }, id: "verify",
		about: "Judges a credential, a presentation, a badge picture or a PDF: the body as it is, or {\"inputs\": [ … ]}. Needs no key. Nothing is kept.",
		query: []query{{"on", "A day, or a moment in RFC 3339: the report says besides, as far as that can be known, whether each record was in force then. The verdict is about now.", "2026-06-01"}},
		in:    verifyIn{}, out: map[string]any{}, example: `{"inputs":["not.a.credential"]}`},
	{method: "POST", path: "/api/gap", scope: record.ScopeRead, limit: maxGap, handle: compare, id: "gap", about: "Compares claims with what a target asks; the request carries everything, and nothing of it is kept.",
		in: map[string]any{}, out: map[string]any{},
		example: `{"asOf":"2026-06-01","target":{"id":"https://jobs.example/analyst","name":"Analyst","op":"all","of":[{"id":"t1","skill":"https://skills.example/sql","name":"SQL","essential":true}]},"claims":[]}`},
}

// elsewhere are addresses of this API that the wallets' door serves (openid.go), in its words for errors.
var elsewhere = []route{
	{method: "POST", path: "/api/presentation-requests", id: "askWallet", about: "Asks a wallet to show something (OpenID4VP): wallet is what it opens, page is for people, result is where the answer will be. Needs no key.",
		in: askIn{}, status: http.StatusCreated, out: askOut{}, oauth: true,
		example: `{"name":"Example employer","purpose":"Your application","kind":"record"}`},
	{method: "GET", path: "/api/presentation-requests/{secret}", id: "readAsk", about: "What came of a request: asked, answered with reports, declined or ended.", out: map[string]any{}, oauth: true},
	{method: "DELETE", path: "/api/presentation-requests/{secret}", id: "endAsk", about: "Deletes a request and what was shown.", status: http.StatusNoContent, oauth: true},
}

// described is every route of the description.
func described() []route { return slices.Concat(table, elsewhere) }

type askIn struct {
	Name        string `json:"name"`
	Purpose     string `json:"purpose"`
	Kind        string `json:"kind"`
	Achievement string `json:"achievement,omitempty"`
	Bound       bool   `json:"bound,omitempty"`
}

type askOut struct {
	Result  string `json:"result"`
	Page    string `json:"page"`
	Wallet  string `json:"wallet"`
	Expires string `json:"expires"`
}

// walletError is an error in the words of OAuth 2.0 (RFC 6749, 5.2).
type walletError struct {
	Error       string `json:"error"`
	Description string `json:"error_description,omitempty"`
}

type list[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty"`
}

type keyOut struct {
	Name        string   `json:"name"`
	Prefix      string   `json:"prefix"`
	Scopes      []string `json:"scopes"`
	Institution string   `json:"institution"`
	ActsFor     string   `json:"actsFor"`
}

// awardsIn is what POST /api/awards takes: the members of one award, or awards.
type awardsIn struct {
	awardOptional
	Awards []awardOptional `json:"awards,omitempty"`
	DryRun bool            `json:"dryRun,omitempty"`
	Issue  bool            `json:"issue,omitempty"`
}

type awardOptional struct {
	Key         string `json:"key,omitempty"`
	Person      string `json:"person,omitempty"`
	Name        string `json:"name,omitempty"`
	Email       string `json:"email,omitempty"`
	Achievement string `json:"achievement,omitempty"`
	AwardedOn   string `json:"awardedOn,omitempty"`
	Grade       string `json:"grade,omitempty"`
	Term        string `json:"term,omitempty"`
	Credits     string `json:"credits,omitempty"`
	ExpiresOn   string `json:"expiresOn,omitempty"`
	Narrative   string `json:"narrative,omitempty"`
	EvidenceURL string `json:"evidenceUrl,omitempty"`
}

type awardChange struct {
	AwardedOn string `json:"awardedOn,omitempty"`
	Term      string `json:"term,omitempty"`
	Credits   string `json:"credits,omitempty"`
	ExpiresOn string `json:"expiresOn,omitempty"`
	Narrative string `json:"narrative,omitempty"`
}

type reasonIn struct {
	Reason string `json:"reason"`
}

type achievementWhole struct {
	Achievement achievementOut `json:"achievement"`
	Body        map[string]any `json:"body"`
}

type shareIn struct {
	Whole         bool     `json:"whole,omitempty"`
	Items         []string `json:"items,omitempty"`
	Label         string   `json:"label,omitempty"`
	Audience      string   `json:"audience,omitempty"`
	Note          string   `json:"note,omitempty"`
	ExpiresAt     string   `json:"expiresAt,omitempty"`
	Passcode      string   `json:"passcode,omitempty"`
	AllowDownload bool     `json:"allowDownload,omitempty"`
}

type verifyIn struct {
	Inputs []any `json:"inputs,omitempty"`
}

// openAPI answers with the description of the door.
func openAPI(d Deps, w http.ResponseWriter) {
	b, err := ijson.Marshal(Description(d.BaseURL))
	if err != nil {
		Problem(w, http.StatusInternalServerError, string(record.Internal), "the description cannot be written")
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("Cache-Control", "public, max-age=300")
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(append(b, '\n')) // the reader has gone
}

// object is a JSON object of the description.
type object = map[string]any

// Description is the OpenAPI 3.1 document of the door at a base address.
func Description(base string) object {
	paths := object{}
	schemas := object{"Problem": schemaOf(reflect.TypeFor[problem](), nil, false)}
	all := described()
	for i := range all {
		rt := &all[i]
		at, ok := paths[rt.path].(object)
		if !ok {
			at = object{}
			paths[rt.path] = at
		}
		at[strings.ToLower(rt.method)] = operation(rt, schemas)
	}
	return object{
		"openapi": "3.1.0",
		"info": object{"title": "Laurel", "version": "1", "description": "The API of a Laurel server for programs of an institution. Errors are problem documents (RFC 9457); lists are paged by Link (RFC 8288).",
			"license": object{"name": "Apache-2.0", "identifier": "Apache-2.0"}},
		"servers": []any{object{"url": base}},
		"paths":   paths,
		"components": object{"schemas": schemas, "securitySchemes": object{
			"key": object{"type": "http", "scheme": "bearer", "description": "An API key from the desk's page of API keys."}}},
	}
}

func operation(rt *route, schemas object) object {
	op := object{"operationId": rt.id, "summary": rt.about, "security": []any{}}
	if rt.scope != "" {
		op["security"] = []any{object{"key": []string{}}}
		op["x-scope"] = string(rt.scope)
	}
	if p := parameters(rt); len(p) > 0 {
		op["parameters"] = p
	}
	switch {
	case rt.takes != "":
		op["requestBody"] = body(rt.takes, object{"type": "string"}, rt.example)
	case rt.in != nil:
		var example any
		if json.Unmarshal([]byte(rt.example), &example) != nil { // a test runs every example
			example = rt.example
		}
		op["requestBody"] = body("application/json", named(reflect.TypeOf(rt.in), schemas, true), example)
	}
	status := rt.status
	if status == 0 {
		status = http.StatusOK
	}
	good := object{"description": http.StatusText(status)}
	switch {
	case rt.gives != "":
		good["content"] = object{rt.gives: object{"schema": object{"type": "object"}}}
	case rt.out != nil:
		good["content"] = object{"application/json": object{"schema": named(reflect.TypeOf(rt.out), schemas, false)}}
	}
	responses := object{strconv.Itoa(status): good, "default": object{"description": "A problem",
		"content": object{"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}}
	if rt.oauth {
		responses["default"] = object{"description": "An error", "content": object{"application/json": object{"schema": named(reflect.TypeFor[walletError](), schemas, false)}}}
	}
	if rt.id == "makeAwards" {
		responses["200"] = object{"description": "Nothing was made: a dry run, or all was there before", "content": good["content"]}
		responses["422"] = object{"description": "No row could be taken, or the idempotency key was used for another request", "content": object{
			"application/json":         good["content"].(object)["application/json"],
			"application/problem+json": object{"schema": object{"$ref": "#/components/schemas/Problem"}}}}
	}
	if rt.id == "stageImport" {
		responses["200"] = object{"description": "A dry run", "content": good["content"]}
	}
	op["responses"] = responses
	return op
}

func body(mediaType string, schema, example any) object {
	return object{"required": true, "content": object{mediaType: object{"schema": schema, "example": example}}}
}

func parameters(rt *route) []any {
	var out []any
	for _, part := range strings.Split(rt.path, "/") {
		if strings.HasPrefix(part, "{") {
			out = append(out, object{"name": strings.Trim(part, "{}"), "in": "path", "required": true, "schema": object{"type": "string"}})
		}
	}
	for _, q := range rt.query {
		p := object{"name": q.name, "in": "query", "description": q.about, "schema": object{"type": "string"}}
		if q.example != "" {
			p["example"] = q.example
		}
		out = append(out, p)
	}
	if rt.method == http.MethodPost && rt.scope != "" {
		out = append(out, object{"name": "Idempotency-Key", "in": "header", "schema": object{"type": "string", "maxLength": maxPromise},
			"description": "The same key and request again give the same answer for a day, and nothing is done twice."})
	}
	if rt.versioned {
		out = append(out, object{"name": "If-Match", "in": "header", "required": true, "schema": object{"type": "string"}, "description": "The ETag that was read."})
	}
	return out
}

// named puts a struct's schema among the components and refers to it.
func named(t reflect.Type, schemas object, closed bool) object {
	if t.Kind() != reflect.Struct {
		return schemaOf(t, schemas, closed)
	}
	name := t.Name()
	if i := strings.IndexByte(name, '['); i >= 0 { // list[….awardOut]
		name = name[strings.LastIndexByte(name, '.')+1:len(name)-1] + "List"
	}
	name = strings.ToUpper(name[:1]) + name[1:]
	if _, ok := schemas[name]; !ok {
		schemas[name] = object{} // so that a type that holds itself ends
		schemas[name] = schemaOf(t, schemas, closed)
	}
	return object{"$ref": "#/components/schemas/" + name}
}

// schemaOf writes a Go type as JSON Schema; members without omitempty are required.
func schemaOf(t reflect.Type, schemas object, closed bool) object {
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem(), schemas, closed)
	case reflect.String:
		return object{"type": "string"}
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer"}
	case reflect.Float64:
		return object{"type": "number"}
	case reflect.Slice:
		return object{"type": "array", "items": named(t.Elem(), schemas, closed)}
	case reflect.Map:
		return object{"type": "object"}
	case reflect.Struct:
	default:
		return object{}
	}
	properties, required := object{}, []string{}
	for _, f := range reflect.VisibleFields(t) {
		if f.Anonymous || !f.IsExported() {
			continue
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "" {
			name = f.Name
		}
		properties[name] = named(f.Type, schemas, closed)
		if !strings.Contains(opts, "omitempty") {
			required = append(required, name)
		}
	}
	out := object{"type": "object", "properties": properties}
	if len(required) > 0 {
		out["required"] = required
	}
	if closed {
		out["additionalProperties"] = false
	}
	return out
}

// An Example is a request that the description shows; a test runs every one.
type Example struct {
	ID, Method, Path, Query, ContentType, Body string
	Scope                                      record.Scope
	Status                                     []int // one of them is right
	Versioned                                  bool
}

// Examples lists an example of every route, in the order of the table.
func Examples() []Example {
	all := described()
	out := make([]Example, len(all))
	for i := range all {
		rt := &all[i]
		e := Example{ID: rt.id, Method: rt.method, Path: rt.path, Body: rt.example, Scope: rt.scope, Versioned: rt.versioned, Status: []int{max(rt.status, http.StatusOK)}}
		q := url.Values{}
		for _, p := range rt.query {
			if p.example != "" {
				q.Set(p.name, p.example)
			}
		}
		e.Query = q.Encode()
		switch {
		case rt.takes != "":
			e.ContentType = rt.takes
		case rt.in != nil:
			e.ContentType = "application/json"
		}
		if q.Get("dryRun") == "true" {
			e.Status = []int{http.StatusOK}
		}
		out[i] = e
	}
	return out
}
