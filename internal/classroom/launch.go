package classroom

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/jose"
	"github.com/openlaurel/laurel/key"
)

const (
	stepLife        = 10 * time.Minute // how long a launch may take: time for a slow platform
	clockSkew       = time.Minute      // between a platform and us
	oldestToken     = 10 * time.Minute // a launch token is made for the moment (LTI Core 1.3 leaves its age to the tool)
	maxToken        = 64 << 10         // of a launch: the longest seen has 12 kB
	maxDeploymentID = 255              // LTI Core 1.3, 5.3.3
	maxSubject      = 255              // LTI Core 1.3, 5.3.6
	maxHint         = 4_000            // login_hint and lti_message_hint, which we only carry
	maxKeySet       = 1 << 20
	maxWords        = 300 // a name or title that a platform says
)

// Steps in the table of begun sign-ins: an answer to one kind answers no other.
const (
	stepLaunch = "lti.launch"
	stepChoose = "lti.choose"
)

// Codes of refused launches, which pages tell apart.
const (
	CodePlatform   = "lti.platform"   // no such platform, or switched off
	CodeStale      = "lti.stale"      // answered already, too old, or of another browser
	CodeToken      = "lti.token"      // the token does not hold
	CodeDeployment = "lti.deployment" // not entered here
	CodeAway       = "lti.away"       // the platform does not answer
	CodeRole       = "lti.role"       // not for learners
	CodeLink       = "lti.link"       // the activity is not one of ours
)

// launchAlgorithms sign launches: the one that every platform has, and its younger kin (1EdTech Security Framework 1.0,
// 5.1.1). None of them is symmetric.
var launchAlgorithms = []string{"RS256", "RS384", "RS512", "PS256", "ES256", "ES384"}

func refused(kind record.Kind, code, format string, args ...any) error {
	e := record.Errorf(kind, "classroom.launch", format, args...)
	e.Code = code
	return e
}

// loginStep is what a launch must come back with.
type loginStep struct {
	System  record.ClassroomSystemID `json:"system"`
	Nonce   string                   `json:"nonce"`
	Browser string                   `json:"browser"` // hash of the browser's secret
}

// BeginLaunch answers a platform's wish to launch (1EdTech Security Framework 1.0, 5.1.1.1): the address to which the
// browser goes to be vouched for. browser is the browser's secret.
func (d *Desk) BeginLaunch(ctx context.Context, browser string, asked url.Values) (string, error) {
	const op = "classroom.BeginLaunch"
	for name, values := range asked {
		if len(values) != 1 || len(values[0]) > maxHint {
			return "", refused(record.Invalid, CodeToken, "%s stands twice or is too long", name)
		}
	}
	hint := asked.Get("login_hint")
	if asked.Get("iss") == "" || hint == "" {
		return "", refused(record.Invalid, CodePlatform, "a launch begins at the learning platform, which says iss and login_hint")
	}
	var all []*record.ClassroomSystem
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) {
		all, err = tx.ClassroomIssuers(ctx, asked.Get("iss"), asked.Get("client_id"))
		return err
	}); err != nil {
		return "", record.Wrap(op, err)
	}
	all = slices.DeleteFunc(all, func(s *record.ClassroomSystem) bool { return s.Off })
	if len(all) != 1 {
		return "", refused(record.Forbidden, CodePlatform, "%d platforms that are switched on have this issuer and client id", len(all))
	}
	s := all[0]
	state := rand.Text()
	step := loginStep{System: s.ID, Nonce: rand.Text(), Browser: record.Sum([]byte(browser))}
	if err := d.begin(ctx, stepLaunch, state, step); err != nil {
		return "", err
	}
	u, err := url.Parse(s.Settings.AuthURL)
	if err != nil {
		return "", record.Wrap(op, err)
	}
	q := u.Query()
	for name, value := range map[string]string{"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none", "client_id": s.ClientID,
		"redirect_uri": d.PublicURL + LaunchPath, "login_hint": hint, "state": state, "nonce": step.Nonce} {
		q.Set(name, value)
	}
	if m := asked.Get("lti_message_hint"); m != "" {
		q.Set("lti_message_hint", m)
	}
	u.RawQuery = q.Encode()
	return u.String(), nil
}

// begin writes a step down under its secret.
func (d *Desk) begin(ctx context.Context, kind, token string, data any) error {
	const op = "classroom.begin"
	b, err := json.Marshal(data)
	if err != nil {
		return record.Wrap(op, err)
	}
	return record.Wrap(op, d.DB.Update(ctx, func(tx *store.Tx) error {
		return tx.AddSignInStep(ctx, record.Sum([]byte(token)), &record.SignInStep{Kind: kind, Data: b}, d.now().Add(stepLife))
	}))
}

