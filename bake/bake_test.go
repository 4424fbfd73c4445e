package bake

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/openlaurel/laurel/internal/vectors"
)

const (
	badge = `{"@context":["https://www.w3.org/ns/credentials/v2"],"type":["VerifiableCredential","OpenBadgeCredential"],"name":"é ]]> <b>&"}`
	clr   = `{"@context":[],"type":["VerifiableCredential","ClrCredential"]}`
	ob2   = `{"@context":"https://w3id.org/openbadges/v2","type":"Assertion"}`
	// {"alg":"none"}.{"type":["ClrCredential"]}.AA
	jws = "eyJhbGciOiJub25lIn0.eyJ0eXBlIjpbIkNsckNyZWRlbnRpYWwiXX0.AA"

	svgImage = `<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd"><svg xmlns="http://www.w3.org/2000/svg" viewBox='0 0 1 1'><title>x</title></svg>`
)

// pngChunk and pngImage write the smallest PNGs that the walk accepts.
func pngChunk(kind string, data string) string {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(b, kind+data...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:])))
}

func pngImage(chunks ...string) []byte {
	return []byte(string(pngSignature) + pngChunk("IHDR", strings.Repeat("\x01", 13)) + strings.Join(chunks, "") + pngChunk("IEND", ""))
}

func pdfImage(t testing.TB) []byte {
	t.Helper()
	disableConfigDir()
	ctx, err := pdfcpu.CreateContextWithXRefTable(model.NewDefaultConfiguration(), types.PaperSize["A4"])
	if err != nil {
		t.Fatal(err)
	}
	var buf bytes.Buffer
	if err := api.WriteContext(ctx, &buf); err != nil {
		t.Fatal(err)
	}
	return buf.Bytes()
}

func TestBakeUnbake(t *testing.T) {
	images := map[string][]byte{
		"png":       pngImage(pngChunk("IDAT", "x")),
		"svg":       []byte(svgImage),
		"svg empty": []byte("<svg xmlns='http://www.w3.org/2000/svg' />"),
		"svg taken": []byte(`<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="urn:x" xmlns:clr="urn:y"/>`),
		"svg pre":   []byte(`<s:svg xmlns:s="http://www.w3.org/2000/svg"/>`),
		"pdf":       pdfImage(t),
	}
	for name, image := range images {
		for _, credential := range []string{badge, clr, ob2, jws} {
			t.Run(name, func(t *testing.T) {
				before := bytes.Clone(image)
				// Baking a baked image replaces what it carries.
				baked, err := Bake(image, []byte(badge))
				if err != nil {
					t.Fatal(err)
				}
				baked, err = Bake(baked, []byte(credential+"\n"))
				if err != nil {
					t.Fatal(err)
				}
				got, err := Unbake(baked)
				if err != nil {
					t.Fatalf("%v\n%q", err, baked)
				}
				if string(got) != credential {
					t.Errorf("got  %s\nwant %s", got, credential)
				}
				if !bytes.Equal(before, image) {
					t.Error("Bake wrote into its argument")
				}
			})
		}
	}
}

func TestBakeLabels(t *testing.T) {
	for credential, want := range map[string]string{badge: "openbadgecredential", clr: "clrcredential", jws: "clrcredential", ob2: "openbadges"} {
		baked, err := Bake(pngImage(), []byte(credential))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(baked, []byte("iTXt"+want+"\x00")) {
			t.Errorf("%.60s is not under keyword %s", credential, want)
		}
	}
	baked, err := Bake([]byte(svgImage), []byte(clr))
	if err != nil {
		t.Fatal(err)
	}
	if want := `viewBox='0 0 1 1' xmlns:clr="https://purl.imsglobal.org/clr/v2p0"><clr:credential><![CDATA[{`; !bytes.Contains(baked, []byte(want)) {
		t.Errorf("no %s in %s", want, baked)
	}
}

func deflate(s string) string {
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	w.Write([]byte(s))
	w.Close()
	return b.String()
}

