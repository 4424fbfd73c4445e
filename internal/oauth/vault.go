package oauth

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/luikyv/go-oidc/pkg/goidc"

	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// vault is the library's storage over ours. The library reads and then saves; the vault makes each save hold only for the
// version that was read.
type vault struct {
	db  *store.DB
	log *slog.Logger
}

var (
	_ goidc.GrantManager        = (*vault)(nil)
	_ goidc.AuthManager         = (*vault)(nil)
	_ goidc.DCRManager          = (*vault)(nil)
	_ goidc.RefreshTokenManager = (*vault)(nil)
	_ goidc.OpaqueTokenManager  = (*vault)(nil)
)

// What the vault puts into the library's free room for notes.
const (
	noteRow     = "row"     // of a grant that was read: the *record.Grant; never written
	noteKept    = "kept"    // of a request: it is in the database
	noteAccount = "account" // of the learner who answered, and so on
	noteInst    = "institution"
	noteLearner = "learner"
	noteUntil   = "until" // end of the consent, Unix seconds as text
	noteStays   = "stays" // "yes": a refresh token is wanted and allowed
	noteText    = "text"  // version of the sentences that the learner read
)

func note(notes map[string]any, name string) string {
	s, _ := notes[name].(string)
	return s
}

// hashMark tells a hash that was read from a secret that was just made.
const hashMark = "sha256:"

// hashed is a secret as it is kept.
func hashed(secret string) string {
	if secret == "" || strings.HasPrefix(secret, hashMark) {
		return secret
	}
	return hashMark + record.Sum([]byte(secret))
}

// verifySecret compares a presented client secret with the kept hash.
func verifySecret(_ context.Context, kept, presented string) error {
	if !strings.HasPrefix(kept, hashMark) || subtle.ConstantTimeCompare([]byte(kept), []byte(hashMark+record.Sum([]byte(presented)))) != 1 {
		return errors.New("oauth: wrong client secret")
	}
	return nil
}

// missing turns our NotFound into the library's.
func missing(err error) error {
	if record.KindOf(err) == record.NotFound {
		return goidc.ErrNotFound
	}
	return err
}

// Client implements goidc.DCRManager.
func (v *vault) Client(ctx context.Context, id string) (*goidc.Client, error) {
	var c *record.Client
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		c, err = tx.Client(ctx, record.ClientID(id))
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	out := &goidc.Client{}
	if err := json.Unmarshal(c.Body, out); err != nil {
		return nil, err
	}
	out.Secret, out.RegistrationToken = c.SecretHash, c.RegistrationHash
	return out, nil
}

// SaveClient implements goidc.DCRManager. The client in the caller's hands keeps its secrets: they are in the answer.
func (v *vault) SaveClient(ctx context.Context, c *goidc.Client) error {
	kept := *c
	kept.Secret, kept.RegistrationToken = "", ""
	body, err := json.Marshal(&kept)
	if err != nil {
		return err
	}
	return v.db.Update(ctx, func(tx *store.Tx) error {
		return tx.PutClient(ctx, &record.Client{ID: record.ClientID(c.ID), Name: c.Name, Body: body, SecretHash: hashed(c.Secret),
			RegistrationHash: hashed(c.RegistrationToken), CreatedAt: record.Time(time.Unix(int64(c.CreatedAt), 0))})
	})
}

// DeleteClient implements goidc.DCRManager.
func (v *vault) DeleteClient(ctx context.Context, id string) error {
	return missing(v.db.Update(ctx, func(tx *store.Tx) error { return tx.DeleteClient(ctx, record.ClientID(id)) }))
}

// Session implements goidc.AuthManager: a request for access that waits for its learner.
func (v *vault) Session(ctx context.Context, id string) (*goidc.AuthnSession, error) {
	var body []byte
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		body, err = tx.Request(ctx, record.Sum([]byte(id)), time.Now())
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	as := &goidc.AuthnSession{}
	if err := json.Unmarshal(body, as); err != nil {
		return nil, err
	}
	as.ID = id
	return as, nil
}