// take uses a step up, before anybody looks at the answer: a wrong answer ends it as a right one does.
func (d *Desk) take(ctx context.Context, kind, token string, data any) error {
	const op = "classroom.take"
	stale := refused(record.Invalid, CodeStale, "this launch was answered already, took too long, or began in another browser")
	if token == "" || len(token) > maxHint {
		return stale
	}
	var step *record.SignInStep
	err := d.DB.Update(ctx, func(tx *store.Tx) (err error) {
		step, err = tx.TakeSignInStep(ctx, record.Sum([]byte(token)), kind, d.now())
		return err
	})
	if record.KindOf(err) == record.NotFound {
		return stale
	}
	if err != nil {
		return record.Wrap(op, err)
	}
	return record.Wrap(op, ijson.Unmarshal(step.Data, data))
}

// Launch is a launch that was checked.
type Launch struct {
	System   *record.ClassroomSystem
	Choose   bool // a deep linking request; otherwise an activity
	Subject  string
	Name     string
	Teaches  bool
	Locale   string
	Course   string
	Resource string                // title of the activity
	Link     string                // the activity's custom parameter, which is the id of a link of ours
	LineItem string                // address of its column in the grade book
	Members  string                // address of the course's members
	Return   string                // deep linking: where the answer goes
	Data     string                // deep linking: to be sent back as it came
	Deploy   string                // deployment id
	Activity *record.ClassroomLink // the link, once it was found
	About    *record.Achievement   // what the activity leads to
	Frames   []string              // origins that may show this launch in a frame
}

// EndLaunch checks what a browser brings back from a platform (LTI Core 1.3, 5.1.1.2; 1EdTech Security Framework 1.0,
// 5.1.3). browser is the secret of the browser that began.
func (d *Desk) EndLaunch(ctx context.Context, browser string, answer url.Values) (*Launch, error) {
	const op = "classroom.EndLaunch"
	var step loginStep
	if err := d.take(ctx, stepLaunch, answer.Get("state"), &step); err != nil {
		return nil, err
	}
	if subtle.ConstantTimeCompare([]byte(step.Browser), []byte(record.Sum([]byte(browser)))) != 1 {
		return nil, refused(record.Invalid, CodeStale, "this launch began in another browser, or the browser keeps no cookies of frames")
	}
	if answer.Get("error") != "" || len(answer["id_token"]) != 1 {
		return nil, refused(record.Forbidden, CodeToken, "the platform stopped the launch")
	}
	var s *record.ClassroomSystem
	if err := d.DB.View(ctx, func(tx *store.Tx) (err error) { s, err = tx.ClassroomSystem(ctx, step.System); return err }); err != nil {
		return nil, record.Wrap(op, err)
	}
	if s.Off {
		return nil, refused(record.Forbidden, CodePlatform, "this platform is switched off")
	}
	claims, err := d.checkToken(ctx, s, answer.Get("id_token"), step.Nonce)
	if err != nil {
		return nil, err
	}
	l, err := d.readLaunch(s, claims)
	if err != nil {
		return nil, err
	}
	if !l.Choose {
		err = d.meet(ctx, l)
	}
	return l, err
}

// checkToken checks signature, issuer, audience, times and nonce of a launch's token.
func (d *Desk) checkToken(ctx context.Context, s *record.ClassroomSystem, token, nonce string) (ijson.Value, error) {
	no := func(format string, args ...any) (ijson.Value, error) {
		return ijson.Value{}, refused(record.Forbidden, CodeToken, format, args...)
	}
	if len(token) > maxToken {
		return no("the token has more than %d bytes", maxToken)
	}
	jws, err := jose.Parse([]byte(token))
	if err != nil {
		return no("%v", err)
	}
	if !slices.Contains(launchAlgorithms, jws.Algorithm) { // before any request is made for it
		return no("the token is signed by %.20q, which no launch is", jws.Algorithm)
	}
	if err := d.checkSignature(ctx, s, jws); err != nil {
		return ijson.Value{}, err
	}
	doc, err := ijson.Parse(jws.Payload, &ijson.Options{MaxBytes: maxToken})
	if err != nil {
		return no("the token's claims: %v", err)
	}
	c := doc.Root()
	aud := texts(c.Get("aud"))
	azp := c.Get("azp")
	exp, isExp := c.Get("exp").Int()
	iat, isIat := c.Get("iat").Int()
	now := d.now()
	switch {
	case c.Get("iss").Text() != s.Issuer:
		return no("the token is of another issuer")
	case !slices.Contains(aud, s.ClientID):
		return no("the token is for another client")
	case azp.IsValid() && azp.Text() != s.ClientID || !azp.IsValid() && len(aud) > 1:
		return no("the token is for several clients and was not made for this one (azp)")
	case !isExp || !now.Before(time.Unix(exp, 0).Add(clockSkew)):
		return no("the token has run out")
	case !isIat || time.Unix(iat, 0).After(now.Add(clockSkew)) || now.Sub(time.Unix(iat, 0)) > oldestToken+clockSkew:
		return no("the token was not made just now")
	case subtle.ConstantTimeCompare([]byte(c.Get("nonce").Text()), []byte(nonce)) != 1:
		return no("the token answers another question (nonce)")
	}
	return c, nil
}

