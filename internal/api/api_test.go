package api

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/vectors"
)

func door(t *testing.T) http.Handler {
	t.Helper()
	db, err := store.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return New(Deps{Employer: &employer.Desk{DB: db}})
}

func post(t *testing.T, h http.Handler, contentType, body string) (int, ijson.Value) {
	t.Helper()
	return postTo(t, h, "/api/verify", contentType, body)
}

func postTo(t *testing.T, h http.Handler, address, contentType, body string) (int, ijson.Value) {
	t.Helper()
	req := httptest.NewRequestWithContext(t.Context(), http.MethodPost, address, strings.NewReader(body))
	req.Header.Set("Content-Type", contentType)
	res := httptest.NewRecorder()
	h.ServeHTTP(res, req)
	doc, err := ijson.Parse(res.Body.Bytes(), nil)
	if err != nil {
		t.Fatalf("answer is no JSON: %v\n%s", err, res.Body)
	}
	return res.Code, doc.Root()
}

func TestVerifyOne(t *testing.T) {
	h := door(t)
	status, rep := post(t, h, "application/json", string(vectors.File(t, "perf/clr-std-1.json")))
	if status != http.StatusOK || rep.Get("kind").Text() != "ClrCredential" || rep.Get("credentials").Len() != 1 {
		t.Errorf("status %d, kind %s, %d parts", status, rep.Get("kind").Text(), rep.Get("credentials").Len())
	}
	if status, rep = post(t, h, "text/plain", "no credential"); status != http.StatusOK || rep.Get("verdict").Text() != "failed" {
		t.Errorf("status %d, verdict %s; want 200, failed", status, rep.Get("verdict").Text())
	}
}

func TestVerifyMany(t *testing.T) {
	h := door(t)
	one := string(vectors.File(t, "perf/clr-std-1.json"))
	status, res := post(t, h, "application/json", `{"inputs":[`+one+`,"not.a.token"]}`)
	if status != http.StatusOK || res.Get("reports").Len() != 2 || res.At("/reports/1/verdict").Text() != "failed" {
		t.Errorf("status %d, %s", status, res.Raw())
	}
}

func TestProblems(t *testing.T) {
	h := door(t)
	for body, want := range map[string]int{"": http.StatusBadRequest, `{"inputs":[]}`: http.StatusBadRequest} {
		status, p := post(t, h, "application/json", body)
		if status != want || p.Get("detail").Text() == "" || p.Get("code").Text() == "" || int(p.Get("status").Float()) != want {
			t.Errorf("%q: status %d, %s", body, status, p.Raw())
		}
	}
}

// TestVerifyOn: a day gone by adds what is known of it and leaves the verdict alone.
func TestVerifyOn(t *testing.T) {
	h := door(t)
	one := string(vectors.File(t, "perf/clr-std-1.json"))
	_, plain := post(t, h, "application/json", one)
	for _, on := range []string{"2001-01-01", "2001-01-01T08:00:00%2B02:00"} {
		status, rep := postTo(t, h, "/api/verify?on="+on, "application/json", one)
		said := ""
		for f := range rep.Get("findings").Elements() {
			if f.Get("check").Text() == "history" {
				said = f.Get("code").Text()
			}
		}
		if status != http.StatusOK || said != "history.not-begun" || rep.Get("verdict").Text() != plain.Get("verdict").Text() {
			t.Errorf("on %s: status %d, history %q, verdict %s", on, status, said, rep.Get("verdict").Text())
		}
	}
	if status, _ := postTo(t, h, "/api/verify?on=yesterday", "application/json", one); status != http.StatusBadRequest {
		t.Errorf("on yesterday: status %d, want 400", status)
	}
}
