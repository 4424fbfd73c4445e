package server

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// kept is a log that is kept to be searched.
type kept struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (k *kept) Write(p []byte) (int, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.b.Write(p)
}

// canary is a secret that must not be found where it has no business.
type canary struct {
	name, text string
	mayBeKept  bool // a name is data, a token is not
}

// TestCanaries lets people and programs do what they do, right and wrong, with secrets that are known, and then looks for
// each of them in the log at its most talkative, in the database's files, and in what strangers are told about errors.
func TestCanaries(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	log := &kept{}
	c := Config{Addr: l.Addr().String(), Data: t.TempDir(), Demo: true, Grace: 5 * time.Second, LogLevel: "debug"}
	s, err := New(t.Context(), c, newLogger(c, log))
	if err != nil {
		t.Fatal(err)
	}
	if err := s.demo(t.Context(), io.Discard); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.serve(ctx, l) }()
	d := &demoServer{Server: s, base: c.BaseURL(), data: c.Data}
	d.readPlaces(t)
	secrets, errors := useWithSecrets(t, d)
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(log.b.String(), "GET /shares/{token}") {
		t.Error("the log does not say which route was asked")
	}
	where := map[string][]byte{"the log": log.b.Bytes(), "an answer about an error": []byte(errors)}
	for name, b := range filesOf(t, c.Data) {
		where[name] = b
	}
	for _, secret := range secrets {
		for form, text := range map[string]string{"as it is": secret.text, "in base64": base64.StdEncoding.EncodeToString([]byte(secret.text)), "in hex": hex.EncodeToString([]byte(secret.text)), "in an address": url.QueryEscape(secret.text)} {
			for name, b := range where {
				// Data is in the database, and who asks is told what they said; neither belongs into the log.
				if secret.mayBeKept && name != "the log" {
					continue
				}
				if bytes.Contains(b, []byte(text)) {
					t.Errorf("%s is found %s in %s", secret.name, form, name)
				}
			}
		}
	}
}

// useWithSecrets does things, and returns the secrets in them and all answers about errors.
func useWithSecrets(t *testing.T, d *demoServer) (secrets []canary, errors string) {
	note := func(name, text string, mayBeKept bool) {
		if len(text) < 8 {
			t.Fatalf("%s: %q is too short to look for", name, text)
		}
		secrets = append(secrets, canary{name, text, mayBeKept})
	}
	learner := d.signedIn(t, d.places.Learner.URL)
	note("a sign-in link", path.Base(d.places.Learner.URL), false)
	note("a share's token", path.Base(d.places.Share.URL), false)
	note("a program's key", d.places.API.Token, false)
	note("a learner's key", d.places.API.LearnerToken, false)
	at, err := url.Parse(d.base)
	if err != nil {
		t.Fatal(err)
	}
	for _, cookie := range learner.client.Jar.Cookies(at) {
		note("a session's cookie", cookie.Value, false)
	}
	note("a learner's name", "Amara Okafor", true)
	note("a learner's address", "amara.okafor@rowanvalley.example", true)
	note("a passcode", "canary-passcode-4711", false)
	note("a stranger's name", "Canary Hasdrubal", true)
	note("a stranger's mail", "canary.hasdrubal@example.org", true)
	note("a stranger's guess", "CANARYGUESSEDTOKEN", false)
	ask := func(method, address, kind, key, body string) {
		req, err := http.NewRequestWithContext(t.Context(), method, d.base+address, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Origin", d.base)
		if key != "" {
			req.Header.Set("Authorization", "Bearer "+key)
		}
		if status, answer := learner.do(req); status >= 400 {
			errors += answer
		}
	}
	const form, json = "application/x-www-form-urlencoded", "application/json"
	ask("GET", strings.TrimPrefix(d.places.Share.URL, d.base), "", "", "")
	ask("GET", "/my", "", "", "")
	ask("GET", "/shares/CANARYGUESSEDTOKEN", "", "", "")
	ask("GET", "/sign-in/CANARYGUESSEDTOKEN", "", "", "")
	ask("GET", "/confirm/CANARYGUESSEDTOKEN", "", "", "")
	ask("POST", "/sign-in", form, "", "email=canary.hasdrubal%40example.org")
	ask("POST", strings.TrimPrefix(d.places.Share.URL, d.base), form, "", "passcode=canary-passcode-4711")
	ask("POST", "/api/shares", json, d.places.API.LearnerToken, `{"whole":true,"label":"For Canary Hasdrubal","audience":"canary.hasdrubal@example.org","passcode":"canary-passcode-4711"}`)
	ask("POST", "/api/awards", json, d.places.API.Token, `{"awards":[{"person":"canary.hasdrubal@example.org","name":"Canary Hasdrubal","email":"canary.hasdrubal@example.org","achievement":"PHIL 140","awardedOn":"2026-05-20"},{"person":"Canary Hasdrubal","achievement":"no such thing","awardedOn":"never"}]}`)
	ask("POST", "/api/imports?name=canary.csv", "text/csv", d.places.API.Token, "learner_name,learner_email,learner_id,achievement_name,achievement_type,awarded_on\nCanary Hasdrubal,canary.hasdrubal@example.org,C1,X,Course,not-a-day\n")
	ask("GET", "/api/me", "", "CANARYGUESSEDTOKEN", "")
	ask("POST", "/oauth/token", form, "", "grant_type=authorization_code&code=CANARYGUESSEDTOKEN&client_id=x")
	ask("POST", "/api/verify", json, "", `{"name":"Canary Hasdrubal","@context":3}`)
	ask("GET", "/api/people?search=Canary+Hasdrubal", "", d.places.API.Token, "")
	return secrets, errors
}

// filesOf reads every file of the data folder that holds data: the database's, and mails, which are letters to the person
// and carry what they must. The files with which a demonstration shows its ways in are for whoever started it.
func filesOf(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasPrefix(e.Name(), "laurel.db") {
			return err
		}
		out[e.Name()], err = os.ReadFile(name)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files of the database: %v", len(out), err)
	}
	return out
}
