package classroom_test

import (
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// states are what became of each subject.
func (s *school) states(link string) map[string]record.ClassroomResult {
	s.platform.t.Helper()
	v, err := s.desk.Link(s.platform.t.Context(), s.Registrar, record.ClassroomLinkID(link))
	if err != nil {
		s.platform.t.Fatal(err)
	}
	out := map[string]record.ClassroomResult{}
	for _, r := range v.Results {
		out[r.Subject] = r
	}
	return out
}

func (s *school) read(link string) int {
	s.platform.t.Helper()
	n, err := s.desk.Read(s.platform.t.Context(), s.Registrar, record.ClassroomLinkID(link))
	if err != nil {
		s.platform.t.Fatal(err)
	}
	return n
}

// TestResultsBecomeDrafts: results are read with the names of the course, and each makes one draft that a second person
// must approve.
func TestResultsBecomeDrafts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSchool(t, db)
		s.Import(strings.Replace(registrartest.Sheet, "Peer Tutoring,CoCurricular,CO-17", "Choir,CoCurricular,CH-1", 1))
		link := s.choose("CO-17", 60)
		if n, err := s.desk.Read(t.Context(), s.Registrar, record.ClassroomLinkID(link)); record.KindOf(err) != record.Conflict {
			t.Errorf("before the platform said where: %d, %v", n, err)
		}
		s.connect(link)
		s.members = []map[string]any{{"user_id": "u1", "name": "Amara O.", "lis_person_sourcedid": "1001"}, {"user_id": "u2", "email": "noor@example.edu"}, {"user_id": "u3", "name": "Ann Other", "email": "ann@example.edu"}, {"user_id": "u4", "lis_person_sourcedid": "1001"}}
		s.scores = []map[string]any{{"userId": "u1", "resultScore": 81, "resultMaximum": 100}, {"userId": "u2", "resultScore": 0.9}, {"userId": "u3", "resultScore": 70, "resultMaximum": 100}, {"userId": "u5"}, {"userId": "u4", "resultScore": 59, "resultMaximum": 100}}
		if n := s.read(link); n != 1 {
			t.Errorf("%d drafts", n)
		}
		got := s.states(link)
		if len(got) != 4 || got["u1"].State != record.ClassroomDrafted || got["u1"].Said != "81 of 100" || got["u2"].State != record.ClassroomHeld || got["u3"].State != record.ClassroomUnmatched || got["u3"].Who != "Ann Other ann@example.edu" || got["u4"].State != record.ClassroomBelow {
			t.Errorf("%+v", got)
		}
		a := s.Award("Amara", "Peer Tutoring", record.AwardDraft)
		if a.PreparedBy != "reg" || !strings.Contains(a.Reason, "81 of 100, DS 101, spring") || !strings.Contains(a.Reason, "Campus Moodle") {
			t.Errorf("the draft: %+v", a.Award)
		}
		if err := s.desk.Registrar.Approve(t.Context(), s.Registrar, []record.AwardID{a.ID}); record.KindOf(err) != record.Forbidden {
			t.Errorf("whoever connected the platform approves: %v", err)
		}
		if n := s.read(link); n != 0 {
			t.Errorf("the same results again: %d drafts", n)
		}
		s.scores[0]["resultScore"] = 90
		s.read(link)
		if a = s.Award("Amara", "Peer Tutoring", record.AwardDraft); !strings.Contains(a.Reason, "90 of 100") {
			t.Errorf("the changed draft: %+v", a.Award)
		}
		s.Issue()
		s.scores[0]["resultScore"] = 95
		s.read(link)
		if got := s.states(link)["u1"]; got.State != record.ClassroomChanged {
			t.Errorf("a result that changed after it was signed: %+v", got)
		}
		s.scores[0]["resultScore"] = 20
		s.read(link)
		if got := s.states(link)["u1"]; got.State != record.ClassroomChanged || got.Said != "20 of 100" {
			t.Errorf("a result that is no longer enough: %+v", got)
		}
		s.Audit()
	})
}

// TestReadDue: activities are read by themselves, not too often, and not when they are off.
func TestReadDue(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	link := s.choose("CO-17", 0)
	s.connect(link)
	due := func() {
		t.Helper()
		if err := s.desk.ReadDue(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	due()
	due()
	s.Clock = s.Clock.Add(seconds(901))
	due()
	if s.asked != 2 {
		t.Errorf("asked %d times", s.asked)
	}
	v, err := s.desk.Link(t.Context(), s.Registrar, record.ClassroomLinkID(link))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Desk.SwitchRule(t.Context(), s.Registrar, v.Rule.ID, true); err != nil {
		t.Fatal(err)
	}
	s.Clock = s.Clock.Add(seconds(901))
	due()
	if s.asked != 2 {
		t.Error("a rule that is off was read")
	}
}

// TestTokenStaysWithThePlatform: a next page elsewhere gets no token, and the trouble is told in words.
func TestTokenStaysWithThePlatform(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	link := s.choose("CO-17", 0)
	s.connect(link)
	s.next = "https://evil.example/members?page=2"
	if _, err := s.desk.Read(t.Context(), s.Registrar, record.ClassroomLinkID(link)); record.KindOf(err) != record.Unavailable || !strings.Contains(record.MessageOf(err), "another server") {
		t.Errorf("a page elsewhere: %v", err)
	}
	if v, err := s.desk.Link(t.Context(), s.Registrar, record.ClassroomLinkID(link)); err != nil || !strings.Contains(v.Trouble, "another server") || s.asked != 0 {
		t.Errorf("%+v, %v", v, err)
	}
	s.next = ""
	s.read(link)
	if v, err := s.desk.Link(t.Context(), s.Registrar, record.ClassroomLinkID(link)); err != nil || v.Trouble != "" {
		t.Errorf("the trouble stays: %+v, %v", v, err)
	}
}

// TestOthersSeeNothing: another institution's people find no platform and no activity.
func TestOthersSeeNothing(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	link := s.choose("CO-17", 0)
	other := record.Actor{Account: "x", Institution: "other", Roles: []record.Role{record.RoleRegistrar}}
	if _, _, err := s.desk.Platform(t.Context(), other, s.system); record.KindOf(err) != record.NotFound {
		t.Errorf("the platform: %v", err)
	}
	if _, err := s.desk.Link(t.Context(), other, record.ClassroomLinkID(link)); record.KindOf(err) != record.NotFound {
		t.Errorf("the activity: %v", err)
	}
	if _, err := s.desk.Read(t.Context(), other, record.ClassroomLinkID(link)); record.KindOf(err) != record.NotFound {
		t.Errorf("reading: %v", err)
	}
	if _, err := s.desk.Read(t.Context(), s.Approver, record.ClassroomLinkID(link)); record.KindOf(err) != record.Forbidden {
		t.Errorf("reading by an approver: %v", err)
	}
}
