package classroom_test

import (
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// provider is a OneRoster 1.2 provider that gives few rows at a time.
type provider struct {
	t      *testing.T
	srv    *httptest.Server
	rows   map[string][]map[string]any
	broken string // a collection that answers 503
	asked  map[string]int
	most   int // rows of an answer
}

func ref(id string) map[string]any { return map[string]any{"sourcedId": id, "type": "x"} }

func newProvider(t *testing.T, p *platform) *provider {
	t.Helper()
	v := &provider{t: t, asked: map[string]int{}, most: 2, rows: map[string][]map[string]any{
		"academicSessions": {{"sourcedId": "s1", "status": "active", "title": "Spring 2025", "startDate": "2025-01-07", "endDate": "2025-06-10"}},
		"courses":          {{"sourcedId": "c1", "title": "Algebra I", "courseCode": "ALG", "subjects": []string{"Mathematics", "Algebra"}}},
		"classes":          {{"sourcedId": "k1", "title": "Algebra I, 3", "course": ref("c1"), "terms": []any{ref("s1")}}},
		"users": {{"sourcedId": "u1", "enabledUser": true, "givenName": "Maya", "familyName": "López", "identifier": "900001", "email": "maya@example.edu", "roles": []any{map[string]any{"roleType": "primary", "role": "student"}}, "password": "secret"},
			{"sourcedId": "u2", "givenName": "Jun", "familyName": "Chen", "identifier": "900002", "roles": []any{map[string]any{"role": "student"}}},
			{"sourcedId": "u3", "givenName": "Tess", "familyName": "Teacher", "roles": []any{map[string]any{"role": "teacher"}}}},
		"scoreScales": {{"sourcedId": "l", "title": "Letter", "scoreScaleValue": []any{map[string]any{"itemValueLHS": "A", "itemValueRHS": "90-100"}, map[string]any{"itemValueLHS": "B", "itemValueRHS": "80-89"}}}},
		"lineItems":   {{"sourcedId": "i1", "title": "Final mark", "class": ref("k1"), "academicSession": ref("s1"), "resultValueMin": 0, "resultValueMax": 100, "scoreScale": ref("l")}},
		"results": {{"sourcedId": "r1", "lineItem": ref("i1"), "student": ref("u1"), "scoreStatus": "fully graded", "score": 91, "textScore": "A", "scoreDate": "2025-06-10"},
			{"sourcedId": "r2", "lineItem": ref("i1"), "student": ref("u2"), "scoreStatus": "fully graded", "score": 85.5, "textScore": "B", "scoreDate": "2025-06-10",
				"learningObjectiveSet": []any{map[string]any{"source": "case", "learningObjectiveResults": []any{map[string]any{"learningObjectiveId": "urn:uuid:edfce0e7-dbbf-40d5-af1a-baccabef85e9", "score": 3}}}}}},
		"orgs": {}, "enrollments": {},
	}}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		id, secret, _ := r.BasicAuth()
		if id != "roster-client" || secret != "a+secret" || r.FormValue("grant_type") != "client_credentials" || strings.Contains(r.FormValue("scope"), "demographics") {
			t.Errorf("the request for a token: %s %s %v", id, secret, r.Form)
		}
		p.answer(w, map[string]any{"access_token": "rt", "token_type": "Bearer"})
	})
	mux.HandleFunc("GET /roster/{collection}", func(w http.ResponseWriter, r *http.Request) { v.collection(p, w, r) })
	mux.HandleFunc("GET /grades/{collection}", func(w http.ResponseWriter, r *http.Request) { v.collection(p, w, r) })
	v.srv = httptest.NewServer(mux)
	t.Cleanup(v.srv.Close)
	return v
}

