package web

import (
	"html/template"
	"net/http"
	"net/url"
	"strings"

	"github.com/openlaurel/laurel/internal/mail"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/internal/registrar"
	"github.com/openlaurel/laurel/render"
)

// Deliveries lists what was sent to people, each with what became of it.
type Deliveries struct {
	Shell
	Error, Run, State string
	Untold            int
	Counts            []CountState
	Hosts             HostCounts
	Rows              []DeliveryRow
	Next              string
	MayChange         bool
	Paper             int // letters that wait for the printer
}

// HostCounts are connections by which learners let each new record go to another host: taken there, on the way, in trouble.
type HostCounts struct{ Taken, Sending, Stuck int }

// CountState is how many deliveries are in a state.
type CountState struct {
	State, Href string
	Count       int
	Current     bool
}

// DeliveryRow is one delivery.
type DeliveryRow struct {
	ID, Learner, LearnerName, Kind, Address, State, Reason string
	Made, Sent, Done                                       render.Date
	MayMail, MayPrint, MayBounce                           bool
}

// Letters are printed letters, one a page.
type Letters struct {
	Shell
	Sheets []LetterSheet
}

// LetterSheet is one printed letter.
type LetterSheet struct {
	Name, House, Code, Door string
	Lang, Dir               string
	Head, Dear, Text, How   string
	Until                   string
	QR                      template.HTML
}

// Wording is an institution's own words for a kind of mail.
type Wording struct {
	Shell
	Error, Name, Lang, Subject, Text string
	Own, MayChange                   bool
	Names, Langs                     []string
	Placeholders                     []string
	ShownSubject, ShownText          string // the example
	Tested                           string // the address to which a test went
}

var deliveryPages = []page{&Deliveries{}, &Letters{}, &Wording{}}

var deliveryRoutes = []route{
	{"GET /desk/deliveries", staff, deliveries, 0},
	{"POST /desk/runs/{id}/tell", preparer, tellRun, 0},
	{"POST /desk/deliveries/{id}/again", preparer, deliverAgain, 0},
	{"POST /desk/deliveries/{id}/came-back", preparer, cameBack, 0},
	{"POST /desk/letters", preparer, letters, 0},
	{"GET /desk/wording", staff, wording, 0},
	{"POST /desk/wording", preparer, changeWording, 0},
}

func deliveries(c *call) error { return c.showDeliveries("", http.StatusOK) }

func (c *call) showDeliveries(problem string, status int) error {
	q := c.r.URL.Query()
	f := registrar.DeliveryFilter{State: record.DeliveryState(q.Get("state")), Run: record.RunID(q.Get("run")), After: record.DeliveryID(q.Get("after"))}
	page, err := c.deps.Registrar.Deliveries(c.ctx, c.actor, f)
	if err != nil {
		return err
	}
	hosts := HostCounts{page.Hosts[record.HostPushed], page.Hosts[record.HostPushing] + page.Hosts[record.HostPulling] + page.Hosts[record.HostPulled],
		page.Hosts[record.HostFailed] + page.Hosts[record.HostEnded]}
	p := &Deliveries{Hosts: hosts, Error: problem, Run: string(f.Run), State: string(f.State), Untold: page.Untold, MayChange: c.actor.Has(preparer...), Paper: int(page.Counts[record.DeliveryPaper])}
	for _, s := range record.DeliveryStates {
		if n := page.Counts[s]; n > 0 {
			to := url.Values{"state": {string(s)}}
			if f.Run != "" {
				to.Set("run", string(f.Run))
			}
			p.Counts = append(p.Counts, CountState{string(s), "/desk/deliveries?" + to.Encode(), int(n), s == f.State})
		}
	}
	for i := range page.Rows {
		p.Rows = append(p.Rows, deliveryRow(&page.Rows[i]))
	}
	if len(page.Rows) >= registrar.MaxPage {
		q.Set("after", p.Rows[len(p.Rows)-1].ID)
		p.Next = "?" + q.Encode()
	}
	p.Title, p.NoIndex, p.Wide = c.t("delivery.title"), true, true
	return c.show(status, p)
}

func deliveryRow(v *registrar.DeliveryView) DeliveryRow {
	return DeliveryRow{ID: string(v.ID), Learner: string(v.Learner), LearnerName: v.LearnerName, Kind: string(v.Kind), Address: v.Address, State: string(v.State), Reason: v.Reason,
		Made: render.Date{Time: v.CreatedAt}, Sent: render.Date{Time: v.SentAt}, Done: render.Date{Time: v.DoneAt}, MayMail: v.MayMail,
		MayPrint:  v.Kind == record.DeliverClaim && v.State != record.DeliveryDone,
		MayBounce: v.State == record.DeliverySent || v.State == record.DeliveryPrinted}
}

func tellRun(c *call) error {
	id := c.r.PathValue("id")
	if _, err := c.deps.Registrar.Tell(c.ctx, c.actor, record.RunID(id)); err != nil {
		return err
	}
	return c.go303("/desk/deliveries?run=" + url.QueryEscape(id) + "&done=told")
}

