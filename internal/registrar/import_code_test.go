package registrar_test

import (
	"testing"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

// entryOf writes an entry of the catalogue as another importer would: under a key of its own.
func entryOf(t *testing.T, o *registrartest.Office, key, code string) {
	t.Helper()
	iri := o.Institution.AchievementURL(record.AchievementID(key))
	body := `{"id":"` + iri + `","type":["Achievement"],"name":"Data Science, kept","achievementType":"Course","humanCode":"` + code + `","description":"Ours","criteria":{"narrative":"Ours"}}`
	if err := o.DB.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddAchievement(t.Context(), &record.Achievement{ID: record.AchievementID(key), Institution: o.Institution.ID, IRI: iri, SourceKey: key, Version: "1", Type: "Course",
			Name: "Data Science, kept", Code: code, Body: []byte(body), Hash: record.Sum([]byte(body)), Current: true, CreatedAt: o.Now()})
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSheetMeansTheCatalogue: a sheet's code is the entry that the catalogue has for it, whatever brought it there, and its
// grades find a place in it.
func TestSheetMeansTheCatalogue(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		entryOf(t, o, "sis/ds-101", "ds 101")
		o.Import(registrartest.Sheet)
		all, err := o.Desk.Catalogue(t.Context(), o.Registrar, "")
		if err != nil || len(all) != 3 {
			t.Fatalf("%d entries, %v", len(all), err)
		}
		if a := o.Award("Amara", "Data Science, kept", record.AwardDraft); len(a.Detail.Results) != 1 || a.Detail.Results[0].Value != "A-" {
			t.Errorf("the award: %+v", a.Detail)
		}
		if got := o.Import(registrartest.Sheet); got.Counts.Unchanged != 3 || got.Counts.Catalogue != 0 {
			t.Errorf("the same file again: %+v", got.Counts)
		}
		o.Issue()
	})
}

// TestTwoEntriesOfOneCode: which one is meant is a person's word, and the other rows go ahead.
func TestTwoEntriesOfOneCode(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	entryOf(t, o, "sis/1", "DS 101")
	entryOf(t, o, "sis/2", "DS 101")
	got, err := o.Desk.Import(t.Context(), o.Registrar, registrartest.Upload(registrartest.Sheet))
	if err != nil || got.Counts.New != 2 || got.Counts.Rejected != 1 {
		t.Fatalf("%+v, %v", got, err)
	}
	if n, err := o.Desk.Catalogue(t.Context(), o.Registrar, ""); err != nil || len(n) != 4 {
		t.Errorf("%d entries, %v", len(n), err)
	}
	v, err := o.Desk.Preview(t.Context(), o.Registrar, registrartest.Upload(registrartest.Sheet))
	if err != nil || !asks(v.Findings) {
		t.Errorf("%+v, %v", v, err)
	}
}

func asks(all []record.Finding) bool {
	for _, f := range all {
		if f.Code == "ambiguous_code" && f.Row == 1 && f.Found == "DS 101" {
			return true
		}
	}
	return false
}
