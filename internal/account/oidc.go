package account

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
)

// oidcAlgorithms sign identity tokens: public-key algorithms alone, so that nobody who knows the client's secret, and
// nobody at all by "none", can make one (OpenID Connect Core 1.0, section 3.1.3.7, steps 6 to 8).
var oidcAlgorithms = []string{oidc.RS256, oidc.RS384, oidc.RS512, oidc.ES256, oidc.ES384, oidc.ES512, oidc.PS256, oidc.PS384, oidc.PS512, oidc.EdDSA}

// oidcService is a service that answers, as its discovery document says.
type oidcService struct {
	provider *oidc.Provider
	oauth    oauth2.Config
	issuers  bool // it names itself in its answers (RFC 9207)
}

func (d *Desk) oidcService(ctx context.Context, s *record.CampusService) (*oidcService, context.Context, error) {
	const op = "account.oidcService"
	client, err := d.client(op)
	if err != nil {
		return nil, ctx, err
	}
	ctx = oidc.ClientContext(ctx, client)
	provider, err := oidc.NewProvider(ctx, s.Settings.Issuer)
	if err != nil {
		return nil, ctx, &record.Error{Kind: record.Unavailable, Op: op, Code: "campus.away", Message: "the sign-in service does not answer as an OpenID provider just now; try again in a while", Err: err}
	}
	var says struct {
		Issuers bool `json:"authorization_response_iss_parameter_supported"`
	}
	if err := provider.Claims(&says); err != nil {
		return nil, ctx, campusRefused(op, err)
	}
	o := &oidcService{provider: provider, issuers: says.Issuers}
	o.oauth = oauth2.Config{ClientID: s.Settings.ClientID, Endpoint: provider.Endpoint(), RedirectURL: d.backURL(s), Scopes: []string{oidc.ScopeOpenID, "profile", "email"}}
	if len(s.Sealed) > 0 {
		if d.Secrets == nil {
			return nil, ctx, record.Errorf(record.Internal, op, "")
		}
		secret, err := d.Secrets.OpenSecret(s.Sealed)
		if err != nil {
			return nil, ctx, record.Wrap(op, err)
		}
		o.oauth.ClientSecret = string(secret)
	}
	return o, ctx, nil
}

// stateOf is what the service carries back. It follows from the browser's secret and does not tell it.
func stateOf(token string) string { return record.Sum([]byte("state " + token)) }

func (d *Desk) beginOIDC(ctx context.Context, actor record.Actor, s *record.CampusService, next string) (address, token string, err error) {
	o, ctx, err := d.oidcService(ctx, s)
	if err != nil {
		return "", "", err
	}
	step := campusStep{Service: s.ID, Next: next, Nonce: rand.Text(), Verifier: oauth2.GenerateVerifier()}
	if token, err = d.begin(ctx, stepOIDC, actor.Account, step); err != nil {
		return "", "", err
	}
	return o.oauth.AuthCodeURL(stateOf(token), oidc.Nonce(step.Nonce), oauth2.S256ChallengeOption(step.Verifier)), token, nil
}

// EndOIDC checks what a browser brings back from a service (OpenID Connect Core 1.0, section 3.1.2.5) and lets the person
// in. token is the secret of the browser that began; answer the parameters of the address.
func (d *Desk) EndOIDC(ctx context.Context, id record.CampusServiceID, token string, answer url.Values) (a *record.Account, next string, err error) {
	const op = "account.EndOIDC"
	var step campusStep
	begun, err := d.take(ctx, stepOIDC, token, &step)
	if err != nil {
		return nil, "", err
	}
	for _, values := range answer { // a parameter twice is two answers (RFC 6749, section 3.1)
		if len(values) != 1 {
			return nil, "", campusRefused(op, errors.New("a parameter stands twice"))
		}
	}
	if step.Service != id || subtle.ConstantTimeCompare([]byte(answer.Get("state")), []byte(stateOf(token))) != 1 {
		return nil, "", campusRefused(op, errors.New("state"))
	}
	if answer.Get("error") != "" {
		return nil, "", coded("campus.denied", record.Errorf(record.Forbidden, op, "the sign-in service stopped the sign-in"))
	}
	s, err := d.openService(ctx, op, id)
	if err != nil {
		return nil, "", err
	}
	o, ctx, err := d.oidcService(ctx, s)
	if err != nil {
		return nil, "", err
	}
	// The answer must be of the service that was asked (RFC 9207, section 2.4): another one would get our code.
	if iss := answer.Get("iss"); iss != "" && iss != s.Settings.Issuer || iss == "" && o.issuers {
		return nil, "", campusRefused(op, errors.New("iss"))
	}
	person, err := d.oidcPerson(ctx, s, o, answer.Get("code"), &step)
	if err != nil {
		return nil, "", err
	}
	a, err = d.arrive(ctx, s, begun, person)
	return a, step.Next, err
}

