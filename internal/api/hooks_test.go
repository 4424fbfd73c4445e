package api

import (
	"context"
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/openlaurel/laurel/fetch"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/jobs"
	"github.com/openlaurel/laurel/internal/keyring"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar/registrartest"
	"github.com/openlaurel/laurel/internal/store"
	"github.com/openlaurel/laurel/internal/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Main(m)) }

// told is one request that a receiver got.
type told struct {
	id, timestamp, signature, body string
}

// receiver is a server that listens for hooks; answer decides its status.
func receiver(t *testing.T, answer func(n int) int) (*httptest.Server, chan told) {
	got := make(chan told, 100)
	var n atomic.Int64 // two deliveries may come at once
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		status := answer(int(n.Add(1)))
		w.WriteHeader(status)
		got <- told{r.Header.Get("webhook-id"), r.Header.Get("webhook-timestamp"), r.Header.Get("webhook-signature"), string(b)}
	}))
	t.Cleanup(s.Close)
	return s, got
}

// desk is a desk of hooks beside an office, with its queue.
func hookDesk(t *testing.T, o *registrartest.Office) *Hooks {
	t.Helper()
	q, err := jobs.Open(t.Context(), o.DB, &jobs.Options{Poll: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	keys, err := keyring.Ephemeral()
	if err != nil {
		t.Fatal(err)
	}
	h := &Hooks{DB: o.DB, Queue: q, Keys: keys, Client: fetch.NewHTTP(&fetch.HTTPOptions{AllowLoopbackUnsafe: true}).Client(), Loopback: true, Now: o.Now}
	h.Work()
	return h
}

// work runs the queue while fn runs.
func work(t *testing.T, q *jobs.Queue, fn func()) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		err := q.Run(ctx)
		if err != nil {
			t.Errorf("the queue does not run: %v", err)
		}
		done <- err
	}()
	fn()
	stop()
	<-done
}

// check verifies a message as a receiver does, with the standard library alone, and says which signatures hold.
func (m told) check(t *testing.T, s *Secret) (v1, v1a bool) {
	t.Helper()
	shared, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.V1, "whsec_"))
	if err != nil || len(shared) < 24 {
		t.Fatal(err, len(shared))
	}
	public, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(s.V1a, "whpk_"))
	if err != nil {
		t.Fatal(err)
	}
	content := []byte(m.id + "." + m.timestamp + "." + m.body)
	mac := hmac.New(sha256.New, shared)
	mac.Write(content)
	for one := range strings.FieldsSeq(m.signature) {
		version, text, _ := strings.Cut(one, ",")
		sig, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			t.Fatal(err)
		}
		v1 = v1 || version == "v1" && hmac.Equal(sig, mac.Sum(nil))
		v1a = v1a || version == "v1a" && ed25519.Verify(public, content, sig)
	}
	return v1, v1a
}

// TestHookIsToldOnce: what happens after a hook was made is told, signed, once; what was before is not, and nothing of a
// learner but an id.
func TestHookIsToldOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		o := registrartest.New(t, db)
		h := hookDesk(t, o)
		srv, got := receiver(t, func(int) int { return http.StatusNoContent })
		o.Import(registrartest.Sheet)
		hook, secret, err := h.Add(t.Context(), o.Registrar, srv.URL, []string{"award.issued", "record.issued"})
		if err != nil {
			t.Fatal(err)
		}
		o.Issue()
		for range 2 { // a second look finds nothing new
			if err := h.Dispatch(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		var kinds []string
		work(t, h.Queue, func() {
			for range 5 { // three awards, two records
				m := <-got
				if v1, v1a := m.check(t, secret); !v1 || !v1a {
					t.Errorf("signatures: v1 %t, v1a %t", v1, v1a)
				}
				doc, err := ijson.Parse([]byte(m.body), nil)
				if err != nil {
					t.Fatal(err)
				}
				kinds = append(kinds, doc.Root().Get("type").Text())
				if strings.Contains(m.body, "Amara") || strings.Contains(m.body, "example.edu\"") {
					t.Errorf("a message names a learner: %s", m.body)
				}
			}
		})
		slices.Sort(kinds)
		if want := "award.issued award.issued award.issued record.issued record.issued"; strings.Join(kinds, " ") != want || len(got) != 0 {
			t.Errorf("told %v and %d more", kinds, len(got))
		}
		all, err := h.List(t.Context(), o.Registrar)
		if err != nil || len(all) != 1 || len(all[0].Deliveries) != 5 || all[0].Deliveries[0].DeliveredAt.IsZero() || len(all[0].Sealed) != 0 {
			t.Errorf("%v, %+v", err, all)
		}
		if err := h.Remove(t.Context(), o.Registrar, hook.ID); err != nil {
			t.Error(err)
		}
	})
}

