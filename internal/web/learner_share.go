package web

import (
	"html/template"
	"net/http"
	"strings"
	"time"

	"github.com/openlaurel/laurel/export"
	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// MyShares lists the links a learner has made.
type MyShares struct {
	Shell
	Shares []ShareRow
}

// ShareRow is one link.
type ShareRow struct {
	ID, Label, Audience string
	State               string // open, expired, revoked
	Until, Last         render.Date
	Count, Items        int
	Passcode            bool
	Openings            []Opening
}

// Opening is one look at a share. Nothing is known about who looked.
type Opening struct {
	At  render.Date
	Act string
}

// NewShare is the form of a share.
type NewShare struct {
	Shell
	Error                string
	Minor                bool
	Whole, Download      bool
	Items                []ShareChoice
	Kept, Stated         []ShareChoice // by others; the learner's own word
	Audience, Note, Date string
	Ends                 []Choice
	Passcode             string // as it was typed
	Signed               bool
	Choice, ChoiceName   string // of a kept choice that the form began with
	ChoiceVersion        int64
}

// ShareChoice is one item that can be shared.
type ShareChoice struct {
	Ref, Name, Code, Type, Result string
	Date                          render.Date
	Mark                          render.Mark
	Chosen                        bool
	Parts                         []Choice // what may be left out of it
}

// Choice is one option of a form.
type Choice struct {
	Value, Label string
	Chosen       bool
}

// SharePreview is exactly what the reader will see, before the link exists.
type SharePreview struct {
	Shell
	Error          string
	Whole          bool
	Audience, Note string
	Shown, Hidden  int
	Signed         bool
	LeftOut        []LeftOut
	Record         *render.Record
	Fields         []Field
}

// Field is a hidden field that carries a form's answer on.
type Field struct{ Name, Value string }

// ShareMade shows the link, once.
type ShareMade struct {
	Shell
	URL   string
	QR    template.HTML // drawn by render.QR
	Until render.Date

	LinkedIn []ItemLink // where each of the things shown is put on a profile; nothing is asked of LinkedIn before
	Ends     bool       // a profile outlives the link
}

func myShares(c *call) error {
	shares, err := c.deps.Learner.Shares(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &MyShares{}
	for i := range shares {
		p.Shares = append(p.Shares, shareRow(&shares[i]))
	}
	p.Title, p.NoIndex = c.t("shares.title"), true
	return c.show(http.StatusOK, p)
}

// shareRow counts as opened only what showed something: a wrong passcode did not, and a download follows an opening.
func shareRow(s *learner.ShareView) ShareRow {
	row := ShareRow{ID: string(s.ID), Label: s.Label, Audience: s.Audience, State: s.State, Until: render.Date{Time: s.ExpiresAt}, Items: len(s.Items), Passcode: s.HasPasscode}
	for _, o := range s.Openings { // newest first
		row.Openings = append(row.Openings, Opening{At: render.Date{Time: o.At}, Act: o.Act})
		if o.Act != "opened" {
			continue
		}
		if row.Count++; row.Last.IsZero() {
			row.Last = render.Date{Time: o.At}
		}
	}
	if s.Share.Openings > len(s.Openings) { // the list holds the newest only
		row.Count, row.Last = s.Share.Openings, render.Date{Time: s.LastOpened}
	}
	return row
}

// shareAnswer is the share form as it was sent.
type shareAnswer struct {
	request  learner.ShareRequest
	until    string
	date     string
	problems string

	curation, name string // of a kept choice
	version        int64
}

// ends are the offered ends of a share, by the form's value.
var ends = []struct {
	value string
	days  int
}{{"7", 7}, {"30", 30}, {"90", 90}, {"date", 0}, {"never", 0}}

func newShareForm(c *call) error {
	a := &shareAnswer{until: "30", request: learner.ShareRequest{AllowDownload: true, Items: c.r.URL.Query()["item"]}}
	if c.r.URL.Query().Get("for") == "linkedin" { // a profile outlives thirty days
		a.until, a.request.Audience = "never", "LinkedIn"
	}
	if id := c.r.URL.Query().Get("choice"); id != "" {
		kept, err := c.deps.Learner.Curation(c.ctx, c.actor, record.CurationID(id))
		if err != nil {
			return err
		}
		a.request, a.curation, a.version, a.name = learner.Request(kept), string(kept.ID), kept.Version, kept.Name
	}
	return c.shareForm(a, http.StatusOK)
}

// shareForm shows the form with what was already said.
func (c *call) shareForm(a *shareAnswer, status int) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &NewShare{Error: a.problems, Minor: !mine.MayShare, Whole: a.request.Whole, Download: a.request.AllowDownload, Audience: a.request.Audience, Note: a.request.Note, Date: a.date, Passcode: a.request.Passcode, Signed: a.request.Signed}
	p.Choice, p.ChoiceName, p.ChoiceVersion = a.curation, a.name, a.version
	c.shareChoices(p, mine, &a.request)
	for _, e := range ends {
		p.Ends = append(p.Ends, Choice{Value: e.value, Label: c.t("new-share.end-" + e.value), Chosen: e.value == a.until})
	}
	p.Title, p.NoIndex = c.t("new-share.title"), true
	return c.show(status, p)
}

func markOfItem(i *learner.Item) render.Mark {
	switch {
	case i.Report != nil:
		return render.MarkOf(i.Report)
	case i.State == record.CredentialRevoked:
		return render.Revoked
	case i.State == record.CredentialSuspended:
		return render.Suspended
	}
	return render.Verified
}

// readShare reads the form; what is missing is said in problems.
func (c *call) readShare() (*shareAnswer, error) {
	if err := c.form(); err != nil {
		return nil, err
	}
	f := c.r.PostForm
	a := &shareAnswer{curation: f.Get("choice"), name: strings.TrimSpace(f.Get("choice-name")), version: formInt(f, "choice-version"), until: f.Get("until"), date: f.Get("date"), request: learner.ShareRequest{
		Whole: f.Get("whole") != "", Items: f["item"], Label: strings.TrimSpace(f.Get("audience")), Audience: strings.TrimSpace(f.Get("audience")),
		LeaveOut: leftOut(f["hide"]), Note: strings.TrimSpace(f.Get("note")), Passcode: f.Get("passcode"), AllowDownload: f.Get("download") != "", Signed: f.Get("signed") != "",
	}}
	if a.request.Whole {
		a.request.Items, a.request.LeaveOut = nil, nil
	} else if len(a.request.Items) == 0 {
		a.problems = c.t("new-share.nothing")
	}
	today := c.now().Truncate(24 * time.Hour)
	known := a.until == "" || a.until == "date"
	for _, e := range ends {
		known = known || e.value == a.until
		if e.value == a.until && e.days > 0 {
			a.request.ExpiresAt = today.AddDate(0, 0, e.days+1)
		}
	}
	if !known {
		a.problems = c.t("new-share.bad-date")
	}
	if a.until == "date" || a.until == "" {
		day, err := time.Parse(time.DateOnly, a.date)
		if err != nil || day.Before(today) {
			a.problems = c.t("new-share.bad-date")
		}
		a.request.ExpiresAt = day.AddDate(0, 0, 1) // the day named is the last on which it opens
	}
	return a, nil
}

// sharePreview shows what the reader will see; the answers travel on as hidden fields, so that two tabs never mix.
func sharePreview(c *call) error {
	a, err := c.readShare()
	if err != nil {
		return err
	}
	if c.r.PostForm.Get("change") != "" { // back from the preview, with all that was said
		a.problems = ""
		return c.shareForm(a, http.StatusOK)
	}
	if a.problems != "" {
		return c.shareForm(a, http.StatusUnprocessableEntity)
	}
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	shown, err := c.deps.Learner.Shown(c.ctx, c.actor, a.request)
	if err != nil {
		return c.shareRefusedToMaker(a, err)
	}
	p := &SharePreview{Whole: a.request.Whole, Signed: a.request.Signed, Audience: a.request.Audience, Note: a.request.Note, LeftOut: c.leftOutOf(shown), Record: c.shownRecord(mine, shown)}
	p.Shown, p.Hidden = len(shown), len(mine.Items)+len(mine.Kept)+len(mine.Stated)-len(shown)
	if a.request.Whole {
		p.Shown, p.Hidden = len(mine.Items), len(mine.Kept)+len(mine.Stated)
	}
	for _, name := range []string{"whole", "item", "hide", "audience", "note", "until", "date", "passcode", "download", "signed", "choice", "choice-version", "choice-name"} {
		for _, v := range c.r.PostForm[name] {
			p.Fields = append(p.Fields, Field{name, v})
		}
	}
	p.Title, p.NoIndex = c.t("preview.title"), true
	return c.show(http.StatusOK, p)
}

// shareRefusedToMaker shows the form again with the reason, where another answer helps.
func (c *call) shareRefusedToMaker(a *shareAnswer, err error) error {
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict || k == record.TooLarge {
		a.problems = c.says(err)
		return c.shareForm(a, http.StatusUnprocessableEntity)
	}
	return err
}

func makeShare(c *call) error {
	a, err := c.readShare()
	if err != nil {
		return err
	}
	if a.problems != "" {
		return c.shareForm(a, http.StatusUnprocessableEntity)
	}
	made, err := c.deps.Learner.Share(c.ctx, c.actor, a.request)
	if err != nil {
		return c.shareRefusedToMaker(a, err)
	}
	p := &ShareMade{URL: made.URL, QR: render.QR(made.URL, c.t("made.qr-alt")), Until: render.Date{Time: made.ExpiresAt}}
	if p.LinkedIn, err = c.linkedIn(a.request, made.URL); err != nil {
		return err
	}
	p.Ends = !made.ExpiresAt.IsZero()
	p.Title, p.NoIndex = c.t("made.title"), true
	return c.show(http.StatusOK, p)
}

// maxLinkedIn is how many addresses a page offers: somebody adds a few certificates to a profile, and no transcript.
const maxLinkedIn = 12

// linkedIn gives for each thing shown the address that puts it on a LinkedIn profile, with the link by which it is checked.
// A record as a whole, a link with a passcode and what nobody else has signed are no certificates for a public profile.
func (c *call) linkedIn(request learner.ShareRequest, link string) ([]ItemLink, error) {
	if request.Whole || request.Passcode != "" {
		return nil, nil
	}
	shown, err := c.deps.Learner.Shown(c.ctx, c.actor, request)
	if err != nil {
		return nil, err
	}
	var out []ItemLink
	for _, s := range shown {
		r, err := export.Read(s.Bytes)
		if err != nil || len(r.Claims) != 1 || s.Origin == record.OriginStated || len(out) == maxLinkedIn {
			continue // what cannot be read as an achievement is shown by the link, and has no address
		}
		out = append(out, ItemLink{s.Name, export.LinkedInURL(&r.Claims[0], &export.LinkedIn{CertURL: link, CertID: shortID(r.Claims[0].ID)})})
	}
	return out, nil
}

// shortID is the last part of a credential's address, by which its issuer finds it.
func shortID(id string) string {
	return id[strings.LastIndexAny(id, "/:")+1:]
}

func stopShare(c *call) error {
	if err := c.deps.Learner.RevokeShare(c.ctx, c.actor, record.ShareID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/shares?done=share-stopped")
}
