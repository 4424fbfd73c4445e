package render

import (
	"encoding/base64"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"sync"
)

// documentFonts travel inside a single-file page; other faces fall back to the reader's own.
var documentFonts = []string{"source-serif-4-latin-600-normal.woff2", "source-serif-4-latin-400-normal.woff2", "source-sans-3-latin-400-normal.woff2", "source-sans-3-latin-600-normal.woff2"}

func orEnglish(w *Words) (*Words, error) {
	if w != nil {
		return w, nil
	}
	return english()
}

var english = sync.OnceValues(func() (*Words, error) {
	c, err := NewCatalogue()
	if err != nil {
		return nil, err
	}
	return c.Match("en"), nil
})

// documentStyle is the style sheet with its fonts inside; faces that do not travel are left out.
var documentStyle = sync.OnceValues(func() (string, error) {
	fonts, err := fs.ReadFile(Look(), "fonts.css")
	if err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	var out strings.Builder
	for face := range strings.Lines(string(fonts)) {
		for _, name := range documentFonts {
			from := `url("fonts/` + name + `")`
			if !strings.Contains(face, from) {
				continue
			}
			b, err := fs.ReadFile(Look(), path.Join("fonts", name))
			if err != nil {
				return "", fmt.Errorf("render: %w", err)
			}
			out.WriteString(strings.Replace(face, from, `url("data:font/woff2;base64,`+base64.StdEncoding.EncodeToString(b)+`")`, 1))
		}
	}
	record, err := fs.ReadFile(Look(), "record.css")
	if err != nil {
		return "", fmt.Errorf("render: %w", err)
	}
	out.Write(record)
	out.WriteString(".document{max-inline-size:47.5rem;margin-inline:auto;padding:2.5rem 1.25rem 4rem}.proof{display:flex;gap:1.25rem;align-items:center;break-inside:avoid}.proof .qr{inline-size:6.5rem;block-size:6.5rem;flex:none;background:#fff;padding:.25rem}.proof p{margin:0}@page{size:A4;margin:20mm 18mm 18mm;@bottom-right{content:counter(page) ' / ' counter(pages);font:9pt sans-serif;color:#4A5563}}@media print{.document{padding:0;max-inline-size:none}}\n")
	return out.String(), nil
})
