package web

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var inlineFile = regexp.MustCompile(`href="data:([a-z/]+)[^,"]*;base64,([^"]+)" download="([a-z.]+)"`)

// compareBoth sends the form of /compare: links, files and a profile.
func (d *door) compareBoth(links, profile string, files map[string][]byte) *httptest.ResponseRecorder {
	d.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part := func(field, name string, b []byte) {
		w, err := form.CreateFormFile(field, name)
		if err == nil {
			_, err = w.Write(b)
		}
		if err != nil {
			d.Fatal(err)
		}
	}
	if err := form.WriteField("links", links); err != nil {
		d.Fatal(err)
	}
	part("profile", "profile.csv", []byte(profile))
	for name, b := range files {
		part("record", name, b)
	}
	if err := form.Close(); err != nil {
		d.Fatal(err)
	}
	r := httptest.NewRequestWithContext(d.Context(), http.MethodPost, "/compare", &body)
	r.Header.Set("Content-Type", form.FormDataContentType())
	return d.send("stranger", r)
}

// TestCompareSeveral: a share by its link and a file stand side by side, row by row, and the comparison goes home as a file
// that has no total, no order of people, and no formula.
func TestCompareSeveral(t *testing.T) {
	d := newDoor(t)
	items := itemValue.FindAllStringSubmatch(d.want(d.ask("amara", http.MethodGet, "/my/shares/new"), http.StatusOK), -1)
	made := d.want(d.post("amara", "/my/shares", url.Values{"item": {items[0][1]}, "until": {"30"}}), http.StatusOK)
	link := shareLink.FindStringSubmatch(made)
	if link == nil {
		t.Fatal("no link in the page")
	}
	mine, err := d.site.deps.Learner.MyRecord(t.Context(), d.office.LearnerActor("Amara"))
	if err != nil {
		t.Fatal(err)
	}
	const profile = "skill,name,essential\nhttps://skills.example/1,=HYPERLINK(1),yes\nhttps://skills.example/2,Data cleaning,no\n"
	address := d.site.deps.PublicURL + link[1]
	body := d.want(d.compareBoth(address, profile, map[string][]byte{"second.json": mine.Credential.Bytes}), http.StatusOK, "second.json", "Amara", "Data cleaning")
	found := map[string][]byte{}
	for _, m := range inlineFile.FindAllStringSubmatch(body, -1) {
		b, err := base64.StdEncoding.DecodeString(strings.NewReplacer("&#43;", "+", "%2b", "+").Replace(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		found[m[3]] = b
	}
	rows, err := csv.NewReader(bytes.NewReader(found["comparison.csv"])).ReadAll()
	if err != nil || len(rows) != 5 { // two requirements by two records, and the head
		t.Fatalf("%d rows, %v\n%s", len(rows), err, found["comparison.csv"])
	}
	if rows[1][5] != "'=HYPERLINK(1)" {
		t.Errorf("a formula: %q", rows[1][5])
	}
	for _, column := range rows[0] {
		if strings.Contains(column, "score") || strings.Contains(column, "total") || strings.Contains(column, "rank") {
			t.Errorf("a column %q", column)
		}
	}
	var data comparisonFile
	if err := json.Unmarshal(found["comparison.json"], &data); err != nil {
		t.Fatal(err)
	}
	if len(data.Records) != 2 || len(data.Asked) != 2 || len(data.Asked[0].Shown) != 2 || len(data.Profile.SHA256) != 64 || data.AsOf.IsZero() {
		t.Errorf("%+v", data)
	}
	d.want(d.compareBoth("", profile, nil), http.StatusUnprocessableEntity, "Choose at least one record")
	d.want(d.compareBoth(d.site.deps.PublicURL+"/shares/AAAAAAAAAAAAAAAAAAAAAAAAAA", profile, nil), http.StatusUnprocessableEntity, "could not be read")
	d.want(d.compareBoth("ftp://x.example/1", profile, nil), http.StatusUnprocessableEntity, "no address of the web")
	d.want(d.compareBoth("https://elsewhere.example/1", profile, nil), http.StatusUnprocessableEntity, "fetches nothing")
	d.want(d.compareBoth(strings.Repeat(address+"\n", 21), profile, nil), http.StatusUnprocessableEntity)
}

// TestCompareSaysWhatItLeftOut: a link with a passcode opens with it and not without, and a row of a table that names no
// skill by its address is named on the page and in the file.
func TestCompareSaysWhatItLeftOut(t *testing.T) {
	d := newDoor(t)
	items := itemValue.FindAllStringSubmatch(d.want(d.ask("amara", http.MethodGet, "/my/shares/new"), http.StatusOK), -1)
	made := d.want(d.post("amara", "/my/shares", url.Values{"item": {items[0][1]}, "until": {"30"}, "passcode": {"blue heron 7"}}), http.StatusOK)
	if strings.Contains(made, "linkedin.com") {
		t.Error("a link that asks for a passcode is offered for a public profile")
	}
	link := shareLink.FindStringSubmatch(made)
	if link == nil {
		t.Fatal("no link in the page")
	}
	address := d.site.deps.PublicURL + link[1]
	const profile = "skill,name\nhttps://skills.example/2,Data cleaning\nSQL,Querying databases\n"
	d.want(d.compareBoth(address, profile, nil), http.StatusUnprocessableEntity, "could not be read")
	d.want(d.compareBoth(address+" green heron", profile, nil), http.StatusUnprocessableEntity, "could not be read")
	body := d.want(d.compareBoth(address+" blue heron 7\n", profile, nil), http.StatusOK, "Amara", "1 line was not compared", "SQL, Querying databases")
	for _, m := range inlineFile.FindAllStringSubmatch(body, -1) {
		b, err := base64.StdEncoding.DecodeString(strings.NewReplacer("&#43;", "+", "%2b", "+").Replace(m[2]))
		if err != nil {
			t.Fatal(err)
		}
		if m[3] == "comparison.json" && !bytes.Contains(b, []byte(`"SQL, Querying databases"`)) {
			t.Errorf("the file does not say what was left out: %s", b)
		}
	}
}

// TestLinkedInIsAskedNothing: the address for a profile stands on the page of a new link, encoded, and is a plain link: it
// tells nothing before it is followed, and then not where from.
func TestLinkedInIsAskedNothing(t *testing.T) {
	d := newDoor(t)
	items := itemValue.FindAllStringSubmatch(d.want(d.ask("amara", http.MethodGet, "/my/shares/new?for=linkedin"), http.StatusOK, `value="never" checked`), -1)
	w := d.post("amara", "/my/shares", url.Values{"item": {items[0][1]}, "until": {"never"}})
	body := d.want(w, http.StatusOK, `rel="noopener noreferrer">Add to LinkedIn`)
	link := shareLink.FindStringSubmatch(body)
	if link == nil || !strings.Contains(body, "certUrl="+url.QueryEscape(d.site.deps.PublicURL+link[1])) {
		t.Errorf("the profile does not point to %v", link)
	}
	if strings.Contains(body, "This link ends") {
		t.Error("says of a link with no end that it ends")
	}
	if n := strings.Count(body, "linkedin.com"); n != 1 || strings.Contains(w.Header().Get("Content-Security-Policy"), "linkedin") {
		t.Errorf("%d mentions of LinkedIn, policy %s", n, w.Header().Get("Content-Security-Policy"))
	}
	d.want(d.post("amara", "/my/shares", url.Values{"item": {items[0][1]}, "until": {"30"}}), http.StatusOK, "This link ends")
}