// deliveryDone goes back to the list, with what was wrong.
func (c *call) deliveryDone(err error, done string) error {
	switch record.KindOf(err) {
	case record.Invalid, record.TooLarge:
		return c.showDeliveries(sentence(record.MessageOf(err)), http.StatusUnprocessableEntity)
	case record.Conflict:
		return c.showDeliveries(sentence(record.MessageOf(err)), http.StatusConflict)
	}
	if err != nil {
		return err
	}
	return c.go303("/desk/deliveries?done=" + done)
}

func deliverAgain(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	return c.deliveryDone(c.deps.Registrar.SendAgain(c.ctx, c.actor, record.DeliveryID(c.r.PathValue("id")), c.r.PostForm.Get("address")), "sent-again")
}

func cameBack(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	return c.deliveryDone(c.deps.Registrar.CameBack(c.ctx, c.actor, record.DeliveryID(c.r.PathValue("id")), c.r.PostForm.Get("reason")), "came-back")
}

// letters prints: the codes on the page are nowhere else, so that the page is made by the press of a button.
func letters(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	var ids []record.DeliveryID
	for _, id := range c.r.PostForm["delivery"] {
		ids = append(ids, record.DeliveryID(id))
	}
	sheets, err := c.deps.Registrar.PrintLetters(c.ctx, c.actor, record.RunID(c.r.PostForm.Get("run")), ids)
	if err != nil {
		return c.deliveryDone(err, "")
	}
	p := &Letters{}
	for _, s := range sheets {
		w := c.sets.catalogue.Match(s.Language)
		door := s.URL[:strings.LastIndexByte(s.URL, '/')]
		p.Sheets = append(p.Sheets, LetterSheet{Name: s.Name, House: s.House, Code: s.Code, Door: door, Lang: w.Lang, Dir: w.Dir,
			Head: w.Say("letter.head", "House", s.House), Dear: w.Say("letter.dear", "Name", s.Name), Text: w.Say("letter.text", "House", s.House), How: w.Say("letter.how"),
			Until: w.Say("letter.until", "Date", w.Date(render.Date{Time: s.Until})), QR: render.QR(s.URL, w.Say("letter.qr"))})
	}
	p.Title, p.NoIndex = c.t("letter.title"), true
	return c.show(http.StatusOK, p)
}

func (c *call) wordingAsked() (name, lang string) {
	q := c.r.URL.Query()
	if name = q.Get("name"); name == "" {
		name = "mail.claim"
	}
	if lang = q.Get("in"); lang == "" {
		lang = "en"
	}
	return name, lang
}

func wording(c *call) error {
	name, lang := c.wordingAsked()
	v, err := c.deps.Registrar.Wording(c.ctx, c.actor, name, lang, nil)
	if err != nil {
		return err
	}
	return c.showWording(v, "", "", http.StatusOK)
}

func (c *call) showWording(v *registrar.WordingView, problem, tested string, status int) error {
	p := &Wording{Error: problem, Name: v.Name, Lang: v.Lang, Subject: v.Words.Subject, Text: v.Words.Text, Own: v.Own, MayChange: c.actor.Has(preparer...), Names: mail.Worded(),
		Placeholders: v.Placeholders, ShownSubject: v.Subject, ShownText: v.Text, Tested: tested}
	for _, l := range c.sets.catalogue.Languages() {
		p.Langs = append(p.Langs, l.Lang)
	}
	p.Title, p.NoIndex, p.Wide = c.t("wording.title"), true, true
	return c.show(status, p)
}

func changeWording(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	name, lang := c.wordingAsked()
	words := mail.Wording{Subject: strings.TrimSpace(f.Get("subject")), Text: strings.TrimSpace(strings.ReplaceAll(f.Get("text"), "\r\n", "\n"))}
	back := "/desk/wording?name=" + url.QueryEscape(name) + "&in=" + url.QueryEscape(lang)
	if f.Get("act") == "back" {
		if err := c.deps.Registrar.SetWording(c.ctx, c.actor, name, lang, mail.Wording{}); err != nil {
			return err
		}
		return c.go303(back + "&done=wording-back")
	}
	v, err := c.deps.Registrar.Wording(c.ctx, c.actor, name, lang, &words)
	if record.KindOf(err) == record.Invalid {
		return c.showWording(v, sentence(record.MessageOf(err)), "", http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	switch f.Get("act") {
	case "save":
		if err := c.deps.Registrar.SetWording(c.ctx, c.actor, name, lang, words); err != nil {
			return err
		}
		return c.go303(back + "&done=wording-kept")
	case "test":
		to, err := c.deps.Registrar.TestWording(c.ctx, c.actor, name, lang, words)
		if err != nil && record.KindOf(err) != record.Unavailable {
			return err
		}
		if err != nil {
			return c.showWording(v, sentence(record.MessageOf(err)), "", http.StatusServiceUnavailable)
		}
		return c.showWording(v, "", to, http.StatusOK)
	}
	return c.showWording(v, "", "", http.StatusOK)
}
