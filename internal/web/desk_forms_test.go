package web

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
)

// TestRefusedFormsKeepWhatWasTyped: a correction with a bad date, a template with a bad type and a record of no award come
// back as they were typed.
func TestRefusedFormsKeepWhatWasTyped(t *testing.T) {
	d := newDoor(t)
	id := string(d.office.Award("Amara", "Statistics", record.AwardIssued).ID)
	d.want(d.post("the-registrar", "/desk/awards/"+id+"/correct", url.Values{"awarded": {"2025-02-30"}, "term": {"Late Spring"}, "reason": {"misread <day>"}}), http.StatusUnprocessableEntity,
		`value="2025-02-30"`, `value="Late Spring"`, `value="misread &lt;day&gt;"`)
	d.want(d.post("the-registrar", "/desk/templates/edit", url.Values{"name": {"Ours"}, "kind": {"transcript"}, "type": {"Course"}, "extension": {"Hackathon of ours"}, "version": {"0"}}), http.StatusUnprocessableEntity, "Hackathon of ours</textarea>")
	person := "/desk/people/" + string(d.office.Learner("Amara").ID)
	page := d.want(d.ask("the-registrar", http.MethodGet, person+"/assemble?template=whole"), http.StatusOK, " checked", "/preview\"")
	page2 := d.want(d.post("the-registrar", person+"/assemble", url.Values{"act": {"assemble"}, "template": {"whole"}}), http.StatusUnprocessableEntity, `name="item"`)
	if strings.Contains(page2, " checked") {
		t.Error("the boxes that were emptied are ticked again")
	}
	items := regexp.MustCompile(`name="item" value="([^"]+)"`).FindAllStringSubmatch(page, -1)
	if len(items) != 2 {
		t.Fatalf("Amara has %d signed awards", len(items))
	}
	one := d.want(d.ask("the-registrar", http.MethodGet, person+"/preview?act=assemble&template=whole&item="+items[0][1]), http.StatusOK, "view=machine&amp;item="+items[0][1])
	if strings.Contains(one, "Statistics") == strings.Contains(one, "Data Science") {
		t.Error("what is shown first is not what was ticked")
	}
}

// TestTwoAtOneDraft: the second to save is told so and overwrites nothing unseen.
func TestTwoAtOneDraft(t *testing.T) {
	d := newDoor(t)
	d.office.Import(registrartest.Header + "Kim Lee,kim@example.edu,77,First Aid,Certificate,FA-1,Helping,Pass,2025-03-01,,,\n")
	path := "/desk/awards/" + string(d.office.Award("Kim", "First Aid", record.AwardDraft).ID)
	version := regexp.MustCompile(`name="version" value="(\d+)"`)
	seen := version.FindStringSubmatch(d.want(d.ask("the-registrar", http.MethodGet, path), http.StatusOK))[1]
	d.want(d.post("the-registrar", path+"/change", url.Values{"version": {seen}, "term": {"Mine"}}), http.StatusSeeOther)
	page := d.want(d.post("the-registrar", path+"/change", url.Values{"version": {seen}, "term": {"Theirs"}}), http.StatusConflict, "omebody else changed this draft", `value="Theirs"`)
	if got := d.office.Award("Kim", "First Aid", record.AwardDraft).Detail.Term; got != "Mine" {
		t.Errorf("the term is %q", got)
	}
	d.want(d.post("the-registrar", path+"/change", url.Values{"version": {version.FindStringSubmatch(page)[1]}, "term": {"Theirs"}, "expires": {"2031-03-01"}}), http.StatusSeeOther)
	d.want(d.ask("the-approver", http.MethodGet, "/desk/approve"), http.StatusOK, "Valid until", "2031")
	d.want(d.ask("the-approver", http.MethodGet, path), http.StatusOK, "Valid until")
}

// TestControlsOfOthersAreNotShown: who approves sees neither the import nor the erasures.
func TestControlsOfOthersAreNotShown(t *testing.T) {
	d := newDoor(t)
	for who, may := range map[string]bool{"the-registrar": true, "the-approver": false} {
		page := d.want(d.ask(who, http.MethodGet, "/desk/audit"), http.StatusOK)
		for _, control := range []string{`href="/desk/import"`, `action="/desk/erasures"`} {
			if strings.Contains(page, control) != may {
				t.Errorf("%s to %s: shown is %v, want %v", control, who, !may, may)
			}
		}
	}
}

// TestARunWithNobodyToTell: where everybody of a run has an account, nobody is to be told by letter.
func TestARunWithNobodyToTell(t *testing.T) {
	d := newDoor(t)
	for row, tell := range map[string]bool{"Kim Lee,kim@example.edu,77": true, "Amara Okafor,amara@example.edu,1001": false} {
		d.office.Import(registrartest.Header + row + ",First Aid,Certificate,FA-1,Helping,Pass,2025-03-01,,,\n")
		run := "/desk/runs/" + string(d.office.Issue().ID)
		page := d.want(d.ask("the-registrar", http.MethodGet, run), http.StatusOK, "/desk/deliveries?run=")
		if strings.Contains(page, "Tell the learners") != tell {
			t.Errorf("%s is to be told: %v, want %v", row, !tell, tell)
		}
	}
}

// TestAStatementOfTwoWindows: the second window to save is told so, and keeps what was typed.
func TestAStatementOfTwoWindows(t *testing.T) {
	d := newDoor(t)
	w := d.post("amara", "/my/stated", url.Values{"name": {"Talk"}, "description": {"I spoke."}, "type": {"Achievement"}})
	d.want(w, http.StatusSeeOther)
	path, _, _ := strings.Cut(w.Header().Get("Location"), "?")
	seen := regexp.MustCompile(`name="version" value="(\d+)"`).FindStringSubmatch(d.want(d.ask("amara", http.MethodGet, path), http.StatusOK))[1]
	d.want(d.post("amara", path, url.Values{"name": {"Talk one"}, "description": {"I spoke."}, "type": {"Achievement"}, "version": {seen}}), http.StatusSeeOther)
	d.want(d.post("amara", path, url.Values{"name": {"Talk two"}, "description": {"I spoke."}, "type": {"Achievement"}, "version": {seen}}), http.StatusConflict, `value="Talk two"`)
}
