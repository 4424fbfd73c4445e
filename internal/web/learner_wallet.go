package web

import (
	"html/template"
	"net/http"
	"slices"

	"github.com/openlaurel/laurel/internal/learner"
	"github.com/openlaurel/laurel/internal/record"
	"github.com/openlaurel/laurel/render"
)

var walletRoutes = []route{
	{"GET /my/wallet", learners, myWallet, 0},
	{"POST /my/wallet", learners, offerToWallet, 0},
	{"POST /my/wallet/{id}/end", learners, endWalletOffer, 0},
	{"GET /interactions/offers/{token}", anyone, offerInteraction, 0},
	{"GET /interactions/requests/{id}", anyone, requestInteraction, 0},
	{"GET /ask", anyone, askForm, 0},
	{"POST /ask", anyone, ask, 0},
	{"GET /ask/sent", anyone, askSent, 0},
	{"GET /ask/{secret}", anyone, askPage, 0},
	{"POST /ask/{secret}/end", anyone, endAsk, 0},
}

var walletPages = []page{&MyWallet{}, &WalletOffer{}, &AskWallet{}, &AskWaiting{}, &AskAnswer{}, &AskSent{}, &Interaction{}}

// MyWallet is where a learner chooses what goes into a wallet, and sees what became of it.
type MyWallet struct {
	Shell
	Error   string
	Whole   bool
	Bind    bool // chosen
	MayBind bool // the institution signs copies for a wallet's key
	Items   []ShareChoice
	Offers  []WalletRow
}

// WalletRow is one offer.
type WalletRow struct {
	ID, State string
	Names     []string
	Bound     bool
	At        render.Date
}

// WalletOffer shows an offer with its code, once.
type WalletOffer struct {
	Shell
	Link    template.URL // openid-credential-offer:, made of our own address and a random token
	QR      template.HTML
	Other   string // the same as an interaction URL, and its code
	OtherQR template.HTML
	TxCode  string
	Names   []string
	Bound   bool
	Until   render.Date
}

func myWallet(c *call) error { return c.walletForm(&MyWallet{Whole: true}, nil, http.StatusOK) }

func (c *call) walletForm(p *MyWallet, chosen []string, status int) error {
	mine, err := c.deps.Learner.MyRecord(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for _, i := range mine.Items {
		p.Items = append(p.Items, ShareChoice{Ref: i.Ref, Name: i.Name, Code: i.Code, Type: i.Type, Result: i.Result, Date: render.ParseDate(i.AwardedOn),
			Mark: markOfItem(&i), Chosen: slices.Contains(chosen, i.Ref)})
	}
	if p.MayBind, err = c.deps.Learner.MayBindWallet(c.ctx, c.actor); err != nil {
		return err
	}
	offers, err := c.deps.Learner.WalletOffers(c.ctx, c.actor)
	if err != nil {
		return err
	}
	for _, o := range offers {
		p.Offers = append(p.Offers, WalletRow{ID: string(o.ID), State: o.State, Names: o.Names, Bound: o.Bound, At: render.Date{Time: o.CreatedAt}})
	}
	p.Title, p.NoIndex = c.t("wallet.title"), true
	return c.show(status, p)
}

func offerToWallet(c *call) error {
	if err := c.form(); err != nil {
		return err
	}
	f := c.r.PostForm
	req := learner.WalletRequest{Whole: f.Get("whole") != "", Items: f["item"], Bind: f.Get("bind") != ""}
	if req.Whole {
		req.Items = nil
	}
	made, err := c.deps.Learner.OfferToWallet(c.ctx, c.actor, req)
	if err != nil {
		if k := record.KindOf(err); k == record.Invalid || k == record.TooLarge || k == record.Forbidden {
			return c.walletForm(&MyWallet{Error: c.says(err), Whole: req.Whole, Bind: req.Bind}, req.Items, http.StatusUnprocessableEntity)
		}
		return err
	}
	link, other := offerLink(c.deps.PublicURL, made.Token), c.deps.PublicURL+"/interactions/offers/"+made.Token+interactionVersion
	p := &WalletOffer{Other: other, OtherQR: render.QR(other, c.t("interaction.qr-alt")), Link: template.URL(link), QR: render.QR(link, c.t("wallet.qr-alt")), TxCode: made.TxCode, Names: made.Names, Bound: made.Bind, Until: render.Date{Time: made.ExpiresAt}}
	p.Title, p.NoIndex = c.t("wallet.ready"), true
	return c.show(http.StatusOK, p)
}

func endWalletOffer(c *call) error {
	if err := c.deps.Learner.EndWalletOffer(c.ctx, c.actor, record.WalletOfferID(c.r.PathValue("id"))); err != nil {
		return err
	}
	return c.go303("/my/wallet?done=wallet-ended")
}