func (v *provider) collection(p *platform, w http.ResponseWriter, r *http.Request) {
	name := r.PathValue("collection")
	grades := name == "scoreScales" || name == "lineItems" || name == "results" || name == "categories"
	rows, has := v.rows[name]
	offset, err := strconv.Atoi(r.FormValue("offset"))
	if err != nil || r.Header.Get("Authorization") != "Bearer rt" || grades != strings.HasPrefix(r.URL.Path, "/grades/") {
		v.t.Errorf("%s: %v", r.URL, r.Header)
	}
	v.asked[name]++
	switch {
	case !has:
		w.WriteHeader(http.StatusNotFound)
		return
	case name == v.broken:
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	page := rows[min(offset, len(rows)):min(offset+v.most, len(rows))]
	if name != "courses" { // one collection that says nothing of its length
		w.Header().Set("X-Total-Count", strconv.Itoa(len(rows)))
	}
	p.answer(w, map[string]any{name: page})
}

func (s *school) roster(v *provider) record.ClassroomSystemID {
	t := s.platform.t
	t.Helper()
	id, err := s.desk.PutRoster(t.Context(), s.Registrar, classroom.RosterChange{Name: "Student system", Address: v.srv.URL + "/roster/", Gradebook: v.srv.URL + "/grades", TokenURL: v.srv.URL + "/token", ClientID: "roster-client", Secret: "a secret"})
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// TestRosterIsFetched: page by page; what broke off goes on behind the last page; what came waits as an upload, and no
// person but the students is in it.
func TestRosterIsFetched(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSchool(t, db)
		v := newProvider(t, s.platform)
		id := s.roster(v)
		last := func() *record.Pull {
			t.Helper()
			if err := s.desk.PullDue(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, pulls, err := s.desk.Roster(t.Context(), s.Registrar, id)
			if err != nil || len(pulls) != 1 {
				t.Fatalf("%v, %v", pulls, err)
			}
			return pulls[0]
		}
		if err := s.desk.BeginPull(t.Context(), s.Registrar, id); err != nil {
			t.Fatal(err)
		}
		if err := s.desk.BeginPull(t.Context(), s.Registrar, id); record.KindOf(err) != record.Conflict {
			t.Errorf("twice at once: %v", err)
		}
		v.broken = "lineItems"
		p := last()
		if p.State != record.PullRunning || p.Attempts != 1 || p.Rows != 7 || !strings.Contains(p.Trouble, "lineItems") {
			t.Fatalf("after the provider broke off: %+v", p)
		}
		for range 4 {
			s.Clock = s.Clock.Add(seconds(600))
			p = last()
		}
		if p.State != record.PullFailed {
			t.Fatalf("after five attempts: %+v", p)
		}
		users := v.asked["users"]
		v.broken = ""
		if err := s.desk.BeginPull(t.Context(), s.Registrar, id); err != nil {
			t.Fatal(err)
		}
		if p = last(); p.State != record.PullDone || p.Batch == "" || v.asked["users"] != users || users != 2 {
			t.Fatalf("going on: %+v, users asked %d times", p, v.asked["users"])
		}
		got, err := s.Desk.StagedImport(t.Context(), s.Registrar, p.Batch)
		if err != nil || got.Source != "Student system" || got.Counts.Learners != 2 || got.Counts.New != 2 || got.Counts.Rejected != 0 {
			t.Fatalf("the upload: %+v, %v", got, err)
		}
		if _, err := s.Desk.CommitImport(t.Context(), s.Registrar, p.Batch); err != nil {
			t.Fatal(err)
		}
		if a := s.Award("Maya", "Algebra I", record.AwardDraft); len(a.Detail.Results) != 2 || a.Detail.Results[0].Value != "A" || a.Detail.Term != "Spring 2025" || a.Detail.AwardedOn != "2025-06-10" {
			t.Errorf("the draft: %+v", a.Detail)
		}
		s.Audit()
	})
}

// TestStopAndForget: a person stops a fetching, and begins another at the beginning.
func TestStopAndForget(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	v := newProvider(t, s.platform)
	id := s.roster(v)
	if err := s.desk.StopPull(t.Context(), s.Registrar, id); record.KindOf(err) != record.Conflict {
		t.Errorf("nothing to stop: %v", err)
	}
	for _, act := range []func() error{
		func() error { return s.desk.BeginPull(t.Context(), s.Registrar, id) },
		func() error { return s.desk.StopPull(t.Context(), s.Registrar, id) },
		func() error { return s.desk.PullDue(t.Context()) },
		func() error { return s.desk.DropPull(t.Context(), s.Registrar, id) },
		func() error { return s.desk.BeginPull(t.Context(), s.Registrar, id) },
	} {
		if err := act(); err != nil {
			t.Fatal(err)
		}
		s.Clock = s.Clock.Add(seconds(1))
	}
	if len(v.asked) != 0 {
		t.Errorf("asked after it was stopped: %v", v.asked)
	}
	if err := s.desk.BeginPull(t.Context(), s.Approver, id); record.KindOf(err) != record.Forbidden {
		t.Errorf("by an approver: %v", err)
	}
	other := record.Actor{Account: "x", Institution: "other", Roles: []record.Role{record.RoleRegistrar}}
	if err := s.desk.StopPull(t.Context(), other, id); record.KindOf(err) != record.NotFound {
		t.Errorf("by another institution: %v", err)
	}
}
