package registrar_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func xapiOf(id, who, object string) string {
	return fmt.Sprintf(`{"id":%q,"actor":{"mbox":"mailto:%s"},"verb":{"id":"http://adlnet.gov/expapi/verbs/completed"},"object":{"id":%q,"definition":{"name":{"en":"Lab 4"}}},"timestamp":"2026-05-20T10:00:00Z"}`, id, who, object)
}

func TestStatementsAreEvidence(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		o.Import(registrartest.Sheet)
		a := o.Award("Amara", "Statistics", record.AwardDraft)
		event := `{"sensor":"https://lms.example","data":[{"id":"urn:uuid:1","type":"AssessmentEvent","actor":{"id":"https://lms.example/users/1001","type":"Person"},"action":"Submitted","object":{"id":"https://lms.example/quiz/1","name":"Quiz"},"eventTime":"2026-05-21T10:00:00.000Z"}]}`
		one := xapiOf("s-1", "amara@example.edu", "https://lms.example/labs/4")
		for body, want := range map[string]registrar.RowState{one: registrar.RowNew, event: registrar.RowNew, "[" + xapiOf("s-2", "nobody@example.edu", "x:y") + "]": registrar.RowRejected,
			xapiOf("s-3", "noor@example.edu", "x:y"): registrar.RowRejected, `{"id":"s-4"}`: registrar.RowRejected, xapiOf("", "amara@example.edu", "x:y"): registrar.RowRejected} {
			got, err := o.Desk.KeepStatements(ctx, o.Registrar, a.ID, []byte(body))
			if err != nil || len(got) != 1 || got[0].State != want || (want == registrar.RowRejected) != (got[0].Message != "") {
				t.Errorf("%s: %+v, %v", body, got, err)
			}
		}
		if again, err := o.Desk.KeepStatements(ctx, o.Registrar, a.ID, []byte(one)); err != nil || again[0].State != registrar.RowUnchanged {
			t.Errorf("the same again: %+v, %v", again, err)
		}
		if other, err := o.Desk.KeepStatements(ctx, o.Registrar, a.ID, []byte(xapiOf("s-1", "amara@example.edu", "x:other"))); err != nil || other[0].State != registrar.RowRejected {
			t.Errorf("another with its id: %+v, %v", other, err)
		}
		now := o.Award("Amara", "Statistics", record.AwardDraft)
		if len(now.Detail.Evidence) != 2 || !strings.Contains(fmt.Sprint(now.Detail.Evidence), "completed https://lms.example/labs/4 on 2026-05-20") {
			t.Errorf("the draft's evidence: %+v", now.Detail.Evidence)
		}
		kept, err := o.Desk.Statements(ctx, o.Registrar, a.Learner, "", 10)
		if err != nil || len(kept) != 2 || string(kept[0].Bytes) != one {
			t.Errorf("kept: %d, %v", len(kept), err)
		}
		_, err = o.Desk.KeepStatements(ctx, o.Registrar, "", []byte("[]"))
		wantKind(t, err, record.Invalid)
		_, err = o.Desk.KeepStatements(ctx, o.Registrar, "", []byte("["+strings.Repeat("{},", registrar.MaxStatements)+"{}]"))
		wantKind(t, err, record.TooLarge)
		_, err = o.Desk.KeepStatements(ctx, o.Approver, "", []byte(one))
		wantKind(t, err, record.Forbidden)
		_, err = o.Desk.Statements(ctx, record.Actor{Account: "x", Institution: "y", Roles: []record.Role{record.RoleRegistrar}}, a.Learner, "", 10)
		wantKind(t, err, record.NotFound)
		o.Issue()
		_, err = o.Desk.KeepStatements(ctx, o.Registrar, a.ID, []byte(xapiOf("s-9", "amara@example.edu", "x:y")))
		wantKind(t, err, record.Conflict)
		o.Audit()
	})
}