func TestUnbakePNG(t *testing.T) {
	itxt := func(s string) string { return pngChunk("iTXt", "openbadgecredential\x00\x00\x00\x00\x00"+s) }
	good := pngImage(itxt(badge))
	damaged := bytes.Clone(good)
	damaged[bytes.Index(damaged, []byte("name"))] ^= 1
	huge := bytes.Clone(good)
	binary.BigEndian.PutUint32(huge[33:], 1<<31)
	tests := []struct {
		name  string
		image []byte
		want  string
		err   error
	}{
		{"plain", good, badge, nil},
		{"language and translation", pngImage(pngChunk("iTXt", "clrcredential\x00\x00\x00en\x00Zeugnis\x00"+clr)), clr, nil},
		{"compressed", pngImage(pngChunk("iTXt", "openbadges\x00\x01\x00\x00\x00"+deflate(badge))), badge, nil},
		{"tEXt with a URL", pngImage(pngChunk("tEXt", "openbadges\x00https://example.org/a")), "https://example.org/a", nil},
		{"zTXt", pngImage(pngChunk("zTXt", "openbadges\x00\x00"+deflate(ob2))), ob2, nil},
		{"none", pngImage(pngChunk("tEXt", "Comment\x00openbadges")), "", ErrNoCredential},
		{"blank", pngImage(itxt(" \n")), "", ErrNoCredential},
		{"two", pngImage(itxt(badge), itxt(badge)), "", ErrSeveral},
		{"after the end", append(pngImage(), itxt(badge)...), "", ErrNoCredential},
		{"bomb", pngImage(pngChunk("iTXt", "openbadges\x00\x01\x00\x00\x00"+deflate(strings.Repeat(" ", MaxCredential+1)))), "", ErrTooLarge},
		{"damaged", damaged, "", new(MalformedError)},
		{"chunk of 2 GiB", huge, "", new(MalformedError)},
		{"cut", good[:len(good)-1], "", new(MalformedError)},
		{"signature only", pngSignature, "", new(MalformedError)},
		{"no header", []byte(string(pngSignature) + pngChunk("IEND", "")), "", new(MalformedError)},
		{"no deflate", pngImage(pngChunk("iTXt", "openbadges\x00\x01\x00\x00\x00xx")), "", new(MalformedError)},
		{"unknown flag", pngImage(pngChunk("iTXt", "openbadges\x00\x02\x00\x00\x00xx")), "", new(MalformedError)},
		{"short", pngImage(pngChunk("iTXt", "openbadges\x00\x00\x00")), "", new(MalformedError)},
	}
	for _, tt := range tests {
		got, err := Unbake(tt.image)
		check(t, tt.name, got, err, tt.want, tt.err)
	}
	if _, err := Bake(append(pngImage(), 0), []byte(badge)); err == nil {
		t.Error("Bake accepts bytes after IEND")
	}
}

func check(t *testing.T, name string, got []byte, err error, want string, wantErr error) {
	t.Helper()
	var malformed *MalformedError
	switch {
	case wantErr == nil && err != nil:
		t.Errorf("%s: %v", name, err)
	case wantErr == nil && string(got) != want:
		t.Errorf("%s: got %q, want %q", name, got, want)
	case wantErr == nil:
	case err == nil:
		t.Errorf("%s: got %q, want the error %T %v", name, got, wantErr, wantErr)
	case errors.As(wantErr, &malformed) && !errors.As(err, &malformed), !errors.As(wantErr, &malformed) && !errors.Is(err, wantErr):
		t.Errorf("%s: got the error %v, want %T %v", name, err, wantErr, wantErr)
	}
}

func TestUnbakeSVG(t *testing.T) {
	const open = `<svg xmlns="http://www.w3.org/2000/svg" xmlns:o="https://purl.imsglobal.org/ob/v3p0">`
	tests := []struct {
		name, image, want string
		err               error
	}{
		{"entities", open + `<o:credential>{&quot;a&quot;:1}</o:credential></svg>`, `{"a":1}`, nil},
		{"deep in the drawing", open + `<g><g><o:credential verify="a.b.c"/></g></g></svg>`, "a.b.c", nil},
		{"attribute wins", open + `<o:credential verify="a.b.c">{}</o:credential></svg>`, "a.b.c", nil},
		{"other namespace", open + `<credential>{}</credential></svg>`, "", ErrNoCredential},
		{"two", open + `<o:credential>{}</o:credential><o:credential>{}</o:credential></svg>`, "", ErrSeveral},
		{"nested", open + `<o:credential><o:credential>{}</o:credential></o:credential></svg>`, "", new(MalformedError)},
		{"empty", open + `<o:credential/></svg>`, "", ErrNoCredential},
		{"cut", open + `<o:credential>{}`, "", new(MalformedError)},
		{"entity declared", `<!DOCTYPE svg [<!ENTITY e "x">]>` + open + `<o:credential>&e;</o:credential></svg>`, "", new(MalformedError)},
		{"entity unknown", open + `<o:credential>&e;</o:credential></svg>`, "", new(MalformedError)},
		{"HTML", `<html xmlns="http://www.w3.org/1999/xhtml"></html>`, "", ErrFormat},
		{"deep", open + strings.Repeat("<g>", maxDepthSVG) + strings.Repeat("</g>", maxDepthSVG) + "</svg>", "", new(MalformedError)},
		{"comment only", "<!-- x -->", "", new(MalformedError)},
		{"text", "credential", "", ErrFormat},
	}
	for _, tt := range tests {
		got, err := Unbake([]byte(tt.image))
		check(t, tt.name, got, err, tt.want, tt.err)
	}
}

