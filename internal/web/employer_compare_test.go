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
	d.want(d.compareBoth(strings.Repeat("https://elsewhere.example/1 ", 21), profile, nil), http.StatusUnprocessableEntity)
}
