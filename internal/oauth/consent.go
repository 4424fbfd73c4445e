package oauth

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// ConsentText is the version of the sentences of the consent page. A learner's answer to other sentences is not an answer.
const ConsentText = "1"

// Lasts are the times for which a learner may allow a program, by the value in the form. The first is all that a program
// gets which asked for no refresh token.
var Lasts = []Last{{"once", accessLife}, {"30", 30 * 24 * time.Hour}, {"365", 365 * 24 * time.Hour}}

// Last is one of them.
type Last struct {
	Value string
	Life  time.Duration
}

// Ask is what a learner is asked: who, what, for how long.
type Ask struct {
	Request string // names the request in addresses
	Client  record.ClientID
	Name    string // as the program calls itself
	Host    string // where it is
	URI     string
	Terms   string
	Policy  string
	Origin  string // scheme and host to which the browser goes with the answer
	Scopes  []string
	Lasts   []Last
	Since   time.Time // when it registered
}

// Asked reads a request for access, for the learner who is to answer it. The first learner who reads it is the one who may
// answer.
func (s *Server) Asked(ctx context.Context, actor record.Actor, request string) (*Ask, error) {
	const op = "oauth.Asked"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	gone := record.Errorf(record.Gone, op, "this request was answered already, or nobody answered it for half an hour; go back to the program and start again")
	as, err := s.vault.Session(ctx, request)
	if errors.Is(err, goidc.ErrNotFound) {
		return nil, gone
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	switch note(as.Store, noteAccount) {
	case "":
		as.Store[noteAccount] = string(actor.Account)
		if err := s.vault.SaveSession(ctx, as); err != nil {
			return nil, record.Wrap(op, err)
		}
	case string(actor.Account):
	default:
		return nil, gone
	}
	c, err := s.vault.Client(ctx, as.ClientID)
	if errors.Is(err, goidc.ErrNotFound) {
		return nil, gone
	}
	if err != nil {
		return nil, record.Wrap(op, err)
	}
	custom := func(name string) string { t, _ := c.CustomAttributes[name].(string); return t }
	ask := &Ask{Request: request, Client: record.ClientID(c.ID), Name: c.Name, URI: custom("client_uri"), Terms: c.TermsOfServiceURI, Policy: c.PolicyURI,
		Origin: origin(as.RedirectURI), Scopes: distinct(as.Scopes), Lasts: lastsOf(as, c), Since: time.Unix(int64(c.CreatedAt), 0).UTC()}
	ask.Host = strings.TrimPrefix(strings.TrimPrefix(ask.Origin, "https://"), "http://")
	return ask, nil
}

// lastsOf is for how long a program may be allowed.
func lastsOf(as *goidc.AuthnSession, c *goidc.Client) []Last {
	if slices.Contains(c.GrantTypes, goidc.GrantRefreshToken) {
		return Lasts
	}
	return Lasts[:1]
}

// ask is the library's question who allows what: it sends the browser to the consent page and, when the answer comes from
// there, turns it into a grant.
func (s *Server) ask(w http.ResponseWriter, r *http.Request, as *goidc.AuthnSession, c *goidc.Client) (goidc.Status, error) {
	if r.Method != http.MethodPost {
		// Kept before the browser is sent to it, so that a request that cannot be kept is refused in time.
		as.Status = goidc.StatusPending
		if err := s.vault.SaveSession(r.Context(), as); err != nil {
			return goidc.StatusFailure, err
		}
		http.Redirect(w, r, PathConsent+as.ID, http.StatusSeeOther)
		return goidc.StatusPending, nil
	}
	actor, err := s.SignedIn(r)
	if err != nil {
		return goidc.StatusFailure, err
	}
	f := r.PostForm
	mine := actor.RequireSelf("oauth.ask", actor.Learner) == nil && note(as.Store, noteAccount) == string(actor.Account)
	if !mine || f.Get("text") != ConsentText {
		http.Redirect(w, r, PathConsent+as.ID, http.StatusSeeOther)
		return goidc.StatusPending, nil
	}
	if f.Get("answer") != "allow" {
		return goidc.StatusFailure, goidc.NewError(goidc.ErrorCodeAccessDenied, "the learner said no")
	}
	last := slices.IndexFunc(lastsOf(as, c), func(l Last) bool { return l.Value == f.Get("last") })
	if last < 0 {
		http.Redirect(w, r, PathConsent+as.ID, http.StatusSeeOther)
		return goidc.StatusPending, nil
	}
	as.Subject = string(actor.Account)
	as.GrantedScopes = strings.Join(distinct(as.Scopes), " ")
	as.Store[noteInst], as.Store[noteLearner], as.Store[noteText] = string(actor.Institution), string(actor.Learner), ConsentText
	as.Store[noteUntil] = time.Now().Add(Lasts[last].Life).UTC().Format(time.RFC3339)
	if last > 0 {
		as.Store[noteStays] = "yes"
	}
	if granted, ok := r.Context().Value(grantedKey{}).(*string); ok {
		*granted = as.GrantedScopes
	}
	return goidc.StatusSuccess, nil
}

// Apps lists what a learner allows at present, newest first.
func (s *Server) Apps(ctx context.Context, actor record.Actor) (apps []*record.Grant, err error) {
	const op = "oauth.Apps"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx *store.Tx) (err error) {
		apps, err = tx.GrantsOfAccount(ctx, actor.Account, time.Now())
		return err
	})
	return apps, record.Wrap(op, err)
}

// Consent reads one of the actor's consents, also one that was withdrawn or has ended.
func (s *Server) Consent(ctx context.Context, actor record.Actor, id record.GrantID) (g *record.Grant, err error) {
	const op = "oauth.Consent"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return nil, err
	}
	err = s.DB.View(ctx, func(tx *store.Tx) (err error) {
		if g, err = tx.Grant(ctx, id); err == nil && g.Account != actor.Account {
			return record.Errorf(record.NotFound, op, "there is no such consent")
		}
		return err
	})
	return g, record.Wrap(op, err)
}

// Withdraw takes a consent back: every token that came from it is dead when this returns.
func (s *Server) Withdraw(ctx context.Context, actor record.Actor, id record.GrantID) error {
	const op = "oauth.Withdraw"
	if err := actor.RequireSelf(op, actor.Learner); err != nil {
		return err
	}
	now := record.Time(time.Now())
	err := s.DB.Update(ctx, func(tx *store.Tx) error {
		g, err := tx.Grant(ctx, id)
		if err != nil {
			return err
		}
		if g.Account != actor.Account {
			return record.Errorf(record.NotFound, op, "there is no such consent")
		}
		was, err := tx.RevokeGrant(ctx, id, now)
		if err != nil || !was {
			return err
		}
		return tx.Append(ctx, eventOf(g, now, actor.ID(), "app.withdrawn", map[string]string{}))
	})
	if err != nil {
		return record.Wrap(op, err)
	}
	return nil
}
