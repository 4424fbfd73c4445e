package account_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/internal/account"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

var start = time.Date(2026, 6, 1, 9, 0, 0, 0, time.UTC)

type door struct {
	t     *testing.T
	desk  *account.Desk
	inst  record.InstitutionID
	clock time.Time
}

func newDoor(t *testing.T, db *store.DB) *door {
	t.Helper()
	d := &door{t: t, inst: record.InstitutionID(record.NewID()), clock: start}
	d.desk = &account.Desk{DB: db, Now: func() time.Time { return d.clock }}
	err := db.Update(t.Context(), func(tx *store.Tx) error {
		return tx.AddInstitution(t.Context(), &record.Institution{ID: d.inst, Slug: "x", Name: "X", BaseURL: "https://x.example", DID: "did:web:x.example", CreatedAt: start, UpdatedAt: start})
	})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *door) add(n account.NewAccount) *record.Account {
	d.t.Helper()
	n.Institution = d.inst
	a, err := d.desk.Add(d.t.Context(), record.System(d.inst), n)
	if err != nil {
		d.t.Fatal(err)
	}
	return a
}

func wantKind(t *testing.T, err error, kind record.Kind) {
	t.Helper()
	if record.KindOf(err) != kind {
		t.Errorf("got %v, want kind %q", err, kind)
	}
}

func TestLinks(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, ctx := newDoor(t, db), t.Context()
		a := d.add(account.NewAccount{Email: "Ingrid@Example.edu", Name: "Ingrid", Roles: []record.Role{record.RoleRegistrar}})
		link := func(valid time.Duration, reusable bool) string {
			t.Helper()
			l, err := d.desk.NewLink(ctx, record.System(d.inst), a.ID, valid, reusable)
			if err != nil {
				t.Fatal(err)
			}
			return l.Token
		}
		once := link(time.Hour, false)
		got, err := d.desk.SignInByLink(ctx, once)
		if err != nil || got.ID != a.ID {
			t.Fatalf("got %v, %v", got, err)
		}
		_, err = d.desk.SignInByLink(ctx, once)
		wantKind(t, err, record.NotFound)
		many := link(time.Hour, true)
		for range 3 {
			if _, err := d.desk.SignInByLink(ctx, many); err != nil {
				t.Error(err)
			}
		}
		d.clock = d.clock.Add(time.Hour)
		_, err = d.desk.SignInByLink(ctx, many)
		wantKind(t, err, record.NotFound)
		for _, token := range []string{"", "x", strings.Repeat("x", 1<<16)} {
			_, err = d.desk.SignInByLink(ctx, token)
			wantKind(t, err, record.NotFound)
		}
		_, err = d.desk.NewLink(ctx, a.Actor(), a.ID, time.Hour, true)
		wantKind(t, err, record.Forbidden)
		if err := d.desk.Sweep(ctx); err != nil {
			t.Error(err)
		}
	})
}

func TestPasswords(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		d, ctx := newDoor(t, db), t.Context()
		a := d.add(account.NewAccount{Email: "op@example.edu", Name: "Op", Roles: []record.Role{record.RoleOperator}, Password: "four words in a row"})
		if !strings.HasPrefix(a.PasswordHash, "$argon2id$") {
			t.Errorf("the hash is %q", a.PasswordHash)
		}
		if got, err := d.desk.SignInByPassword(ctx, " OP@example.edu ", "four words in a row"); err != nil || got.ID != a.ID {
			t.Errorf("got %v, %v", got, err)
		}
		var said []string
		for _, try := range [][2]string{{"op@example.edu", "wrong"}, {"nobody@example.edu", "wrong"}, {"op@example.edu", ""}, {"", ""}, {"op@example.edu", strings.Repeat("x", 1<<20)}} {
			_, err := d.desk.SignInByPassword(ctx, try[0], try[1])
			wantKind(t, err, record.Forbidden)
			said = append(said, record.MessageOf(err))
		}
		for _, s := range said {
			if s != said[0] {
				t.Errorf("failures are told apart: %q", said)
			}
		}
		wantKind(t, d.desk.SetPassword(ctx, a.Actor(), "short"), record.Invalid)
		if err := d.desk.SetPassword(ctx, a.Actor(), "another four words here"); err != nil {
			t.Error(err)
		}
		_, err := d.desk.SignInByPassword(ctx, "op@example.edu", "four words in a row")
		wantKind(t, err, record.Forbidden)
	})
}

func TestRightsAreReadAnew(t *testing.T) {
	d, ctx := newDoor(t, storetest.SQLite(t)), t.Context()
	a := d.add(account.NewAccount{Email: "r@example.edu", Name: "R", Roles: []record.Role{record.RoleRegistrar}})
	op := d.add(account.NewAccount{Email: "o@example.edu", Name: "O", Roles: []record.Role{record.RoleOperator}}).Actor()
	if err := d.desk.SetRoles(ctx, op, a.ID, []record.Role{record.RoleApprover}); err != nil {
		t.Fatal(err)
	}
	got, err := d.desk.Actor(ctx, a.ID)
	if err != nil || got.Has(record.RoleRegistrar) || !got.Has(record.RoleApprover) {
		t.Errorf("got %v, %v", got, err)
	}
	if err := d.desk.SetRoles(ctx, op, a.ID, nil); err != nil {
		t.Fatal(err)
	}
	_, err = d.desk.Actor(ctx, a.ID)
	wantKind(t, err, record.NotFound)
}

func TestWhoMayMakeAccounts(t *testing.T) {
	d, ctx := newDoor(t, storetest.SQLite(t)), t.Context()
	actor := func(role record.Role, inst record.InstitutionID) record.Actor {
		return record.Actor{Account: "x", Institution: inst, Roles: []record.Role{role}}
	}
	staff := account.NewAccount{Institution: d.inst, Email: "n@example.edu", Name: "N", Roles: []record.Role{record.RoleApprover}}
	for name, c := range map[string]struct {
		actor record.Actor
		n     account.NewAccount
		want  record.Kind
	}{
		"a stranger":             {record.Actor{}, staff, record.NotFound},
		"another institution":    {actor(record.RoleOperator, "other"), staff, record.NotFound},
		"a registrar, for staff": {actor(record.RoleRegistrar, d.inst), staff, record.Forbidden},
		"a learner":              {actor(record.RoleLearner, d.inst), staff, record.Forbidden},
		"no address":             {actor(record.RoleOperator, d.inst), account.NewAccount{Institution: d.inst, Email: "a@@b", Name: "N", Roles: staff.Roles}, record.Invalid},
		"no role":                {actor(record.RoleOperator, d.inst), account.NewAccount{Institution: d.inst, Email: "a@b.example", Name: "N"}, record.Invalid},
		"a learner of nobody":    {actor(record.RoleOperator, d.inst), account.NewAccount{Institution: d.inst, Email: "a@b.example", Name: "N", Roles: []record.Role{record.RoleLearner}}, record.Invalid},
		"an operator":            {actor(record.RoleOperator, d.inst), staff, ""},
	} {
		_, err := d.desk.Add(ctx, c.actor, c.n)
		if record.KindOf(err) != c.want {
			t.Errorf("%s: got %v, want kind %q", name, err, c.want)
		}
	}
	_, err := d.desk.Add(ctx, actor(record.RoleOperator, d.inst), account.NewAccount{Institution: d.inst, Email: "N@example.edu", Name: "N", Roles: staff.Roles})
	wantKind(t, err, record.Conflict)
}