// checkSignature finds the key that the token names in the platform's key set. The set is read anew for each launch, so
// that a key that the platform took back is no longer good.
func (d *Desk) checkSignature(ctx context.Context, s *record.ClassroomSystem, jws *jose.JWS) error {
	set, _, err := d.get(ctx, s.Settings.KeysURL, "application/jwk-set+json, application/json", "", maxKeySet)
	if err != nil {
		e := refused(record.Unavailable, CodeAway, "the platform's keys cannot be read just now")
		var r *record.Error
		errors.As(e, &r)
		r.Err = err
		return r
	}
	var found []ijson.Value
	for k := range set.Get("keys").Elements() {
		if jws.KeyID == "" || k.Get("kid").Text() == jws.KeyID {
			found = append(found, k)
		}
	}
	if len(found) != 1 {
		return refused(record.Forbidden, CodeToken, "the platform's key set has %d keys that the token may mean; it must have one", len(found))
	}
	pub, err := key.ParseJWK(found[0])
	if err == nil {
		err = jose.Verify(jws, pub, &jose.Policy{Algorithms: launchAlgorithms, KeyAlgorithm: key.JWKAlgorithm(found[0])})
	}
	if err != nil {
		return refused(record.Forbidden, CodeToken, "%v", err)
	}
	return nil
}

// Names of claims (LTI Core 1.3, 5.3 and 5.4; Deep Linking 2.0, 4.4; AGS 2.0, 3.1; NRPS 2.0, 3.6.1.1).
const (
	claimPrefix     = "https://purl.imsglobal.org/spec/lti/claim/"
	claimDeployment = claimPrefix + "deployment_id"
	claimLinking    = "https://purl.imsglobal.org/spec/lti-dl/claim/deep_linking_settings"
	claimGrades     = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
	claimMembers    = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"
	scopeResults    = "https://purl.imsglobal.org/spec/lti-ags/scope/result.readonly"
	scopeMembers    = "https://purl.imsglobal.org/spec/lti-nrps/scope/contextmembership.readonly"
)

// readLaunch reads the message that a checked token carries.
func (d *Desk) readLaunch(s *record.ClassroomSystem, c ijson.Value) (*Launch, error) {
	l := &Launch{System: s, Subject: c.Get("sub").Text(), Name: words(c.Get("name").Text()), Deploy: c.Get(claimDeployment).Text(),
		Course: words(c.Get(claimPrefix + "context").Get("title").Text()), Resource: words(c.Get(claimPrefix + "resource_link").Get("title").Text()),
		Link: c.Get(claimPrefix + "custom").Get("laurel_link").Text(), Locale: words(c.Get(claimPrefix + "launch_presentation").Get("locale").Text()),
		LineItem: c.Get(claimGrades).Get("lineitem").Text(), Members: c.Get(claimMembers).Get("context_memberships_url").Text()}
	l.Teaches = teaches(texts(c.Get(claimPrefix + "roles")))
	no := func(code, format string, args ...any) (*Launch, error) {
		return nil, refused(record.Forbidden, code, format, args...)
	}
	target := c.Get(claimPrefix + "target_link_uri").Text()
	switch kind := c.Get(claimPrefix + "message_type").Text(); {
	case c.Get(claimPrefix+"version").Text() != "1.3.0":
		return no(CodeToken, "the launch is not LTI 1.3.0")
	case len(l.Subject) == 0 || len(l.Subject) > maxSubject:
		return no(CodeToken, "the launch names nobody; anonymous launches are of no use here")
	case l.Deploy == "" || !slices.Contains(s.Settings.Deployments, l.Deploy):
		return no(CodeDeployment, "the deployment %.255q is not entered here", l.Deploy)
	case target != d.PublicURL && !strings.HasPrefix(target, d.PublicURL+"/"):
		return no(CodeToken, "the launch is for another address")
	case kind == "LtiDeepLinkingRequest":
		return d.readLinking(l, c.Get(claimLinking))
	case kind != "LtiResourceLinkRequest":
		return no(CodeToken, "this server takes resource links and deep linking, not %.60q", kind)
	case c.Get(claimPrefix+"resource_link").Get("id").Text() == "":
		return no(CodeToken, "the launch names no resource link")
	}
	l.frames(s, c.Get(claimPrefix+"launch_presentation").Get("return_url").Text())
	for _, a := range []*string{&l.LineItem, &l.Members} {
		if *a != "" && d.checkAddress("classroom.launch", "service address", *a) != nil {
			return no(CodeToken, "the launch names a service that is no https address")
		}
	}
	return l, nil
}

