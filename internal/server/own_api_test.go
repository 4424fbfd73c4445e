package server

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/api"
)

// program asks as a program does, and holds every request and answer to the API's description.
type program struct {
	t     *testing.T
	d     *demoServer
	token string
	check validator.Validator
}

func (d *demoServer) program(t *testing.T, token string) *program {
	t.Helper()
	p := &program{t: t, d: d, token: token}
	_, _, b := p.send("GET", "/openapi.json", "", "")
	doc, err := libopenapi.NewDocument(b)
	if err != nil {
		t.Fatal(err)
	}
	check, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	if ok, wrong := check.ValidateDocument(); !ok {
		for _, w := range wrong {
			t.Errorf("the description: %s", w)
		}
	}
	p.check = check
	return p
}

// send asks and validates; header are pairs of name and value.
func (p *program) send(method, path, contentType, body string, header ...string) (int, http.Header, []byte) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.d.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	if p.token != "" {
		req.Header.Set("Authorization", "Bearer "+p.token)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	if p.check != nil && strings.HasPrefix(path, "/api/") {
		again := req.Clone(p.t.Context())
		again.Body = io.NopCloser(strings.NewReader(body))
		res.Body = io.NopCloser(bytes.NewReader(b))
		if ok, wrong := p.check.ValidateHttpResponse(again, res); !ok {
			for _, w := range wrong {
				p.t.Errorf("%s %s, answer %d: %s %v", method, path, res.StatusCode, w.Reason, w.SchemaValidationErrors)
			}
		}
	}
	return res.StatusCode, res.Header, b
}

// valid holds a request that is meant to be right to the description.
func (p *program) valid(method, path, contentType, body string, header ...string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), method, p.d.base+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	if contentType != "" {
		req.Header.Set("Content-Type", contentType)
	}
	req.Header.Set("Authorization", "Bearer "+p.token)
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	if ok, wrong := p.check.ValidateHttpRequest(req); !ok {
		for _, w := range wrong {
			p.t.Errorf("%s %s: %s %v", method, path, w.Reason, w.SchemaValidationErrors)
		}
	}
}

func (p *program) json(method, path, body string, want int, header ...string) ijson.Value {
	p.t.Helper()
	contentType := ""
	if body != "" {
		contentType = "application/json"
	}
	status, _, b := p.send(method, path, contentType, body, header...)
	if status != want {
		p.t.Fatalf("%s %s: status %d, want %d\n%s", method, path, status, want, b)
	}
	doc, err := ijson.Parse(b, nil)
	if err != nil {
		p.t.Fatalf("%s %s: %v\n%s", method, path, err, b)
	}
	return doc.Root()
}