func TestUnbakePDF(t *testing.T) {
	plain := pdfImage(t)
	with := func(files map[string]string) []byte {
		dir := t.TempDir()
		var paths []string
		for name, content := range files {
			p := filepath.Join(dir, name)
			if err := os.WriteFile(p, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
			paths = append(paths, p)
		}
		var buf bytes.Buffer
		if err := api.AddAttachments(bytes.NewReader(plain), &buf, paths, false, pdfConfiguration()); err != nil {
			t.Fatal(err)
		}
		return buf.Bytes()
	}
	tests := []struct {
		name string
		pdf  []byte
		want string
		err  error
	}{
		{"none", plain, "", ErrNoCredential},
		{"one among others", with(map[string]string{"a.json": `{"rows":[]}`, "b.json": clr, "c.png": badge}), clr, nil},
		{"a token", with(map[string]string{"record.jwt": jws + "\n"}), jws, nil},
		{"two", with(map[string]string{"a.json": badge, "b.json": clr}), "", ErrSeveral},
		{"large", with(map[string]string{"a.json": `{"@context":[],"type":"x","pad":"` + strings.Repeat(" ", MaxCredential) + `"}`}), "", ErrTooLarge},
		{"cut, so that the catalog is left", plain[:len(plain)/2], "", ErrNoCredential},
		{"header only", []byte("%PDF-1.7\n"), "", new(MalformedError)},
	}
	for _, tt := range tests {
		got, err := Unbake(tt.pdf)
		check(t, tt.name, got, err, tt.want, tt.err)
	}
}

func TestVectors(t *testing.T) {
	const hosted = `{"verify":{"url":"http://example.org"}}`
	fixed := map[string]string{"ob20/bakery-baked.svg": hosted, "ob20/bakery-no-json.svg": "http://example.org"}
	unbaked := 0
	for _, suite := range []string{"ob20", "ob30", "dcc"} {
		vectors.Open(t, suite).Run(t, func(t *testing.T, c *vectors.Case) {
			ext := filepath.Ext(c.Filename)
			if ext != ".png" && ext != ".svg" {
				return
			}
			got, err := Unbake(c.Input(t))
			if c.Expect == "no-credential" {
				if !errors.Is(err, ErrNoCredential) {
					t.Errorf("got %q, %v, want ErrNoCredential", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if want, ok := fixed[c.ID]; ok && string(got) != want {
				t.Errorf("got %s, want %s", got, want)
			}
			jwt := strings.Contains(c.Kind, "+jwt")
			if !jwt && got[0] != '{' && fixed[c.ID] == "" || jwt && bytes.Count(got, []byte{'.'}) != 2 {
				t.Errorf("got %.80q for %s", got, c.Kind)
			}
			// What was taken out can be put in again.
			if _, ok := fixed[c.ID]; !ok {
				again, err := Bake(c.Input(t), got)
				if err != nil {
					t.Fatal(err)
				}
				if back, err := Unbake(again); err != nil || !bytes.Equal(back, got) {
					t.Errorf("baked again: %.80q, %v", back, err)
				}
			}
			unbaked++
		})
	}
	if unbaked < 6 && !t.Skipped() {
		t.Errorf("only %d images were unbaked", unbaked)
	}
}

func FuzzUnbake(f *testing.F) {
	png, _ := Bake(pngImage(), []byte(badge))
	svg, _ := Bake([]byte(svgImage), []byte(jws))
	f.Add(png)
	f.Add(svg)
	f.Add(pngImage(pngChunk("zTXt", "openbadges\x00\x00"+deflate(ob2))))
	f.Add([]byte(svgImage))
	f.Fuzz(func(t *testing.T, image []byte) {
		if Detect(image) == PDF {
			return // FuzzUnbakePDF
		}
		got, err := Unbake(image)
		if err != nil && got != nil {
			t.Fatalf("%q beside the error %v", got, err)
		}
		// Whatever can be baked can be unbaked, and yields what was put in.
		baked, err := Bake(image, []byte(badge))
		if err != nil {
			return
		}
		if got, err := Unbake(baked); err != nil || string(got) != badge {
			t.Fatalf("baked %q, unbaked %q, %v", baked, got, err)
		}
	})
}

func FuzzUnbakePDF(f *testing.F) {
	plain := pdfImage(f)
	baked, err := Bake(plain, []byte(badge))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(plain)
	f.Add(baked)
	f.Fuzz(func(t *testing.T, file []byte) {
		if Detect(file) != PDF {
			return
		}
		if got, err := Unbake(file); err != nil && got != nil {
			t.Fatalf("%q beside the error %v", got, err)
		}
	})
}

func BenchmarkBakePNG(b *testing.B) {
	image := pngImage(pngChunk("IDAT", strings.Repeat("x", 181_000)))
	b.Run("bake", func(b *testing.B) {
		for b.Loop() {
			if _, err := Bake(image, []byte(badge)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("floor", func(b *testing.B) { // the picture copied, the checksum of every chunk
		for b.Loop() {
			baked := append(bytes.Clone(image), badge...)
			crc32.ChecksumIEEE(baked)
		}
	})
}

func ExampleUnbake() {
	image := []byte(`<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>`)
	baked, err := Bake(image, []byte(`{"type": ["VerifiableCredential", "OpenBadgeCredential"]}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	credential, err := Unbake(baked)
	fmt.Println(string(credential), err)
	// Output: {"type": ["VerifiableCredential", "OpenBadgeCredential"]} <nil>
}