// SaveSession implements goidc.AuthManager. An answered request is deleted, and only one answer finds it there.
func (v *vault) SaveSession(ctx context.Context, as *goidc.AuthnSession) error {
	hash := record.Sum([]byte(as.ID))
	kept := note(as.Store, noteKept) != ""
	if as.Status != goidc.StatusPending {
		if !kept {
			return nil
		}
		err := v.db.Update(ctx, func(tx *store.Tx) error { return tx.TakeRequest(ctx, hash) })
		if record.KindOf(err) == record.Conflict {
			return goidc.WrapError(goidc.ErrorCodeInvalidRequest, "this request was answered already", err)
		}
		return err
	}
	if as.Store == nil {
		as.Store = map[string]any{}
	}
	copied := *as
	copied.ID, copied.Store = "", maps.Clone(as.Store)
	copied.Store[noteKept] = "yes"
	body, err := json.Marshal(&copied)
	if err != nil {
		return err
	}
	err = v.db.Update(ctx, func(tx *store.Tx) error {
		if !kept {
			n, err := tx.CountRequests(ctx, record.ClientID(as.ClientID), time.Now())
			if err != nil {
				return err
			}
			if n >= maxWaiting {
				return goidc.NewError("temporarily_unavailable", "too many requests of this program wait for an answer").WithStatusCode(http.StatusTooManyRequests)
			}
		}
		return tx.PutRequest(ctx, hash, record.ClientID(as.ClientID), body, time.Unix(int64(as.ExpiresAt), 0))
	})
	if err == nil {
		as.Store[noteKept] = "yes"
	}
	return err
}

// SaveGrant implements goidc.GrantManager.
func (v *vault) SaveGrant(ctx context.Context, g *goidc.Grant) error {
	row, _ := g.Store[noteRow].(*record.Grant)
	if row == nil {
		return v.addGrant(ctx, g)
	}
	now := record.Time(time.Now())
	if g.RevokedAt != 0 {
		return v.end(ctx, row, "app.ended", "a code or a token was used in a way that it must not be, or given back")
	}
	body, err := bodyOf(g)
	if err != nil {
		return err
	}
	changed := *row
	changed.Body = body
	if g.RefreshToken != "" {
		changed.RefreshHash = hashed(g.RefreshToken)
	}
	err = v.db.Update(ctx, func(tx *store.Tx) error {
		again := changed // a transaction that runs again starts from the version that was read
		return tx.ChangeGrant(ctx, &again, now)
	})
	if record.KindOf(err) == record.Conflict {
		return goidc.WrapError(goidc.ErrorCodeInvalidGrant, "invalid grant", fmt.Errorf("used by another at the same moment: %w", err))
	}
	if err == nil {
		changed.Version++
		*row = changed
	}
	return err
}

// addGrant writes the consent that a learner just gave, and that it was given.
func (v *vault) addGrant(ctx context.Context, g *goidc.Grant) error {
	body, err := bodyOf(g)
	if err != nil {
		return err
	}
	until, err := time.Parse(time.RFC3339, note(g.Store, noteUntil))
	if err != nil {
		return fmt.Errorf("oauth: a consent without an end: %w", err)
	}
	row := &record.Grant{ID: record.GrantID(g.ID), Client: record.ClientID(g.ClientID), Institution: record.InstitutionID(note(g.Store, noteInst)),
		Account: record.AccountID(note(g.Store, noteAccount)), Learner: record.LearnerID(note(g.Store, noteLearner)), Scopes: strings.Fields(g.Scopes),
		Body: body, CodeHash: hashed(g.AuthCode), CreatedAt: record.Time(time.Now()), ExpiresAt: record.Time(until)}
	return v.db.Update(ctx, func(tx *store.Tx) error {
		c, err := tx.Client(ctx, row.Client)
		if err != nil {
			return err
		}
		row.ClientName = c.Name
		if err := tx.AddGrant(ctx, row); err != nil {
			return err
		}
		return tx.Append(ctx, eventOf(row, row.CreatedAt, string(row.Account), "app.allowed", map[string]string{"scopes": strings.Join(row.Scopes, " "),
			"until": until.UTC().Format(time.RFC3339), "text": note(g.Store, noteText)}))
	})
}

func eventOf(g *record.Grant, at time.Time, actor, action string, detail map[string]string) *record.Event {
	detail["app"] = g.ClientName
	return &record.Event{Institution: g.Institution, At: at, Actor: actor, Action: action, Object: "app/" + string(g.ID), Learner: g.Learner, Detail: detail}
}

// end ends a consent with all its tokens, and writes that it ended.
func (v *vault) end(ctx context.Context, g *record.Grant, action, why string) error {
	now := record.Time(time.Now())
	return v.db.Update(ctx, func(tx *store.Tx) error {
		was, err := tx.RevokeGrant(ctx, g.ID, now)
		if err != nil || !was {
			return err
		}
		return tx.Append(ctx, eventOf(g, now, "system", action, map[string]string{"why": why}))
	})
}

// bodyOf is what is kept of a grant: everything but its secrets.
func bodyOf(g *goidc.Grant) ([]byte, error) {
	kept := *g
	kept.AuthCode, kept.RefreshToken = "", ""
	kept.Store = map[string]any{}
	for k, val := range g.Store {
		if k != noteRow {
			kept.Store[k] = val
		}
	}
	return json.Marshal(&kept)
}

