package web

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
	"github.com/openlaurel/laurel/verify"
)

// SharePage is what an employer sees behind a link: real or not, by whom, what the person can do, and the rest.
type SharePage struct {
	Shell
	Path           string // of this page, for checking again
	Whole          bool
	Audience, Note string
	Until          render.Date
	LeftOut        []LeftOut  // what the learner left out of what is shown
	Signed         *Signature // by whom it is about
	Record         *render.Record
	Long           *Browsed // of a long record, what the page shows of it; nil: all of it
	Issuers        []render.Party
	Downloads      []Download // each document as it was signed
	Forms          []Download // the same for a person and for other programs
	CanPrint       bool       // the server writes PDFs
}

// Signature is what the learner signed of a share.
type Signature struct {
	Holder, House, Href string // Href is the file, "" for none
	Good                bool
	Made                render.Date
}

// SharePasscode asks for the passcode of a share.
type SharePasscode struct {
	Shell
	Path, Error string
}

// ShareClosed says why a share does not open, and no more than that.
type ShareClosed struct {
	Shell
	Code string
}

// passcodeCookie keeps a share's passcode for its own path while the browser is open, so that checking again and
// downloading do not ask for it anew.
const passcodeCookie = "laurel_passcode"

func openShare(c *call) error {
	return c.share(c.passcode(), false)
}

// passcode is the one that was given for this share before.
func (c *call) passcode() string {
	if cookie, err := c.r.Cookie(passcodeCookie); err == nil {
		return cookie.Value
	}
	return ""
}

func openShareWithPasscode(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	passcode := c.r.PostForm.Get("passcode")
	http.SetCookie(c.w, &http.Cookie{Name: passcodeCookie, Value: passcode, Path: c.r.URL.Path, HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: c.secure()})
	return c.share(passcode, true)
}

func (c *call) share(passcode string, tried bool) error {
	opened, err := c.deps.Employer.Open(c.ctx, c.actor, c.r.PathValue("token"), passcode)
	if err != nil {
		return c.shareRefused(err, tried)
	}
	p, err := c.sharePage(opened)
	if err != nil {
		return err
	}
	return c.show(http.StatusOK, p)
}

// sharePath is the address of the share itself, from any address below it.
func (c *call) sharePath() string { return "/shares/" + url.PathEscape(c.r.PathValue("token")) }

// shareRecord lays out what was shared.
func (c *call) shareRecord(o *employer.Opened) (*render.Record, error) {
	resembles, err := c.deps.Employer.Resembles(c.ctx)
	if err != nil {
		return nil, err
	}
	docs := make([]render.Document, len(o.Documents))
	for i, d := range o.Documents {
		docs[i] = render.Document{JSON: d.Bytes, Report: d.Report, Said: d.Said}
		if d.Stated {
			docs[i].Report = nil
		}
		if d.Report != nil && len(d.Report.Credential) > 0 {
			docs[i].JSON = d.Report.Credential
		}
		if o.Share.AllowDownload {
			docs[i].Href = c.sharePath() + "/files/" + strconv.Itoa(d.Position)
		}
	}
	rec := render.NewRecord(docs, &render.Options{Lang: c.words.Lang, Binding: "email", Resembles: resembles,
		EvidenceHref: func(document, nth int) string { return fmt.Sprintf("%s/evidence/%d-%d", c.sharePath(), document, nth) }})
	if rec.Learner.Name == "" {
		rec.Learner.Name = o.Learner
	}
	rec.Verdict.Checked = render.Date{Time: o.CheckedAt}
	return rec, nil
}

// shareRefused tells revoked, expired and unknown apart, and asks for a passcode where one is missing.
func (c *call) shareRefused(err error, tried bool) error {
	code := record.CodeOf(err)
	var e *record.Error
	switch code {
	case "share.passcode":
		p := &SharePasscode{Path: c.sharePath()}
		if tried {
			p.Error = c.t("share.passcode-wrong")
		}
		p.Title, p.NoIndex = c.t("share.passcode"), true
		return c.show(http.StatusForbidden, p)
	case "share.revoked", "share.expired", "share.held", "share.unknown":
		status := http.StatusGone
		if code == "share.unknown" {
			status = http.StatusNotFound
		}
		p := &ShareClosed{Code: code}
		p.Title, p.NoIndex = c.t("closed."+code), true
		return c.show(status, p)
	}
	if errors.As(err, &e) && e.Kind == record.NotFound {
		return c.shareRefused(&record.Error{Kind: record.NotFound, Op: e.Op, Code: "share.unknown"}, tried)
	}
	return err
}

