package web

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func (d *door) expect(res *httptest.ResponseRecorder, status int, holds ...string) string {
	d.Helper()
	body := res.Body.String()
	if res.Code != status {
		d.Fatalf("status %d, want %d: %s", res.Code, status, body)
	}
	for _, h := range holds {
		if !strings.Contains(body, h) {
			d.Errorf("the page lacks %q", h)
		}
	}
	return body
}

func TestTheRecordIsSearched(t *testing.T) {
	d := newDoor(t)
	all := d.expect(d.ask("amara", "GET", "/my"), 200, "DS 101", "STAT 210", `<option value="courses">`, `<option value="Spring 2025">`, "/my/new")
	if strings.Contains(all, "items found") {
		t.Error("the whole record counts what was found")
	}
	for query, want := range map[string]string{"q=statis": "STAT 210", "q=INFERENCE": "STAT 210", "kind=courses&q=101": "DS 101", "state=verified&term=Spring+2025&q=life+cycle": "DS 101"} {
		body := d.expect(d.ask("amara", "GET", "/my?"+query), 200, want, "1 item found")
		if strings.Contains(body, "DS 101") && strings.Contains(body, "STAT 210") {
			t.Errorf("%s finds both", query)
		}
	}
	for _, query := range []string{"q=nothing", "kind=degrees", "issuer=x", "term=x", "state=revoked", "q=%00%3Cscript%3E&from=-5"} {
		body := d.expect(d.ask("amara", "GET", "/my?"+query), 200, "0 items found")
		if strings.Contains(body, "<script>") {
			t.Errorf("%s: what was looked for became markup", query)
		}
	}
}

func TestAnItemHasItsPage(t *testing.T) {
	d := newDoor(t)
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	item := mine.Items[0]
	at := "/my/items/" + item.Ref
	d.expect(d.ask("amara", "GET", at), 200, item.Name, `name="note"`)
	d.expect(d.post("amara", at, url.Values{"note": {"What I learned"}, "note-at": {"0"}}), http.StatusSeeOther)
	d.expect(d.ask("amara", "GET", at), 200, "What I learned")
	d.expect(d.post("amara", at, url.Values{"note": {"From the other window"}, "note-at": {"0"}}), http.StatusConflict, "From the other window")
	d.expect(d.post("amara", at, url.Values{"note": {strings.Repeat("x", 20_000)}, "note-at": {"1"}}), http.StatusUnprocessableEntity)
	d.expect(d.ask("amara", "GET", "/my/items/no-such"), 404)
	d.expect(d.post("amara", "/my/new", url.Values{"answer": {"declined"}}), http.StatusUnprocessableEntity)
	d.expect(d.post("amara", "/my/new", url.Values{"item": {item.Ref}, "answer": {"declined"}}), http.StatusSeeOther)
	if body := d.expect(d.ask("amara", "GET", "/my"), 200, "You declined one item"); strings.Contains(body, item.Name+"</") {
		t.Errorf("%s was declined and stands in the record", item.Name)
	}
	if body := d.expect(d.ask("amara", "GET", "/my/shares/new"), 200); strings.Contains(body, item.Ref) {
		t.Error("what was declined is offered for sharing")
	}
	d.expect(d.ask("amara", "GET", "/my/new"), 200, item.Name)
}

