package web

import (
	"html/template"
	"net/http"
	"net/url"

	"github.com/openlaurel/laurel/internal/employer"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

// AskWallet is the form of a request to somebody's wallet.
type AskWallet struct {
	Shell
	Error                            string
	Name, Purpose, Kind, Achievement string
	Bind                             bool
}

// AskWaiting shows a request that waits for its answer. The browser asks again by itself, without a script.
type AskWaiting struct {
	Shell
	Path, Name, Purpose, Kind, Achievement string
	Bind                                   bool
	Link                                   template.URL // openid4vp:, made of our own address and identifiers
	QR                                     template.HTML
	Other                                  string // the same as an interaction URL, and its code
	OtherQR                                template.HTML
	Until                                  render.Date
}

// AskAnswer is what came of a request.
type AskAnswer struct {
	Shell
	Path, State   string // answered, declined, expired
	Name, Purpose string
	Binding       string // none, signed, bound
	Holder        string
	Record        *render.Record
	Kept          render.Date
}

// AskSent is where a wallet sends its owner after it has answered.
type AskSent struct{ Shell }

// askRefresh is how soon a waiting page asks again: seconds, as the Refresh header wants them.
const askRefresh = "4"

func askForm(c *call) error { return c.askForm(&AskWallet{Kind: "record"}, http.StatusOK) }

func (c *call) askForm(p *AskWallet, status int) error {
	p.Title = c.t("ask.title")
	return c.show(status, p)
}

func ask(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	req := employer.WalletAskRequest{Name: f.Get("name"), Purpose: f.Get("purpose"), Kind: f.Get("kind"), Achievement: f.Get("achievement"), Bind: f.Get("bind") != ""}
	made, err := c.deps.Employer.AskWallet(c.ctx, c.actor, req)
	if record.KindOf(err) == record.Invalid {
		return c.askForm(&AskWallet{Error: c.says(err), Name: req.Name, Purpose: req.Purpose, Kind: req.Kind, Achievement: req.Achievement, Bind: req.Bind}, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return c.go303("/ask/" + made.Secret)
}

func askPage(c *call) error {
	a, err := c.deps.Employer.WalletAnswer(c.ctx, c.actor, c.r.PathValue("secret"))
	if err != nil {
		return err
	}
	path := "/ask/" + url.PathEscape(c.r.PathValue("secret"))
	if a.State == "waiting" {
		link, other := requestLink(c.deps.WalletClient, c.deps.PublicURL, a.Ask.ID), c.deps.PublicURL+"/interactions/requests/"+string(a.Ask.ID)+interactionVersion
		p := &AskWaiting{Other: other, OtherQR: render.QR(other, c.t("interaction.qr-alt")), Path: path, Name: a.Ask.Name, Purpose: a.Ask.Purpose, Kind: a.Ask.Kind, Achievement: a.Ask.Achievement, Bind: a.Ask.Bind,
			Link: template.URL(link), QR: render.QR(link, c.t("ask.qr-alt")), Until: render.Date{Time: a.Ask.ExpiresAt}}
		p.Title, p.NoIndex = c.t("ask.waiting"), true
		c.w.Header().Set("Refresh", askRefresh)
		return c.show(http.StatusOK, p)
	}
	p := &AskAnswer{Path: path, State: a.State, Name: a.Ask.Name, Purpose: a.Ask.Purpose, Binding: a.Ask.Binding, Holder: a.Ask.Holder,
		Kept: render.Date{Time: a.Ask.ExpiresAt.Add(record.WalletAnswerKept)}}
	if a.State == "answered" {
		docs := make([]render.Document, len(a.Documents))
		for i, d := range a.Documents {
			docs[i] = render.Document{JSON: d.Report.Credential, Report: d.Report}
		}
		binding := "name"
		if a.Ask.Binding == "bound" {
			binding = "wallet"
		}
		p.Record = render.NewRecord(docs, &render.Options{Lang: c.words.Lang, Binding: binding})
		if p.Record.Learner.Name == "" {
			p.Record.Learner.Name = a.Learner
		}
		p.Record.Verdict.Checked = render.Date{Time: a.CheckedAt}
	}
	p.Title, p.NoIndex = c.t("ask.answer"), true
	return c.show(http.StatusOK, p)
}

func askSent(c *call) error {
	p := &AskSent{}
	p.Title, p.NoIndex = c.t("ask.sent"), true
	return c.show(http.StatusOK, p)
}

func endAsk(c *call) error {
	if err := c.deps.Employer.EndAsk(c.ctx, c.actor, c.r.PathValue("secret")); err != nil {
		return err
	}
	return c.go303("/ask?done=ask-ended")
}
