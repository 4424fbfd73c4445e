package web

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// hostileTexts are texts that run, load or mislead where a page takes them for more than text. ORIGIN is another host.
var hostileTexts = []string{
	`<script>window.__x=1</script>`, `"><script>window.__x=1</script>`, `'><script>window.__x=1</script>`, `</title><script>window.__x=1</script>`, `</textarea><script>window.__x=1</script>`,
	`</style><script>window.__x=1</script>`, `<img src=x onerror=window.__x=1>`, `"><img src=x onerror=window.__x=1>`, `<svg onload=window.__x=1>`, `<svg><script>window.__x=1</script></svg>`,
	`<svg><animate onbegin=window.__x=1 attributeName=x dur=1s>`, `<math><mtext><table><mglyph><style><img src=x onerror=window.__x=1>`, `<noscript><p title="</noscript><img src=x onerror=window.__x=1>">`,
	`<template><script>window.__x=1</script></template>`, `<iframe src="javascript:parent.__x=1"></iframe>`, `<iframe srcdoc="<script>parent.__x=1</script>"></iframe>`, `<object data="ORIGIN/o"></object>`,
	`<embed src="ORIGIN/e">`, `<link rel=stylesheet href="ORIGIN/c">`, `<style>@import url(ORIGIN/i)</style>`, `<meta http-equiv=refresh content="0;url=ORIGIN/m">`, `<base href="ORIGIN/">`,
	`<form action="ORIGIN/f"><input autofocus onfocus=window.__x=1>`, `<details open ontoggle=window.__x=1>`, `<video><source onerror=window.__x=1></video>`, `<body onpageshow=window.__x=1>`,
	`<a href="javascript:window.__x=1" autofocus onfocus=window.__x=1>x</a>`, `[x](javascript:window.__x=1)`, `![x](ORIGIN/p.png)`, `<javascript:window.__x=1>`, "[x](java\tscript:window.__x=1)", `[x](data:text/html,<script>window.__x=1</script>)`,
	`{{.}}{{template "top" .}}`, `${window.__x=1}`, `javascript:window.__x=1`, `data:text/html;base64,PHNjcmlwdD53aW5kb3cuX194PTE8L3NjcmlwdD4=`, "\u202egnp.exe\u202c", "\u2066\u2067\u2068x", "\u0000<script>window.__x=1</script>",
	"\ufeff<scr\u0000ipt>", `&lt;script&gt;window.__x=1&lt;/script&gt;`, `]]><script>window.__x=1</script>`, `--><script>window.__x=1</script>`, strings.Repeat("W", 10000),
}

// hostileFields are the fields of a credential that strangers fill and pages show.
var hostileFields = []string{"name", "description", "humanCode", "achievementType", "criteria", "criteriaID", "evidenceName", "evidenceID", "evidenceNarrative", "narrative", "result", "alignment", "issuerName", "source", "role"}

