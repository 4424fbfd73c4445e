package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// Requests lists what a learner asked the office, or, for the office, what waits for it.
type Requests struct {
	Shell
	Error   string
	Desk    bool
	State   string
	Threads []ThreadView
}

// ThreadView is one request with what was written.
type ThreadView struct {
	ID, Name, Kind, State, Learner string
	LearnerID                      string
	Version                        int64
	Asked, Due                     render.Date
	Overdue                        bool
	Messages                       []ThreadMessage
	Text                           string // what was typed and not sent
}

// ThreadMessage is one entry.
type ThreadMessage struct {
	Author, Text string
	Office       bool
	At           render.Date
}

// NewRequest is the form at a line of the record.
type NewRequest struct {
	Shell
	Error string
	About string
	Items []Choice
	Kinds []Choice
	Text  string
}

// Notices is where mails are turned off.
type Notices struct {
	Shell
	Email    string
	Kinds    []Choice // chosen: wanted
	Guardian bool
	Allowed  bool
}

// Guardian is what a guardian sees.
type Guardian struct {
	Shell
	Token, Learner, House string
	Answer                string
	Open                  int
}

var requestRoutes = []route{
	{"GET /my/requests", learners, myRequests, 0},
	{"GET /my/requests/new", learners, newRequest, 0},
	{"POST /my/requests", learners, askOffice, 0},
	{"POST /my/requests/{id}", learners, replyToOffice, 0},
	{"GET /my/notices", learners, notices, 0},
	{"POST /my/notices", learners, setNotices, 0},
	{"POST /my/guardian", learners, askGuardian, 0},
	{"GET /guardian/{token}", anyone, guardian, 0},
	{"POST /guardian/{token}", anyone, guardianAnswers, 0},
	{"GET /desk/requests", staff, deskRequests, 0},
	{"POST /desk/requests/{id}", staff, replyFromDesk, 0},
}

var requestPages = []page{&Requests{}, &NewRequest{}, &Notices{}, &Guardian{}}

func (c *call) threads(list []learner.Thread) []ThreadView {
	var out []ThreadView
	for i := range list {
		t := &list[i]
		v := ThreadView{ID: string(t.ID), Name: t.Name, Kind: string(t.Kind), State: string(t.State), Learner: t.Learner, LearnerID: string(t.Inquiry.Learner), Version: t.Version,
			Asked: render.Date{Time: t.CreatedAt}, Due: render.Date{Time: t.DueAt}, Overdue: t.State == record.InquiryOpen && t.DueAt.Before(c.now())}
		for _, m := range t.Messages {
			v.Messages = append(v.Messages, ThreadMessage{Author: m.Author, Text: m.Text, Office: m.Office, At: render.Date{Time: m.At}})
		}
		out = append(out, v)
	}
	return out
}

func myRequests(c *call) error { return c.showRequests(&Requests{}, "", "", http.StatusOK) }

// showRequests lists the threads; typed is what was written at one of them and not taken.
func (c *call) showRequests(p *Requests, at, typed string, status int) error {
	list, err := c.deps.Learner.Inquiries(c.ctx, c.actor)
	if p.Desk {
		p.State = string(record.InquiryOpen)
		if s := c.r.URL.Query().Get("state"); slices.Contains([]string{"answered", "closed"}, s) {
			p.State = s
		}
		list, err = c.deps.Learner.Queue(c.ctx, c.actor, record.InquiryState(p.State))
	}
	if err != nil {
		return err
	}
	p.Threads = c.threads(list)
	for i := range p.Threads {
		if p.Threads[i].ID == at {
			p.Threads[i].Text = typed
		}
	}
	p.Title, p.NoIndex = c.t("requests.title"), true
	return c.show(status, p)
}

func newRequest(c *call) error {
	return c.requestForm(&NewRequest{About: c.r.URL.Query().Get("about")}, "correction", http.StatusOK)
}

