package server

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"mime/multipart"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/verify"
)

// demoServer is the whole program with its demonstration, on a port of its own.
type demoServer struct {
	*Server
	base   string
	places demoPlaces
	data   string
}

func startDemo(t testing.TB) *demoServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Addr: l.Addr().String(), Data: t.TempDir(), Demo: true, Grace: 5 * time.Second}
	s, err := New(t.Context(), c, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.demo(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, l) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Errorf("serve: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	d := &demoServer{Server: s, base: c.BaseURL(), data: c.Data}
	d.readPlaces(t)
	return d
}

// readPlaces reads the ways in that the demonstration left.
func (d *demoServer) readPlaces(t testing.TB) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(d.data, "demo.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &d.places); err != nil {
		t.Fatal(err)
	}
}

// person is a browser without scripts: cookies, forms, pages.
type person struct {
	t      *testing.T
	client *http.Client
	base   string
}

func (d *demoServer) visitor(t *testing.T) *person {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &person{t, &http.Client{Jar: jar, Timeout: 30 * time.Second}, d.base}
}

// signedIn is a person who used a sign-in link.
func (d *demoServer) signedIn(t *testing.T, link string) *person {
	t.Helper()
	p := d.visitor(t)
	if status, body := p.get(link); status != http.StatusOK {
		t.Fatalf("sign-in link: %d\n%s", status, body)
	}
	return p
}

func (p *person) do(req *http.Request) (int, string) {
	p.t.Helper()
	res, err := p.client.Do(req)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, string(b)
}

func (p *person) get(address string, header ...string) (int, string) {
	p.t.Helper()
	if strings.HasPrefix(address, "/") {
		address = p.base + address
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodGet, address, nil)
	if err != nil {
		p.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	return p.do(req)
}

func (p *person) post(address string, form url.Values) (int, string) {
	p.t.Helper()
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+address, strings.NewReader(form.Encode()))
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", p.base)
	return p.do(req)
}

