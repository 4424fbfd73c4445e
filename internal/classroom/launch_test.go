package classroom_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/openlaurel/laurel/internal/classroom"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
	"github.com/openlaurel/laurel/key"
)

func TestBegin(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	q := s.begin()
	for name, want := range map[string]string{"scope": "openid", "response_type": "id_token", "response_mode": "form_post", "prompt": "none", "client_id": "laurel-client",
		"redirect_uri": tool + "/lti/launch", "login_hint": "u7", "lti_message_hint": "m"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, not %q", name, q.Get(name), want)
		}
	}
	if len(q.Get("state")) < 20 || len(q.Get("nonce")) < 20 {
		t.Errorf("state and nonce can be guessed: %v", q)
	}
	for name, asked := range map[string]url.Values{
		"another issuer": {"iss": {"https://evil.example"}, "login_hint": {"x"}},
		"another client": {"iss": {s.srv.URL}, "login_hint": {"x"}, "client_id": {"other"}},
		"no hint":        {"iss": {s.srv.URL}},
		"iss twice":      {"iss": {s.srv.URL, "https://evil.example"}, "login_hint": {"x"}},
	} {
		if to, err := s.desk.BeginLaunch(t.Context(), browser, asked); err == nil {
			t.Errorf("%s: goes on to %s", name, to)
		}
	}
}

// TestLaunchesThatLie: each is a good launch but for one thing.
func TestLaunchesThatLie(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	link := s.choose("DS 101", 60)
	if l, err := s.launch(s.activity(link)); err != nil || l.About.Name != "Data Science" || !l.Teaches || l.Activity.Course != "DS 101, spring" {
		t.Fatalf("the good launch: %+v, %v", l, err)
	}
	now := s.Clock.Unix()
	for name, tc := range map[string]struct {
		changes map[string]any
		code    string
	}{
		"wrong nonce":        {map[string]any{"nonce": "guessed"}, classroom.CodeToken},
		"no nonce":           {map[string]any{"nonce": nil}, classroom.CodeToken},
		"wrong issuer":       {map[string]any{"iss": "https://evil.example"}, classroom.CodeToken},
		"wrong aud":          {map[string]any{"aud": "another-tool"}, classroom.CodeToken},
		"aud of two, no azp": {map[string]any{"aud": []string{"laurel-client", "another-tool"}}, classroom.CodeToken},
		"azp of another":     {map[string]any{"azp": "another-tool"}, classroom.CodeToken},
		"run out":            {map[string]any{"exp": now - 61}, classroom.CodeToken},
		"exp as text":        {map[string]any{"exp": "soon"}, classroom.CodeToken},
		"made long ago":      {map[string]any{"iat": now - 3600}, classroom.CodeToken},
		"made tomorrow":      {map[string]any{"iat": now + 86400}, classroom.CodeToken},
		"unknown deployment": {map[string]any{lti + "deployment_id": "3"}, classroom.CodeDeployment},
		"no deployment":      {map[string]any{lti + "deployment_id": nil}, classroom.CodeDeployment},
		"LTI 1.1":            {map[string]any{lti + "version": "LTI-1p0"}, classroom.CodeToken},
		"other message":      {map[string]any{lti + "message_type": "LtiSubmissionReviewRequest"}, classroom.CodeToken},
		"for another tool":   {map[string]any{lti + "target_link_uri": "http://127.0.0.1:8080.evil.example/lti/launch"}, classroom.CodeToken},
		"nobody":             {map[string]any{"sub": nil}, classroom.CodeToken},
		"no resource link":   {map[string]any{lti + "resource_link": nil}, classroom.CodeToken},
		"not our activity":   {map[string]any{lti + "custom": map[string]any{"laurel_link": "invented"}}, classroom.CodeLink},
		"service inside":     {map[string]any{"https://purl.imsglobal.org/spec/lti-ags/claim/endpoint": map[string]any{"lineitem": "http://10.0.0.1/x"}}, classroom.CodeToken},
	} {
		changes := s.activity(link)
		for k, v := range tc.changes {
			changes[k] = v
		}
		if l, err := s.launch(changes); err == nil || record.CodeOf(err) != tc.code {
			t.Errorf("%s: %+v, %v (%s)", name, l, err, record.CodeOf(err))
		}
	}
}

