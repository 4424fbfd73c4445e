package server

import (
	"context"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

const (
	sessionLife = 12 * time.Hour   // a working day
	sessionIdle = 60 * time.Minute // a forgotten browser
	accountKey  = "account"
	sinceKey    = "since" // when the person signed in, in microseconds since 1970
)

// sessions keeps who is signed in, in a table of the database, so that any node can answer any request. The cookie holds
// a random token; the table holds its hash.
type sessions struct {
	*scs.SessionManager
	db *store.DB
}

func newSessions(db *store.DB, secure bool) sessions {
	m := scs.New()
	m.Store = sessionStore{db}
	m.HashTokenInStore = true
	m.ErrorFunc = func(w http.ResponseWriter, _ *http.Request, _ error) { // what is wrong with the database is logged where it is asked
		http.Error(w, "the database does not answer just now; try again in a moment", http.StatusServiceUnavailable)
	}
	m.Lifetime, m.IdleTimeout = sessionLife, sessionIdle
	m.Cookie.Name = "laurel_session"
	if secure {
		m.Cookie.Name = "__Host-laurel_session" // browsers bind such a cookie to this host and to https
	}
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.SameSite = true, secure, http.SameSiteLaxMode
	m.Cookie.Path = "/"
	return sessions{m, db}
}

// Account implements web.Sessions. A session that began before the account's way in was last changed is nobody's: a
// stolen one ends with the password that it was stolen with.
func (s sessions) Account(r *http.Request) record.AccountID {
	id := record.AccountID(s.GetString(r.Context(), accountKey))
	if id == "" {
		return ""
	}
	var from time.Time
	err := s.db.View(r.Context(), func(tx *store.Tx) (err error) {
		from, err = tx.SessionsFrom(r.Context(), id)
		return err
	})
	if err != nil || s.GetInt64(r.Context(), sinceKey) < from.UnixMicro() && !from.IsZero() {
		return ""
	}
	return id
}

// SignIn implements web.Sessions.
func (s sessions) SignIn(_ http.ResponseWriter, r *http.Request, id record.AccountID) error {
	if err := s.RenewToken(r.Context()); err != nil {
		return err
	}
	s.Put(r.Context(), accountKey, string(id))
	s.Put(r.Context(), sinceKey, time.Now().UnixMicro())
	return nil
}

// SignOut implements web.Sessions.
func (s sessions) SignOut(_ http.ResponseWriter, r *http.Request) error {
	return s.Destroy(r.Context())
}

// sessionStore is the sessions table as scs wants it.
type sessionStore struct{ db *store.DB }

var _ scs.CtxStore = sessionStore{}

func (s sessionStore) FindCtx(ctx context.Context, token string) (b []byte, found bool, err error) {
	err = s.db.View(ctx, func(tx *store.Tx) (err error) {
		b, err = tx.Session(ctx, token, time.Now())
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return nil, false, nil
	}
	return b, err == nil, err
}

func (s sessionStore) CommitCtx(ctx context.Context, token string, b []byte, expiry time.Time) error {
	return s.db.Update(ctx, func(tx *store.Tx) error { return tx.PutSession(ctx, token, b, expiry) })
}

func (s sessionStore) DeleteCtx(ctx context.Context, token string) error {
	err := s.db.Update(ctx, func(tx *store.Tx) error { return tx.DropSession(ctx, token) })
	if record.KindOf(err) == record.NotFound {
		return nil
	}
	return err
}

func (s sessionStore) Find(token string) ([]byte, bool, error) {
	return s.FindCtx(context.Background(), token)
}

func (s sessionStore) Commit(token string, b []byte, expiry time.Time) error {
	return s.CommitCtx(context.Background(), token, b, expiry)
}

func (s sessionStore) Delete(token string) error { return s.DeleteCtx(context.Background(), token) }
