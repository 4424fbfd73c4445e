package store_test

import (
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) {
	store.PostgresForTests = storetest.PostgresURL
	os.Exit(storetest.Main(m))
}

var now = time.Date(2026, 5, 20, 10, 0, 0, 123456000, time.UTC)

func update(t *testing.T, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	if err := db.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func wantKind(t *testing.T, err error, kind record.Kind) {
	t.Helper()
	if record.KindOf(err) != kind {
		t.Errorf("got %v, want kind %q", err, kind)
	}
}

// house writes an institution with a learner and an achievement.
func house(t *testing.T, db *store.DB) (*record.Institution, *record.Learner, *record.Achievement) {
	t.Helper()
	ctx := t.Context()
	i := &record.Institution{
		ID: record.InstitutionID(record.NewID()), Slug: "example", Name: "Example University", BaseURL: "https://u.example.edu",
		DID: "did:web:u.example.edu", Profile: record.Profile{Accent: "#0F5E63"}, Policy: record.Policy{TwoPeople: true}, CreatedAt: now, UpdatedAt: now,
	}
	l := &record.Learner{
		ID: record.LearnerID(record.NewID()), Institution: i.ID, SourceKey: "20230001", Name: record.Name{Display: "نور الهاشمي"}, Email: "noor@example.edu",
		Identifiers: []record.Identifier{{Type: "sisSourcedId", Value: "20230001"}}, SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(),
		CreatedAt: now, UpdatedAt: now,
	}
	a := &record.Achievement{
		ID: record.AchievementID(record.NewID()), Institution: i.ID, IRI: "https://u.example.edu/achievements/x", SourceKey: "DS 101", Version: "1",
		Type: "Course", Name: "Data", Body: []byte(`{"id":"x"}`), Hash: "h", Current: true, CreatedAt: now,
	}
	update(t, db, func(tx *store.Tx) error {
		for _, err := range []error{tx.AddInstitution(ctx, i), tx.AddLearner(ctx, l), tx.AddAchievement(ctx, a)} {
			if err != nil {
				return err
			}
		}
		return nil
	})
	return i, l, a
}

func award(i *record.Institution, l *record.Learner, a *record.Achievement, key string, revision int64, state record.AwardState) *record.Award {
	return &record.Award{
		ID: record.AwardID(record.NewID()), Institution: i.ID, Learner: l.ID, Achievement: a.ID, SourceKey: key, Source: "csv", Revision: revision,
		Hash: "h", State: state, Detail: record.AwardDetail{AwardedOn: "2025-05-20"}, CredentialID: record.NewID(), CreatedAt: now, UpdatedAt: now,
	}
}

func credential(i *record.Institution, l *record.Learner, path string, revision int64, index int64) *record.Credential {
	return &record.Credential{
		ID: record.CredentialID(record.NewID()), PathID: path, URI: i.RecordURL(path), Revision: revision, Institution: i.ID, Learner: l.ID,
		Kind: "AchievementCredential", ValidFrom: now.Add(time.Duration(revision) * time.Second), SHA256: "s", Bytes: []byte{0, 1, 255},
		State: record.CredentialCurrent, StatusList: "list", StatusIndex: index, CreatedAt: now,
	}
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, a := house(t, db)
		aw := award(i, l, a, "k", 1, record.AwardDraft)
		aw.Detail.Results = []record.Result{{Value: "A-"}}
		c := credential(i, l, "p", 1, 7)
		update(t, db, func(tx *store.Tx) error {
			if err := tx.AddAward(ctx, aw); err != nil {
				return err
			}
			return tx.AddCredential(ctx, c)
		})
		err := db.View(ctx, func(tx *store.Tx) error {
			gotI, err := tx.Institution(ctx, i.ID)
			if err != nil {
				return err
			}
			gotL, err := tx.LearnerByKey(ctx, i.ID, "20230001")
			if err != nil {
				return err
			}
			gotA, err := tx.AchievementByKey(ctx, i.ID, "DS 101")
			if err != nil {
				return err
			}
			gotAw, err := tx.Award(ctx, aw.ID)
			if err != nil {
				return err
			}
			gotC, err := tx.CurrentCredential(ctx, "p")
			if err != nil {
				return err
			}
			for _, pair := range [][2]any{{i, gotI}, {l, gotL}, {a, gotA}, {aw, gotAw}, {c, gotC}} {
				if diff := cmp.Diff(pair[0], pair[1]); diff != "" {
					t.Errorf("%T (-wrote +read):\n%s", pair[0], diff)
				}
			}
			found, err := tx.Learners(ctx, i.ID, "الهاشمي", "", "", 10)
			if len(found) != 1 {
				t.Errorf("search by part of a name found %d learners", len(found))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestConstraintsCarryTheRules(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, a := house(t, db)
		list := &record.StatusList{ID: "list", Institution: i.ID, Number: 1, Size: 131072}
		update(t, db, func(tx *store.Tx) error {
			if err := tx.AddStatusList(ctx, list); err != nil {
				return err
			}
			if err := tx.AddCredential(ctx, credential(i, l, "p", 1, 7)); err != nil {
				return err
			}
			return tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardIssued))
		})
		refuse := func(what string, fn func(*store.Tx) error) {
			t.Helper()
			if err := db.Update(ctx, fn); record.KindOf(err) != record.Conflict {
				t.Errorf("%s: got %v, want a conflict", what, err)
			}
		}
		refuse("a second current version", func(tx *store.Tx) error { return tx.AddCredential(ctx, credential(i, l, "p", 2, 8)) })
		refuse("a status place used twice", func(tx *store.Tx) error { return tx.AddCredential(ctx, credential(i, l, "q", 1, 7)) })
		refuse("a second award in force", func(tx *store.Tx) error { return tx.AddAward(ctx, award(i, l, a, "k", 2, record.AwardIssued)) })
		refuse("the same revision twice", func(tx *store.Tx) error { return tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardDraft)) })
		refuse("a second active key", func(tx *store.Tx) error {
			for n, id := range []record.KeyID{"k1", "k2"} {
				k := &record.Key{ID: id, Institution: i.ID, Fragment: string(id), Multikey: "z" + string(id), Sealed: []byte{1}, State: record.KeyActive, CreatedAt: now}
				if err := tx.AddKey(ctx, k); err != nil {
					if n == 0 {
						t.Errorf("first key: %v", err)
					}
					return err
				}
			}
			return nil
		})
		refuse("an award of a stranger", func(tx *store.Tx) error {
			aw := award(i, l, a, "s", 1, record.AwardDraft)
			aw.Learner = "nobody"
			return tx.AddAward(ctx, aw)
		})
		refuse("a change of a version that is no more", func(tx *store.Tx) error {
			old := *i
			old.Version = 99
			return tx.ChangeInstitution(ctx, &old)
		})
		update(t, db, func(tx *store.Tx) error {
			e := &record.StatusEntry{List: "list", Index: 7, URI: "u", Revision: 1}
			if ok, err := tx.ReserveStatus(ctx, e); !ok || err != nil {
				t.Errorf("first reservation: %v %v", ok, err)
			}
			e.URI = "v"
			if ok, err := tx.ReserveStatus(ctx, e); ok || err != nil {
				t.Errorf("second reservation of one place: %v %v, want false", ok, err)
			}
			e.URI, e.Revoked = "u", true
			return tx.SetStatus(ctx, e)
		})
		refuse("a revocation taken back", func(tx *store.Tx) error {
			return tx.SetStatus(ctx, &record.StatusEntry{List: "list", Index: 7, Revoked: false})
		})
	})
}

func TestAnErrorLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, l, a := house(t, db)
		stop := record.Errorf(record.Invalid, "test", "stop")
		err := db.Update(ctx, func(tx *store.Tx) error {
			if err := tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardDraft)); err != nil {
				return err
			}
			return stop
		})
		wantKind(t, err, record.Invalid)
		err = db.View(ctx, func(tx *store.Tx) error {
			_, err := tx.LatestAward(ctx, i.ID, "k")
			return err
		})
		wantKind(t, err, record.NotFound)
		func() {
			defer func() { _ = recover() }()
			_ = db.Update(ctx, func(tx *store.Tx) error { panic("in the middle") })
		}()
		update(t, db, func(tx *store.Tx) error { return tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardDraft)) })
		cancelled, cancel := context.WithCancel(ctx)
		cancel()
		wantKind(t, db.Update(cancelled, func(*store.Tx) error { return nil }), record.Unavailable)
	})
}

func TestOneOfManyUsesALink(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, _, _ := house(t, db)
		update(t, db, func(tx *store.Tx) error {
			a := &record.Account{ID: "acc", Institution: i.ID, Email: "r@example.edu", Roles: []record.Role{record.RoleRegistrar}}
			if err := tx.AddAccount(ctx, a, "r@example.edu", now); err != nil {
				return err
			}
			if err := tx.AddLink(ctx, "once", "acc", false, now.Add(time.Hour)); err != nil {
				return err
			}
			return tx.AddLink(ctx, "late", "acc", true, now.Add(-time.Hour))
		})
		var wg sync.WaitGroup
		var mu sync.Mutex
		used := 0
		for range 20 {
			wg.Go(func() {
				err := db.Update(ctx, func(tx *store.Tx) error { _, err := tx.UseLink(ctx, "once", now); return err })
				mu.Lock()
				defer mu.Unlock()
				if err == nil {
					used++
				} else if record.KindOf(err) != record.NotFound {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if used != 1 {
			t.Errorf("a link for one use was used %d times", used)
		}
		wantKind(t, db.Update(ctx, func(tx *store.Tx) error { _, err := tx.UseLink(ctx, "late", now); return err }), record.NotFound)
	})
}

func TestTheAuditChainHoldsUnderRaces(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		ctx := t.Context()
		i, _, _ := house(t, db)
		const writers, each = 8, 10
		var wg sync.WaitGroup
		for range writers {
			wg.Go(func() {
				for range each {
					err := db.Update(ctx, func(tx *store.Tx) error {
						return tx.Append(ctx, &record.Event{Institution: i.ID, At: now, Actor: "a", Action: "x", Object: "o", Detail: map[string]string{"b": "2", "a": "1\n<&>"}})
					})
					if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		check := func() (n int64, err error) {
			err = db.View(ctx, func(tx *store.Tx) (err error) { n, err = tx.CheckAudit(ctx, i.ID); return })
			return
		}
		if n, err := check(); err != nil || n != writers*each {
			t.Errorf("%d events hold together, %v; want %d", n, err, writers*each)
		}
		// An insider with the database's shell.
		for _, act := range []struct{ do, undo string }{
			{`UPDATE audit_events SET action = 'y' WHERE seq = 40`, `UPDATE audit_events SET action = 'x' WHERE seq = 40`},
			{`UPDATE audit_events SET seq = 1000 WHERE seq = 40`, `UPDATE audit_events SET seq = 40 WHERE seq = 1000`},
			{`DELETE FROM audit_events WHERE seq = 80`, ``},
		} {
			if err := store.Exec(ctx, db, act.do); err != nil {
				t.Fatal(err)
			}
			if n, err := check(); err == nil || n > 79 {
				t.Errorf("after %q %d events still hold together: %v", act.do, n, err)
			}
			if act.undo == "" {
				continue
			}
			if err := store.Exec(ctx, db, act.undo); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestOneTransactionSeesOneState(t *testing.T) {
	for name, db := range map[string]*store.DB{"sqlite": storetest.SQLite(t), "postgres": storetest.Postgres(t)} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			i, l, a := house(t, db)
			err := db.View(ctx, func(tx *store.Tx) error {
				before, err := tx.CountAwards(ctx, i.ID, record.AwardDraft)
				if err != nil {
					return err
				}
				update(t, db, func(tx *store.Tx) error { return tx.AddAward(ctx, award(i, l, a, "k", 1, record.AwardDraft)) })
				after, err := tx.CountAwards(ctx, i.ID, record.AwardDraft)
				if before != after {
					t.Errorf("the count went from %d to %d inside one view", before, after)
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestNewerDatabaseIsRefused(t *testing.T) {
	path := filepath.Join(t.TempDir(), "laurel.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := store.SetSchemaVersion(t.Context(), db, 9999); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := store.Open(t.Context(), path); err == nil || !strings.Contains(err.Error(), "newer program") {
		t.Errorf("got %v, want a refusal that says what to do", err)
	}
}

// TestDialectsHaveOneSchema: the same files, the same text but for the type of bytes.
func TestDialectsHaveOneSchema(t *testing.T) {
	lite, err := filepath.Glob("migrations/sqlite/*.sql")
	if err != nil || len(lite) == 0 {
		t.Fatalf("no migrations: %v", err)
	}
	post, err := filepath.Glob("migrations/postgres/*.sql")
	if err != nil || len(post) != len(lite) {
		t.Fatalf("sqlite has %d migrations and postgres %d", len(lite), len(post))
	}
	for n := range lite {
		if filepath.Base(lite[n]) != filepath.Base(post[n]) {
			t.Errorf("%s has no namesake", lite[n])
			continue
		}
		a, err := os.ReadFile(lite[n])
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(post[n])
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(regexp.MustCompile(`\bblob\b`).ReplaceAllString(string(a), "bytea"), string(b)); diff != "" {
			t.Errorf("%s differs (-sqlite +postgres):\n%s", filepath.Base(lite[n]), diff)
		}
	}
}

// TestQueriesNameTheirColumns: a star gives other columns after a migration.
func TestQueriesNameTheirColumns(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	star := regexp.MustCompile(`(?i)select\s+([a-z]\.)?\*`)
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(f, "_test.go") && star.Match(b) {
			t.Errorf("%s selects *", f)
		}
	}
}
