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

// TestCoverage: two cohorts of a programme of two courses, one of which teaches and the other assesses what is expected.
func TestCoverage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o, ctx := registrartest.New(t, db), t.Context()
		sheet := registrartest.Header
		for n := range 24 { // 12 of 2024 with both courses; 12 of 2025, of whom 3 took only the second
			year := 2024 + n/12
			if n < 21 {
				sheet += fmt.Sprintf("P %d,p%d@example.edu,%d,Data Science,Course,DS 101,About,Pass,%d-05-20,,,\n", n, n, n, year)
			}
			sheet += fmt.Sprintf("P %d,p%d@example.edu,%d,Statistics,Course,STAT 210,About,Pass,%d-05-21,,,\n", n, n, n, year)
		}
		sheet += "P 0,p0@example.edu,0,BSc Data,BachelorDegree,BSC,About,Pass,2025-06-01,,,\n"
		o.Import(sheet)
		o.Issue()
		catalogue, err := o.Desk.Catalogue(ctx, o.Registrar, "")
		if err != nil {
			t.Fatal(err)
		}
		by := map[string]record.Achievement{}
		for _, a := range catalogue {
			by[a.Code] = a
		}
		align := `[{"type":["Alignment"],"targetName":"Clean data","targetUrl":"https://f.example/1","targetFramework":"F"}]`
		relate := func(tx *store.Tx, code, member string) error {
			a := by[code]
			if err := tx.RetireAchievement(ctx, a.ID); err != nil {
				return err
			}
			a.Body = []byte(strings.Replace(string(a.Body), "{", "{"+member+",", 1))
			a.ID, a.Version, a.Current = record.AchievementID(record.NewID()), "2", true
			if err := tx.AddAchievement(ctx, &a); err != nil {
				return err
			}
			_, err := tx.PutAssociation(ctx, record.Association{Institution: o.Institution.ID, Type: "isPartOf", Source: a.IRI, Target: by["BSC"].IRI})
			return err
		}
		err = db.Update(ctx, func(tx *store.Tx) error {
			if err := relate(tx, "DS 101", `"alignment":`+align); err != nil {
				return err
			}
			return relate(tx, "STAT 210", `"resultDescription":[{"id":"urn:uuid:a1","type":["ResultDescription"],"name":"Final","resultType":"Result","alignment":`+align+`}]`)
		})
		if err != nil {
			t.Fatal(err)
		}
		programmes, err := o.Desk.CoverageProgrammes(ctx, o.Registrar)
		if err != nil || len(programmes) != 1 || programmes[0].Courses != 2 {
			t.Fatalf("programmes: %+v, %v", programmes, err)
		}
		v, err := o.Desk.Coverage(ctx, o.Registrar, programmes[0].ID)
		if err != nil || len(v.Expectations) != 1 || v.Size.N != 24 || len(v.Cohorts) != 2 {
			t.Fatalf("coverage: %+v, %v", v, err)
		}
		e := v.Expectations[0]
		if strings.Join(e.Taught, ",") != "DS 101 Data Science" || strings.Join(e.Assessed, ",") != "STAT 210 Statistics" {
			t.Errorf("taught in %q, assessed in %q", e.Taught, e.Assessed)
		}
		// 21 of 24 have shown it: the three who have not could be picked out, in the whole and in their cohort.
		if e.Demonstrated.Kind != registrar.CountNearly || e.ByCohort[0].Kind != registrar.CountHidden || e.ByCohort[1].Kind != registrar.CountFew {
			t.Errorf("demonstrated by %+v, %+v", e.Demonstrated, e.ByCohort)
		}
		var b strings.Builder
		if err := o.Desk.WriteCoverage(ctx, o.Registrar, programmes[0].ID, &b); err != nil || !strings.Contains(b.String(), "all but fewer than 10") || strings.Contains(b.String(), ",21") {
			t.Errorf("the file: %v\n%s", err, b.String())
		}
		_, err = o.Desk.Coverage(ctx, record.Actor{Account: "x", Institution: "y", Roles: []record.Role{record.RoleRegistrar}}, programmes[0].ID)
		wantKind(t, err, record.NotFound)
	})
}
