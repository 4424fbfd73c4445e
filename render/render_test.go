package render

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/verify"
)

var testTime = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)

// read verifies offline and lays out.
func read(t testing.TB, b []byte) (*Record, *verify.Report) {
	t.Helper()
	rep := verify.Verify(t.Context(), b, &verify.Options{Now: testTime})
	return NewRecord([]Document{{JSON: rep.Credential, Report: rep}}, nil), rep
}

// TestSamples lays out every CLR sample and holds what matters to facts read from the file by other means: every nested
// credential is one line, the name is the learner's, results are joined, relations are said on both sides.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		name     string
		sections string
		says     []string
	}{
		{"complex", "degrees:1 certificates:1 courses:4", []string{"Ellis Monday", "Includes Human Anatomy and Physiology", "Points to something not in this record"}},
		{"simple", "other:1", []string{"Teamwork"}},
		{"learncard-westbridge-full.unsigned", "degrees:1 courses:24 skills:3 assessments:1", []string{"GPA: 3.87", "3.87", "Comes before Data Science Capstone", "Comes after Deep Learning"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r, rep := read(t, vectors.Sample(t, "clr-2.0/"+c.name+".json"))
			lines, got := 0, []string{}
			for _, s := range r.Sections {
				lines += s.Count()
				got = append(got, fmt.Sprintf("%s:%d", s.Kind, s.Count()))
			}
			if d := cmp.Diff(c.sections, strings.Join(got, " ")); d != "" {
				t.Errorf("sections -want +got\n%s", d)
			}
			if want := len(rep.Credentials); lines != want {
				t.Errorf("%d lines for %d credentials", lines, want)
			}
			text, err := Text(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			for _, want := range c.says {
				if !strings.Contains(text, want) {
					t.Errorf("does not say %q\n%s", want, text)
				}
			}
			page, err := HTML(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if bytes.Contains(page, []byte("ZgotmplZ")) {
				t.Error("a value came where the template cannot take one")
			}
		})
	}
}

// TestMarkOf: one word per state, and nothing said about dates or status of what is forged.
func TestMarkOf(t *testing.T) {
	fail := func(check, code string) verify.Finding {
		return verify.Finding{Check: check, Code: code, Outcome: verify.Fails}
	}
	for _, c := range []struct {
		own      verify.Verdict
		findings []verify.Finding
		want     Mark
	}{
		{verify.Verified, nil, Verified},
		{verify.Indeterminate, nil, Unchecked},
		{verify.Failed, []verify.Finding{fail("validity", "validity.expired")}, Expired},
		{verify.Failed, []verify.Finding{fail("status", "status.revoked"), fail("validity", "validity.expired")}, Revoked},
		{verify.Failed, []verify.Finding{fail("status", "status.suspended")}, Suspended},
		{verify.Failed, []verify.Finding{fail("status", "status.revoked"), fail("proof", "proof.signature-mismatch")}, Failed},
		{verify.Failed, []verify.Finding{fail("validity", "validity.not-yet-valid")}, Failed},
	} {
		if got := MarkOf(&verify.Report{Own: c.own, Findings: c.findings}); got != c.want {
			t.Errorf("%v: %s, want %s", c.findings, got, c.want)
		}
	}
	if got := MarkOf(nil); got != Unchecked {
		t.Errorf("no report: %s", got)
	}
}

// TestMarkdown: what could load, run or break out does not survive; what is meant does.
func TestMarkdown(t *testing.T) {
	for src, want := range map[string]string{
		"**bold** and *soft*":                    "<strong>bold</strong>",
		"[x](https://example.org)":               `<a rel="noopener nofollow ugc" href="https://example.org">x</a>`,
		"[x](javascript:alert(1))":               "<p>x</p>",
		"[x](JaVaScRiPt:alert(1))":               "<p>x</p>",
		"[x](data:text/html,hi)":                 "<p>x</p>",
		"[x](//evil.example)":                    "<p>x</p>",
		"[x](https://user:pw@evil.example)":      "<p>x</p>",
		"![alt](https://evil.example/p.png)":     "<em>alt</em>",
		"# A heading":                            "<p><strong>A heading</strong></p>",
		"<script>alert(1)</script>":              "<!-- raw HTML omitted -->",
		"<https://example.org>":                  `href="https://example.org"`,
		"<me@example.org>":                       `href="mailto:me@example.org"`,
		"- one\n- two":                           "<li>one</li>",
		`[x](https://a.example/"onmouseover="b)`: `href="https://a.example/%22onmouseover=%22b"`,
		"a <img src=x onerror=alert(1)> b":       "<!-- raw HTML omitted -->",
	} {
		got := string(Markdown(src))
		if !strings.Contains(got, want) {
			t.Errorf("%q became %q, want %q in it", src, got, want)
		}
		for _, bad := range []string{"<script", "<img", "javascript:", "onerror=", "<h1", `"onmouseover`} {
			if strings.Contains(strings.ToLower(got), bad) {
				t.Errorf("%q became %q, with %q in it", src, got, bad)
			}
		}
	}
	if got := Markdown(strings.Repeat("x", maxMarkdown*2)); len(got) > maxMarkdown+100 {
		t.Errorf("a narrative of %d bytes was not cut", len(got))
	}
}

// TestWordsSpeak: numbers, plurals, days.
func TestWordsSpeak(t *testing.T) {
	c, err := NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	w := c.Match("en")
	for got, want := range map[string]string{
		w.Say("head.items", "Count", 1): "1 achievement", w.Say("head.items", "Count", 1204): "1,204 achievements",
		w.Date(ParseDate("2025-05-20")): "20 May 2025", w.Date(ParseDate("nonsense")): "", w.Date(ParseDate("2025-05-20T23:59:59-08:00")): "20 May 2025",
		w.Say("no.such.sentence"): "no.such.sentence", ParseDate("2025-05-20").ISO(): "2025-05-20",
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if c.Match("xx", "not a tag!").Lang != "en" {
		t.Error("an unknown language is not answered in English")
	}
}

// TestOnly: a choice shows nothing of what was left out: no line, no relation to it, no skill that only it speaks for.
func TestOnly(t *testing.T) {
	full, _ := read(t, vectors.Sample(t, "clr-2.0/learncard-westbridge-full.unsigned.json"))
	first := full.Sections[0].Groups[0].Lines[0]
	part := full.Only(func(l Line) bool { return l.Anchor == first.Anchor })
	if part.Verdict.Total != 1 || len(part.Sections) != 1 {
		t.Fatalf("%d items in %d sections", part.Verdict.Total, len(part.Sections))
	}
	text, err := Text(part, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range full.Sections {
		for _, g := range s.Groups {
			for _, l := range g.Lines {
				if l.Name != first.Name && !strings.Contains(first.Name, l.Name) && strings.Contains(text, l.Name) {
					t.Errorf("the choice names %q, which was left out", l.Name)
				}
			}
		}
	}
}

// FuzzNewRecord: any JSON is laid out and set without a panic, and never as markup.
func FuzzNewRecord(f *testing.F) {
	for _, s := range []string{`{}`, `[]`, `{"type":"ClrCredential","credentialSubject":{"verifiableCredential":[{}],"association":[{}]}}`, `{"credentialSubject":{"achievement":{"resultDescription":[{"id":"a","rubricCriterionLevel":[{"id":"b"}]}]},"result":[{"resultDescription":"a","achievedLevel":"b"}]}}`,
		`{"type":["VerifiableCredential","ClrCredential"],"@context":["https://www.w3.org/ns/credentials/v2"],"credentialSubject":{"verifiableCredential":[{"credentialSubject":{"achievement":{"name":"<script>"}}}]}}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		r := NewRecord([]Document{{JSON: b}}, nil)
		page, err := HTML(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(page, []byte("<script")) {
			t.Error("text became markup")
		}
		if _, err := Text(r, nil); err != nil {
			t.Fatal(err)
		}
	})
}