func (c *call) requestForm(p *NewRequest, kind string, status int) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for _, i := range mine.Items {
		p.Items = append(p.Items, Choice{Value: i.Ref, Label: strings.TrimSpace(i.Code + " " + i.Name), Chosen: i.Ref == p.About || i.URI == p.About})
	}
	for _, k := range record.InquiryKinds {
		p.Kinds = append(p.Kinds, Choice{Value: string(k), Label: c.t("request.kind." + string(k)), Chosen: string(k) == kind})
	}
	p.Title, p.NoIndex = c.t("request.title"), true
	return c.show(status, p)
}

func askOffice(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	_, err := c.deps.Learner.Ask(c.ctx, c.actor, f.Get("about"), record.InquiryKind(f.Get("kind")), f.Get("text"))
	if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.NotFound {
		return c.requestForm(&NewRequest{About: f.Get("about"), Text: f.Get("text"), Error: c.says(err)}, f.Get("kind"), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/my/requests?done=request-sent")
}

func replyToOffice(c *call) error { return c.reply(&Requests{}, "/my/requests") }
func replyFromDesk(c *call) error { return c.reply(&Requests{Desk: true}, "/desk/requests") }

func (c *call) reply(p *Requests, back string) error {
	if err := c.form(); err != nil {
		return err
	}
	f, id := c.r.PostForm, c.r.PathValue("id")
	err := c.deps.Learner.Reply(c.ctx, c.actor, record.InquiryID(id), formInt(f, "version"), f.Get("text"), f.Get("act") == "close")
	if k := record.KindOf(err); k == record.Invalid || k == record.Conflict {
		p.Error = c.says(err)
		return c.showRequests(p, id, f.Get("text"), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.go303(back + "?done=reply-sent")
}

func deskRequests(c *call) error { return c.showRequests(&Requests{Desk: true}, "", "", http.StatusOK) }

func notices(c *call) error {
	off, email, err := c.deps.Learner.Notices(c.ctx, c.actor)
	if err != nil {
		return err
	}
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	p := &Notices{Email: email, Guardian: mine.Learner.Guardian, Allowed: mine.MayShare}
	for _, k := range record.NoticeKinds {
		p.Kinds = append(p.Kinds, Choice{Value: string(k), Label: c.t("notices.kind." + string(k)), Chosen: !slices.Contains(off, k)})
	}
	p.Title, p.NoIndex = c.t("notices.title"), true
	return c.show(http.StatusOK, p)
}

func setNotices(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	for _, k := range c.r.PostForm["kind"] {
		if !slices.Contains(record.NoticeKinds, record.NoticeKind(k)) {
			return record.Errorf(record.Invalid, "web.setNotices", "%s", c.t("trouble.bad-form"))
		}
	}
	var off []record.NoticeKind
	for _, k := range record.NoticeKinds {
		if !slices.Contains(c.r.PostForm["kind"], string(k)) {
			off = append(off, k)
		}
	}
	if err := c.deps.Learner.SetNotices(c.ctx, c.actor, off); err != nil {
		return err
	}
	return c.go303("/my/notices?done=saved")
}

func askGuardian(c *call) error {
	if err := c.deps.Learner.AskGuardian(c.ctx, c.actor); err != nil {
		return err
	}
	return c.go303("/my/notices?done=guardian-asked")
}

func guardian(c *call) error {
	g, err := c.deps.Learner.GuardianAsked(c.ctx, c.r.PathValue("token"))
	if err != nil {
		return err
	}
	p := &Guardian{Token: c.r.PathValue("token"), Learner: g.Learner, House: g.House, Answer: string(g.Answer), Open: g.Open}
	p.Title, p.NoIndex = c.t("guardian.title"), true
	return c.show(http.StatusOK, p)
}

func guardianAnswers(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	token := c.r.PathValue("token")
	if err := c.deps.Learner.GuardianAnswers(c.ctx, token, c.r.PostForm.Get("answer") == "allow"); err != nil {
		return err
	}
	return c.go303("/guardian/" + token + "?done=saved")
}