// TestEveryExample runs every request that the API's description shows, in its order, against a running server. A path
// parameter is taken from what an earlier answer named.
func TestEveryExample(t *testing.T) {
	d := startDemo(t)
	staff, amara := d.program(t, d.places.API.Token), d.program(t, d.places.API.LearnerToken)
	draft := func() (id, etag string) {
		id = staff.json("GET", "/api/awards?state=draft&limit=1", "", 200).At("/items/0/id").Text()
		_, h, _ := staff.send("GET", "/api/awards/"+id, "", "")
		return id, h.Get("ETag")
	}
	values := map[string]func() string{
		"/api/awards/{id}": func() string { id, _ := draft(); return id },
		"/api/awards/{id}/revoke": func() string {
			return staff.json("GET", "/api/awards?state=issued&limit=1", "", 200).At("/items/0/id").Text()
		},
		"/api/people/{id}":            func() string { return staff.json("GET", "/api/people?limit=1", "", 200).At("/items/0/id").Text() },
		"/api/people/{id}/statements": func() string { return staff.json("GET", "/api/people?limit=1", "", 200).At("/items/0/id").Text() },
		"/api/people/{id}/record": func() string {
			return staff.json("GET", "/api/awards?state=issued&limit=1", "", 200).At("/items/0/person/id").Text()
		},
		"/api/achievements/{id}": func() string {
			return staff.json("GET", "/api/achievements?limit=1", "", 200).At("/items/0/key").Text()
		},
		"/api/imports/{batch}/commit": func() string {
			_, _, b := staff.send("POST", "/api/imports?name=x.csv", "text/csv", "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nBo Example,bo@rowanvalley.example,RV999002,Open Day Guide,CoCurricular,2026-05-20\n")
			doc, err := ijson.Parse(b, nil)
			if err != nil {
				t.Fatal(err)
			}
			return doc.Root().Get("batch").Text()
		},
		"/api/presentation-requests/{secret}": func() string {
			result := staff.json("POST", "/api/presentation-requests", `{"name":"Example employer","purpose":"Your application","kind":"record"}`, 201).Get("result").Text()
			return result[strings.LastIndexByte(result, '/')+1:]
		},
		"/api/shares/{id}": func() string { return amara.json("GET", "/api/shares", "", 200).At("/items/0/id").Text() },
	}
	for _, ex := range api.Examples() {
		t.Run(ex.ID, func(t *testing.T) {
			p := *staff
			if ex.Scope == "shares" {
				p = *amara
			}
			p.t = t
			path := ex.Path
			if i := strings.IndexByte(path, '{'); i >= 0 {
				value := values[ex.Path]
				if value == nil {
					t.Fatalf("the test knows no value for %s", ex.Path)
				}
				path = path[:i] + value() + path[strings.IndexByte(path, '}')+1:]
			}
			if ex.Query != "" {
				path += "?" + ex.Query
			}
			var header []string
			if ex.Versioned {
				_, etag := draft()
				header = []string{"If-Match", etag}
			}
			p.valid(ex.Method, path, ex.ContentType, ex.Body, header...)
			status, _, b := p.send(ex.Method, path, ex.ContentType, ex.Body, header...)
			if !slices.Contains(ex.Status, status) {
				t.Errorf("%s %s: status %d, want %v\n%.600s", ex.Method, path, status, ex.Status, b)
			}
		})
	}
}

// TestAwardsByProgram: drafts are made once, nobody gets around two pairs of eyes, and what is wrong is said per row.
func TestAwardsByProgram(t *testing.T) {
	d := startDemo(t)
	p := d.program(t, d.places.API.Token)
	const one = `{"person":"RV230114","achievement":"PHIL 140","awardedOn":"2026-04-01"}`
	if dry := p.json("POST", "/api/awards?dryRun=true", one, 200); dry.At("/rows/0/state").Text() != "new" || dry.At("/rows/0/award").Text() != "" {
		t.Errorf("dry run: %s", dry.Raw())
	}
	made := p.json("POST", "/api/awards", one, 201)
	id := made.At("/rows/0/award").Text()
	if again := p.json("POST", "/api/awards", one, 200); again.At("/rows/0/state").Text() != "unchanged" || again.At("/rows/0/award").Text() != id {
		t.Errorf("again: %s", again.Raw())
	}
	mixed := p.json("POST", "/api/awards", `{"awards":[{"person":"RV230114","achievement":"PHIL 140","awardedOn":"2026-04-02"},{"person":"nobody","achievement":"PHIL 140","awardedOn":"2026-04-02"},{"person":"RV230114","achievement":"none","awardedOn":"2026-04-02"},{"person":"RV230114","achievement":"PHIL 140","awardedOn":"2.4.2026"}],"issue":true}`, 201)
	for i, want := range []string{"new", "rejected", "rejected", "rejected"} {
		if got := mixed.At("/rows/" + string(rune('0'+i)) + "/state").Text(); got != want {
			t.Errorf("row %d is %s, want %s", i, got, want)
		}
	}
	if mixed.Get("withheld").Text() == "" || mixed.Get("approved").Float() != 0 {
		t.Errorf("a program approved what it prepared itself: %s", mixed.Raw())
	}
	for body, want := range map[string]int{
		`{"person":"RV230114","achievement":"none","awardedOn":"2026-04-02"}`: 422, `{"persn":"RV230114"}`: 400, `{"awards":[]}`: 400, `[]`: 400, `{`: 400, `{"person":"a","person":"b"}`: 400,
	} {
		p.json("POST", "/api/awards", body, want)
	}
	p.json("PATCH", "/api/awards/"+id, `{"term":"x"}`, 428)
	p.json("PATCH", "/api/awards/"+id, `{"term":"x"}`, 412, "If-Match", `"99"`)
	p.json("PATCH", "/api/awards/"+id, `{"term":"Spring"}`, 200, "If-Match", `"1"`)
	p.json("PATCH", "/api/awards/"+id, `{"term":"x"}`, 412, "If-Match", `"1"`)
}

