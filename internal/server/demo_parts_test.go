package server

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/verify"
)

// TestDemoHidesAGrade: with nothing but the demonstration a learner shares a course without its grade; the reader sees that
// something was left out and that she signed it, and what they take away verifies elsewhere and does not have the grade. Then
// she deletes her account: the link opens no more, and her record is still there for the office.
func TestDemoHidesAGrade(t *testing.T) {
	d := startDemo(t)
	amara := d.signedIn(t, d.places.Learner.URL)
	_, page := amara.get("/my/shares/new")
	hide := regexp.MustCompile(`name="hide" value="(result ([^"]+))"`).FindAllStringSubmatch(page, -1)
	if len(hide) != 3 {
		t.Fatalf("%d items can be shown without their grade, want 3\n%s", len(hide), excerpt(page))
	}
	form := url.Values{"until": {"30"}, "download": {"yes"}, "item": {hide[0][2], hide[1][2]}, "hide": {hide[0][1]}, "signed": {"yes"}}
	_, page = amara.post("/my/shares", form)
	link := shareLink.FindString(page)
	reader := d.visitor(t)
	status, page := reader.get(link)
	if status != http.StatusOK || !strings.Contains(page, "were left out by the person who shares them") || !strings.Contains(page, "2 of 2 items are genuine and current") || !strings.Contains(page, "Signed by the holder.") {
		t.Fatalf("the shared page: status %d\n%s", status, excerpt(page))
	}
	_, signed := reader.get(link + "/as/presentation")
	if rep := verify.Verify(t.Context(), []byte(signed), &verify.Options{Fetcher: d.documents(t)}); rep.Verdict != verify.Verified || len(rep.Credentials) != 2 {
		t.Errorf("what was signed: %s with %d credentials\n%.600s", rep.Verdict, len(rep.Credentials), signed)
	}
	for position, whole := range []bool{false, true} {
		_, body := reader.get(link + "/files/" + string(rune('0'+position)))
		rep := verify.Verify(t.Context(), []byte(body), &verify.Options{Fetcher: d.documents(t)})
		if rep.Verdict != verify.Verified || rep.Proof != "ecdsa-sd-2023" || strings.Contains(body, `"result":`) != whole {
			t.Errorf("document %d: %s, %s, with its result: %t\n%.600s", position, rep.Verdict, rep.Proof, !whole, body)
		}
	}
	if status, page = amara.post("/my/leave", url.Values{"sure": {"somebody@rowanvalley.example"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("leaving without being sure: status %d\n%s", status, excerpt(page))
	}
	if status, page = amara.post("/my/leave", url.Values{"sure": {"amara.okafor@rowanvalley.example"}}); status != http.StatusOK || !strings.Contains(page, "are deleted") {
		t.Errorf("leaving: status %d\n%s", status, excerpt(page))
	}
	if status, _ = amara.get("/my"); status == http.StatusOK {
		if _, page = amara.get("/my"); strings.Contains(page, "Okafor") {
			t.Errorf("who left is still signed in\n%s", excerpt(page))
		}
	}
	if status, _ = reader.get(link); status != http.StatusNotFound {
		t.Errorf("the link of who left: status %d", status)
	}
	if _, body := reader.get(d.places.Learner.CLR, "Accept", "application/vc"); verify.Verify(t.Context(), []byte(body), &verify.Options{Fetcher: d.documents(t)}).Verdict != verify.Verified {
		t.Error("the record of who left does not verify")
	}
}