// readLinking reads a deep linking request (Deep Linking 2.0, 4.4).
func (d *Desk) readLinking(l *Launch, v ijson.Value) (*Launch, error) {
	l.Choose, l.Return, l.Data = true, v.Get("deep_link_return_url").Text(), v.Get("data").Text()
	switch {
	case d.checkAddress("classroom.launch", "deep_link_return_url", l.Return) != nil:
		return nil, refused(record.Forbidden, CodeToken, "the request names no https address to go back to")
	case !slices.Contains(texts(v.Get("accept_types")), "ltiResourceLink"):
		return nil, refused(record.Forbidden, CodeToken, "the platform takes no activities (ltiResourceLink) here")
	case len(l.Data) > maxToken:
		return nil, refused(record.Forbidden, CodeToken, "the request's data is too long")
	case !l.Teaches:
		return nil, refused(record.Forbidden, CodeRole, "activities are chosen by those who teach")
	}
	l.frames(l.System, l.Return)
	return l, nil
}

// frames are the origins of the platform, as far as they were entered here or signed by it.
func (l *Launch) frames(s *record.ClassroomSystem, signed string) {
	for _, a := range []string{s.Issuer, s.Settings.AuthURL, signed} {
		u, err := url.Parse(a)
		if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.ContainsAny(u.Host, " ;,'\"") {
			continue
		}
		if origin := u.Scheme + "://" + u.Host; !slices.Contains(l.Frames, origin) {
			l.Frames = append(l.Frames, origin)
		}
	}
}

// teaches reads the roles of a launch (LTI Core 1.3, A.2): those of the course, and those of the whole platform.
func teaches(roles []string) bool {
	for _, r := range roles {
		switch r[strings.LastIndexAny(r, "#/")+1:] {
		case "Instructor", "ContentDeveloper", "Administrator", "Faculty", "Manager":
			return true
		}
	}
	return false
}

func texts(v ijson.Value) []string {
	if v.IsString() {
		return []string{v.Text()}
	}
	var out []string
	for e := range v.Elements() {
		out = append(out, e.Text())
	}
	return out
}

// words are a stranger's words, short enough to be shown.
func words(s string) string {
	if r := []rune(s); len(r) > maxWords {
		return string(r[:maxWords]) + "…"
	}
	return s
}

// meet finds the activity's link, and notes where its results are now.
func (d *Desk) meet(ctx context.Context, l *Launch) error {
	const op = "classroom.meet"
	err := d.DB.Update(ctx, func(tx *store.Tx) error {
		k, err := tx.ClassroomLink(ctx, record.ClassroomLinkID(l.Link))
		if record.KindOf(err) == record.NotFound || err == nil && k.System != l.System.ID {
			return refused(record.NotFound, CodeLink, "this activity leads to no achievement; choose it anew from this tool's content")
		}
		if err != nil {
			return err
		}
		rule, err := tx.Rule(ctx, k.Rule)
		if err != nil {
			return err
		}
		if l.About, err = tx.AchievementByIRI(ctx, rule.Institution, rule.Target); err != nil {
			return err
		}
		l.Activity = k
		if l.LineItem == "" || l.LineItem == k.LineItem && l.Members == k.Members && l.Course == k.Course {
			return nil
		}
		if k.LineItem != "" && l.LineItem != k.LineItem && !l.Teaches {
			return nil // a copied course: a learner's launch does not decide whose results count
		}
		k.LineItem, k.Members, k.Course = l.LineItem, l.Members, l.Course
		if err := tx.ChangeClassroomLink(ctx, k); err != nil {
			return err
		}
		return d.event(ctx, tx, record.System(l.System.Institution), l.System.Institution, "classroom.connected", "rule/"+string(k.Rule), map[string]string{"course": k.Course})
	})
	if record.KindOf(err) == record.Conflict {
		return nil // another launch wrote the same at the same moment
	}
	return record.Wrap(op, err)
}
