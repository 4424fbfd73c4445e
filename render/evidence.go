package render

import (
	"bytes"
	"encoding/base64"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// maxEvidence bounds a piece of evidence that is opened from inside a credential: a scanned page or a short report.
const maxEvidence = 8 << 20

// DataURI takes a data: address apart (RFC 2397). It tells the media type that the bytes have, which need not be the one
// they are said to have.
func DataURI(s string) (media string, data []byte, ok bool) {
	rest, found := strings.CutPrefix(s, "data:")
	head, body, comma := strings.Cut(rest, ",")
	if !found || !comma || len(body) > maxEvidence*4/3+4 {
		return "", nil, false
	}
	said, base := strings.CutSuffix(head, ";base64")
	if base {
		b, err := base64.StdEncoding.DecodeString(strings.TrimRight(body, "\r\n "))
		if err != nil {
			return "", nil, false
		}
		data = b
	} else {
		text, err := url.PathUnescape(body)
		if err != nil {
			return "", nil, false
		}
		data = []byte(text)
	}
	if said, _, err := mime.ParseMediaType(said); err == nil && said == "text/plain" && !bytes.ContainsRune(data, 0) {
		return "text/plain", data, true
	}
	kind, _, _ := strings.Cut(http.DetectContentType(data), ";")
	if !slices.Contains(shownMedia, kind) {
		kind = "application/octet-stream"
	}
	return kind, data, true
}

// shownMedia are what a browser shows without running anything of it. All else is a file to keep: HTML and SVG above all.
var shownMedia = []string{"image/png", "image/jpeg", "image/gif", "image/webp", "application/pdf", "text/plain"}

// Opened finds the piece of evidence that opens at an address of ours.
func (r *Record) Opened(address string) (media string, data []byte, ok bool) {
	for _, s := range r.Sections {
		for _, g := range s.Groups {
			for _, l := range g.Lines {
				for _, e := range l.Evidence {
					if e.Open == address && address != "" {
						return e.Media, e.data, true
					}
				}
			}
		}
	}
	return "", nil, false
}
