package web

import (
	"bytes"
	"context"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// door is the whole site over a real office with issued records.
type door struct {
	*testing.T
	office *registrartest.Office
	site   *Site
	people map[string]record.AccountID // by role, and "amara"
}

// byHeader is a session kept in a header: what a session is made of is the server's affair.
type byHeader struct{}

func (byHeader) Account(r *http.Request) record.AccountID {
	return record.AccountID(r.Header.Get("Test-Account"))
}
func (byHeader) SignIn(w http.ResponseWriter, _ *http.Request, id record.AccountID) error {
	w.Header().Set("Test-Account", string(id))
	return nil
}
func (byHeader) SignOut(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Test-Account", "none")
	return nil
}

// shelf answers for what is published, as the server does.
type shelf struct{ db *store.DB }

func (s shelf) Institutions(ctx context.Context) (out []*record.Institution, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Institutions(ctx); return err })
	return out, err
}
func (s shelf) Achievement(ctx context.Context, id record.AchievementID) (out *record.Achievement, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Achievement(ctx, id); return err })
	return out, err
}
func (s shelf) Associations(ctx context.Context, id record.InstitutionID) (out []record.Association, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Associations(ctx, id); return err })
	return out, err
}
func (s shelf) Document(ctx context.Context, url string) (out *record.Document, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) (err error) { out, err = tx.Document(ctx, url); return err })
	return out, err
}

func newDoor(t *testing.T) *door {
	t.Helper()
	db := storetest.SQLite(t)
	o := registrartest.New(t, db)
	o.Import(registrartest.Sheet)
	o.Issue()
	accounts := &account.Desk{DB: db, Now: o.Now}
	programs, err := oauth.New(oauth.Options{DB: db, Issuer: o.Institution.BaseURL})
	if err != nil {
		t.Fatal(err)
	}
	queue, err := jobs.Open(t.Context(), db, nil)
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	if o.Desk.Letters, err = mail.NewWriter(); err != nil {
		t.Fatal(err)
	}
	outside := &learner.Outside{Client: fetch.NewHTTP(nil).Client(), Seal: keys.SealSecret, Open: keys.OpenSecret, Queue: queue, PublicURL: o.Institution.BaseURL}
	site, err := New(Deps{
		Accounts: accounts, Registrar: o.Desk, Learner: &learner.Desk{DB: db, Now: o.Now, Outside: outside}, OAuth: programs, Employer: &employer.Desk{DB: db, Now: o.Now},
		Classroom: &classroom.Desk{DB: db, Registrar: o.Desk, Keys: o.Desk.Keys, PublicURL: o.Institution.BaseURL, Now: o.Now, Client: fetch.NewHTTP(nil).Client()},
		Published: shelf{db}, Sessions: byHeader{}, APIKeys: &api.Keys{DB: db, Now: o.Now}, Hooks: &api.Hooks{DB: db, Now: o.Now}, PublicURL: o.Institution.BaseURL, Now: o.Now,
	})
	if err != nil {
		t.Fatal(err)
	}
	d := &door{T: t, office: o, site: site, people: map[string]record.AccountID{"stranger": ""}}
	add := func(name string, n account.NewAccount) {
		n.Institution, n.Name = o.Institution.ID, name
		if n.Email == "" {
			n.Email = name + "@example.edu"
		}
		a, err := accounts.Add(t.Context(), record.System(o.Institution.ID), n)
		if err != nil {
			// Whoever may make staff is an operator's affair; the test is one.
			op := record.Actor{Account: "operator", Institution: o.Institution.ID, Roles: []record.Role{record.RoleOperator}}
			if a, err = accounts.Add(t.Context(), op, n); err != nil {
				t.Fatal(name, err)
			}
		}
		d.people[name] = a.ID
	}
	for _, r := range record.Roles {
		if r != record.RoleLearner {
			add("the-"+string(r), account.NewAccount{Roles: []record.Role{r}})
		}
	}
	add("amara", account.NewAccount{Roles: []record.Role{record.RoleLearner}, Learner: o.LearnerActor("Amara").Learner})
	return d
}

// ask sends one request as a person and gives the answer.
func (d *door) ask(who, method, path string, header ...string) *httptest.ResponseRecorder {
	d.Helper()
	return d.send(who, httptest.NewRequestWithContext(d.Context(), method, path, nil), header...)
}