// TestAnswersThatLie: the token is not what it should be, or not the answer to this question.
func TestAnswersThatLie(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	end := func(who, state, token string) error {
		_, err := s.desk.EndLaunch(t.Context(), who, url.Values{"state": {state}, "id_token": {token}})
		return err
	}
	link := s.activity(s.choose("DS 101", 0))
	good := func() (state, token string) {
		asked := s.begin()
		return asked.Get("state"), s.signed(s.claims(asked, link))
	}
	state, token := good()
	if err := end(browser, state, token); err != nil {
		t.Fatal(err)
	}
	if err := end(browser, state, token); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("the same answer again: %v", err)
	}
	if err := end(browser, s.begin().Get("state"), token); record.CodeOf(err) != classroom.CodeToken {
		t.Errorf("the same token for another question: %v", err)
	}
	state, token = good()
	if err := end("another browser", state, token); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("in another browser: %v", err)
	}
	if err := end(browser, state, token); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("after another browser had answered: %v", err)
	}
	state, token = good()
	s.Clock = s.Clock.Add(seconds(601))
	if err := end(browser, state, token); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("after ten minutes: %v", err)
	}
	asked := s.begin()
	if err := end(browser, asked.Get("state"), unsigned(s.claims(asked, link))); record.CodeOf(err) != classroom.CodeToken {
		t.Errorf("alg none: %v", err)
	}
	state, token = good()
	if err := end(browser, state, token[:len(token)-8]+"AAAAAAAA"); record.CodeOf(err) != classroom.CodeToken {
		t.Errorf("a bent signature: %v", err)
	}
	stranger, err := key.Generate("rsa2048")
	if err != nil {
		t.Fatal(err)
	}
	own := s.key
	s.key = stranger
	state, token = good()
	s.key = own
	if err := end(browser, state, token); record.CodeOf(err) != classroom.CodeToken {
		t.Errorf("a key that the platform does not publish: %v", err)
	}
	state, token = good()
	s.srv.Close()
	if err := end(browser, state, token); record.CodeOf(err) != classroom.CodeAway || record.KindOf(err) != record.Unavailable {
		t.Errorf("a platform that is away: %v", err)
	}
}

func TestChoosing(t *testing.T) {
	s := newSchool(t, storetest.SQLite(t))
	learner := s.linking()
	learner[lti+"roles"] = []string{"http://purl.imsglobal.org/vocab/lis/v2/membership#Learner"}
	if _, err := s.launch(learner); record.CodeOf(err) != classroom.CodeRole {
		t.Errorf("a learner chooses: %v", err)
	}
	l, err := s.launch(s.linking())
	if err != nil || !l.Choose || len(l.Frames) != 1 || l.Frames[0] != s.srv.URL {
		t.Fatalf("%+v, %v", l, err)
	}
	token, err := s.desk.BeginChoice(t.Context(), browser, l)
	if err != nil {
		t.Fatal(err)
	}
	got, _, err := s.desk.Choose(t.Context(), browser, classroom.Choice{Token: token, Achievement: "no such thing"})
	if record.KindOf(err) != record.Invalid || got.Again == "" {
		t.Fatalf("an achievement that is not there: %+v, %v", got, err)
	}
	if _, _, err := s.desk.Choose(t.Context(), "another browser", classroom.Choice{Token: got.Again, Achievement: "DS 101"}); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("in another browser: %v", err)
	}
	if _, _, err := s.desk.Choose(t.Context(), browser, classroom.Choice{Token: got.Again, Achievement: "DS 101"}); record.CodeOf(err) != classroom.CodeStale {
		t.Errorf("a second time: %v", err)
	}
}

func TestPlatforms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		s := newSchool(t, db)
		all, err := s.desk.Systems(t.Context(), s.Registrar)
		if err != nil || len(all) != 1 || strings.Join(all[0].Settings.Deployments, ",") != "1,2" {
			t.Fatalf("%+v, %v", all, err)
		}
		if _, err := s.desk.PutPlatform(t.Context(), s.Registrar, s.change()); record.KindOf(err) != record.Conflict {
			t.Errorf("the same platform twice: %v", err)
		}
		if _, err := s.desk.PutPlatform(t.Context(), s.Approver, s.change()); record.KindOf(err) != record.Forbidden {
			t.Errorf("by somebody who only approves: %v", err)
		}
		bad := s.change()
		bad.Settings.KeysURL = "http://platform.example/keys"
		if _, err := s.desk.PutPlatform(t.Context(), s.Registrar, bad); record.KindOf(err) != record.Invalid {
			t.Errorf("keys over http: %v", err)
		}
		off := s.change()
		off.ID, off.Version, off.Off = s.system, 1, true
		if _, err := s.desk.PutPlatform(t.Context(), s.Registrar, off); err != nil {
			t.Fatal(err)
		}
		if _, err := s.desk.BeginLaunch(t.Context(), browser, url.Values{"iss": {s.srv.URL}, "login_hint": {"u7"}}); record.CodeOf(err) != classroom.CodePlatform {
			t.Errorf("a platform that is off launches: %v", err)
		}
		s.Audit()
	})
}