// grantOf is a kept grant as the library wants it.
func grantOf(row *record.Grant) (*goidc.Grant, error) {
	g := &goidc.Grant{}
	if err := json.Unmarshal(row.Body, g); err != nil {
		return nil, err
	}
	if g.Store == nil {
		g.Store = map[string]any{}
	}
	g.Store[noteRow] = row
	if !row.Open(time.Now()) {
		g.RevokedAt = int(time.Now().Unix())
	}
	return g, nil
}

// lifeOf is how long an access token of a grant may live.
func (v *vault) lifeOf(g *goidc.Grant) time.Duration {
	until, err := time.Parse(time.RFC3339, note(g.Store, noteUntil))
	if err != nil {
		return 0
	}
	return max(0, min(accessLife, time.Until(until)))
}

// Grant implements goidc.GrantManager.
func (v *vault) Grant(ctx context.Context, id string) (*goidc.Grant, error) {
	var row *record.Grant
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.Grant(ctx, record.GrantID(id))
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	return grantOf(row)
}

// GrantByAuthCode implements goidc.AuthManager. The refresh token is made here, when the code is redeemed, so that nobody
// has seen it before and only its hash is ever written.
func (v *vault) GrantByAuthCode(ctx context.Context, code string) (*goidc.Grant, error) {
	var row *record.Grant
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.GrantByCode(ctx, hashed(code))
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	if !row.Open(time.Now()) {
		return nil, goidc.ErrNotFound
	}
	g, err := grantOf(row)
	if err == nil && g.AuthCodeConsumedAt == 0 && note(g.Store, noteStays) == "yes" {
		g.RefreshToken = random(ctx)
	}
	return g, err
}

// GrantByRefreshToken implements goidc.RefreshTokenManager. A token that made room for another was copied: everything that
// came from its consent ends (RFC 9700, 4.14.2), unless it is a twin of the same moment.
func (v *vault) GrantByRefreshToken(ctx context.Context, token string) (*goidc.Grant, error) {
	var row *record.Grant
	var spent time.Time
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.GrantByRefresh(ctx, hashed(token))
		if record.KindOf(err) != record.NotFound {
			return err
		}
		id, when, err := tx.SpentRefresh(ctx, hashed(token))
		if err != nil {
			return err
		}
		spent = when
		row, err = tx.Grant(ctx, id)
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	if asker := askerOf(ctx); asker != "" && asker != row.Client || !row.Open(time.Now()) {
		return nil, goidc.ErrNotFound
	}
	if spent.IsZero() {
		return grantOf(row)
	}
	if time.Since(spent) > twinWindow {
		v.log.WarnContext(ctx, "a refresh token was used twice; its consent ends", "client", row.Client, "grant", row.ID)
		if err := v.end(ctx, row, "app.reuse", "a token that had made room for another was used again"); err != nil {
			return nil, err
		}
	}
	return nil, goidc.ErrNotFound
}

// SaveToken implements goidc.OpaqueTokenManager.
func (v *vault) SaveToken(ctx context.Context, t *goidc.Token) error {
	row := &record.Token{Hash: record.Sum([]byte(t.ID)), Grant: record.GrantID(t.GrantID), Client: record.ClientID(t.ClientID), Scopes: distinct(t.Scopes),
		CreatedAt: time.Unix(int64(t.CreatedAt), 0), ExpiresAt: time.Unix(int64(t.ExpiresAt), 0)}
	if t.RevokedAt != 0 {
		row.RevokedAt = time.Unix(int64(t.RevokedAt), 0)
	}
	return v.db.Update(ctx, func(tx *store.Tx) error { return tx.PutToken(ctx, row) })
}

// Token implements goidc.OpaqueTokenManager. To a program that asks about another's token there is no such token.
func (v *vault) Token(ctx context.Context, value string) (*goidc.Token, error) {
	var row *record.Token
	err := v.db.View(ctx, func(tx *store.Tx) (err error) {
		row, err = tx.Token(ctx, record.Sum([]byte(value)))
		return err
	})
	if err != nil {
		return nil, missing(err)
	}
	if asker := askerOf(ctx); asker != "" && asker != row.Client {
		return nil, goidc.ErrNotFound
	}
	t := &goidc.Token{ID: value, GrantID: string(row.Grant), ClientID: string(row.Client), CreatedAt: int(row.CreatedAt.Unix()), ExpiresAt: int(row.ExpiresAt.Unix()),
		Format: goidc.TokenFormatOpaque, Type: goidc.TokenTypeBearer, Scopes: strings.Join(row.Scopes, " ")}
	if !row.RevokedAt.IsZero() {
		t.RevokedAt = int(row.RevokedAt.Unix())
	}
	return t, nil
}

// distinct is a list of scopes, each once.
func distinct(scopes string) []string {
	var out []string
	for _, s := range strings.Fields(scopes) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