func (d *door) post(who, path string, form url.Values, header ...string) *httptest.ResponseRecorder {
	d.Helper()
	r := httptest.NewRequestWithContext(d.Context(), http.MethodPost, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return d.send(who, r, header...)
}

func (d *door) send(who string, r *http.Request, header ...string) *httptest.ResponseRecorder {
	d.Helper()
	id, known := d.people[who]
	if !known {
		d.Fatalf("nobody is called %s", who)
	}
	if id != "" {
		r.Header.Set("Test-Account", string(id))
	}
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/html")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	d.site.ServeHTTP(w, r)
	if got := w.Header().Get("Content-Security-Policy"); got != contentPolicy && !strings.HasPrefix(r.URL.Path, "/lti/") { // framed by platforms: TestLaunchAtTheDoor
		d.Errorf("%s %s: content policy %q", r.Method, r.URL.Path, got)
	}
	if w.Code >= 500 {
		d.Errorf("%s %s as %s: %d\n%s", r.Method, r.URL.Path, who, w.Code, w.Body)
	}
	return w
}

func (d *door) want(w *httptest.ResponseRecorder, status int, texts ...string) string {
	d.Helper()
	body := w.Body.String()
	if w.Code != status {
		d.Fatalf("status %d, want %d\n%s", w.Code, status, body)
	}
	for _, text := range texts {
		if !strings.Contains(body, text) {
			d.Errorf("the page does not say %q\n%s", text, mainPart.FindString(body))
		}
	}
	return body
}

// TestWhoMayComeWhere is the matrix of every route and every role: a new route is in it by itself.
func TestWhoMayComeWhere(t *testing.T) {
	d := newDoor(t)
	for _, rt := range table {
		method, path, _ := strings.Cut(rt.pattern, " ")
		path = strings.NewReplacer("{$}", "", "{id}", "00000000-0000-4000-8000-000000000000", "{token}", "AAAAAAAAAAAAAAAAAAAAAAAAAA", "{slug}", "nobody", "{list}", "1", "{batch}", "1", "{act}", "revoke", "{position}", "0").Replace(path)
		for who := range d.people {
			w := d.ask(who, method, path)
			actor := record.Actor{}
			if id := d.people[who]; id != "" {
				var err error
				if actor, err = d.site.deps.Accounts.Actor(t.Context(), id); err != nil {
					t.Fatal(err)
				}
			}
			may := len(rt.roles) == 0 || actor.Has(rt.roles...)
			switch {
			case may && w.Code == http.StatusSeeOther && strings.HasPrefix(w.Header().Get("Location"), "/sign-in"):
				t.Errorf("%s as %s: sent to sign in", rt.pattern, who)
			case !may && who == "stranger" && w.Code != http.StatusSeeOther:
				t.Errorf("%s as a stranger: %d", rt.pattern, w.Code)
			case !may && who != "stranger" && w.Code != http.StatusNotFound:
				t.Errorf("%s as %s: %d, want 404", rt.pattern, who, w.Code)
			}
		}
	}
}

// TestHeaders: personal pages are kept by no cache and no search engine, and name themselves to nobody.
func TestHeaders(t *testing.T) {
	d := newDoor(t)
	for _, path := range []string{"/my", "/my/shares", "/my/data", "/my/shares/new"} {
		w := d.ask("amara", http.MethodGet, path)
		d.want(w, http.StatusOK)
		for name, want := range map[string]string{"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex, nofollow", "Referrer-Policy": "no-referrer", "X-Content-Type-Options": "nosniff"} {
			if got := w.Header().Get(name); got != want {
				t.Errorf("%s: %s %q, want %q", path, name, got, want)
			}
		}
	}
	w := d.post("amara", "/my/shares", url.Values{"whole": {"yes"}, "until": {"7"}}, "Sec-Fetch-Site", "cross-site", "Origin", "https://evil.example")
	d.want(w, http.StatusForbidden, "another site")
	d.want(d.ask("stranger", http.MethodGet, "/nowhere"), http.StatusNotFound, "nothing at this address")
	for path := range d.site.assets.bodies {
		w := d.ask("stranger", http.MethodGet, path)
		if w.Code != http.StatusOK || !strings.Contains(w.Header().Get("Cache-Control"), "immutable") {
			t.Errorf("%s: %d %q", path, w.Code, w.Header().Get("Cache-Control"))
		}
	}
}

// TestSignInGoesOnlyHome: no form of address leads a person elsewhere after signing in.
func TestSignInGoesOnlyHome(t *testing.T) {
	for next, want := range map[string]string{
		"/my/shares": "/my/shares", "/desk?x=1": "/desk", "//evil.example": "", "/\\evil.example": "", "https://evil.example/my": "", "/my\r\nX: y": "",
		"javascript:alert(1)": "", "/mything": "", "http:/my": "", "///my": "", "": "", "/verify": "", "%2f%2fevil.example": "",
	} {
		if got := localPath(next); got != want {
			t.Errorf("next=%q goes to %q, want %q", next, got, want)
		}
	}
}

var (
	shareLink = regexp.MustCompile(`value="[^"]*(/shares/[^"]+)"`)
	stopForm  = regexp.MustCompile(`action="(/my/shares/[^"]+/stop)"`)
	itemValue = regexp.MustCompile(`name="item" value="([^"]+)"`)
)

// TestShareFromEndToEnd: choose, preview, make, open, be counted, stop.
func TestShareFromEndToEnd(t *testing.T) {
	d := newDoor(t)
	d.want(d.ask("amara", http.MethodGet, "/my"), http.StatusOK, "Amara", "genuine and current")
	form := d.want(d.ask("amara", http.MethodGet, "/my/shares/new"), http.StatusOK)
	items := itemValue.FindAllStringSubmatch(form, -1)
	if len(items) == 0 {
		t.Fatal("nothing can be chosen")
	}
	d.want(d.post("amara", "/my/shares/preview", url.Values{"until": {"30"}}), http.StatusUnprocessableEntity, "Choose at least one item")
	answer := url.Values{"item": {items[0][1]}, "until": {"30"}, "audience": {"City Transit"}, "download": {"yes"}, "passcode": {"open sesame"}}
	d.want(d.post("amara", "/my/shares/preview", answer), http.StatusOK, "They will see one item", "City Transit")
	made := d.want(d.post("amara", "/my/shares", answer), http.StatusOK, "<svg class=\"qr\"")
	link := shareLink.FindStringSubmatch(made)
	if link == nil {
		t.Fatalf("no link in the page\n%s", made)
	}
	d.want(d.ask("stranger", http.MethodGet, link[1]), http.StatusForbidden, "passcode")
	d.want(d.post("stranger", link[1], url.Values{"passcode": {"wrong"}}), http.StatusForbidden, "That is not the passcode")
	opened := d.post("stranger", link[1], url.Values{"passcode": {"open sesame"}})
	d.want(opened, http.StatusOK, "Verified", "City Transit", "/files/")
	cookie := opened.Header().Get("Set-Cookie")
	if !strings.Contains(cookie, "HttpOnly") || !strings.Contains(cookie, "Path="+link[1]) {
		t.Errorf("the passcode is kept loosely: %s", cookie)
	}
	file := regexp.MustCompile(`/shares/[^"]+/files/\d+`).FindString(opened.Body.String())
	w := d.ask("stranger", http.MethodGet, file, "Cookie", cookie)
	d.want(w, http.StatusOK, `"proof"`)
	if !strings.HasPrefix(w.Header().Get("Content-Disposition"), "attachment") {
		t.Error("the file opens in the page")
	}
	list := d.want(d.ask("amara", http.MethodGet, "/my/shares"), http.StatusOK, "City Transit", "opened once")
	d.want(d.post("amara", stopForm.FindStringSubmatch(list)[1], nil), http.StatusSeeOther)
	d.want(d.ask("stranger", http.MethodGet, link[1], "Cookie", cookie), http.StatusGone, "stopped this link")
	d.want(d.ask("stranger", http.MethodGet, "/shares/AAAAAAAAAAAAAAAAAAAAAAAAAA"), http.StatusNotFound, "no record behind")
}

// TestOneAddressTwoReaders: a credential, an achievement, an issuer and a status list are a document to a program and a
// page to a person, and the document is exactly what is kept.
func TestOneAddressTwoReaders(t *testing.T) {
	d := newDoor(t)
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	path := "/records/" + mine.Credential.PathID
	for _, accept := range []string{"application/ld+json", "application/vc", "*/*", "application/json, text/html;q=0.5"} {
		w := d.ask("amara", http.MethodGet, path, "Accept", accept)
		if !bytes.Equal(w.Body.Bytes(), mine.Credential.Bytes) {
			t.Errorf("Accept %s: not the signed bytes (%s)", accept, w.Header().Get("Content-Type"))
		}
		if w.Header().Get("Vary") != "Accept" {
			t.Errorf("Accept %s: Vary %q", accept, w.Header().Get("Vary"))
		}
	}
	d.want(d.ask("amara", http.MethodGet, path, "Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"), http.StatusOK, "<h1>", "Amara")
	all, err := d.office.Desk.Catalogue(t.Context(), d.office.Registrar, "")
	if err != nil || len(all) == 0 {
		t.Fatal(err)
	}
	d.want(d.ask("stranger", http.MethodGet, "/achievements/"+string(all[0].ID)), http.StatusOK, "<h1>", all[0].Name)
	d.want(d.ask("stranger", http.MethodGet, "/achievements/"+string(all[0].ID), "Accept", "application/json"), http.StatusOK, `"@context"`, all[0].IRI)
	issuer := "/issuers/" + d.office.Institution.Slug
	d.want(d.ask("stranger", http.MethodGet, issuer), http.StatusOK, d.office.Institution.Name, "did:web:")
	d.want(d.ask("stranger", http.MethodGet, issuer, "Accept", "application/json"), http.StatusOK, `"Profile"`)
}

// TestVerifyAnything: whatever is given to the verifier, the answer is a page that says something.
func TestVerifyAnything(t *testing.T) {
	d := newDoor(t)
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	altered := bytes.Replace(mine.Credential.Bytes, []byte("Amara"), []byte("Imara"), 1)
	for name, c := range map[string]struct {
		input []byte
		says  string
	}{
		"the record": {mine.Credential.Bytes, "What was checked"}, "altered": {altered, "Not verified"}, "not JSON": {[]byte("hello"), "What the check found"}, "a number": {[]byte("1"), "What the check found"},
		"an array of arrays": {bytes.Repeat([]byte("["), 100000), "What the check found"}, "zeros": {make([]byte, 1000), "What the check found"}, "half a picture": {[]byte("\x89PNG\r\n\x1a\n"), "What the check found"},
		"script": {[]byte(`{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential"],"name":"<script>alert(1)</script>"}`), "&lt;script&gt;"},
	} {
		t.Run(name, func(t *testing.T) {
			body := d.want(d.upload("stranger", "/verify", "file", "x.json", c.input), http.StatusOK, c.says)
			if strings.Contains(body, "<script>alert") {
				t.Error("text became markup")
			}
		})
	}
	d.want(d.upload("stranger", "/verify", "file", "x", nil), http.StatusUnprocessableEntity, "Choose a file")
	d.want(d.post("stranger", "/verify", url.Values{"text": {"https://example.org/x"}}), http.StatusUnprocessableEntity, "fetches nothing")
}

// upload sends one file as a browser does.
func (d *door) upload(who, path, field, name string, data []byte) *httptest.ResponseRecorder {
	d.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err == nil {
		_, err = part.Write(data)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		d.Fatal(err)
	}
	r := httptest.NewRequestWithContext(d.Context(), http.MethodPost, path, &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return d.send(who, r)
}

// TestTooMuch: a body beyond a route's limit is refused with a sentence.
func TestTooMuch(t *testing.T) {
	d := newDoor(t)
	r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/sign-in", io.LimitReader(zeros{}, maxForm+1<<20))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	d.want(d.send("stranger", r), http.StatusRequestEntityTooLarge, "too large")
	for _, body := range []string{"--x\r\n", "--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc", "", "--y--"} {
		r := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/verify", strings.NewReader(body))
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		if w := d.send("stranger", r); w.Code != http.StatusUnprocessableEntity {
			t.Errorf("half a form %q: %d", body, w.Code)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'a'
	}
	return len(p), nil
}

// TestImportFromEndToEnd: a sheet with a bad row is checked, drafted, approved by another person, signed and corrected.
func TestImportFromEndToEnd(t *testing.T) {
	d := newDoor(t)
	d.want(d.upload("the-registrar", "/desk/import", "file", "x.bin", []byte{0, 1, 2, 3}), http.StatusUnprocessableEntity, "<form")
	sheet := registrartest.Header + "Kim Lee,kim@example.edu,77,First Aid,Certificate,FA-1,Helping,Pass,2025-03-01,,,\nKim Lee,kim@example.edu,77,Second Aid,Certificate,FA-2,Helping,Pass,2025-02-30,,,\n"
	w := d.upload("the-registrar", "/desk/import", "file", "spring.csv", []byte(sheet))
	d.want(w, http.StatusSeeOther)
	at := w.Header().Get("Location")
	d.want(d.ask("the-registrar", http.MethodGet, at), http.StatusOK, "spring.csv", "First Aid", "2025-02-30", "Create 1 draft")
	d.want(d.post("the-registrar", at+"/create", nil), http.StatusSeeOther)
	drafts := d.want(d.ask("the-approver", http.MethodGet, "/desk/drafts"), http.StatusOK, "First Aid", "Review and approve all")
	d.want(d.ask("the-approver", http.MethodGet, "/desk/approve"), http.StatusOK, "A sample to open", "Kim Lee")
	id := regexp.MustCompile(`/desk/awards/([^"]+)`).FindStringSubmatch(drafts)[1]
	d.want(d.ask("the-registrar", http.MethodGet, "/desk/awards/"+id), http.StatusOK, "Change the draft")
	d.want(d.post("the-registrar", "/desk/awards/"+id+"/change", url.Values{"awarded": {"2025-03-02"}, "term": {"Spring"}, "credits": {""}, "expires": {""}}), http.StatusSeeOther)
	d.want(d.post("the-approver", "/desk/approve", url.Values{"award": {id}}), http.StatusSeeOther)
	d.want(d.ask("the-approver", http.MethodGet, "/desk/drafts"), http.StatusOK, "Sign 1 award")
	w = d.post("the-registrar", "/desk/issue", nil)
	d.want(w, http.StatusSeeOther)
	d.want(d.ask("the-registrar", http.MethodGet, w.Header().Get("Location")), http.StatusOK, "Kim Lee")
	for _, path := range []string{"/desk", "/desk/issued", "/desk/people", "/desk/catalogue", "/desk/keys"} {
		d.want(d.ask("the-registrar", http.MethodGet, path), http.StatusOK, "<h1>")
	}
}

// TestVerifyOurOwnAddress: an address of this server's is read from itself, for whoever asks, and a share leads to where it
// is shown.
func TestVerifyOurOwnAddress(t *testing.T) {
	d := newDoor(t)
	d.want(d.post("stranger", "/verify", url.Values{"text": {"http://example.com/records/nothing"}}), http.StatusUnprocessableEntity, "There is no record at this address")
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	const hidden, shown = "or it is not for you", "What the check found"
	address := "http://example.com/records/" + mine.Credential.PathID
	d.want(d.post("stranger", "/verify", url.Values{"text": {address}}), http.StatusUnprocessableEntity, hidden)
	d.want(d.post("amara", "/verify", url.Values{"text": {address}}), http.StatusOK, shown, "Amara")
	i, err := d.office.Desk.Institution(t.Context(), d.office.Registrar)
	if err != nil {
		t.Fatal(err)
	}
	i.Policy.OpenRecords = true
	if _, err := d.office.Desk.ChangeProfile(t.Context(), d.office.Registrar, registrar.ProfileChange{Name: i.Name, Profile: i.Profile, Policy: i.Policy, Version: i.Version}); err != nil {
		t.Fatal(err)
	}
	for _, as := range []string{address, address + "?as=json", address + "#top"} { // as a record names itself, and as its page links to its data
		d.want(d.post("stranger", "/verify", url.Values{"text": {as}}), http.StatusOK, shown, "Amara")
	}
	w := d.post("stranger", "/verify", url.Values{"text": {"http://example.com/shares/ABC"}})
	if w.Code != http.StatusSeeOther || w.Header().Get("Location") != "/shares/ABC" {
		t.Errorf("a share: %d to %q", w.Code, w.Header().Get("Location"))
	}
	d.want(d.post("stranger", "/verify", url.Values{"text": {"http://other.example/records/1"}}), http.StatusOK, "What the check found")
}

// TestOtherMethods: an address that is there says what it takes (RFC 9110, 15.5.6), one that is not is not found.
func TestOtherMethods(t *testing.T) {
	d := newDoor(t)
	for _, c := range []struct {
		method, path string
		status       int
		allow        string
	}{
		{http.MethodDelete, "/verify", http.StatusMethodNotAllowed, "GET, HEAD, POST, OPTIONS"},
		{http.MethodPost, "/about", http.StatusMethodNotAllowed, "GET, HEAD, OPTIONS"},
		{http.MethodOptions, "/issuers/" + d.office.Institution.Slug, http.StatusNoContent, "GET, HEAD, OPTIONS"},
		{http.MethodOptions, "/nothing", http.StatusNotFound, ""},
		{http.MethodHead, "/about", http.StatusOK, ""},
		{http.MethodGet, "/robots.txt", http.StatusOK, ""},
		{http.MethodGet, "/favicon.ico", http.StatusFound, ""},
	} {
		w := d.ask("stranger", c.method, c.path)
		if w.Code != c.status || w.Header().Get("Allow") != c.allow {
			t.Errorf("%s %s: %d, Allow %q; want %d, %q", c.method, c.path, w.Code, w.Header().Get("Allow"), c.status, c.allow)
		}
	}
}