// TestOneKeyOneAnswer: however many ask at once with one idempotency key, the award is made once and all who are
// answered get the same.
func TestOneKeyOneAnswer(t *testing.T) {
	d := startDemo(t)
	p := d.program(t, d.places.API.Token)
	const body = `{"person":"RV220087","achievement":"PHIL 140","awardedOn":"2026-04-03"}`
	var wait sync.WaitGroup
	answers := make([]string, 8)
	for i := range answers {
		wait.Go(func() {
			status, _, b := p.send("POST", "/api/awards", "application/json", body, "Idempotency-Key", "one")
			if status == http.StatusCreated {
				answers[i] = string(b)
			} else if status != http.StatusConflict {
				t.Errorf("status %d: %s", status, b)
			}
		})
	}
	wait.Wait()
	_, h, b := p.send("POST", "/api/awards", "application/json", body, "Idempotency-Key", "one")
	if h.Get("Idempotent-Replayed") != "true" {
		t.Error("the answer was not kept")
	}
	for _, a := range answers {
		if a != "" && a != string(b) {
			t.Errorf("two answers to one request:\n%s\n%s", a, b)
		}
	}
	p.json("POST", "/api/awards", `{"person":"RV220087","achievement":"PHIL 140","awardedOn":"2026-04-04"}`, 422, "Idempotency-Key", "one")
}

// TestKeysAndScopes: what no key, a wrong key, another's key and a narrow key are answered.
func TestKeysAndScopes(t *testing.T) {
	d := startDemo(t)
	staff, amara := d.program(t, d.places.API.Token), d.program(t, d.places.API.LearnerToken)
	nobody, wrong := *staff, *staff
	nobody.token, wrong.token = "", "lrl_"+strings.Repeat("A", 26)
	for _, path := range []string{"/api/me", "/api/people", "/api/awards", "/api/achievements", "/api/shares"} {
		nobody.json("GET", path, "", 401)
		wrong.json("GET", path, "", 401)
	}
	staff.json("GET", "/api/shares", "", 403)
	amara.json("POST", "/api/awards", `{"person":"me","achievement":"PHIL 140","awardedOn":"2026-04-01"}`, 403)
	if status, _, b := amara.send("GET", "/api/people", "", ""); status == 200 {
		t.Errorf("a learner's key read the register: %s", b)
	}
	if status, h, b := amara.send("GET", "/api/people/me/record", "", ""); status != 200 || h.Get("Content-Type") != "application/vc" || !json.Valid(b) {
		t.Errorf("own record: %d %s", status, b)
	}
	other := staff.json("GET", "/api/people?search=Jonas", "", 200).At("/items/0/id").Text()
	amara.json("GET", "/api/people/"+other+"/record", "", 404)
	nobody.check = nil // the description has no such addresses
	nobody.json("GET", "/api/nothing", "", 404)
	nobody.json("DELETE", "/api/people", "", 405)
	if status, _, _ := staff.send("POST", "/api/awards", "text/plain", "x"); status != 415 {
		t.Errorf("text for JSON: %d", status)
	}
	if status, _, _ := staff.send("POST", "/api/awards/x/revoke", "application/json", `{"reason":"`+strings.Repeat("x", 100<<10)+`"}`); status != 413 {
		t.Errorf("oversized: %d", status)
	}
}
