package learner_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// bigSheet has n awards of one person over twelve kinds and n/40 terms.
func bigSheet(n int) string {
	kinds := []string{"Course", "Course", "Course", "Competency", "Certificate", "Assessment", "CoCurricular", "Badge"}
	var b strings.Builder
	b.WriteString(registrartest.Header)
	for i := range n {
		year := 2000 + i/40
		fmt.Fprintf(&b, "Amara Okafor,amara@example.edu,1001,Item %04d,%s,IT %04d,What it is about,Pass all of it,%d-05-20,Spring %d,3,B+\n", i, kinds[i%len(kinds)], i, year, year)
	}
	return b.String()
}

// BenchmarkMyRecord reads and verifies a record of 1,000 items, as the record's page does.
func BenchmarkMyRecord(b *testing.B) {
	db := storetest.SQLite(b)
	o := registrartest.New(b, db)
	o.Import(bigSheet(1000))
	o.Issue()
	desk, amara := &learner.Desk{DB: db, Now: o.Now}, o.LearnerActor("Amara")
	b.ReportAllocs()
	for b.Loop() {
		m, err := desk.MyRecord(b.Context(), amara)
		if err != nil || len(m.Items) != 1000 {
			b.Fatal(len(m.Items), err)
		}
	}
}