func (c *call) sharePage(o *employer.Opened) (*SharePage, error) {
	rec, err := c.shareRecord(o)
	if err != nil {
		return nil, err
	}
	p := &SharePage{Path: c.sharePath(), Whole: o.Share.Whole, Audience: o.Share.Audience, Note: o.Share.Note, Record: rec, Issuers: issuersOf(rec), CanPrint: render.CanPrint()}
	for _, d := range o.Documents {
		if len(d.LeftOut) > 0 {
			p.LeftOut = append(p.LeftOut, LeftOut{Name: d.Name, Parts: c.leftOutWords(d.LeftOut)})
		}
	}
	if rec.Verdict.Total > openLines {
		p.Long = c.browseShare(rec)
	}
	p.Signed = p.signature(o)
	if !o.Share.ExpiresAt.IsZero() {
		p.Until = render.Date{Time: o.Share.ExpiresAt}
	}
	if o.Share.AllowDownload {
		for _, d := range o.Documents {
			label := c.t("share.file")
			if len(o.Documents) > 1 {
				label = d.Name
			}
			p.Downloads = append(p.Downloads, Download{Label: label, Href: c.sharePath() + "/files/" + strconv.Itoa(d.Position), File: fileName(d.Name) + ".json"})
		}
		p.Forms = c.takeForms(c.sharePath() + "/as/")
	}
	p.Title, p.NoIndex = c.t("share.title"), true                      // no name: a window's title ends up in histories
	p.Card = &Card{Title: c.t("share.title"), Text: c.t("share.card")} // nor here: a card is drawn wherever the link is pasted
	return p, nil
}

// browseShare lays out a long record, each line of which opens at an address of its own below the share's.
func (c *call) browseShare(rec *render.Record) *Browsed {
	out := &Browsed{At: c.sharePath(), Filter: c.filter()}
	hrefs := map[string]string{}
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for i := range g.Lines {
				hrefs[g.Lines[i].Anchor] = out.At + "?item=" + g.Lines[i].Anchor
			}
		}
	}
	c.lay(out, rec, nil, hrefs)
	out.Skills = skillsOf(rec, hrefs)
	return out
}

// signature is what the page says of the learner's own seal; nil without one.
func (p *SharePage) signature(o *employer.Opened) *Signature {
	if o.Signed == nil {
		return nil
	}
	s := &Signature{Holder: o.Signed.Holder, House: o.Institution.Name, Good: o.Signed.Report.Own == verify.Verified, Made: render.Date{Time: o.Share.CreatedAt}}
	if o.Share.AllowDownload {
		s.Href = p.Path + "/as/presentation"
	}
	return s
}

// issuersOf lists the organisations behind a record's lines, each once, in the order of the lines. Who states something has
// issued nothing.
func issuersOf(rec *render.Record) []render.Party {
	var out []render.Party
	for _, s := range rec.Sections {
		for _, g := range s.Groups {
			for _, l := range g.Lines {
				if l.Issuer.ID != "" && l.Mark != render.Stated && !slices.ContainsFunc(out, func(p render.Party) bool { return p.ID == l.Issuer.ID }) {
					out = append(out, l.Issuer)
				}
			}
		}
	}
	return out
}

// shareFile gives one document of a share exactly as signed.
func shareFile(c *call) error {
	position, err := strconv.Atoi(c.r.PathValue("position"))
	if err != nil {
		return record.Errorf(record.NotFound, "web.shareFile", "")
	}
	doc, err := c.deps.Employer.Download(c.ctx, c.actor, c.r.PathValue("token"), c.passcode(), position)
	if err != nil {
		return c.shareRefused(err, false)
	}
	return c.attachment(fileName(doc.Name)+".json", documentType(c.r, doc.Bytes), doc.Bytes)
}