func TestAChoiceIsKeptAndShared(t *testing.T) {
	d := newDoor(t)
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{"item": {mine.Items[1].Ref}, "note": {"Hello"}, "until": {"30"}, "choice-name": {"For employers"}}
	d.expect(d.post("amara", "/my/choices", form), http.StatusSeeOther)
	kept, err := d.site.deps.Learner.Curations(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil || len(kept) != 1 {
		t.Fatal(kept, err)
	}
	id := string(kept[0].ID)
	d.expect(d.ask("amara", "GET", "/my/choices"), 200, "For employers", id)
	d.expect(d.ask("amara", "GET", "/my/shares/new?choice="+id), 200, "Hello", `value="`+mine.Items[1].Ref+`" checked`)
	form.Set("choice", id)
	form.Set("choice-version", "7")
	d.expect(d.post("amara", "/my/choices", form), http.StatusConflict)
	form.Del("item")
	d.expect(d.post("amara", "/my/choices", form), http.StatusUnprocessableEntity)
	d.expect(d.ask("amara", "GET", "/my/shares/new?choice=another"), 404)
}

// TestAShareEditSaysWhoIsWrong: what cannot be is 422; what another window changed is 409.
func TestAShareEditSaysWhoIsWrong(t *testing.T) {
	d := newDoor(t)
	s, err := d.site.deps.Learner.Share(t.Context(), d.office.LearnerActor("Amara"), learner.ShareRequest{Whole: true, Label: "City Transit"})
	if err != nil {
		t.Fatal(err)
	}
	at := "/my/shares/" + string(s.ID)
	d.expect(d.post("amara", at, url.Values{"version": {"1"}, "date": {"2001-01-01"}, "label": {"Typed"}}), http.StatusUnprocessableEntity, "Typed")
	d.expect(d.post("amara", at, url.Values{"version": {"1"}, "label": {strings.Repeat("x", 300)}}), http.StatusUnprocessableEntity)
	d.expect(d.post("amara", at, url.Values{"version": {"9"}, "label": {"Typed"}}), http.StatusConflict, "Typed", "City Transit")
}

func TestTheMap(t *testing.T) {
	rec := amara()
	a := newAtlas(rec, map[string]string{}, func(id string) string { return id }, "shows")
	programmes, others := a.lists()
	if len(programmes) != 1 || programmes[0].Name != "BSc Data Science" || len(programmes[0].Parts) == 0 {
		t.Fatalf("programmes %+v", programmes)
	}
	if len(others) == 0 {
		t.Error("what belongs to no programme is left out")
	}
	for _, mirrored := range []bool{false, true} {
		if svg := string(a.draw(`a "map"`, mirrored)); strings.Count(svg, "<rect") < 4 || strings.Count(svg, "<path") < 3 || !strings.Contains(svg, "a &#34;map&#34;") {
			t.Errorf("mirrored %v: %s", mirrored, svg)
		}
	}
	if svg := newAtlas(longRecord(1000), nil, func(id string) string { return id }, "shows").draw("x", false); svg != "" {
		t.Error("nothing relates to anything, and something was drawn")
	}
}

// BenchmarkRecordPage asks for the page of a record of 1,000 items: whole, and searched.
func BenchmarkRecordPage(b *testing.B) {
	db := storetest.SQLite(b)
	o := registrartest.New(b, db)
	var sheet strings.Builder
	sheet.WriteString(registrartest.Header)
	kinds := []string{"Course", "Course", "Competency", "Certificate", "Assessment", "Badge"}
	for i := range 1000 {
		year := 2000 + i/40
		fmt.Fprintf(&sheet, "Amara Okafor,amara@example.edu,1001,Item %04d,%s,IT %04d,What it is about,Pass all of it,%d-05-20,Spring %d,3,B+\n", i, kinds[i%len(kinds)], i, year, year)
	}
	o.Import(sheet.String())
	o.Issue()
	accounts := &account.Desk{DB: db, Now: o.Now}
	site, err := New(Deps{Accounts: accounts, Registrar: o.Desk, Learner: &learner.Desk{DB: db, Now: o.Now}, Published: shelf{db}, Sessions: byHeader{}, PublicURL: o.Institution.BaseURL, Now: o.Now})
	if err != nil {
		b.Fatal(err)
	}
	a, err := accounts.Add(b.Context(), record.System(o.Institution.ID), account.NewAccount{Institution: o.Institution.ID, Name: "Amara", Email: "amara@example.edu", Roles: []record.Role{record.RoleLearner}, Learner: o.LearnerActor("Amara").Learner})
	if err != nil {
		b.Fatal(err)
	}
	for _, path := range []string{"/my", "/my?q=item+09", "/my?view=time"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			size := 0
			for b.Loop() {
				o.Clock = o.Clock.Add(1)
				r := httptest.NewRequest(http.MethodGet, path, nil)
				r.Header.Set("Test-Account", string(a.ID))
				w := httptest.NewRecorder()
				site.ServeHTTP(w, r)
				if size = w.Body.Len(); w.Code != 200 {
					b.Fatal(w.Code, w.Body.String())
				}
			}
			b.ReportMetric(float64(size), "page-bytes")
		})
	}
}
