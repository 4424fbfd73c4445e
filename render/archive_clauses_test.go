package render_test

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/openlaurel/laurel/internal/vectors"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// TestArchivalClauses reads printed records with a PDF reader that is not ours and asks object by object for clauses of ISO
// 19005-3 (PDF/A-3, level A) and of ISO 14289-1 (PDF/UA-1) that a program can judge: a transcript, the same in Arabic, and one
// with a picture and text of every script. It is no validator: veraPDF is in none of the registries that the project builds from.
func TestArchivalClauses(t *testing.T) {
	if !render.CanPrint() {
		if os.Getenv("CI") == "true" {
			t.Fatal("no Chromium: install the package chromium")
		}
		t.Skip("SKIP: no Chromium here; install the package chromium")
	}
	catalogue, err := render.NewCatalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, lang, file string }{
		{"transcript", "en", "clr-2.0/learncard-westbridge-full.unsigned.json"}, {"arabic", "ar", "clr-2.0/complex.json"}, {"picture", "fr", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			credential := []byte(pictured)
			if c.file != "" {
				credential = vectors.Sample(t, c.file)
			}
			rep := verify.Verify(t.Context(), credential, &verify.Options{Now: time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC)})
			r := render.NewRecord([]render.Document{{JSON: rep.Credential, Report: rep}}, &render.Options{Lang: c.lang})
			pdf, err := render.PDF(t.Context(), r, catalogue.Match(c.lang), &render.PageOptions{Link: "https://records.example/shares/x", Credential: credential, Made: time.Date(2026, 6, 3, 14, 2, 0, 0, time.UTC)})
			if err != nil {
				t.Fatal(err)
			}
			p := readPDF(t, pdf)
			p.whole(c.lang)
			p.objects()
			p.structure()
		})
	}
}

// pictured is an achievement with a picture inside and a name in several scripts.
const pictured = `{"@context":["https://www.w3.org/ns/credentials/v2","https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"],"type":["VerifiableCredential","AchievementCredential"],"id":"urn:uuid:1","issuer":{"id":"https://u.example","type":["Profile"],"name":"Universit\u00e9"},"validFrom":"2026-01-01T00:00:00Z",
"credentialSubject":{"type":["AchievementSubject"],"achievement":{"id":"urn:uuid:2","type":["Achievement"],"name":"\u0414\u0430\u043d\u043d\u044b\u0435 \u4e2d\u6587 \u0645\u0631\u062d\u0628\u0627 \ud83c\udf93","description":"[A link](https://u.example/x)","criteria":{"narrative":"All of it"},
"image":{"id":"data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==","type":"Image","caption":"A red dot"}}}}`

// onPaper is a PDF as pdfcpu reads it.
type onPaper struct {
	*testing.T
	ctx *model.Context
}

func readPDF(t *testing.T, pdf []byte) *onPaper {
	t.Helper()
	conf := model.NewDefaultConfiguration()
	conf.Offline = true
	ctx, err := api.ReadContext(bytes.NewReader(pdf), conf)
	if err != nil {
		t.Fatal(err)
	}
	return &onPaper{t, ctx}
}

// at follows keys through dictionaries.
func (p *onPaper) at(o types.Object, keys ...string) types.Object {
	p.Helper()
	for i := 0; ; i++ {
		o, err := p.ctx.Dereference(o)
		if err != nil {
			p.Fatal(err)
		}
		if i == len(keys) {
			return o
		}
		switch d := o.(type) {
		case types.Dict:
			return p.at(d[keys[i]], keys[i+1:]...)
		case types.StreamDict:
			return p.at(d.Dict[keys[i]], keys[i+1:]...)
		default:
			return nil
		}
	}
}

func (p *onPaper) is(clause, want string, o types.Object) {
	p.Helper()
	if got := fmt.Sprint(o); got != want {
		p.Errorf("%s: %s, want %s", clause, got, want)
	}
}

// whole asks for what the catalog and the metadata say.
func (p *onPaper) whole(lang string) {
	p.Helper()
	root := types.Object(*p.ctx.Root)
	p.is("PDF/A 6.7.2 tagged", "true", p.at(root, "MarkInfo", "Marked"))
	p.is("PDF/UA 7.1 title shown", "true", p.at(root, "ViewerPreferences", "DisplayDocTitle"))
	if s := fmt.Sprint(p.at(root, "Lang")); !strings.Contains(s, lang) && !strings.Contains(s, fmt.Sprintf("%04X", lang[0])) {
		p.Errorf("PDF/A 6.7.4 language: %s, want %s", s, lang)
	}
	intents, _ := p.at(root, "OutputIntents").(types.Array)
	if len(intents) != 1 {
		p.Fatalf("PDF/A 6.2.3: %d output intents", len(intents))
	}
	p.is("PDF/A 6.2.3 kind", "GTS_PDFA1", p.at(intents[0], "S"))
	p.is("PDF/A 6.2.3 colours", "3", p.at(intents[0], "DestOutputProfile", "N"))
	files, _ := p.at(root, "AF").(types.Array)
	if len(files) != 1 {
		p.Fatalf("PDF/A 6.8: %d associated files", len(files))
	}
	p.is("PDF/A 6.8 relationship", "Data", p.at(files[0], "AFRelationship"))
	meta, ok := p.at(root, "Metadata").(types.StreamDict)
	if !ok || meta.Dict["Filter"] != nil {
		p.Fatal("PDF/A 6.6.2.1: no plain metadata")
	}
	d := xml.NewDecoder(bytes.NewReader(meta.Raw))
	for {
		if _, err := d.Token(); err == io.EOF {
			return
		} else if err != nil {
			p.Fatalf("PDF/A 6.6.2.1: the metadata are no XML: %v", err)
		}
	}
}

