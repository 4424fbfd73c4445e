package registrar_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

const foreign = "First Name;Last Name;E-mail address;Student ID;Course;Kind;Completed;SSN\n" +
	"Zoë;Roy;zoe@example.edu;7;Welding 1;Certificat;01/02/2025;111-11-1111\n" +
	"Ali;Haddad;ali@example.edu;8;Welding 1;Certificat;03/02/2025;222-22-2222\n"

func TestColumnsAreMatchedOnceAndRemembered(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		v, err := o.Desk.StageImport(ctx, o.Registrar, registrartest.Upload(foreign))
		if err != nil || !v.Unready {
			t.Fatalf("%+v, %v", v, err)
		}
		c, err := o.Desk.ImportColumns(ctx, o.Registrar, v.Batch, "")
		if err != nil {
			t.Fatal(err)
		}
		m := record.Mapping{Columns: map[string]string{}}
		for _, col := range c.List {
			if m.Columns[col.Name] = col.Suggest; col.Sensitive && (col.Suggest != "" || col.Samples != nil) {
				t.Errorf("%s is shown", col.Name)
			}
		}
		m.Columns["kind"] = "achievement_type"
		if m.Columns["student_id"] != "learner_id" || m.Columns["first_name"] != "learner_given_name" || m.Columns["completed"] != "awarded_on" {
			t.Errorf("suggestions: %v", m.Columns)
		}
		if err := o.Desk.MapImport(ctx, o.Registrar, v.Batch, "Workshop", m); err != nil {
			t.Fatal(err)
		}
		v, err = o.Desk.StagedImport(ctx, o.Registrar, v.Batch)
		if err != nil || v.Unready || v.Counts.Rejected != 2 {
			t.Fatalf("%+v, %v", v, err)
		}
		for _, r := range []registrar.Repair{{Column: "achievement_type", Found: "Certificat", Use: "Certificate"}, {Column: "awarded_on", Dates: record.DayFirst}} {
			if err := o.Desk.RepairImport(ctx, o.Registrar, v.Batch, r); err != nil {
				t.Fatal(err)
			}
		}
		wantKind(t, o.Desk.RepairImport(ctx, o.Registrar, v.Batch, registrar.Repair{Column: "password", Use: "x"}), record.Invalid)
		wantKind(t, o.Desk.RepairImport(ctx, record.Actor{}, v.Batch, registrar.Repair{Column: "term", Use: "x"}), record.NotFound)
		done, err := o.Desk.CommitImport(ctx, o.Registrar, v.Batch)
		if err != nil || done.Counts.New != 2 {
			t.Fatalf("%+v, %v", done, err)
		}
		if got := o.Award("Zoë", "Welding 1", record.AwardDraft); got.Detail.AwardedOn != "2025-02-01" || got.AchievementType != "Certificate" {
			t.Errorf("award: %+v", got)
		}
		again, err := o.Desk.StageImport(ctx, o.Registrar, registrartest.Upload(strings.Replace(foreign, "03/02/2025", "04/02/2025", 1)))
		if err != nil || again.Source != "Workshop" || again.Counts.Rejected != 0 || again.Counts.Unchanged != 1 {
			t.Errorf("the next file: %+v, %v", again, err)
		}
		o.Audit()
	})
}

func TestRejectedRowsComeBackHarmless(t *testing.T) {
	o, ctx := registrartest.New(t, storetest.SQLite(t)), t.Context()
	bad := registrartest.Header + "=1+HYPERLINK(9),not an address,9,Course A,Course,,,,2025-05-20,,,\n"
	v, err := o.Desk.StageImport(ctx, o.Registrar, registrartest.Upload(bad+strings.SplitN(registrartest.Sheet, "\n", 2)[1]))
	if err != nil {
		t.Fatal(err)
	}
	staged, err := o.Desk.RejectedRows(ctx, o.Registrar, v.Batch)
	if err != nil || !bytes.Contains(staged, []byte("\n'=1+HYPERLINK(9),")) || !bytes.Contains(staged, []byte("is not an email address")) {
		t.Fatalf("%s, %v", staged, err)
	}
	if _, err := o.Desk.CommitImport(ctx, o.Registrar, v.Batch); err != nil {
		t.Fatal(err)
	}
	kept, err := o.Desk.RejectedRows(ctx, o.Registrar, v.Batch)
	if err != nil || !bytes.Equal(kept, staged) {
		t.Errorf("after the commit: %s, %v", kept, err)
	}
	mended := strings.Replace(string(kept), "not an address", "h@example.edu", 1)
	if got := o.Import(mended); got.Counts.New != 1 {
		t.Errorf("mended: %+v", got)
	}
	if name := o.Learner("=1+hyperlink").Name.Display; name != "=1+HYPERLINK(9)" {
		t.Errorf("the name comes back as %q", name)
	}
}

// long is a sheet of n rows: every tenth row repeats the first, every eleventh has no name.
func long(n int) string {
	var b strings.Builder
	b.WriteString(registrartest.Header)
	for i := range n {
		name, id, course := fmt.Sprintf("Person %d", i%1000), i%1000, i/1000
		if i%10 == 9 {
			name, id, course = "Person 0", 0, 0
		}
		if i%11 == 10 {
			name = ""
		}
		fmt.Fprintf(&b, "%s,,%d,Course %d,Course,C %d,,,2025-05-20,Spring,3,A\n", name, 1000+id, course, course)
	}
	return b.String()
}

func TestInPartsStoppedAndResumed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		text := long(2*registrar.PartRows + 100)
		whole := registrartest.New(t, storetest.SQLite(t)).Import(text)
		o := registrartest.New(t, db)
		var rejects bytes.Buffer
		req := registrar.PartsRequest{Name: "long.csv", SHA256: record.Sum([]byte(text)), Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(text)), nil }, Rejects: &rejects}
		ctx, stop := context.WithCancel(t.Context())
		req.Progress = func(int, int) { stop() }
		if _, err := o.Desk.ImportInParts(ctx, o.Registrar, req); !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped: %v", err)
		}
		first := contents(o)
		var points []int
		req.Progress = func(done, total int) { points = append(points, done) }
		got, err := o.Desk.ImportInParts(t.Context(), o.Registrar, req)
		if err != nil {
			t.Fatal(err)
		}
		if first["draft"] == 0 || len(points) != 2 || points[0] != 2*registrar.PartRows {
			t.Errorf("%d drafts after the stop; went on at %v", first["draft"], points)
		}
		want := whole.Counts
		want.Catalogue, want.Learners = got.Counts.Catalogue, got.Counts.Learners
		if got.Counts != want {
			t.Errorf("in parts %+v, at once %+v", got.Counts, want)
		}
		if n := strings.Count(rejects.String(), "a name is needed"); n != got.Counts.Rejected {
			t.Errorf("%d rejected rows were written of %d", n, got.Counts.Rejected)
		}
		req.Progress = nil
		before := contents(o)
		again, err := o.Desk.ImportInParts(t.Context(), o.Registrar, req)
		if err != nil || again.Counts.New+again.Counts.Changed+again.Counts.Learners+again.Counts.Catalogue != 0 {
			t.Errorf("the second time: %+v, %v", again, err)
		}
		if after := contents(o); after["draft"] != before["draft"] || after["learners"] != before["learners"] {
			t.Errorf("the second time changed %v to %v", before, after)
		}
		o.Audit()
	})
}