// upload sends a file as a form does.
func (p *person) upload(address, field, name string, data []byte, form url.Values) (int, string) {
	p.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile(field, name)
	if err != nil {
		p.t.Fatal(err)
	}
	if _, err := part.Write(data); err != nil {
		p.t.Fatal(err)
	}
	for k, v := range form {
		if err := w.WriteField(k, v[0]); err != nil {
			p.t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		p.t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(p.t.Context(), http.MethodPost, p.base+address, &body)
	if err != nil {
		p.t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	req.Header.Set("Origin", p.base)
	return p.do(req)
}

// documents are what the demonstration publishes, as `laurel verify --documents` reads them.
func (d *demoServer) documents(t *testing.T) fetch.Static {
	t.Helper()
	static, err := fetch.LoadDocuments(d.places.Documents)
	if err != nil {
		t.Fatal(err)
	}
	return static
}

// TestRecordsVerifyElsewhere: what the server hands to a machine verifies with nothing of the server but its published
// documents; the altered copy does not.
func TestRecordsVerifyElsewhere(t *testing.T) {
	d := startDemo(t)
	docs := d.documents(t)
	stranger := d.visitor(t)
	if len(d.places.Learners) != 8 {
		t.Fatalf("%d learners, want 8", len(d.places.Learners))
	}
	for i, l := range d.places.Learners {
		status, body := stranger.get(l.CLR, "Accept", "application/vc")
		if status != http.StatusOK {
			t.Fatalf("%s: status %d", l.Name, status)
		}
		rep := verify.Verify(t.Context(), []byte(body), &verify.Options{Fetcher: docs})
		if rep.Own != verify.Verified || rep.Kind != verify.KindClr || rep.ID != l.CLR || rep.Proof != "eddsa-rdfc-2022" {
			t.Errorf("%s: own verdict %s, kind %s, id %s, proof %s", l.Name, rep.Own, rep.Kind, rep.ID, rep.Proof)
		}
		if i == 0 && rep.Verdict != verify.Verified {
			t.Errorf("%s, the first learner: verdict %s, want verified as a whole", l.Name, rep.Verdict)
		}
		for _, part := range rep.Credentials {
			for _, f := range part.Findings {
				if f.Outcome == verify.Fails && f.Code != "validity.expired" && f.Code != "status.revoked" {
					t.Errorf("%s, %s: %s %s", l.Name, part.Name, f.Code, f.Message)
				}
			}
		}
		if status, page := stranger.get(l.CLR, "Accept", "text/html"); status != http.StatusOK || !strings.Contains(page, "<h1") {
			t.Errorf("%s: the page of the record: status %d", l.Name, status)
		}
	}
	if status, body := stranger.get(d.places.VCAPI.URL + "/issuers"); status != http.StatusOK || !strings.Contains(body, "did:key:") {
		t.Errorf("the VC-API: status %d, %s", status, body)
	}
	_, altered := stranger.get(d.places.Broken.URL, "Accept", "application/json")
	rep := verify.Verify(t.Context(), []byte(altered), &verify.Options{Fetcher: docs})
	if f, ok := rep.Find("proof.signature-mismatch"); !ok || rep.Verdict != verify.Failed {
		t.Errorf("the altered record: verdict %s, finding %+v", rep.Verdict, f)
	}
}

var hidden = regexp.MustCompile(`href="(/desk/imports/[^"/]+)"|action="(/desk/imports/[^"/]+)/create"`)

// TestImportToShare walks the whole way of a file through the pages, without a script: upload, check, drafts, approval by
// a second person, issuing, the learner's record, a share, its reader, and the end of the share.
func TestImportToShare(t *testing.T) {
	d := startDemo(t)
	registrar := d.signedIn(t, d.places.Registrar.URL)
	sheet := "learner_name,learner_email,learner_id,achievement_name,achievement_type,achievement_code,awarded_on,credits,grade\n" +
		"Tevita Fonua,tevita.fonua@rowanvalley.example,RV190012,Scientific Writing,Course,EC 805,2026-10-30,3,A-\n" +
		"Tevita Fonua,tevita.fonua@rowanvalley.example,RV190012,Scientific Writing II,Cours,EC 806,2026-10-30,three,A-\n"
	status, page := registrar.upload("/desk/import", "file", "autumn.csv", []byte(sheet), nil)
	if status != http.StatusOK || !strings.Contains(page, "Did you mean") {
		t.Fatalf("upload: status %d, page without the finding\n%s", status, excerpt(page))
	}
	m := hidden.FindStringSubmatch(page)
	if m == nil {
		t.Fatalf("the check page has no form to create drafts\n%s", excerpt(page))
	}
	batch := m[1] + m[2]
	if status, page = registrar.post(batch+"/create", nil); status != http.StatusOK {
		t.Fatalf("create drafts: status %d\n%s", status, excerpt(page))
	}
	awards, err := d.Registrar.Today(t.Context(), d.actor(t, "ingrid.solheim@rowanvalley.example"))
	if err != nil || awards.Drafts != 4 { // three of the demonstration and this one
		t.Fatalf("drafts: %+v, %v", awards, err)
	}
	// The preparer may not approve; a colleague may.
	before := awards.Drafts
	if status, _ := registrar.post("/desk/approve", d.draftForm(t)); status == http.StatusOK {
		if now, err := d.Registrar.Today(t.Context(), d.actor(t, "ingrid.solheim@rowanvalley.example")); err != nil || now.Drafts != before {
			t.Fatalf("the preparer approved her own drafts: %+v, %v", now, err)
		}
	}
	approver := d.signedIn(t, d.places.Approver.URL)
	if status, page = approver.post("/desk/approve", d.draftForm(t)); status != http.StatusOK {
		t.Fatalf("approve: status %d\n%s", status, excerpt(page))
	}
	if status, page = approver.post("/desk/issue", nil); status != http.StatusOK {
		t.Fatalf("issue: status %d\n%s", status, excerpt(page))
	}
	if err := d.Registrar.Work(t.Context()); err != nil {
		t.Fatal(err)
	}
	tevita := d.places.Learners[7]
	_, body := d.visitor(t).get(tevita.CLR, "Accept", "application/json")
	if !strings.Contains(body, "Scientific Writing") {
		t.Error("the issued record does not have the new course")
	}
	learner := d.signedIn(t, tevita.URL)
	if status, page = learner.get("/my"); status != http.StatusOK || !strings.Contains(page, "Scientific Writing") {
		t.Fatalf("my record: status %d\n%s", status, excerpt(page))
	}
	d.shareAndStop(t, learner)
}

var shareLink = regexp.MustCompile(`http://[^"<\s]+/shares/[A-Z2-7]{26}`)

// shareAndStop shares a whole record, reads it as a stranger, and ends the share.
func (d *demoServer) shareAndStop(t *testing.T, learner *person) {
	t.Helper()
	form := url.Values{"whole": {"yes"}, "audience": {"Island Research Fund"}, "until": {"30"}, "download": {"yes"}}
	if status, page := learner.post("/my/shares/preview", form); status != http.StatusOK || !strings.Contains(page, "Island Research Fund") {
		t.Fatalf("share preview: status %d\n%s", status, excerpt(page))
	}
	status, page := learner.post("/my/shares", form)
	link := shareLink.FindString(page)
	if status != http.StatusOK || link == "" {
		t.Fatalf("share: status %d, link %q\n%s", status, link, excerpt(page))
	}
	reader := d.visitor(t)
	if status, page = reader.get(link); status != http.StatusOK || !strings.Contains(page, "Tevita Fonua") || !strings.Contains(page, "Verified") {
		t.Fatalf("the shared page: status %d\n%s", status, excerpt(page))
	}
	status, page = learner.get("/my/shares")
	stop := regexp.MustCompile(`action="(/my/shares/[^"/]+/stop)"`).FindStringSubmatch(page)
	if status != http.StatusOK || stop == nil {
		t.Fatalf("my shares: status %d\n%s", status, excerpt(page))
	}
	if status, page = learner.post(stop[1], nil); status != http.StatusOK {
		t.Fatalf("stop: status %d\n%s", status, excerpt(page))
	}
	if status, page = reader.get(link); status != http.StatusGone || strings.Contains(page, "Tevita Fonua") {
		t.Fatalf("the ended share: status %d\n%s", status, excerpt(page))
	}
	if status, _ = reader.get(d.base + "/shares/AAAAAAAAAAAAAAAAAAAAAAAAAA"); status != http.StatusNotFound {
		t.Errorf("a guessed share: status %d, want 404", status)
	}
}

// actor is the person with an address, as a session of theirs would act.
func (d *demoServer) actor(t *testing.T, email string) record.Actor {
	t.Helper()
	var a []*record.Account
	err := d.DB.View(t.Context(), func(tx *store.Tx) (err error) {
		a, err = tx.AccountsByEmail(t.Context(), email)
		return err
	})
	if err != nil || len(a) != 1 {
		t.Fatalf("accounts of %s: %v, %v", email, a, err)
	}
	return a[0].Actor()
}

// draftForm ticks every draft.
func (d *demoServer) draftForm(t *testing.T) url.Values {
	t.Helper()
	awards, err := d.Registrar.Awards(t.Context(), d.actor(t, "ingrid.solheim@rowanvalley.example"), registrar.AwardFilter{States: []record.AwardState{record.AwardDraft}})
	if err != nil {
		t.Fatal(err)
	}
	form := url.Values{}
	for _, a := range awards {
		form.Add("award", string(a.ID))
	}
	return form
}

// TestBadUploads: no file of any shape gives a 500 or leaves anything behind.
func TestBadUploads(t *testing.T) {
	d := startDemo(t)
	registrar := d.signedIn(t, d.places.Registrar.URL)
	for name, data := range map[string][]byte{
		"empty.csv": {}, "zero.csv": {0}, "bom.csv": {0xEF, 0xBB, 0xBF}, "half.csv": {0xFF, 0xFE, 'a'}, "png.png": []byte("\x89PNG\r\n\x1a\n\x00"),
		"zip.xlsx": []byte("PK\x03\x04"), "deep.xml": []byte("<CollegeTranscript>" + strings.Repeat("<a>", 10000)), "bomb.xml": []byte(`<!DOCTYPE a [<!ENTITY b "c">]><CollegeTranscript>&b;</CollegeTranscript>`),
		"header.csv": []byte("learner_name,achievement_name,achievement_type,awarded_on\n"), "quotes.csv": []byte("learner_name,achievement_name\n\"a"),
	} {
		if status, page := registrar.upload("/desk/import", "file", name, data, nil); status >= 500 {
			t.Errorf("%s: status %d\n%s", name, status, excerpt(page))
		}
		if status, page := d.visitor(t).upload("/verify", "file", name, data, nil); status >= 500 {
			t.Errorf("verify %s: status %d\n%s", name, status, excerpt(page))
		}
	}
	today, err := d.Registrar.Today(t.Context(), d.actor(t, "ingrid.solheim@rowanvalley.example"))
	if err != nil || today.Drafts != 3 {
		t.Errorf("drafts afterwards: %+v, %v; want the demonstration's 3", today, err)
	}
}

// TestStrangersSeeNothing: without a session the desks and the learner's pages answer with the door, not with data.
func TestStrangersSeeNothing(t *testing.T) {
	d := startDemo(t)
	for _, address := range []string{"/desk", "/desk/people", "/desk/issued", "/desk/keys", "/my", "/my/shares", "/my/data/all.zip"} {
		status, page := d.visitor(t).get(address)
		if strings.Contains(page, "Okafor") || status == http.StatusOK && !strings.Contains(page, "name=\"password\"") {
			t.Errorf("%s: status %d\n%s", address, status, excerpt(page))
		}
	}
	learner := d.signedIn(t, d.places.Learner.URL)
	for _, address := range []string{"/desk", "/desk/people", "/desk/keys"} {
		if status, page := learner.get(address); status == http.StatusOK {
			t.Errorf("a learner opens %s\n%s", address, excerpt(page))
		}
	}
}

// excerpt keeps a failing page readable.
func excerpt(page string) string {
	text := regexp.MustCompile(`(?s)<style.*?</style>|<svg.*?</svg>|<[^>]+>`).ReplaceAllString(page, " ")
	return strings.Join(strings.Fields(text), " ")[:min(1500, len(strings.Join(strings.Fields(text), " ")))]
}