// objects asks each object for what no object of an archival file may be.
func (p *onPaper) objects() {
	p.Helper()
	fonts := 0
	for n, entry := range p.ctx.Table {
		if entry == nil || entry.Free || entry.Object == nil {
			continue
		}
		o := entry.Object
		if s, ok := o.(types.StreamDict); ok {
			for _, f := range s.FilterPipeline {
				if f.Name == "LZWDecode" || f.Name == "Crypt" {
					p.Errorf("PDF/A 6.1.7: object %d is packed with %s", n, f.Name)
				}
			}
			if s.Dict["F"] != nil {
				p.Errorf("PDF/A 6.1.7.1: object %d has its bytes elsewhere", n)
			}
			p.is("PDF/A 6.2.8 interpolation", "<nil>", s.Dict["Interpolate"])
		}
		kind := fmt.Sprint(p.at(o, "Type"))
		switch {
		case kind == "Action" || p.at(o, "S") != nil && kind == "<nil>" && p.at(o, "URI") != nil:
			if s := fmt.Sprint(p.at(o, "S")); s != "URI" && s != "GoTo" {
				p.Errorf("PDF/A 6.5.1: an action %s", s)
			}
		case kind == "Annot":
			p.is("PDF/A 6.3.2 prints", "4", p.at(o, "F"))
			if p.at(o, "Contents") == nil || p.at(o, "StructParent") == nil {
				p.Errorf("PDF/UA 7.18: annotation %d has no words or is not in the structure", n)
			}
		case kind == "Font":
			fonts++
			p.font(n, o)
		case kind == "Page":
			p.is("PDF/UA 7.18.3 order", "S", p.at(o, "Tabs"))
		case kind == "ExtGState":
			p.is("PDF/A 6.2.5 transfer", "<nil>", p.at(o, "TR"))
		}
	}
	if fonts == 0 {
		p.Error("no font was looked at")
	}
}

func (p *onPaper) font(n int, o types.Object) {
	p.Helper()
	switch sub := fmt.Sprint(p.at(o, "Subtype")); sub {
	case "Type0":
		if p.at(o, "ToUnicode") == nil {
			p.Errorf("PDF/A 6.2.11.7: font %d does not say which letters it draws", n)
		}
	case "CIDFontType2", "CIDFontType0", "TrueType", "Type1":
		d := p.at(o, "FontDescriptor")
		if p.at(d, "FontFile2") == nil && p.at(d, "FontFile3") == nil && p.at(d, "FontFile") == nil {
			p.Errorf("PDF/A 6.2.11.4: font %d is not in the file", n)
		}
		if sub == "CIDFontType2" && p.at(o, "CIDToGIDMap") == nil {
			p.Errorf("PDF/A 6.2.11.3.2: font %d has no map to its glyphs", n)
		}
	}
}

// parents say under what a structure element may stand (ISO 32000-1, 14.8.4).
var parents = map[string][]string{"LI": {"L"}, "TR": {"Table", "THead", "TBody", "TFoot"}, "TH": {"TR"}, "TD": {"TR"}, "THead": {"Table"}, "TBody": {"Table"}}

// structure walks the tree of what a reader hears: standard types, lists and tables of their parts, headings that leave out
// no level, pictures with words.
func (p *onPaper) structure() {
	p.Helper()
	level, elements, headings := 0, 0, 0
	var walk func(o types.Object, parent string)
	walk = func(o types.Object, parent string) {
		switch v := p.at(o).(type) {
		case types.Array:
			for _, k := range v {
				walk(k, parent)
			}
		case types.Dict:
			s := v["S"]
			if s == nil { // content, or a reference to an object
				if k := v["K"]; k != nil {
					walk(k, parent)
				}
				return
			}
			kind := fmt.Sprint(s)
			elements++
			if !strings.Contains(standardTypes, " "+kind+" ") {
				p.Errorf("PDF/A 6.7.3.4: the structure type %s is not a standard one", kind)
			}
			if may, ok := parents[kind]; ok && !slices.Contains(may, parent) {
				p.Errorf("PDF/UA 7.2: a %s stands in a %s", kind, parent)
			}
			if kind == "Figure" && fmt.Sprint(v["Alt"]) == "<nil>" {
				p.Error("PDF/UA 7.3: a picture without words")
			}
			if len(kind) == 2 && kind[0] == 'H' && kind[1] >= '1' && kind[1] <= '6' {
				headings++
				if to := int(kind[1] - '0'); to > level+1 {
					p.Errorf("PDF/UA 7.4.2: after a heading of level %d comes one of level %d", level, to)
				} else {
					level = to
				}
			}
			if kind != "NonStruct" {
				parent = kind
			}
			walk(v["K"], parent)
		}
	}
	walk(p.at(types.Object(*p.ctx.Root), "StructTreeRoot", "K"), "")
	if elements < 20 || headings == 0 {
		p.Errorf("%d elements and %d headings were looked at", elements, headings)
	}
}
