package web

import (
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/openlaurel/laurel/bake"
	"github.com/openlaurel/laurel/export"
	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// A taking is one form in which a record leaves: for a person's eyes, for a file, for another program.
type taking struct {
	form        string // in the address
	file        string // name of the file
	contentType string
	make        func(c *call, t *taken) ([]byte, error)
}

// taken is what is taken: the documents as they were signed, and how they read.
type taken struct {
	docs   []employer.Document
	record *render.Record
	signed *employer.SignedShare
	link   string // where it can be checked again, "" for nowhere
	at     render.Date
}

// takings is the table of forms, in the order in which they are offered.
var takings = []taking{
	{"pdf", "record.pdf", "application/pdf", takePDF},
	{"report", "verification-report.json", "application/vc", takeReport},
	{"csv", "record.csv.zip", "application/zip", takeExport("csv")},
	{"lerrs", "record.ler-rs.json", "application/json", takeExport("lerrs")},
	{"jsonresume", "resume.json", "application/json", takeExport("jsonresume")},
	{"elm", "record.elm.json", "application/ld+json", takeExport("elm")},
	{"schemaorg", "record.schema-org.json", "application/ld+json", takeExport("schemaorg")},
	{"html", "record.html", "text/html; charset=utf-8", takeHTML},
	{"text", "record.txt", "text/plain; charset=utf-8", takeText},
	{"presentation", "presentation.json", "application/vp", takePresentation},
	{"svg", "record.svg", "image/svg+xml", takeSVG},
	{"png", "record.png", "image/png", takePNG},
}

// takeForms offers what can be written here.
func (c *call) takeForms(at string) []Download {
	var out []Download
	for _, t := range takings {
		if t.form == "pdf" && !render.CanPrint() || t.form == "report" && c.deps.Employer.Notary == nil || t.form == "presentation" { // which is offered beside the signature
			continue
		}
		out = append(out, Download{Label: c.t("take." + t.form), Hint: c.t("take." + t.form + "-hint"), Href: at + t.form, File: t.file})
	}
	return out
}

// shareAs gives a share in another form.
func shareAs(c *call) error {
	opened, err := c.deps.Employer.Take(c.ctx, c.actor, c.r.PathValue("token"), c.passcode())
	if err != nil {
		return c.shareRefused(err, false)
	}
	rec, err := c.shareRecord(opened)
	if err != nil {
		return err
	}
	t := &taken{docs: opened.Documents, signed: opened.Signed, record: rec, at: render.Date{Time: opened.CheckedAt}}
	if opened.Share.ExpiresAt.IsZero() || opened.Share.ExpiresAt.After(c.now()) {
		t.link = c.deps.PublicURL + c.sharePath()
	}
	return c.take(c.r.PathValue("form"), t)
}

// take writes the form and sends it as a file.
func (c *call) take(form string, t *taken) error {
	for _, k := range takings {
		if k.form != form {
			continue
		}
		b, err := k.make(c, t)
		if errors.Is(err, render.ErrNoPrinter) {
			return record.Errorf(record.Unavailable, "web.take", "%s", c.t("take.no-pdf"))
		}
		if err != nil {
			return err
		}
		return c.attachment(k.file, k.contentType, b)
	}
	return record.Errorf(record.NotFound, "web.take", "")
}

func takeHTML(c *call, t *taken) ([]byte, error) {
	return render.Page(t.record, c.words, &render.PageOptions{Link: t.link})
}

func takeText(c *call, t *taken) ([]byte, error) {
	text, err := render.Text(t.record, c.words)
	return []byte(text), err
}

// takePDF prints the record and puts the signed credential into it; several go in as one presentation, so that the file
// carries one document that a verifier reads.
func takePDF(c *call, t *taken) ([]byte, error) {
	credential, err := c.one(t.docs)
	if err != nil {
		return nil, err
	}
	select {
	case c.printing <- struct{}{}:
		defer func() { <-c.printing }()
	case <-c.ctx.Done():
		return nil, c.ctx.Err()
	}
	return render.PDF(c.ctx, t.record, c.words, &render.PageOptions{Link: t.link, Credential: credential, Made: t.at.Time})
}

// one is the only document, or all in one presentation.
func (c *call) one(docs []employer.Document) ([]byte, error) {
	if len(docs) == 1 {
		return docs[0].Bytes, nil
	}
	if c.deps.Employer.Notary == nil {
		return nil, record.Errorf(record.Unavailable, "web.take", "%s", c.t("take.several"))
	}
	all := make([][]byte, len(docs))
	for i, d := range docs {
		all[i] = d.Bytes
	}
	return c.deps.Employer.Notary.Present(c.ctx, all)
}

// takePresentation is what the learner signed, as it was signed.
func takePresentation(_ *call, t *taken) ([]byte, error) {
	if t.signed == nil {
		return nil, record.Errorf(record.NotFound, "web.take", "")
	}
	return t.signed.Bytes, nil
}

func takeReport(c *call, t *taken) ([]byte, error) {
	return c.deps.Employer.Attest(c.ctx, t.docs, t.at.Time)
}

func takeExport(format string) func(*call, *taken) ([]byte, error) {
	return func(c *call, t *taken) ([]byte, error) {
		records := make([]*export.Record, len(t.docs))
		for i, d := range t.docs {
			r, err := export.Read(d.Bytes)
			if err != nil {
				return nil, &record.Error{Kind: record.Invalid, Op: "web.take", Message: strings.TrimPrefix(err.Error(), "export: "), Err: err}
			}
			records[i] = r
		}
		res, err := export.Export(format, export.Join(records), &export.Options{Person: true, Evidence: true, Link: t.link, Language: c.words.Lang})
		if err != nil {
			return nil, &record.Error{Kind: record.Invalid, Op: "web.take", Message: strings.TrimPrefix(err.Error(), "export: "), Err: err}
		}
		if len(res.Files) == 1 && format != "csv" {
			return res.Files[0].Data, nil
		}
		return export.Zip(res.Files)
	}
}

func takeSVG(c *call, t *taken) ([]byte, error) { return c.picture(t, render.SVG(t.record, c.words)) }

func takePNG(c *call, t *taken) ([]byte, error) {
	png, err := render.MarkPNG(t.record.Verdict.Mark)
	if err != nil {
		return nil, err
	}
	return c.picture(t, png)
}

// picture bakes the credential into a picture (Open Badges 3.0, Baked Badges).
func (c *call) picture(t *taken, image []byte) ([]byte, error) {
	credential, err := c.one(t.docs)
	if err != nil {
		return nil, err
	}
	b, err := bake.Bake(image, credential)
	return b, record.Wrap("web.picture", err)
}

// evidencePolicy lets a piece of evidence show and do nothing: no script, no form, no other host, no origin of ours.
const evidencePolicy = "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

// shareEvidence opens a piece of evidence that travels inside a shared credential, apart from every page of ours. What a
// browser could run is a file to keep.
func shareEvidence(c *call) error {
	opened, err := c.deps.Employer.Open(c.ctx, c.actor, c.r.PathValue("token"), c.passcode())
	if err != nil {
		return c.shareRefused(err, false)
	}
	rec, err := c.shareRecord(opened)
	if err != nil {
		return err
	}
	media, data, ok := rec.Opened(c.sharePath() + "/evidence/" + c.r.PathValue("piece"))
	if !ok {
		return record.Errorf(record.NotFound, "web.shareEvidence", "")
	}
	c.sandboxed(media, data)
	return nil
}

// sandboxed sends a stranger's bytes.
func (c *call) sandboxed(media string, data []byte) {
	h := c.w.Header()
	h.Set("Content-Security-Policy", evidencePolicy)
	h.Set("Content-Type", media)
	h.Set("Cache-Control", "private, no-store")
	h.Set("X-Robots-Tag", "noindex, nofollow")
	h.Set("Content-Length", strconv.Itoa(len(data)))
	if media == "application/octet-stream" {
		h.Set("Content-Disposition", `attachment; filename="evidence"`)
	}
	if media == "text/plain" {
		h.Set("Content-Type", "text/plain; charset=utf-8")
	}
	if c.r.Method != http.MethodHead {
		_, _ = c.w.Write(data) // the reader has gone
	}
}

// myTaken is the learner's whole record, for the same forms.
func (c *call) myTaken() (*taken, error) {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return nil, err
	}
	if mine.Credential == nil {
		return nil, record.Errorf(record.NotFound, "web.myTaken", "")
	}
	at := c.now()
	return &taken{docs: []employer.Document{{Name: mine.Credential.Name, URI: mine.Credential.URI, Bytes: mine.Credential.Bytes, Report: mine.Report}},
		record: c.recordOf(mine), at: render.Date{Time: at}, link: mine.Credential.URI}, nil
}

// myRecordPDF is the learner's record as one file for person and machine.
func myRecordPDF(c *call) error {
	t, err := c.myTaken()
	if err != nil {
		return err
	}
	return c.take("pdf", t)
}

// myRecordAs gives the learner's record in another form.
func myRecordAs(c *call) error {
	t, err := c.myTaken()
	if err != nil {
		return err
	}
	return c.take(c.r.PathValue("form"), t)
}