func (d *Desk) oidcPerson(ctx context.Context, s *record.CampusService, o *oidcService, code string, step *campusStep) (*campusPerson, error) {
	const op = "account.oidcPerson"
	tokens, err := o.oauth.Exchange(ctx, code, oauth2.VerifierOption(step.Verifier))
	if err != nil {
		return nil, campusRefused(op, err)
	}
	raw, ok := tokens.Extra("id_token").(string)
	if !ok {
		return nil, campusRefused(op, errors.New("no id_token"))
	}
	verifier := o.provider.VerifierContext(ctx, &oidc.Config{ClientID: s.Settings.ClientID, SupportedSigningAlgs: oidcAlgorithms, Now: d.now})
	token, err := verifier.Verify(ctx, raw)
	if err != nil {
		return nil, campusRefused(op, err)
	}
	if subtle.ConstantTimeCompare([]byte(token.Nonce), []byte(step.Nonce)) != 1 {
		return nil, campusRefused(op, errors.New("nonce"))
	}
	claims, err := claimsOf(token.Claims)
	if err != nil {
		return nil, campusRefused(op, err)
	}
	if azp, _ := claims["azp"].(string); azp != "" && azp != s.Settings.ClientID || azp == "" && len(token.Audience) > 1 {
		return nil, campusRefused(op, errors.New("azp"))
	}
	email := orDefault(s.Settings.EmailClaim, "email")
	if _, told := claims[email]; !told && o.provider.UserInfoEndpoint() != "" {
		info, err := o.provider.UserInfo(ctx, oauth2.StaticTokenSource(tokens))
		if err != nil || info.Subject != token.Subject { // OpenID Connect Core 1.0, section 5.3.2
			return nil, campusRefused(op, err)
		}
		if claims, err = claimsOf(info.Claims); err != nil {
			return nil, campusRefused(op, err)
		}
	}
	p := &campusPerson{Subject: token.Subject, Email: oneClaim(claims[email]), Name: oneClaim(claims[orDefault(s.Settings.NameClaim, "name")]),
		Groups: manyClaims(claims[orDefault(s.Settings.GroupsClaim, "groups")])}
	p.Verified, _ = claims["email_verified"].(bool) // the text "true" is no such claim
	if s.Settings.LearnerClaim != "" {
		p.Learner = oneClaim(claims[s.Settings.LearnerClaim])
	}
	return p, nil
}

func orDefault(s, other string) string {
	if s == "" {
		return other
	}
	return s
}

// claimsOf reads a set of claims by the house's own reader.
func claimsOf(read func(any) error) (map[string]any, error) {
	var raw json.RawMessage
	if err := read(&raw); err != nil {
		return nil, err
	}
	var out map[string]any
	return out, ijson.Unmarshal(raw, &out)
}

func oneClaim(v any) string {
	s, _ := v.(string)
	return clip(s)
}

func manyClaims(v any) []string {
	if s, ok := v.(string); ok {
		return []string{clip(s)}
	}
	list, _ := v.([]any)
	var out []string
	for _, v := range list {
		if s := oneClaim(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// CampusKindOf is the protocol of a service that may be used.
func (d *Desk) CampusKindOf(ctx context.Context, id record.CampusServiceID) (record.CampusKind, error) {
	s, err := d.openService(ctx, "account.CampusKindOf", id)
	if err != nil {
		return "", err
	}
	return s.Kind, nil
}

// campusOf reads an institution's own service.
func campusOf(ctx context.Context, tx *store.Tx, institution record.InstitutionID, id record.CampusServiceID) (*record.CampusService, error) {
	s, err := tx.CampusService(ctx, id)
	if err == nil && s.Institution != institution {
		return nil, record.Errorf(record.NotFound, "account.campusOf", "this institution has no such sign-in service")
	}
	return s, err
}
