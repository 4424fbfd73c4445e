package fetch

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

// FuzzFreshness: whatever headers and body a stranger's server sends, an answer is kept no longer than the rule of its kind
// allows, never for a negative time, and not at all once a directive forbids it, wherever that stands.
func FuzzFreshness(f *testing.F) {
	for _, seed := range [][4]string{
		{"max-age=60", "", "", ""},
		{"public, s-maxage=10, max-age=60", "", "5", ""},
		{"", "Tue, 24 Nov 2026 12:00:00 GMT", "", ""},
		{"max-age=99999999999999999999", "0", "-1", ""},
		{`private="set-cookie", max-age="60"`, "", "", ""},
		{"max-age=60\r\nx", "", "4294967296", `{"credentialSubject":{"ttl":1000}}`},
		{"MAX-AGE=60", "", "", `{"credentialSubject":{"ttl":1e400}}`},
		{"max-age=60", "", "", `{"credentialSubject":{"ttl":-5}}`},
		{"max-age=60", "", "", `{"credentialSubject":{"ttl":0}}`},
	} {
		f.Add(seed[0], seed[1], seed[2], []byte(seed[3]))
	}
	now := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, control, expires, age string, body []byte) {
		header := func(control ...string) http.Header {
			h := http.Header{"Cache-Control": control}
			for name, value := range map[string]string{"Expires": expires, "Age": age} {
				if value != "" {
					h.Set(name, value)
				}
			}
			return h
		}
		for i := range rules {
			r := &rules[i]
			kept := r.freshFor(header(control), body, now)
			if kept < 0 || kept > r.oldest {
				t.Errorf("%s: kept for %v, the rule allows %v", r.accept, kept, r.oldest)
			}
			if r.ttl != nil && kept > r.ttl(body) {
				t.Errorf("%s: kept for %v, the document allows %v", r.accept, kept, r.ttl(body))
			}
			for _, no := range []string{"no-store", "No-Cache", "private"} {
				for _, h := range []http.Header{header(control, no), header(no, control), header(no + ", " + control)} {
					if kept := r.freshFor(h, body, now); kept != 0 {
						t.Errorf("%s: kept for %v in spite of %v", r.accept, kept, h)
					}
				}
			}
			if older := header(control); age == "" {
				older.Set("Age", "30")
				if with := r.freshFor(older, body, now); with > kept {
					t.Errorf("%s: an older answer is kept longer: %v, %v", r.accept, with, kept)
				}
			}
		}
	})
}

// FuzzContentType: only documents of the kind that was asked for are taken, however the type is written; a page never is.
func FuzzContentType(f *testing.F) {
	for _, seed := range []string{"application/json", "application/did+ld+json; charset=utf-8", "text/html", "TEXT/HTML;x=application/json", "application/json, text/html", ";", "", "image/svg+xml", "application/+json", "text/html+json"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, contentType string) {
		for i := range rules {
			resp := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {contentType}}}
			err := checkResponse(resp, &rules[i])
			media, _, _ := strings.Cut(strings.ToLower(contentType), ";")
			media = strings.TrimSpace(media)
			if err == nil && (strings.HasPrefix(media, "text/") && media != "text/plain" || strings.HasPrefix(media, "multipart/") || strings.HasPrefix(media, "video/")) {
				t.Errorf("%s: %q was taken", rules[i].accept, contentType)
			}
			resp.Header.Set("Content-Encoding", "gzip")
			if err := checkResponse(resp, &rules[i]); err == nil {
				t.Errorf("%s: a compressed answer was taken", rules[i].accept)
			}
		}
	})
}

// FuzzCache: the memory never holds more bytes than it may, whatever is put in and in whichever order, and never answers
// with anything but what was put under the name last.
func FuzzCache(f *testing.F) {
	f.Add([]byte("aAbBaA\x00zZaa"))
	f.Add([]byte{1, 255, 2, 255, 3, 255, 1, 0})
	f.Fuzz(func(t *testing.T, acts []byte) {
		c := newCache(512)
		now := time.Date(2026, 11, 24, 11, 0, 0, 0, time.UTC)
		last := map[string]int{}
		for i := 0; i+1 < len(acts); i += 2 {
			name, size := string(acts[i]&7), int(acts[i+1])*4
			if acts[i]&8 != 0 {
				now = now.Add(time.Second)
			}
			c.put(name, entry{resp: &Response{Body: make([]byte, size)}, until: now.Add(time.Duration(acts[i]>>4) * time.Second)})
			last[name] = size
			if c.bytes < 0 || c.bytes > c.limit {
				t.Fatalf("%d bytes are held, %d allowed", c.bytes, c.limit)
			}
			for name, size := range last {
				if e, ok := c.get(name, now); ok && (len(e.resp.Body) != size || !now.Before(e.until)) {
					t.Fatalf("%q answers with %d bytes until %v; %d were put last, and it is %v", name, len(e.resp.Body), e.until, size, now)
				}
			}
		}
	})
}
