package api_test

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/api"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/oauth"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// BenchmarkTokenAndRead: what every reading program costs: its token checked, one page with a credential of 30 kB read.
func BenchmarkTokenAndRead(b *testing.B) {
	ctx := b.Context()
	db, err := store.Open(ctx, filepath.Join(b.TempDir(), "laurel.db"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	now := record.Time(time.Now())
	i := &record.Institution{ID: record.InstitutionID(record.NewID()), Slug: "u", Name: "U", BaseURL: "https://u.example", DID: "did:web:u.example", CreatedAt: now, UpdatedAt: now}
	l := &record.Learner{ID: record.LearnerID(record.NewID()), Institution: i.ID, SourceKey: "k", Name: record.Name{Display: "A"}, SubjectID: "urn:uuid:" + record.NewID(), RecordID: record.NewID(), CreatedAt: now, UpdatedAt: now}
	a := &record.Account{ID: record.AccountID(record.NewID()), Institution: i.ID, Email: "a@u.example", Name: "A", Roles: []record.Role{record.RoleLearner}, Learner: l.ID}
	c := &record.Client{ID: "c", Name: "C", Body: []byte("{}"), CreatedAt: now}
	g := &record.Grant{ID: "g", Client: c.ID, Institution: i.ID, Account: a.ID, Learner: l.ID, Scopes: []string{oauth.ReadCLR}, Body: []byte("{}"), CreatedAt: now, ExpiresAt: now.Add(24 * time.Hour)}
	h := &record.Held{ID: "h", Institution: i.ID, Learner: l.ID, Bytes: []byte(`{"x":"` + strings.Repeat("x", 30_000) + `"}`), MediaType: "application/vc+ld+json", Kind: "ClrCredential", Received: now, Changed: now}
	err = db.Update(ctx, func(tx *store.Tx) error {
		for _, err := range []error{tx.AddInstitution(ctx, i), tx.AddLearner(ctx, l), tx.AddAccount(ctx, a, a.Email, now), tx.PutClient(ctx, c), tx.AddGrant(ctx, g),
			tx.PutToken(ctx, &record.Token{Hash: record.Sum([]byte("token")), Grant: g.ID, Client: c.ID, Scopes: g.Scopes, CreatedAt: now, ExpiresAt: g.ExpiresAt})} {
			if err != nil {
				return err
			}
		}
		_, err := tx.KeepHeld(ctx, h)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	s, err := oauth.New(oauth.Options{DB: db, Issuer: "https://u.example"})
	if err != nil {
		b.Fatal(err)
	}
	door := api.NewHost(api.HostDeps{Learner: &learner.Desk{DB: db}, Check: s.Check, PublicURL: "https://u.example"})
	b.ReportAllocs()
	for b.Loop() {
		r := httptest.NewRequestWithContext(ctx, http.MethodGet, "/ims/clr/v2p0/credentials", nil)
		r.Header.Set("Authorization", "Bearer token")
		w := httptest.NewRecorder()
		door.ServeHTTP(w, r)
		if w.Code != http.StatusOK || w.Body.Len() < 30_000 {
			b.Fatalf("%d %.200s", w.Code, w.Body)
		}
	}
}