// hostileRecord is one CLR with a credential for each text and field: 660 of them.
func hostileRecord(t *testing.T, origin string) []byte {
	t.Helper()
	var items []any
	for i, text := range hostileTexts {
		text = strings.ReplaceAll(text, "ORIGIN", origin)
		for _, field := range hostileFields {
			v := map[string]string{}
			for _, f := range hostileFields {
				v[f] = "x"
			}
			v["criteriaID"], v["evidenceID"], v["achievementType"] = "https://plain.example/c", "https://plain.example/e", "Course"
			v[field] = text
			items = append(items, map[string]any{
				"@context": []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"}, "id": fmt.Sprintf("urn:x:%d:%s", i, field),
				"type": []string{"VerifiableCredential", "AchievementCredential"}, "issuer": map[string]any{"id": "https://plain.example", "type": []string{"Profile"}, "name": v["issuerName"]}, "validFrom": "2025-01-01T00:00:00Z",
				"credentialSubject": map[string]any{"type": []string{"AchievementSubject"}, "role": v["role"], "narrative": v["narrative"], "source": map[string]any{"id": "https://plain.example/s", "type": []string{"Profile"}, "name": v["source"]},
					"result": []any{map[string]any{"type": []string{"Result"}, "value": v["result"], "resultDescription": "urn:r"}},
					"achievement": map[string]any{"id": "urn:a", "type": []string{"Achievement"}, "name": v["name"], "description": v["description"], "humanCode": v["humanCode"], "achievementType": v["achievementType"],
						"criteria": map[string]any{"id": v["criteriaID"], "narrative": v["criteria"]}, "alignment": []any{map[string]any{"type": []string{"Alignment"}, "targetName": v["alignment"], "targetUrl": v["criteriaID"], "targetFramework": v["alignment"]}},
						"resultDescription": []any{map[string]any{"id": "urn:r", "type": []string{"ResultDescription"}, "name": v["result"], "resultType": "LetterGrade"}}}},
				"evidence": []any{map[string]any{"id": v["evidenceID"], "type": []string{"Evidence"}, "name": v["evidenceName"], "narrative": v["evidenceNarrative"], "genre": v["evidenceName"]}},
			})
		}
	}
	b, err := ijson.Marshal(map[string]any{"@context": []string{"https://www.w3.org/ns/credentials/v2", "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json", "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"},
		"type": []string{"VerifiableCredential", "ClrCredential"}, "id": "urn:x:clr", "name": hostileTexts[0], "issuer": map[string]any{"id": "https://plain.example", "type": []string{"Profile"}, "name": hostileTexts[1]}, "validFrom": "2025-01-01T00:00:00Z",
		"credentialSubject": map[string]any{"type": []string{"ClrSubject"}, "identifier": []any{map[string]any{"type": "IdentityObject", "identityType": "name", "hashed": false, "identityHash": hostileTexts[6]}}, "verifiableCredential": items}})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestW01_HostileTextStaysText puts 44 hostile texts into 15 fields, 660 credentials, shows them in every form in a real
// browser and asks for no execution and no request to another host.
func TestW01_HostileTextStaysText(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIP: -short")
	}
	if n := len(hostileTexts) * len(hostileFields); n != 660 {
		t.Fatalf("%d cases, want 660", n)
	}
	var asked atomic.Int64
	canary := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer canary.Close()
	credential := hostileRecord(t, canary.URL)
	rep := verify.Verify(t.Context(), credential, nil)
	rec := render.NewRecord([]render.Document{{JSON: credential, Report: rep}}, nil)
	lines := 0
	for _, s := range rec.Sections {
		lines += s.Count()
	}
	if lines != 660 {
		t.Fatalf("%d credentials are shown, want 660", lines)
	}
	s := bareSite(t)
	c := &call{Site: s, words: s.sets.catalogue.Match("en")}
	pages := map[string]page{"record": &PublicRecord{Record: rec}, "share": &SharePage{Record: rec, Path: "/shares/x", Issuers: issuersOf(rec), Audience: hostileTexts[0], Note: hostileTexts[1]}, "verify": c.verifyResult(rep, hostileTexts[2])}
	forms := map[string][]byte{}
	types := map[string]string{}
	for name, p := range pages {
		var out bytes.Buffer
		if err := s.sets.execute(&out, c.words, p); err != nil {
			t.Fatal(err)
		}
		forms[name], types[name] = out.Bytes(), "text/html; charset=utf-8"
	}
	html, err := render.HTML(rec, nil)
	if err != nil {
		t.Fatal(err)
	}
	forms["document"], types["document"] = html, "text/html; charset=utf-8"
	forms["svg"], types["svg"] = render.SVG(rec, nil), "image/svg+xml"
	mux := http.NewServeMux()
	for name, b := range forms {
		mux.HandleFunc("GET /"+name, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", types[name])
			if name == "document" || name == "svg" {
				w.Header().Del("Content-Security-Policy") // a file has no headers: it must hold by itself
			}
			_, _ = w.Write(b) // the browser has gone
		})
	}
	mux.Handle("GET /static/", s.assets)
	srv := httptest.NewServer(secured(mux))
	defer srv.Close()
	ctx := browser(t)
	for name := range forms {
		t.Run(name, func(t *testing.T) {
			if err := chromedp.Do(ctx, chromedp.Navigate(srv.URL+"/"+name), chromedp.Evaluate[chromedp.Void](`document.querySelectorAll("details").forEach((d) => { d.open = true; });0`)); err != nil {
				t.Fatal(err)
			}
			got, err := chromedp.Run(ctx, chromedp.Evaluate[pageState](pageStateScript))
			if err != nil {
				t.Fatal(err)
			}
			if got.Ran || len(got.External) > 0 {
				t.Errorf("ran: %v, links: %v", got.Ran, got.External)
			}
			for _, u := range got.Loaded {
				if !strings.HasPrefix(u, srv.URL+"/") && !strings.HasPrefix(u, "data:") {
					t.Errorf("asked another host: %s", u)
				}
			}
			if hit := regexp.MustCompile(`<(script|img|iframe|object|embed|link|base|form|video|math|body|template)[ >][^>]*(__x|127\.0\.0\.1)`).Find(forms[name]); hit != nil {
				t.Errorf("foreign markup reached the page: %s", hit)
			}
		})
	}
	if n := asked.Load(); n > 0 {
		t.Errorf("the other host was asked %d times", n)
	}
}
