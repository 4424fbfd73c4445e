package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/openlaurel/laurel/internal/record"
)

// wantsHTML decides between a page and the document itself (OB 3.0 recommended practice: both at one address). A page
// goes to whoever names HTML at least as gladly as any form of JSON; a program that names nothing gets the document.
func wantsHTML(r *http.Request) bool {
	if r.URL.Query().Get("as") == "json" {
		return false
	}
	html, other := 0.0, 0.0
	for part := range strings.SplitSeq(r.Header.Get("Accept"), ",") {
		media, params, err := mime.ParseMediaType(strings.TrimSpace(part))
		if err != nil {
			continue
		}
		q := 1.0
		if s, ok := params["q"]; ok {
			if q, err = strconv.ParseFloat(s, 64); err != nil {
				continue
			}
		}
		switch {
		case media == "text/html" || media == "application/xhtml+xml":
			html = max(html, q)
		case strings.HasSuffix(media, "json") || strings.HasPrefix(media, "application/vc"):
			other = max(other, q)
		}
	}
	return html > 0 && html >= other
}

// documentType is the media type of a document for this reader: the most exact one it names.
func documentType(r *http.Request, b []byte, named ...string) string {
	accept := r.Header.Get("Accept")
	if len(b) > 0 && b[0] != '{' && b[0] != '[' {
		return "application/vc+jwt"
	}
	for _, t := range append(named, "application/vc", "application/ld+json", "application/json") {
		if strings.Contains(accept, t) {
			return t
		}
	}
	if len(named) > 0 {
		return named[0]
	}
	return "application/ld+json"
}

// document sends bytes exactly as they are kept.
func (c *call) document(contentType string, b []byte, public bool) error {
	return c.tagged(contentType, b, record.Sum(b), public)
}

// tagged sends bytes whose sum is kept beside them.
func (c *call) tagged(contentType string, b []byte, sum string, public bool) error {
	h := c.w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Vary", "Accept")
	h.Set("Cache-Control", "private, no-store")
	if public {
		h.Set("Cache-Control", "public, max-age=300")
		h.Set("Access-Control-Allow-Origin", "*") // a public document: a verifier in a browser may read it
	}
	if c.unchanged(sum) {
		return nil
	}
	h.Set("Content-Length", strconv.Itoa(len(b)))
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(b) // the reader has gone
	}
	return nil
}

// unchanged gives the document its entity tag and answers 304 to a reader who has these bytes already (RFC 9110, 13.1.2).
func (c *call) unchanged(sum string) bool {
	tag := `"` + sum + `"`
	c.w.Header().Set("ETag", tag)
	for held := range strings.SplitSeq(c.r.Header.Get("If-None-Match"), ",") {
		if held = strings.TrimPrefix(strings.TrimSpace(held), "W/"); held == tag || held == "*" {
			c.w.WriteHeader(http.StatusNotModified)
			return true
		}
	}
	return false
}

// dataBeside says in the header of a page where its data are: a script block in the page would need an exception in the
// content policy.
func (c *call) dataBeside() {
	c.w.Header().Set("Vary", "Accept")
	c.w.Header().Add("Link", "<"+c.r.URL.EscapedPath()+`?as=json>; rel="alternate"; type="application/ld+json"`)
}

// changed says when a document was written last.
func (c *call) changed(at time.Time) {
	if !at.IsZero() {
		c.w.Header().Set("Last-Modified", at.UTC().Format(http.TimeFormat))
	}
}

// attachment sends bytes to be kept as a file.
func (c *call) attachment(name, contentType string, b []byte) error {
	c.w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	return c.document(contentType, b, false)
}

// An upload is one file of a form.
type upload struct {
	name string
	data []byte
}

// maxFiles bounds the files of one upload: the fullest set of an import is seven.
const maxFiles = 20

// uploads reads a form with files; values go to c.r.PostForm. Files stay in memory, under the route's limit.
func (c *call) uploads(field string) ([]upload, error) {
	if !strings.HasPrefix(c.r.Header.Get("Content-Type"), "multipart/form-data") {
		return nil, c.form()
	}
	mr, err := c.r.MultipartReader()
	if err != nil {
		return nil, c.badForm("web.uploads", err)
	}
	c.r.PostForm = map[string][]string{}
	var files []upload
	for {
		part, err := mr.NextPart()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, c.badForm("web.uploads", err)
		}
		if files, err = c.uploadPart(part, field, files); err != nil {
			return nil, err
		}
	}
}

func (c *call) uploadPart(part *multipart.Part, field string, files []upload) ([]upload, error) {
	b, err := io.ReadAll(part)
	if err != nil {
		return nil, c.badForm("web.uploads", err)
	}
	if part.FormName() == field {
		if len(b) > 0 || part.FileName() != "" && len(b) > 0 {
			files = append(files, upload{name: part.FileName(), data: b})
		}
		if len(files) > maxFiles {
			return nil, record.Errorf(record.TooLarge, "web.uploads", "more than %d files at once; send them in parts", maxFiles)
		}
		return files, nil
	}
	c.r.PostForm[part.FormName()] = append(c.r.PostForm[part.FormName()], string(b))
	return files, nil
}

func (c *call) badForm(op string, err error) error {
	var large *http.MaxBytesError
	if errors.As(err, &large) {
		return &record.Error{Kind: record.TooLarge, Op: op, Message: c.t("trouble.too-large", "Size", c.words.Int(int(large.Limit>>20))), Err: err}
	}
	return &record.Error{Kind: record.Invalid, Op: op, Message: c.t("trouble.bad-form"), Err: err}
}
