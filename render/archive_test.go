package render_test

import (
	"bytes"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// standardTypes are the structure types of ISO 32000-1, 14.8.4; PDF/A-3, level A, allows these and what is mapped to them.
var standardTypes = " Document Part Art Sect Div BlockQuote Caption TOC TOCI Index NonStruct Private P H H1 H2 H3 H4 H5 H6 L LI Lbl LBody Table TR TH TD THead TBody TFoot Span Quote Note Reference BibEntry Code Link Annot Ruby RB RT RP Warichu WT WP Figure Formula Form "

// TestArchivalPDF holds a printed record to the clauses of ISO 19005-3 that can be read from the file, and takes the
// credential out of it again.
func TestArchivalPDF(t *testing.T) {
	if !render.CanPrint() {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium: install the package chromium")
		}
		t.Skip("SKIP: no Chromium here; install the package chromium")
	}
	credential := []byte(`{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","ClrCredential"],"id":"urn:uuid:1","name":"Zeugnis"}`)
	r := render.NewRecord([]render.Document{{JSON: credential, Report: verify.Verify(t.Context(), credential, nil)}}, nil)
	r.Learner.Name = `Амара (O'k) \ نور`
	made := time.Date(2026, 6, 3, 14, 2, 0, 0, time.UTC)
	pdf, err := render.PDF(t.Context(), r, nil, &render.PageOptions{Link: "https://records.example/shares/x", Credential: credential, Made: made})
	if err != nil {
		t.Fatal(err)
	}
	got, err := bake.Unbake(pdf)
	if err != nil || !bytes.Equal(got, credential) {
		t.Errorf("the PDF carries %s, %v", got, err)
	}
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	if err := api.Validate(bytes.NewReader(pdf), conf); err != nil {
		t.Error(err)
	}
	text := string(pdf)
	for _, clause := range []struct{ says, form string }{
		{"6.1.2 header", `^%PDF-1\.[0-7]\n%[\x80-\xff]`}, {"6.1.3 file identifier", `trailer\n<<[^>]*/ID \[<[0-9a-f]{32}> <[0-9a-f]{32}>\]`},
		{"6.2.3 output intent", `/OutputIntent\n/S /GTS_PDFA1`}, {"6.6.2 metadata", `(?s)/Type /Metadata\n/Subtype /XML\n/Length \d+>> stream\n<\?xpacket`},
		{"6.6.4 version", `<pdfaid:part>3</pdfaid:part><pdfaid:conformance>A</pdfaid:conformance>`},
		{"6.6.3 the same dates", `<xmp:CreateDate>2026-06-03T14:02:00Z</xmp:CreateDate>`}, {"6.6.3 the same dates", `/CreationDate \(D:20260603140200Z\)`},
		{"6.7.2 tagged", `/Marked true`}, {"6.7.3 structure", `/StructTreeRoot \d+ 0 R`}, {"6.7.4 language", `/Lang \(en\)`},
		{"6.8 relationship", `/AFRelationship /Data`}, {"6.8 associated", `/AF \[\d+ 0 R\]`}, {"6.8 media type", `/Subtype /application#2Fvc\n`},
		{"6.8 both names", `/F <FEFF[0-9A-F]+>\n/UF <FEFF[0-9A-F]+>`},
	} {
		if !regexp.MustCompile(clause.form).MatchString(text) && !strings.Contains(clause.form, `\x80`) {
			t.Errorf("ISO 19005-3, %s: not there", clause.says)
		}
	}
	if pdf[9] != '%' || pdf[10] < 0x80 {
		t.Error("ISO 19005-3, 6.1.2: no comment of bytes above 127 after the header")
	}
	for _, forbidden := range []string{"/Encrypt", "/JavaScript", "/JS ", "/Launch", "/RichMedia", "/Movie", "/Sound", "/XFA", "/LZWDecode", "/AA <<", "/OpenAction", "HeadlessChrome\n"} {
		if strings.Contains(text, forbidden) {
			t.Errorf("a PDF/A-3 file may not have %s", forbidden)
		}
	}
	for _, m := range regexp.MustCompile(`(?s)/Type /Annot\b.*?>>\nendobj`).FindAllString(text, -1) {
		if !strings.Contains(m, "/F 4") {
			t.Errorf("6.3.2: an annotation that does not print: %.80s", m)
		}
	}
	for _, m := range regexp.MustCompile(`/Type /StructElem\n/S /(\w+)`).FindAllStringSubmatch(text, -1) {
		if !strings.Contains(standardTypes, " "+m[1]+" ") && !strings.Contains(text, "/RoleMap") {
			t.Errorf("6.7.3.4: the structure type %s is not a standard one", m[1])
		}
	}
	fonts := 0
	drawn := map[string]bool{} // descriptors of Type 3 fonts, whose glyphs are drawn in the file itself
	for _, m := range regexp.MustCompile(`(?s)\d+ 0 obj\n<</Type /Font\n.*?endobj`).FindAllString(text, -1) {
		if at := regexp.MustCompile(`/FontDescriptor (\d+) 0 R`).FindStringSubmatch(m); at != nil && strings.Contains(m, "/Subtype /Type3") {
			drawn[at[1]] = true
		}
	}
	for _, m := range regexp.MustCompile(`(?s)(\d+) 0 obj\n<</Type /FontDescriptor\b.*?endobj`).FindAllStringSubmatch(text, -1) {
		if fonts++; !strings.Contains(m[0], "/FontFile") && !drawn[m[1]] {
			t.Errorf("6.2.11.4: a font is not embedded: %s", m[0])
		}
	}
	for _, m := range regexp.MustCompile(`(?s)/Subtype /Type0\b.*?endobj`).FindAllString(text, -1) {
		if !strings.Contains(m, "/ToUnicode") {
			t.Errorf("6.2.11.7: a font without Unicode: %.120s", m)
		}
	}
	if fonts == 0 {
		t.Error("no font was looked at")
	}
}

// TestArchiveRefuses: a PDF of another form is refused, not damaged.
func TestArchiveRefuses(t *testing.T) {
	for _, pdf := range []string{"", "%PDF-1.4\n", "%PDF-1.4\ntrailer\n<</Size 2\n/Root 1 0 R\n/Info 2 0 R>>\nstartxref\n9\n%%EOF\n"} {
		if _, err := render.Archive([]byte(pdf), &render.Archival{}); err == nil {
			t.Errorf("%q was taken for Chromium's", pdf)
		}
	}
}
