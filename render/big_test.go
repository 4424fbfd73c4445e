package render_test

import (
	"crypto/ed25519"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/openlaurel/laurel/dataintegrity"
	"github.com/openlaurel/laurel/ijson"
	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// thousand is a record of a thousand credentials, each with its own seal, its results, rubric levels, skills and evidence: the
// ten parts of a published one over and over, under ids of their own and signed anew.
func thousand(t testing.TB) []byte {
	t.Helper()
	parse := func(b []byte) ijson.Value {
		d, err := ijson.Parse(b, nil)
		if err != nil {
			t.Fatal(err)
		}
		return d.Root()
	}
	keys := parse(vectors.File(t, "perf/keys.json"))
	sign := func(unsigned string, v ijson.Value) string {
		for k := range keys.Get("issuers").Elements() {
			if k.Get("did").Text() != v.Get("issuer").Get("id").Text() {
				continue
			}
			seed, err := hex.DecodeString(k.Get("ed25519SeedHex").Text())
			if err != nil {
				t.Fatal(err)
			}
			signed, err := dataintegrity.Sign([]byte(unsigned), &dataintegrity.SignOptions{Suite: "eddsa-rdfc-2022", Signer: ed25519.NewKeyFromSeed(seed),
				VerificationMethod: k.Get("verificationMethod").Text(), Created: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			return string(signed)
		}
		t.Fatalf("no key for %s", v.Get("issuer").Get("id").Text())
		return ""
	}
	doc := parse(vectors.File(t, "perf/clr-std-10.unsigned.json"))
	list := doc.At("/credentialSubject/verifiableCredential")
	var parts []string
	for n := range 100 {
		for v := range list.Elements() {
			parts = append(parts, sign(strings.ReplaceAll(string(v.Raw()), "urn:uuid:", fmt.Sprintf("urn:uuid:%d-", n)), v))
		}
	}
	whole := strings.Replace(string(doc.Raw()), string(list.Raw()), "["+strings.Join(parts, ",")+"]", 1)
	return []byte(sign(whole, doc))
}

// BenchmarkThousand measures what stands between the bytes of a record of a thousand items and its reader: the check, the
// page model, and each form of it.
func BenchmarkThousand(b *testing.B) {
	data := thousand(b)
	check := func() *verify.Report {
		return verify.Verify(b.Context(), data, &verify.Options{Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)})
	}
	rep := check()
	docs := []render.Document{{JSON: data, Report: rep}}
	r := render.NewRecord(docs, nil)
	if rep.Summary.Total < 1000 {
		b.Fatalf("%d items", rep.Summary.Total)
	}
	for _, k := range []struct {
		name string
		make func() (int, error)
	}{
		{"check", func() (int, error) { return check().Summary.Total, nil }},
		{"model", func() (int, error) { return len(render.NewRecord(docs, nil).Sections), nil }},
		{"html", func() (int, error) { page, err := render.HTML(r, nil); return len(page), err }},
		{"text", func() (int, error) { text, err := render.Text(r, nil); return len(text), err }},
		{"pdf", func() (int, error) {
			pdf, err := render.PDF(b.Context(), r, nil, &render.PageOptions{Credential: data})
			return len(pdf), err
		}},
	} {
		b.Run(k.name, func(b *testing.B) {
			if k.name == "pdf" && !render.CanPrint() {
				b.Skip("SKIP: no Chromium here; install the package chromium")
			}
			size := 0
			vectors.Cost(b, func() {
				var err error
				if size, err = k.make(); err != nil {
					b.Fatal(err)
				}
			})
			b.ReportMetric(float64(size)/1000, "kB")
		})
	}
}