// TestHookFails: a failure is seen, tried again under the same id, signed with old and new secret after a rotation; a
// receiver that is gone is told nothing more.
func TestHookFails(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	h := hookDesk(t, o)
	answers := []int{500, 200, 410}
	srv, got := receiver(t, func(n int) int { return answers[n-1] })
	hook, before, err := h.Add(t.Context(), o.Registrar, srv.URL, []string{"import.finished"})
	if err != nil {
		t.Fatal(err)
	}
	o.Import(registrartest.Sheet)
	if err := h.Dispatch(t.Context()); err != nil {
		t.Fatal(err)
	}
	view := func() HookView {
		t.Helper()
		all, err := h.List(t.Context(), o.Registrar)
		if err != nil || len(all) != 1 {
			t.Fatal(err, all)
		}
		return all[0]
	}
	var first told
	work(t, h.Queue, func() { first = <-got })
	if v := view(); v.Deliveries[0].Status != 500 || v.Deliveries[0].Error == "" || v.FailingSince.IsZero() {
		t.Errorf("after a failure: %+v", v)
	}
	after, err := h.Rotate(t.Context(), o.Registrar, hook.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Redeliver(t.Context(), o.Registrar, first.id); err != nil {
		t.Fatal(err)
	}
	var second told
	work(t, h.Queue, func() { second = <-got })
	for _, s := range []*Secret{before, after} {
		if v1, v1a := second.check(t, s); !v1 || !v1a || second.id != first.id {
			t.Errorf("after a rotation: v1 %t, v1a %t, id %s and %s", v1, v1a, first.id, second.id)
		}
	}
	if v := view(); v.Deliveries[0].DeliveredAt.IsZero() || !v.FailingSince.IsZero() {
		t.Errorf("after a success: %+v", v)
	}
	if err := h.Redeliver(t.Context(), o.Registrar, first.id); err != nil {
		t.Fatal(err)
	}
	work(t, h.Queue, func() { <-got })
	if v := view(); v.DisabledAt.IsZero() {
		t.Errorf("after 410: %+v", v)
	}
	if err := h.Redeliver(t.Context(), o.Registrar, first.id); record.KindOf(err) != record.Conflict {
		t.Errorf("redelivery to a hook that is off: %v", err)
	}
}

// TestHookStaysOutside: a hook reaches no address of the inside, and only its institution's keepers touch it.
func TestHookStaysOutside(t *testing.T) {
	o := registrartest.New(t, storetest.SQLite(t))
	h := hookDesk(t, o)
	h.Client, h.Loopback = fetch.NewHTTP(nil).Client(), false
	for _, bad := range []string{"", "ftp://x", "http://example.org", "https://user:pass@example.org", "https://", "javascript:alert(1)"} {
		if _, _, err := h.Add(t.Context(), o.Registrar, bad, nil); record.KindOf(err) != record.Invalid {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, inside := range []string{"https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://10.0.0.1/", "https://localhost/"} {
		d := &record.HookDelivery{ID: "msg_1", Body: []byte("{}")}
		sealed, _, err := h.newSecret("test")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := h.send(t.Context(), &record.Hook{URL: inside, Sealed: sealed}, d); err == nil {
			t.Errorf("%s was called", inside)
		}
	}
	hook, _, err := h.Add(t.Context(), o.Registrar, "https://example.org/hook", nil)
	if err != nil {
		t.Fatal(err)
	}
	stranger := record.Actor{Account: "x", Institution: "other", Roles: []record.Role{record.RoleRegistrar}}
	for _, err := range []error{h.Remove(t.Context(), stranger, hook.ID), h.Enable(t.Context(), stranger, hook.ID), h.Remove(t.Context(), record.Actor{}, hook.ID)} {
		if record.KindOf(err) != record.NotFound {
			t.Errorf("a stranger: %v", err)
		}
	}
	if _, _, err := h.Add(t.Context(), o.Approver, "https://example.org/hook", nil); record.KindOf(err) != record.Forbidden {
		t.Errorf("an approver: %v", err)
	}
}
